"""Signs of forgery in the hops below the trust line: what honest servers do not write.

Looked for only where the sender could have written: below the lowest attested hop, or everywhere where no line can be drawn.
A sign speaks of a field, never of a person, and a hop without one is still no more than a claim.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from sabaki.facts import cite, hopforms, hopnames, hoptimes, queueids
from sabaki.facts.signwords import SIGNS, Matter
from sabaki.mail import dates
from sabaki.model.case import Hop, Sign, Trust
from sabaki.model.evidence import Evidence
from sabaki.model.message import Message

_WRITTEN_BY_THE_SENDER = frozenset({"from", "subject"})
_UNIQUE_IDS = ("(Postfix)", "(Exim ", "(8.")
"""Software whose ids no other server gives again."""
_LONGEST = 120
"""Characters of a sign's detail that are kept: the rest is in the field."""
_MOST = 200
"""Hops that are looked at; more than a hundred already means a loop (RFC 5321 section 6.3)."""


def mark(hops: tuple[Hop, ...], message: Message) -> tuple[Hop, ...]:
    """Note on each hop below the line what does not fit in it or with its neighbours."""
    lowest = max((hop.index for hop in hops if hop.trust is not Trust.CLAIMED), default=-1)
    received = hops[max(lowest, 0)].date if hops else None
    sent = _date(message)
    marked = list(hops)
    for place in range(lowest + 1, min(len(hops), lowest + 1 + _MOST)):
        found = [*_alone(hops[place], sent, received), *_among(hops, place, received)]
        found += _out_of_place(hops[place], message) if place else ()
        if found:
            marked[place] = replace(hops[place], signs=tuple(dict.fromkeys(_bounded(sign) for sign in found)))
    return tuple(marked)


def _bounded(sign: Sign) -> Sign:
    return sign if len(sign.detail) <= _LONGEST else replace(sign, detail=f"{sign.detail[:_LONGEST]}…")


def _date(message: Message) -> str | None:
    field = message.first("date")
    return dates.parse(field.value) if field else None


def _alone(hop: Hop, sent: str | None, received: str | None) -> Iterator[Sign]:
    yield from hoptimes.signs(hop)
    yield from hoptimes.future(hop, sent, received)
    yield from hoptimes.before_date(hop, sent, received)
    yield from queueids.signs(hop)
    yield from hopforms.signs(hop)
    yield from hopnames.signs(hop)


def _among(hops: tuple[Hop, ...], place: int, received: str | None) -> Iterator[Sign]:
    """What does not fit with the hops above."""
    if not place:
        return
    hop, above = hops[place], hops[place - 1]
    yield from hoptimes.backwards(hop, above, received)
    yield from hopnames.broken(hop, above)
    for other in hops[max(0, place - _MOST) : place]:
        if hop.text == other.text:
            yield Sign("copied")
        elif hop.id and hop.id == other.id and hop.by != other.by and _is_unique(hop) and _is_unique(other):
            yield Sign("id_reused", hop.id, strong=True)


def _is_unique(hop: Hop) -> bool:
    return len(hop.id) >= 8 and any(software in hop.text for software in _UNIQUE_IDS)


def _out_of_place(hop: Hop, message: Message) -> Iterator[Sign]:
    """A server puts its field above all that it got; one that stands below what the sender's program wrote came with it."""
    at = hop.location.field
    above = next((field.name for field in message.fields[:at] if field.key in _WRITTEN_BY_THE_SENDER), None)
    if at is not None and above:
        yield Sign("out_of_place", above)


def strong(hops: tuple[Hop, ...], matter: Matter) -> list[tuple[Hop, Sign]]:
    """The strong signs about one matter with their hops, from the top; each id once."""
    found: dict[str, tuple[Hop, Sign]] = {}
    for hop in hops:
        for sign in hop.signs:
            if sign.strong and SIGNS[sign.id].matter is matter:
                found.setdefault(sign.id, (hop, sign))
    return list(found.values())


def told(hops: tuple[Hop, ...], matter: Matter) -> tuple[str, str, tuple[Evidence, ...]] | None:
    """The strong signs about one matter as a sentence in both languages, with the hops that bear them; None where there are none."""
    found = strong(hops, matter)
    if not found:
        return None
    sign = found[0][1]
    return (
        f"a Received field below the trust line {SIGNS[sign.id].en}: {sign.detail}",
        f"信頼線より下のReceivedに作り物とみられる行があります（{SIGNS[sign.id].ja}: {sign.detail}）",
        tuple(dict.fromkeys(cite.hop(hop) for hop, _ in found)),
    )


def together(hops: tuple[Hop, ...]) -> list[tuple[Hop, Sign]]:
    """Signs none of which is strong, where they add up: two that weigh something, or one and two faint ones.

    They must be about different matters: a peer that lies shows it in its greeting and in its name, and whoever noted that
    down told the truth.
    """
    found: dict[str, tuple[Hop, Sign]] = {}
    for hop in hops:
        for sign in hop.signs:
            if sign.strong:
                return []
            found.setdefault(sign.id, (hop, sign))
    meanings = [SIGNS[id] for id in found]
    weight = sum(1 if meaning.faint else 2 for meaning in meanings)
    return list(found.values()) if weight >= 4 and len({meaning.matter for meaning in meanings}) > 1 else []
