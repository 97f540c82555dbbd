"""What has changed between two times that the world was asked: answers that are new, gone, or say something else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from sabaki.facts.known import NOT_REGISTERED
from sabaki.model.finding import State
from sabaki.model.knowledge import (
    Certificates,
    Knowledge,
    Known,
    Listing,
    Names,
    Network,
    Place,
    Registration,
    Subject,
)

_FIELDS: dict[type[Known], tuple[str, ...]] = {
    Names: ("addresses", "canonical_name", "reverse_names", "confirmed_name"),
    Registration: (
        *("status", "holder", "holder_ja", "country", "region", "registrar", "created", "updated", "expires"),
        *("name_servers", "network", "network_name", "withheld", "abuse"),
    ),
    Place: ("city", "region", "country", "database_date"),
    Network: ("name", "asn", "prefix", "country", "uses", "database_date"),
    Listing: ("listed", "threats"),
    Certificates: ("total", "first_seen"),
}
"""What is compared. The rest differs from day to day and says nothing of the subject: how long an answer may be kept, when a list was
made, the last digits of a coordinate."""
_RECORDS = frozenset({"NS", "MX", "TXT"})
"""What the DNS has for a domain, which stands in the look-ups alone."""
_SETTLED = {True: "listed", False: "not listed", None: "not settled"}
_LONGEST = 300

Facts = dict[str, dict[str, str]]
"""What an answer says: the fields of each record, by what the record is called ("registration", "listing.NAME")."""


class Change(msgspec.Struct, frozen=True):
    """One thing that is not as it was.

    `kind` is "new" (it was not answered before), "changed", "gone" (the answer is that there is nothing any more) or "lost" (it was
    answered, and today it is not: that is not known, and never clean). `field` names what changed ("registration.status"), or the record
    that is new or gone ("registration"); `before` and `after` are at most 300 characters of what it said. Of a lost answer `after` is why.
    `source` is "" where the subject as a whole is not asked about any more: nothing leads there now.
    """

    source: str
    subject: Subject
    kind: str
    field: str = ""
    before: str = ""
    after: str = ""


def between(before: tuple[Knowledge, ...], after: tuple[Knowledge, ...]) -> tuple[Change, ...]:
    """What changed, by source and subject."""
    old = {(each.source, each.subject): each for each in before if each.state is State.RAN}
    new = {(each.source, each.subject): each for each in after}
    asked = {subject for _, subject in new}
    left = {subject for _, subject in old} - asked
    # Who registered something is one question, whoever answers it: RDAP today, WHOIS then.
    registered = {each.subject for each in after if any(isinstance(known, Registration) for known in each.known)}
    changes = [Change("", subject, "lost") for subject in sorted(left)]
    for key in sorted({*old, *new}, key=lambda key: (key[1], key[0])):
        source, subject = key
        if subject in left or (key in old and not _answered(new.get(key)) and _covered(old[key], registered)):
            continue
        changes += _of_answer(source, subject, old.get(key), new.get(key))
    return tuple(changes)


def _answered(known: Knowledge | None) -> bool:
    return known is not None and known.state is State.RAN


def _covered(old: Knowledge, registered: set[Subject]) -> bool:
    return old.subject in registered and any(isinstance(known, Registration) for known in old.known)


def _of_answer(source: str, subject: Subject, old: Knowledge | None, new: Knowledge | None) -> Iterator[Change]:
    if not _answered(new):
        if old is not None:
            yield Change(source, subject, "lost", after=(new.reason if new else "")[:_LONGEST])
        return
    was, now = _facts(old), _facts(new)
    for record in dict.fromkeys((*was, *now)):
        then, today = was.get(record, {}), now.get(record, {})
        if not then or not today:
            kind = "gone" if then else "new"
            if then or today:
                yield Change(source, subject, kind, record, _summary(then), _summary(today))
            continue
        for field in dict.fromkeys((*then, *today)):
            said, says = then.get(field, ""), today.get(field, "")
            if said != says:
                yield Change(source, subject, "changed", f"{record}.{field}", said[:_LONGEST], says[:_LONGEST])


def _facts(known: Knowledge | None) -> Facts:
    """What an answer says. Where two records are called alike, what either says counts."""
    found: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for each in known.known if known is not None else ():
        for field, text in _fields(each):
            found[_name(each)][field].add(text)
    return {
        record: {field: ", ".join(sorted(texts)) for field, texts in fields.items()} for record, fields in found.items()
    }


def _name(known: Known) -> str:
    """What a record is called; of those that a source may give several of, which one."""
    which = getattr(known, "list", "") if isinstance(known, Listing) else getattr(known, "database", "")
    return f"{type(known).__name__.lower()}{'.' if which else ''}{which}"


def _fields(known: Known) -> Iterator[tuple[str, str]]:
    if isinstance(known, Registration) and known.status == (NOT_REGISTERED,):
        return
    if isinstance(known, Names):
        for lookup in known.lookups:
            if lookup.type in _RECORDS and lookup.records:
                yield lookup.type, ", ".join(sorted(lookup.records))
    for field in _FIELDS[type(known)]:
        value = getattr(known, field)
        if field == "listed":
            yield field, _SETTLED[value]
        elif value:
            # In an order of its own: servers turn their addresses round.
            yield field, ", ".join(sorted(map(str, value))) if isinstance(value, tuple) else str(value)


def _summary(fields: dict[str, str]) -> str:
    return "; ".join(fields.values())[:_LONGEST]
