"""ZIP archives, read by the central directory and by the local headers: what either of them reveals is given.

    def members(content, asked, opened, *, wanted=None) -> Iterator[Child]

is for the formats that are a ZIP inside (OOXML, ODF, JAR); `read` is the archive's own reader.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from types import ModuleType

from sabaki.files import expand, membernames, zipdir
from sabaki.files.expand import Allowance, Expanded
from sabaki.files.opened import Asked, Child, Opened
from sabaki.files.zipdir import Directory, Entry
from sabaki.model.file import Trait

zipcrypt: ModuleType | None
try:
    from sabaki.files import zipcrypt
except ImportError:  # without the extra, encrypted members stay closed and all others are read
    zipcrypt = None

_MOST = 20_000
_ENCRYPTED, _STRONG, _UTF8, _MASKED = 0x01, 0x40, 0x800, 0x2000
_AES_METHOD = 99
_AES = 0x9901
_UNICODE_PATH = 0x7075
_METHODS = {8: "deflate", 12: "bzip2", 95: "xz"}
_NAMES_OF_METHODS = {
    1: "shrink",
    6: "implode",
    9: "deflate64",
    93: "zstd",
    94: "mp3",
    96: "jpeg",
    97: "wavpack",
    98: "ppmd",
}
_DOS, _UNIX, _NTFS = 0, 3, 10
_TRIES = 60
_SAME_TRAITS = 20
_OVERLAP_FLOOR = 1_000_000
_OVERLAP_MEMBERS = 20
_BOMB_KEPT = 1_000_000
_URGENT = re.compile(
    r"(?i)\.(?:exe|scr|com|pif|dll|cpl|msi|bat|cmd|vbs|vbe|js|jse|wsf|hta|ps1|lnk|url|jar|html?|svg|iso|img|vhdx?|one|"
    r"docm|xlsm|pptm|xll|zip|rar|7z|eml|msg|pdf)$"
)


def read(content: bytes, asked: Asked) -> Opened:
    """List and unpack a ZIP file. Spends `decoded_size`; of more files than may be opened, those that run come first."""
    opened = Opened()
    directory, names = _directory(content, opened, _MOST)
    unpacker = _Unpacker(content, asked, opened, directory)
    plan = [*_plan(directory, names, opened)]
    room = asked.budget.left("files")
    if unpacker.is_overlapping:
        room = min(room, _OVERLAP_MEMBERS)  # it is there to eat up what the mail's other files need
    elif len(plan) > room:
        asked.budget.note("files", asked.name)
    if len(plan) > room:
        plan.sort(key=lambda item: _URGENT.search(item[1]) is None)
    opened.children.extend(unpacker.child(entry, name) for entry, name in islice(plan, room + 1))
    return opened


def members(
    content: bytes,
    asked: Asked,
    opened: Opened,
    *,
    wanted: Callable[[str], bool] | None = None,
    most: int = _MOST,
) -> Iterator[Child]:
    """The files of a ZIP one by one, unpacked when asked for; those whose name is not `wanted` are passed over.

    What is odd about the archive is noted in `opened`. Locked and unreadable members come with `content` None. Spends
    `decoded_size`, not `files`; at most `most` members. Raises nothing.
    """
    directory, names = _directory(content, opened, most)
    unpacker = _Unpacker(content, asked, opened, directory)
    for entry, name in _plan(directory, names, opened):
        if wanted is None or wanted(name):
            yield unpacker.child(entry, name)


def _directory(content: bytes, opened: Opened, most: int) -> tuple[Directory, str]:
    """Both readings, what is to be said of them, and the charset of the names."""
    directory = zipdir.read(content, most)
    for problem in directory.problems:
        opened.note("damaged", problem)
    if directory.archives > 1:
        opened.note("ambiguous_archive", f"{directory.archives} archives one after another")
    if directory.archives and directory.stray:
        names = ", ".join(membernames.shown(entry.name.decode("latin-1")) for entry in directory.stray[:5])
        opened.note("ambiguous_archive", f"only in local headers, not in the directory: {names}")
    if directory.volumes:
        opened.note("damaged", "one volume of several")
    if directory.truncated:
        opened.note("damaged", f"more than {most} members: the rest is not listed")
    if not directory.archives and not directory.stray:
        opened.note("damaged", "no member found")
    if directory.suffix:
        opened.note("trailing_data", f"{directory.suffix} bytes after the end of the archive")
    if directory.prefix:
        opened.note("leading_data", f"{directory.prefix} bytes before the first member")
    everything = (*directory.entries, *directory.stray)
    dos = all(entry.host in (_DOS, _NTFS) for entry in directory.entries)
    raw = [entry.name for entry in everything if not entry.flags & _UTF8]
    return directory, membernames.charset_of(raw, dos=dos)


def _note(opened: Opened, id: str, detail: str) -> None:
    """Note it unless there are enough of the kind: twenty thousand odd members must not push out what matters more."""
    if sum(trait.id == id for trait in opened.traits) < _SAME_TRAITS:
        opened.note(id, detail)


def _plan(directory: Directory, charset: str, opened: Opened) -> Iterator[tuple[Entry, str]]:
    """Which members to give under which name: the directory's, then what the local headers say otherwise."""
    seen: set[str] = set()
    for entry in directory.entries:
        name = _name(entry, charset, opened)
        if name in seen and not name.endswith("/"):
            _note(opened, "ambiguous_archive", f"twice in the directory: {membernames.shown(name)}")
        seen.add(name)
        if not (name.endswith(("/", "\\")) and not entry.size):
            yield entry, name
        local = directory.locals.get(entry.offset)
        if local is not None and (other := _other_reading(entry, local, charset, opened)):
            yield other
    for entry in directory.stray:
        name = _name(entry, charset, opened)
        if not (name.endswith("/") and not entry.packed):
            yield entry, name


def _name(entry: Entry, charset: str, opened: Opened) -> str:
    """The member's name: by Info-ZIP's Unicode field (APPNOTE 4.6.9), by the UTF-8 flag, or by what all names show."""
    if entry.flags & _UTF8:  # some set the flag and write the code page of their Windows all the same
        charset = membernames.charset_of([entry.name])
    name = membernames.decode(entry.name, charset)
    for id, value in zipdir.extra_fields(entry.extra):
        if id == _UNICODE_PATH and value[1:5] == zlib.crc32(entry.name).to_bytes(4, "little"):
            unicode = membernames.decode(value[5:], "utf-8")
            if entry.name.isascii() and unicode != name:
                _note(
                    opened, "ambiguous_archive", f"two names: {membernames.shown(name)}, {membernames.shown(unicode)}"
                )
            name = unicode
    if membernames.unsafe(name):
        _note(opened, "unsafe_path", membernames.shown(name))
    return name


def _other_reading(entry: Entry, local: Entry, charset: str, opened: Opened) -> tuple[Entry, str] | None:
    """Note where the local header differs, and give the member as it has it if that is another file."""
    deferred = entry.by_descriptor or local.by_descriptor
    differ = [
        what
        for what, ours, theirs, known in (
            ("name", entry.name, local.name, True),
            ("method", entry.method, local.method, True),
            ("packed size", entry.packed, local.packed, local.packed or not deferred),
            ("size", entry.size, local.size, local.size or not deferred),
            ("encryption", entry.flags & _ENCRYPTED, local.flags & _ENCRYPTED, not entry.flags & _MASKED),
        )
        if known and ours != theirs
    ]
    if not differ or entry.flags & _MASKED:
        return None
    name = _name(local, charset, opened)
    shown = f"{membernames.shown(_name(entry, charset, opened))} / {membernames.shown(name)}"
    _note(opened, "ambiguous_archive", f"directory and local header differ in {', '.join(differ)}: {shown}")
    if local.method == entry.method != 0 and {*differ} <= {"size", "packed size"} and local.packed <= entry.packed:
        return None  # packed data know their own end
    if differ == ["size"] or (differ == ["encryption"] and local.flags & _ENCRYPTED):
        return None
    if deferred and not local.packed:
        local = Entry(
            local.name, local.flags, local.method, entry.crc, entry.packed, entry.size, local.offset, local.data
        )
    return local, name


class _Unpacker:
    """Unpacks the members of one archive; remembers the password that worked and how much came out."""

    def __init__(self, content: bytes, asked: Asked, opened: Opened, directory: Directory) -> None:
        self._content = memoryview(content)
        self._asked = asked
        self._opened = opened
        self._tries = _TRIES
        self._room: int | None = None
        shared = _overlapping(directory.entries)
        if shared:
            total = sum(entry.size for entry in directory.entries)
            opened.note("overlapping", f"{shared} members share their data with others")
            if total > asked.limits.expansion * len(content):
                opened.note("bomb", f"{total // max(1, len(content))}:1 by overlapping members")
            self._room = max(_OVERLAP_FLOOR, 10 * len(content))

    @property
    def is_overlapping(self) -> bool:
        """Whether members share their data, which no honest program writes."""
        return self._room is not None

    def child(self, entry: Entry, name: str) -> Child:
        """The member with its content as far as it may be had."""
        traits = _traits(entry, name)
        packed = self._content[entry.data : entry.end] if entry.data else self._content[:0]
        if not entry.data:
            _note(self._opened, "damaged", f"{membernames.shown(name)}: no local header")
            return Child(name, size=entry.size, traits=traits)
        if len(packed) < entry.packed:
            _note(
                self._opened,
                "damaged",
                f"{membernames.shown(name)}: {len(packed)} of {entry.packed} packed bytes are there",
            )
        allowed = self._allowed(len(packed))
        if allowed.most <= 0 and entry.size:
            self._asked.budget.note(allowed.limit, name[:200])
            return Child(name, size=entry.size, traits=(*traits, Trait("partial", "not unpacked: too much before it")))
        if entry.flags & (_ENCRYPTED | _STRONG | _MASKED):
            self._opened.locked = True
            expanded = self._unlock(entry, packed, allowed)
            if expanded is None:
                return Child(name, size=entry.size, locked=True, traits=traits)
        else:
            expanded = _expand(entry, packed, allowed)
        if expanded is None:
            method = _NAMES_OF_METHODS.get(entry.method, f"number {entry.method}")
            return Child(name, size=entry.size, traits=(*traits, Trait("unread", f"compression method {method}")))
        return self._finished(entry, name, expanded, allowed, traits)

    def _allowed(self, packed: int) -> Allowance:
        allowed = expand.allowance(self._asked, packed)
        if self._room is not None and self._room < allowed.most:
            return Allowance(self._room, "expansion")
        return allowed

    def _unlock(self, entry: Entry, packed: memoryview, allowed: Allowance) -> Expanded | None:
        passwords = tuple(dict.fromkeys((self._opened.password, *self._asked.passwords)))
        passwords = tuple(password for password in passwords if password)[: self._asked.limits.passwords]
        if zipcrypt is None or entry.flags & (_STRONG | _MASKED) or not passwords or self._tries <= 0:
            return None
        unlocked = zipcrypt.unlock(entry, bytes(packed), passwords, allowed.most)
        if unlocked is None:
            self._tries -= len(passwords)
            return None
        self._opened.password = unlocked.password
        expanded: Expanded = unlocked.expanded
        return expanded

    def _finished(
        self, entry: Entry, name: str, expanded: Expanded, allowed: Allowance, traits: tuple[Trait, ...]
    ) -> Child:
        content, shown = expanded.content, membernames.shown(name)
        self._asked.budget.spend("decoded_size", len(content), name[:200])
        if self._room is not None:
            self._room -= len(content)
        if expanded.error:
            _note(self._opened, "damaged", f"{shown}: {expanded.error}")
        elif not expanded.whole and not expanded.cut:
            _note(self._opened, "damaged", f"{shown}: ends too early")
        elif expanded.whole and entry.crc and zlib.crc32(content) != entry.crc and not _is_aes(entry):
            _note(self._opened, "damaged", f"{shown}: the checksum does not fit")
        filler = expand.padding(content)
        if filler and not expand.is_uniform(content):
            stated = max(entry.size, len(content))
            traits = (*traits, Trait("absurd_padding", f"{filler} of {len(content)} bytes read, {stated} in all"))
        if not expanded.cut:
            return Child(name, content, len(content), traits=traits)
        self._asked.budget.note(allowed.limit, name[:200])
        if expand.is_bomb(expanded, allowed, self._asked):
            ratio = max(entry.size, len(content)) // max(1, entry.packed)
            _note(self._opened, "bomb", f"{ratio}:1 in {shown}")
            content = content[:_BOMB_KEPT] if expand.is_uniform(content) else content
        part = Trait("partial", f"the first {len(content)} of {max(entry.size, len(content))} bytes")
        return Child(name, content, entry.size, traits=(*traits, part))


def _is_aes(entry: Entry) -> bool:
    return any(id == _AES for id, _ in zipdir.extra_fields(entry.extra))


def _expand(entry: Entry, packed: memoryview, allowed: Allowance) -> Expanded | None:
    """Unpack by the method of APPNOTE 4.4.5; None for one that we have no decoder for."""
    if entry.method == 0:
        content = bytes(packed[: allowed.most])
        return Expanded(content, len(content), len(content) == len(packed), len(content) < len(packed))
    if entry.method == 14:
        try:
            decoder = expand.raw_lzma(bytes(packed[4:9]), entry.size)
        except ValueError as wrong:
            return Expanded(b"", 0, whole=False, error=str(wrong))
        return _to_size(expand.expand(decoder, packed[9:], allowed.most), entry.size)
    method = _METHODS.get(entry.method)
    return expand.expand(expand.decoder(method), packed, allowed.most) if method else None


def _to_size(expanded: Expanded, size: int) -> Expanded:
    """LZMA in ZIP may go without an end mark (APPNOTE 5.8.9): then the stated size is the end."""
    if expanded.error or expanded.whole or len(expanded.content) < size:
        return expanded
    return Expanded(expanded.content[:size], expanded.used, cut=expanded.cut and len(expanded.content) < size)


def _traits(entry: Entry, name: str) -> tuple[Trait, ...]:
    """What the name and the attributes alone tell."""
    traits = []
    if how := membernames.disguise(name):
        traits.append(Trait("name_disguised", f"{how}: {membernames.shown(name)}"))
    if entry.host in (_DOS, _NTFS) and entry.attributes & 0x02:
        traits.append(Trait("hidden_file", membernames.shown(name)))
    if entry.host == _UNIX and entry.attributes >> 28 == 0xA:
        traits.append(Trait("link_member", "a symbolic link; its content is where it leads"))
    return tuple(traits)


def _overlapping(entries: list[Entry]) -> int:
    """How many members share bytes with one that stands before them."""
    spans = sorted((entry.offset, entry.end) for entry in entries if entry.data and entry.packed)
    shared = reached = 0
    for start, stop in spans:
        shared += start < reached
        reached = max(reached, stop)
    return shared
