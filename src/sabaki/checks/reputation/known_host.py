"""A link leads to a widely known host."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, known, linkhosts, listings
from sabaki.facts.known import Told, short
from sabaki.mail.domains import public_suffix
from sabaki.model.case import Case
from sabaki.model.finding import Severity
from sabaki.model.knowledge import Listing
from sabaki.registry import Hit, check

_MOST = 5


@check(severity=Severity.INFO, weight=0)
def known_host(case: Case) -> Iterator[Hit]:
    """A list of well-known hosts has a link's host. That explains whose it is; it never speaks for the mail, and it is not said of hosts
    where anyone can put up a page, nor of one that another list has as bad."""
    bad = {each.by.subject.value for each in listings.against(case)}
    found: dict[str, Told[Listing]] = {}
    for each in known.told(case, Listing, "host", "domain"):
        host, well_known = each.by.subject.value, each.item.allow and each.item.listed is True
        if well_known and "link" in each.parts and host not in bad and not _is_anyones(host):
            found.setdefault(host, each)
    if found:
        names = ", ".join(short(name, 60) for name in list(found)[:3])
        more = len(found) - 3
        yield Hit(
            f"links lead to widely known hosts: {names}{f' and {more} more' if more > 0 else ''}",
            f"リンク先に広く知られたホストがあります: {names}{f'、ほか {more} 件' if more > 0 else ''}",
            next(iter(found.values())).by.grade,
            tuple(cite.answer(each.by, each.item.list) for each in list(found.values())[:_MOST]),
            "It tells whose host it is, no more: known sites are broken into, and lead on to others. It does not count in the mail's favour.",
            "誰のホストかを示すだけです。有名なサイトも改ざんや転送に使われるため、判定で有利には扱いません。",
        )


def _is_anyones(host: str) -> bool:
    shared = linkhosts.free_hosting(host, public_suffix(host)) or linkhosts.shortener(host)
    return bool(shared or linkhosts.tracker(host))
