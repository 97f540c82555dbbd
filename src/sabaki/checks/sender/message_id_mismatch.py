"""The Message-ID was made in another domain than the sender's."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import brands, cite, home, identity, mailers
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.INFO, weight=4, family="sender-fields", references=("RFC 5322 section 3.6.4",))
def message_id_mismatch(case: Case) -> Iterator[Hit]:
    """The Message-ID's domain belongs neither to the author's nor to the envelope sender's organisation."""
    made, author, path = case.sender.message_id_domain, case.author, case.sender.return_path
    if "." not in made or not author or not author.domain:
        return
    if identity.message_id_by_receiver(case) or identity.organizational(made) in case.sender.list_id.lower():
        return
    if identity.related(made, author.domain) or (path and identity.related(made, path.domain)):
        return
    # A bank that warns of something writes from its own machines; a shop's advertising may come through a service.
    posing = brands.owner_of(author.domain) is not None and case.lure.claims and not brands.owner_of(made)
    posing = posing and not home.leads_home(case)
    if not posing and mailers.explains(case, made):
        return
    yield Hit(
        f"the Message-ID was made at {made}, not at {author.domain}",
        f"Message-IDは {author.domain} ではなく {made} で付けられています",
        Grade.SELF_DECLARED,
        tuple(cite.field(field) for field in case.all("message-id")),
        severity=Severity.MEDIUM if posing else None,
        weight=16 if posing else None,
    )
