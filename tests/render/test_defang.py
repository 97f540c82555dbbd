from __future__ import annotations

import pytest

from sabaki.render import defang


@pytest.mark.parametrize(
    ("written", "defanged"),
    [
        ("http://a.evil.test/x.html?u=1.2#f", "hxxp://a[.]evil[.]test/x.html?u=1.2#f"),
        ("HTTPS://evil.test", "hxxps://evil[.]test"),
        ("http://user@evil.test:8080/", "hxxp://user@evil[.]test:8080/"),
        ("http://evil.test?to=http://other.test/", "hxxp://evil[.]test?to=http[:]//other.test/"),
        ("hxxp://evil[.]test/", "hxxp://evil[.]test/"),
        ("javascript:alert(1)", "javascript[:]alert(1)"),
        ("data:text/html,x", "data[:]text/html,x"),
        ("www.evil.test/a.html", "www[.]evil[.]test/a.html"),
        ("http://*****.***/", "hxxp://*****[.]***/"),
        ("", ""),
    ],
)
def test_url(written: str, defanged: str) -> None:
    assert defang.url(written) == defanged
    assert defang.url(defanged) == defanged


def test_host() -> None:
    assert defang.host("mx.evil.test") == "mx[.]evil[.]test"
    assert defang.host("mx[.]evil[.]test") == "mx[.]evil[.]test"


def test_prose_in_japanese() -> None:
    text = "こちらhttp://evil.test/a、またはwww.evil.test/bへ。a@evil.test"
    assert defang.prose(text) == "こちらhxxp://evil[.]test/a、またはwww[.]evil[.]test/bへ。a@evil.test"
    assert defang.prose("0. http:///evil.test/ http://t…") == "0. hxxp:///evil.test/ hxxp://t…"
    assert defang.prose("no link, no change") == "no link, no change"
