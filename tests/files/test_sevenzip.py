from __future__ import annotations

import hashlib
import lzma
import random
import zlib

import pytest
from Cryptodome.Cipher import AES

from sabaki.files import archive, sevenzip
from sabaki.files.opened import Asked

WORD = "Haru-2026"
TEXT = b"The papers. http://inside.example/\n" * 5
VECTOR = bytes(range(16))
POWER = 4
AES_CODER = b"\x24\x06\xf1\x07\x01\x12" + bytes([POWER | 0x40, 0x0F]) + VECTOR
COPY_CODER = b"\x01\x00"
LZMA2_CODER = b"\x21\x21\x01\x00"


def number(value: int) -> bytes:
    return bytes([value]) if value < 128 else bytes([0x80 | value >> 8, value & 255])


def enciphered(plain: bytes, word: str, power: int = POWER) -> bytes:
    run = b"".join(word.encode("utf-16-le") + n.to_bytes(8, "little") for n in range(1 << power))
    padded = plain + bytes(-len(plain) % 16)
    return AES.new(hashlib.sha256(run).digest(), AES.MODE_CBC, VECTOR).encrypt(padded)


def folder(
    coders: list[bytes], sizes: list[int], content: bytes, packed: int, at: int = 0, *, inside: bool = True
) -> bytes:
    """The description of one folder: where it is packed, how, and what comes out; the sum is that of a file, or of all (a header)."""
    pairs = b"\x01\x00" if len(coders) == 2 else b""
    return b"".join(
        (
            *(b"\x06", number(at), b"\x01\x09", number(packed), b"\0"),
            *(b"\x07\x0b\x01\0", bytes([len(coders)]), *coders, pairs, b"\x0c", *map(number, sizes)),
            b"\0" if inside else summed(content),
            b"\x08" + summed(content) + b"\0" if inside else b"\0",
        )
    )


def summed(content: bytes) -> bytes:
    """A check sum, and the end of what it stands in."""
    return b"\x0a\x01" + zlib.crc32(content).to_bytes(4, "little") + b"\0"


def archived(body: bytes, header: bytes) -> bytes:
    start = len(body).to_bytes(8, "little") + len(header).to_bytes(8, "little")
    start += zlib.crc32(header).to_bytes(4, "little")
    return b"7z\xbc\xaf\x27\x1c\0\x04" + zlib.crc32(start).to_bytes(4, "little") + start + body + header


def locked(content: bytes, name: str, word: str = WORD, *, packed: bool = True, hidden: bool = False) -> bytes:
    """A 7z with one file in it, as 7-Zip writes it: packed with LZMA2 or not at all, then enciphered; the header too."""
    plain = content
    if packed:
        plain = lzma.compress(content, lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 4_096}])
    body = enciphered(plain, word)
    coders = [AES_CODER, LZMA2_CODER] if packed else [AES_CODER]
    sizes = [len(plain), len(content)][: len(coders)]
    names = b"\0" + (name + "\0").encode("utf-16-le")
    header = b"\x01\x04" + folder(coders, sizes, content, len(body))
    header += b"\x05\x01\x11" + number(len(names)) + names + b"\0\0"
    if not hidden:
        return archived(body, header)
    shut = enciphered(header, word)
    return archived(
        body + shut, b"\x17" + folder([AES_CODER], [len(header)], header, len(shut), len(body), inside=False)
    )


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("hidden", [True, False])
def test_a_word_of_the_mail_opens_it(packed: bool, hidden: bool) -> None:
    content = locked(TEXT, "paper.txt", packed=packed, hidden=hidden)
    opened = archive.read(content, Asked("p.7z", passwords=("no", "Haru2026", WORD)))
    assert [(child.name, child.content) for child in opened.children] == [("paper.txt", TEXT)]
    assert (opened.locked, opened.password) == (True, WORD)


@pytest.mark.parametrize("hidden", [True, False])
def test_without_the_word_it_stays_shut(hidden: bool) -> None:
    opened = archive.read(locked(TEXT, "paper.txt", hidden=hidden), Asked("p.7z", passwords=("no", "nor this")))
    assert (opened.locked, opened.password) == (True, "")
    assert [child.content for child in opened.children] == ([] if hidden else [None])


def test_the_last_proof_is_that_it_unpacks() -> None:
    content = locked(random.Random(1).randbytes(32), "a.bin", packed=False)
    asked: list[bytes] = []
    assert sevenzip.unlock(content, ("wrong",), lambda found: bool(asked.append(found))) is None
    assert len(asked) == 1


def test_a_wrong_word_that_nothing_but_the_sum_shows() -> None:
    content = locked(random.Random(1).randbytes(16_000), "a.bin", packed=False)
    opened = archive.read(content, Asked("p.7z", passwords=("wrong",)))
    assert (opened.locked, opened.password) == (True, "")
    assert archive.read(content, Asked("p.7z", passwords=("wrong", WORD))).password == WORD


def test_what_is_not_locked_stays_as_it_is() -> None:
    content = archived(TEXT, b"\x01\x04" + folder([COPY_CODER], [len(TEXT)], TEXT, len(TEXT)) + b"\0")
    assert sevenzip.unlock(content, (WORD,), lambda _: True) is None


def test_hashing_without_end_is_refused() -> None:
    content = locked(TEXT, "a.txt").replace(bytes([POWER | 0x40, 0x0F]), bytes([40 | 0x40, 0x0F]))
    assert sevenzip.unlock(content, (WORD,), lambda _: True) is None


def test_a_header_that_is_packed_in_itself_ends() -> None:
    # Its only stream is its own last bytes, not packed at all: unpacked it is the same header again.
    header = b"\x17" + folder([COPY_CODER], [60], b"", 60, inside=False)
    assert sevenzip.unlock(archived(b"", header.ljust(60, b"\0")), (WORD,), lambda _: True) is None


@pytest.mark.parametrize("hidden", [True, False])
def test_damage_is_survived(hidden: bool) -> None:
    content, dice = locked(TEXT, "paper.txt", hidden=hidden), random.Random(3)
    for end in range(0, len(content), 3):
        sevenzip.unlock(content[:end], (WORD,), lambda _: True)
    for _ in range(400):
        bent = bytearray(content)
        for _ in range(dice.randint(1, 4)):
            bent[dice.randrange(len(bent))] = dice.randrange(256)
        sevenzip.unlock(bytes(bent), (WORD,), lambda _: True)
        archive.read(bytes(bent), Asked("p.7z", passwords=(WORD,)))


@pytest.mark.parametrize(
    "value", [0, 1, 127, 128, 16_383, 16_384, 1 << 21, (1 << 35) + 5, (1 << 56) - 1, 1 << 56, (1 << 64) - 1]
)
def test_numbers(value: int) -> None:
    assert sevenzip._Scanner(sevenzip._number(value)).number() == value
