"""7z archives that a password locks (AES-256), rewritten as if none did: libarchive reads every packing, but no lock.

The format as 7zFormat.txt of the LZMA SDK describes it. The packed streams are deciphered, the cipher is taken out of the
description of each folder, and the rest of the header is kept as it is.
"""

from __future__ import annotations

import hashlib
import lzma
import zlib
from collections.abc import Callable

import msgspec
from Cryptodome.Cipher import AES

MARK = b"7z\xbc\xaf\x27\x1c"
_AES, _COPY, _LZMA, _LZMA2 = b"\x06\xf1\x07\x01", b"\0", b"\x03\x01\x01", b"\x21"
_START = 32
_END, _HEADER, _STREAMS, _PACKED, _FOLDERS, _SIZE, _SUMS = 0x00, 0x01, 0x04, 0x06, 0x07, 0x09, 0x0A
_FOLDER, _UNPACKED, _ENCODED = 0x0B, 0x0C, 0x17
_LONGEST_HEADER = 16_000_000
_MOST_STREAMS = 20_000
_MOST_ROUNDS = 24 << 19
"""Rounds of hashing in all, over all words that are tried: a sender may ask for 2^63 of them. 7-Zip asks for 2^19."""
_MOST_DECIPHERED = 200_000_000
"""Bytes that are deciphered in full before it shows that a word was wrong."""
_BLOCK = 65_536
_PLAIN_KEY = 0x3F


class Malformed(Exception):
    """The header is not as the format says. The message says where."""


class _Coder(msgspec.Struct):
    method: bytes
    inputs: int
    outputs: int
    properties: bytes


class _Folder(msgspec.Struct):
    """How a run of files was packed. `pairs` join a coder's input to another's output, `packed` are inputs from the archive."""

    coders: list[_Coder]
    pairs: list[tuple[int, int]]
    packed: list[int]
    sizes: list[int]
    sum: int | None = None


class _Streams(msgspec.Struct):
    """What is packed: from where on, each stream's size, and the folders. `rest` is where the description goes on."""

    position: int
    sizes: list[int]
    folders: list[_Folder]
    rest: int


class _Scanner:
    """Reads a header from `at` on. Raises Malformed at its end."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data, self.at = data, at

    def byte(self) -> int:
        return self.take(1)[0]

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise Malformed("the header ends too early")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self) -> int:
        """As many bytes follow as the first has leading ones, the low ones first; its other bits are the highest."""
        first = self.byte()
        value, mask = 0, 0x80
        for count in range(8):
            if not first & mask:
                return value | (first & (mask - 1)) << 8 * count
            value |= self.byte() << 8 * count
            mask >>= 1
        return value

    def count(self) -> int:
        number = self.number()
        if number > _MOST_STREAMS:
            raise Malformed(f"{number} streams")
        return number

    def expect(self, *wanted: int) -> int:
        found = self.byte()
        if found not in wanted:
            raise Malformed(f"property {found}, not {wanted[0]}")
        return found

    def sums(self, count: int) -> list[int | None]:
        """Check sums, of which some may be missing."""
        if self.byte():
            defined = [True] * count
        else:
            bits = self.take(-(-count // 8))
            defined = [bool(bits[n // 8] & 0x80 >> n % 8) for n in range(count)]
        return [int.from_bytes(self.take(4), "little") if known else None for known in defined]


def unlock(content: bytes, passwords: tuple[str, ...], proves: Callable[[bytes], bool]) -> tuple[bytes, str] | None:
    """The archive without its lock, and the password that opened it. None: it has none, none fits, or it is damaged.

    `proves` is asked where nothing in the header shows whether a password is right: does this archive unpack?
    """
    try:
        header, streams = _header(content)
        if not (_is_locked(streams) if streams else _is_locked(_main(header))):
            return None
        keys, left = _Keys(), _MOST_DECIPHERED
        for password in passwords:
            keys.password = password
            found = _opened(content, header, streams, keys)
            if found and proves(found):
                return found, password
            left -= len(found or b"")
            if left < len(content):
                return None
    except (Malformed, lzma.LZMAError, ValueError, OverflowError, MemoryError):
        return None
    return None


def _header(content: bytes) -> tuple[bytes, _Streams | None]:
    """The header, unpacked; where it is locked itself, as it stands, and how it is packed."""
    if len(content) < _START or not content.startswith(MARK):
        raise Malformed("no 7z")
    start, size = int.from_bytes(content[12:20], "little"), int.from_bytes(content[20:28], "little")
    if size > _LONGEST_HEADER or _START + start + size > len(content):
        raise Malformed("the header is cut off")
    header = content[_START + start : _START + start + size]
    if header[:1] != bytes([_ENCODED]):
        return header, None
    streams = _streams(_Scanner(header, 1))
    if _is_locked(streams):
        return header, streams
    return _unpacked(content, streams, _Keys()), None


def _main(header: bytes) -> _Streams:
    scanner = _Scanner(header)
    scanner.expect(_HEADER)
    scanner.expect(_STREAMS)
    return _streams(scanner)


def _is_locked(streams: _Streams) -> bool:
    return any(coder.method == _AES for folder in streams.folders for coder in folder.coders)


class _Lock(msgspec.Struct, frozen=True):
    power: int
    salt: bytes
    vector: bytes


def _lock(properties: bytes) -> _Lock:
    first, second = (*properties[:2], 0, 0)[:2]
    salt = (first >> 7 & 1) + (second >> 4) if first & 0xC0 else 0
    vector = (first >> 6 & 1) + (second & 15) if first & 0xC0 else 0
    behind = properties[2 + salt : 2 + salt + vector]
    return _Lock(first & 0x3F, properties[2 : 2 + salt], behind.ljust(16, b"\0")[:16])


class _Keys:
    """The keys that words give, each made once. Raises Malformed when that takes too many rounds."""

    def __init__(self) -> None:
        self.password = ""
        self._left = _MOST_ROUNDS
        self._made: dict[tuple[str, int, bytes], bytes] = {}

    def of(self, lock: _Lock) -> bytes:
        """The key for a lock."""
        by = (self.password, lock.power, lock.salt)
        if by not in self._made:
            self._left -= 1 << lock.power if lock.power != _PLAIN_KEY else 0
            if self._left < 0:
                raise Malformed("too many rounds of hashing")
            self._made[by] = _key(self.password, lock)
        return self._made[by]


def _key(password: str, lock: _Lock) -> bytes:
    """SHA-256 over salt, password and a counter of 8 bytes, 2^power times."""
    word = lock.salt + password.encode("utf-16-le", "surrogatepass")
    if lock.power == _PLAIN_KEY:
        return word[:32].ljust(32, b"\0")
    count = 1 << lock.power
    step, at, block = len(word) + 8, len(word), min(count, _BLOCK)
    run = bytearray((word + bytes(8)) * block)
    run[at::step] = bytes(n & 255 for n in range(block))
    run[at + 1 :: step] = bytes(n >> 8 & 255 for n in range(block))
    digest = hashlib.sha256()
    for high in range(max(1, count // block)):
        for place, byte in enumerate(high.to_bytes(6, "little"), 2):
            if byte or place < 4:
                run[at + place :: step] = bytes([byte]) * block
        digest.update(run)
    return digest.digest()


def _streams(scanner: _Scanner) -> _Streams:
    scanner.expect(_PACKED)
    position, count = scanner.number(), scanner.count()
    sizes: list[int] = []
    while (id := scanner.expect(_END, _SIZE, _SUMS)) != _END:
        if id == _SIZE:
            sizes = [scanner.number() for _ in range(count)]
        else:
            scanner.sums(count)
    scanner.expect(_FOLDERS)
    scanner.expect(_FOLDER)
    count = scanner.count()
    scanner.expect(0)
    folders = [_folder(scanner) for _ in range(count)]
    scanner.expect(_UNPACKED)
    for folder in folders:
        folder.sizes = [scanner.number() for coder in folder.coders for _ in range(coder.outputs)]
    if scanner.expect(_END, _SUMS) == _SUMS:
        for folder, sum_ in zip(folders, scanner.sums(count), strict=True):
            folder.sum = sum_
        scanner.expect(_END)
    return _Streams(position, sizes, folders, scanner.at)


def _folder(scanner: _Scanner) -> _Folder:
    coders: list[_Coder] = []
    for _ in range(scanner.count()):
        flags = scanner.byte()
        method = scanner.take(flags & 15)
        inputs, outputs = (scanner.count(), scanner.count()) if flags & 0x10 else (1, 1)
        coders.append(_Coder(method, inputs, outputs, scanner.take(scanner.number()) if flags & 0x20 else b""))
        if len(coders) > 32 or inputs > 32 or outputs > 32:
            raise Malformed("too many coders")
    inputs, outputs = sum(coder.inputs for coder in coders), sum(coder.outputs for coder in coders)
    pairs = [(scanner.number(), scanner.number()) for _ in range(outputs - 1)]
    bound = {pair[0] for pair in pairs}
    free = [n for n in range(inputs) if n not in bound]
    packed = free if inputs - len(pairs) == 1 else [scanner.number() for _ in range(inputs - len(pairs))]
    return _Folder(coders, pairs, packed, [])


def _opened(content: bytes, header: bytes, streams: _Streams | None, keys: _Keys) -> bytes | None:
    """The archive rewritten with this password; None where it cannot be the right one."""
    if streams is not None:
        header = _unpacked(content, streams, keys)
        if header[:1] != bytes([_HEADER]) or zlib.crc32(header) != streams.folders[0].sum:
            return None
    main = _main(header)
    data: list[bytes] = []
    at, sizes = _START + main.position, iter(main.sizes)
    for folder in main.folders:
        pieces = {}
        for place, size in zip(folder.packed[:], sizes, strict=False):
            pieces[place] = content[at : at + size]
            at += size
        found = _without_lock(folder, pieces, keys)
        if found is None:
            return None
        data += found
    return _written(header, main, data)


def _without_lock(folder: _Folder, pieces: dict[int, bytes], keys: _Keys) -> list[bytes] | None:
    """Take the cipher out of a folder, and give what it is packed in without it, in the folder's new order."""
    while (number := next((n for n, coder in enumerate(folder.coders) if coder.method == _AES), None)) is not None:
        coder = folder.coders[number]
        first = sum(other.inputs for other in folder.coders[:number])
        out = sum(other.outputs for other in folder.coders[:number])
        if (coder.inputs, coder.outputs) != (1, 1) or first not in folder.packed or first not in pieces:
            raise Malformed("a lock within a packing")
        lock = _lock(coder.properties)
        plain = _deciphered(pieces.pop(first), keys.of(lock), lock.vector, folder.sizes[out])
        if plain is None:
            return None
        joined = next((pair for pair in folder.pairs if pair[1] == out), None)
        if joined is None:
            coder.method, coder.properties = _COPY, b""
            pieces[first] = plain
            continue
        if not _plausible(folder, joined[0], plain):
            return None
        pieces[joined[0]] = plain
        _take_out(folder, number, first, out, joined)
        pieces = {place - (place > first): piece for place, piece in pieces.items()}
    if len(pieces) != len(folder.packed):
        raise Malformed("fewer streams than are said to be there")
    return [pieces[place] for place in folder.packed]


def _take_out(folder: _Folder, number: int, first: int, out: int, joined: tuple[int, int]) -> None:
    """Remove a coder: what it read, the coder behind it reads now; all that follows moves up by one."""
    folder.packed[folder.packed.index(first)] = joined[0]
    folder.pairs.remove(joined)
    folder.packed[:] = [place - (place > first) for place in folder.packed]
    folder.pairs[:] = [(into - (into > first), from_ - (from_ > out)) for into, from_ in folder.pairs]
    del folder.coders[number], folder.sizes[out]


def _deciphered(piece: bytes, key: bytes, vector: bytes, size: int) -> bytes | None:
    """The stream without its padding, which is NULs; None where it is not, and the key is wrong."""
    whole = len(piece) // 16 * 16
    if not 0 <= size <= whole:
        return None
    last = AES.new(key, AES.MODE_CBC, piece[whole - 32 : whole - 16] if whole > 16 else vector)
    if size < whole and last.decrypt(piece[whole - 16 : whole])[size - whole :].strip(b"\0"):
        return None
    return AES.new(key, AES.MODE_CBC, vector).decrypt(piece[:whole])[:size]


def _plausible(folder: _Folder, input: int, plain: bytes) -> bool:
    """Whether a stream begins as its packing does: LZMA with a NUL, LZMA2 with a chunk that needs nothing before it."""
    at = 0
    for coder in folder.coders:
        if at <= input < at + coder.inputs:
            if coder.method == _LZMA:
                return plain[:1] in (b"\0", b"")
            return coder.method != _LZMA2 or plain[:1] in (b"", b"\0", b"\x01") or plain[0] >= 0xE0
        at += coder.inputs
    return True


def _unpacked(content: bytes, streams: _Streams, keys: _Keys) -> bytes:
    """A packed header. Raises Malformed, or what the packing raises."""
    if len(streams.folders) != 1 or len(streams.sizes) != 1:
        raise Malformed("a header in several pieces")
    folder, at = msgspec.convert(msgspec.to_builtins(streams.folders[0]), _Folder), _START + streams.position
    size = folder.sizes[-1] if len(folder.sizes) == 1 else max(folder.sizes)
    if size > _LONGEST_HEADER:
        raise Malformed(f"a header of {size} bytes")
    found = _without_lock(folder, {folder.packed[0]: content[at : at + streams.sizes[0]]}, keys)
    if found is None or len(folder.coders) != 1:
        return b""
    coder = folder.coders[0]
    if coder.method == _COPY:
        return found[0]
    if coder.method not in (_LZMA, _LZMA2):
        raise Malformed("an unusual packing of the header")
    decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[_filter(coder, folder.sizes[0])])
    return decoder.decompress(found[0], max_length=folder.sizes[0])


def _filter(coder: _Coder, size: int) -> dict[str, int]:
    # No more of a dictionary than there is to unpack: what is stated may be gigabytes.
    most = max(4_096, size)
    if coder.method == _LZMA2:
        return {"id": lzma.FILTER_LZMA2, "dict_size": most}
    first = coder.properties[0] if len(coder.properties) == 5 else 255
    stated = int.from_bytes(coder.properties[1:], "little")
    bits = {"lc": first % 9, "lp": first // 9 % 5, "pb": first // 45}
    return {"id": lzma.FILTER_LZMA1, "dict_size": max(4_096, min(most, stated)), **bits}


def _written(header: bytes, main: _Streams, data: list[bytes]) -> bytes:
    out = bytearray([_HEADER, _STREAMS, _PACKED, 0]) + _number(len(data)) + bytes([_SIZE])
    out += (
        b"".join(_number(len(piece)) for piece in data)
        + bytes([_END, _FOLDERS, _FOLDER])
        + _number(len(main.folders))
        + b"\0"
    )
    for folder in main.folders:
        out += _number(len(folder.coders))
        for coder in folder.coders:
            complex_ = (coder.inputs, coder.outputs) != (1, 1)
            out.append(len(coder.method) | 0x10 * complex_ | 0x20 * bool(coder.properties))
            out += coder.method
            out += _number(coder.inputs) + _number(coder.outputs) if complex_ else b""
            out += _number(len(coder.properties)) + coder.properties if coder.properties else b""
        out += b"".join(_number(into) + _number(from_) for into, from_ in folder.pairs)
        out += b"".join(map(_number, folder.packed)) if len(folder.packed) > 1 else b""
    out += bytes([_UNPACKED]) + b"".join(_number(size) for folder in main.folders for size in folder.sizes)
    if any(folder.sum is not None for folder in main.folders):
        out += bytes([_SUMS]) + _sums([folder.sum for folder in main.folders])
    out.append(_END)
    out += header[main.rest :]
    body = b"".join(data)
    start = len(body).to_bytes(8, "little") + len(out).to_bytes(8, "little") + zlib.crc32(out).to_bytes(4, "little")
    return b"".join((MARK, b"\0\x04", zlib.crc32(start).to_bytes(4, "little"), start, body, out))


def _number(value: int) -> bytes:
    for count in range(8):
        if value < 1 << 7 * (count + 1):
            first = 0xFF00 >> count & 0xFF | value >> 8 * count
            return bytes([first]) + (value & (1 << 8 * count) - 1).to_bytes(count, "little")
    return b"\xff" + value.to_bytes(8, "little")


def _sums(sums: list[int | None]) -> bytes:
    bits = bytearray(-(-len(sums) // 8))
    for n, known in enumerate(sums):
        bits[n // 8] |= 0x80 >> n % 8 if known is not None else 0
    return b"\0" + bits + b"".join(value.to_bytes(4, "little") for value in sums if value is not None)
