"""Compound files, and what is left of broken ones."""

from __future__ import annotations

import io

import olefile

from sabaki.files.compound import Compound
from tests.files.office import clsid, compound, damaged


def test_streams_by_path_small_and_large() -> None:
    content = compound({"a": b"small", "s/t/b": b"x" * 10_000, "s/c": b"y" * 5_000, "empty": b""})
    file = Compound(content)
    assert [entry.path for entry in file.entries] == ["a", "s", "s/t", "s/t/b", "s/c", "empty"]
    assert file.stream("A", 100) == b"small"
    assert file.stream("s/t/B", 100_000) == b"x" * 10_000
    assert file.stream("s/c", 10) == b"y" * 10
    assert file.stream("empty", 10) == file.stream("missing", 10) == b""
    assert [entry.name for entry in file.within("S")] == ["t", "c"]
    assert file.damage == []


def test_agrees_with_another_reader() -> None:
    content = compound({f"s{n}/stream {n}": bytes([n]) * n * 900 for n in range(1, 12)})
    other = olefile.OleFileIO(io.BytesIO(content))
    file = Compound(content)
    for steps in other.listdir():
        assert other.openstream(steps).read() == file.stream("/".join(steps), 100_000)


def test_classes() -> None:
    equation = "0002CE02-0000-0000-C000-000000000046"
    file = Compound(compound({"o/x": b"1"}, {"": clsid(equation), "o": clsid("00020906-0000-0000-C000-000000000046")}))
    assert file.clsid == equation
    assert [entry.clsid for entry in file.entries] == ["00020906-0000-0000-C000-000000000046", ""]


def test_a_line_of_siblings_is_no_depth() -> None:
    file = Compound(compound({f"{n:05}": b"x" for n in range(3_000)}))
    assert len(file.entries) == 3_000
    assert not any(entry.lost for entry in file.entries)


def test_entries_that_nothing_leads_to_are_shown() -> None:
    file = Compound(compound({"a": b"1", "hidden": b"2"}, lost="hidden"))
    assert [(entry.path, entry.lost) for entry in file.entries] == [("a", False), ("hidden", True)]
    assert file.read(file.entries[1], 10) == b"2"


def test_loops_end() -> None:
    content = bytearray(compound({"a": b"x" * 9_000}))
    table = int.from_bytes(content[76:80], "little")
    content[(table + 1) * 512 : (table + 1) * 512 + 8] = b"\0\0\0\0\1\0\0\0"
    file = Compound(bytes(content))
    assert len(file.stream("a", 100_000)) <= 9_000
    assert "broken chain of sectors" in file.damage


def test_what_a_truncated_file_still_holds() -> None:
    content = compound({"a": b"first " * 1_000, "b": b"second" * 1_000})
    assert Compound(b"").damage == Compound(b"\xd0\xcf").damage == ["no header"]
    for bent in damaged(content):
        file = Compound(bent)
        for entry in file.entries:
            file.read(entry, 1 << 40)
