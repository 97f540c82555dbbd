"""An attachment's content is another kind than its name or declaration says."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_PROGRAM_TYPES = frozenset({"application/x-msdownload", "application/x-dosexec", "application/x-executable"})
_MACRO = (".docm", ".xlsm", ".pptm", ".xlsb", ".dotm", ".xltm", ".xlam")


@check(severity=Severity.MEDIUM, weight=18)
def named_otherwise(case: Case) -> Iterator[Hit]:
    """A document type that carries macros, or a type declared as program under a document's name."""
    for part in case.parts:
        name = part.filename.lower()
        macros = name.endswith(_MACRO)
        if macros or (part.content_type in _PROGRAM_TYPES and not name.endswith(".exe")):
            yield Hit(
                f"the attachment {part.filename} {'can carry macros' if macros else 'is declared as a program'}",
                f"添付ファイル {part.filename} は"
                + ("マクロを含められる形式です" if macros else "、名前に反してプログラムとして添付されています"),
                Grade.VERIFIED,
                (cite.part(part),),
            )
            return
