"""The mail is plain unsolicited advertising of the well-known kinds."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case, Phrase
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

# Honest newsletters say it too.
_CUSTOMARY = frozenset({"list_boilerplate"})
# Nobody offers broken-into servers and stolen logins lawfully.
_CRIMINAL = frozenset({"stolen_access"})


def _weight(phrase: Phrase) -> float:
    """What stands in the subject or the sender's name is what the mail is about; in the body it may be one topic of many."""
    if phrase.id in _CUSTOMARY:
        return 3
    if phrase.id in _CRIMINAL:
        return 34 if phrase.where in ("subject", "display_name") else 24
    return 22 if phrase.where in ("subject", "display_name") else 12


@check(severity=Severity.LOW, weight=22, family="unwanted")
def unwanted(case: Case) -> Iterator[Hit]:
    """It advertises what unsolicited mail advertises: pills, casinos, dating, miracle cures, bulk addresses ..."""
    seen: set[str] = set()
    for phrase in case.lure.unwanted:
        if phrase.id not in seen:
            seen.add(phrase.id)
            yield Hit(
                f"it reads like unsolicited advertising ({phrase.id.replace('_', ' ')}): “{phrase.text}”",
                f"迷惑な宣伝によくある内容です（「{phrase.text}」）",
                Grade.INFERRED,
                (cite.phrase(phrase),),
                weight=_weight(phrase),
            )
