"""A stripped link tells nothing of the recipient, in whatever spelling, and is otherwise the same link."""

from __future__ import annotations

import base64
import codecs
import hashlib
import json
import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.facts import recipienttrace
from sabaki.mail import urls
from sabaki.visit.strip import Recipient, Stripped, strip

ADDRESS = "taro.yamada@jimusho.example.jp"
RECIPIENT = Recipient(
    addresses=(ADDRESS,),
    domains=("jimusho.example.jp",),
    words=("taro.yamada", "jimusho"),
    tokens=("ymd",),
    names=("山田太郎",),
)
SEED = b"seed"


def stripped(url: str, recipient: Recipient = RECIPIENT) -> Stripped:
    done = strip(url, recipient, SEED)
    found = urls.parse(done.url, "text")
    assert found is not None
    assert recipienttrace.find(found, recipient.addresses) is None
    return done


def shape(text: str) -> str:
    return re.sub("[0-9]", "0", re.sub("[a-z]", "a", re.sub("[A-Z]", "A", text)))


def encodings() -> list[tuple[str, str]]:
    raw = ADDRESS.encode()
    payload = base64.urlsafe_b64encode(json.dumps({"sub": "1", "email": ADDRESS}).encode()).decode().rstrip("=")
    found = [
        ("plain", ADDRESS),
        ("upper", ADDRESS.upper()),
        ("percent", quote(ADDRESS, safe="")),
        ("percent all", "".join(f"%{byte:02x}" for byte in raw)),
        ("percent twice", quote(quote(ADDRESS, safe=""), safe="")),
        ("hex", raw.hex()),
        ("HEX", raw.hex().upper()),
        ("verp", ADDRESS.replace("@", "=")),
        ("reversed", ADDRESS[::-1]),
        ("rot13", codecs.encode(ADDRESS, "rot13")),
        ("jwt", f"eyJhbGciOiJIUzI1NiJ9.{payload}.c2lnbmF0dXJlc2lnbmF0dXJl"),
        ("base64 of utf-16", base64.b64encode(ADDRESS.encode("utf-16-le")).decode()),
        ("base64 of base64", base64.b64encode(base64.b64encode(raw)).decode()),
        ("base64 of percent", base64.b64encode(quote(ADDRESS, safe="").encode()).decode()),
    ]
    found += [(name, hashlib.new(name, raw).hexdigest()) for name in ("md5", "sha1", "sha256", "sha512")]
    for before in ("", "x", "xy", "xyz"):
        text = base64.b64encode(before.encode() + raw).decode()
        found += [(f"base64 {before}", text), (f"base64 inside {before}", before + base64.b64encode(raw).decode())]
    return found


@pytest.mark.parametrize(("how", "text"), encodings(), ids=[how for how, _ in encodings()])
@pytest.mark.parametrize(
    "place", ["x/{}/login", "x?e={}&n=1", "x#{}", "x#/a?e={}", "x?u=https%3A%2F%2Fevil.example%2F%3Fe%3D{}"]
)
def test_no_spelling_of_the_address_is_left(how: str, text: str, place: str) -> None:
    link = "https://evil.example/" + place.format(text)
    done = stripped(link)
    assert done.count
    assert len(done.url) == len(link)
    for word in ("taro.yamada", "jimusho", text):
        assert word.lower() not in done.url.lower()


def test_what_stands_for_the_address_is_one_and_the_same_in_every_spelling() -> None:
    raw = ADDRESS.encode()
    link = f"https://evil.example/?a={ADDRESS}&b={base64.b64encode(raw).decode()}&c={hashlib.md5(raw).hexdigest()}#{raw.hex()}"
    done = stripped(link)
    (other,) = done.sent
    assert shape(other) == shape(ADDRESS)
    assert other.endswith(".jp")
    assert "jimusho" not in other
    assert f"a={other}" in done.url
    assert f"b={base64.b64encode(other.encode()).decode()}" in done.url
    assert f"c={hashlib.md5(other.encode()).hexdigest()}" in done.url
    assert done.url.endswith(f"#{other.encode().hex()}")


def test_a_kit_that_reads_the_fragment_still_finds_an_address_there() -> None:
    done = stripped(f"https://evil.example/portal#{base64.b64encode(ADDRESS.encode()).decode()}")
    assert base64.b64decode(done.url.partition("#")[2]).decode() == done.sent[0]


def test_the_payload_of_a_token_stays_readable_and_names_another() -> None:
    payload = base64.urlsafe_b64encode(json.dumps({"email": ADDRESS, "exp": 1}).encode()).decode().rstrip("=")
    done = stripped(f"https://evil.example/?t=eyJhbGciOiJIUzI1NiJ9.{payload}.c2lnbmF0dXJlc2lnbmF0dXJl")
    middle = done.url.partition("?t=")[2].split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4))) == {"email": done.sent[0], "exp": 1}


@pytest.mark.parametrize(
    "token",
    [
        "9f86d081884c7d659a2feaa0c55ad015",
        "0191d7e0-3c1f-7b44-9c55-2a6f1be0a111",
        "aZ3kQ9xLmP2vB7nT",
        "1029384756",
        "kX9_mB2-qT7vR4zN",
    ],
)
@pytest.mark.parametrize(
    "place", ["?id={}", "#{}", "{}/index.html", "#!/r/{}", "?go=https%3A%2F%2Fa.example%2F%3Ft%3D{}"]
)
def test_random_tokens_are_replaced_by_others_of_their_shape(token: str, place: str) -> None:
    link = "https://evil.example/" + place.format(token)
    done = strip(link, Recipient(), SEED)
    assert token not in done.url
    assert shape(done.url) == shape(link)
    if set(token) <= set("0123456789abcdef-"):
        start = link.index(token)
        assert re.fullmatch("[0-9a-f-]+", done.url[start : start + len(token)])


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/",
        "https://evil.example/wp-content/plugins/login/index.php",
        "https://evil.example/2026/11/24/information-security-update",
        "https://evil.example/news/20261124/?lang=ja&page=2#main-content",
        "https://evil.example/signin?returnUrl=https%3A%2F%2Fwww.evil.example%2Faccount%2FupdatePaymentInformation",
        "https://evil.example/AccountRecovery?utm_source=newsletter&utm_campaign=BlackFriday2026",
        "https://xn--eckwd4c7c.example/%E3%83%AD%E3%82%B0%E3%82%A4%E3%83%B3",
        "https://[2001:db8::1]:8443/x;y=z?a&b=#",
    ],
)
def test_what_tells_nobody_stays_as_it_is(link: str) -> None:
    assert strip(link, RECIPIENT, SEED) == Stripped(link)


def test_the_host_is_never_touched_and_it_is_said_when_it_tells() -> None:
    done = strip("https://taro.yamada-jimusho.evil.example:8443/x?e=1", RECIPIENT, SEED)
    assert done.url == "https://taro.yamada-jimusho.evil.example:8443/x?e=1"
    assert done.told_by_host
    assert done.count == 0
    assert not strip("https://evil.example/?e=jimusho", RECIPIENT, SEED).told_by_host


def test_userinfo_goes_to_the_server_and_is_replaced() -> None:
    done = strip(f"https://{quote(ADDRESS)}:x@evil.example/", RECIPIENT, SEED)
    assert "taro" not in done.url
    assert done.url.endswith("@evil.example/")


def test_short_words_count_only_by_themselves_and_names_in_their_script() -> None:
    done = strip("https://evil.example/aymdb?n=ymd&who=%E5%B1%B1%E7%94%B0%E5%A4%AA%E9%83%8E", RECIPIENT, SEED)
    assert done.url.startswith("https://evil.example/aymdb?n=")
    assert "n=ymd" not in done.url
    assert "%E5%B1%B1%E7%94%B0" not in done.url
    assert re.search("who=(?:%[0-9A-F]{2}){12}$", done.url)


def test_the_same_seed_gives_the_same_link_and_another_another() -> None:
    link = f"https://evil.example/?e={ADDRESS}&t=9f86d081884c7d659a2feaa0c55ad015"
    assert strip(link, RECIPIENT, SEED) == strip(link, RECIPIENT, SEED)
    assert strip(link, RECIPIENT, SEED).url != strip(link, RECIPIENT, b"other").url


@given(
    st.text(max_size=300),
    st.sampled_from(["https://a.example/", "https://a.example/?", "https://a.example/#", "//", ""]),
)
def test_nothing_breaks_it_and_nothing_changes_length(text: str, before: str) -> None:
    link = before + text
    assert len(strip(link, RECIPIENT, SEED).url) == len(link)


@given(st.text(alphabet="ab%25/=.", max_size=200), st.binary(max_size=60))
def test_layers_in_layers(text: str, raw: bytes) -> None:
    inner = base64.b64encode(raw + ADDRESS.encode() + raw).decode()
    done = strip(f"https://a.example/#{text}/{inner}", Recipient(addresses=(ADDRESS,)), SEED)
    found = urls.parse(done.url, "text")
    assert found is None or recipienttrace.find(found, (ADDRESS,)) is None


def test_a_link_of_layers_that_never_end_takes_bounded_work() -> None:
    text = "a" * 60
    while len(text) < 8_000:
        text = base64.b64encode(text.encode()).decode()
    assert strip(f"https://a.example/?x={text[:8_000]}", RECIPIENT, SEED).url
