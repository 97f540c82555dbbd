"""The page speaks for a brand and is not the brand's."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import brands, visited
from sabaki.mail.domains import registrable_domain
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=32, family="page-brand", references=("MITRE ATT&CK T1566.002",))
def brand_on_page(case: Case) -> Iterator[Hit]:
    """A visit saw a known brand's name on a page that asks for a secret, and the host is not the brand's."""
    known = {brand.id: brand for brand in brands.known()}
    for visit, view in visited.views(case):
        host = visited.host(view)
        owner = brands.owner_of(registrable_domain(host) or host) if host else None
        foreign = [known[id] for id in view.brands if id in known and (owner is None or owner.id != id)]
        if not host or not foreign or owner or not any(visited.secrets(form) for form in view.forms):
            continue
        name, name_ja = foreign[0].name, foreign[0].name_ja or foreign[0].name
        yield Hit(
            f"the page poses as {name}, on a host that is not {name}'s",
            f"リンク先のページは「{name_ja}」を装っていますが、同社のサイトではありません",
            Grade.INFERRED,
            (visited.evidence(visit, view, "page", f"{view.title} ({view.url})"),),
        )
        return
