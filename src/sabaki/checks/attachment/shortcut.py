"""A shortcut is attached, to somewhere on the net or to a command."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_ENDINGS = (".url", ".website", ".webloc", ".desktop", ".library-ms", ".search-ms", ".searchconnector-ms", ".rdp")


@check(severity=Severity.MEDIUM, weight=32, references=("MITRE ATT&CK T1204.001",))
def shortcut(case: Case) -> Iterator[Hit]:
    """An attachment is a shortcut: opened, it leads to a server of the sender's choice or runs a command of theirs."""
    for file in case.files:
        if file.family != "shortcut" and not file.name.lower().rstrip(" .").endswith(_ENDINGS):
            continue
        runs = file.trait("command")
        leads = file.trait("remote_target")
        en, ja = carried.place(case, file)
        yield Hit(
            f"the attachment {en} is a shortcut"
            + (f" that runs: {runs.detail[:160]}" if runs else f" to {leads.detail[:120]}" if leads else ""),
            f"添付ファイル {ja} はショートカットです"
            + (
                f"。実行される命令: {runs.detail[:160]}" if runs else f"。行き先: {leads.detail[:120]}" if leads else ""
            ),
            Grade.VERIFIED,
            (carried.evidence(case, file, runs or leads),),
            "Look at where it leads in an editor; do not open it.",
            "行き先はエディターで確かめ、開かないでください。",
            weight=60 if runs and file.kind in ("lnk", "scf", "settingcontent-ms") else None,
        )
        return
