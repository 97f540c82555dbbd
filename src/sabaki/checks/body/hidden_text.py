"""Text that the reader cannot see."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_MUCH = 300


@check(severity=Severity.LOW, weight=14)
def hidden_text(case: Case) -> Iterator[Hit]:
    """Much text is hidden by the markup, more than half of what is shown: it is there for filters. A short preheader is customary."""
    for body in case.bodies:
        shown, hidden = len(body.text.strip()), len("".join(body.hidden.split()))
        if hidden >= _MUCH and hidden > shown / 2:
            yield Hit(
                f"{hidden} characters of text are hidden from the reader, {shown} are shown",
                f"読み手に見えない文字が{hidden}字あります（見えるのは{shown}字）",
                Grade.VERIFIED,
                (cite.text(body.hidden[:200], producer="mail.html", method="hidden", grade=Grade.VERIFIED),),
                "Invisible text serves to make a filter think of something else.",
                "見えない文字は、検査ソフトの判定をそらすために使われます。",
            )
            return
