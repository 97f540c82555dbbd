"""The files that come with a mail, opened."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Iterator

import sabaki
from sabaki.facts import bodies, enclosures
from sabaki.files.cell import Cell, Ended
from sabaki.files.walk import Read
from sabaki.mail import message
from sabaki.mail.limits import Budget, Limits
from sabaki.model.file import File
from sabaki.model.finding import State


def mail(*files: tuple[str, str, bytes], text: str = "see the file") -> bytes:
    parts = "".join(
        f"--b\nContent-Type: {kind}\nContent-Disposition: attachment; filename={name}\n"
        f"Content-Transfer-Encoding: base64\n\n{base64.encodebytes(content).decode()}"
        for name, kind, content in files
    )
    return (
        "From: a@kaki.example\nTo: h@orchard.example\nSubject: bill\nMIME-Version: 1.0\n"
        f"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n{parts}--b--\n"
    ).encode()


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


class Dying:
    """An opener whose reader is stopped after it has listed what is inside."""

    rules = ""

    def open(self, file: File, content: bytes, passwords: tuple[str, ...], budget: Budget) -> Iterator[Read | Ended]:
        yield Read(file)
        yield Read(File(path="2/1", part="2", state=State.SKIPPED, reason="x", reason_ja="x"))
        yield Ended(stopped="memory")


def test_files_and_the_links_in_them(cell: Cell) -> None:
    report = sabaki.dissect(
        mail(("a.zip", "application/zip", zipped(note=b"go to http://nashi.example/x now"))), cell=cell
    )
    assert [(file.path, file.kind) for file in report.files] == [("2", "zip"), ("2/1", "text")]
    (url,) = report.urls
    assert (url.host, url.file) == ("nashi.example", "2/1")
    assert [body.part for body in report.bodies if body.attached] == ["2/1"]
    assert "nashi" not in report.text


def test_a_stopped_reader_leaves_what_it_had_and_says_so() -> None:
    budget = Budget()
    read = message.read(mail(("a.zip", "application/zip", zipped(a=b"1"))), budget)
    found = enclosures.open_all(read, bodies.read(read, budget), Dying(), budget)
    assert [file.state for file in found.files] == [State.RAN, State.PERMERROR]
    assert "memory" in found.files[1].reason


def test_unread_files_are_outcomes() -> None:
    report = sabaki.dissect(mail(("a.zip", "application/zip", zipped(a=b"1"))), limits=Limits(cell_seconds=0))
    assert any(outcome.step == "file:2" and outcome.state is State.PERMERROR for outcome in report.outcomes)
    assert "cell_seconds" in [limit.name for limit in report.limits]


def test_too_many_files_are_listed_unread() -> None:
    files = [(f"{number}.zip", "application/zip", zipped(a=b"1")) for number in range(4)]
    report = sabaki.dissect(mail(*files), limits=Limits(files=2))
    assert [file.state for file in report.files].count(State.SKIPPED) >= 2
    assert "files" in [limit.name for limit in report.limits]


def test_a_password_in_the_text_opens_the_archive(cell: Cell) -> None:
    import pyzipper

    stream = io.BytesIO()
    with pyzipper.AESZipFile(stream, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(b"Kaki-2024")
        archive.writestr("list.txt", "http://nashi.example/secret")
    text = "解凍パスワードは「Kaki-2024」です。"
    report = sabaki.dissect(mail(("a.zip", "application/zip", stream.getvalue()), text=text), cell=cell)
    assert report.files[0].password == "Kaki-2024"
    assert [url.file for url in report.urls] == ["2/1"]


def test_a_mail_without_files_starts_nothing() -> None:
    with Cell() as unused:
        sabaki.dissect(b"From: a@kaki.example\n\nhello", cell=unused)
        assert unused._server is None


def test_a_program_that_carries_an_archive_is_opened(cell: Cell) -> None:
    head = bytearray(b"MZ" + bytes(318))
    head[60:64] = (64).to_bytes(4, "little")
    head[64:68] = b"PE\0\0"
    head[70:72] = (1).to_bytes(2, "little")
    # One section, at 300, of 20 bytes; the archive follows it.
    head[104:112] = (20).to_bytes(4, "little") + (300).to_bytes(4, "little")
    carrier = bytes(head) + zipped(a=b"http://inside.example/")
    report = sabaki.dissect(mail(("setup.exe", "application/octet-stream", carrier)), cell=cell)
    assert [(file.kind, file.state) for file in report.files] == [("exe", State.RAN), ("text", State.RAN)]
    assert [url.host for url in report.urls] == ["inside.example"]


def test_what_no_reader_knows_is_not_checked(cell: Cell) -> None:
    report = sabaki.dissect(
        mail(("papers.arj", "application/octet-stream", b"\x60\xea\x2a\0\x22" + bytes(60))), cell=cell
    )
    assert [(file.kind, file.state) for file in report.files] == [("arj", State.SKIPPED)]
    assert "not read here" in report.files[0].reason
