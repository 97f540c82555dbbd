"""Files are hashed and nothing else; where the browser is taken over, no link of its making leads us out."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from sabaki.visit.downloads import is_file, named, written

GUID = "0a23b581-e958-4052-9f3f-23a454fe51f3"
CONTENT = b"MZ" * 1_000


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (200, {"content-type": "text/html"}, False),
        (200, {"content-type": "text/html", "content-disposition": "attachment"}, True),
        (200, {"content-type": "text/html", "content-disposition": "inline; filename=a.exe"}, False),
        (200, {"content-type": "application/zip"}, True),
        (200, {"content-type": "application/pdf"}, True),
        (200, {"content-type": "Image/PNG; x=y"}, False),
        (200, {}, False),
        (404, {"content-type": "application/zip"}, False),
        (302, {"content-disposition": "attachment"}, False),
    ],
)
def test_what_is_a_file(status: int, headers: dict[str, str], expected: bool) -> None:
    assert is_file(status, headers) is expected


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ('attachment; filename="a b.exe"', "a b.exe"),
        ("attachment; filename*=UTF-8''%E8%AB%8B%E6%B1%82%E6%9B%B8.zip", "請求書.zip"),
        ("attachment; filename=../../etc/passwd", "../../etc/passwd"),
        ("attachment", ""),
        ("\r\n;;;=\0", ""),
    ],
)
def test_names_are_data(field: str, name: str) -> None:
    assert named(field) == name


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root" / "downloads").mkdir(parents=True)
    return tmp_path / "root"


def look(root: Path, guid: str = GUID, most: int = 1_000_000) -> Any:
    return written(root, "/downloads", guid, "blob:http://a.example/x", "a.exe", most)


def test_a_file_is_hashed(root: Path) -> None:
    (root / "downloads" / GUID).write_bytes(CONTENT)
    found = look(root)
    assert (found.size, found.sha256, found.complete) == (2_000, hashlib.sha256(CONTENT).hexdigest(), True)


def test_more_than_may_be_is_cut_and_said(root: Path) -> None:
    (root / "downloads" / GUID).write_bytes(CONTENT)
    assert not look(root, most=100).complete


def test_no_link_no_pipe_no_folder_and_no_other_name_is_followed(root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"ours")
    place = root / "downloads" / GUID
    place.symlink_to(secret)
    assert look(root).sha256 == ""
    place.unlink()
    os.mkfifo(place)
    assert look(root).sha256 == ""
    place.unlink()
    place.mkdir()
    assert look(root).sha256 == ""
    assert look(root, "../../secret").sha256 == ""
    assert look(root, "").sha256 == ""
    (root / "downloads" / GUID).rmdir()
    (root / "downloads").rmdir()
    (root / "downloads").symlink_to(tmp_path)
    (tmp_path / GUID).write_bytes(b"ours")
    assert look(root).sha256 == ""


def test_what_a_script_made_and_took_back_at_once(seen: Any) -> None:
    (file,) = seen["everything"].views[0].downloads
    assert file.name == "請求書.exe"
    # On a busy machine the browser may have thrown it away before we looked: then it is named, and said not to be whole.
    had = (2_000, True, hashlib.sha256(CONTENT).hexdigest())
    assert (file.size, file.complete, file.sha256) in (had, (0, False, ""))


def test_a_link_that_is_a_file(seen: Any) -> None:
    (view,) = seen["file"].views
    (file,) = view.downloads
    assert (file.name, file.sha256) == ("../../a.exe", hashlib.sha256(CONTENT).hexdigest())
    assert [each.kind for each in seen["file"].artifacts] == ["har"]
