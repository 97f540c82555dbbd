"""Which fields a signature covers (RFC 6376 section 5.4.2), and which of those that a reader goes by it does not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import msgspec

from sabaki.model.message import Field
from sabaki.protocols import canonical

_VISIBLE = (
    "from sender reply-to to cc subject date message-id mime-version content-type content-transfer-encoding".split()
)
"""What a reader sees or a program acts on, in the order in which it is told; "list-" fields come on top."""
_SINGLE = frozenset((*_VISIBLE, "bcc", "in-reply-to", "references"))
"""Fields that stand in a mail at most once (RFC 5322 section 3.6, RFC 2045)."""
_OFTEN_ADDED = ("from", "subject")
_LOOKED_AT = 4_000
_ADDRESS = re.compile(r"([A-Za-z0-9._+-]{3,64})@([A-Za-z0-9-]{3,63})\.[A-Za-z0-9.-]{2,200}")
_RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to")


class Coverage(msgspec.Struct, frozen=True):
    """`covers` are the indexes of the signed fields in the order of `h`, `names` their names, each once.

    `uncovered` are names of visible fields of which an instance is not signed, unless the same text is. `duplicates` are those
    of them that may stand only once and of which another instance is signed: which one is shown is left to the program.
    `addable` are names of which one more could be put in without the signature breaking.
    """

    covers: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    addable: tuple[str, ...] = ()


class Header:
    """The fields of a message, by name, and their octets."""

    def __init__(self, raw: bytes, fields: Iterable[Field]) -> None:
        self._raw = raw
        self.fields = tuple(fields)
        self._by_name: dict[str, list[int]] = {}
        for place, field in enumerate(self.fields):
            if field.key:
                self._by_name.setdefault(field.key, []).append(place)
        self._canonical: dict[tuple[int, str], bytes] = {}

    @property
    def is_regular(self) -> bool:
        """Whether all of it is fields with line ends between them.

        Strict programs end the header at any other line, and show it and what follows as text; a bare CR ends a line for some.
        """
        ends = [field.location.end for field in self.fields]
        starts = [field.location.start for field in self.fields[1:]]
        gaps = {self._raw[end:start] for end, start in zip(ends, starts, strict=False)}
        return gaps <= {b"\r\n", b"\n"} and all(field.key for field in self.fields)

    def octets(self, place: int) -> bytes:
        """A field as it stands in the mail, without its line end."""
        location = self.fields[place].location
        return self._raw[location.start : location.end]

    def canonical(self, place: int, how: str) -> bytes:
        """A field as it is signed."""
        key = place, how
        if key not in self._canonical:
            self._canonical[key] = canonical.field(self.octets(place), how)
        return self._canonical[key]

    def choose(self, names: Iterable[str], own: int) -> list[int]:
        """The places of the fields that `h` names: of each name the lowest first; never the signature at `own` itself."""
        left = Counter[str]()
        chosen: list[int] = []
        for name in names:
            places = self._by_name.get(name, ())
            taken = left[name]
            if taken < len(places) and places[-1 - taken] == own:
                taken += 1
            if taken < len(places):
                chosen.append(places[-1 - taken])
            left[name] = taken + 1
        return chosen

    def coverage(self, names: Iterable[str], own: int) -> Coverage:
        """What a signature at `own` with these names covers."""
        listed = tuple(names)
        chosen = self.choose(listed, own)
        signed = frozenset(chosen)
        uncovered = tuple(name for name in self._visible() if not self._is_covered(name, signed))
        wanted = Counter(listed)
        return Coverage(
            tuple(self.fields[place].index for place in chosen),
            tuple(dict.fromkeys(self.fields[place].key for place in chosen)),
            uncovered,
            tuple(name for name in uncovered if name in _SINGLE and not signed.isdisjoint(self._by_name[name])),
            tuple(name for name in _OFTEN_ADDED if wanted[name] <= len(self._by_name.get(name, ()))),
        )

    def _visible(self) -> list[str]:
        lists = sorted(name for name in self._by_name if name.startswith("list-"))
        return [name for name in (*_VISIBLE, *lists) if name in self._by_name]

    def _is_covered(self, name: str, signed: frozenset[int]) -> bool:
        places = self._by_name[name]
        unsigned = [place for place in places if place not in signed]
        if not unsigned or len(unsigned) == len(places):
            return not unsigned
        # The same text twice shows nothing that is not signed.
        texts = {self.canonical(place, canonical.RELAXED) for place in places if place in signed}
        return all(self.canonical(place, canonical.RELAXED) in texts for place in unsigned)

    def names_recipient(self, selector: str) -> bool:
        """Whether a selector is made for one recipient: then who owns the domain sees in the DNS that this mail is looked at."""
        wanted = selector.lower()
        places = [place for name in _RECIPIENTS for place in self._by_name.get(name, ())[:4]]
        texts = (self.fields[place].value[:_LOOKED_AT].lower() for place in places)
        return any(
            local in wanted and host in wanted and len(wanted) > len(local)
            for text in texts
            for local, host in _ADDRESS.findall(text)
        )
