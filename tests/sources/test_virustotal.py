from __future__ import annotations

from base64 import urlsafe_b64decode
from typing import Any

import pytest

from sabaki.model.finding import State
from sabaki.model.knowledge import Listing, Subject
from sabaki.sources import virustotal
from sabaki.sources.source import Failed, registered

from .services import KEY, World, ask_with, reply
from .services import virustotal as server


def ask(subject: Subject, answer: Any = server, key: str = KEY) -> tuple[Any, World]:
    world = World(virustotal_key=key)
    (found,) = ask_with(virustotal.ask, subject, answer, world, "virustotal_url")
    return (found if isinstance(found, Failed) else found[0]), world


def stats(**counts: int) -> Any:
    return lambda _: reply(200, {"data": {"attributes": {"last_analysis_stats": counts, "last_analysis_date": None}}})


def test_it_is_off_unless_its_key_is_given_and_says_what_it_sends() -> None:
    source = registered()["virustotal"]
    assert (source.default, source.needs, source.sends) == (False, "virustotal_key", "url, domain, ip")


@pytest.mark.parametrize(
    ("subject", "path"),
    [
        (Subject("domain", "evil.example"), "/api/v3/domains/evil.example"),
        (Subject("ip", "192.0.2.1"), "/api/v3/ip_addresses/192.0.2.1"),
    ],
)
def test_what_the_engines_said(subject: Subject, path: str) -> None:
    found, world = ask(subject)
    assert world.asked[0].path == path
    assert isinstance(found, Listing)
    assert found.listed is True
    assert "12 of 94" in found.meaning
    assert "94 種のエンジンのうち 12 種" in found.meaning_ja
    assert "malicious: 11" in found.threats
    assert found.list_date.startswith("2026-11-")


def test_a_link_is_asked_for_by_its_base64_and_never_submitted() -> None:
    url = "https://evil.example/?a=~~~~"
    found, world = ask(Subject("url", url))
    id = world.asked[0].path.removeprefix("/api/v3/urls/")
    assert "=" not in id
    assert urlsafe_b64decode(id + "=" * (-len(id) % 4)).decode() == url
    assert world.asked[0].method == "GET"
    assert found.url.endswith(f"/gui/url/{id}")


def test_what_it_has_never_seen_is_not_clean() -> None:
    found, _ = ask(Subject("domain", "fresh.example"))
    assert found.listed is None
    assert "Unknown is not clean" in found.meaning


@pytest.mark.parametrize(
    ("counts", "listed", "says"),
    [
        ({"malicious": 1, "harmless": 80}, None, "often mistaken"),
        ({"malicious": 0, "harmless": 80}, False, "does not mean that it is clean"),
        ({"malicious": 1, "suspicious": 1}, True, "2 of 2"),
        ({}, None, "no analysis"),
    ],
)
def test_counts(counts: dict[str, int], listed: bool | None, says: str) -> None:
    found, _ = ask(Subject("domain", "a.example"), stats(**counts))
    assert found.listed is listed
    assert says in found.meaning


def test_a_wrong_key_is_not_an_answer() -> None:
    failure, _ = ask(Subject("domain", "evil.example"), key="wrong")
    assert failure.state is State.PERMERROR
