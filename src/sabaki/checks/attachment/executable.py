"""A program is attached, or packed inside what is."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.file import File
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_NAMES = tuple(
    ".exe .scr .com .pif .bat .cmd .ps1 .vbs .vbe .js .jse .wsf .wsh .hta .msi .msix .appx .jar .lnk .cpl .dll .reg "
    ".iso .img .vhd .vhdx .appref-ms .chm .one .xll .sct".split()
)
_FAMILIES = ("program", "script", "disk")
_KINDS = ("lnk", "scf", "one", "chm", "hta", "settingcontent-ms", "appref-ms")
_DECLARED = ("application/x-msdownload", "application/x-dosexec")
_HARMLESS_SCRIPTS = ("sh", "py")
_SOURCES = (".js", ".ps1", ".bat", ".cmd", ".vbs", ".dll", ".reg", ".sct", ".com")


def _runs(case: Case, file: File) -> bool:
    """By content, by name, or by what the mail states. Sources packed in an archive are what developers send."""
    name = file.name.lower().rstrip(" .")
    if file.kind in _HARMLESS_SCRIPTS:
        return False
    outer = carried.holder(case, file)
    if outer is not None and (outer.kind == "jar" or outer.family == "program"):
        return False
    among_sources = bool(outer) and name.endswith(_SOURCES) and "/" in file.name.replace("\\", "/").strip("/")
    if among_sources and file.family != "program":
        return False
    if file.family in _FAMILIES or file.kind in _KINDS:
        return True
    return name.endswith(_NAMES) or file.declared.lower() in _DECLARED


@check(severity=Severity.CRITICAL, weight=60, references=("MITRE ATT&CK T1204.002",))
def executable(case: Case) -> Iterator[Hit]:
    """An attachment is a program, script, shortcut or disk image by its content or name, or holds one."""
    file = next((file for file in case.files if _runs(case, file)), None)
    if file is not None:
        en, ja = carried.place(case, file)
        yield Hit(
            f"the attachment {en} is a program, shortcut or disk image ({file.kind})",
            f"添付ファイル {ja} は、プログラム、ショートカットまたはディスクイメージ（{file.kind}）です",
            Grade.VERIFIED,
            (carried.evidence(case, file),),
            "Do not open it.",
            "開かないでください。",
        )
