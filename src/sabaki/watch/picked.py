"""What is to be watched: the places that a mail leads to, or what somebody names."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

import msgspec

from sabaki.facts import brands, freemail, identity, linkhosts
from sabaki.mail import urls
from sabaki.mail.domains import public_suffix
from sabaki.model.observable import Url
from sabaki.model.report import Report
from sabaki.model.watch import Watch, Way
from sabaki.visit.cancels import cancels

MOST = 10
"""Links of one mail that are watched."""
_GOING = (Way.HTTP, Way.VISIT)
_LONGEST_NAME = 100

Strip = Callable[[str], str]
"""A link with what tells the recipient replaced (visit/strip.py)."""


class Unwatchable(Exception):
    """Nothing to watch in what was named; the message says why and what to do."""


def of_report(
    report: Report, ways: tuple[Way, ...], now: datetime, taken: Collection[str], strip: Strip | None
) -> tuple[Watch, ...]:
    """A watch for each place that the mail leads to: every host once, its first link. Without `strip` links are asked for as they are.

    A link that seems to cancel a subscription has its host watched from afar, and is not asked for. Raises Unwatchable.
    """
    places: dict[str, Url] = {}
    for url in report.urls:
        if _is_a_place(url, report):
            host = url.ip or url.host
            if host not in places or (_cancels(places[host], report) and not _cancels(url, report)):
                places[host] = url
    if not places:
        raise Unwatchable(
            "no link to watch: none at all, or only ones to the reader's own sites and to well-known ones"
        )
    names = set(taken)
    made: list[Watch] = []
    for url in list(places.values())[:MOST]:
        never = _cancels(url, report)
        allowed = tuple(way for way in ways if way not in _GOING) if never else ways
        asked = "" if never else strip(url.value) if strip else url.value
        watch = _watch(url, asked, allowed, now, names, report.source.sha256)
        made.append(msgspec.structs.replace(watch, verbatim=strip is None))
        names.add(watch.name)
    return tuple(made)


def _cancels(url: Url, report: Report) -> bool:
    return cancels(url, [field.value for field in report.all("list-unsubscribe")])


def of_text(text: str, ways: tuple[Way, ...], now: datetime, taken: Collection[str], name: str = "") -> Watch:
    """A watch over a link, a host or an address that was named. Raises Unwatchable."""
    if "://" in text:
        url = urls.parse(text.strip(), "text")
        if url is None or url.scheme not in ("http", "https") or not (url.ip or url.host):
            raise Unwatchable(f"{text[:100]}: is no http or https link with a host")
        if cancels(url) and not {*_GOING}.isdisjoint(ways):
            raise Unwatchable(
                f"{text[:100]}: looks as if it cancels something, and is not asked for; name its host alone"
            )
        return msgspec.structs.replace(_watch(url, url.value, ways, now, taken, "", name), verbatim=True)
    bare = text.strip().rstrip(".")
    found = urls.parse(f"http://{f'[{bare}]' if ':' in bare else bare}/", "text")
    if found is None or found.path != "/" or found.userinfo or found.port or not (found.ip or found.registrable_domain):
        raise Unwatchable(
            f"{text[:100]}: is no link, host or IP address; such as https://example.jp/x or www.example.jp"
        )
    host = found.ip or found.host
    made = Watch(
        name=_name(name or host, taken),
        host=host,
        domain=found.registrable_domain or "",
        ways=ways,
        added_at=_written(now),
    )
    if Way.HTTP in ways or Way.VISIT in ways:
        raise Unwatchable(f"{text[:100]}: to look at a page name its link, such as https://{host}/")
    return made


def _watch(
    url: Url, asked: str, ways: tuple[Way, ...], now: datetime, taken: Collection[str], mail: str, name: str = ""
) -> Watch:
    host = url.ip or url.host
    return Watch(
        name=_name(name or host, taken),
        host=host,
        domain=url.registrable_domain or "",
        url=asked,
        ways=ways,
        added_at=_written(now),
        mail=mail,
    )


def _is_a_place(url: Url, report: Report) -> bool:
    """Whether a link leads somewhere that is the sender's: what belongs to the reader or to everybody does not change by the mail."""
    host = url.ip or url.host
    if not url.clickable or not host or url.scheme not in ("http", "https") or identity.own(report, host):
        return False
    well_known = url.registrable_domain in freemail.domains() or brands.owner_of(host) is not None
    return not well_known or bool(linkhosts.free_hosting(host, public_suffix(host)))


def _name(wished: str, taken: Collection[str]) -> str:
    """A name that is free: as wished, or with a number behind."""
    base = (
        "".join(char if char.isalnum() or char in "-_.:" else "_" for char in wished).lstrip("-.")[:_LONGEST_NAME]
        or "watch"
    )
    return next(name for name in (base, *(f"{base}-{number}" for number in range(2, 100_000))) if name not in taken)


def _written(now: datetime) -> str:
    return now.isoformat(timespec="seconds").replace("+00:00", "Z")
