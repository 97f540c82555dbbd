"""Domain names against the Public Suffix List's own tests, and the cases that mail brings."""

from __future__ import annotations

from pathlib import Path

import pytest

from sabaki.mail import domains

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "psl" / "tests.txt"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("support.jimusho.example.circuloachocalla.org", "circuloachocalla.org"),
        ("www.example.co.jp", "example.co.jp"),
        ("evil.web.app", "evil.web.app"),
        ("a.evil.github.io", "evil.github.io"),
        ("EXAMPLE.JP.", "example.jp"),
        ("日本語.jp", "日本語.jp"),
        ("www.xn--wgv71a119e.jp", "xn--wgv71a119e.jp"),
        ("mail.host.unlisted", "host.unlisted"),
        ("co.jp", None),
        ("localhost", None),
        ("192.0.2.1", None),
        ("[2001:db8::1]", None),
        ("a..b.jp", None),
        ("", None),
        ("a." * 5_000 + "jp", None),
    ],
)
def test_registrable_domain(host: str, expected: str | None) -> None:
    assert domains.registrable_domain(host) == expected


def test_the_registry_knows_another_name_than_the_browser() -> None:
    assert domains.organizational_domain("evil.web.app") == "web.app"
    assert domains.organizational_domain("www.example.co.jp") == "example.co.jp"
    assert domains.public_suffix("evil.web.app") == "web.app"
    assert domains.is_private_suffix("web.app")
    assert not domains.is_private_suffix("co.jp")
    assert not domains.is_private_suffix("jp")


def test_known_suffix_leaves_out_the_default_rule() -> None:
    assert domains.has_known_suffix("example.jp")
    assert not domains.has_known_suffix("example.unlisted")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("xn--wgv71a119e.jp", "日本語.jp"),
        ("xn--n3h.example", "☃.example"),
        ("xn--zzzzzzzzzzzzz-.jp", "xn--zzzzzzzzzzzzz-.jp"),
        ("plain.example", "plain.example"),
    ],
)
def test_to_unicode_never_raises(host: str, expected: str) -> None:
    assert domains.to_unicode(host) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("[::ffff:192.0.2.1]", "192.0.2.1"),
        ("[64:ff9b::c000:201]", "192.0.2.1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("1.2.3", ""),
        ("example.jp", ""),
        ("", ""),
    ],
)
def test_as_ip(host: str, expected: str) -> None:
    assert domains.as_ip(host) == expected


def test_public_suffix_list_vectors() -> None:
    if not VECTORS.exists():
        pytest.skip(f"no vectors at {VECTORS.name}: shared folder is absent")
    cases = [line.split() for line in VECTORS.read_text("utf-8").splitlines() if line and not line.startswith("//")]
    wrong = [
        (host, wanted)
        for host, wanted in cases
        if host != "null" and domains.registrable_domain(host) != (None if wanted == "null" else wanted)
    ]
    assert len(cases) > 70
    assert wrong == []
