"""`sabaki lookup`, `sabaki sources`, `sabaki data`, as a user calls them. Nothing here leaves the machine."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from sabaki.cli import asking, exits
from sabaki.model.finding import State
from sabaki.model.knowledge import Subject
from sabaki.sources import bootstrap, network, ranges
from sabaki.sources.source import Failed


@pytest.fixture(autouse=True)
def shut_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No databases but the test's own, and no way out."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def refuse(*_: Any) -> None:
        raise AssertionError("something was sent")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "sendto", refuse)


def run(command: click.Command, *args: str) -> Result:
    return CliRunner().invoke(command, args)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("192.0.2.1", ["ip 192.0.2.1"]),
        ("[2001:DB8::1]", ["ip 2001:db8::1"]),
        ("as64500", ["asn 64500"]),
        ("a@www.example.jp", ["host www.example.jp", "domain example.jp"]),
        ("日本語.jp", ["host xn--wgv71a119e.jp", "domain xn--wgv71a119e.jp"]),
        ("https://www.example.jp/x?y", ["url https://www.example.jp/x?y", "host www.example.jp", "domain example.jp"]),
        ("http://0x7f.1/", ["url http://127.0.0.1/", "ip 127.0.0.1"]),
    ],
)
def test_what_a_word_may_be_asked_as(value: str, expected: list[str]) -> None:
    assert [f"{each.kind} {each.value}" for each in asking.subjects(value)] == expected


@pytest.mark.parametrize("value", ["", "jp", "mailto:x", "co.jp", "https://", "no host"])
def test_what_is_nothing_to_ask_about_is_said_with_examples(value: str) -> None:
    done = run(asking.lookup, value)
    assert done.exit_code == exits.USAGE
    assert "such as" in done.output or "no link" in done.output


def test_by_default_only_this_machine_is_looked_at_and_nothing_is_called_harmless(tmp_path: Path) -> None:
    (tmp_path / "sabaki").mkdir()
    rows = [("203.0.113.0", "203.0.113.255", "13335 Cloudflare, Inc.")]
    ranges.build(tmp_path / "sabaki" / network.FILE, rows, title="table", date="2026-06-17", licence="CC BY 4.0")
    done = run(asking.lookup, "203.0.113.9")
    assert done.exit_code == 0
    assert "name: Cloudflare, Inc." in done.output
    assert "place: ip 203.0.113.9: not asked: no geolocation database here" in done.output
    assert "rdap" not in done.output
    assert "nobody was asked" in done.output


def test_as_json_every_answer_and_every_failure() -> None:
    done = run(asking.lookup, "203.0.113.9", "--json")
    found = json.loads(done.output[: done.output.rindex("]") + 1])
    assert {(each["source"], each["state"]) for each in found} >= {("network", "skipped"), ("place", "skipped")}
    assert found[0]["subject"] == {"kind": "ip", "value": "203.0.113.9"}


def test_the_list_of_sources_says_who_gets_what() -> None:
    done = run(asking.sources)
    assert done.exit_code == 0
    assert "not asked: the setting safe_browsing_key is missing" in done.output
    assert "sends: hash-prefix, to Google" in done.output
    rows = {row["id"]: row for row in json.loads(run(asking.sources, "--json").output)}
    assert rows["place"]["state"] == "always"
    assert rows["rdap"]["state"] == "with --online"


def test_a_key_in_the_settings_makes_a_source_ready(tmp_path: Path) -> None:
    file = tmp_path / "sabaki.toml"
    file.write_text('safe_browsing_key = "k"\n')
    rows = {row["id"]: row for row in json.loads(run(asking.sources, "--json", "--settings", str(file)).output)}
    assert rows["safe_browsing"]["state"] == "with --online"


def test_what_cannot_be_fetched_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = run(asking.data, "pull")
    assert done.exit_code == exits.INPUT
    assert "--from" in done.output
    assert run(asking.data, "pull", "--from", "x=y").exit_code == exits.USAGE


def test_local_lists_are_indexed_and_then_known(tmp_path: Path) -> None:
    lists = tmp_path / "sabaki" / "feeds"
    lists.mkdir(parents=True)
    (lists / "mine.txt").write_text("evil.example\n203.0.113.9\n")
    done = run(asking.data, "index")
    assert done.exit_code == 0
    assert "2 entries" in done.output
    assert "listed: True" in run(asking.lookup, "203.0.113.9").output


def test_what_is_refreshed_is_put_where_the_sources_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fetched(world: Any) -> dict[str, bytes]:
        return {"rdap/dns.json": b"{}"}

    monkeypatch.setattr(bootstrap, "refresh", fetched)
    done = run(asking.data, "refresh", "--dns", "192.0.2.53")
    assert done.exit_code == 0
    assert (tmp_path / "sabaki" / "rdap" / "dns.json").read_bytes() == b"{}"


def test_what_cannot_be_refreshed_fails_and_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(world: Any) -> dict[str, bytes]:
        raise Failed(State.TEMPERROR, "IANA does not answer", "IANAから応答がありません")

    monkeypatch.setattr(bootstrap, "refresh", down)
    done = run(asking.data, "refresh", "--dns", "192.0.2.53")
    assert done.exit_code == exits.INPUT
    assert "IANA does not answer; what was there before stays" in done.output
    assert not (tmp_path / "sabaki").exists()


def test_subjects_are_normalised() -> None:
    assert asking.subjects(" WWW.Example.JP. ") == (Subject("host", "www.example.jp"), Subject("domain", "example.jp"))
