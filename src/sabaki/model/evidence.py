"""Evidence: what was seen, where, and who vouches for it."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Grade(StrEnum):
    """Who vouches for a statement. Shown beside every sentence that rests on it."""

    VERIFIED = "V"
    """We checked it ourselves: cryptography, or our own observation of the bytes."""
    ATTESTED = "A"
    """Written by a server that the reader has named as trusted, above the trust line."""
    THIRD_PARTY = "T"
    """Someone else says so."""
    INFERRED = "I"
    """A rule of ours concludes it; the rule is named."""
    SELF_DECLARED = "S"
    """The sender wrote it and could have written anything."""


class Location(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place in the raw message.

    `start` and `end` are byte offsets into the raw bytes, `raw[start:end]`. `part` is the MIME
    part's path in IMAP's numbering (RFC 3501 section 6.4.5: "1", "2.1"); the message itself is "".
    `field` is the index of the header field within that part, counted from the top, from 0.
    """

    start: int
    end: int
    part: str = ""
    field: int | None = None


class Provenance(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a piece of evidence came to us.

    `producer` is our module ("mail.received"), `method` the rule or dialect that it applied.
    `obtained_at` is an RFC 3339 time for anything that was not in the message itself.
    """

    producer: str
    method: str = ""
    location: Location | None = None
    obtained_at: str | None = None
    derived_from: tuple[str, ...] = ()


class Evidence(msgspec.Struct, frozen=True):
    """One thing that we saw: its kind ("field", "hop", "url", "text"), its value, its grade, its origin."""

    kind: str
    value: str
    grade: Grade
    provenance: Provenance
