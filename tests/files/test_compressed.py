from __future__ import annotations

import bz2
import gzip
import lzma
import random

import pytest

from sabaki.files import compressed
from sabaki.files.opened import Asked, Child, Opened
from sabaki.mail.limits import Budget, Limits
from sabaki.model.finding import State

TEXT = b"a line of text\n" * 500
DOT_Z = bytes.fromhex("1f9d9061c48c5100")
"""What `compress` makes of "abc" and a line feed."""


def read(content: bytes, name: str = "file.txt.gz", limits: Limits | None = None) -> Opened:
    return compressed.read(content, Asked(name, budget=Budget(limits)))


def only(opened: Opened) -> Child:
    (child,) = opened.children
    return child


def ids(holder: Opened | Child) -> set[str]:
    return {trait.id for trait in holder.traits}


def named(content: bytes, name: bytes, *, extra: bytes = b"") -> bytes:
    flags = 8 | (4 if extra else 0)
    field = len(extra).to_bytes(2, "little") + extra if extra else b""
    packed = gzip.compress(content)
    return packed[:3] + bytes((flags,)) + packed[4:10] + field + name + b"\0" + packed[10:]


@pytest.mark.parametrize(
    ("content", "kind", "name"),
    [
        (gzip.compress(TEXT), "gzip", "file.txt.gz"),
        (bz2.compress(TEXT), "bzip2", "file.txt.bz2"),
        (lzma.compress(TEXT), "xz", "file.txt.xz"),
        (lzma.compress(TEXT, lzma.FORMAT_ALONE), "lzma", "file.txt.lzma"),
    ],
)
def test_each_kind(content: bytes, kind: str, name: str) -> None:
    assert compressed.kind_of(content) == kind
    opened = read(content, name)
    assert (only(opened).name, only(opened).content, opened.traits) == ("file.txt", TEXT, [])
    twice = read(content + content, name)
    assert only(twice).content == TEXT * 2


def test_dot_z_and_zstd_need_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    assert only(read(DOT_Z, "a.Z")).content == b"abc\n"
    monkeypatch.setattr(compressed, "archive", None)
    opened = read(DOT_Z, "a.Z")
    assert (opened.state, opened.children) == (State.SKIPPED, [])
    assert opened.reason
    assert opened.reason_ja


@pytest.mark.parametrize(
    ("outside", "inside"), [("a.tgz", "a.tar"), ("A.TAR.GZ", "A.TAR"), ("a.svgz", "a.svg"), ("plain", "plain")]
)
def test_the_name_without_its_ending(outside: str, inside: str) -> None:
    assert only(read(gzip.compress(b""), outside)).name == inside


@pytest.mark.parametrize("raw", ["請求書.exe".encode(), "請求書.exe".encode("cp932")])
def test_gzip_has_a_name_of_its_own(raw: bytes) -> None:
    assert only(read(named(b"MZ", raw, extra=b"abcd"), "photo.gz")).name == "請求書.exe"


def test_a_name_that_leads_elsewhere() -> None:
    assert ids(read(named(b"MZ", b"../../x"))) == {"unsafe_path"}


def test_what_follows_is_noted() -> None:
    opened = read(gzip.compress(TEXT) + b"something else")
    assert only(opened).content == TEXT
    assert [(trait.id, trait.detail.split()[0]) for trait in opened.traits] == [("trailing_data", "14")]
    assert read(gzip.compress(TEXT) + bytes(512)).traits == []


def test_two_named_members_are_two_readings() -> None:
    opened = read(named(b"one", b"one.txt") + named(b"two", b"two.exe"))
    assert only(opened).content == b"onetwo"
    assert ids(opened) == {"ambiguous_archive"}


@pytest.mark.parametrize("content", [gzip.compress(TEXT), bz2.compress(TEXT), lzma.compress(TEXT)])
def test_cut_or_broken_it_keeps_what_came_out(content: bytes) -> None:
    for length in range(0, len(content), 2):
        opened = read(content[:length])
        assert all(TEXT.startswith(child.content or b"") for child in opened.children)
        assert opened.traits or opened.state is not State.RAN
    chance = random.Random(2)
    for _ in range(100):
        broken = bytearray(content)
        broken[chance.randrange(len(broken))] ^= chance.randrange(1, 256)
        assert isinstance(read(bytes(broken)), Opened)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_bomb(pack: object) -> None:
    assert callable(pack)
    opened = read(pack(bytes(20_000_000)), limits=Limits(expansion=50))
    assert ids(opened) == {"bomb"}
    assert ids(only(opened)) == {"partial"}
    assert len(only(opened).content or b"") <= 1_000_000


def test_a_program_blown_up() -> None:
    program = b"MZ" + random.Random(1).randbytes(90_000)
    opened = read(gzip.compress(program + bytes(30_000_000)))
    assert "absurd_padding" in ids(only(opened))
    assert opened.traits == []


def test_a_blank_page_is_no_bomb() -> None:
    opened = read(gzip.compress(b" " * 900_000))
    assert (len(only(opened).content or b""), opened.traits) == (900_000, [])
