"""From one file to all that is inside it: told by content, read by its format's reader, breadth first, within the limits."""

from __future__ import annotations

import hashlib
import importlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import cast

import msgspec

from sabaki.files import kinds
from sabaki.files.opened import Asked, Child, Opened
from sabaki.mail.limits import Budget
from sabaki.model.file import File, Link, Trait
from sabaki.model.finding import State

_OFFICE = "docx docm dotx dotm xlsx xlsm xlsb xltx xltm xlam pptx pptm ppsx ppsm potx potm vsdx vsdm"
_READERS = {
    "archive": "7z rar tar cab iso udf lzh ar cpio xar deb rpm onepkg diagcab",
    "calendar": "ics vcf",
    "compressed": "gzip bzip2 xz lzma zstd compress",
    "letter": "mail emlx",
    "msg": "msg",
    "odf": "odt ods odp odg fodt fods fodp ott ots otp",
    "ole": "ole doc xls ppt msi",
    "onenote": "one",
    "ooxml": _OFFICE,
    "page": "html xhtml svg mht hta xml chtml",
    "pdf": "pdf",
    "pkcs7": "pkcs7",
    "plain": "text csv json markdown log css",
    "picture": "png jpeg gif webp bmp tiff ico pbm",
    "rtf": "rtf",
    "script": "js jse vbs vbe ps1 bat wsf sct sh py reg msc xsl php pl rb lua applescript inf wsh",
    "shortcut": "lnk url webloc desktop rdp library-ms search-ms searchconnector-ms scf settingcontent-ms appref-ms iqy slk "
    "theme contact mobileconfig jnlp application appinstaller osdx ica",
    "tnef": "tnef",
    "zip": "zip jar apk epub xpi msix appx",
}
READERS: Mapping[str, str] = MappingProxyType(
    {kind: f"sabaki.files.{module}" for module, ids in _READERS.items() for kind in ids.split()}
)
"""Which module reads which kind; a module is loaded when a file asks for it."""

_NO_READER = (
    "its reader is not installed: pip install 'sabaki[files]' (archives also need the library libarchive)",
    "読み取りに必要な部品がありません（pip install 'sabaki[files]'、書庫にはlibarchiveも必要です）",
)
_NO_FORMAT = ("not opened: a format that is not read here", "対応していない形式のため、開いていません")
_HOLDING = frozenset(("archive", "disk", "document", "mail", "picture"))
"""Families whose files show or hold something: where no reader knows the kind, that was not looked at."""
_LOCKED = (
    "locked with a password that the mail does not give",
    "パスワードで保護されており、メールからは開けません",
)
_NOT_FINISHED = ("not read to its end", "最後までは読めていません")
_NOT_REACHED = ("not opened: a limit was reached before", "上限に達したため、開いていません")
_TOO_DEEP = ("not opened: too many files inside one another", "入れ子が深すぎるため、開いていません")


class Read(msgspec.Struct, frozen=True, tag=True):
    """A file, read as far as it could be: the file itself, its links, and the HTML bodies found inside it."""

    file: File
    links: tuple[Link, ...] = ()
    markup: tuple[str, ...] = ()


class _Waiting(msgspec.Struct):
    file: File
    content: bytes | None
    depth: int


def describe(content: bytes, *, path: str, part: str, name: str = "", declared: str = "", inside: str = "") -> File:
    """What a look at a file tells: its kind by content, its size, its hashes. Nothing is opened."""
    kind = kinds.identify(content, name, declared)
    return File(
        path=path,
        part=part,
        name=name[:4_096],
        inside=inside,
        declared=declared[:200],
        kind=kind.id,
        family=kind.family,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        sha1=hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
    )


def unopened(file: File) -> File:
    """The file as it is left where no reader knows its kind: not checked, if it is of a kind that shows or holds something."""
    passed = file.state is State.RAN and file.family in _HOLDING and file.kind not in READERS
    return _unread(file, _NO_FORMAT) if passed else file


def walk(
    file: File,
    content: bytes,
    passwords: tuple[str, ...],
    budget: Budget,
    rules: Callable[[bytes], list[Trait]] | None = None,
    early: Callable[[Read], None] = lambda _: None,
) -> Iterator[Read]:
    """Open a file and what is inside it. Files are given out when they are found, unread, and again when they were read.

    Limits: `files`, `file_depth`, `decoded_size` and those of each reader. `rules` looks for more traits in any file.
    `early` takes what a reader has when it goes on to something that may not come back.
    """
    waiting = deque([_Waiting(file, content, 0)])
    while waiting:
        current = waiting.popleft()
        opened = _open(current, passwords, budget, rules, early)
        yield _read(current.file, opened)
        for number, child in enumerate(opened.children, 1):
            if not budget.spend("files", where=current.file.path):
                break
            found = _found(current.file, child, number)
            if child.content is not None and current.depth >= budget.limits.file_depth:
                budget.note("file_depth", found.path)
                found = _unread(found, _TOO_DEEP)
            elif child.content is not None:
                waiting.append(_Waiting(found, child.content, current.depth + 1))
                found = _unread(found, _NOT_REACHED)
            yield Read(found)


def _found(holder: File, child: Child, number: int) -> File:
    path = f"{holder.path}/{number}"
    if child.content is None:
        claimed = kinds.claimed(child.name)
        found = File(
            path=path,
            part=holder.part,
            name=child.name[:4_096],
            inside=holder.path,
            kind=claimed or "unknown",
            family=kinds.family_of(claimed) if claimed else "other",
            size=child.size,
            locked=child.locked,
            state=State.SKIPPED,
            reason="locked: only its name and size are known" if child.locked else "its content could not be had",
            reason_ja="パスワードで保護されており、名前と大きさしか分かりません"
            if child.locked
            else "中身を取り出せませんでした",
        )
    else:
        found = describe(
            child.content, path=path, part=holder.part, name=child.name, declared=child.declared, inside=holder.path
        )
    if any(trait.id == "partial" for trait in child.traits):
        # The hashes of a part say nothing of the whole.
        found = msgspec.structs.replace(found, sha256="", sha1="", md5="", size=child.size)
    return msgspec.structs.replace(found, traits=child.traits, locked=child.locked) if child.traits else found


def _unread(file: File, why: tuple[str, str]) -> File:
    return msgspec.structs.replace(file, state=State.SKIPPED, reason=why[0], reason_ja=why[1])


def _open(
    waiting: _Waiting,
    passwords: tuple[str, ...],
    budget: Budget,
    rules: Callable[[bytes], list[Trait]] | None,
    early: Callable[[Read], None],
) -> Opened:
    file, content = waiting.file, waiting.content or b""
    asked = Asked(
        file.name, file.declared, passwords, budget, lambda so_far: early(_read(_unread(file, _NOT_FINISHED), so_far))
    )
    opened = Opened()
    second = kinds.second(content, file.kind)
    # What unpacks itself is read as the archive that it carries.
    packed = second if file.family == "program" and not READERS.get(file.kind) else ""
    if module := READERS.get(packed or file.kind):
        try:
            reader = importlib.import_module(module)
        except (ImportError, OSError):
            opened = Opened(state=State.SKIPPED, reason=_NO_READER[0], reason_ja=_NO_READER[1])
        else:
            opened = cast("Opened", reader.read(content, asked))
    else:
        left = unopened(file)
        opened = Opened(state=left.state, reason=left.reason, reason_ja=left.reason_ja)
    if second:
        opened.note("polyglot", second)
    if rules is not None:
        opened.traits.extend(rules(content))
    return opened


def _read(file: File, opened: Opened) -> Read:
    shut = opened.locked and not opened.password and not any(child.content for child in opened.children)
    if opened.state is State.RAN and shut:
        state, reason, reason_ja = State.SKIPPED, *_LOCKED
    elif opened.state is State.RAN:
        state, reason, reason_ja = file.state, file.reason, file.reason_ja
    else:
        state, reason, reason_ja = opened.state, opened.reason, opened.reason_ja
    read = msgspec.structs.replace(
        file,
        kind=opened.kind or file.kind,
        family=kinds.family_of(opened.kind) if opened.kind else file.family,
        locked=file.locked or opened.locked,
        password=opened.password,
        traits=(*file.traits, *opened.traits),
        title=opened.title[:500],
        text=opened.text,
        state=state,
        reason=reason,
        reason_ja=reason_ja,
    )
    return Read(read, tuple(opened.links), tuple(opened.markup))
