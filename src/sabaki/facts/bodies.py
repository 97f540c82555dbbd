"""The text bodies as a person sees them, and the pages behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import re2
from msgspec import Struct, structs

from sabaki.facts import readings
from sabaki.facts.readings import kind_of
from sabaki.mail import charsets, html
from sabaki.mail.limits import Budget
from sabaki.model.case import Body
from sabaki.model.message import Defect, Message, Part

_BYTES_A_CHARACTER = 4
_META_CHARSET = re2.compile(rb"(?i)<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([a-z0-9_.:-]{2,40})")
_HOST = re.compile(r"(?i)\bhttps?://(?:www\.)?([a-z0-9.-]{4,253})")


class Read(Struct, frozen=True):
    """The bodies; for each HTML body (by part path) its markup and what was read out of it; defects found on the way."""

    bodies: tuple[Body, ...]
    pages: dict[str, html.Html]
    defects: tuple[Defect, ...]
    markup: dict[str, str] = {}


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
        if kind_of(current) and current.size:
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
    markup: dict[str, str] = {}
    defects: list[Defect] = []
    left = budget.limits.text_interpreted
    for part in message.parts:
        kind = kind_of(part) if part.path in message.contents else ""
        if not kind:
            continue
        if left <= 0:
            budget.note("text_interpreted", f"part {part.path or 'root'}")
            break
        content = message.contents[part.path]
        # Markup has a limit of its own: its reader skips what is not text, such as pictures carried inside.
        most = budget.limits.html_interpreted if kind == "html" else left
        decoded = charsets.decode(
            content[: most if kind == "html" else most * _BYTES_A_CHARACTER], _declared(part, content, kind)
        )
        if kind == "html" and len(content) > most:
            budget.note("html_interpreted", f"part {part.path or 'root'}")
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
            markup[part.path] = decoded.text
            pages[part.path] = page = _based(html.read(decoded.text, budget), part)
            defects.extend(Defect(id, "", part.body) for id in page.defects)
            body = _with_page(body, page)
            left -= len(page.text)
        bodies.append(body)
    if len(bodies) > 1:
        defects.extend(_differing(message, bodies, pages))
    _read_otherwise(message, budget, bodies, pages, defects)
    return Read(tuple(bodies), pages, tuple(defects), markup)


def _read_otherwise(
    message: Message, budget: Budget, bodies: list[Body], pages: dict[str, html.Html], defects: list[Defect]
) -> None:
    """Add what other programs would read: bodies that are not shown, `part` with the reading's name behind a colon."""
    defects.extend(readings.defects(message))
    known = {body.text for body in bodies}
    for other in readings.others(message, budget):
        decoded = charsets.decode(other.content[: budget.limits.text_interpreted * _BYTES_A_CHARACTER], other.charset)
        key = f"{other.part}:{other.name}"
        body = Body(key, other.kind, decoded.text, "", decoded.charset, decoded.how, shown=False)
        page = html.read(decoded.text, budget) if other.kind == "html" else None
        if page is not None:
            body = _with_page(body, page)
        if other.defect:
            defects.append(other.defect)
        if (body.text and body.text not in known) or (page is not None and page.links):
            known.add(body.text)
            bodies.append(body)
            if page is not None:
                pages[key] = page


def _differing(message: Message, bodies: list[Body], pages: dict[str, html.Html]) -> Iterator[Defect]:
    """Alternatives (RFC 2046 section 5.1.4) are said to mean the same: those whose links go to other hosts do not."""
    by_path = {body.part: body for body in bodies}
    for part in message.parts:
        if part.content_type != "multipart/alternative":
            continue
        inside = [body for path, body in by_path.items() if not part.path or path.startswith(f"{part.path}.")]
        marked = {
            host.lower().rstrip(".")
            for body in inside
            if body.part in pages
            for link in pages[body.part].links
            if link.clickable
            for host in _HOST.findall(link.raw[:300])
        }
        plain = {
            host.lower().rstrip(".") for body in inside if body.kind == "text" for host in _HOST.findall(body.text)
        }
        if plain and marked and plain - marked:
            detail = f"{len(plain - marked)} hosts only in the text, {len(marked - plain)} only in the markup"
            yield Defect("alternatives_differ", detail, part.header)


def _based(page: html.Html, part: Part) -> html.Html:
    """The page, its relative links starting from Content-Base or Content-Location (RFC 2557) where it names no base."""
    if page.base:
        return page
    for key in ("content-base", "content-location"):
        for field in part.fields:
            if field.key == key and field.value.strip(' <>"').lower().startswith(("http://", "https://")):
                base = "".join(field.value.strip(' <>"').split())
                return structs.replace(page, base=base, bases=(base,))
    return page


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
