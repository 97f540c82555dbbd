"""Documents under a password. What is opened here was locked here, by the same specification read once more."""

from __future__ import annotations

import base64
import hashlib
import struct

import pytest
from Cryptodome.Cipher import AES, ARC4

from sabaki.files import officecrypt
from sabaki.files.compound import Compound
from sabaki.files.ole import read
from sabaki.files.opened import Asked
from tests.files.office import compound, damaged, ooxml, traits
from tests.files.test_biff8 import begin, record, sheet

_DOCUMENT = ooxml("docx", {"word/document.xml": "<w:p><w:r><w:t>秘密</w:t></w:r></w:p>"})
_SALT = bytes(range(16))


def _cbc(key: bytes, vector: bytes, value: bytes) -> bytes:
    return AES.new(key, AES.MODE_CBC, vector).encrypt(value.ljust(-(-len(value) // 16) * 16, b"\0"))


def agile(password: str, content: bytes, spins: int = 100) -> dict[str, bytes]:
    value = hashlib.sha512(_SALT + password.encode("utf-16-le")).digest()
    for number in range(spins):
        value = hashlib.sha512(struct.pack("<I", number) + value).digest()

    def locked(purpose: str, plain: bytes) -> str:
        key = hashlib.sha512(value + bytes.fromhex(purpose)).digest()[:32]
        return base64.b64encode(_cbc(key, _SALT, plain)).decode()

    secret, verifier = bytes(range(32)), b"v" * 16
    info = (
        '<?xml version="1.0"?><encryption xmlns="urn:e" xmlns:p="urn:p">'
        f'<keyData blockSize="16" hashAlgorithm="SHA512" saltValue="{base64.b64encode(_SALT).decode()}"/>'
        f'<p:encryptedKey spinCount="{spins}" keyBits="256" cipherAlgorithm="AES" hashAlgorithm="SHA512" '
        f'saltValue="{base64.b64encode(_SALT).decode()}" encryptedVerifierHashInput="{locked("fea7d2763b4b9e79", verifier)}" '
        f'encryptedVerifierHashValue="{locked("d7aa0f6d3061344e", hashlib.sha512(verifier).digest())}" '
        f'encryptedKeyValue="{locked("146e0be7abacd0d6", secret)}"/></encryption>'
    )
    segments = b"".join(
        _cbc(secret, hashlib.sha512(_SALT + struct.pack("<I", number)).digest()[:16], content[at : at + 4_096])
        for number, at in enumerate(range(0, len(content), 4_096))
    )
    package = struct.pack("<Q", len(content)) + segments
    return {"EncryptionInfo": b"\4\0\4\0\x40\0\0\0" + info.encode(), "EncryptedPackage": package}


def standard(password: str, content: bytes) -> dict[str, bytes]:
    value = hashlib.sha1(_SALT + password.encode("utf-16-le")).digest()
    for number in range(50_000):
        value = hashlib.sha1(struct.pack("<I", number) + value).digest()
    value = hashlib.sha1(value + bytes(4)).digest()
    key = hashlib.sha1(bytes(0x36 ^ byte for byte in value.ljust(64, b"\0"))).digest()[:16]
    cipher = AES.new(key, AES.MODE_ECB)
    header = struct.pack("<8I", 0x24, 0, 0x660E, 0x8004, 128, 0x18, 0, 0) + "AES\0".encode("utf-16-le")
    info = struct.pack("<HHII", 3, 2, 0x24, len(header)) + header + struct.pack("<I", 16) + _SALT
    info += cipher.encrypt(b"v" * 16) + struct.pack("<I", 20)
    info += cipher.encrypt(hashlib.sha1(b"v" * 16).digest().ljust(32, b"\0"))
    package = struct.pack("<Q", len(content)) + cipher.encrypt(content.ljust(-(-len(content) // 16) * 16, b"\0"))
    return {"EncryptionInfo": info, "EncryptedPackage": package}


def workbook(password: str) -> bytes:
    half = hashlib.md5(password.encode("utf-16-le")).digest()[:5]
    base = hashlib.md5((half + _SALT) * 16).digest()[:5]
    key = hashlib.md5(base + bytes(4)).digest()
    cipher = ARC4.new(key)
    info = (
        struct.pack("<HHH", 1, 1, 1)
        + _SALT
        + cipher.encrypt(b"v" * 16)
        + cipher.encrypt(hashlib.md5(b"v" * 16).digest())
    )
    plain = begin() + record(0x2F, info) + sheet("secret", 2, 1)
    coded = ARC4.new(key).encrypt(plain)
    at = len(plain) - len(sheet("secret", 2, 1))
    return plain[: at + 8] + coded[at + 8 :]


@pytest.mark.parametrize("lock", [agile, standard])
def test_opened_with_a_word_of_the_mail(lock: type[None]) -> None:
    opened = read(compound(lock("パス1234", _DOCUMENT)), Asked(passwords=("wrong", "パス1234")))
    assert (opened.kind, opened.text) == ("docx", "秘密")
    assert (opened.locked, opened.password) == (True, "パス1234")


def test_excel_s_own_password_is_a_disguise() -> None:
    opened = read(compound(agile("VelvetSweatshop", _DOCUMENT)), Asked())
    assert opened.text == "秘密"
    assert traits(opened, "obfuscated") == ["locked with the password that Excel tries by itself (VelvetSweatshop)"]


def test_stays_locked() -> None:
    opened = read(compound(agile("1234", _DOCUMENT)), Asked(passwords=("4321",)))
    assert (opened.locked, opened.password, opened.text) == (True, "", "")


def test_rounds_are_bounded() -> None:
    file = Compound(compound(agile("1234", b"x", spins=1) | {}))
    streams = agile("1234", _DOCUMENT, spins=1)
    endless = {
        **streams,
        "EncryptionInfo": streams["EncryptionInfo"].replace(b'spinCount="1"', b'spinCount="900000000"'),
    }
    assert officecrypt.open_package(file, ("1234",)) is not None
    assert officecrypt.open_package(Compound(compound(endless)), ("1234",)) is None


def test_workbook() -> None:
    opened = read(compound({"Workbook": workbook("VelvetSweatshop").ljust(4_096, b"\0")}), Asked())
    assert opened.password == "VelvetSweatshop"
    assert traits(opened, "xlm_macro") == ["secret (very hidden)"]
    opened = read(compound({"Workbook": workbook("other").ljust(4_096, b"\0")}), Asked(passwords=("no",)))
    assert (opened.locked, opened.password, traits(opened, "xlm_macro")) == (True, "", [])


def test_damage_never_raises() -> None:
    streams = agile("VelvetSweatshop", _DOCUMENT, spins=1)
    for bent in damaged(streams["EncryptionInfo"], flips=150):
        officecrypt.open_package(Compound(compound({**streams, "EncryptionInfo": bent})), ())
    for bent in damaged(workbook("VelvetSweatshop"), step=1):
        officecrypt.open_workbook(bent, ())
