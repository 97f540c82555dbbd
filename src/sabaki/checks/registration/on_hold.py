"""A domain of the mail has been taken out of service."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, known
from sabaki.facts.known import Told
from sabaki.model.case import Case
from sabaki.model.finding import Severity
from sabaki.model.knowledge import Registration
from sabaki.registry import Hit, check

_HELD = {
    "serverhold": ("the registry holds it back", "登録機関（レジストリ）により停止"),
    "clienthold": ("the registrar holds it back", "登録業者（レジストラー）により停止"),
    "suspended": ("it is suspended", "停止"),
    "redemptionperiod": ("it was deleted and can still be restored", "削除済み（復旧可能な期間内）"),
    "pendingdelete": ("it is about to be deleted", "まもなく抹消"),
}
"""Status words of EPP and RDAP without their spaces and capitals."""
_SOON = 60
_MOST = 4
_LONGEST = 200


@check(severity=Severity.INFO, weight=0, references=("RFC 5731 section 2.3", "RFC 8056"))
def on_hold(case: Case) -> Iterator[Hit]:
    """A domain that the mail links to or names is on hold, or deleted: somebody has acted already, or a bill was not paid. A link's domain
    that was on hold within 60 days of the mail's arrival weighs a little."""
    seen: set[str] = set()
    for found in known.told(case, Registration, "domain"):
        state = next((word for status in found.item.status if (word := _word(status)) in _HELD), "")
        if state and found.by.subject.value not in seen and len(seen) < _MOST:
            seen.add(found.by.subject.value)
            weighs = "link" in found.parts and known.soon(case, found.by, _SOON)
            yield _hit(found, state, 6.0 if weighs else 0.0)


def _word(status: str) -> str:
    """ "clientHold https://icann.org/epp#clientHold", "client hold" and "Client-Hold" are one."""
    plain = status[:_LONGEST].partition("http")[0].partition("(")[0]
    return "".join(letter for letter in plain.lower() if letter.isalpha())


def _hit(found: Told[Registration], state: str, weight: float) -> Hit:
    how, how_ja = _HELD[state]
    return Hit(
        f"the domain {found.subject} is out of service: {how}",
        f"ドメイン {found.subject} は使えない状態になっています（{how_ja}）",
        found.by.grade,
        (cite.answer(found.by, ", ".join(found.item.status[:8]), found.item.server),),
        "Often somebody has acted against it already; an unpaid bill or an unconfirmed address does it too. It can be put back into service.",
        "すでに誰かが対処した結果であることが多いものの、料金の未払いや連絡先の未確認でも同じ状態になります。元に戻ることもあります。",
        severity=Severity.LOW if weight else Severity.INFO,
        weight=weight,
    )
