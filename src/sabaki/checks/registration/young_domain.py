"""A domain of the mail had been registered shortly before the mail came."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, known
from sabaki.facts.known import Age, Told
from sabaki.model.case import Case
from sabaki.model.finding import Severity
from sabaki.model.knowledge import Registration
from sabaki.registry import Hit, check

_FRESH, _YOUNG = 30, 180
_WEIGHTS = {"link": (20.0, 8.0), "named": (16.0, 6.0), "account": (8.0, 3.0)}
_WHAT = {
    "link": ("to which a link leads", "リンク先の"),
    "named": ("which the mail names as its sender's", "差出人として名乗っている"),
    "account": ("whose account sent the mail", "送信に使われたアカウントの"),
}
_MOST = 4


@check(severity=Severity.MEDIUM, weight=20, family="new", references=("RFC 9083 section 4.5",))
def young_domain(case: Case) -> Iterator[Hit]:
    """A domain was registered less than 30 days (strong) or 180 days (weak) before the mail came: that of a link, of the sender, or
    of the account. Counted to the mail's arrival; where no server tells it, to the mail's own Date or to the question."""
    youngest: dict[str, tuple[Age, Told[Registration]]] = {}
    for found in known.told(case, Registration, "domain"):
        age = known.age(case, found.by, found.item.created)
        held = youngest.get(found.by.subject.value)
        # Where two answers differ, the younger: an old date costs a liar nothing.
        if age and 0 <= age.days < _YOUNG and (held is None or age.days < held[0].days):
            youngest[found.by.subject.value] = age, found
    for age, found in sorted(youngest.values(), key=lambda each: (each[0].days, each[1].subject))[:_MOST]:
        yield _hit(age, found)


def _hit(age: Age, found: Told[Registration]) -> Hit:
    what, what_ja = _WHAT[found.parts[0]]
    until, until_ja = age.words
    fresh = age.days < _FRESH
    return Hit(
        f"the domain {found.subject}, {what}, was only {age.days} days old {until}",
        f"{what_ja}ドメイン {found.subject} は、{until_ja}で登録から {age.days} 日しか経っていません",
        age.grade,
        (cite.answer(found.by, f"registered {found.item.created or ''}", found.item.server),),
        "Names for fraud are often used within days. New companies, campaigns and events have young names too.",
        "詐欺には取得したばかりのドメインがよく使われます。ただし、新しい会社、催し、キャンペーンのドメインも同じように新しいものです。",
        severity=Severity.MEDIUM if fresh else Severity.LOW,
        weight=_WEIGHTS[found.parts[0]][0 if fresh else 1],
    )
