"""A link's host looks machine-made."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.LOW, weight=12, family="machine-made")
def random_host(case: Case) -> Iterator[Hit]:
    """A label of the host is a jumble that no person would choose."""
    found = cite.traits(case, "random_host")
    if found:
        url, _ = found[0]
        yield Hit(
            f"the link's host {url.host_unicode} looks machine-made",
            f"リンク先 {url.host_unicode} は機械的に作られた名前に見えます",
            Grade.INFERRED,
            cite.traited(found),
        )
