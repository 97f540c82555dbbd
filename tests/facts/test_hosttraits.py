"""Traits of a host and of its spelling."""

from __future__ import annotations

import pytest

from sabaki.facts import hosttraits
from sabaki.mail import urls


def ids(raw: str) -> dict[str, str]:
    url = urls.parse(raw, "html:a")
    assert url is not None
    return {trait.id: trait.detail for trait in hosttraits.of(url)}


@pytest.mark.parametrize(
    ("raw", "id", "detail"),
    [
        ("http://192.0.2.1/", "ip_host", "192.0.2.1"),
        ("http://3221225985/", "odd_ip", "3221225985"),
        ("http://0xc0.0.2.1/", "odd_ip", "0xc0.0.2.1"),
        ("http://[::ffff:192.0.2.1]/", "odd_ip", "[::ffff:192.0.2.1]"),
        ("http://good.example@evil.example/", "userinfo", "good.example"),
        ("http://evil.example:8080/", "nonstandard_port", "8080"),
        ("http://日本語.jp/", "punycode", "日本語.jp"),
        ("http://аmazon.example/", "mixed_script", "аmazon"),
        ("http://xn--80ak6aa92e.com/", "lookalike_host", "аррӏе.com reads as apple.com"),
        ("http://bit.ly/x", "shortener", "bit.ly"),
        ("http://evil.web.app/", "free_hosting", "web.app"),
        ("http://x7k2m9q4.example.com/", "random_host", "x7k2m9q4"),
        ("http://a.b.c.d.example.com/", "many_subdomains", "4"),
        ("http://" + "a" * 60 + ".example.com/", "long_host", "72"),
        ("http:\\\\evil.example/", "odd_syntax", "backslash"),
        ("http://evil.example\\@good.example/", "odd_syntax", "backslash"),
        ("http:/evil.example/", "odd_syntax", "slashes"),
        ("http://ev\til.example/", "odd_syntax", "control character in the host"),
        ("http://%65vil.example/", "odd_syntax", "percent-encoded host"),
        ("http://ｅvil.example/", "odd_syntax", "full-width characters"),
        ("http://ev\u200bil.example/", "odd_syntax", "invisible characters in the host"),
        ("http://evil。example/", "idn_dots", "evil。example"),
    ],
)
def test_trait(raw: str, id: str, detail: str) -> None:
    assert ids(raw).get(id) == detail


@pytest.mark.parametrize(
    "raw",
    [
        "https://www.example.co.jp/",
        "HTTPS://WWW.EXAMPLE.COM/Path",
        "http://example.com/a%20b?c=%2F#d\\e",
        "http://www.example.com:80/",
        "https://shop.example.com/x\ny",
        "https://a.b.example.ac.jp/",
    ],
)
def test_ordinary_links_have_none(raw: str) -> None:
    assert ids(raw) == {}


def test_japanese_and_german_names_are_no_lookalikes() -> None:
    for raw in ("http://日本語.jp/", "http://müller.example/", "http://пример.рф/"):
        assert set(ids(raw)) == {"punycode"}


def test_a_dotted_address_is_not_odd() -> None:
    assert "odd_ip" not in ids("http://user@192.0.2.1:8080/x")
