"""An HTML file is attached."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried, cite
from sabaki.model.case import Case
from sabaki.model.evidence import Evidence, Grade
from sabaki.model.file import File
from sabaki.model.finding import Severity, State
from sabaki.model.message import Part
from sabaki.registry import Hit, check

_PAGES = (".html", ".htm", ".shtml", ".xhtml", ".svg", ".mht")
_KINDS = ("html", "xhtml", "svg", "mht")
_HOLDERS = ("archive", "disk", "mail")
_ACTIVE = ("script", "form", "password_form", "redirect", "smuggling")


def _attached(part: Part) -> bool:
    """Whether the reader must open it: HTML that no field calls an attachment is shown, any other kind is not."""
    return part.disposition == "attachment" or not (part.content_type == "text/html" or part.content_id)


def _acts(file: File | None) -> bool:
    return file is not None and any(file.trait(id) for id in _ACTIVE)


def _weight(case: Case, name: str, file: File | None, *, active: bool) -> float | None:
    """Encrypted mail comes as a page with a script; a picture with a script has no honest use in a mail, one without is one."""
    picture = name.lower().endswith(".svg")
    if active:
        return 44 if picture else 34
    drawn = picture and file is not None and file.state is State.RAN
    still = drawn and not any(url.clickable and url.file == file.path for url in case.urls if file)
    return 4 if still else None


def _hit(case: Case, name: str, file: File | None, evidence: Evidence, *, active: bool) -> Hit:
    return Hit(
        f"a web page is attached ({name})" + (", with a script or form" if active else ""),
        f"ウェブページ（{name}）が添付されています" + ("（スクリプトまたは入力フォーム付き）" if active else ""),
        Grade.VERIFIED,
        (evidence,),
        "Opened from disk it looks like a login page, and no address bar gives it away.",
        "開くと本物のログイン画面のように見えることがあり、アドレス欄を見ても見破れません。",
        weight=_weight(case, name, file, active=active),
    )


def _packed(case: Case, file: File) -> bool:
    """Whether it is a page in an archive that is attached: packed like that it gets past filters that look for pages.

    Among many files it is what documentation and saved sites look like.
    """
    outer = carried.holder(case, file)
    if outer is None or file.kind not in _KINDS or outer.family not in _HOLDERS:
        return False
    return _acts(file) and sum(other.inside == file.inside for other in case.files) <= 3


@check(severity=Severity.MEDIUM, weight=24, references=("MITRE ATT&CK T1027.006",))
def html_file(case: Case) -> Iterator[Hit]:
    """A web page or SVG is attached: opened, it shows a login form or leads on, from the reader's own disk."""
    for part in case.parts:
        if part.filename.lower().endswith(_PAGES) and part.size and _attached(part):
            body = next((body for body in case.bodies if body.part == part.path), None)
            file = next((file for file in case.files if file.path == (part.path or "1")), None)
            active = bool(body and (body.has_script or body.forms)) or _acts(file)
            yield _hit(case, part.filename, file, cite.part(part), active=active)
            return
    file = next((file for file in case.files if _packed(case, file)), None)
    if file is not None:
        yield _hit(case, carried.name(file), file, carried.evidence(case, file), active=True)
