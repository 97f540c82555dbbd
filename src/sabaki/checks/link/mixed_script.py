"""A host name mixes alphabets."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=32, family="host", references=("UTS 39 section 5",))
def mixed_script(case: Case) -> Iterator[Hit]:
    """One label of the host mixes letters of several alphabets, as no honest name does."""
    found = cite.traits(case, "mixed_script")
    if found:
        url, _ = found[0]
        yield Hit(
            f"the host {url.host_unicode} mixes alphabets",
            f"ホスト名 {url.host_unicode} に異なる文字体系の文字が混ざっています",
            Grade.VERIFIED,
            cite.traited(found),
        )
