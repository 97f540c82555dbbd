"""Reading URLs as a browser reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.mail import urls

SHARED = Path(__file__).parents[3] / "shared" / "vectors" / "url"
VECTORS = SHARED / "urltestdata.json"
NAMES = SHARED / "IdnaTestV2.json"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://3221225985", "http://192.0.2.1/"),
        ("http://0300.0.02.01/", "http://192.0.2.1/"),
        ("//evil.example/x", "https://evil.example/x"),
        ("www.example.com/a", "http://www.example.com/a"),
        ("example.jp:8080/x", "http://example.jp:8080/x"),
        ("h\tttp://ex\nample.com/a", "http://example.com/a"),
        ("http:\\\\evil.example\\a", "http://evil.example/a"),
        ("HTTPS:evil.example", "https://evil.example/"),
        ("http://exam\u200bple.com/", "http://example.com/"),
        ("ｈｔｔｐ：／／ｅｘａｍｐｌｅ．ｃｏｍ", "http://example.com/"),
        ("http://%65xample.com", "http://example.com/"),
        ("https:／／evil.example/x", "https://evil.example/x"),
        ("http://evil․example/a", "http://evil.example/a"),
        ("hxxps[:]//evil.example/x", "https://evil.example/x"),
        ("http:/evil.example/a", "http://evil.example/a"),
        ("http:///evil.example/a", "http://evil.example/a"),
        ("http://xn--a.example/", "http://xn--a.example/"),
        ("http://u:p@XN--A.example:81/x", "http://u:p@xn--a.example:81/x"),
        ("http://a.example/\ud800", "http://a.example/%EF%BF%BD"),
        ("file://198.51.100.1/share/x", "file://198.51.100.1/share/x"),
        ("hxxps://evil[.]example/x", "https://evil.example/x"),
        ("http://a.example/#victim@example.jp", "http://a.example/#victim@example.jp"),
    ],
)
def test_value_is_the_browsers(raw: str, value: str) -> None:
    url = urls.parse(raw, "text")
    assert url is not None
    assert url.value == value
    assert url.raw == raw.replace("\ud800", "\ufffd")


def test_userinfo_is_not_the_host() -> None:
    url = urls.parse("https://good.example@evil.example:8443/p?q=1#f", "html:a", "click")
    assert url is not None
    assert (url.userinfo, url.host, url.port) == ("good.example", "evil.example", 8443)
    assert (url.path, url.query, url.fragment, url.text) == ("/p", "q=1", "f", "click")


def test_a_backslash_ends_the_host() -> None:
    url = urls.parse("http://evil.example\\@good.example/", "text")
    assert url is not None
    assert url.host == "evil.example"


def test_addresses_are_unwrapped() -> None:
    url = urls.parse("http://[::ffff:192.0.2.1]/", "text")
    assert url is not None
    assert (url.ip, url.registrable_domain, url.public_suffix) == ("192.0.2.1", None, "")


def test_both_spellings_of_a_name() -> None:
    url = urls.parse("http://www.日本語.jp/", "text")
    assert url is not None
    assert (url.host, url.host_unicode) == ("www.xn--wgv71a119e.jp", "www.日本語.jp")
    assert url.registrable_domain == "xn--wgv71a119e.jp"


@pytest.mark.parametrize(
    "raw", ["", "  ", "#top", "index.html", "mailto:a@example.jp", "tel:1", "cid:x@y", "C:\\x", "foo:bar"]
)
def test_what_leads_nowhere_is_none(raw: str) -> None:
    assert urls.parse(raw, "html:a") is None


@pytest.mark.parametrize("raw", ["http://exa mple/", "http://example.com:99999/", "http://[::1"])
def test_what_a_browser_refuses_is_kept_without_value(raw: str) -> None:
    url = urls.parse(raw, "html:a")
    assert url is not None
    assert (url.raw, url.value, url.clickable) == (raw, "", False)


def test_relative_needs_a_base() -> None:
    url = urls.parse("../x?y", "html:a", base="https://a.example/b/c")
    assert url is not None
    assert url.value == "https://a.example/x?y"


def test_length_is_limited() -> None:
    url = urls.parse("http://a.example/" + "x" * 1_000_000, "text")
    assert url is not None
    assert len(url.raw) == urls.LONGEST


@given(st.text(max_size=200))
def test_never_raises(text: str) -> None:
    urls.parse(text, "text")
    urls.parse("http://" + text, "text", base="http://a.example/")
    urls.find(text)


def test_whatwg_vectors() -> None:
    if not VECTORS.exists():
        pytest.skip(f"no vectors at {VECTORS.name}: shared folder is absent")
    cases: list[dict[str, Any]] = [case for case in json.loads(VECTORS.read_text("utf-8")) if isinstance(case, dict)]
    ran = passed = 0
    for case in cases:
        href, base, written = case.get("href", ""), case.get("base") or "", case["input"].strip()
        if not written or written.startswith("#") or (base and not base.startswith("http")):
            continue  # a fragment or nothing is no link of a mail
        if not (href if "href" in case else written.lower()).startswith(("http:", "https:")):
            continue
        ran += 1
        url = urls.parse(case["input"], "text", base=base)
        passed += (url is None or url.value == "") if case.get("failure") else (url is not None and url.value == href)
    assert ran > 400
    assert passed == ran, f"{passed} of {ran} http(s) cases"


def test_idna_vectors() -> None:
    """UTS 46 as the web has it: 2494 of 2532 on 2026-11; the rest are letters younger than our parser's tables."""
    if not NAMES.exists():
        pytest.skip(f"no vectors at {NAMES.name}: shared folder is absent")
    ran = passed = 0
    for case in json.loads(NAMES.read_text("utf-8")):
        if (
            not isinstance(case, dict)
            or not case["input"]
            or any(mark in case["input"] for mark in "/?#\\@:[]%<>^| \t\r\n")
        ):
            continue
        ran += 1
        url = urls.parse(f"https://{case['input']}/x", "text")
        assert url is not None
        passed += (url.host if url.value else None) == case["output"]
    assert ran > 2_500
    assert passed >= ran - 38, f"{passed} of {ran} names"
