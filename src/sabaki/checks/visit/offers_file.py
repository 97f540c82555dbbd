"""The page hands over a file."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import visited
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_PROGRAMS = (
    ".exe",
    ".scr",
    ".com",
    ".msi",
    ".js",
    ".jse",
    ".vbs",
    ".wsf",
    ".hta",
    ".lnk",
    ".ps1",
    ".bat",
    ".cmd",
    ".iso",
    ".img",
    ".apk",
    ".jar",
)


@check(severity=Severity.MEDIUM, weight=14, references=("MITRE ATT&CK T1204.002",))
def offers_file(case: Case) -> Iterator[Hit]:
    """A visit was handed a file without asking for one; a program weighs more."""
    for visit, view in visited.views(case):
        if not view.downloads:
            continue
        named = next((each for each in view.downloads if each.name.lower().endswith(_PROGRAMS)), None)
        file = named or view.downloads[0]
        yield Hit(
            f"the page hands over a file: {file.name[:80]}",
            f"リンク先を開くだけでファイルが送られてきます（{file.name[:80]}）",
            Grade.VERIFIED,
            tuple(
                visited.evidence(visit, view, "download", f"{each.name[:80]} {each.size} bytes sha256 {each.sha256}")
                for each in view.downloads[:5]
            ),
            severity=Severity.HIGH if named else None,
            weight=30 if named else None,
        )
        return
