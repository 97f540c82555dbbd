"""From one file to all that is inside it."""

from __future__ import annotations

import importlib
import io
import zipfile
from types import SimpleNamespace

import pytest

from sabaki.files import walk
from sabaki.files.opened import Asked, Child, Opened
from sabaki.mail.limits import Budget, Limits
from sabaki.model.file import File, Trait
from sabaki.model.finding import State


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def walked(content: bytes, budget: Budget | None = None) -> dict[str, File]:
    file = walk.describe(content, path="2", part="2", name="a.zip")
    return {read.file.path: read.file for read in walk.walk(file, content, (), budget or Budget())}


def test_every_reader_exists() -> None:
    for module in set(walk.READERS.values()):
        assert callable(importlib.import_module(module).read), module


def test_a_description_opens_nothing() -> None:
    file = walk.describe(b"abc", path="2", part="2", name="a.txt", declared="text/plain")
    assert (file.size, file.md5) == (3, "900150983cd24fb0d6963f7d28e17f72")
    assert file.sha1 == "a9993e364706816aba3e25717850c26c9cd0d89d"
    assert file.sha256.startswith("ba7816bf")


def test_depth_is_bounded_and_said() -> None:
    content = b"end"
    for _ in range(8):
        content = zipped(inner=content)
    budget = Budget()
    files = walked(content, budget)
    deepest = max(files.values(), key=lambda file: file.path.count("/"))
    assert deepest.path.count("/") == budget.limits.file_depth + 1
    assert deepest.state is State.SKIPPED
    assert deepest.reason_ja
    assert [limit.name for limit in budget.reached] == ["file_depth"]


def test_the_number_of_files_is_bounded() -> None:
    budget = Budget(Limits(files=5))
    assert len(walked(zipped(**{f"f{number}": b"x" for number in range(20)}), budget)) == 6
    assert [limit.name for limit in budget.reached] == ["files"]


def test_a_missing_library_is_an_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(walk.importlib, "import_module", missing)
    (file,) = walked(zipped(a=b"1")).values()
    assert file.state is State.SKIPPED
    assert "sabaki[files]" in file.reason


def test_locked_children_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(content: bytes, asked: Asked) -> Opened:
        return Opened(locked=True, children=[Child("list.xlsx", None, 12_000, locked=True), Child("gone.txt")])

    monkeypatch.setattr(walk.importlib, "import_module", lambda _: SimpleNamespace(read=read))
    files = walked(zipped(a=b"1"))
    assert files["2"].locked
    assert (files["2/1"].size, files["2/1"].locked, files["2/1"].kind) == (12_000, True, "xlsx")
    assert files["2/1"].reason != files["2/2"].reason


def test_rules_look_at_every_file() -> None:
    content = zipped(a=b"evil", b=b"good")
    file = walk.describe(content, path="2", part="2")
    reads = walk.walk(file, content, (), Budget(), lambda data: [Trait("yara", "Evil")] if data == b"evil" else [])
    assert [read.file.path for read in reads if read.file.trait("yara")] == ["2/1"]
