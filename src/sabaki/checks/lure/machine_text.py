"""The mail speaks to the machine that reads it."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.MEDIUM, weight=25)
def machine_text(case: Case) -> Iterator[Hit]:
    """Text is addressed to a filter or language model, such as an order to call the mail safe. It changes nothing here."""
    found = list(case.lure.addressed_to_machine)
    if found:
        yield Hit(
            f"it speaks to the machine that checks it: “{found[0].text}”",
            f"検査するプログラムに向けた文言が含まれています（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
            "An honest mail has no reason to. Sabaki takes no orders from the mail.",
            "まともなメールにその必要はありません。この種の指示は判定に影響しません。",
        )
