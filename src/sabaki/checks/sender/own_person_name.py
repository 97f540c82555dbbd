"""The sender bears the name of one of the reader's own people, but writes from outside."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity, lookalikes
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_MARKS = str.maketrans("._-", "   ")


@check(severity=Severity.MEDIUM, weight=28)
def own_person_name(case: Case) -> Iterator[Hit]:
    """The display name is that of the owner of an own mailbox (margaret.hale@), while the address is somebody else's."""
    author = case.author
    if not author or not author.display_name or identity.own(case, author.domain):
        return
    name = frozenset(lookalikes.normalise(author.display_name).replace(",", " ").split())
    for box in case.vantage.mailboxes or ():
        parts = frozenset(box.partition("@")[0].translate(_MARKS).split())
        if len(parts) > 1 and parts <= name:
            yield Hit(
                f"it bears the name of {box}, but comes from {author.address}",
                f"{box} の方の名前を名乗っていますが、送信元は {author.address} です",
                Grade.INFERRED,
                tuple(cite.field(field) for field in case.all("from")),
                "Ask the person by telephone. People do write from private mailboxes, but not to ask for favours.",
                "本人に電話で確かめてください。私用のアドレスから書くことはあっても、頼み事には使わないものです。",
            )
            return
