"""Nobody vouches for the sender's domain."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.LOW, weight=8, family="authentication", references=("RFC 8601",))
def none(case: Case) -> Iterator[Hit]:
    """The receiving server found no SPF, no DKIM and no DMARC that passed: nothing ties the mail to its domain."""
    believed = [result for result in case.authentication if result.grade is not Grade.SELF_DECLARED]
    if not believed or any(result.result in ("pass", "bestguesspass") for result in believed):
        return
    yield Hit(
        "the receiving server found nothing that ties the mail to its sender's domain",
        "受信サーバーの検査で、差出人のドメインを裏付けるものは何も見つかりませんでした",
        believed[0].grade,
        tuple(cite.auth(result) for result in believed[:5]),
    )
