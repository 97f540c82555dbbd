"""The files that came with a mail, those inside them included, and what was read out of each."""

from __future__ import annotations

import msgspec

from sabaki.model.finding import State


class Trait(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something noteworthy in a file. `id` is stable ("macro", "launch"); `detail` is the piece that shows it."""

    id: str
    detail: str = ""


class Link(msgspec.Struct, frozen=True, omit_defaults=True):
    """A link as it stands in a file. `source` says in what ("pdf:link", "qr", "office:relationship").

    `clickable` is whether opening the file and clicking (or scanning) follows it.
    """

    raw: str
    source: str
    text: str = ""
    clickable: bool = True


class File(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file that came with the mail, or inside one that did. Never opened by a program that would run it.

    `path` is the MIME part's path, followed by "/" and a number for each archive or document that it stands in:
    "2" is an attachment, "2/1" the first file inside it. `inside` is the path of what holds it ("" for an attachment
    itself), `part` the MIME part. `name` is as written there: data, never a path. `declared` is the media type that
    the mail (or the archive) states; `kind` what the content shows ("pdf", "exe", "docm", "zip", "text", "unknown"),
    `family` what that is good for ("program", "script", "shortcut", "disk", "archive", "document", "page", "picture",
    "mail", "calendar", "media", "text", "signature", "other"). Hashes are hexadecimal, of the content.
    `size` is in bytes; None, and no hashes, where the content could not be had (a locked archive's member).
    `locked` is whether a password protects it; `password` the one out of the mail that opened it.
    `state` is how reading it ended and `reason` why it was not read whole; anything but "ran" means: not checked.
    """

    path: str
    part: str
    name: str = ""
    inside: str = ""
    declared: str = ""
    kind: str = "unknown"
    family: str = "other"
    size: int | None = None
    sha256: str = ""
    sha1: str = ""
    md5: str = ""
    locked: bool = False
    password: str = ""
    traits: tuple[Trait, ...] = ()
    title: str = ""
    text: str = ""
    state: State = State.RAN
    reason: str = ""
    reason_ja: str = ""

    def trait(self, id: str) -> Trait | None:
        """The first trait of that id, or None."""
        return next((trait for trait in self.traits if trait.id == id), None)
