"""A program is attached."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_PROGRAMS = (
    ".exe .scr .com .pif .bat .cmd .ps1 .vbs .vbe .js .jse .wsf .wsh .hta .msi .msix .appx .jar .lnk .cpl .dll .reg "
    ".iso .img .vhd .vhdx .appref-ms .chm .one .xll .sct"
).split()


@check(severity=Severity.CRITICAL, weight=60, references=("MITRE ATT&CK T1204.002",))
def executable(case: Case) -> Iterator[Hit]:
    """An attachment is a program, script, shortcut or disk image by its name or first bytes."""
    for part in case.parts:
        name = part.filename.lower().rstrip(" .")
        ending = next((ending for ending in _PROGRAMS if name.endswith(ending)), "")
        if ending or part.content_type in ("application/x-msdownload", "application/x-dosexec"):
            yield Hit(
                f"the attachment {part.filename or part.content_type} is a program or shortcut",
                f"添付ファイル {part.filename or part.content_type} はプログラムまたはショートカットです",
                Grade.VERIFIED,
                (cite.part(part),),
                "Do not open it.",
                "開かないでください。",
            )
            return
