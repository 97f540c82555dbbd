"""A file's content is another kind than its name says."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried
from sabaki.files import kindnames
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.file import File
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_TELLING = ("program", "script", "shortcut", "disk", "page", "archive")
_SHOWN = ("document", "picture", "media", "text", "calendar")


def _claims(file: File) -> str:
    """The kind that the name claims, where the content shows another; "" where they agree or one of them tells nothing."""
    claimed = kindnames.claimed(file.name)
    if not claimed or not file.sha256 or kindnames.agrees(file.kind, claimed):
        return ""
    return claimed


def _weight(file: File, claimed: str) -> float | None:
    """What runs, under the name of what is looked at, is disguise; other mistakes happen to honest programs too."""
    disguised = file.family in _TELLING and kindnames.family_of(claimed) in _SHOWN
    if not disguised:
        return 4
    return 45 if file.family in ("program", "script", "shortcut", "disk") else None


@check(severity=Severity.MEDIUM, weight=18, references=("MITRE ATT&CK T1036.008",))
def named_otherwise(case: Case) -> Iterator[Hit]:
    """The first bytes of a file show another kind than the ending of its name claims."""
    found = [(file, claimed) for file in case.files if (claimed := _claims(file))]
    if not found:
        return
    file, claimed = max(found, key=lambda pair: _weight(*pair) or 18)
    en, ja = carried.place(case, file)
    yield Hit(
        f"the file {en} claims to be {claimed}, and is {file.kind}",
        f"ファイル {ja} は、名前では {claimed} ですが、中身は {file.kind} です",
        Grade.VERIFIED,
        tuple(carried.evidence(case, other) for other, _ in found[:5]),
        weight=_weight(file, claimed),
    )
