"""Windows shortcuts (.lnk, MS-SHLLINK): what they start, with which arguments, and what is hung on their end."""

from __future__ import annotations

import re
import struct

import msgspec

from sabaki.mail import charsets

_HEADER = 76
_NAME, _RELATIVE, _WORKING, _ARGUMENTS, _ICON = (1 << bit for bit in (2, 3, 4, 5, 6))
_HAS_LIST, _HAS_INFO, _UNICODE, _NO_INFO = 1, 2, 1 << 7, 1 << 8
_ENVIRONMENT, _ICON_ENVIRONMENT, _TRACKER = 0xA0000001, 0xA0000007, 0xA0000003
_LONG_NAME = {3: 20, 7: 38, 8: 42, 9: 46}
_IN_LIST = re.compile(rb"(?:[\x20-\x7e]\0){6,2000}|[\x20-\x7e]{6,2000}")


class ShellLink(msgspec.Struct):
    """A shortcut, read. Paths and arguments are as stored.

    `listed` is the target by its item list, `local` by its link information, `environment` by its environment block:
    they may differ, and Windows follows the first that exists. `network` is the share. `machine` is the NetBIOS name
    of the computer that made it. `end` is where the shortcut ends in the file, None where it is damaged.
    """

    flags: int = 0
    window: int = 1
    icon_index: int = 0
    listed: str = ""
    local: str = ""
    network: str = ""
    environment: str = ""
    relative: str = ""
    name: str = ""
    working: str = ""
    arguments: str = ""
    icon: str = ""
    machine: str = ""
    addresses: list[str] = msgspec.field(default_factory=list)
    end: int | None = None
    damaged: str = ""

    @property
    def target(self) -> str:
        """What it starts, by the first of the places that say so."""
        found = self.listed or self.local or self.network or self.environment or self.relative
        # A share is only the beginning of the path to a file on it.
        return self.environment if self.environment.lower().startswith(found.lower() + "\\") else found


def parse(content: bytes) -> ShellLink:
    """Read a shortcut as far as it goes; `damaged` says where it broke off."""
    link = ShellLink()
    if len(content) < _HEADER:
        link.damaged = "header cut off"
        return link
    link.flags = _u32(content, 20)
    link.icon_index = struct.unpack_from("<i", content, 56)[0]
    link.window = _u32(content, 60)
    position = _HEADER
    if link.flags & _HAS_LIST:
        size = _u16(content, position)
        _item_list(content[position + 2 : position + 2 + size], link)
        position += 2 + size
    if link.flags & _HAS_INFO and not link.flags & _NO_INFO:
        size = _u32(content, position)
        _information(content[position : position + size], link)
        position += max(size, 4)
    position = _strings(content, position, link)
    if position > len(content):
        link.damaged = "cut off before its strings end"
        return link
    _extra(content, position, link)
    return link


def _u16(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 2], "little")


def _u32(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 4], "little")


def _text(octets: bytes) -> str:
    """Text in the code page of a computer that is not known."""
    octets = octets.partition(b"\0")[0]
    return octets.decode("ascii") if octets.isascii() else charsets.decode(octets, None).text


def _wide(content: bytes, at: int, longest: int = 65_534) -> str:
    octets = content[at : at + longest]
    return octets[: len(octets) & ~1].decode("utf-16-le", "replace").partition("\0")[0]


def _item_list(octets: bytes, link: ShellLink) -> None:
    """The item list (section 2.2, MS-SHLLINK 2.2.1): a path, item by item; of other items what is readable in them."""
    pieces: list[str] = []
    position = 0
    for _ in range(200):
        size = _u16(octets, position)
        item = octets[position : position + size]
        if size < 3 or len(item) < 3:
            break
        position += size
        kind = item[2]
        if kind & 0x70 == 0x20 and len(item) > 4 and kind != 0x2E:
            pieces.append(_text(item[3:]))
        elif kind & 0x70 == 0x30:
            pieces.append(_file_name(item))
        elif kind & 0x70 == 0x40 and len(item) > 6:
            pieces.append(_text(item[5:]))
        elif kind == 0x61 or b"h\0t\0t\0p\0" in item or b"http" in item:
            found = (_decoded(match[0]) for match in _IN_LIST.finditer(item))
            link.addresses.extend(text for text in found if "://" in text)
    path = "\\".join(piece.rstrip("\\") if len(piece) > 3 else piece[:2] for piece in pieces if piece)
    link.listed = path[:4_096]


def _decoded(octets: bytes) -> str:
    return octets.decode("utf-16-le", "replace") if octets[1:2] == b"\0" else octets.decode("latin-1")


def _file_name(item: bytes) -> str:
    """The long name out of an item's extension block, else the short one."""
    at = _u16(item, len(item) - 2)
    if 14 <= at < len(item) - 8 and _u32(item, at + 4) == 0xBEEF0004:
        version = _u16(item, at + 2)
        start = _LONG_NAME.get(version, 46 if version > 9 else 0)
        if start and (name := _wide(item, at + start, 1_024)):
            return name
    return _wide(item, 14, 520) if item[2] & 4 else _text(item[14:])


def _information(octets: bytes, link: ShellLink) -> None:
    """Where the target is (LinkInfo, section 2.3)."""
    if len(octets) < 28:
        return
    header, flags = _u32(octets, 4), _u32(octets, 8)
    base, share, suffix = (_u32(octets, at) for at in (16, 20, 24))
    tail = _text(octets[suffix:]) if 28 <= suffix < len(octets) else ""
    if header >= 0x24 and (at := _u32(octets, 32)) and (wide := _wide(octets, at)):
        tail = wide
    if flags & 1:
        local = _text(octets[base:]) if 28 <= base < len(octets) else ""
        if header >= 0x24 and (at := _u32(octets, 28)) and (wide := _wide(octets, at)):
            local = wide
        link.local = local + tail if local.endswith("\\") or not tail else f"{local}\\{tail}" if local else tail
    if flags & 2 and 28 <= share < len(octets) - 12:
        relative = octets[share:]
        at = _u32(relative, 8)
        network = _text(relative[at:]) if 20 <= at < len(relative) else ""
        if (
            at > 20
            and (wide_at := _u32(relative, 20))
            and wide_at < len(relative)
            and (wide := _wide(relative, wide_at))
        ):
            network = wide
        link.network = f"{network}\\{tail}" if tail and network else network


def _strings(content: bytes, position: int, link: ShellLink) -> int:
    """The counted strings (StringData, section 2.4), in their order. Returns where they end."""
    width = 2 if link.flags & _UNICODE else 1
    for flag, field in (
        (_NAME, "name"),
        (_RELATIVE, "relative"),
        (_WORKING, "working"),
        (_ARGUMENTS, "arguments"),
        (_ICON, "icon"),
    ):
        if not link.flags & flag:
            continue
        if position + 2 > len(content):
            return len(content) + 1
        size = _u16(content, position) * width
        octets = content[position + 2 : position + 2 + size]
        text = octets[: len(octets) & ~1].decode("utf-16-le", "replace") if width == 2 else _text(octets)
        setattr(link, field, text.rstrip("\0"))
        position += 2 + size
    return position


def _extra(content: bytes, position: int, link: ShellLink) -> None:
    """The blocks behind the strings (ExtraData, section 2.5) up to the one that ends them."""
    for _ in range(50):
        size = _u32(content, position)
        if size < 4:
            link.end = min(position + 4, len(content))
            return
        sign = _u32(content, position + 4)
        if position + size > len(content) or sign >> 4 != 0xA000000:
            # Writers that leave out the block at the end are common; data that begins here is no block.
            link.end = position
            link.damaged = "" if position >= len(content) else "its last blocks are none"
            return
        block = content[position : position + size]
        if sign in (_ENVIRONMENT, _ICON_ENVIRONMENT):
            text = _wide(block, 268, 520) or _text(block[8:268])
            if sign == _ENVIRONMENT:
                link.environment = text
            else:
                link.icon = text or link.icon
        elif sign == _TRACKER:
            link.machine = _text(block[16:32])
        position += size
    link.end = position
