"""The files that come with a mail: each opened in the cell, with all that is inside it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Protocol

import msgspec
from msgspec.structs import replace

from sabaki.facts import bodies, links, passwords
from sabaki.files import kinds
from sabaki.files.cell import Ended
from sabaki.files.walk import READERS, Read, describe, unopened
from sabaki.mail import drawncodes, html
from sabaki.mail.limits import Budget
from sabaki.model.case import Body
from sabaki.model.file import File
from sabaki.model.finding import State
from sabaki.model.message import Message, Part
from sabaki.model.observable import Url

_STOPPED = {
    "seconds": ("its reader was stopped: it took too long", "読み取りに時間がかかりすぎたため、打ち切りました"),
    "memory": (
        "its reader was stopped: it needed too much memory",
        "読み取りに必要なメモリーが多すぎるため、打ち切りました",
    ),
    "crash": ("its reader came to an unexpected end", "読み取りが予期せず終わりました"),
}
_NOT_OPENED = ("not opened: too many files came with the mail", "添付ファイルが多すぎるため、開いていません")


class Opener(Protocol):
    """What opens files: the cell. `rules` is set where rules of the reader's are to look at every file."""

    rules: str

    def open(self, file: File, content: bytes, passwords: tuple[str, ...], budget: Budget) -> Iterator[Read | Ended]:
        """Everything that is read out of a file, and at the end an `Ended`."""


class Enclosed(msgspec.Struct, frozen=True):
    """The files, outermost first; the links out of them; what a person reads in them, as bodies that no mail program shows."""

    files: tuple[File, ...] = ()
    urls: tuple[Url, ...] = ()
    bodies: tuple[Body, ...] = ()


class _Enclosure(msgspec.Struct, frozen=True):
    file: File
    content: bytes


def open_all(message: Message, read: bodies.Read, opener: Opener, budget: Budget) -> Enclosed:
    """Open every file of the mail, and the QR codes that its text or markup draws.

    Whatever a file does, its outcome is in its `state`, and the others are read all the same.
    """
    reads: list[Read] = []
    words: tuple[str, ...] | None = None
    texts = {body.part for body in read.bodies}
    # All that came with the mail is counted before anything is opened: no archive uses up what is left for the others.
    for enclosure in list(_within(message, read, budget)):
        if enclosure.file.state is not State.RAN or (not opener.rules and _is_read(enclosure, texts)):
            reads.append(Read(unopened(enclosure.file)))
        else:
            if words is None:
                words = passwords.candidates("\n".join(body.text for body in read.bodies), budget.limits.passwords)
            reads.extend(_open(enclosure, words, opener, budget))
    if not reads:
        return Enclosed()
    found, urls, inside = zip(*(_understood(read, budget) for read in reads), strict=True)
    return Enclosed(found, tuple(chain.from_iterable(urls)), tuple(chain.from_iterable(inside)))


def _within(message: Message, read: bodies.Read, budget: Budget) -> Iterator[_Enclosure]:
    """The files of the mail, and the codes drawn in it. Beyond the limit a file is named, and not looked at any more."""
    for part, content in _attached(message, read.bodies):
        path = part.path or "1"
        if budget.spend("files", where=path):
            file = describe(content, path=path, part=part.path, name=part.filename, declared=part.content_type)
        else:
            bare = File(path=path, part=part.path, name=part.filename, size=len(content), sha256=part.sha256)
            file = _failed(bare, State.SKIPPED, _NOT_OPENED)
        yield _Enclosure(file, content)
    for enclosure in _drawn(read):
        if budget.spend("files", where=enclosure.file.path):
            yield enclosure


def _is_read(enclosure: _Enclosure, texts: set[str]) -> bool:
    """Whether nothing is left to read in a file: no reader knows its kind, or its text is one of the mail's own.

    A file of two kinds is opened for the second's sake (a program that carries an archive).
    """
    file = enclosure.file
    if file.kind in READERS:
        return file.kind == "text" and file.part in texts
    return not kinds.second(enclosure.content, file.kind)


def _attached(message: Message, texts: tuple[Body, ...]) -> Iterator[tuple[Part, bytes]]:
    own = {body.part for body in texts if not body.attached}
    for part in message.parts:
        content = message.contents.get(part.path)
        if content and (part.path not in own or _is_file(part)):
            yield part, content


def _is_file(part: Part) -> bool:
    """Whether what the mail shows as text is a file too: HTML or text with a name."""
    return bool(part.filename) and part.content_type not in ("text/plain", "text/html")


def _drawn(read: bodies.Read) -> Iterator[_Enclosure]:
    for body in read.bodies:
        markup = read.markup.get(body.part, "")
        codes = drawncodes.in_markup(markup) if markup else ()
        for number, drawn in enumerate(codes or drawncodes.in_text(body.text), 1):
            content = drawn.to_pbm()
            path = f"{body.part or '1'}/qr{number}"
            yield _Enclosure(describe(content, path=path, part=body.part, inside=body.part or "1"), content)


def _open(enclosure: _Enclosure, words: tuple[str, ...], opener: Opener, budget: Budget) -> list[Read]:
    """What came out of a file; where its reader was stopped, what was still being read is marked as not checked."""
    found: dict[str, Read] = {enclosure.file.path: Read(enclosure.file)}
    done: set[str] = set()
    for answer in opener.open(enclosure.file, enclosure.content, words, budget):
        if isinstance(answer, Read):
            found[answer.file.path] = answer
            done.add(answer.file.path)
        elif answer.stopped:
            why = _STOPPED[answer.stopped]
            found = {path: _stopped(read, path in done, why) for path, read in found.items()}
    return list(found.values())


def _stopped(read: Read, was_read: bool, why: tuple[str, str]) -> Read:
    if was_read and read.file.state is State.RAN:
        return read
    return Read(_failed(read.file, State.PERMERROR, why), read.links, read.markup)


def _failed(file: File, state: State, why: tuple[str, str]) -> File:
    return replace(file, state=state, reason=why[0], reason_ja=why[1])


def _understood(read: Read, budget: Budget) -> tuple[File, list[Url], list[Body]]:
    file = read.file
    pages = [html.read(markup, budget, f"file {file.path}") for markup in read.markup]
    text = "\n".join((file.text, *(page.text for page in pages))).strip()
    if not (text or read.links or pages):
        return file, [], []
    found = links.collect([(file.path, file.text)], [(file.path, page) for page in pages], "", budget, read.links)
    texts = [Body(file.path, "text", file.text, shown=False, attached=True)] if file.text else []
    texts.extend(
        Body(
            file.path,
            "html",
            page.text,
            page.hidden,
            images=page.images,
            forms=page.forms,
            has_script=page.has_script,
            shown=False,
            attached=True,
            title=page.title,
        )
        for page in pages
    )
    return replace(file, text=text[:2_000]), [replace(url, file=file.path) for url in found], texts
