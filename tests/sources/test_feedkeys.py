from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.sources.feedkeys import Kind, entry, host_key, key_host, network_key, packed, url_key


@pytest.mark.parametrize(
    "text",
    [
        "http://evil.example/a/b",
        "https://evil.example/a/b/",
        "HTTPS://EVIL.Example:443/a/b",
        "http://evil.example:80/a/b#top",
        "http://user:pass@evil.example./a/./c/../b",
        "https://evil.example/%61/b//",
        "ftp://evil.example/a/b",
    ],
)
def test_what_makes_no_difference(text: str) -> None:
    assert url_key(text) == "evil.example/a/b/"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("http://evil.example", "evil.example/"),
        ("http://evil.example:8080/x", "evil.example:8080/x/"),
        ("http://evil.example/a/?q=/", "evil.example/a/?q=/"),
        ("http://evil.example/A", "evil.example/A/"),
        ("http://evil.example/%2f%c3%a9", "evil.example/%2F%C3%A9/"),
        ("http://例え.example/", "xn--r8jz45g.example/"),
        ("http://0xC0000201/x", "192.0.2.1/x/"),
        ("http://[2001:DB8::1]:80/", "[2001:db8::1]/"),
        ("javascript:alert(1)", ""),
        ("mailto:a@evil.example", ""),
        ("http://", ""),
        ("http://evil.example/" + "a" * 5_000, ""),
        ("\ud800http://x", ""),
    ],
)
def test_what_does(text: str, key: str) -> None:
    assert url_key(text) == key


def test_the_host_in_a_key() -> None:
    assert key_host("evil.example:8080/x:y/") == "evil.example"
    assert key_host("[2001:db8::1]:8080/") == "[2001:db8::1]"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Evil.Example.", "evil.example"),
        ("_dmarc.evil.example", "_dmarc.evil.example"),
        ("例え.example", "xn--r8jz45g.example"),
        ("localhost", ""),
        ("192.0.2.1", ""),
        ("a b.example", ""),
        ("a..example", ""),
        ("evil.example/x", ""),
        (".example", ""),
        ("\ud800.example", ""),
        ("x" * 300 + ".example", ""),
    ],
)
def test_host_names(text: str, key: str) -> None:
    assert host_key(text) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.77/24", "192.0.2.0/24"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("0.0.0.0/0", ""),
        ("::/0", ""),
        ("192.0.2.1/33", ""),
        ("192.0.2.256", ""),
        ("evil.example", ""),
    ],
)
def test_networks(text: str, key: str) -> None:
    assert network_key(text) == key


def test_both_versions_lie_in_one_space() -> None:
    assert packed("192.0.2.0/24") == packed("::ffff:192.0.2.0/120")
    assert packed("192.0.2.1") == (0xFFFF_C000_0201, 128)
    for text in ("", "192.0.2", "1..2.3", "192.0.2.999", "x"):
        with pytest.raises(ValueError):
            packed(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("evil.example", (Kind.BELOW, "evil.example")),
        ("*.evil.example", (Kind.BELOW, "evil.example")),
        ("hxxps://evil[.]example/a", (Kind.URL, "evil.example/a/")),
        ("evil[.]example", (Kind.BELOW, "evil.example")),
        ("evil.example/login", (Kind.URL, "evil.example/login/")),
        ("evil.example:8443", (Kind.URL, "evil.example:8443/")),
        ("192.0.2.1:4444", (Kind.NETWORK, "192.0.2.1")),
        ("192.0.2.0/28", (Kind.NETWORK, "192.0.2.0/28")),
        ("d41d8cd98f00b204e9800998ecf8427e", None),
        ("word", None),
        ("", None),
        ("javascript://%0aalert(1)", None),
    ],
)
def test_a_word_of_a_plain_list(text: str, meant: object) -> None:
    assert entry(text) == meant


@given(st.text(st.characters(), max_size=80))
def test_nothing_raises(text: str) -> None:
    for form in (text, f"http://{text}", f"http://evil.example/{text}", f"{text}.example"):
        entry(form)
        url_key(form)
        host_key(form)
