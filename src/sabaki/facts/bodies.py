"""The text bodies as a person sees them, and the pages behind them."""

from __future__ import annotations

import re2
from msgspec import Struct

from sabaki.mail import charsets, html
from sabaki.mail.limits import Budget
from sabaki.model.case import Body
from sabaki.model.message import Defect, Message, Part

_BYTES_A_CHARACTER = 4
_META_CHARSET = re2.compile(rb"(?i)<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([a-z0-9_.:-]{2,40})")
_HTML_NAMES = (".html", ".htm", ".shtml", ".xhtml", ".svg")


class Read(Struct, frozen=True):
    """The bodies; for each HTML body (by part path) what was read out of its markup; defects found on the way."""

    bodies: tuple[Body, ...]
    pages: dict[str, html.Html]
    defects: tuple[Defect, ...]


def _kind(part: Part) -> str:
    if part.content_type in ("text/html", "application/xhtml+xml", "image/svg+xml"):
        return "html"
    if part.filename.lower().endswith(_HTML_NAMES):
        return "html"
    if part.content_type.startswith("text/") and part.content_type not in ("text/calendar", "text/rfc822-headers"):
        return "text"
    return ""


def _unshown(message: Message) -> frozenset[str]:
    """Paths of alternatives that a usual program does not show, with all that is inside them."""
    by_path = {part.path: part for part in message.parts}
    hidden: list[str] = []
    for part in message.parts:
        if part.content_type != "multipart/alternative":
            continue
        showable = [path for path in part.children if _showable(by_path[path], by_path)]
        hidden.extend(path for path in part.children if showable and path != showable[-1])
    return frozenset(hidden)


def _showable(part: Part, by_path: dict[str, Part]) -> bool:
    stack, seen = [part], 0
    while stack and seen < 50:
        current, seen = stack.pop(), seen + 1
        if _kind(current) and current.size:
            return True
        stack.extend(by_path[path] for path in current.children)
    return False


def _under(path: str, hidden: frozenset[str]) -> bool:
    while path:
        if path in hidden:
            return True
        path = path.rpartition(".")[0]
    return False


def _declared(part: Part, content: bytes, kind: str) -> str | None:
    declared = part.parameters.get("charset")
    if declared or kind != "html":
        return declared
    meta = _META_CHARSET.search(content[:4096])
    return meta.group(1).decode("ascii") if meta else None


def read(message: Message, budget: Budget) -> Read:
    """Decode every text part, inline or attached, and read its markup. Budget: `text_interpreted` for all together."""
    hidden = _unshown(message)
    bodies: list[Body] = []
    pages: dict[str, html.Html] = {}
    defects: list[Defect] = []
    left = budget.limits.text_interpreted
    for part in message.parts:
        kind = _kind(part) if part.path in message.contents else ""
        if not kind:
            continue
        if left <= 0:
            budget.note("text_interpreted", f"part {part.path or 'root'}")
            break
        content = message.contents[part.path]
        # Markup has a limit of its own: its reader skips what is not text, such as pictures carried inside.
        most = budget.limits.html_interpreted if kind == "html" else left
        decoded = charsets.decode(content[: most * _BYTES_A_CHARACTER], _declared(part, content, kind))
        if kind == "text":
            if len(decoded.text) > left:
                budget.note("text_interpreted", f"part {part.path or 'root'}")
                decoded = charsets.Decoded(decoded.text[:left], decoded.charset, decoded.how, decoded.defects)
            left -= len(decoded.text)
        defects.extend(Defect(defect.id, defect.detail, part.body) for defect in decoded.defects)
        attached = part.disposition == "attachment"
        shown = not attached and not _under(part.path, hidden)
        body = Body(part.path, kind, decoded.text, "", decoded.charset, decoded.how, shown=shown, attached=attached)
        if kind == "html":
            pages[part.path] = page = html.read(decoded.text, budget)
            body = _with_page(body, page)
            left -= len(page.text)
        bodies.append(body)
    return Read(tuple(bodies), pages, tuple(defects))


def _with_page(body: Body, page: html.Html) -> Body:
    return Body(
        body.part,
        body.kind,
        page.text,
        page.hidden,
        body.charset,
        body.charset_how,
        page.images,
        page.forms,
        page.has_script,
        body.shown,
        body.attached,
        page.title,
    )
