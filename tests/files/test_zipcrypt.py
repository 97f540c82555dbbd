from __future__ import annotations

from io import BytesIO

import pyzipper

from sabaki.files import zipcrypt, zipdir


def member(password: bytes, content: bytes = b"secret " * 100) -> tuple[zipdir.Entry, bytes]:
    file = BytesIO()
    with pyzipper.AESZipFile(file, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password)
        archive.writestr("a.txt", content)
    entry = zipdir.read(file.getvalue(), 10).entries[0]
    return entry, file.getvalue()[entry.data : entry.end]


def test_the_right_one_of_several_passwords() -> None:
    unlocked = zipcrypt.unlock(*member(b"right"), ("wrong", "right"), 10_000)
    assert unlocked is not None
    assert (unlocked.password, unlocked.expanded.content) == ("right", b"secret " * 100)


def test_none_that_fits() -> None:
    assert zipcrypt.unlock(*member(b"right"), ("wrong", ""), 10_000) is None
    assert zipcrypt.unlock(*member(b"right"), (), 10_000) is None


def test_a_japanese_password_as_windows_typed_it() -> None:
    unlocked = zipcrypt.unlock(*member("秘密".encode("cp932")), ("秘密",), 10_000)
    assert unlocked is not None
    assert unlocked.password == "秘密"


def test_output_is_bounded() -> None:
    unlocked = zipcrypt.unlock(*member(b"x", bytes(100_000)), ("x",), 1_000)
    assert unlocked is not None
    assert (len(unlocked.expanded.content), unlocked.expanded.cut) == (1_000, True)


def test_damaged_data_are_not_opened() -> None:
    entry, packed = member(b"right")
    assert zipcrypt.unlock(entry, packed[:-20] + bytes(20), ("right",), 10_000) is None
    assert zipcrypt.unlock(entry, packed[:8], ("right",), 10_000) is None
