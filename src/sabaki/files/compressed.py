"""One file, compressed: gzip (RFC 1952), bzip2, xz, lzma, zstd (RFC 8878), and the .Z of compress."""

from __future__ import annotations

from types import ModuleType

from sabaki.files import expand, membernames
from sabaki.files.expand import Allowance, Expanded
from sabaki.files.opened import Asked, Child, Opened
from sabaki.model.file import Trait
from sabaki.model.finding import State

archive: ModuleType | None
try:
    from sabaki.files import archive
except (ImportError, OSError):  # without libarchive only zstd and .Z stay closed
    archive = None

_MARKS = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x1f\x9d", "compress"),
    (b"\x5d\0\0", "lzma"),
)
_ENDINGS = {
    ".tgz": ".tar",
    ".tbz": ".tar",
    ".tbz2": ".tar",
    ".txz": ".tar",
    ".tzst": ".tar",
    ".taz": ".tar",
    ".svgz": ".svg",
    ".emz": ".emf",
    ".wmz": ".wmf",
    ".gz": "",
    ".bz2": "",
    ".xz": "",
    ".lzma": "",
    ".zst": "",
    ".z": "",
}
_MEMBERS = 10_000
_BOMB_KEPT = 1_000_000


def kind_of(content: bytes) -> str:
    """Which compression the first octets show, "" for none: "gzip", "bzip2", "xz", "zstd", "compress", "lzma"."""
    return next((kind for mark, kind in _MARKS if content.startswith(mark)), "")


def read(content: bytes, asked: Asked) -> Opened:
    """Unpack it: one child. Several streams one after another are one file, as the programs have it. Spends `decoded_size`."""
    opened = Opened()
    kind = kind_of(content)
    allowed = expand.allowance(asked, len(content))
    if kind in ("zstd", "compress", ""):
        if archive is None or not kind:
            opened.state = State.SKIPPED
            opened.reason = (
                "not opened: the library libarchive is missing" if kind else "not opened: no known compression"
            )
            opened.reason_ja = (
                "libarchiveがないため開いていません" if kind else "圧縮形式が分からないため開いていません"
            )
            return opened
        expanded: Expanded = archive.raw(content, kind, allowed.most)
        if not expanded.error and kind == "zstd" and not expanded.cut and not expanded.content and len(content) > 64:
            expanded = Expanded(b"", expanded.used, whole=False, error="nothing came out")
    else:
        expanded = _streams(content, kind, allowed.most, opened)
    name = _name(content, kind, asked, opened)
    opened.children.append(_child(name, expanded, allowed, asked, opened))
    return opened


def _streams(content: bytes, kind: str, most: int, opened: Opened) -> Expanded:
    """All streams of the file, joined; what follows the last is noted."""
    data = memoryview(content)
    parts: list[bytes] = []
    at = got = count = 0
    last = Expanded(b"", 0, whole=False)
    while at < len(content) and count < _MEMBERS:
        if count and kind_of(content[at : at + 8]) != kind:
            break
        last = expand.expand(expand.decoder(kind), data[at:], most - got)
        parts.append(last.content)
        got += len(last.content)
        count += 1
        at += last.used
        if not last.whole:
            break
        # xz is padded with NULs to multiples of four, tapes pad anything.
        while content[at : at + 4] == b"\0\0\0\0":
            at += 4
    if last.whole and content[at:].strip(b"\0"):
        opened.note("trailing_data", f"{len(content) - at} bytes after the end of the compressed data")
    if kind == "gzip" and count > 1 and last.whole and _later_names(content):
        opened.note(
            "ambiguous_archive", f"{count} files one after another, each with a name: some programs see the first only"
        )
    error = last.error or ("" if last.whole or last.cut else "ends too early")
    return Expanded(expand.joined(parts, 0), at, last.whole, last.cut, error)


def _later_names(content: bytes) -> bool:
    """Whether a second gzip member with a name of its own follows (flags 8, RFC 1952 section 2.3.1)."""
    return content.find(b"\x1f\x8b\x08\x08", 1) > 0


def _name(content: bytes, kind: str, asked: Asked, opened: Opened) -> str:
    """The file's name: the one in gzip's header, else the archive's without its ending."""
    inner = _gzip_name(content) if kind == "gzip" else b""
    if inner:
        name = membernames.decode(inner, membernames.charset_of([inner], dos=False))
        if membernames.unsafe(name):
            opened.note("unsafe_path", membernames.shown(name))
        return name
    for ending, instead in _ENDINGS.items():
        if asked.name.lower().endswith(ending):
            return asked.name[: -len(ending)] + instead
    return asked.name


def _gzip_name(content: bytes) -> bytes:
    flags, at = content[3] if len(content) > 10 else 0, 10
    if flags & 4:
        at += 2 + int.from_bytes(content[10:12], "little")
    return content[at : at + 4_096].partition(b"\0")[0] if flags & 8 else b""


def _child(name: str, expanded: Expanded, allowed: Allowance, asked: Asked, opened: Opened) -> Child:
    content, traits = expanded.content, []
    asked.budget.spend("decoded_size", len(content), asked.name)
    if expanded.error:
        opened.note("damaged", expanded.error)
        if not content:
            return Child(name, traits=(Trait("unread", expanded.error),))
    if how := membernames.disguise(name):
        traits.append(Trait("name_disguised", f"{how}: {membernames.shown(name)}"))
    filler = expand.padding(content)
    if filler and not expand.is_uniform(content):
        traits.append(Trait("absurd_padding", f"{filler} of {len(content)} bytes read"))
    elif expand.is_bomb(expanded, allowed, asked):
        opened.note("bomb", f"more than {len(content) // max(1, expanded.used)}:1")
        content = content[:_BOMB_KEPT] if expand.is_uniform(content) else content
    if expanded.cut:
        asked.budget.note(allowed.limit, asked.name)
        traits.append(Trait("partial", f"the first {len(content)} bytes"))
    return Child(name, content, len(content), traits=tuple(traits))
