"""What the reader of a format is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from sabaki.mail.limits import Budget, Limits
from sabaki.model.file import Link, Trait
from sabaki.model.finding import State


class Asked(msgspec.Struct, frozen=True):
    """What is known of a file before it is opened.

    `name` is hostile text, `declared` the media type stated for it. `passwords` are words of the mail that may open
    it, the likeliest first. `budget` is shared by all files of a mail. `tell` takes what was read so far, for a reader
    that goes on to something that may not come back.
    """

    name: str = ""
    declared: str = ""
    passwords: tuple[str, ...] = ()
    budget: Budget = msgspec.field(default_factory=Budget)
    tell: Callable[[Opened], None] = lambda _: None

    @property
    def limits(self) -> Limits:
        """The limits behind the budget."""
        return self.budget.limits


class Child(msgspec.Struct, frozen=True):
    """A file inside a file. `content` is None where it could not be had; `size` is what the container states then."""

    name: str
    content: bytes | None = None
    size: int | None = None
    declared: str = ""
    locked: bool = False
    traits: tuple[Trait, ...] = ()


class Opened(msgspec.Struct):
    """What one reader found in one file. Mutable while it is filled; never raised out of: a reader returns what it has.

    `kind` refines what the first look said ("docm" for a "docx" with macros), "" leaves it. `text` is what a person
    reads in it, `markup` HTML bodies found inside (a message's, an RTF's) that are read like the mail's own.
    `children` are the files inside. `state`, `reason`, `reason_ja`: see `File`; a damaged file is "ran" with the
    trait "damaged", what its reader could not do at all is "permerror" or "skipped" with the reason.
    """

    kind: str = ""
    title: str = ""
    text: str = ""
    markup: list[str] = msgspec.field(default_factory=list)
    traits: list[Trait] = msgspec.field(default_factory=list)
    links: list[Link] = msgspec.field(default_factory=list)
    children: list[Child] = msgspec.field(default_factory=list)
    locked: bool = False
    password: str = ""
    state: State = State.RAN
    reason: str = ""
    reason_ja: str = ""

    def note(self, id: str, detail: str = "") -> None:
        """Note a trait, each pair once."""
        trait = Trait(id, detail[:500])
        if trait not in self.traits and len(self.traits) < 200:
            self.traits.append(trait)

    def link(self, raw: str, source: str, text: str = "", *, clickable: bool = True) -> None:
        """Note a link, as far as it can be one."""
        if raw.strip() and len(self.links) < 2_000:
            self.links.append(Link(raw[:8_192], source, text[:500], clickable))
