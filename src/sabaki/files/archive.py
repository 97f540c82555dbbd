"""Archives and disk images through libarchive: 7z, RAR, tar, cab, ISO 9660, LHA, ar, cpio, xar, rpm.

`read` is the reader; `members` gives the files one by one, for archives of mails.
"""

from __future__ import annotations

import ctypes
import locale
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import msgspec

from sabaki.files import expand, membernames, rarlist, sevenzip
from sabaki.files.expand import Allowance, Expanded
from sabaki.files.opened import Asked, Child, Opened
from sabaki.files.rarlist import RarMember
from sabaki.model.file import Trait
from sabaki.model.finding import State

if sys.platform == "linux":  # to search for the library, ctypes would start programs; in a cell there are none
    os.environ.setdefault("LIBARCHIVE", "libarchive.so.13")
try:
    from libarchive import ffi
    from libarchive.entry import ArchiveEntry
    from libarchive.exception import ArchiveError
except AttributeError as missing:  # what libarchive-c raises when there is no library behind it
    raise ImportError("libarchive is not installed") from missing

_FORMATS = ("7zip", "rar", "rar5", "tar", "cab", "iso9660", "lha", "ar", "cpio", "xar")
_FILTERS = ("gzip", "bzip2", "compress", "xz", "lzma", "zstd", "rpm")
_MARKS = (rarlist.MARK5, rarlist.MARK4, sevenzip.MARK, b"MSCF\0\0\0\0")
_SFX = 4 << 20
_MOST = 20_000
_STEP = 1 << 16
_IDLE = 1_000
_PASSED = 500_000_000
"""Bytes that may be run through for what is not kept: a solid archive has to be unpacked to get past a member."""
_BOMB_KEPT = 1_000_000
_PROOF = 50_000_000
_PLAIN = (b"tar", b"cpio", b"iso9660", b"ar archive", b"gnu/svr4", b"bsd")
_UDF_MARKS = range(0x8001, 0x8001 + 64 * 2_048, 2_048)
_DIRECTORY, _REGULAR = 0o040000, 0o100000
_ERRORS = (ArchiveError, OSError, ValueError, MemoryError, UnicodeError)

ffi.logger.propagate = False  # its warnings hold text of the file; they are noted as traits, not printed
ffi.logger.addHandler(logging.NullHandler())

_is_encrypted = ffi.libarchive.archive_entry_is_data_encrypted
_is_encrypted.argtypes = [ctypes.c_void_p]
_is_encrypted.restype = ctypes.c_int
_set_option = ffi.libarchive.archive_read_set_format_option
_set_option.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p]
_set_option.restype = ctypes.c_int


class Listed(msgspec.Struct, frozen=True):
    """A member as the archive lists it. `size` may be absent, or nonsense; `link` is where a link leads, None for none."""

    name: str
    size: int | None
    kind: int
    link: str | None = None
    locked: bool = False
    traits: tuple[Trait, ...] = ()


def read(content: bytes, asked: Asked) -> Opened:
    """List and unpack. Spends `decoded_size`; what is locked, or in a format that is not read here, says so."""
    opened = Opened()
    opened.children.extend(members(content, asked, opened, most=min(_MOST, asked.budget.left("files") + 1)))
    return opened


def members(
    content: bytes,
    asked: Asked,
    opened: Opened,
    *,
    wanted: Callable[[str], bool] | None = None,
    most: int = _MOST,
) -> Iterator[Child]:
    """The files of an archive one by one; those whose name is not `wanted` are passed over. Raises nothing.

    What is odd is noted in `opened`. Locked and unreadable members, and links, come with `content` None. Spends
    `decoded_size`, not `files`; at most `most` members.
    """
    content = _without_lock(_from_mark(content, opened), asked, opened)
    if content[0x8001:0x8006] == b"CD001" and any(content[at : at + 3] == b"NSR" for at in _UDF_MARKS):
        opened.note(
            "ambiguous_archive", "UDF beside ISO 9660: Windows shows the files of the former, listed are the latter's"
        )
    rar = content.startswith((rarlist.MARK4, rarlist.MARK5))
    given = 0
    for listed, data in _rar_stream(content, opened) if rar else _stream(content, opened):
        if membernames.unsafe(listed.name):
            opened.note("unsafe_path", membernames.shown(listed.name))
        if listed.kind == _DIRECTORY or (wanted is not None and not wanted(listed.name)):
            continue
        if given >= most:
            asked.budget.note("files", asked.name)
            return
        given += 1
        yield _child(listed, data, asked, opened)


def raw(content: bytes, filter: str, most: int) -> Expanded:
    """One stream that the standard library has no decoder for: `filter` is "zstd" or "compress" (.Z)."""
    error, got, chunks = "", 0, []
    try:
        with _handle(content, ("raw",), (filter,)) as pointer:
            entry = ArchiveEntry(pointer)
            ffi.read_next_header2(pointer, entry._entry_p)
            for chunk in _chunks(pointer):
                chunks.append(chunk)
                got += len(chunk)
                if got > most:
                    break
    except _ERRORS as wrong:
        error = _said(wrong)
    return Expanded(expand.joined(chunks, got - most), len(content), not error and got <= most, got > most, error)


def _from_mark(content: bytes, opened: Opened) -> bytes:
    """The archive itself, where a program that unpacks it, or anything else, stands before it."""
    if content.startswith(_MARKS) or content[257:262] == b"ustar" or content[0x8001:0x8006] == b"CD001":
        return content
    places = [place for mark in _MARKS if (place := content.find(mark, 0, _SFX)) > 0]
    if not places:
        return content
    opened.note("leading_data", f"{min(places)} bytes before the archive")
    return content[min(places) :]


def _without_lock(content: bytes, asked: Asked, opened: Opened) -> bytes:
    """A locked 7z that a word of the mail opens, as one that is not locked; anything else as it is."""
    if not content.startswith(sevenzip.MARK) or not asked.passwords:
        return content
    found = sevenzip.unlock(content, asked.passwords[: asked.limits.passwords], _unpacks)
    if found is None:
        return content
    opened.locked, opened.password = True, found[1]
    return found[0]


def _unpacks(content: bytes) -> bool:
    """Whether the first file can be had: the sum over it is looked at when it was read to its end."""
    for listed, data in _stream(content, Opened()):
        if listed.kind != _DIRECTORY and listed.size:
            return not data.read(_PROOF).error
    return True


def _child(listed: Listed, data: _Data, asked: Asked, opened: Opened) -> Child:
    """One member with its content, as far as it may be had."""
    name, traits, shown = listed.name, [*listed.traits], membernames.shown(listed.name)
    if how := membernames.disguise(name):
        traits.append(Trait("name_disguised", f"{how}: {shown}"))
    size = listed.size if listed.size is None or listed.size >= 0 else None
    if listed.link is not None:
        if _escapes(name, listed.link):
            opened.note("unsafe_path", f"{shown} -> {membernames.shown(listed.link)}")
        traits.append(Trait("link_member", f"{shown} -> {membernames.shown(listed.link)}"))
        return Child(name, size=size, traits=tuple(traits))
    if listed.locked:
        opened.locked = True
        return Child(name, size=size, locked=True, traits=tuple(traits))
    if listed.kind not in (0, _REGULAR):
        traits.append(Trait("link_member", f"{shown}: a device or a pipe"))
        return Child(name, size=size, traits=tuple(traits))
    allowed = expand.allowance(asked, data.packed)
    if allowed.most <= 0 and size != 0:
        asked.budget.note(allowed.limit, name[:200])
        traits.append(Trait("partial", "not unpacked: too much before it"))
        return Child(name, size=size, traits=tuple(traits))
    read = data.read(allowed.most)
    asked.budget.spend("decoded_size", len(read.content), name[:200])
    return _finished(listed, read, allowed, traits, opened, asked)


def _finished(
    listed: Listed, read: Expanded, allowed: Allowance, traits: list[Trait], opened: Opened, asked: Asked
) -> Child:
    """What is to be said of content that was cut, broken or padded."""
    content, size, shown = read.content, listed.size, membernames.shown(listed.name)
    if read.error:
        opened.note("damaged", f"{shown}: {read.error}")
        if not content and size:
            traits.append(Trait("unread", read.error))
            return Child(listed.name, size=size, traits=tuple(traits))
    stated = max(size or 0, len(content))
    filler = expand.padding(content)
    if filler and not expand.is_uniform(content):
        traits.append(Trait("absurd_padding", f"{filler} of {len(content)} bytes read, {stated} in all"))
    elif expand.is_bomb(read, allowed, asked):
        opened.note("bomb", f"{stated // max(1, read.used)}:1 in {shown}")
        content = content[:_BOMB_KEPT] if expand.is_uniform(content) else content
    if read.cut:
        asked.budget.note(allowed.limit, listed.name[:200])
        traits.append(Trait("partial", f"the first {len(content)} of {stated} bytes"))
    return Child(listed.name, content, stated if read.cut else len(content), traits=tuple(traits))


def _escapes(name: str, target: str) -> bool:
    """Whether a link leads out of where the archive is unpacked. `target` is relative to the link's own directory."""
    if target[:1] in ("/", "\\") or target[1:2] == ":" or "\0" in target:
        return True
    depth = name.replace("\\", "/").count("/")
    for part in target.replace("\\", "/").split("/"):
        depth += (part not in ("", ".")) - 2 * (part == "..")
        if depth < 0:
            return True
    return False


class _Data:
    """The content of the member at hand; gone when the next one is asked for. `packed` is what it may be measured by."""

    def __init__(self, pointer: int, packed: int) -> None:
        self._pointer = pointer
        self.packed = packed
        self.got = 0

    def read(self, most: int) -> Expanded:
        """At most `most` bytes of it."""
        chunks: list[bytes] = []
        error = ""
        try:
            for chunk in _chunks(self._pointer):
                chunks.append(chunk)
                self.got += len(chunk)
                if self.got > most:
                    break
        except _ERRORS as wrong:
            error = _said(wrong)
        content = expand.joined(chunks, self.got - most)
        return Expanded(content, self.packed, not error and self.got <= most, self.got > most, error)


class _Slice(_Data):
    """Content that stands in the archive as it is."""

    def __init__(self, content: bytes, start: int, packed: int) -> None:
        super().__init__(0, packed)
        self._content = content[start : start + packed]

    def read(self, most: int) -> Expanded:
        """At most `most` bytes of it."""
        error = "" if len(self._content) == self.packed else "ends too early"
        cut = len(self._content) > most
        return Expanded(self._content[:most], self.packed, not cut and not error, cut, error)


class _Nothing(_Data):
    """Content that could not be had, and why."""

    def __init__(self, why: str) -> None:
        super().__init__(0, 1)
        self._why = why

    def read(self, most: int) -> Expanded:
        """Nothing, and the reason."""
        return Expanded(b"", 0, whole=False, error=self._why)


def _rar_stream(content: bytes, opened: Opened) -> Iterator[tuple[Listed, _Data]]:
    """RAR by its own headers, which libarchive reads only in part; what is packed is unpacked by libarchive."""
    listed = rarlist.read(content)
    if listed.locked:
        opened.locked = True
    if listed.problem:
        opened.note("damaged", listed.problem)
    if listed.volume:
        opened.note("damaged", "one volume of several")
    packed = any(not (member.locked or member.stored or member.directory) for member in listed.members)
    scratch = Opened()
    unpacked = _stream(content, scratch) if packed else iter(())
    for member in listed.members:
        beside = next(unpacked, None)
        kind = _DIRECTORY if member.directory else _REGULAR
        link = _target(content, member) if member.link else None
        traits = (Trait("hidden_file", membernames.shown(member.name)),) if member.hidden else ()
        entry = Listed(member.name, member.size, kind, link, member.locked, traits)
        yield entry, _rar_data(content, member, beside, scratch)


def _target(content: bytes, member: RarMember) -> str:
    """Where a link leads: RAR 4 has that as its content."""
    if member.target or not member.stored:
        return member.target or "?"
    return content[member.data : member.data + min(member.packed, 4_096)].decode("utf-8", "backslashreplace")


def _rar_data(content: bytes, member: RarMember, beside: tuple[Listed, _Data] | None, scratch: Opened) -> _Data:
    if member.stored and not member.split:
        return _Slice(content, member.data, member.packed)
    if beside is None:
        return _Nothing(next((trait.detail for trait in scratch.traits if trait.id == "damaged"), "no decoder"))
    same = beside[0].size == member.size or beside[0].name == member.name
    beside[1].packed = member.packed
    return beside[1] if same else _Nothing("its place in the archive is not clear")


def _stream(content: bytes, opened: Opened) -> Iterator[tuple[Listed, _Data]]:
    """Every entry with its data, in the archive's order, until the end or until it cannot go on."""
    passed = count = 0
    stopped = False
    try:
        with _handle(content, _FORMATS, _FILTERS) as pointer:
            while True:
                entry = ArchiveEntry(pointer)
                with _utf8_names():
                    state = ffi.read_next_header2(pointer, entry._entry_p)
                    if state == ffi.ARCHIVE_EOF:
                        return
                    listed = _listed(entry)
                if state == ffi.ARCHIVE_WARN:
                    opened.note("damaged", _warning(pointer))
                data = _Data(pointer, len(content))
                count += 1
                yield listed, data
                passed += max(0, (listed.size or 0) - data.got) if _is_packed(pointer) else 0
                if passed > _PASSED or count >= _MOST * 10:
                    stopped = True
                    break
    except _ERRORS as wrong:
        _stopped(_said(wrong), opened, count)
    if stopped and content.startswith(sevenzip.MARK):
        yield from _names_only(content, count)
    elif stopped:
        opened.note("damaged", f"not listed any further: {passed} bytes to run through")


def _names_only(content: bytes, start: int) -> Iterator[tuple[Listed, _Data]]:
    """The entries from `start` on without content: 7z lists them from its header, whatever the data are."""
    nothing = _Nothing("not unpacked: too much before it")
    try:
        with _handle(content, ("7zip",), ()) as pointer:
            for count in range(_MOST):
                entry = ArchiveEntry(pointer)
                with _utf8_names():
                    if ffi.read_next_header2(pointer, entry._entry_p) == ffi.ARCHIVE_EOF:
                        return
                    listed = _listed(entry)
                if count >= start:
                    yield listed, nothing
    except _ERRORS:
        return  # what there was to say was said when the data were read


def _is_packed(pointer: int) -> bool:
    """Whether members have to be unpacked to get past them; in a plain tar, cpio, ar or disk image they are just skipped."""
    name = (ffi.format_name(pointer) or b"").lower()
    return ffi.filter_count(pointer) > 1 or not any(plain in name for plain in _PLAIN)


def _stopped(said: str, opened: Opened, count: int) -> None:
    """Say why libarchive went no further."""
    if "ncrypt" in said:
        opened.locked = True
    elif "nrecognized archive format" in said and not count:
        opened.state = State.SKIPPED
        opened.reason = "not opened: a format that libarchive does not read"
        opened.reason_ja = "libarchiveが対応していない形式のため、開いていません"
    else:
        opened.note("damaged", said)


def _said(wrong: BaseException) -> str:
    """The library's message without its numbers and addresses."""
    message = wrong.msg if isinstance(wrong, ArchiveError) else str(wrong)
    text = message.decode("latin-1") if isinstance(message, bytes) else message
    return str(text or "the library gave up without a reason")


def _listed(entry: ArchiveEntry) -> Listed:
    name = _text(ffi.entry_pathname_w(entry._entry_p), ffi.entry_pathname(entry._entry_p))
    link = None
    for wide, narrow in (
        (ffi.entry_symlink_w, ffi.entry_symlink),
        (ffi.entry_hardlink_w, ffi.entry_hardlink),
    ):
        if link is None and (narrow(entry._entry_p) or wide(entry._entry_p)):
            link = _text(wide(entry._entry_p), narrow(entry._entry_p))
    locked = _is_encrypted(entry._entry_p) == 1
    return Listed(name, entry.size, entry.filetype & 0o170000, link, locked)


def _text(wide: str | None, narrow: bytes | None) -> str:
    """A name as text, by our own guess where the library has none (Japanese Windows writes CP932 into tar and LZH)."""
    if wide is not None:
        return wide.encode("utf-8", "backslashreplace").decode("utf-8")
    narrow = narrow or b""
    return membernames.decode(narrow, membernames.charset_of([narrow]))


def _chunks(pointer: int) -> Iterator[bytes]:
    """The data of the entry at hand, holes of sparse files as NULs. (`archive_read_data` loses the end of files in xar.)"""
    block, length, offset = ctypes.c_void_p(), ctypes.c_size_t(), ctypes.c_longlong()
    at = idle = 0
    where = (ctypes.byref(block), ctypes.byref(length), ctypes.byref(offset))
    while idle < _IDLE and (state := ffi.read_data_block(pointer, *where)) != ffi.ARCHIVE_EOF:
        idle = 0 if length.value else idle + 1
        while at < offset.value:
            hole = min(offset.value - at, _STEP)
            yield bytes(hole)
            at += hole
        if length.value:
            yield ctypes.string_at(block, length.value)
            at += length.value
        if state == ffi.ARCHIVE_WARN:
            raise ValueError(_warning(pointer))


def _warning(pointer: int) -> str:
    """What the library has to remark, such as a checksum that does not fit."""
    return (ffi.error_string(pointer) or b"").decode("latin-1") or "the library warns without a reason"


@contextmanager
def _handle(content: bytes, formats: tuple[str, ...], filters: tuple[str, ...]) -> Iterator[int]:
    """A reader over `content` for these formats only. Raises ArchiveError."""
    pointer = ffi.read_new()
    try:
        with _utf8_names():  # the locale of this moment is the one that it keeps to
            for name in _without_programs(filters):
                ffi.get_read_filter_function(name)(pointer)
            for name in formats:
                ffi.get_read_format_function(name)(pointer)
            # LHA is a Japanese format: its names are in CP932, and libarchive gives up on what it cannot convert.
            if "lha" in formats:
                _set_option(pointer, b"lha", b"hdrcharset", b"CP932")
        ffi.read_open_memory(pointer, content, len(content))
        yield pointer
    finally:
        ffi.read_free(pointer)


@cache
def _without_programs(filters: tuple[str, ...]) -> tuple[str, ...]:
    """Those filters that the library has built in: for others it would start a program."""
    pointer = ffi.read_new()
    try:
        return tuple(name for name in filters if ffi.get_read_filter_function(name)(pointer) == ffi.ARCHIVE_OK)
    finally:
        ffi.read_free(pointer)


@contextmanager
def _utf8_names() -> Iterator[None]:
    """libarchive turns names into the locale's charset and loses what that lacks: let it be UTF-8 for that moment."""
    before = locale.setlocale(locale.LC_CTYPE)
    if "utf" in before.lower():
        yield
        return
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        yield
        return
    try:
        yield
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
