"""Office files as their formats have them, made by hand: what the tests of the readers open."""

from __future__ import annotations

import dataclasses
import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping

from sabaki.files.opened import Asked, Opened

_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(streams: Mapping[str, bytes], clsids: Mapping[str, bytes] | None = None, *, lost: str = "") -> bytes:
    """A compound file with 512-byte sectors. Siblings hang in one long line: valid, and what a recursive reader hates."""
    nodes = _tree(streams, lost)
    sectors: list[bytes] = []
    fat: list[int] = []

    def store(raw: bytes) -> int:
        if not raw:
            return _END
        first = len(sectors)
        pieces = [raw[at : at + 512].ljust(512, b"\0") for at in range(0, len(raw), 512)]
        sectors.extend(pieces)
        fat.extend([*range(first + 1, first + len(pieces)), _END])
        return first

    minifat = _store_streams(nodes, store)
    directory = b"".join(_entry(node, (clsids or {}).get(path, bytes(16))) for path, node in nodes.items())
    first_directory = store(directory)
    first_minifat = store(struct.pack(f"<{len(minifat)}I", *minifat).ljust(-(-len(minifat) // 128) * 512, b"\xff"))
    tables = 1
    while tables * 128 < len(sectors) + tables:
        tables += 1
    at = len(sectors)
    fat += [_FAT] * tables
    fat += [_FREE] * (128 * tables - len(fat))
    sectors.extend(struct.pack("<128I", *fat[n * 128 : n * 128 + 128]) for n in range(tables))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, tables, first_directory, 0, 4096, first_minifat, -(-len(minifat) // 128), _END, 0)
    header += struct.pack("<109I", *range(at, at + tables), *([_FREE] * (109 - tables)))
    return header + b"".join(sectors)


@dataclasses.dataclass
class _Node:
    name: str
    kind: int
    value: bytes = b""
    size: int = 0
    start: int = _END
    right: int = _FREE
    child: int = _FREE


def _tree(streams: Mapping[str, bytes], lost: str) -> dict[str, _Node]:
    nodes = {"": _Node("Root Entry", 5)}
    last: dict[str, _Node] = {}
    for path, value in streams.items():
        steps = path.split("/")
        for depth in range(1, len(steps) + 1):
            here, parent = "/".join(steps[:depth]), "/".join(steps[: depth - 1])
            if here in nodes:
                continue
            number, node = len(nodes), _Node(steps[depth - 1], 1)
            nodes[here] = node
            if depth == len(steps):
                node.kind, node.value = 2, value
            if here != lost:
                if parent in last:
                    last[parent].right = number
                else:
                    nodes[parent].child = number
                last[parent] = node
    return nodes


def _store_streams(nodes: dict[str, _Node], store: Callable[[bytes], int]) -> list[int]:
    mini, minifat = b"", []
    for node in nodes.values():
        node.size = len(node.value)
        if node.kind == 2 and node.size >= 4096:
            node.start = store(node.value)
        elif node.value:
            count = (node.size + 63) // 64
            node.start = len(minifat)
            minifat += [*range(len(minifat) + 1, len(minifat) + count), _END]
            mini += node.value.ljust(count * 64, b"\0")
    nodes[""].start, nodes[""].size = store(mini), len(mini)
    return minifat


def _entry(node: _Node, clsid: bytes) -> bytes:
    name = (node.name + "\0").encode("utf-16-le")
    return (
        name.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(name), node.kind, 1, _FREE, node.right, node.child)
        + clsid
        + bytes(20)
        + struct.pack("<IQ", node.start, node.size)
    )


def clsid(text: str) -> bytes:
    """A class in its binary form."""
    first, second, third, *rest = text.split("-")
    return struct.pack("<IHH", int(first, 16), int(second, 16), int(third, 16)) + bytes.fromhex("".join(rest))


def compress(raw: bytes) -> bytes:
    """A compressed container of [MS-OVBA], in literal tokens only."""
    out = b"\x01"
    for start in range(0, len(raw), 3_600):
        piece = raw[start : start + 3_600]
        chunk = b"".join(b"\0" + piece[at : at + 8] for at in range(0, len(piece), 8))
        out += struct.pack("<H", 0xB000 | len(chunk) - 1) + chunk
    return out


def vba(
    modules: Mapping[str, str],
    at: str = "VBA",
    *,
    charset: str = "cp1252",
    page: int = 1252,
    unlisted: tuple[str, ...] = (),
) -> dict[str, bytes]:
    """The streams of a VBA project."""

    def record(number: int, value: bytes) -> bytes:
        return struct.pack("<HI", number, len(value)) + value

    listing = record(3, struct.pack("<H", page)) + struct.pack("<HIIH", 9, 4, 1, 1)
    streams: dict[str, bytes] = {}
    for name, source in modules.items():
        listed = f'Attribute VB_Name = "{name}"\r\n{source}'
        compiled = b"\x01\x16\x01" + bytes(100)
        streams[f"{at}/{name}"] = compiled + compress(listed.replace("\n", "\r\n").encode(charset))
        if name not in unlisted:
            listing += record(0x19, name.encode(charset)) + record(0x1A, name.encode(charset))
            listing += record(0x32, name.encode("utf-16-le")) + record(0x31, struct.pack("<I", len(compiled)))
            listing += record(0x21, b"") + record(0x2B, b"")
    return {
        f"{at}/dir": compress(listing + record(0x10, b"")),
        f"{at}/_VBA_PROJECT": b"\xcc\x61\xff\xff\0\0\0",
        **streams,
    }


def native(name: str, content: bytes) -> bytes:
    """An Ole10Native stream that wraps a file."""
    encoded = name.encode("cp1252", "replace") + b"\0"
    path = b"C:\\Temp\\" + encoded
    body = b"\x02\0" + encoded + path + b"\0\0\x03\0" + struct.pack("<I", len(path)) + path
    body += struct.pack("<I", len(content)) + content
    for text in ("C:\\Temp\\" + name, name, "C:\\Temp\\" + name):
        body += struct.pack("<I", len(text)) + text.encode("utf-16-le")
    return struct.pack("<I", len(body)) + body


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP file of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "docm": "application/vnd.ms-word.document.macroEnabled.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "xlsb": "application/vnd.ms-excel.sheet.binary.macroEnabled.main",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
}
_OF = "http://schemas.openxmlformats.org/"
NAMESPACES = (
    f'xmlns="{_OF}spreadsheetml/2006/main" xmlns:w="{_OF}wordprocessingml/2006/main" '
    f'xmlns:r="{_OF}officeDocument/2006/relationships" xmlns:a="{_OF}drawingml/2006/main" '
    f'xmlns:p="{_OF}presentationml/2006/main" xmlns:mc="{_OF}markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)


def relationships(*entries: tuple[str, str, str] | tuple[str, str, str, str]) -> str:
    """A part of relationships, out of (id, kind, target[, "External"])."""
    body = "".join(
        f'<Relationship Id="{entry[0]}" Type="{_OF}officeDocument/2006/relationships/{entry[1]}" Target="{entry[2]}"'
        + (f' TargetMode="{entry[3]}"/>' if len(entry) == 4 else "/>")
        for entry in entries
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{_OF}package/2006/relationships">{body}</Relationships>'


def ooxml(kind: str, parts: Mapping[str, str | bytes]) -> bytes:
    """An Office Open XML package; XML parts are wrapped in one root that declares the namespaces."""
    types = f'<Types xmlns="{_OF}package/2006/content-types"><Override PartName="/main" ContentType="{_TYPES[kind]}"/></Types>'
    ready = {
        name: part
        if isinstance(part, bytes) or part.startswith("<?xml")
        else f'<?xml version="1.0" encoding="UTF-8"?><root {NAMESPACES}>{part}</root>'
        for name, part in parts.items()
    }
    return zipped({"[Content_Types].xml": types, **ready})


def traits(opened: Opened, id: str) -> list[str]:
    """The details of all traits of that id."""
    return [trait.detail for trait in opened.traits if trait.id == id]


def links(opened: Opened) -> list[str]:
    """The links as they are written."""
    return [link.raw for link in opened.links]


def damaged(content: bytes, step: int = 0, flips: int = 60) -> Iterator[bytes]:
    """The content cut at every `step`-th byte, and with bytes flipped here and there (the same ones each time)."""
    for end in range(0, len(content), step or max(1, len(content) // 60)):
        yield content[:end]
    dice = random.Random(5)
    for _ in range(flips):
        bent = bytearray(content)
        for _ in range(dice.randint(1, 12)):
            bent[dice.randrange(len(bent))] = dice.randrange(256)
        yield bytes(bent)


def survives(read: Callable[[bytes, Asked], Opened], content: bytes) -> None:
    """Assert that a reader returns on every damaged form of `content`."""
    for bent in damaged(content):
        assert isinstance(read(bent, Asked("x")), Opened)
