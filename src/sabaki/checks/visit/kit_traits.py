"""The page is built like a phishing kit."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import kits, visited
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_ENOUGH = 2
"""One trait alone stands on honest pages as well."""


@check(severity=Severity.MEDIUM, weight=18, family="page-kit")
def kit_traits(case: Case) -> Iterator[Hit]:
    """A visit saw at least two traits of phishing kits on one page (data/kits.toml)."""
    for visit, view in visited.views(case):
        traits = {trait.id: trait for trait in view.traits}
        if len(traits) < _ENOUGH:
            continue
        listed = "; ".join(kits.meaning(id)[0] for id in traits)
        listed_ja = "、".join(kits.meaning(id)[1] for id in traits)
        yield Hit(
            f"the page has {len(traits)} traits of a phishing kit: {listed}",
            f"リンク先のページに、フィッシングキットの特徴が {len(traits)} 点あります（{listed_ja}）",
            Grade.INFERRED,
            tuple(visited.evidence(visit, view, "trait", f"{id}: {trait.detail}") for id, trait in traits.items())[:6],
            weight=min(30, 8 * len(traits)),
        )
        return
