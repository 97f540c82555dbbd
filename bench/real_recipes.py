"""What a recipe for a real file is: how it is made, and what Sabaki must say of it."""

from __future__ import annotations

import mailbox
import zlib
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import msgspec

File = tuple[str, bytes]
"""Name and content."""


class Made(msgspec.Struct, frozen=True):
    """A file (or directory) to dissect, and what made it."""

    path: Path
    by: str


class Wanted(msgspec.Struct, frozen=True):
    """What must come back.

    `kinds`, `traits`, `findings` and `hosts` must be among those found ("attachment/" may be left out of a finding's
    id). `holders` are those of each mail, outermost first; `mails` how many come out; `subject` that of the first.
    `password` opened a file, `text` stands in a text or file. `without` are findings that would be wrong; `harmless`:
    no finding about the files that weighs. `unread`: some file stays shut; else every file must have been read.
    """

    kinds: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    holders: tuple[str, ...] | None = None
    mails: int = 1
    subject: str = ""
    password: str = ""
    text: str = ""
    without: tuple[str, ...] = ()
    harmless: bool = False
    unread: bool = False


class Recipe(msgspec.Struct, frozen=True):
    """A kind of file, how to make one in a folder, and what must come back."""

    kind: str
    make: Callable[[Path], Made]
    wanted: Wanted


RECIPES: list[Recipe] = []


def recipe(
    kind: str,
    *,
    kinds: str = "",
    traits: str = "",
    findings: str = "",
    hosts: str = "",
    holders: str | None = None,
    mails: int = 1,
    subject: str = "",
    password: str = "",
    text: str = "",
    without: str = "",
    harmless: bool = False,
    unread: bool = False,
) -> Callable[[Callable[[Path], Made]], Callable[[Path], Made]]:
    """Enter a recipe, with its expectation; several words are several things."""
    wanted = Wanted(
        tuple(kinds.split()),
        tuple(traits.split()),
        _ids(findings),
        tuple(hosts.split()),
        None if holders is None else tuple(holders.split()),
        mails,
        subject,
        password,
        text,
        _ids(without),
        harmless,
        unread,
    )

    def enter(make: Callable[[Path], Made]) -> Callable[[Path], Made]:
        RECIPES.append(Recipe(kind, make, wanted))
        return make

    return enter


def _ids(words: str) -> tuple[str, ...]:
    return tuple(word if "/" in word else f"attachment/{word}" for word in words.split())


def letter(
    subject: str = "The papers",
    text: str = "Please see the attached file.\n",
    *files: File,
    html: str = "",
    author: str = "Sato <sato@supplier.example>",
    to: str = "Suzuki <suzuki@jimusho.example>",
) -> EmailMessage:
    """A mail with files attached, by Python's email package."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = author, to, subject
    message["Date"] = "Tue, 10 Nov 2026 09:00:00 +0900"
    message["Message-ID"] = f"<{zlib.crc32(subject.encode())}@{author.rpartition('@')[2].rstrip('>')}>"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


LURE = letter(
    "Your mailbox is full",
    "Your mailbox is almost full. Sign in to keep your messages: https://lure.example/login\n",
    author="Mail support <support@lure.example>",
)
"""A mail to put into containers."""


def sent(folder: Path, by: str, *files: File, text: str = "Please see the attached file.\n", html: str = "") -> Made:
    """A mail that carries these files, written into the folder."""
    path = folder / "mail.eml"
    path.write_bytes(letter("The papers", text, *files, html=html).as_bytes())
    return Made(path, by)


def mails_in(folder: Path, count: int) -> Sequence[Path]:
    """As many mails, each a file."""
    paths = []
    for number in range(1, count + 1):
        path = folder / f"lure{number}.eml"
        path.write_bytes(LURE.as_bytes().replace(b"lure.example/login", f"lure.example/login{number}".encode()))
        paths.append(path)
    return paths


def kept(box: mailbox.Mailbox[mailbox.Message], folder: Path, count: int) -> None:
    """Put as many mails into a mailbox."""
    for path in mails_in(folder, count):
        box.add(path.read_bytes())
    box.flush()
    box.close()
