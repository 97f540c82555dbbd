"""An archive comes with its password in the same mail."""

from __future__ import annotations

from collections.abc import Iterator

import re2

from sabaki.facts import cite, lookalikes
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_ARCHIVES = (".zip", ".7z", ".rar", ".ace", ".arj", ".lzh")
_PASSWORD = re2.compile(
    r"(?i)(?:パスワード|\bpass ?(?:word|code)|\bpwd?)[^\n]{0,12}?(?:[:=は]|is)[ 「『\"]{0,3}[!-~]{3,32}"
)


@check(severity=Severity.MEDIUM, weight=16, references=("MITRE ATT&CK T1027.013",))
def locked_archive(case: Case) -> Iterator[Hit]:
    """An archive is attached and its password stands in the text: that keeps out virus scanners, and nobody else."""
    part = next((part for part in case.parts if part.filename.lower().endswith(_ARCHIVES)), None)
    found = _PASSWORD.search(lookalikes.normalise(case.text[:8_000])) if part else None
    if part and found:
        yield Hit(
            f"the archive {part.filename} comes with its password in the same mail",
            f"添付 {part.filename} のパスワードが、同じメールに書かれています",
            Grade.VERIFIED,
            (cite.part(part),),
            "Such a password keeps virus scanners out, and nobody else.",
            "同じメールで知らせるパスワードに秘密を守る効果はなく、ウイルス検査を妨げるだけです。",
        )
