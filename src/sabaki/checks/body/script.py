"""Script in the mail."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.LOW, weight=4)
def script(case: Case) -> Iterator[Hit]:
    """The mail's own HTML holds script. Mail programs do not run it; whoever opens the HTML in a browser does."""
    found = [body for body in case.bodies if body.has_script and not body.attached]
    if found:
        yield Hit(
            "the mail's HTML holds script",
            "メールのHTMLにスクリプトが含まれています",
            Grade.VERIFIED,
            tuple(cite.text(body.part, producer="mail.html", method="script", grade=Grade.VERIFIED) for body in found),
        )
