"""The documentation's own canonicalisations (their hosts replaced by reserved names), and what an attacker or an odd sender writes."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.sources.urlhash import canonical, expressions

DOCUMENTED = {
    "http://host/%25%32%35": "http://host/%25",
    "http://host/%25%32%35%25%32%35": "http://host/%25%25",
    "http://host/%2525252525252525": "http://host/%25",
    "http://host/asdf%25%32%35asd": "http://host/asdf%25asd",
    "http://host/%%%25%32%35asd%%": "http://host/%25%25%25asd%25%25",
    "http://www.example.jp/": "http://www.example.jp/",
    "http://%32%30%33%2e%30%2e%31%31%33%2e%32%36/%2E%73%65%63%75%72%65/%77%77%77%2E%65%78%61%6D%70%6C%65/": (
        "http://203.0.113.26/.secure/www.example/"
    ),
    "http://203.0.113.11/uploads/%20%20%20%20/.verify/.secure=a-b=c/": (
        "http://203.0.113.11/uploads/%20%20%20%20/.verify/.secure=a-b=c/"
    ),
    "http://host%23.example/%257Ea%2521b%2540c%2523d%2524e%25f%255E00%252611%252A22%252833%252944_55%252B": (
        "http://host%23.example/~a!b@c%23d$e%25f^00&11*22(33)44_55+"
    ),
    "http://3405803787/blah": "http://203.0.113.11/blah",
    "http://www.example.jp/blah/..": "http://www.example.jp/",
    "www.example.jp/": "http://www.example.jp/",
    "www.example.jp": "http://www.example.jp/",
    "http://www.evil.example/blah#frag": "http://www.evil.example/blah",
    "http://www.EXAmple.jp/": "http://www.example.jp/",
    "http://www.example.jp.../": "http://www.example.jp/",
    "http://www.example.jp/foo\tbar\rbaz\n2": "http://www.example.jp/foobarbaz2",
    "http://www.example.jp/q?": "http://www.example.jp/q?",
    "http://www.example.jp/q?r?": "http://www.example.jp/q?r?",
    "http://www.example.jp/q?r?s": "http://www.example.jp/q?r?s",
    "http://evil.example/foo#bar#baz": "http://evil.example/foo",
    "http://evil.example/foo;": "http://evil.example/foo;",
    "http://evil.example/foo?bar;": "http://evil.example/foo?bar;",
    "http://\x01\udc80.example/": "http://%01%80.example/",
    "http://notrailingslash.example": "http://notrailingslash.example/",
    "http://www.gotaport.example:1234/": "http://www.gotaport.example/",
    "  http://www.example.jp/  ": "http://www.example.jp/",
    "http:// leadingspace.example/": "http://%20leadingspace.example/",
    "http://%20leadingspace.example/": "http://%20leadingspace.example/",
    "%20leadingspace.example/": "http://%20leadingspace.example/",
    "https://www.secure.example/": "https://www.secure.example/",
    "http://host.example/ab%23cd": "http://host.example/ab%23cd",
    "http://host.example//twoslashes?more//slashes": "http://host.example/twoslashes?more//slashes",
}

ODD = {
    "http://0xCB.0.0161.013/": "http://203.0.113.11/",
    "http://203.28939/": "http://203.0.113.11/",
    "http://..203.0.113.11../x": "http://203.0.113.11/x",
    "http://[2001:0DB8:0000::1]:8080/": "http://[2001:db8::1]/",
    "http://[::ffff:203.0.113.11]/a": "http://203.0.113.11/a",
    "http://[64:ff9b::203.0.113.11]/a": "http://203.0.113.11/a",
    "http://日本語.example/あ": "http://xn--wgv71a119e.example/%E3%81%82",
    "http:\\\\evil.example\\a\\..\\b": "http://evil.example/b",
    "http://www.example.jp%2Fx@evil.example/": "http://evil.example/",
    "http://user:secret@evil.example/": "http://evil.example/",
    "//evil.example/x": "http://evil.example/x",
    "evil.example:8080/x": "http://evil.example/x",
    "http://a..b.example/": "http://a.b.example/",
    "http://a.example/x%3Fy=1": "http://a.example/x?y=1",
    "http://a.example/b%2F..%2Fc/%2e": "http://a.example/c/",
    "http://a.example/../../b": "http://a.example/b",
    "http://a.example?q": "http://a.example/?q",
    "HTTP://ex%61mple.jp/": "http://example.jp/",
    "http://a.example/?a=%2527": "http://a.example/?a='",
}


@pytest.mark.parametrize(("url", "expected"), [*DOCUMENTED.items(), *ODD.items()])
def test_canonical(url: str, expected: str) -> None:
    assert str(canonical(url)) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "#",
        "http://",
        "http://user@/",
        "mailto:a@b.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://.../",
    ],
)
def test_what_is_no_web_address_has_no_expressions(url: str) -> None:
    assert canonical(url) is None
    assert expressions(url) == ()


def texts(url: str) -> list[str]:
    return [each.text for each in expressions(url)]


def test_documented_expressions() -> None:
    assert set(texts("http://a.b.example/1/2.html?param=1")) == {
        "a.b.example/1/2.html?param=1",
        "a.b.example/1/2.html",
        "a.b.example/",
        "a.b.example/1/",
        "b.example/1/2.html?param=1",
        "b.example/1/2.html",
        "b.example/",
        "b.example/1/",
    }
    deep = {host for text in texts("http://a.b.c.d.e.f.example/1.html") for host in [text.partition("/")[0]]}
    assert deep == {"a.b.c.d.e.f.example", "c.d.e.f.example", "d.e.f.example", "e.f.example", "f.example"}
    assert texts("http://203.0.113.11/1/") == ["203.0.113.11/", "203.0.113.11/1/"]
    assert texts("http://[2001:db8::1]/") == ["[2001:db8::1]/"]
    assert texts("http://example.co.uk/1") == ["example.co.uk/", "example.co.uk/1"]


def test_a_shared_host_is_no_expression_of_its_own() -> None:
    assert texts("http://evil.github.io/") == ["evil.github.io/"]


def test_at_most_thirty_and_the_widest_first() -> None:
    found = texts("http://a.b.c.d.e.f.example/1/2/3/4/5/6.html?x")
    assert len(found) == 30
    assert found[0] == "f.example/"
    assert found[-1] == "a.b.c.d.e.f.example/1/2/3/4/5/6.html?x"
    assert "f.example/1/2/3/" in found
    assert "f.example/1/2/3/4/" not in found


def test_the_hash_is_of_host_and_path_only() -> None:
    (only,) = expressions("https://user@example.jp:8443/#x")
    assert only.hash == hashlib.sha256(b"example.jp/").digest()
    assert only.prefix == only.hash[:4]


def test_long_urls_take_linear_time_and_never_raise() -> None:
    nested = "%" + "25" * 30_000
    assert str(canonical("http://a.example/" + nested)) == "http://a.example/%25"
    for long in (
        "http://a.example/" + "../" * 20_000,
        "http://" + "a." * 30_000,
        "http://a.example" + "/" * 60_000,
        "http://" + "@" * 60_000,
    ):
        assert len(expressions(long)) <= 30


@given(st.text(), st.sampled_from(["", "http://", "http://a.example/", "https://[", "http:\\\\", "ftp:"]))
def test_never_raises_and_stays_ascii(text: str, start: str) -> None:
    for each in expressions(start + text):
        assert each.text.isascii()
        assert " " not in each.text
        assert len(each.hash) == 32
