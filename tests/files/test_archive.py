from __future__ import annotations

import io
import locale
import random
import struct
import tarfile
from base64 import b64decode
from collections.abc import Callable

import libarchive
import pytest

from sabaki.files import archive
from sabaki.files.opened import Asked, Child, Opened
from sabaki.mail.limits import Budget, Limits
from sabaki.model.finding import State
from tests.files import rarbytes

# Two short files, by 7-Zip: `7z a -pinfected` (the names in the clear), and with -mhe=on (the names locked too).
LOCKED_7Z = b64decode(
    "N3q8ryccAAQd6xlLsAAAAAAAAAAiAAAAAAAAAN04uj6Sl2WdY7agqi1h3mIzrqS75mcD+cac1LkmStjfCwqJ1OOrxmR2KZsVbnoZ"
    "aoGntz4AAIEzB64P0QDUPKCKabDjxAD69FhUve6ebsyw1jABcOm+DdcZZJv/O1XnZdg6vgxk950zEhZ9cOYd4mrReLp//gYgFPvK"
    "6RU41O86Z56ifTU+mXx0DXFXhb+TPzWxtAU97nC2eISxaep+Nl7n6/sz5+plWmYJNtRvuGI0qwAAABcGMAEJgIAABwsBAAEjAwEB"
    "BV0AEAAADICOCgEjDSgSAAA="
)
SEALED_7Z = b64decode(
    "N3q8ryccAARoDoXYsAAAAAAAAAA+AAAAAAAAABRu0sjgaMiQuguk5uML9HRASyTADyGQt/S4UkrDIQG7dSdiRPH2zaCeqsjk2XW/"
    "IIc71RKzhYfofoG4mizsodeCRapYHZefR6lmwcv/5NwhxgM0fYBc1g/vCGyKqzaoRCwNwYy8Hj2SDbhCuM3JidqtZXpJwYpB3PoE"
    "VR85ihH7l7OY3zvJxD/WCOrcFBS9GK3Yds9Cdt+P5gSswfkiAsDnfWI/Ah+PwL+1SyX6jbHqUziNFBcGMAEJgIAABwsBAAIkBvEH"
    "ARJTD91FjF07A+MxJzPfZEXwcbsjAwEBBV0AEAAAAQAMgICAjgoBg2MG4gAA"
)
FILES = {"folder/a.exe": b"MZ first", "請求書.js": b"second" * 300}


def read(content: bytes, limits: Limits | None = None) -> Opened:
    return archive.read(content, Asked("x", budget=Budget(limits)))


def listed(opened: Opened) -> dict[str, bytes | None]:
    return {child.name: child.content for child in opened.children}


def ids(holder: Opened | Child) -> set[str]:
    return {trait.id for trait in holder.traits}


def made(form: str, files: dict[str, bytes] = FILES, filter: str | None = None) -> bytes:
    chunks: list[bytes] = []

    def keep(data: bytes) -> int:
        chunks.append(bytes(data))
        return len(data)

    with libarchive.custom_writer(keep, form, filter) as writer:
        for name, content in files.items():
            writer.add_file_from_memory(name, len(content), content)
    return b"".join(chunks)


def tar(add: Callable[[tarfile.TarFile], None], form: int = tarfile.PAX_FORMAT) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as writer:
        add(writer)
    return file.getvalue()


def entry(name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = "") -> bytes:
    def add(writer: tarfile.TarFile) -> None:
        info = tarfile.TarInfo(name)
        info.type, info.linkname, info.size = kind, link, len(content)
        writer.addfile(info, io.BytesIO(content))

    return tar(add)


@pytest.mark.parametrize("form", ["7zip", "ustar", "pax", "gnutar", "cpio_newc", "xar", "iso9660"])
def test_every_form_that_can_be_written_here(form: str) -> None:
    opened = read(made(form))
    assert listed(opened) == FILES
    assert (opened.traits, opened.locked, opened.state) == ([], False, State.RAN)


def test_ar() -> None:
    assert listed(read(made("ar_bsd", {"control": b"x", "data": b"yy"}))) == {"control": b"x", "data": b"yy"}


def test_names_do_not_depend_on_the_locale() -> None:
    before = locale.setlocale(locale.LC_CTYPE)
    content = made("7zip")
    try:
        locale.setlocale(locale.LC_CTYPE, "C")
        assert listed(read(content)) == FILES
        assert locale.setlocale(locale.LC_CTYPE) == "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def test_a_tar_of_japanese_windows() -> None:
    def add(writer: tarfile.TarFile) -> None:
        writer.encoding = "cp932"
        writer.addfile(tarfile.TarInfo("ご請求書.exe"))

    assert [*listed(read(tar(add, tarfile.GNU_FORMAT)))] == ["ご請求書.exe"]


def crc16(content: bytes) -> int:
    value = 0
    for octet in content:
        value ^= octet
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value


def test_lzh_of_japanese_windows() -> None:
    name, content = "請求書.exe".encode("cp932"), b"MZ stored"
    head = b"-lh0-" + struct.pack("<IIIBB", len(content), len(content), 0x210000, 0x20, 0)
    head += bytes((len(name),)) + name + struct.pack("<H", crc16(content))
    lzh = bytes((len(head), sum(head) & 0xFF)) + head + content + b"\0"
    assert listed(read(lzh)) == {"請求書.exe": content}


def test_cab_of_japanese_windows() -> None:
    name, content = "請求書.exe".encode("cp932") + b"\0", b"MZ stored"
    member = struct.pack("<IIHHHH", len(content), 0, 0, 0x5821, 0, 0x20) + name
    data = struct.pack("<IHH", 0, len(content), len(content)) + content
    head = struct.pack("<IIIIIBBHHHHH", 0, 44 + len(member) + len(data), 0, 44, 0, 3, 1, 1, 1, 0, 1, 0)
    cab = b"MSCF" + head + struct.pack("<IHH", 44 + len(member), 1, 0) + member + data
    assert listed(read(cab)) == {"請求書.exe": content}


def test_a_disk_image_with_two_file_systems_says_so() -> None:
    image = bytearray(made("iso9660"))
    assert "ambiguous_archive" not in ids(read(bytes(image)))
    place = next(at for at in range(0x8800, len(image), 2_048) if not image[at : at + 2_048].strip(b"\0"))
    image[place + 1 : place + 6] = b"NSR02"
    assert "ambiguous_archive" in ids(read(bytes(image)))


def test_what_follows_a_bomb_in_a_solid_archive_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_PASSED", 1_000_000)
    opened = read(made("7zip", {"zeros": bytes(20_000_000), "last.exe": b"MZ"}), Limits(expansion=50))
    assert [(child.name, child.content is None) for child in opened.children] == [("zeros", False), ("last.exe", True)]


def test_locked_7z() -> None:
    opened = read(LOCKED_7Z)
    assert opened.locked
    assert [(child.name, child.content, child.size, child.locked) for child in opened.children] == [
        ("a.eml", None, 37, True),
        ("b.txt", None, 3, True),
    ]
    sealed = read(SEALED_7Z)
    assert (sealed.locked, sealed.children, sealed.state) == (True, [], State.RAN)


def test_rar_of_both_generations() -> None:
    four = rarbytes.rar4(rarbytes.file4(b"a.exe", b"MZ first"), rarbytes.file4(b"b.txt", b"second"))
    five = rarbytes.rar5(rarbytes.file5("a.exe", b"MZ first"), rarbytes.file5("b.txt", b"second"))
    for content in (four, five, b"MZ" + bytes(900) + five):
        assert listed(read(content)) == {"a.exe": b"MZ first", "b.txt": b"second"}
    assert ids(read(b"MZ" + bytes(900) + five)) == {"leading_data"}


def test_locked_rar_lists_names_and_gives_no_rubbish() -> None:
    content = rarbytes.rar5(rarbytes.file5("a.exe", b"\x93\x11", extra=bytes((1, 0, 0))), rarbytes.file5("b", b"open"))
    opened = read(content)
    assert opened.locked
    assert [(child.name, child.content, child.locked) for child in opened.children] == [
        ("a.exe", None, True),
        ("b", b"open", False),
    ]


def test_rar_that_cannot_be_unpacked_is_listed() -> None:
    opened = read(rarbytes.rar4(rarbytes.file4(b"a.exe", b"\xff" * 20, method=0x33)))
    (child,) = opened.children
    assert (child.name, child.size) == ("a.exe", 20)
    assert not opened.locked


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "C:\\x", "n" * 300])
def test_names_that_lead_elsewhere(name: str) -> None:
    opened = read(entry(name, b"x"))
    assert "unsafe_path" in ids(opened)
    assert opened.children[0].content == b"x"


@pytest.mark.parametrize(
    ("name", "target", "escapes"),
    [
        ("l", "/etc/passwd", True),
        ("d/l", "../../x", True),
        ("d/l", "../x", False),
        ("l", "a/b", False),
    ],
)
@pytest.mark.parametrize("kind", [tarfile.SYMTYPE])
def test_links(name: str, target: str, escapes: bool, kind: bytes) -> None:
    opened = read(entry(name, kind=kind, link=target))
    (child,) = opened.children
    assert (child.content, child.traits[0].id, child.traits[0].detail) == (None, "link_member", f"{name} -> {target}")
    assert ("unsafe_path" in ids(opened)) is escapes


def test_hard_links_and_devices() -> None:
    assert ids(read(entry("h", kind=tarfile.LNKTYPE, link="/etc/passwd"))) == {"unsafe_path"}
    assert ids(read(entry("d", kind=tarfile.CHRTYPE)).children[0]) == {"link_member"}


def test_a_negative_size() -> None:
    header = bytearray(tarfile.TarInfo("x").tobuf())
    header[124:136] = b"\xff" * 12
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    opened = read(entry("first", b"1")[:1024] + bytes(header) + bytes(1024))
    assert listed(opened) == {"first": b"1"}
    assert "damaged" in ids(opened)


def test_a_bomb_is_cut() -> None:
    opened = read(made("7zip", {"zeros": bytes(20_000_000), "next": b"x"}), Limits(expansion=50))
    assert ids(opened.children[0]) == {"partial"}
    assert "bomb" in ids(opened)
    assert len(opened.children[0].content or b"") <= 1_000_000
    assert opened.children[1].content == b"x"


def test_limits_are_the_mails() -> None:
    budget = Budget(Limits(decoded_size=1_000, files=2))
    content = made("ustar", {f"{at}": b"x" * 600 for at in range(9)})
    opened = archive.read(content, Asked("x", budget=budget))
    assert [len(child.content or b"") for child in opened.children] == [600, 400, 0]
    assert {reached.name for reached in budget.reached} == {"decoded_size", "files"}


def test_what_is_no_archive() -> None:
    opened = read(b"plain text, no archive at all\n" * 50)
    assert opened.state is State.SKIPPED
    assert opened.reason
    assert opened.reason_ja


def test_only_those_wanted() -> None:
    opened = Opened()
    given = archive.members(made("7zip"), Asked(), opened, wanted=lambda name: name.endswith(".js"))
    assert [child.name for child in given] == ["請求書.js"]


def test_streams_of_other_kinds() -> None:
    packed = made("raw", {"x": b"a line\n" * 900}, "zstd")
    assert archive.raw(packed, "zstd", 100_000).content == b"a line\n" * 900
    assert archive.raw(packed, "zstd", 10).cut
    assert archive.raw(packed[:9] + b"\xff" * 20, "zstd", 100_000).error


@pytest.mark.parametrize("form", ["7zip", "ustar", "cpio_newc", "xar"])
def test_cut_or_broken_it_returns(form: str) -> None:
    content = made(form)
    for length in range(0, len(content), max(1, len(content) // 60)):
        assert isinstance(read(content[:length]), Opened)
    chance = random.Random(5)
    for _ in range(60):
        broken = bytearray(content)
        for _ in range(4):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        assert isinstance(read(bytes(broken)), Opened)
