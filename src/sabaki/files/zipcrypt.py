"""Encrypted members of ZIP files: ZipCrypto (APPNOTE 6.1) and WinZip's AES, opened with words out of the mail."""

from __future__ import annotations

import io
import struct

import msgspec
import pyzipper

from sabaki.files.expand import Expanded
from sabaki.files.zipdir import Entry, extra_fields

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_AES = 0x9901
_NAME = b"x"
_BY_DESCRIPTOR = 0x08
_ENCRYPTED = 0x01
_STEP = 1 << 20
_ZIPCRYPTO_MOST = 8_000_000
"""Its cipher goes byte by byte, in Python: more than this would take all the time that a mail has."""


class Unlocked(msgspec.Struct, frozen=True):
    """A member that a password opened."""

    password: str
    expanded: Expanded


def unlock(entry: Entry, packed: bytes, passwords: tuple[str, ...], most: int) -> Unlocked | None:
    """Try each password on one member; None when none opens it. At most `most` bytes come out."""
    aes = any(id == _AES for id, _ in extra_fields(entry.extra))
    if len(packed) < 12 or (not aes and len(packed) > _ZIPCRYPTO_MOST):
        return None
    # Which octet a password is checked against depends on a flag that some writers set wrongly.
    variants = (entry.flags,) if aes else (entry.flags, entry.flags ^ _BY_DESCRIPTOR)
    archives = [_single(entry, packed, (flags & _BY_DESCRIPTOR) | _ENCRYPTED) for flags in variants]
    for password in passwords:
        for spelled in _spellings(password):
            for archive in archives:
                if (expanded := _open(archive, spelled, len(packed), most)) is not None:
                    return Unlocked(password, expanded)
    return None


def _spellings(password: str) -> list[bytes]:
    """The password as octets: UTF-8, and as Windows in Japan types it."""
    spelled = [password.encode("utf-8", "replace")]
    if not password.isascii():
        spelled.append(password.encode("cp932", "replace"))
    return spelled


def _single(entry: Entry, packed: bytes, flags: int) -> bytes:
    """The member alone in an archive that is beyond doubt, for a library that is easily confused."""
    common = (flags, entry.method, entry.time, 0x21, entry.crc, len(packed), min(entry.size, 0xFFFFFFFE))
    extra = b"".join(
        struct.pack("<HH", id, len(value)) + value for id, value in extra_fields(entry.extra) if id == _AES
    )
    local = _LOCAL.pack(b"PK\x03\x04", 51, *common, len(_NAME), len(extra)) + _NAME + extra + packed
    central = _CENTRAL.pack(b"PK\x01\x02", 51, 51, *common, len(_NAME), len(extra), 0, 0, 0, 0, 0) + _NAME + extra
    return local + central + _END.pack(b"PK\x05\x06", 0, 0, 1, 1, len(central), len(local), 0)


def _open(archive: bytes, password: bytes, packed: int, most: int) -> Expanded | None:
    chunks: list[bytes] = []
    got = 0
    error = ""
    try:
        with pyzipper.AESZipFile(io.BytesIO(archive)) as read:
            member = read.infolist()[0]
            with read.open(member, pwd=password) as stream:
                while got <= most and (chunk := stream.read(min(_STEP, most + 1 - got))):
                    chunks.append(chunk)
                    got += len(chunk)
    except Exception as wrong:  # noqa: BLE001  # a wrong password is noticed late, as any kind of damage
        error = str(wrong) or type(wrong).__name__
    # ZipCrypto lets one wrong password in 256 pass: only a right checksum tells, so damage counts as a wrong password.
    if error:
        return None
    content = b"".join(chunks)
    return Expanded(content[:most], packed, got <= most, got > most)
