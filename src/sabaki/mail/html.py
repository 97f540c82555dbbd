"""HTML bodies as a person sees them: the text that is shown, the text that is kept from sight, and every link.

Nothing is rendered or fetched. Markup that would cost a parser too much (deep nesting, floods of attributes) is
flattened instead: its text and links are kept, what is hidden can then not be told, and the limit is noted.
"""

from __future__ import annotations

import msgspec
from selectolax.lexbor import LexborHTMLParser

from sabaki.mail.htmlflat import flatten, is_costly
from sabaki.mail.htmlwalk import Walk
from sabaki.mail.limits import Budget


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
    `flattened` is set where the markup was too costly to parse.
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


def read(markup: str, budget: Budget, where: str = "") -> Html:
    """Read the markup of one body. Never raises; where a limit cuts it short, what was read before is returned.

    `where` names the part, for the note of a limit.
    """
    limits = budget.limits
    if not budget.spend("html_interpreted", len(markup), where):
        markup = markup[: limits.text_interpreted]
    if is_costly(markup, limits.html_depth):
        budget.note("html_depth", where)
        return msgspec.structs.replace(_result(flatten(markup), budget, where), flattened=True)
    walk = Walk(markup)
    root = LexborHTMLParser(markup).root
    if root is not None:
        walk.run(root)
    return _result(walk, budget, where)


def _result(walk: Walk, budget: Budget, where: str) -> Html:
    text, hidden = tidy("".join(walk.shown)), tidy("".join(walk.hidden))
    longest = budget.limits.text_interpreted
    if max(len(text), len(hidden)) > longest:
        budget.note("text_interpreted", where)
    links = tuple(
        HtmlLink(link.raw, link.source, tidy("".join(link.pieces)).replace("\n", " ")[:1_000], link.clickable)
        for link in walk.links.found
    )
    return Html(
        text=text[:longest],
        hidden=hidden[:longest],
        links=links,
        forms=tuple(dict.fromkeys(walk.forms)),
        images=walk.images,
        has_script=walk.links.has_script,
        title=tidy(walk.title).replace("\n", " ")[:1_000],
        base=walk.base,
    )


def tidy(text: str) -> str:
    """Text with runs of blanks as one space and without empty lines, as a person takes it in."""
    lines = (" ".join(line.split()) for line in text.split("\n") if line and not line.isspace())
    return "\n".join(lines)
