"""A document loads a part of itself from the net."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=55, references=("MITRE ATT&CK T1221",))
def remote_template(case: Case) -> Iterator[Hit]:
    """A document loads a template or a part of itself from a server of the sender's choice as soon as it is opened."""
    found = list(carried.traits(case, "remote_template"))
    if found:
        en, ja = carried.place(case, found[0][0])
        yield Hit(
            f"the document {en} loads a template from {found[0][1].detail[:120]}",
            f"文書 {ja} は、開くとテンプレートを {found[0][1].detail[:120]} から読み込みます",
            Grade.VERIFIED,
            tuple(carried.evidence(case, file, trait) for file, trait in found[:5]),
            "What is loaded can bring macros along that no scanner saw in the mail.",
            "読み込まれた先から、メールの検査では見つからないマクロが入り込むおそれがあります。",
        )
