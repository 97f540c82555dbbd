"""No filter marked the mail."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.INFO, weight=0)
def no_stamp(case: Case) -> Iterator[Hit]:
    """The reader's server left no spam mark, in the subject or elsewhere: if the mail is bad, it slipped through."""
    ours = [mark for mark in case.stamps if mark.grade is not Grade.SELF_DECLARED]
    if case.trust.basis != "named" or any(mark.says_spam for mark in ours):
        return
    subject = tuple(cite.field(field, Grade.SELF_DECLARED) for field in case.all("subject"))
    yield Hit(
        "your server put no spam stamp on it",
        "あなたのサーバーは、迷惑メールの印（[spam] など）を付けていません",
        Grade.ATTESTED,
        subject,
        "If the mail is bad, it slipped through the filter. No stamp does not mean that it is harmless.",
        "悪意のあるメールなら、判定をすり抜けたことになります。印がないことは、安全であることを意味しません。",
    )
