"""From what was handed over to the mails in it: one mail, an mbox, an Outlook item, an archive of any of these, nested."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Iterator
from types import ModuleType

import msgspec

from sabaki.files.opened import Asked, Child, Opened
from sabaki.mail import mbox, pasted, sniff
from sabaki.mail.limits import Budget
from sabaki.model.case import Holder
from sabaki.model.finding import State

_ARCHIVES = ("zip", "7z", "rar", "tar", "cab", "iso", "lzh")
_COMPRESSED = ("gzip", "bzip2", "xz", "zstd", "compress")
_CONVERTED = ("msg", "tnef")
_MARKS = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PK\x07\x08PK\x03\x04", "zip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"MSCF\0\0\0\0", "cab"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x1f\x9d", "compress"),
    (b"\x78\x9f\x3e\x22", "tnef"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MESSAGE_STREAM = "__properties_version1.0".encode("utf-16-le")
_CUSTOM = "infected"
"""The password under which analysts hand suspicious mail to one another."""
_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_NAMED = 5
_PASTED = 600_000
"""In so many octets the header of a mail that somebody pasted is looked for."""
_MOST = 200_000

_NO_MAIL = ("no mail, and nothing that mails are kept in", "メールではなく、メールを収めた形式でもありません")
_NO_READER = (
    "its reader is not installed: pip install 'sabaki[files]' (archives also need the library libarchive)",
    "読み取りに必要な部品がありません（pip install 'sabaki[files]'、書庫にはlibarchiveも必要です）",
)
_TOO_DEEP = ("not opened: too many containers inside one another", "入れ子が深すぎるため、開いていません")
_TOO_LARGE = ("not read: larger than a mail may be", "メールとしての大きさの上限を超えるため、読んでいません")
_TOO_MANY = ("not read any further: the limit of mails was reached", "通数の上限に達したため、これ以降は読んでいません")
_LOCKED = ("locked: its password is not known", "パスワードで保護されており、開けません")
_DAMAGED = ("damaged: nothing could be taken out", "破損しており、何も取り出せませんでした")
_CUT = (
    "read in part only: it is too large or expands too much",
    "大きすぎる、または展開率が高すぎるため、途中までしか読んでいません",
)


class Unpacked(msgspec.Struct, frozen=True, tag=True):
    """A mail that was found. `name` is the file's or member's own name, `holders` what it was taken out of, outermost first.

    `converted` is set where `raw` was written by us from a format that is not RFC 5322.
    """

    raw: bytes
    name: str
    holders: tuple[Holder, ...] = ()
    converted: bool = False


class Passed(msgspec.Struct, frozen=True, tag=True):
    """Something that was passed over, or read in part, and why. `name` is a member's, or the holder's for several."""

    name: str
    reason: str
    reason_ja: str


class _Held(msgspec.Struct, frozen=True):
    content: bytes
    name: str
    holders: tuple[Holder, ...]


class _EachForItself(Budget):
    """`decoded_size` holds for every member by itself: an archive of a million mails is read to its end."""

    def spend(self, name: str, amount: int = 1, where: str = "") -> bool:
        """Spend on a limit, but for `decoded_size`, which is only looked at."""
        if name == "decoded_size":
            return self.within(name, amount, where)
        return super().spend(name, amount, where)


def identify(content: bytes, name: str = "") -> str:
    """What was handed over: "mail", "mbox", "emlx", "pasted", "msg", "tnef", an archive's or compression's kind; "" for none.

    An mbox with a single mail is that mail.
    """
    if found := next((kind for mark, kind in _MARKS if content.startswith(mark)), ""):
        return found
    if content.startswith(_OLE):
        return "msg" if _MESSAGE_STREAM in content else ""
    if _is_tar(content):
        return "tar"
    if content[0x8001:0x8006] == b"CD001":
        return "iso"
    if content[2:5] == b"-lh" and content[6:7] == b"-":
        return "lzh"
    return _kind_of_text(content)


def mails(content: bytes, name: str, budget: Budget, *, passwords: tuple[str, ...] = ()) -> Iterator[Unpacked | Passed]:
    """The mails in what was handed over, one at a time, and what was passed over.

    Limits: `mails`, `message_size` for each, `file_depth` for containers in containers, `decoded_size` for each member.
    `passwords` open locked archives; "infected" is tried by itself. Raises nothing.
    """
    yield from _inside(_Held(content, name, ()), budget, (*passwords, _CUSTOM))


def _inside(held: _Held, budget: Budget, passwords: tuple[str, ...]) -> Iterator[Unpacked | Passed]:
    kind = identify(held.content, held.name)
    if kind in ("", "mail", "emlx"):
        yield _single(held, kind, budget)
        return
    if not budget.within("file_depth", len(held.holders) + 1, held.name):
        yield Passed(held.name, *_TOO_DEEP)
        return
    holder = Holder(kind, held.name, "", hashlib.sha256(held.content).hexdigest(), len(held.content))
    if kind == "mbox":
        yield from _mbox(held, holder, budget)
    elif kind == "pasted":
        yield _pasted(held, holder, budget)
    elif kind in _CONVERTED:
        yield _converted(held, holder, budget, passwords)
    else:
        yield from _members(held, holder, budget, passwords)


def _single(held: _Held, kind: str, budget: Budget) -> Unpacked | Passed:
    if not kind:
        return Passed(held.name, *_NO_MAIL)
    if kind == "mail":
        return _counted(Unpacked(held.content, held.name, held.holders), budget)
    line, _, rest = held.content.partition(b"\n")
    holder = Holder(kind, held.name, "", hashlib.sha256(held.content).hexdigest(), len(held.content))
    return _counted(Unpacked(rest[: int(line)], held.name, (*held.holders, holder)), budget)


def _counted(found: Unpacked, budget: Budget) -> Unpacked | Passed:
    """The mail, if it is small enough and not one too many."""
    if not budget.within("message_size", len(found.raw), found.name):
        return Passed(found.name, *_TOO_LARGE)
    return found if budget.spend("mails", where=found.name) else Passed(found.name, *_TOO_MANY)


def _mbox(held: _Held, holder: Holder, budget: Budget) -> Iterator[Unpacked | Passed]:
    for number, (start, end) in enumerate(mbox.split(held.content), 1):
        place = msgspec.structs.replace(holder, place=f"message {number}")
        if budget.left("mails") <= 0:
            budget.note("mails", held.name)
            yield Passed(held.name, *_TOO_MANY)
            return
        yield _counted(Unpacked(held.content[start:end], held.name, (*held.holders, place)), budget)


def _pasted(held: _Held, holder: Holder, budget: Budget) -> Unpacked | Passed:
    """The mail in text that somebody pasted; its bytes are ours where they had to be mended."""
    found = pasted.find(held.content)
    if found is None:
        return Passed(held.name, *_NO_MAIL)
    return _counted(Unpacked(found.raw, held.name, (*held.holders, holder), converted=found.changed), budget)


def _converted(held: _Held, holder: Holder, budget: Budget, passwords: tuple[str, ...]) -> Unpacked | Passed:
    module = _reader(holder.kind)
    if module is None:
        return Passed(held.name, *_NO_READER)
    raw: bytes | None = module.to_mail(held.content, Asked(held.name, "", passwords, _EachForItself(budget.limits)))
    if raw is None:
        return Passed(held.name, *_NO_MAIL)
    return _counted(Unpacked(raw, held.name, (*held.holders, holder), converted=True), budget)


def _members(held: _Held, holder: Holder, budget: Budget, passwords: tuple[str, ...]) -> Iterator[Unpacked | Passed]:
    """The mails in an archive, or in one compressed file; what else there is in it is counted."""
    module = _reader(holder.kind)
    if module is None:
        yield Passed(held.name, *_NO_READER)
        return
    opened = Opened()
    own = _EachForItself(budget.limits)
    asked = Asked(held.name, "", passwords, own)
    others: list[str] = []
    count = seen = 0
    for child in _children(module, held.content, asked, opened):
        seen += 1
        if budget.left("mails") <= 0:
            budget.note("mails", held.name)
            yield Passed(held.name, *_TOO_MANY)
            break
        if child.content is None:
            yield Passed(child.name, *(_LOCKED if child.locked else _DAMAGED))
        elif not identify(child.content, child.name):
            if not _is_litter(child.name):
                count += 1
                others.extend([child.name] if count <= _NAMED else [])
        else:
            place = msgspec.structs.replace(holder, place=child.name)
            yield from _inside(_Held(child.content, child.name, (*held.holders, place)), budget, passwords)
        if any(trait.id == "partial" for trait in child.traits):
            yield Passed(child.name, *_CUT)
    budget.absorb(own.reached)
    yield from _remarks(held.name, opened, seen, (count, others))


def _remarks(name: str, opened: Opened, seen: int, others: tuple[int, list[str]]) -> Iterator[Passed]:
    """What is to be said of an archive after its last member."""
    count, names = others
    if count:
        listed = ", ".join(shown[:80] for shown in names) + (" ..." if count > len(names) else "")
        files = "1 file that is no mail" if count == 1 else f"{count} files that are no mails"
        yield Passed(name, f"{files}: {listed}", f"メールではないファイル{count}個: {listed}")
    if opened.state is not State.RAN:
        yield Passed(name, opened.reason, opened.reason_ja)
    elif not seen and opened.locked:
        yield Passed(name, *_LOCKED)
    elif damage := [trait.detail for trait in opened.traits if trait.id in ("damaged", "bomb", "overlapping")]:
        yield Passed(name, f"damaged or built to mislead: {damage[0]}", f"破損、または細工されています: {damage[0]}")


def _children(module: ModuleType, content: bytes, asked: Asked, opened: Opened) -> Iterator[Child]:
    """The members one by one; a compressed file has a single one."""
    if hasattr(module, "members"):
        yield from module.members(content, asked, opened, most=_MOST)
        return
    read: Opened = module.read(content, asked)
    opened.traits, opened.state, opened.reason, opened.reason_ja = read.traits, read.state, read.reason, read.reason_ja
    yield from read.children


def _reader(kind: str) -> ModuleType | None:
    """The module that opens such a holder: loaded when one comes, for it may need what is not installed."""
    module = "compressed" if kind in _COMPRESSED else kind if kind in ("zip", *_CONVERTED) else "archive"
    try:
        return importlib.import_module(f"sabaki.files.{module}")
    except (ImportError, OSError):
        return None


def _is_litter(name: str) -> bool:
    """What operating systems leave in archives."""
    return name.startswith(_LITTER[0]) or name.rpartition("/")[2] in _LITTER


def _kind_of_text(content: bytes) -> str:
    """A mail, several in an mbox, or one as Apple Mail keeps it (a count of bytes in the first line, a plist at the end)."""
    if mbox.looks_like_mbox(content):
        spans = mbox.split(content)
        next(spans, None)
        return "mbox" if next(spans, None) else "mail"
    line, feed, _ = content[:64].partition(b"\n")
    if feed and line.strip().isdigit() and len(line) <= 20 and sniff.looks_like_mail(content[len(line) + 1 :][:64_000]):
        return "emlx"
    head = content[:64_000]
    if not pasted.is_mail(head) and pasted.find(content[:_PASTED]):
        return "pasted"
    return "mail" if sniff.looks_like_mail(head) else ""


def _is_tar(content: bytes) -> bool:
    """Whether the first block is a tar header: by its checksum, which the oldest form has as well (POSIX.1 ustar)."""
    block = content[:512]
    if len(block) < 512 or not block[0]:
        return False
    stated = block[148:156].strip(b" \0")
    if not stated or not all(octet in b"01234567" for octet in stated):
        return False
    return sum(block) - sum(block[148:156]) + 8 * 0x20 == int(stated, 8)
