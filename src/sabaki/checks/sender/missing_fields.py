"""A field that every mail program writes is missing."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_EXPECTED = ("from", "date", "message-id")


@check(severity=Severity.LOW, weight=6, references=("RFC 5322 section 3.6",))
def missing_fields(case: Case) -> Iterator[Hit]:
    """From, Date or Message-ID is missing, or a server of the reader's had to add it: home-made sending software leaves them out."""
    keys = {field.key for field in case.fields if field.value}
    missing = [name for name in _EXPECTED if name not in keys]
    author = case.author
    if author and not identity.own(case, author.domain) and identity.message_id_by_receiver(case):
        missing.append("message-id")
    if missing and case.fields:
        yield Hit(
            f"missing from the header: {', '.join(missing)}",
            f"ヘッダーに {'、'.join(missing)} がありません",
            Grade.VERIFIED,
            (cite.text(", ".join(missing), producer="mail.fields", method="absent", grade=Grade.VERIFIED),),
        )
