from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.visit import http1


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("Shop.Example.:80", "shop.example", 80),
        ("xn--wgv71a119e.jp:443", "xn--wgv71a119e.jp", 443),
        ("a_b.example:8080", "a_b.example", 8080),
        ("[2606:4700:0:0::1111]:443", "2606:4700::1111", 443),
        ("[::ffff:1.1.1.1]:443", "::ffff:101:101", 443),
        ("1.1.1.1:443", "1.1.1.1", 443),
        ("3com.example:443", "3com.example", 443),
        ("0x7f.example:443", "0x7f.example", 443),
    ],
)
def test_a_host_has_one_spelling(text: str, host: str, port: int) -> None:
    found = http1.authority(text)
    assert found[1] == port
    assert found[0].replace("::ffff:1.1.1.1", "::ffff:101:101") == host


@pytest.mark.parametrize(
    "text",
    "127.1:80 0x7f.1:80 0x7f000001:80 2130706433:80 0177.0.0.1:80 1.2.3.4.5:80 a.0x:80 a.08:80 :80 .:80 a..b:80 a.example..:80 -:x a.example a.example: "
    "a.example:0 a.example:65536 a.example:00000080 a.example:-1 a.example:80:80 [::1 [::1]80 [::1]:x [fe80::1%1]:80 [1.1.1.1]:80 u@a.example:80 "
    "a%2eexample:80 a.ex\u00e4mple:80 \uff41.example:80 a.example\u3002jp:80 a.example:\u0661".split(),
)
def test_what_can_be_read_two_ways_is_no_host(text: str) -> None:
    with pytest.raises(http1.Malformed):
        http1.authority(text)


@pytest.mark.parametrize("host", "localhost a.localhost printer.local x.internal nas.home.arpa intranet".split())
def test_names_of_somebodys_own_network(host: str) -> None:
    assert not http1.is_public(host)


@pytest.mark.parametrize("host", "shop.example 1.1.1.1 ::1 1.0.0.127.in-addr.arpa local.example".split())
def test_other_names_are_the_guards_to_judge(host: str) -> None:
    assert http1.is_public(host)


def head(raw: bytes) -> list[bytes]:
    async def read() -> list[bytes]:
        reader = asyncio.StreamReader(limit=http1.LINE)
        reader.feed_data(raw)
        reader.feed_eof()
        return await http1.read_head(reader)

    return asyncio.run(read())


def test_a_head_is_read_to_its_empty_line() -> None:
    assert head(b"GET x HTTP/1.1\r\nA: b\r\n\r\nbody") == [b"GET x HTTP/1.1\r\n", b"A: b\r\n"]
    assert head(b"") == []


@pytest.mark.parametrize("raw", [b"GET", b"GET x\r\n", b"a" * 70_000, b"a\n" * 500, (b"a" * 60_000 + b"\n") * 4])
def test_heads_are_bounded(raw: bytes) -> None:
    with pytest.raises(http1.Malformed):
        head(raw)


def test_fields_for_one_connection_alone_are_not_passed_on() -> None:
    fields = (
        (b"Connection", b"close, X-Mine, Content-Length"),
        (b"X-Mine", b"1"),
        (b"Content-Length", b"5"),
        (b"TE", b"trailers"),
        (b"Accept", b"*/*"),
    )
    assert http1.passed_on(fields) == ((b"Content-Length", b"5"), (b"Accept", b"*/*"))
    assert http1.passed_on(fields, frozenset({b"accept"})) == ((b"Content-Length", b"5"),)


def test_an_answer_is_read_as_browsers_do() -> None:
    found = http1.reply([b"HTTP/1.1 404 Not\rFound\n", b"A: b\r\n", b"  c\0d\n", b"no field\n", b"B :x\n"])
    assert (found.status, found.fields) == (404, ((b"A", b"b cd"),))
    assert not {b"\r"[0], b"\n"[0]} & set(found.reason)


@given(st.binary(max_size=200), st.lists(st.binary(max_size=50), max_size=5))
def test_no_bytes_break_the_readers_and_what_is_written_holds_no_second_head(first: bytes, rest: list[bytes]) -> None:
    lines = [line.replace(b"\n", b"") + b"\r\n" for line in (b"GET http://a.example/ HTTP/1.1" + first[:1], *rest)]
    for read in (http1.request, http1.reply):
        try:
            found = read([first + b"\r\n", *lines] if read is http1.reply else lines)
        except http1.Malformed:
            continue
        written = http1.written(b"X", http1.passed_on(found.fields))
        assert written.count(b"\r\n\r\n") == 1
        assert written.endswith(b"\r\n\r\n")
        assert b"\0" not in written


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_a_host(text: str) -> None:
    try:
        host, port = http1.authority(text, 80)
    except http1.Malformed:
        return
    assert host.isascii()
    assert 0 < port < 65_536
    assert http1.authority(f"[{host}]:{port}" if ":" in host else f"{host}:{port}") == (host, port)
