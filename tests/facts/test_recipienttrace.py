"""The recipient's address in a URL, in every encoding that senders use."""

from __future__ import annotations

import base64
import codecs
import hashlib
from urllib.parse import quote

import pytest

from sabaki.facts import recipienttrace
from sabaki.mail import urls

ADDRESS = "taro.yamada@jimusho.example"
RAW = ADDRESS.encode()


def trace(link: str, *addresses: str) -> tuple[str, str] | None:
    url = urls.parse(link, "text")
    assert url is not None
    trait = recipienttrace.find(url, addresses or (ADDRESS,))
    return (trait.detail, trait.where) if trait else None


@pytest.mark.parametrize("spelling", [ADDRESS, ADDRESS.upper(), "Taro.Yamada@Jimusho.Example"])
def test_plain(spelling: str) -> None:
    assert trace(f"http://a.example/x?u={spelling}") == ("plain", "query")
    assert trace(f"http://a.example/#{spelling}") == ("plain", "fragment")
    assert trace(f"http://a.example/{spelling}/x") == ("plain", "path")


@pytest.mark.parametrize("times", [1, 2])
def test_percent_encoded(times: int) -> None:
    text = "".join(f"%{byte:02x}" for byte in RAW)
    for _ in range(times - 1):
        text = quote(text, safe="")
    assert trace(f"http://a.example/?u={text}") == ("percent", "query")


@pytest.mark.parametrize("alphabet", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("before", ["", "x", "xy", "xyz", '{"email":"'])
@pytest.mark.parametrize("after", ["", "&t=1", '"}'])
def test_base64_at_every_alignment(alphabet: object, before: str, after: str) -> None:
    encode = base64.b64encode if alphabet is base64.b64encode else base64.urlsafe_b64encode
    text = encode((before + ADDRESS + after).encode()).decode()
    assert trace(f"http://a.example/x#{text}") == ("base64", "fragment")
    assert trace(f"http://a.example/x?d={quote(text, safe='')}") == ("base64", "query")


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (RAW.hex(), "hex"),
        (RAW.hex().upper(), "hex"),
        (ADDRESS[::-1], "reversed"),
        (codecs.encode(ADDRESS, "rot13"), "rot13"),
        (hashlib.md5(RAW).hexdigest(), "md5"),
        (hashlib.sha1(RAW).hexdigest(), "sha1"),
        (hashlib.sha256(RAW).hexdigest(), "sha256"),
        ("taro.yamada=jimusho.example", "verp"),
    ],
)
def test_other_encodings(text: str, how: str) -> None:
    assert trace(f"http://a.example/?x={text}") == (how, "query")


def test_in_the_host() -> None:
    assert trace("http://taro.yamada.jimusho.example.evil.test/") == ("host", "host")
    assert trace("http://taro-yamada-jimusho-example.evil.test/") == ("host", "host")
    assert trace("http://info.jimusho.example/", "info@jimusho.example") is None


def test_in_userinfo() -> None:
    assert trace(f"http://{quote(ADDRESS, safe='')}@evil.test/") == ("percent", "userinfo")


@pytest.mark.parametrize(
    "link",
    [
        "http://a.example/?u=hanako@jimusho.example",
        "http://a.example/20240101-1-taro.yamada@jimusho.example/",
        "http://a.example/?u=taro.yamada@jimusho.examples",
        "http://www.jimusho.example/",
        "http://a.example/",
    ],
)
def test_near_misses(link: str) -> None:
    assert trace(link) is None


def test_broken_addresses_are_skipped() -> None:
    assert trace("http://a.example/?u=@", "@", "", "x", "@jimusho.example", "a@") is None


def test_the_address_is_not_repeated() -> None:
    url = urls.parse(f"http://a.example/?u={ADDRESS}", "text")
    assert url is not None
    trait = recipienttrace.find(url, (ADDRESS,))
    assert trait is not None
    assert "taro" not in trait.detail
