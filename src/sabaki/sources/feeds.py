"""Local lists: blocklists, MISP feeds and lists of well-known hosts, in files on this machine. Nothing leaves it.

`index` builds one file out of them; questions are answered from that.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from sabaki.facts import linkhosts
from sabaki.mail import urls
from sabaki.mail.domains import public_suffix, registrable_domain
from sabaki.model.finding import State
from sabaki.model.knowledge import Known, Listing, Subject
from sabaki.sources import feedindex, feedread
from sabaki.sources.feedindex import Feed, Hit, Index
from sabaki.sources.feedkeys import key_host, url_key
from sabaki.sources.source import Declined, Failed, World, source

FILE = "feeds.index"
"""The index, in the directory of data. Beside it: `feeds/` with blocklists, `allow/` with lists of well-known hosts."""
_MOST = 20
_STRENGTH = ("url", "ip", "host", "network", "above", "page")
_HOW = {
    "url": ("This very address is in", "このURLそのものが"),
    "ip": ("This address is in", "このIPアドレスが"),
    "network": ("The network around this address is in", "このIPアドレスを含むネットワークが"),
    "host": ("This host is in", "このホスト名が"),
    "above": ("The domain above this host is in", "このホストの上位ドメインが"),
    "page": (
        "Not this address, but another page on its host is in",
        "このURLではありませんが、同じホストの別のページが",
    ),
}


class _Open(msgspec.Struct, frozen=True):
    index: Index
    changed: int
    """Lists that were changed or added since."""


@source(accepts=("url", "host", "domain", "ip"), sends="nothing", to="", to_ja="", keeps=0, timeout=5)
async def ask(subject: Subject, world: World) -> tuple[Known, ...]:
    """Local lists of dangerous and of well-known hosts, on this machine. What is in none of them is not clean by that."""
    opened = _opened(world)
    hits = _hits(opened.index, subject)
    blocked = [_listing(hit, subject, world) for hit in _strongest(hits, allow=False)]
    allowed = [_allowing(hit, subject, world) for hit in _strongest(hits, allow=True)]
    if not blocked and (asked := [feed for feed in opened.index.feeds if not feed.allow]):
        blocked = [_not_listed(asked, opened.changed)]
    return (*blocked, *allowed)


def index(data: Path, settings: Any = None) -> tuple[Feed, ...]:
    """Build the index of all lists in the directory of data and in the settings, and say what is in it. Raises OSError or ValueError.

    With no list at all, an index that is there is removed.
    """
    block, allow = _paths(data, settings)
    lists = (*feedread.lists(block), *feedread.lists(allow, allow=True))
    file = data / FILE
    if not lists:
        file.unlink(missing_ok=True)
        return ()
    data.mkdir(parents=True, exist_ok=True)
    return feedindex.build(file, lists)


def _paths(data: Path, settings: Any) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    named = (getattr(settings, setting, ()) or () for setting in ("feeds", "allow_lists"))
    block, allow = (tuple(Path(each).expanduser() for each in paths) for paths in named)
    kept = (tuple(each for each in (data / name,) if each.is_dir()) for name in ("feeds", "allow"))
    own_block, own_allow = kept
    return (*own_block, *block), (*own_allow, *allow)


def _opened(world: World) -> _Open:
    file = world.data / FILE
    try:
        status = file.stat()
        paths = _paths(world.data, world.settings)
        return _open(file, (status.st_mtime_ns, status.st_size, status.st_ino), paths)
    except FileNotFoundError:
        block, allow = _paths(world.data, world.settings)
        if not any(feedread.files((*block, *allow))):
            raise Declined from None
        raise Failed(
            State.SKIPPED,
            "the local lists are not indexed yet: `sabaki data index` does that",
            "手元のリストの索引がまだありません。`sabaki data index` で作成できます",
        ) from None
    except (OSError, ValueError) as error:
        raise Failed(
            State.PERMERROR,
            f"the index of the local lists cannot be read, `sabaki data index` makes it anew: {error}"[:300],
            f"手元のリストの索引を読み取れません。`sabaki data index` で作り直してください（{error}）"[:300],
        ) from error


@lru_cache(maxsize=4)
def _open(file: Path, stamp: tuple[int, ...], paths: tuple[tuple[Path, ...], tuple[Path, ...]]) -> _Open:
    del stamp  # part of the key: an index that was replaced is opened again
    opened = Index(file)
    there = {str(each / "manifest.json" if each.is_dir() else each) for each in feedread.files((*paths[0], *paths[1]))}
    changed = {feed.file for feed in feedindex.changed(opened.feeds)}
    return _Open(opened, len(changed | (there - {feed.file for feed in opened.feeds})))


def _hits(opened: Index, subject: Subject) -> list[Hit]:
    if subject.kind == "ip":
        return opened.ip(subject.value)
    if subject.kind == "url":
        key = url_key(subject.value)
        return opened.url(key) if key else []
    return opened.host(subject.value)


def _strongest(hits: Iterable[Hit], *, allow: bool) -> list[Hit]:
    """One hit for each list: the closest, with the words of all that are as close."""
    best: dict[int, Hit] = {}
    for hit in hits:
        if hit.feed.allow is not allow or (allow and hit.how == "page"):
            continue
        other = best.get(id(hit.feed))
        if other is None or _STRENGTH.index(hit.how) < _STRENGTH.index(other.how):
            best[id(hit.feed)] = hit
        elif (hit.how, hit.entry) == (other.how, other.entry):
            words = tuple(dict.fromkeys((*other.words, *hit.words)))[:12]
            best[id(hit.feed)] = msgspec.structs.replace(other, words=words)
    return list(best.values())[:_MOST]


def _listing(hit: Hit, subject: Subject, world: World) -> Listing:
    """What a blocklist says."""
    listed: bool | None = True
    why, why_ja = "", ""
    if hit.how == "page":
        listed = None
        why, why_ja = " That settles nothing about this one.", "このURLについて何かを断定できるものではありません。"
    elif hit.how in ("host", "above") and (service := _shared(hit.entry)):
        listed = None
        why = f" But that is {service}, where anyone can put up pages or lead on to others: it settles nothing about a single one."
        why_ja = f"ただし {service} は誰でもページや転送を置ける場所のため、個々のページについて断定できるものではありません。"
    return _said(hit, world, listed, (why, why_ja))


def _allowing(hit: Hit, subject: Subject, world: World) -> Listing:
    """What a list of well-known hosts says: it explains a host, and never a page that anyone may have put there."""
    host = key_host(url_key(subject.value)) if subject.kind == "url" else subject.value
    listed: bool | None = None
    if hit.how in ("ip", "network") or not hit.feed.settles:
        why = " That says whose it is. Whoever rents there, or sends from there, may be anyone."
        why_ja = "誰のものかを示すだけで、そこを借りて使う人が誰かは分かりません。"
        if hit.feed.settles:
            listed, why, why_ja = True, "", ""
    elif service := _anyones(host, subject):
        why = f" But {service} is open to everyone: that the host is well known says nothing of this page."
        why_ja = f"ただし {service} は誰でも使えるため、ホストが有名でも、このページが安全とはいえません。"
    elif hit.how == "above" and registrable_domain(hit.entry) != registrable_domain(host):
        why = " But this host is somebody else's, under the same suffix."
        why_ja = "ただし、このホストは同じ接尾辞の下にある別の利用者のものです。"
    else:
        listed = True
        why = " That explains the host. A site that was broken into stays well known."
        why_ja = "ホストの素性の説明にはなりますが、改ざんされたサイトも有名なままです。"
    return _said(hit, world, listed, (why, why_ja))


def _said(hit: Hit, world: World, listed: bool | None, why: tuple[str, str]) -> Listing:
    known = feedread.known().get(hit.feed.kind) or feedread.known()["plain"]
    how, how_ja = _HOW[hit.how]
    age, age_ja = _age(hit.feed, known, world)
    return Listing(
        list=hit.feed.name,
        listed=listed,
        threats=hit.words,
        meaning=f"{how} this list of {known.what}.{why[0]}{age}",
        meaning_ja=f"{how_ja}、このリスト（{known.what_ja}）に載っています。{why[1]}{age_ja}",
        matched=hit.entry,
        allow=hit.feed.allow,
        list_date=hit.feed.date,
        url=known.url,
    )


def _age(feed: Feed, known: feedread.Known, world: World) -> tuple[str, str]:
    """What is to be said of a copy that is old."""
    most = int(getattr(world.settings, "feed_days", 0) or known.days)
    try:
        at = datetime.fromisoformat(feed.date)
    except ValueError:
        return "", ""
    days = (world.now() - (at if at.tzinfo else at.replace(tzinfo=UTC))).days
    if days <= most:
        return "", ""
    return (
        f" The copy is {days:,} days old: what was put in or taken out since is not in it.",
        f"手元の写しは {days:,} 日前のもので、その後の追加や削除は反映されていません。",
    )


def _not_listed(asked: list[Feed], changed: int) -> Listing:
    names = ", ".join(feed.name for feed in asked[:8]) + (" …" if len(asked) > 8 else "")
    count = sum(feed.entries for feed in asked)
    oldest = min((feed.date for feed in asked if feed.date), default="")
    meaning = f"Not in the local lists ({names}; {count:,} entries in all). Not listed is not clean."
    meaning_ja = f"手元の {len(asked)} 件のリスト（{names}、計 {count:,} 項目）には載っていません。載っていないことは、安全を意味しません。"
    if changed:
        meaning += f" Lists changed or added since they were indexed: {changed} (`sabaki data index`)."
        meaning_ja += f"索引の作成後に変わったリストが {changed} 件あります（`sabaki data index` で作り直せます）。"
    return Listing(
        list=f"local lists ({len(asked)})", listed=False, meaning=meaning, meaning_ja=meaning_ja, list_date=oldest
    )


@lru_cache(maxsize=4_096)
def _shared(entry: str) -> str:
    """The service that an entry is as a whole, "" where it is somebody's own."""
    below = f"a.{entry}"
    hosting = linkhosts.free_hosting(below, public_suffix(below))
    if registrable_domain(entry) is None and not entry[-1:].isdigit():
        return entry
    service = linkhosts.shortener(entry) or linkhosts.tracker(entry) or linkhosts.wrapper(entry)
    return service or (entry if hosting == entry.removeprefix("www.") or entry in feedread.user_content() else "")


def _anyones(host: str, subject: Subject) -> str:
    """The service at a host that is open to everyone, as a place for pages or as a way on; "" for none."""
    service = (
        linkhosts.free_hosting(host, public_suffix(host))
        or linkhosts.shortener(host)
        or linkhosts.tracker(host)
        or linkhosts.wrapper(host)
        or _content(host)
    )
    if not service and subject.kind == "url":
        url = urls.parse(subject.value, "feeds")
        redirects = linkhosts.redirector(url) if url else None
        service = redirects[0] if redirects else ""
    return service


def _content(host: str) -> str:
    while host and host not in feedread.user_content():
        host = host.partition(".")[2]
    return host
