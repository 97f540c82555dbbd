"""A question to the DNS and what came back, kept so that the same report can be made again without asking."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Answer(StrEnum):
    """How a question ended. Only ANSWER, NODATA and NXDOMAIN say something about the name; the rest is not known."""

    ANSWER = "answer"
    NODATA = "nodata"
    """The name exists and has no record of that type."""
    NXDOMAIN = "nxdomain"
    """The name does not exist."""
    TEMPERROR = "temperror"
    """Asked, and no usable answer came: time-out, SERVFAIL, REFUSED."""
    NOT_ASKED = "not_asked"
    """Not asked: offline, over the budget, or not in the recording."""


class Lookup(msgspec.Struct, frozen=True, omit_defaults=True):
    """One question (RFC 1034) and its answer.

    `name` is lower case, A-labels, without the final dot; `type` is "TXT", "A", "AAAA", "MX", "PTR", "NS" or "CNAME".
    `records` are in the presentation form: addresses, names without the final dot, MX as "10 mx.example.jp"; a TXT record is
    its strings joined, one character a byte (Latin-1). `ttl` is in seconds. `asked_at` is RFC 3339, `server` who answered.
    `detail` says why there is no answer. `canonical_name` is where a CNAME led, "" where there was none.
    """

    name: str
    type: str
    status: Answer
    records: tuple[str, ...] = ()
    ttl: int | None = None
    asked_at: str | None = None
    server: str = ""
    detail: str = ""
    canonical_name: str = ""

    @property
    def known(self) -> bool:
        """Whether the DNS has spoken: an answer, or that there is none."""
        return self.status in (Answer.ANSWER, Answer.NODATA, Answer.NXDOMAIN)
