"""What has changed between two times that the world was asked: answers that are new, gone, or say something else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from sabaki.model.finding import State
from sabaki.model.knowledge import Knowledge, Subject

_PASSING = frozenset({"lookups", "text", "type", "database_date", "list_date", "last_seen"})
"""What differs from day to day and says nothing of the subject."""
_LONGEST = 300


class Change(msgspec.Struct, frozen=True):
    """One thing that is not as it was. `field` is what changed ("registration.status", "names.addresses"); `kind` is "new" (asked for
    the first time, or answered at last), "changed", "lost" (it was answered and is not any more: not known, which is never clean).
    """

    source: str
    subject: Subject
    kind: str
    field: str = ""
    before: str = ""
    after: str = ""


def between(before: tuple[Knowledge, ...], after: tuple[Knowledge, ...]) -> tuple[Change, ...]:
    """What changed, by source and subject."""
    old = {(each.source, each.subject): each for each in before}
    new = {(each.source, each.subject): each for each in after}
    return tuple(change for key in sorted({*old, *new}) for change in _of_answer(*key, old.get(key), new.get(key)))


def _of_answer(source: str, subject: Subject, old: Knowledge | None, new: Knowledge | None) -> Iterator[Change]:
    was, now = _answered(old), _answered(new)
    if not was and not now:
        return
    if not now:
        reason = new.reason if new is not None else "not asked"
        yield Change(source, subject, "lost", after=reason[:_LONGEST])
        return
    told = _facts(new)
    known = _facts(old) if was else {}
    for field in dict.fromkeys([*known, *told]):
        if known.get(field, "") != told.get(field, ""):
            yield Change(source, subject, "changed" if was else "new", field, known.get(field, ""), told.get(field, ""))


def _answered(known: Knowledge | None) -> bool:
    return known is not None and known.state is State.RAN


def _facts(known: Knowledge | None) -> dict[str, str]:
    """What an answer says, each field as text. Several answers of one kind are told apart by what they are called."""
    found: dict[str, str] = {}
    for each in known.known if known is not None else ():
        name = type(each).__name__.lower()
        list_ = getattr(each, "list", "")
        for field, value in msgspec.to_builtins(each).items():
            if field not in _PASSING and value not in (None, "", (), [], False):
                found[f"{name}.{list_ + '.' if list_ else ''}{field}"] = _plain(value)[:_LONGEST]
    return found


def _plain(value: Any) -> str:
    """In an order of its own where the answer's means nothing: servers turn their addresses round."""
    if isinstance(value, list | tuple):
        return ", ".join(sorted(_plain(each) for each in value))
    if isinstance(value, dict):
        return " ".join(f"{key}={_plain(each)}" for key, each in value.items() if each)
    return str(value)
