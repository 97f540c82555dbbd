"""Every link leads to the known brand whose address the mail bears."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, home
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.INFO, weight=-8)
def leads_home(case: Case) -> Iterator[Hit]:
    """The author's domain is a known brand's, and each link to click leads to that brand: a lure would lead elsewhere."""
    brand = home.leads_home(case)
    if not brand:
        return
    clicks = [url for url in case.urls if url.clickable and url.host]
    yield Hit(
        f"each link leads to {brand.name}, whose address the mail bears",
        f"リンク先はすべて、差出人アドレスと同じ「{brand.name_ja or brand.name}」のドメインです",
        Grade.INFERRED,
        tuple(cite.url(url) for url in clicks[:3]),
        "The address may be forged all the same; but such a mail would lead its reader nowhere else.",
        "差出人アドレスが偽装されている可能性は残りますが、偽サイトへ誘うリンクはありません。",
    )
