"""HTML bodies as a person sees them: the text that is shown, the text that is kept from sight, and every link.

Nothing is rendered or fetched. Markup that would cost a parser too much (deep nesting, floods of attributes) is
flattened instead: its text and links are kept, what is hidden can then not be told, and the limit is noted.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote, unquote_to_bytes

import msgspec
from selectolax.lexbor import LexborHTMLParser

from sabaki.mail import transfer
from sabaki.mail.htmlflat import flatten, is_costly
from sabaki.mail.htmlwalk import Walk
from sabaki.mail.limits import Budget

_MOST_INSIDE = 12
_DEEPEST_INSIDE = 3
_MOST_BASES = 5
_MOST_LEFT_OVER = 200
_WRITTEN = re.compile(r"https?://[^\s\"'<>`\\]{4,8000}")
_END = re.compile(r"[\s\"'<>]")
_NAMESPACES = frozenset(
    "www.w3.org w3.org schemas.microsoft.com schemas.openxmlformats.org purl.org schema.org ogp.me ns.adobe.com "
    "schemas.xmlsoap.org rdfs.org xmlns.com".split()
)


class HtmlLink(msgspec.Struct, frozen=True):
    """A link in markup. `raw` is as written; `source` is "html:a", "html:img" ... as in `Url.source`.

    `text` is what a person sees on it, images as "[image: alt]". `clickable` is whether a person can follow it with
    a click, or the mail program or browser follows it by itself as a page (a meta refresh).
    """

    raw: str
    source: str
    text: str = ""
    clickable: bool = True


class Html(msgspec.Struct, frozen=True):
    """An HTML body, read.

    `text` is shown, `hidden` is in the markup but kept from sight (no judgement: wanted newsletters hide a preview
    line). `forms` are the kinds of input that are asked for: "password", "card", "code", "email", "tel", "file",
    "text"; each once, in order. `images` counts pictures that are shown. `base` is what relative links start from.
    `flattened` is set where the markup was too costly to parse. `bases` are all that the markup names: the first
    counts, other programs may take another. `defects` are ids of what two readers would read differently.
    """

    text: str = ""
    hidden: str = ""
    links: tuple[HtmlLink, ...] = ()
    forms: tuple[str, ...] = ()
    images: int = 0
    has_script: bool = False
    title: str = ""
    base: str = ""
    flattened: bool = False
    bases: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()


def read(markup: str, budget: Budget, where: str = "") -> Html:
    """Read the markup of one body. Never raises; where a limit cuts it short, what was read before is returned.

    `where` names the part, for the note of a limit.
    """
    limits = budget.limits
    if not budget.spend("html_interpreted", len(markup), where):
        markup = markup[: limits.text_interpreted]
    if is_costly(markup, limits.html_depth):
        budget.note("html_depth", where)
        return msgspec.structs.replace(_result(flatten(markup), budget, where, markup), flattened=True)
    return _result(_walked(markup), budget, where, markup)


def _walked(markup: str) -> Walk:
    walk = Walk(markup)
    root = LexborHTMLParser(markup).root
    if root is not None:
        walk.run(root)
    return walk


def _result(walk: Walk, budget: Budget, where: str, markup: str) -> Html:
    if walk.links.pages:
        _read_inside(walk, budget)
    defects = ["html_several_bases"] if len(set(walk.bases)) > 1 else []
    if "\0" in markup:
        defects.append("html_nul")
        _read_without_nul(walk, markup, budget)
    text, hidden = tidy("".join(walk.shown)), tidy("".join(walk.hidden))
    longest = budget.limits.text_interpreted
    if max(len(text), len(hidden)) > longest:
        budget.note("text_interpreted", where)
    links = tuple(
        HtmlLink(link.raw, link.source, tidy("".join(link.pieces)).replace("\n", " ")[:1_000], link.clickable)
        for link in walk.links.found
    )
    links += tuple(_left_over(markup, links, text, hidden))
    return Html(
        text=text[:longest],
        hidden=hidden[:longest],
        links=links,
        forms=tuple(dict.fromkeys(walk.forms)),
        images=walk.images,
        has_script=walk.links.has_script,
        title=tidy(walk.title).replace("\n", " ")[:1_000],
        base=walk.bases[0] if walk.bases else "",
        bases=tuple(dict.fromkeys(walk.bases))[:_MOST_BASES],
        defects=tuple(defects),
    )


def _read_inside(walk: Walk, budget: Budget) -> None:
    """Read pages that the page carries in itself: srcdoc, data: URLs, markup that a script writes; and theirs in turn."""
    waiting = deque((page, seen, 1) for page, seen in walk.links.pages)
    for _ in range(_MOST_INSIDE):
        if not waiting:
            return
        page, seen, depth = waiting.popleft()
        markup = _data(page)[: budget.limits.text_interpreted]
        if (
            not markup
            or is_costly(markup, budget.limits.html_depth)
            or not budget.spend("html_interpreted", len(markup))
        ):
            continue
        inner = _walked(markup)
        walk.forms.extend(inner.forms)
        walk.links.has_script |= inner.links.has_script
        for link in inner.links.found:
            link.clickable = link.clickable and seen
            walk.links.found.append(link)
        if seen and page is markup:
            walk.shown.extend(("\n", *inner.shown, "\n"))
        if depth < _DEEPEST_INSIDE:
            waiting.extend((further, seen and shown, depth + 1) for further, shown in inner.links.pages)


def _data(page: str) -> str:
    """The markup of a data: URL (RFC 2397), text after its comma; other markup is returned as it is."""
    if page[:5].lower() != "data:":
        return page
    head, _, body = page.partition(",")
    if head.rstrip().lower().endswith("base64"):
        return transfer.base64(unquote_to_bytes(body)).octets.decode("utf-8", "replace")
    return unquote(body, errors="replace")


def _read_without_nul(walk: Walk, markup: str, budget: Budget) -> None:
    """Some programs drop NUL wherever it stands, browsers do not: add the links that only the others see."""
    plain = markup.replace("\0", "")
    if is_costly(plain, budget.limits.html_depth):
        return
    known = {link.raw for link in walk.links.found}
    other = _walked(plain)
    walk.links.found.extend(link for link in other.links.found if link.raw not in known)
    walk.forms.extend(other.forms)


def _left_over(markup: str, links: tuple[HtmlLink, ...], text: str, hidden: str) -> Iterator[HtmlLink]:
    """Addresses that stand in the markup where no reader follows them: in comments, templates, tags that never end.

    What another program would make of them is not known: they are kept, and cannot be clicked.
    """
    if markup.find("://") < 0:
        return
    known = {link.raw for link in links}
    rest = [
        raw
        for raw in dict.fromkeys(_WRITTEN.findall(markup))
        if raw not in known and raw.split("/", 3)[2] not in _NAMESPACES
    ]
    if not rest:
        return
    said = "\n".join((*known, text, hidden))
    for raw in rest[:_MOST_LEFT_OVER]:
        plain = _END.split(unescape(raw), maxsplit=1)[0] if "&" in raw else raw
        plain = plain.rstrip(".,;)]")
        if plain not in said:
            yield HtmlLink(plain, "html:other", "", clickable=False)


def tidy(text: str) -> str:
    """Text with runs of blanks as one space and without empty lines, as a person takes it in."""
    lines = (" ".join(line.split()) for line in text.split("\n") if line and not line.isspace())
    return "\n".join(lines)
