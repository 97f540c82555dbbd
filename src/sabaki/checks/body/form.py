"""A form in the mail."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.INFO, weight=3)
def form(case: Case) -> Iterator[Hit]:
    """The mail holds a form to fill in, without a password field: what is typed goes to whoever the form names."""
    found = [url for url in case.urls if url.source == "html:form"]
    if found and not any({"password", "card"} & set(body.forms) for body in case.bodies):
        yield Hit(
            f"a form inside the mail sends what you type to {found[0].host or found[0].raw}",
            f"メールの中の入力フォームが、入力内容を {found[0].host or found[0].raw} へ送ります",
            Grade.VERIFIED,
            tuple(cite.url(url) for url in found[:3]),
        )
