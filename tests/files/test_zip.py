from __future__ import annotations

import random
import zipfile
import zlib
from io import BytesIO

import pytest
import pyzipper

from sabaki.files import zip as reader
from sabaki.files.opened import Asked, Child, Opened
from sabaki.mail.limits import Budget, Limits
from tests.files import zipbytes


def read(content: bytes, *passwords: str, limits: Limits | None = None) -> Opened:
    return reader.read(content, Asked("a.zip", passwords=passwords, budget=Budget(limits)))


def listed(opened: Opened) -> dict[str, bytes | None]:
    return {child.name: child.content for child in opened.children}


def ids(holder: Opened | Child) -> set[str]:
    return {trait.id for trait in holder.traits}


def made(method: int, content: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("folder/a.bin", content)
    return file.getvalue()


def locked(encryption: int | None, password: bytes) -> bytes:
    file = BytesIO()
    with pyzipper.AESZipFile(file, "w", compression=pyzipper.ZIP_DEFLATED, encryption=encryption) as archive:
        archive.setpassword(password)
        archive.writestr("a.js", b"WScript.Echo(1)\n" * 20)
    return file.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_usual_method(method: int) -> None:
    content = b"some words, " * 2_000
    opened = read(made(method, content))
    assert listed(opened) == {"folder/a.bin": content}
    assert opened.traits == []


def test_a_method_without_a_decoder_is_said() -> None:
    body = zipbytes.local(b"a", b"xxxx", method=9, size=80)
    directory = zipbytes.central(b"a", 4, 0, method=9, size=80)
    (child,) = read(body + directory + zipbytes.end(1, len(directory), len(body))).children
    assert (child.content, child.size, ids(child)) == (None, 80, {"unread"})


@pytest.mark.parametrize(
    ("raw", "flags", "name"),
    [
        ("請求書.exe".encode("cp932"), 0, "請求書.exe"),
        ("ソ十表.txt".encode("cp932"), 0, "ソ十表.txt"),
        ("請求書.exe".encode(), 0, "請求書.exe"),
        ("請求書.exe".encode(), 0x800, "請求書.exe"),
        ("請求書.exe".encode("cp932"), 0x800, "請求書.exe"),
        ("café.txt".encode("cp437"), 0, "café.txt"),
    ],
)
def test_names_as_they_were_meant(raw: bytes, flags: int, name: str) -> None:
    assert [*listed(read(zipbytes.archive({raw: b""}, flags=flags)))] == [name]


def test_the_unicode_field_names_the_file_and_a_second_name_is_noted() -> None:
    raw = b"invoice.pdf"
    value = b"\1" + zlib.crc32(raw).to_bytes(4, "little") + b"invoice.exe"
    extra = b"\x75\x70" + len(value).to_bytes(2, "little") + value
    opened = read(zipbytes.archive({raw: b""}, extra=extra))
    assert [*listed(opened)] == ["invoice.exe"]
    assert "ambiguous_archive" in ids(opened)


def test_two_readings_are_both_given() -> None:
    body = zipbytes.local(b"photo.jpg.exe", b"MZ", crc=zlib.crc32(b"MZ")) + zipbytes.local(b"hidden.js", b"run()")
    directory = zipbytes.central(b"photo.jpg", 2, 0, crc=zlib.crc32(b"MZ"))
    opened = read(body + directory + zipbytes.end(1, len(directory), len(body)))
    assert listed(opened) == {"photo.jpg": b"MZ", "photo.jpg.exe": b"MZ", "hidden.js": b"run()"}
    details = " ".join(trait.detail for trait in opened.traits if trait.id == "ambiguous_archive")
    assert "photo.jpg / photo.jpg.exe" in details
    assert "hidden.js" in details


def test_a_member_that_only_claims_to_be_encrypted() -> None:
    body = zipbytes.local(b"a.exe", b"MZ program")
    directory = zipbytes.central(b"a.exe", 10, 0, flags=1)
    opened = read(body + directory + zipbytes.end(1, len(directory), len(body)))
    assert b"MZ program" in [child.content for child in opened.children]
    assert "ambiguous_archive" in ids(opened)


def test_the_same_name_twice_and_archives_in_a_row() -> None:
    opened = read(zipbytes.archive({b"a": b"1"}) + zipbytes.archive({b"a": b"2"}))
    assert sorted(child.content or b"" for child in opened.children) == [b"1", b"2"]
    assert "ambiguous_archive" in ids(opened)


def test_before_and_after() -> None:
    opened = read(b"MZ" + bytes(100) + zipbytes.archive({b"a": b"1"}) + b"more")
    assert listed(opened) == {"a": b"1"}
    assert {"leading_data", "trailing_data"} <= ids(opened)


@pytest.mark.parametrize("encryption", [None, pyzipper.WZ_AES])
def test_a_password_of_the_mail_opens_it(encryption: int | None) -> None:
    content = locked(encryption, b"2024") if encryption else _zipcrypto(b"2024")
    opened = read(content, "wrong", "2024")
    assert (opened.locked, opened.password) == (True, "2024")
    assert (opened.children[0].content or b"").startswith(b"WScript")
    closed = read(content, "wrong")
    assert (closed.locked, closed.password) == (True, "")
    (child,) = closed.children
    assert (child.name, child.content, child.size, child.locked) == ("a.js", None, 320, True)


def _zipcrypto(password: bytes) -> bytes:
    """One member under the old cipher (APPNOTE 6.1), which no library at hand writes."""
    content = b"WScript.Echo(1)\n" * 20
    crc, plain = zlib.crc32(content), bytes(11)
    keys = [0x12345678, 0x23456789, 0x34567890]

    def crc_step(value: int, octet: int) -> int:
        return zlib.crc32(bytes((octet,)), value ^ 0xFFFFFFFF) ^ 0xFFFFFFFF

    def turn(octet: int) -> None:
        keys[0] = crc_step(keys[0], octet)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = crc_step(keys[2], keys[1] >> 24)

    for octet in password:
        turn(octet)
    packed = bytearray()
    for octet in plain + bytes((crc >> 24,)) + content:
        mask = (keys[2] | 2) & 0xFFFF
        packed.append(octet ^ (mask * (mask ^ 1) >> 8 & 0xFF))
        turn(octet)
    body = zipbytes.local(b"a.js", bytes(packed), crc=crc, size=len(content), flags=1)
    directory = zipbytes.central(b"a.js", len(packed), 0, crc=crc, size=len(content), flags=1)
    return body + directory + zipbytes.end(1, len(directory), len(body))


@pytest.mark.parametrize(
    "name", [b"../../etc/cron.d/x", b"/etc/passwd", b"C:\\Windows\\x", b"..\\x", b"a\0.exe", b"n" * 4_096]
)
def test_names_that_lead_elsewhere_are_kept_and_noted(name: bytes) -> None:
    opened = read(zipbytes.archive({name: b"x"}))
    assert [*listed(opened)] == [name.decode()]
    assert "unsafe_path" in ids(opened)


def test_a_name_that_turns_around() -> None:
    opened = read(zipbytes.archive({"invoice\u202efdp.exe".encode(): b"x"}, flags=0x800))
    assert ids(opened.children[0]) == {"name_disguised"}
    assert "unsafe_path" not in ids(opened)


def test_hidden_files_and_links() -> None:
    body = zipbytes.local(b"h", b"x") + zipbytes.local(b"l", b"/etc")
    directory = zipbytes.central(b"h", 1, 0, attributes=2)
    directory += zipbytes.central(b"l", 4, len(zipbytes.local(b"h", b"x")), host=3, attributes=0xA1FF << 16)
    opened = read(body + directory + zipbytes.end(2, len(directory), len(body)))
    assert [ids(child) for child in opened.children] == [{"hidden_file"}, {"link_member"}]


def test_a_bomb_is_cut_and_named() -> None:
    limits = Limits(expansion=100)
    budget = Budget(limits)
    opened = reader.read(made(zipfile.ZIP_DEFLATED, bytes(30_000_000)), Asked("b.zip", budget=budget))
    assert "bomb" in ids(opened)
    assert ids(opened.children[0]) == {"partial"}
    assert len(opened.children[0].content or b"") < 4_000_000
    assert "expansion" in {reached.name for reached in budget.reached}


def test_a_program_blown_up_with_zeros_is_no_bomb() -> None:
    program = b"MZ" + random.Random(1).randbytes(60_000)
    opened = read(made(zipfile.ZIP_DEFLATED, program + bytes(40_000_000)))
    (child,) = opened.children
    assert (child.content or b"").startswith(program)
    assert "absurd_padding" in ids(child)
    assert "bomb" not in ids(opened)


def test_overlapping_members_stop_early() -> None:
    budget = Budget()
    opened = reader.read(zipbytes.overlapping(1_000, 5_000_000), Asked("f.zip", budget=budget))
    assert {"overlapping", "bomb"} <= ids(opened)
    assert sum(len(child.content or b"") for child in opened.children) <= 2_000_000
    assert len(opened.children) < 30


def test_the_mail_as_a_whole_has_one_budget() -> None:
    budget = Budget(Limits(decoded_size=1_500))
    content = zipbytes.archive({b"a": b"x" * 1_000, b"b": b"x" * 1_000, b"c": b"x" * 1_000})
    opened = reader.read(content, Asked("a.zip", budget=budget))
    assert [len(child.content or b"") for child in opened.children] == [1_000, 500, 0]
    assert [reached.name for reached in budget.reached] == ["decoded_size"]


def test_of_too_many_files_those_that_run_come_first() -> None:
    many = {b"%d.txt" % at: b"" for at in range(30)} | {b"last.exe": b"MZ"}
    opened = read(zipbytes.archive(many), limits=Limits(files=5))
    assert opened.children[0].name == "last.exe"
    assert len(opened.children) == 6


def test_members_are_given_one_by_one_and_only_those_wanted() -> None:
    asked_for: list[str] = []

    def wanted(name: str) -> bool:
        asked_for.append(name)
        return name.endswith(".xml")

    opened = Opened()
    content = zipbytes.archive({b"a.xml": b"<a/>", b"b.bin": b"x", b"c.xml": b"<c/>"})
    members = reader.members(content, Asked(), opened, wanted=wanted)
    assert next(members).name == "a.xml"
    assert asked_for == ["a.xml"]
    assert [child.content for child in members] == [b"<c/>"]


def test_a_wrong_checksum_is_damage() -> None:
    content = bytearray(zipbytes.archive({b"a": b"first"}))
    content[content.index(b"first")] = 0x58
    opened = read(bytes(content))
    assert listed(opened) == {"a": b"Xirst"}
    assert "damaged" in ids(opened)


def test_what_is_no_archive_has_no_members() -> None:
    opened = read(b"not an archive")
    assert (opened.children, ids(opened)) == ([], {"damaged"})


def test_cut_anywhere_it_returns_what_it_has() -> None:
    content = zipbytes.archive({b"a.txt": b"first" * 20, b"b.txt": b"second" * 20}) + b"tail"
    for length in range(0, len(content), 3):
        opened = read(content[:length])
        if length > len(zipbytes.local(b"a.txt", b"first" * 20)):
            assert listed(opened)["a.txt"] == b"first" * 20


def test_any_flipped_bits_are_survived() -> None:
    chance = random.Random(7)
    for content in (
        locked(pyzipper.WZ_AES, b"x"),
        made(zipfile.ZIP_LZMA, b"abc" * 500),
        zipbytes.overlapping(5, 9_000),
    ):
        for _ in range(120):
            broken = bytearray(content)
            for _ in range(chance.randint(1, 6)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            assert isinstance(read(bytes(broken), "x"), Opened)
