"""The display name shows another address than the real one."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity, lookalikes
from sabaki.mail.addresses import parse_mailboxes
from sabaki.mail.limits import Budget
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.MEDIUM, weight=25, family="author")
def address_in_name(case: Case) -> Iterator[Hit]:
    """The display name is itself an address, of another domain than the one that follows: mail programs show the name.

    A full-width "＠" and invisible characters are read as a person reads them.
    """
    author = case.author
    name = lookalikes.normalise(author.display_name) if author else ""
    if not author or "@" not in name:
        return
    boxes = (box for box in parse_mailboxes(name, Budget()) if "." in box.domain)
    shown = next((box for box in boxes if not identity.related(box.domain, author.domain)), None)
    if shown and author.domain:
        yield Hit(
            f"the name shows {shown.address}, the real address is {author.address}",
            f"表示名には {shown.address} とありますが、実際のアドレスは {author.address} です",
            Grade.VERIFIED,
            tuple(cite.field(field) for field in case.all("from")),
        )
