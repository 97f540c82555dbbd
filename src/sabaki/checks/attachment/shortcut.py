"""A shortcut to somewhere on the net is attached."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_SHORTCUTS = (".url", ".website", ".webloc", ".desktop", ".library-ms", ".search-ms", ".searchconnector-ms", ".rdp")


@check(severity=Severity.MEDIUM, weight=32, references=("MITRE ATT&CK T1204.001",))
def shortcut(case: Case) -> Iterator[Hit]:
    """An attachment is an internet shortcut: opened, it leads to a server of the sender's choice. Links in the text do without."""
    for part in case.parts:
        if part.filename.lower().rstrip(" .").endswith(_SHORTCUTS):
            yield Hit(
                f"the attachment {part.filename} is a shortcut to somewhere on the net",
                f"添付ファイル {part.filename} は、外部のサーバーへつながるショートカットです",
                Grade.VERIFIED,
                (cite.part(part),),
                "Look at where it leads in an editor; do not open it.",
                "行き先はエディターで確かめ、開かないでください。",
            )
            return
