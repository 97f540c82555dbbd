"""An HTML file is attached."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.model.message import Part
from sabaki.registry import Hit, check

_PAGES = (".html", ".htm", ".shtml", ".xhtml", ".svg", ".mht")


def _attached(part: Part) -> bool:
    """Whether the reader must open it: HTML that no field calls an attachment is shown, any other kind is not."""
    return part.disposition == "attachment" or not (part.content_type == "text/html" or part.content_id)


def _weight(part: Part, *, active: bool) -> float | None:
    """Encrypted mail comes as a page with a script; a picture with a script has no honest use in a mail."""
    if not active:
        return None
    return 44 if part.filename.lower().endswith(".svg") else 34


@check(severity=Severity.MEDIUM, weight=24, references=("MITRE ATT&CK T1027.006",))
def html_file(case: Case) -> Iterator[Hit]:
    """A web page or SVG is attached: opened, it shows a login form or leads on, from the reader's own disk."""
    for part in case.parts:
        if part.filename.lower().endswith(_PAGES) and part.size and _attached(part):
            body = next((body for body in case.bodies if body.part == part.path), None)
            active = bool(body and (body.has_script or body.forms))
            yield Hit(
                f"a web page is attached ({part.filename})" + (", with a script or form" if active else ""),
                f"ウェブページ（{part.filename}）が添付されています"
                + ("（スクリプトまたは入力フォーム付き）" if active else ""),
                Grade.VERIFIED,
                (cite.part(part),),
                "Opened from disk it looks like a login page, and no address bar gives it away.",
                "開くと本物のログイン画面のように見えることがあり、アドレス欄を見ても見破れません。",
                weight=_weight(part, active=active),
            )
            return
