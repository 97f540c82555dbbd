"""A domain was registered after the mail."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, known
from sabaki.facts.known import Age, Told
from sabaki.model.case import Case
from sabaki.model.finding import Severity
from sabaki.model.knowledge import Registration
from sabaki.registry import Hit, check

_FRESH = 30
_MOST = 4


@check(severity=Severity.INFO, weight=0, family="new", references=("RFC 9083 section 4.5",))
def newer_than_mail(case: Case) -> Iterator[Hit]:
    """A domain was registered after the mail came, or after the Date that it bears: whoever holds it now need not have held it then.

    Where only the mail's own Date says so, and the domain was less than 30 days old when it was asked about, the Date may be false.
    """
    seen: set[str] = set()
    for found in known.told(case, Registration, "domain"):
        age = known.age(case, found.by, found.item.created)
        if age and age.days < 0 and found.by.subject.value not in seen and len(seen) < _MOST:
            seen.add(found.by.subject.value)
            yield _backdated(age, found) if _is_backdated(age) else _later(age, found)


def _is_backdated(age: Age) -> bool:
    return age.basis == "dated" and age.asked is not None and age.asked < _FRESH


def _later(age: Age, found: Told[Registration]) -> Hit:
    return Hit(
        f"the domain {found.subject} was registered {-age.days} days after the mail",
        f"ドメイン {found.subject} は、メールより {-age.days} 日後に登録されています",
        age.grade,
        (cite.answer(found.by, f"registered {found.item.created or ''}", found.item.server),),
        "It has lapsed and been taken again since, or a date is false. What is there now says nothing of who held it then.",
        "一度失効して取り直されたか、日付のどちらかが偽りです。現在の登録者や内容から、当時の持ち主は分かりません。",
    )


def _backdated(age: Age, found: Told[Registration]) -> Hit:
    return Hit(
        f"the Date of the mail lies {-age.days} days before the domain {found.subject} was registered, which is itself new",
        f"メールの日付（Date）は、できたばかりのドメイン {found.subject} の登録より {-age.days} 日も前になっています",
        age.grade,
        (cite.answer(found.by, f"registered {found.item.created or ''}", found.item.server),),
        "A false Date hides how young a domain is. An old mail whose domain has just been taken again looks the same.",
        "日付を偽れば、ドメインの新しさを隠せます。ただし、古いメールのドメインが最近取り直された場合も同じ形になります。",
        severity=Severity.LOW,
        weight=8,
    )
