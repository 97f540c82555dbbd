"""What the world said, as much of it as is told, and the words for who said it and when."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

from sabaki.facts import known
from sabaki.model.case import Case
from sabaki.model.knowledge import Certificates, Knowledge, Listing, Names, Network, Place, Registration
from sabaki.render import words
from sabaki.render.voice import Voice, cut

MOST = 8
"""How many addresses, domains or links of one kind are told of."""
_Item = TypeVar("_Item", Names, Registration, Place, Network, Listing, Certificates)


def about(
    knowledge: tuple[Knowledge, ...], kind: str, value: str, type: type[_Item]
) -> Iterator[tuple[Knowledge, _Item]]:
    """The answers of one type about one subject, the first `MOST` of them."""
    return islice(known.about(knowledge, kind, value, type), MOST)


def senders(case: Case) -> tuple[str, ...]:
    """The addresses that the mail came from: the one that a server saw, then those that fields name."""
    return known.senders(case)[:MOST]


def hosts(case: Case) -> tuple[str, ...]:
    """The hosts that the links lead to, names or addresses, each once, the reader's own left out."""
    return known.hosts(case, MOST)


def domains(case: Case) -> dict[str, tuple[str, ...]]:
    """The registrable domains that matter, the most telling first, with their parts: "link", "account", "named"."""
    return dict(islice(known.domains(case, MOST).items(), MOST))


def addresses(knowledge: tuple[Knowledge, ...], host: str) -> tuple[str, ...]:
    """The addresses of a host as the DNS gave them; of an address, itself."""
    return known.addresses(knowledge, host)[:MOST]


def when(date: str | None) -> str:
    """A time as people read it, to the second."""
    if date is None:
        return ""
    moment = known.moment_of(date)
    return (
        words.when(cut(date, 40)).strip()
        if moment is None or "T" not in date
        else moment.strftime("%Y-%m-%d %H:%M:%S UTC")
    )


def credit(voice: Voice, piece: Knowledge, who: str = "") -> str:
    """Who said it and when: "RDAP (rdap.example), 2026-11-24 10:00:00 UTC"; `who` is the server or the database that the answer names."""
    name, who, at = words.source(piece.source, voice.lang), cut(who, 100), when(piece.obtained_at)
    named = voice.say(f"{name} ({who})", f"{name}（{who}）") if who else name
    kept = voice.say(", kept from then", "（その時点の回答を保存したもの）") if piece.cached and at else ""
    return voice.say(", ", "、").join(text for text in (named, at) if text) + kept
