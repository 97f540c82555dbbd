"""Office documents under a password, [MS-OFFCRYPTO]: opened with the words of the mail, and with Excel's own default.

Excel opens a file locked with "VelvetSweatshop" without asking, so that password hides a document from filters only.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from collections.abc import Callable, Iterator

from Cryptodome.Cipher import AES, ARC4

from sabaki.files import markup
from sabaki.files.compound import Compound

DEFAULT = "VelvetSweatshop"
_MOST = 200_000_000
_SPINS = 2_500_000
"""Rounds of hashing in all, over all passwords."""
_VERIFIER, _VERIFIER_HASH, _KEY = (
    bytes.fromhex(text) for text in ("fea7d2763b4b9e79", "d7aa0f6d3061344e", "146e0be7abacd0d6")
)
_HASHES = {"SHA1": "sha1", "SHA-1": "sha1", "SHA256": "sha256", "SHA384": "sha384", "SHA512": "sha512", "MD5": "md5"}
_PLAIN = frozenset({0x0809, 0x002F, 0x00E1, 0x0194, 0x0195, 0x0196, 0x0138})
"""Records that stay readable in a locked workbook: BOF, FILEPASS, INTERFACEHDR and the lists of users, [MS-XLS] 2.2.10."""


def open_package(file: Compound, passwords: tuple[str, ...]) -> tuple[str, bytes] | None:
    """The password that opens an encrypted package and the document in it, None where none does."""
    info = file.stream("EncryptionInfo", 100_000)
    package = file.stream("EncryptedPackage", _MOST)
    if len(info) < 8 or len(package) < 8:
        return None
    major, minor = struct.unpack_from("<HH", info)
    size = int.from_bytes(package[:8], "little")
    opens = _agile(info[8:], package[8:]) if (major, minor) == (4, 4) else _standard(info, package[8:])
    if opens is None:
        return None
    spins, unlock = opens
    tried = 0
    for password in dict.fromkeys((DEFAULT, *passwords)):
        tried += spins
        if tried > _SPINS:
            break
        content = unlock(password)
        if content is not None:
            return password, content[:size]
    return None


def _spun(hash: str, salt: bytes, password: str, spins: int) -> bytes:
    value = hashlib.new(hash, salt + password[:255].encode("utf-16-le", "replace"), usedforsecurity=False).digest()
    for number in range(spins):
        value = hashlib.new(hash, number.to_bytes(4, "little") + value, usedforsecurity=False).digest()
    return value


_Opens = tuple[int, Callable[[str], bytes | None]]


def _agile(info: bytes, package: bytes) -> _Opens | None:
    """Agile encryption (2.3.4.10 to 2.3.4.15): what is needed is in XML."""
    data: dict[str, str] = {}
    key: dict[str, str] = {}

    def start(name: str, has: markup.Attributes) -> None:
        if name in ("keyData", "encryptedKey"):
            (data if name == "keyData" else key).update(has)

    def nothing(_: str) -> None:
        return None

    markup.parse(info, markup.Handler(start, nothing, nothing), 100)
    try:
        spins, bits, block = int(key["spinCount"]), int(key["keyBits"]), int(data["blockSize"])
        hash, data_hash = _HASHES[key["hashAlgorithm"].upper()], _HASHES[data["hashAlgorithm"].upper()]
        salt, data_salt = base64.b64decode(key["saltValue"]), base64.b64decode(data["saltValue"])
        verifier, verified, locked = (
            base64.b64decode(key[name])
            for name in ("encryptedVerifierHashInput", "encryptedVerifierHashValue", "encryptedKeyValue")
        )
    except (KeyError, ValueError, binascii.Error):
        return None
    if key.get("cipherAlgorithm") != "AES" or bits not in (128, 192, 256) or block != 16 or len(salt) != 16:
        return None

    def unlock(password: str) -> bytes | None:
        spun = _spun(hash, salt, password, spins)

        def plain(purpose: bytes, value: bytes) -> bytes:
            derived = hashlib.new(hash, spun + purpose, usedforsecurity=False).digest()[: bits // 8]
            return _cbc(derived.ljust(bits // 8, b"\x36"), salt, value)

        expected = hashlib.new(hash, plain(_VERIFIER, verifier)[:16], usedforsecurity=False).digest()
        if plain(_VERIFIER_HASH, verified)[: len(expected)] != expected:
            return None
        secret = plain(_KEY, locked)[: bits // 8]
        return b"".join(_segments(secret, data_hash, data_salt, package))

    return spins, unlock


def _segments(secret: bytes, hash: str, salt: bytes, package: bytes) -> Iterator[bytes]:
    for number, at in enumerate(range(0, len(package), 4_096)):
        vector = hashlib.new(hash, salt + number.to_bytes(4, "little"), usedforsecurity=False).digest()[:16]
        yield _cbc(secret, vector, package[at : at + 4_096])


def _cbc(key: bytes, vector: bytes, value: bytes) -> bytes:
    return AES.new(key, AES.MODE_CBC, vector).decrypt(value[: len(value) // 16 * 16])


def _standard(info: bytes, package: bytes) -> _Opens | None:
    """Standard encryption (2.3.4.5 to 2.3.4.9): AES in ECB, 50,000 rounds of SHA-1."""
    (header,) = struct.unpack_from("<I", info, 8) if len(info) >= 12 else (0,)
    if len(info) < 12 + header + 72 or header < 20:
        return None
    (bits,) = struct.unpack_from("<I", info, 12 + 16)
    at = 12 + header
    salt, verifier, verified = info[at + 4 : at + 20], info[at + 20 : at + 36], info[at + 40 : at + 72]
    if bits not in (128, 192, 256):
        return None

    def unlock(password: str) -> bytes | None:
        value = hashlib.sha1(_spun("sha1", salt, password, 50_000) + bytes(4), usedforsecurity=False).digest()
        halves = (
            hashlib.sha1(bytes(byte ^ pad for byte in value.ljust(64, b"\0")), usedforsecurity=False).digest()
            for pad in (0x36, 0x5C)
        )
        cipher = AES.new(b"".join(halves)[: bits // 8], AES.MODE_ECB)  # what the format prescribes
        if hashlib.sha1(cipher.decrypt(verifier), usedforsecurity=False).digest() != cipher.decrypt(verified)[:20]:
            return None
        return cipher.decrypt(package[: len(package) // 16 * 16])

    return 50_000, unlock


def open_workbook(book: bytes, passwords: tuple[str, ...]) -> tuple[str, bytes] | None:
    """The password that opens a locked workbook of 97-2003 (RC4), and its stream with the records readable."""
    at, filepass = 0, b""
    for _ in range(50):
        if at + 4 > len(book):
            return None
        kind, size = struct.unpack_from("<HH", book, at)
        if kind == 0x002F:
            filepass = book[at + 4 : at + 4 + size]
            break
        at += 4 + size
    if len(filepass) < 54 or filepass[:2] != b"\x01\x00":
        return None
    for password in dict.fromkeys((DEFAULT, *passwords)):
        key = _rc4_key(filepass[2:], password[:255])
        if key is not None:
            return password, _readable(book, key)
    return None


def _rc4_key(info: bytes, password: str) -> Callable[[int], bytes] | None:
    """How the key of each block comes from the password, None where the password is not the one."""
    major, minor = struct.unpack_from("<HH", info)
    secret = password.encode("utf-16-le", "replace")
    if (major, minor) == (1, 1):
        salt, verifier, verified, hash = info[4:20], info[20:36], info[36:52], "md5"
        half = hashlib.md5(secret, usedforsecurity=False).digest()[:5]
        base, length = hashlib.md5((half + salt) * 16, usedforsecurity=False).digest()[:5], 16
    else:
        (size,) = struct.unpack_from("<I", info, 8)
        if len(info) < 12 + size + 60 or size < 20:
            return None
        (bits,) = struct.unpack_from("<I", info, 12 + 16)
        at = 12 + size + 4
        salt, verifier, verified, hash = info[at : at + 16], info[at + 16 : at + 32], info[at + 36 : at + 56], "sha1"
        base, length = hashlib.sha1(salt + secret, usedforsecurity=False).digest(), min(max((bits or 40) // 8, 5), 16)

    def key(block: int) -> bytes:
        made = hashlib.new(hash, base + block.to_bytes(4, "little"), usedforsecurity=False).digest()[:length]
        return made.ljust(16, b"\0") if hash == "sha1" and length == 5 else made

    cipher = ARC4.new(key(0))
    opened = cipher.decrypt(verifier)
    return key if hashlib.new(hash, opened, usedforsecurity=False).digest() == cipher.decrypt(verified) else None


def _readable(book: bytes, key: Callable[[int], bytes]) -> bytes:
    plain = b"".join(
        ARC4.new(key(number)).decrypt(book[at : at + 1_024]) for number, at in enumerate(range(0, len(book), 1_024))
    )
    out: list[bytes] = []
    at = 0
    while at + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, at)
        source = book if kind in _PLAIN else plain
        value = source[at + 4 : at + 4 + size]
        if kind == 0x0085:
            value = book[at + 4 : at + 8] + value[4:]
        if kind != 0x002F:
            out += (book[at : at + 4], value)
        at += 4 + size
    return b"".join(out)
