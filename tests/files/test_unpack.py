from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import tarfile
import types
import zipfile

import pytest

from sabaki.files import unpack
from sabaki.files.opened import Asked
from sabaki.files.unpack import Passed, Unpacked
from sabaki.mail.limits import Budget, Limits
from tests.files import rarbytes, zipbytes

MAIL = b"From: a@example.jp\nTo: b@example.jp\nSubject: hello\n\nbody\n"
LINE = b"From a@example.jp Thu Jan  1 00:00:00 2026\n"
MBOX = (LINE + MAIL + b"\n") * 3
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900) + "__properties_version1.0".encode("utf-16-le")
TNEF = b"\x78\x9f\x3e\x22" + bytes(40)
EMLX = b"%-10d\n" % len(MAIL) + MAIL + b'<?xml version="1.0"?><plist/>'


def tar(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as writer:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            writer.addfile(info, io.BytesIO(content))
    return file.getvalue()


def everything(
    content: bytes, name: str = "given", limits: Limits | None = None
) -> tuple[list[Unpacked], list[Passed], Budget]:
    budget = Budget(limits)
    found = [*unpack.mails(content, name, budget)]
    return (
        [one for one in found if isinstance(one, Unpacked)],
        [one for one in found if isinstance(one, Passed)],
        budget,
    )


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (MAIL, "mail"),
        (LINE + MAIL, "mail"),
        (b"\xef\xbb\xbf" + MAIL, "mail"),
        (MBOX, "mbox"),
        (MBOX.replace(b"\n", b"\r\n"), "mbox"),
        (EMLX, "emlx"),
        (OLE, "msg"),
        (OLE[:900], ""),
        (TNEF, "tnef"),
        (zipbytes.archive({b"a": b""}), "zip"),
        (gzip.compress(MAIL), "gzip"),
        (bz2.compress(MAIL), "bzip2"),
        (lzma.compress(MAIL), "xz"),
        (tar({"a": b""}), "tar"),
        (rarbytes.rar5(), "rar"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"just some text\n", ""),
        (b"", ""),
    ],
)
def test_identify(content: bytes, kind: str) -> None:
    assert unpack.identify(content, "x") == kind


def test_a_mail_is_itself() -> None:
    assert everything(MAIL, "a.eml")[:2] == ([Unpacked(MAIL, "a.eml")], [])


def test_every_mail_of_an_mbox() -> None:
    found, passed, _ = everything(MBOX, "box")
    assert [one.raw for one in found] == [LINE + MAIL] * 3
    assert [one.holders[0].place for one in found] == ["message 1", "message 2", "message 3"]
    holder = found[0].holders[0]
    assert (holder.kind, holder.name, holder.size) == ("mbox", "box", len(MBOX))
    assert holder.sha256 == hashlib.sha256(MBOX).hexdigest()
    assert passed == []


def test_apple_mail() -> None:
    (found,), _, _ = everything(EMLX, "1.emlx")
    assert (found.raw, found.holders[0].kind, found.converted) == (MAIL, "emlx", False)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_compressed(pack: object) -> None:
    assert callable(pack)
    found, _, _ = everything(pack(MBOX), "box.mbox.gz")
    assert len(found) == 3
    assert [(holder.name, holder.place) for holder in found[0].holders] == [
        ("box.mbox.gz", "box.mbox"),
        ("box.mbox", "message 1"),
    ]


def test_an_archive_of_all_sorts() -> None:
    inside = {
        b"a.eml": MAIL,
        b"photo.jpg": b"\xff\xd8\xff",
        b"box": MBOX,
        b"deep.tar.gz": gzip.compress(tar({"m": MAIL})),
    }
    found, passed, _ = everything(zipbytes.archive(inside | {b"__MACOSX/._a.eml": b"\0\5"}), "all.zip")
    assert [one.name for one in found] == ["a.eml", "box", "box", "box", "m"]
    assert [holder.kind for holder in found[-1].holders] == ["zip", "gzip", "tar"]
    assert [(one.name, one.reason) for one in passed] == [("all.zip", "1 file that is no mail: photo.jpg")]
    assert passed[0].reason_ja


def test_tar_and_rar() -> None:
    assert [one.raw for one in everything(tar({"a": MAIL, "b": MAIL}))[0]] == [MAIL, MAIL]
    assert [one.raw for one in everything(rarbytes.rar5(rarbytes.file5("a.eml", MAIL)))[0]] == [MAIL]


@pytest.mark.parametrize(("content", "module"), [(OLE, "msg"), (TNEF, "tnef")])
def test_what_has_to_be_converted(content: bytes, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answer: list[bytes | None] = [MAIL, None]

    def to_mail(content: bytes, asked: Asked) -> bytes | None:
        return answer.pop(0)

    monkeypatch.setitem(__import__("sys").modules, f"sabaki.files.{module}", types.SimpleNamespace(to_mail=to_mail))
    (found,), _, _ = everything(content, "item")
    assert (found.raw, found.converted, found.holders[0].kind) == (MAIL, True, module)
    none, (passed,), _ = everything(content, "item")
    assert (none, passed.name) == ([], "item")


def test_a_reader_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sabaki.files.archive", None)
    found, (passed,), _ = everything(tar({"a": MAIL}), "a.tar")
    assert (found, "sabaki[files]" in passed.reason, "sabaki[files]" in passed.reason_ja) == ([], True, True)


def test_what_is_nothing_of_ours_says_so() -> None:
    found, (passed,), _ = everything(b"hello\n", "note.txt")
    assert (found, passed.name) == ([], "note.txt")
    assert passed.reason
    assert passed.reason_ja


def test_mails_come_one_at_a_time() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(2_000):
            archive.writestr(f"{number}.eml", MAIL)
    stream = unpack.mails(file.getvalue(), "many.zip", Budget(Limits(decoded_size=len(MAIL))))
    first = next(stream)
    assert isinstance(first, Unpacked)
    assert first.name == "0.eml"
    assert sum(1 for _ in stream) == 1_999


def test_limits_are_named() -> None:
    found, passed, budget = everything(MBOX, limits=Limits(mails=2))
    assert (len(found), len(passed), [reached.name for reached in budget.reached]) == (2, 1, ["mails"])
    found, passed, budget = everything(zipbytes.archive({b"a": MAIL, b"b": MAIL}), limits=Limits(mails=1))
    assert (len(found), len(passed), [reached.name for reached in budget.reached]) == (1, 1, ["mails"])
    found, passed, budget = everything(MAIL, limits=Limits(message_size=10))
    assert (found, len(passed), [reached.name for reached in budget.reached]) == ([], 1, ["message_size"])


def test_too_many_boxes_in_boxes() -> None:
    content = MAIL
    for _ in range(6):
        content = gzip.compress(content)
    found, (passed,), budget = everything(content)
    assert (found, [reached.name for reached in budget.reached]) == ([], ["file_depth"])
    assert passed.reason_ja


def test_a_bomb_among_the_mails_is_passed_over() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(20_000_000))
        archive.writestr("a.eml", MAIL)
    found, passed, budget = everything(file.getvalue(), limits=Limits(expansion=20))
    assert [one.raw for one in found] == [MAIL]
    assert "zeros" in {one.name for one in passed}
    assert [reached.name for reached in budget.reached] == ["expansion"]


def test_locked_members_are_reported() -> None:
    body = zipbytes.local(b"a.eml", b"x" * 40, flags=1)
    directory = zipbytes.central(b"a.eml", 40, 0, flags=1)
    found, passed, _ = everything(body + directory + zipbytes.end(1, len(directory), len(body)), "locked.zip")
    assert (found, next(one.name for one in passed)) == ([], "a.eml")


def test_a_pasted_mail_is_one() -> None:
    mail = b"Received: from a.example by b.example; Mon, 3 Mar 2025 08:00:00 +0900\nFrom: a@kaki.example\nTo: x\n\nhi\n"
    for words in (b"What is this?\n\n", b"What is this?\n"):
        (found,) = unpack.mails(words + mail, "note.txt", Budget())
        assert isinstance(found, Unpacked)
        assert (found.raw, found.converted, [holder.kind for holder in found.holders]) == (mail, True, ["pasted"])
