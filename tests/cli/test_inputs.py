from __future__ import annotations

import gzip
import io
import os
import zipfile
from pathlib import Path

import pytest

from sabaki.cli.inputs import Input, Mail, Passed, Unreadable, collect, mails
from sabaki.files.cell import Cell
from sabaki.mail.limits import Limits

MAIL = b"From: a@example.jp\nSubject: one\n\nhello\n"
OTHER = b"From: b@example.jp\nSubject: two\n\nFrom here on it is text.\n"
MBOX = (
    b"From a@example.jp Mon Mar  3 10:15:00 2025\n" + MAIL + b"\nFrom b@example.jp Mon Mar  3 10:16:00 2025\n" + OTHER
)


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return stream.getvalue()


def found(path: Path, cell: Cell, limits: Limits | None = None) -> list[Mail | Passed]:
    return list(mails(Input(path.name, path), cell, limits or Limits()))


def written(folder: Path, name: str, content: bytes) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def test_a_directory_gives_its_files_in_order_and_skips_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.eml", "a.eml", ".hidden", "sub/c.eml", ".git/d.eml"):
        written(tmp_path, name, MAIL)
    assert [source.name for source in collect([str(tmp_path)])] == ["a.eml", "b.eml", "sub/c.eml"]


def test_a_maildir_gives_what_was_delivered_whole_its_folders_too(tmp_path: Path) -> None:
    for name in ("cur/1:2,S", "new/2", "tmp/3", ".Junk/cur/4:2,", ".Junk/new/5", ".Junk/tmp/6", "dovecot-uidlist"):
        written(tmp_path, name, MAIL)
    assert [source.name for source in collect([str(tmp_path)])] == [
        ".Junk/cur/4:2,",
        ".Junk/new/5",
        "cur/1:2,S",
        "new/2",
    ]


def test_a_fifo_in_a_directory_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert list(collect([str(tmp_path)])) == []


def test_a_mail_stops_one_byte_beyond_the_limit(tmp_path: Path, cell: Cell) -> None:
    (mail,) = found(written(tmp_path, "large.eml", MAIL + b"x" * 1_000), cell, Limits(message_size=100))
    assert isinstance(mail, Mail)
    assert len(mail.raw) == 101


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no such file"):
        list(collect([str(tmp_path / "none.eml")]))


@pytest.mark.parametrize("size", [10, 50_000_000])
def test_an_mbox_gives_its_mails_also_mapped(tmp_path: Path, cell: Cell, size: int) -> None:
    one, two = found(written(tmp_path, "box.mbox", MBOX), cell, Limits(message_size=size))
    assert isinstance(one, Mail)
    assert isinstance(two, Mail)
    assert two.name == "box.mbox#2"
    assert [holder.kind for holder in two.holders] == ["mbox"]
    assert two.holders[0].place == "message 2"
    if size > len(MBOX):
        assert b"From here on it is text." in two.raw


@pytest.mark.parametrize(
    ("name", "content", "kinds"),
    [
        ("mail.eml.gz", gzip.compress(MAIL), ["gzip"]),
        ("mails.zip", zipped(a__eml=MAIL), ["zip"]),
        ("mails.zip", zipped(inner__zip=zipped(a__eml=MAIL)), ["zip", "zip"]),
    ],
)
def test_packed_mails(tmp_path: Path, cell: Cell, name: str, content: bytes, kinds: list[str]) -> None:
    (mail,) = found(written(tmp_path, name, content), cell)
    assert isinstance(mail, Mail)
    assert mail.raw == MAIL
    assert [holder.kind for holder in mail.holders] == kinds


def test_what_is_no_mail_is_passed_over_and_said(tmp_path: Path, cell: Cell) -> None:
    items = found(written(tmp_path, "m.zip", zipped(a__eml=MAIL, photo__jpg=b"\xff\xd8\xff\xe0" + b"x" * 50)), cell)
    assert [type(item) for item in items].count(Mail) == 1
    assert any(isinstance(item, Passed) and "photo.jpg" in f"{item.name} {item.reason}" for item in items)


@pytest.mark.parametrize(
    ("content", "says"), [(b"", "is empty"), (b"hello\n", "is not a mail"), (zipped(), "is not a mail")]
)
def test_nothing_to_be_had(tmp_path: Path, cell: Cell, content: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        found(written(tmp_path, "x", content), cell)


def test_a_directory_cannot_be_read_as_a_file(tmp_path: Path, cell: Cell) -> None:
    with pytest.raises(Unreadable, match="cannot be read"):
        found(tmp_path, cell)
