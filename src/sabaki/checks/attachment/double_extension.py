"""A file's name pretends to be another kind of file."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_DOCUMENTS = frozenset("pdf doc docx xls xlsx ppt pptx txt jpg jpeg png gif rtf csv".split())
_ACTIVE = frozenset("exe scr com pif bat cmd ps1 vbs js jse wsf hta msi jar lnk html htm shtml svg iso img".split())
_TURN = ("\u202e", "\u202d", "\u2066", "\u2067")


def _pretends(name: str) -> bool:
    pieces = [piece.strip().lower() for piece in name.rstrip(" .").split(".")]
    double = len(pieces) > 2 and pieces[-1] in _ACTIVE and pieces[-2] in _DOCUMENTS
    # A run of blanks pushes the true ending out of sight.
    far = "     " in name and pieces[-1] in _ACTIVE
    return double or far or any(mark in name for mark in _TURN)


@check(severity=Severity.HIGH, weight=50, references=("MITRE ATT&CK T1036.007",))
def double_extension(case: Case) -> Iterator[Hit]:
    """The name ends in .pdf.exe or the like, or turns its direction so that its end looks like another."""
    file = next((file for file in case.files if _pretends(file.name)), None)
    if file is not None:
        yield Hit(
            f"the attachment's name {carried.name(file)!a} pretends to be another kind of file",
            "添付ファイルの名前が、別の種類のファイルに見えるように作られています",
            Grade.VERIFIED,
            (carried.evidence(case, file),),
        )
