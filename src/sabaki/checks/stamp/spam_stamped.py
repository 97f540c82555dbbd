"""A filter marked the mail as spam."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_WEIGHTS = {Grade.ATTESTED: 30.0, Grade.INFERRED: 12.0}


@check(severity=Severity.MEDIUM, weight=30)
def spam_stamped(case: Case) -> Iterator[Hit]:
    """A filter's mark says spam. It counts as far as the reader's own server wrote it; a mark of unknown hand is nothing."""
    marks = [mark for mark in case.stamps if mark.says_spam]
    best = min(marks, key=lambda mark: list(Grade).index(mark.grade), default=None)
    if best:
        yield Hit(
            f"a filter marked it as spam: {best.text}",
            f"迷惑メールの判定が付いています: {best.text}",
            best.grade,
            tuple(cite.stamp(mark) for mark in marks[:5]),
            "" if best.grade is Grade.ATTESTED else "We cannot be sure that your own server wrote this mark.",
            "" if best.grade is Grade.ATTESTED else "この印をあなたのサーバーが付けたとは断定できません。",
            severity=Severity.INFO if best.grade is Grade.SELF_DECLARED else None,
            weight=_WEIGHTS.get(best.grade, 0.0),
        )
