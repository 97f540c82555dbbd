from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from sabaki import dissect
from sabaki.model.case import Vantage
from sabaki.model.report import Report
from sabaki.model.watch import Watch, Way
from sabaki.watch import picked

NOW = datetime(2026, 11, 24, tzinfo=UTC)
FAR, NEAR = (Way.DNS, Way.REGISTRATION), (Way.DNS, Way.REGISTRATION, Way.HTTP)
MAIL = """\
From: a@bad.example
To: taro@example.jp
Subject: x
List-Unsubscribe: <https://leave.example/u/1>
Content-Type: text/html; charset=utf-8

<a href="https://www.bad.example/login?u=taro@example.jp">x</a> <a href="https://www.bad.example/other">y</a>
<a href="https://example.jp/own">own</a> <a href="https://www.google.com/">known</a>
<a href="https://leave.example/u/1">z</a> <a href="https://stop.example/unsubscribe?x">w</a>
<a href="http://203.0.113.7/k">k</a> <a href="mailto:x@bad.example">m</a>
"""


def report(mail: str = MAIL) -> Report:
    return dissect(mail.encode(), vantage=Vantage(own_domains=("example.jp",)))


def of(mail: str = MAIL, ways: tuple[Way, ...] = NEAR) -> dict[str, Watch]:
    return {
        watch.name: watch
        for watch in picked.of_report(report(mail), ways, NOW, (), lambda url: url.replace("taro", "xxxx"))
    }


def test_each_place_once_and_nothing_of_the_readers_own() -> None:
    found = of()
    assert set(found) == {"www.bad.example", "leave.example", "stop.example", "203.0.113.7"}
    bad = found["www.bad.example"]
    assert (bad.url, bad.domain, bad.ways) == ("https://www.bad.example/login?u=xxxx@example.jp", "bad.example", NEAR)
    assert (bad.verbatim, bad.added_at, len(bad.mail)) == (False, "2026-11-24T00:00:00Z", 64)


def test_what_cancels_is_watched_from_afar_alone() -> None:
    for name in ("leave.example", "stop.example"):
        assert (of()[name].url, of()[name].ways) == ("", FAR)


def test_verbatim() -> None:
    found = picked.of_report(report(), NEAR, NOW, {"www.bad.example"}, None)[0]
    assert (found.name, found.verbatim) == ("www.bad.example-2", True)
    assert "taro" in found.url


def test_a_mail_that_leads_nowhere() -> None:
    with pytest.raises(picked.Unwatchable):
        of("From: a@bad.example\n\nnothing\n")


def test_many_places_are_cut() -> None:
    links = "".join(f'<a href="https://h{number}.bad.example/">x</a>' for number in range(50))
    assert len(of(f"From: a@bad.example\nContent-Type: text/html\n\n{links}\n")) == picked.MOST


def test_what_somebody_names() -> None:
    link = picked.of_text("HTTPS://WWW.Bad.example/x#f", NEAR, NOW, ())
    assert (link.name, link.url, link.verbatim) == ("www.bad.example", "https://www.bad.example/x#f", True)
    host = picked.of_text("日本.Example.", FAR, NOW, ("xn--wgv71a.example",))
    assert (host.name, host.host, host.url) == ("xn--wgv71a.example-2", "xn--wgv71a.example", "")
    assert picked.of_text("192.0.2.1", FAR, NOW, ()).domain == ""
    assert picked.of_text("a.example", FAR, NOW, (), "-../x y\x1b").name == "_x_y_"


@pytest.mark.parametrize(
    "text", ["ftp://a.example/", "https://", "javascript://x", "nothing", "", "com", "a b.example/"]
)
def test_what_cannot_be_watched(text: str) -> None:
    with pytest.raises(picked.Unwatchable):
        picked.of_text(text, FAR, NOW, ())


def test_a_page_needs_a_link_and_one_that_cancels_is_not_asked_for() -> None:
    with pytest.raises(picked.Unwatchable, match="name its link"):
        picked.of_text("a.example", NEAR, NOW, ())
    with pytest.raises(picked.Unwatchable, match="cancels"):
        picked.of_text("https://a.example/unsubscribe", NEAR, NOW, ())
    assert msgspec.to_builtins(picked.of_text("https://a.example/unsubscribe", FAR, NOW, ()))["url"]
