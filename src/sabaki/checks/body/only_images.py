"""The mail is a picture with a link."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_LITTLE = 120


def _own_newsletter(case: Case) -> bool:
    """A shop's newsletter: bulk and saying so, its domain vouches for it, and every link leads there."""
    author = case.author
    clicks = [url for url in case.urls if url.clickable and url.host]
    return (
        author is not None
        and case.sender.bulk
        and identity.vouched(case)
        and all(identity.related(url.host, author.domain) for url in clicks)
    )


def _says_little(text: str) -> bool:
    said = 0
    for line in text.splitlines():
        if not line.strip().startswith("[image"):
            said += sum(map(len, line.split()))
        if said > _LITTLE:
            return False
    return True


@check(severity=Severity.LOW, weight=16)
def only_images(case: Case) -> Iterator[Hit]:
    """Almost no text, but pictures that are links: what it says is in the picture, where filters cannot read it."""
    pages = [body for body in case.bodies if body.kind == "html" and body.shown]
    images = sum(body.images for body in pages)
    links = [url for url in case.urls if url.clickable and url.source.startswith("html")]
    if images and links and _says_little(case.text):
        yield Hit(
            f"{images} picture(s) with a link and next to no text",
            f"文字がほとんどなく、リンク付きの画像{images}枚でできています",
            Grade.VERIFIED,
            tuple(cite.url(url) for url in links[:3]),
            "What the mail says stands in the picture, where filters cannot read it.",
            "伝えたい内容を画像にして、検査ソフトに読ませないようにしています。",
            weight=12 if _own_newsletter(case) else None,
        )
