"""The page behind the link asks for a secret."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import brands, identity, visited
from sabaki.mail.domains import registrable_domain
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(
    severity=Severity.HIGH,
    weight=30,
    family="page-secret",
    references=("MITRE ATT&CK T1566.002", "MITRE ATT&CK T1056.003"),
)
def asks_secret(case: Case) -> Iterator[Hit]:
    """A visit saw a form that asks for a password, a card or a code, on a site that is no known brand's and not the reader's."""
    for visit, view in visited.views(case):
        host = visited.host(view)
        domain = registrable_domain(host) or host
        if not host or identity.own(case, host) or brands.owner_of(domain):
            continue
        asked = tuple(dict.fromkeys(each for form in view.forms for each in visited.secrets(form)))
        if not asked:
            continue
        wanted = ", ".join(visited.SECRETS[each][0] for each in asked)
        wanted_ja = "、".join(visited.SECRETS[each][1] for each in asked)
        yield Hit(
            f"the page behind the link asks for {wanted}",
            f"リンク先のページが、{wanted_ja}を入力させようとしています",
            Grade.VERIFIED,
            tuple(
                visited.evidence(visit, view, "form", f"{form.method.upper()} {form.action}: {', '.join(form.asks)}")
                for form in view.forms
                if visited.secrets(form)
            )[:3],
            "Many honest sites ask for a login too: what matters is whether the page is who it says it is.",
            "ログインを求めるだけなら正規のサイトでも同じです。問題は、そのページが名乗っているとおりの相手かどうかです。",
        )
        return
