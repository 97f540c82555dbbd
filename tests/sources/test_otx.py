from __future__ import annotations

from typing import Any

import pytest

from sabaki.model.finding import State
from sabaki.model.knowledge import Subject
from sabaki.sources import otx
from sabaki.sources.source import Failed

from .services import KEY, World, ask_with, reply
from .services import otx as server


def ask(subject: Subject, answer: Any = server, key: str = KEY) -> tuple[Any, World]:
    world = World(otx_key=key)
    (found,) = ask_with(otx.ask, subject, answer, world, "otx_url")
    return (found if isinstance(found, Failed) else found[0]), world


@pytest.mark.parametrize(
    ("subject", "path", "page"),
    [
        (Subject("domain", "evil.example"), "/api/v1/indicators/domain/evil.example/general", "/indicator/domain/"),
        (Subject("ip", "192.0.2.1"), "/api/v1/indicators/IPv4/192.0.2.1/general", "/indicator/ip/"),
        (Subject("ip", "2001:db8::1"), "/api/v1/indicators/IPv6/2001%3Adb8%3A%3A1/general", "/indicator/ip/"),
        (
            Subject("url", "https://evil.example/a?b"),
            "/api/v1/indicators/url/https%3A%2F%2Fevil.example%2Fa%3Fb/general",
            "/url/",
        ),
    ],
)
def test_each_kind_of_indicator_has_its_path(subject: Subject, path: str, page: str) -> None:
    found, world = ask(subject)
    assert world.asked[0].path == path
    assert page in found.url


def test_collections_and_their_words() -> None:
    found, _ = ask(Subject("domain", "evil.example"))
    assert found.listed is True
    assert found.threats == ("pulses: 1", "Parcel fee phishing", "phishing", "jp")
    assert "Anyone can publish one" in found.meaning


def test_in_none_is_not_clean() -> None:
    found, _ = ask(Subject("domain", "other.example"))
    assert found.listed is False
    assert "not clean" in found.meaning


def test_what_otx_takes_for_a_false_alarm_settles_nothing() -> None:
    body = {
        "pulse_info": {"count": 9, "pulses": []},
        "validation": [{"source": "whitelist", "name": "Well-known domain"}],
    }
    found, _ = ask(Subject("domain", "evil.example"), lambda _: reply(200, body))
    assert found.listed is None
    assert "well known" in found.meaning


def test_errors() -> None:
    assert ask(Subject("domain", "evil.example"), key="wrong")[0].state is State.PERMERROR
    assert ask(Subject("domain", "evil.example"), lambda _: reply(404, {"detail": "not found"}))[0].listed is None
    assert ask(Subject("domain", "evil.example"), lambda _: reply(200, {}))[0].state is State.TEMPERROR
