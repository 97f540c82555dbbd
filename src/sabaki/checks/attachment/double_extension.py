"""An attachment's name pretends to be another kind of file."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_DOCUMENTS = frozenset("pdf doc docx xls xlsx ppt pptx txt jpg jpeg png gif rtf csv".split())
_ACTIVE = frozenset("exe scr com pif bat cmd ps1 vbs js jse wsf hta msi jar lnk html htm shtml svg iso img".split())
_TURN = ("\u202e", "\u202d", "\u2066", "\u2067")


@check(severity=Severity.HIGH, weight=50, references=("MITRE ATT&CK T1036.007",))
def double_extension(case: Case) -> Iterator[Hit]:
    """The name ends in .pdf.exe or the like, or turns its direction so that its end looks like another."""
    for part in case.parts:
        pieces = [piece.strip().lower() for piece in part.filename.split(".")]
        turned = any(mark in part.filename for mark in _TURN)
        double = len(pieces) > 2 and pieces[-1] in _ACTIVE and pieces[-2] in _DOCUMENTS
        if turned or double:
            yield Hit(
                f"the attachment's name {part.filename!a} pretends to be another kind of file",
                "添付ファイルの名前が、別の種類のファイルに見えるように作られています",
                Grade.VERIFIED,
                (cite.part(part),),
            )
            return
