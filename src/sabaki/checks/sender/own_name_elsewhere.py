"""The sender's domain is the reader's own name under another suffix."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity, lookalikes
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_SHORTEST = 5


@check(severity=Severity.LOW, weight=10, references=("MITRE ATT&CK T1583.001",))
def own_name_elsewhere(case: Case) -> Iterator[Hit]:
    """From or Reply-To bears the name of a domain that the reader gave as theirs, under a public suffix that they did not give.

    It may be theirs all the same, or another company's of that name.
    """
    named = tuple(mine for mine in case.vantage.own_domains if len(mine.partition(".")[0]) >= _SHORTEST)
    author = (case.author,) if case.author else ()
    for key, box in (*(("from", box) for box in author), *(("reply-to", box) for box in case.sender.reply_to)):
        if not box.domain or identity.own(case, box.domain):
            continue
        mine = next((own for own in named if lookalikes.resembles(box.domain, own) == "other_suffix"), None)
        if mine:
            yield Hit(
                f"{box.domain} is the name of your own {mine} under another suffix",
                f"{box.domain} は、あなたのドメイン {mine} と同じ名前で、末尾だけが違います",
                Grade.INFERRED,
                tuple(cite.field(field) for field in case.all(key)),
                "If the name is yours too, give it as your own. If not, somebody else holds it.",
                "これもあなたのドメインなら、自分のドメインとして指定してください。そうでなければ、他人が持つ名前です。",
            )
            return
