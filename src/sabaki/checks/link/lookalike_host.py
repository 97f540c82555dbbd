"""A host name looks like a known one."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=35, family="brand-link", references=("UTS 39",))
def lookalike_host(case: Case) -> Iterator[Hit]:
    """The host differs from a well-known or own domain by a look-alike character or one typing slip."""
    found = cite.traits(case, "lookalike_host")
    if found:
        url, trait = found[0]
        imitated = trait.detail.rpartition(" reads as ")[2].partition(" (")[0]
        yield Hit(
            f"the host {url.host_unicode} looks like {imitated}",
            f"ホスト名 {url.host_unicode} は {imitated} に似せてあります",
            Grade.INFERRED,
            cite.traited(found),
        )
