"""The pictures come from a site where anyone can drop pictures."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_DROPS = frozenset(
    "imgur.com zupimages.net postimg.cc postimages.org imgbb.com ibb.co imageshack.com photobucket.com tinypic.com "
    "freeimage.host imgbox.com prnt.sc prntscr.com gyazo.com casimages.com hizliresim.com noelshack.com ".split()
)


@check(severity=Severity.LOW, weight=16)
def borrowed_images(case: Case) -> Iterator[Hit]:
    """Pictures are loaded from a public picture drop, where companies that write to their customers keep none."""
    found = [url for url in case.urls if url.source == "html:img" and url.registrable_domain in _DROPS]
    if found:
        yield Hit(
            f"its pictures lie on a public picture drop ({found[0].registrable_domain})",
            f"画像が、誰でも置ける画像共有サイト（{found[0].registrable_domain}）に置かれています",
            Grade.VERIFIED,
            tuple(cite.url(url) for url in found[:3]),
        )
