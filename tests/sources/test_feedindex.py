from __future__ import annotations

import ipaddress
import random
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sabaki.sources import feedindex
from sabaki.sources.feedindex import Entry, Feed, Hit, Index, build, clean, rfc3339
from sabaki.sources.feedkeys import Kind


def made(tmp_path: Path, *entries: Entry, second: tuple[Entry, ...] = ()) -> Index:
    lists = [(Feed("one"), entries), *([(Feed("two", allow=True), second)] if second else [])]
    build(tmp_path / "x.index", lists)
    return Index(tmp_path / "x.index")


def said(hits: list[Hit]) -> list[tuple[str, str, str]]:
    return [(hit.feed.name, hit.how, hit.entry) for hit in hits]


def test_a_url_its_host_and_the_page_beside_it(tmp_path: Path) -> None:
    index = made(tmp_path, (Kind.URL, "evil.example/a/", ("phishing", "jp")))
    assert said(index.url("evil.example/a/")) == [("one", "url", "evil.example/a/"), ("one", "page", "evil.example")]
    assert index.url("evil.example/a/")[0].words == ("phishing", "jp")
    assert said(index.url("evil.example/b/")) == [("one", "page", "evil.example")]
    assert index.url("www.evil.example/a/") == []
    assert index.host("notevil.example") == []


def test_a_name_with_all_below_it_and_one_alone(tmp_path: Path) -> None:
    index = made(tmp_path, (Kind.BELOW, "evil.example", ()), (Kind.HOST, "only.example", ()))
    assert said(index.host("evil.example")) == [("one", "host", "evil.example")]
    assert said(index.url("a.b.evil.example/x/")) == [("one", "above", "evil.example")]
    assert said(index.host("only.example")) == [("one", "host", "only.example")]
    assert index.host("below.only.example") == []
    assert index.host("notevil.example") == index.host("evil.example.com") == []


def test_networks_within_networks(tmp_path: Path) -> None:
    keys = ("192.0.2.0/24", "192.0.2.64/26", "192.0.2.65", "198.51.100.0/25", "2001:db8::/32", "2001:db8::1")
    index = made(tmp_path, *((Kind.NETWORK, key, ()) for key in keys))
    assert [hit.entry for hit in index.ip("192.0.2.65")] == ["192.0.2.65", "192.0.2.64/26", "192.0.2.0/24"]
    assert said(index.ip("192.0.2.200")) == [("one", "network", "192.0.2.0/24")]
    assert [hit.entry for hit in index.ip("2001:db8::1")] == ["2001:db8::1", "2001:db8::/32"]
    assert index.ip("198.51.100.200") == index.ip("203.0.113.1") == index.ip("2001:db9::") == index.ip("no ip") == []
    assert [hit.how for hit in index.url("192.0.2.65:8080/x/")] == ["ip", "network", "network"]
    assert [hit.how for hit in index.url("[2001:db8::1]/x/")] == ["ip", "network"]


def test_every_list_that_has_it_is_named(tmp_path: Path) -> None:
    same = (Kind.BELOW, "evil.example", ())
    index = made(tmp_path, same, same, (Kind.NETWORK, "192.0.2.1", ()), second=(same, (Kind.NETWORK, "192.0.2.1", ())))
    assert [hit.feed.name for hit in index.host("evil.example")] == ["one", "two"]
    assert {hit.feed.name for hit in index.ip("192.0.2.1")} == {"one", "two"}
    assert len(index) == 5


def test_one_list_cannot_crowd_out_another_by_many_wordings(tmp_path: Path) -> None:
    many = tuple((Kind.HOST, "evil.example", (f"word {n}",)) for n in range(5_000))
    index = made(tmp_path, *many, second=((Kind.HOST, "evil.example", ("also",)),))
    assert [hit.feed.name for hit in index.host("evil.example")] == ["one"] * 8 + ["two"]


def test_many_texts_made_to_share_a_checksum_are_all_found(tmp_path: Path) -> None:
    keys = colliding(200)
    assert len({crc32(key.encode()) for key in keys}) == 1
    index = made(tmp_path, *((Kind.URL, key, (str(n),)) for n, key in enumerate(keys[:199])))
    assert all(said(index.url(key))[0][1] == "url" for key in keys[:199])
    assert index.url(keys[0])[0].words == ("0",)
    assert [hit.how for hit in index.url(keys[199])] == ["page"]


def colliding(count: int) -> list[str]:
    """URLs with one CRC-32: it is linear, so that some sets of flipped bits leave it as it is."""
    base = bytearray(b"evil.example/" + b"@" * 48 + b"/")

    def flipped(mask: int) -> bytes:
        changed = bytearray(base)
        for place in range(48):
            changed[13 + place] ^= mask >> place & 1
        return bytes(changed)

    basis: dict[int, tuple[int, int]] = {}
    free = []
    for place in range(48):
        mask = 1 << place
        sum_ = crc32(flipped(mask)) ^ crc32(base)
        while sum_ and sum_.bit_length() in basis:
            other, flips = basis[sum_.bit_length()]
            sum_, mask = sum_ ^ other, mask ^ flips
        if sum_:
            basis[sum_.bit_length()] = sum_, mask
        else:
            free.append(mask)
    found = []
    for number in range(count):
        mask = 0
        for place, each in enumerate(free):
            mask ^= each if number >> place & 1 else 0
        found.append(flipped(mask).decode())
    return found


def test_texts_that_share_a_checksum_are_told_apart(tmp_path: Path) -> None:
    # CRC-32 is linear: swapping the same four-byte patch gives the same sum. Two such names, found by trying.
    seen: dict[int, str] = {}
    rng = random.Random(3)
    pair: tuple[str, str] | None = None
    while pair is None:
        name = f"{rng.getrandbits(40):010x}.example"
        other = seen.setdefault(crc32(name.encode()), name)
        pair = (other, name) if other != name else None
    one, two = pair
    index = made(tmp_path, (Kind.HOST, one, ()))
    assert index.host(two) == []
    index = made(tmp_path, (Kind.HOST, one, ("a",)), (Kind.HOST, two, ("b",)), (Kind.BELOW, two, ("c",)))
    assert [hit.words for hit in index.host(one)] == [("a",)]
    assert {hit.words for hit in index.host(two)} == {("b",), ("c",)}


def test_nothing_in_it(tmp_path: Path) -> None:
    index = made(tmp_path)
    assert index.url("evil.example/") == index.host("evil.example") == index.ip("192.0.2.1") == index.host("") == []


def test_what_was_built_is_replaced_as_a_whole(tmp_path: Path) -> None:
    old = made(tmp_path, (Kind.HOST, "old.example", ()))
    made(tmp_path, (Kind.HOST, "new.example", ()))
    assert said(old.host("old.example"))
    assert [file.name for file in tmp_path.iterdir()] == ["x.index"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}\n",
        b"\n",
        b"[1]\n",
        b'{"version":1,"order":"little"}\n',
        b'{"version":99,"order":"little"}\n',
        b"\xff" * 99,
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(ValueError):
        Index(tmp_path / "x")


def test_a_file_that_was_cut_is_refused(tmp_path: Path) -> None:
    made(tmp_path, (Kind.HOST, "evil.example", ()))
    file = tmp_path / "x.index"
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(ValueError, match="cut short"):
        Index(file)


def test_it_takes_no_more_than_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedindex, "MOST_ENTRIES", 2)
    feed = Feed("one")
    build(tmp_path / "x", [(feed, [(Kind.HOST, f"a{n}.example", ()) for n in range(5)])])
    assert (feed.entries, feed.unread) == (2, 3)


def test_a_list_that_changed_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_text("a")
    status = file.stat()
    feed = Feed("one", file=str(file), size=status.st_size, stamp=status.st_mtime_ns)
    assert list(feedindex.changed([feed])) == []
    file.write_text("ab")
    assert list(feedindex.changed([feed])) == [feed]
    file.unlink()
    assert list(feedindex.changed([feed])) == [feed]


def test_words_are_cleaned() -> None:
    assert clean("a\tb\x1b[31m\u202e<script>" + "x" * 99) == "a b 31m script " + "x" * 45
    assert clean("フィッシング 詐欺") == "フィッシング 詐欺"
    assert rfc3339(1_795_000_000) == "2026-11-18T11:06:40Z"
    assert rfc3339(1e30) == ""


_V4 = st.tuples(st.integers(0, 2**32 - 1), st.integers(1, 32)).map(
    lambda pair: str(ipaddress.ip_network(pair, strict=False))
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_V4, max_size=30), st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=10))
def test_networks_against_the_plain_way(
    tmp_path_factory: pytest.TempPathFactory, keys: list[str], ips: list[int]
) -> None:
    index = made(tmp_path_factory.mktemp("i"), *((Kind.NETWORK, key, ()) for key in keys))
    networks = {ipaddress.ip_network(key) for key in keys}
    for value in (*ips, *(int(network[0]) for network in networks), *(int(network[-1]) for network in networks)):
        ip = ipaddress.IPv4Address(value)
        wanted = {str(each[0]) if each.prefixlen == 32 else str(each) for each in networks if ip in each}
        assert {hit.entry for hit in index.ip(str(ip))} == wanted
