from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sabaki import dissect
from sabaki.cli import exits
from sabaki.cli.watch import FILE, watch
from sabaki.model.case import Vantage
from sabaki.redact.identifiers import Identifiers
from sabaki.store.watches import Watches
from sabaki.watch.masked import packed
from tests.render.diaries import story

MAIL = """\
From: a@bad.example
To: taro@example.jp
Content-Type: text/html

<a href="https://www.bad.example/login?u=taro@example.jp#dGFyb0BleGFtcGxlLmpw">x</a>
"""
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("SABAKI_SETTINGS", raising=False)
    report = dissect(MAIL.encode(), vantage=Vantage(own_domains=("example.jp",)))
    (tmp_path / "report.json").write_bytes(report.to_json())
    return lambda *words: CliRunner().invoke(watch, [str(word) for word in words])


def listed(run: Run) -> list[dict[str, object]]:
    return [json.loads(line)["watch"] for line in run("list", "--json").output.splitlines()]


def test_by_default_the_host_is_watched_from_afar(run: Run) -> None:
    done = run("add", "report.json", "www.other.example")
    assert done.exit_code == 0
    assert "hxxps://www[.]bad[.]example/login" in done.output
    assert [each["ways"] for each in listed(run)] == [["dns", "registration"]] * 2


def test_a_page_is_asked_for_without_what_tells_the_recipient(run: Run) -> None:
    assert run("add", "report.json", "--http").exit_code == 0
    (found,) = listed(run)
    assert found["ways"] == ["dns", "registration", "http"]
    assert "taro" not in str(found["url"])
    assert "dGFyb0BleGFtcGxlLmpw" not in str(found["url"])
    assert "#" in str(found["url"])
    assert not found["verbatim"]
    assert run("add", "report.json", "--http", "--verbatim").exit_code == 0
    assert "taro@example.jp" in str(listed(run)[1]["url"])


def test_what_cannot_be_added(run: Run) -> None:
    assert run("add", "nonsense").exit_code == exits.INPUT
    assert run("add", "a.example", "--http").exit_code == exits.INPUT
    assert run("add", "a.example", "b.example", "--name", "x").exit_code == exits.USAGE
    assert run("add", "a.example", "--name", "x").exit_code == 0
    assert run("list").output.startswith("x  a[.]example  [dns, registration]  due ")


def test_removing(run: Run) -> None:
    run("add", "a.example")
    assert run("remove", "a.example").exit_code == 0
    assert run("remove", "a.example").exit_code == exits.INPUT
    assert "begin with" in run("list").stderr


def told(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from sabaki.facts.schedule import Check

    diary = story()
    victim = Identifiers(addresses=("taro@example.jp",), words=("client hold",))
    (tmp_path / "sabaki").mkdir(exist_ok=True)
    with closing(Watches(tmp_path / "sabaki" / FILE)) as store:
        now = datetime(2026, 11, 24, tzinfo=UTC)
        store.add(diary.watch, now, packed(victim))
        due = store.take(now, "x")
        assert due is not None
        store.record(due, Check(), now, now, diary.observations, diary.events, diary.notices)


def test_showing(run: Run, tmp_path: Path) -> None:
    told(tmp_path)
    assert run("show", "x").exit_code == exits.INPUT
    english, japanese = run("show", "w", "--lang", "en").output, run("show", "w", "--lang", "ja").output
    assert "It moved to other addresses" in english
    assert "接続先のIPアドレスが変わりました" in japanese
    assert "\x1b" not in english
    assert json.loads(run("show", "w", "--json").output)["watch"]["name"] == "w"


def test_files_are_masked_and_the_terminal_is_the_readers_own(run: Run, tmp_path: Path) -> None:
    told(tmp_path)
    assert "client hold" in run("show", "w", "--lang", "en").output
    assert "client hold" not in run("show", "w", "--lang", "en", "--redact").output
    for option, name in (("--html", "diary.html"), ("--markdown", "diary.md")):
        done = run("show", "w", "--lang", "en", option, name)
        assert done.exit_code == 0, done.output
        assert "client hold" not in (tmp_path / name).read_text()
        run("show", "w", "--lang", "en", option, name, "--no-redact")
        assert "client hold" in (tmp_path / name).read_text()
    assert run("show", "w", "--html", tmp_path / "no" / "x.html").exit_code == exits.USAGE


def test_a_store_that_is_damaged_is_said_and_kept(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sabaki").mkdir()
    file = tmp_path / "sabaki" / FILE
    file.write_bytes(b"nonsense" * 1_000)
    for words in (("list",), ("add", "a.example"), ("run",), ("show", "x"), ("remove", "x")):
        done = run(*words)
        assert done.exit_code == exits.INPUT
        assert "backup" in done.stderr
    assert file.read_bytes() == b"nonsense" * 1_000


def test_settings_that_cannot_be_used(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sabaki.toml").write_text('watch_steps = ["soon"]')
    done = run("list", "--settings", "sabaki.toml")
    assert done.exit_code == exits.USAGE
    assert "watch_steps" in done.stderr


def test_nothing_due_needs_no_network(run: Run) -> None:
    assert run("run", "--dns", "127.0.0.1:1").stderr == "sabaki: nothing was due; nothing is watched\n"


def test_every_command_says_what_it_does(run: Run) -> None:
    for name, command in watch.commands.items():
        assert "Example" in run(name, "--help").output
        assert command.help
