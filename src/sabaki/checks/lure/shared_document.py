"""The mail says that a document or message waits."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset({"document_shared", "voicemail", "fax"})


@check(severity=Severity.LOW, weight=10, family="claim")
def shared_document(case: Case) -> Iterator[Hit]:
    """It claims that somebody shared a document, or that a fax or voice message waits behind the link."""
    found = [phrase for phrase in case.lure.claims if phrase.id in _IDS]
    if found:
        yield Hit(
            f"it says that something waits behind the link: “{found[0].text}”",
            f"リンクの先に文書や伝言があると告げています（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
        )
