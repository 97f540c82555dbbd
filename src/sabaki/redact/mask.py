"""Masking: every string of a report with the victim's identifiers taken out, in whatever encoding they stand.

A string is read as a person or a program would read it (escapes undone, invisible characters gone, case and lookalikes
folded), with a map back to the places in the original; what is found there is masked here. What is packed in a run of
base64, base32, hexadecimal or character codes is unpacked, up to three layers deep, and the run masked if it carries
an identifier. Everything is linear in the length of the text. What this cannot foresee is found by redact.scan, which shares
nothing with it and refuses to publish.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

import msgspec

from sabaki.model.case import Hop
from sabaki.model.knowledge import Subject
from sabaki.model.message import Field
from sabaki.model.observable import EmailAddr
from sabaki.model.report import Report
from sabaki.redact.identifiers import Identifiers, of
from sabaki.redact.needles import WORD, Needles
from sabaki.redact.unfold import views
from sabaki.redact.unpack import runs

_OURS = frozenset("finding because step not_checked schema_version kind source basis".split())
"""Fields whose strings are words of ours and hold nothing of the mail."""
_CONTINUED = re.compile(r'"?[ \t]{0,8};[ \t]{0,8}[\w-]{1,30}\*[0-9]{1,3}\*?="?')
_DEPTH = 3
_ROUNDS = 12
"""More than any text needs: a round ends a view, and what one leaves the next finds."""


class Masker:
    """Masks strings. Built once for a set of identifiers."""

    def __init__(self, identifiers: Identifiers) -> None:
        """Prepare for a set of identifiers."""
        self._needles = Needles(identifiers)
        self._seen: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        """The text without the victim. The length of a mask says nothing about what it covers."""
        masked = self._seen.get(text)
        if masked is None:
            masked = self._seen[text] = self._masked(text)
        return masked

    def _masked(self, text: str) -> str:
        if len(text) < self._needles.shortest:
            return text
        for _ in range(_ROUNDS):
            spans = self._spans(text)
            if not spans:
                break
            text = _replaced(text, spans)
        return text

    def _spans(self, text: str) -> list[tuple[int, int, str]]:
        """What the first telling view shows, and where nothing shows, the runs that carry something."""
        for view in views(text):
            spans = [(*view.source(start, end), mask) for start, end, mask in self._needles.find(view.text)]
            if spans:
                return spans
        return [(start, end, WORD) for start, end in self._carriers(text)]

    def _carriers(self, text: str) -> list[tuple[int, int]]:
        """The runs that carry an identifier; of one inside another only the inner, the next round sees to the rest."""
        found: list[tuple[int, int]] = []
        for run in sorted(runs(text), key=lambda run: (run.start, -run.end)):
            if any(self._carries(unpacked, _DEPTH - 1) for unpacked in run.unpacked):
                while found and found[-1][1] >= run.end:
                    found.pop()
                found.append((run.start, run.end))
        return found

    def _carries(self, text: str, depth: int) -> bool:
        if any(next(iter(self._needles.find(view.text)), None) for view in views(text)):
            return True
        # What comes out garbled carries no further layer.
        return (
            depth > 0
            and text.isprintable()
            and any(self._carries(unpacked, depth - 1) for run in runs(text) for unpacked in run.unpacked)
        )


def _replaced(text: str, spans: list[tuple[int, int, str]]) -> str:
    pieces, at = [], 0
    for start, end, mask in spans:
        if start >= at:
            pieces += [text[at:start], mask]
            at = end
    return "".join([*pieces, text[at:]]) if pieces else text


def redact(report: Report) -> Report:
    """The report with the victim masked in every string that comes from the mail, from the reader or from those who were asked.

    What was said about the victim's own servers is left out as a whole: a place or a holder tells who it is without naming it.
    """
    victim = of(report)
    told = tuple(piece for piece in report.knowledge if not _is_victims(piece.subject, victim))
    masked: Report = _walk(msgspec.structs.replace(report, knowledge=told), Masker(victim), "")
    return msgspec.structs.replace(masked, source=msgspec.structs.replace(masked.source, sha256=report.source.sha256))


def _is_victims(subject: Subject, victim: Identifiers) -> bool:
    """Whether something is the victim's own; the own name as bait in somebody else's is not."""
    value = subject.value.lower()
    name = (_host(value) if subject.kind == "url" else value.rpartition("@")[2]).strip("[].")
    if value in victim.addresses or name in victim.ips or name in victim.organizations:
        return True
    return any(_under(name, domain) for domain in victim.domains)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _under(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")


def _walk(value: Any, mask: Masker, key: str) -> Any:
    """A value without the victim. A word of an enumeration, a number or a date is none of the victim's."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return value if key in _OURS else mask(value)
    if isinstance(value, tuple):
        return tuple(_walk(item, mask, key) for item in value)
    if isinstance(value, dict):  # a table of texts may be the mail's, its keys as well, whatever they are called
        return {mask(name) if isinstance(item, str) else name: _walk(item, mask, "") for name, item in value.items()}
    if not isinstance(value, msgspec.Struct):
        return value
    if isinstance(value, EmailAddr):
        return _mailbox(value, mask, recipient=key in ("to", "cc", "delivered_to"))
    if isinstance(value, Field):
        return _field(value, mask)
    return _struct(value, mask)


def _struct(value: msgspec.Struct, mask: Masker) -> Any:
    """Every field masked. A hop's id is its server's; every other id is a rule of ours."""
    kept = () if isinstance(value, Hop) else ("id",)
    fields = {name: getattr(value, name) for name in value.__struct_fields__}
    return type(value)(**{name: item if name in kept else _walk(item, mask, name) for name, item in fields.items()})


def _mailbox(box: EmailAddr, mask: Masker, *, recipient: bool) -> EmailAddr:
    """A mailbox: its parts go with the whole, and a recipient's name goes whatever it is."""
    masked: EmailAddr = _struct(box, mask)
    if masked.address == box.address:
        return masked
    name = WORD if recipient and box.display_name else masked.display_name
    return msgspec.structs.replace(masked, local=WORD, display_name=name)


def _field(field: Field, mask: Masker) -> Field:
    """A header field: where masking touched its value, what was coded or 8-bit in the raw one goes with it."""
    masked: Field = _struct(field, mask)
    raw = field.raw_value
    if masked.value != field.value and ("=?" in raw or not raw.isascii() or "\x1b" in raw):
        masked = msgspec.structs.replace(masked, raw_value=masked.value)
    joined = _CONTINUED.sub("", raw)  # RFC 2231 section 3 cuts a parameter wherever it likes
    if joined != raw and mask(joined) != joined:
        masked = msgspec.structs.replace(masked, value=mask(joined), raw_value=mask(joined))
    return masked
