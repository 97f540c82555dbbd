"""A locked file comes with its password in the same mail."""

from __future__ import annotations

from collections.abc import Iterator

import re2

from sabaki.facts import carried, lookalikes
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.file import File
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_ARCHIVES = (".zip", ".7z", ".rar", ".ace", ".arj", ".lzh")
_PASSWORD = re2.compile(
    r"(?i)(?:パスワード|\bpass ?(?:word|code)|\bpwd?)[^\n]{0,12}?(?:[:=は]|is)[ 「『\"]{0,3}[!-~]{3,32}"
)


def _may_be_locked(file: File) -> bool:
    return file.locked or (file.family == "archive" and not file.inside and file.name.lower().endswith(_ARCHIVES))


@check(severity=Severity.MEDIUM, weight=16, references=("MITRE ATT&CK T1027.013",))
def locked_archive(case: Case) -> Iterator[Hit]:
    """A locked file is attached and its password stands in the text: that keeps out virus scanners, and nobody else."""
    file = next((file for file in case.files if file.password), None)
    opened = file is not None
    if file is None:
        file = next((file for file in case.files if _may_be_locked(file)), None)
        if file is None or not _PASSWORD.search(lookalikes.normalise(case.text[:8_000])):
            return
    en, ja = carried.place(case, file)
    yield Hit(
        f"{en} comes with its password in the same mail" + (": it opened the file" if opened else ""),
        f"{ja} のパスワードが、同じメールに書かれています" + ("（実際に開けました）" if opened else ""),
        Grade.VERIFIED,
        (carried.evidence(case, file),),
        "Such a password keeps virus scanners out, and nobody else.",
        "同じメールで知らせるパスワードに秘密を守る効果はなく、ウイルス検査を妨げるだけです。",
    )
