"""Google Safe Browsing v5: whether Google lists a link as dangerous. Only the first four bytes of hashes leave, never the link."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import timedelta
from urllib.parse import urlencode

from sabaki.model.finding import State
from sabaki.model.knowledge import Known, Subject
from sabaki.sources import sblists, sbproto, sbwords, urlhash
from sabaki.sources.sblists import Lists
from sabaki.sources.sbproto import Found, Garbled
from sabaki.sources.sbservice import Service, service, unreadable
from sabaki.sources.source import Failed, World, source

BASE = "https://safebrowsing.googleapis.com"
LIST = "Google Safe Browsing"
_PROTOBUF = ("application/x-protobuf", "application/protobuf")
_AS_GOOD_AS_NOW = timedelta(hours=1)
"""How old the lists may be that stand in for a question where the global cache says so."""
_LIST_SECONDS = 15.0


@source(
    accepts=("url",),
    sends="hash-prefix",
    to="Google Safe Browsing",
    to_ja="Google セーフ ブラウジング",
    keeps=0,
    timeout=25.0,
    needs="safe_browsing_key",
    terms="For non-commercial use (commercial: Web Risk); a warning says that it is a suspicion and that it comes from Google.",
)
async def ask(subject: Subject, world: World) -> tuple[Known, ...]:
    """Whether Google Safe Browsing lists a link, the directories it is in or its site. Sends hash prefixes of four bytes only."""
    wanted = urlhash.expressions(subject.value)
    if not wanted:
        raise Failed(State.SKIPPED, "not a web address", "Webのアドレスではありません")
    base, key = _base(world), str(getattr(world.settings, "safe_browsing_key", ""))
    server = service(world, LIST)
    lists = await _lists(world, server, base, key)
    if lists is not None and (_mode(world) == "local" or lists.likely(wanted)):
        wanted = lists.suspects(wanted)
        if not wanted:
            return (sbwords.listing(LIST, (), lists.date, locally=True),)

    async def search(prefixes: tuple[bytes, ...]) -> dict[bytes, Found]:
        return dict.fromkeys(prefixes, await _search(world, server, base, key, prefixes))

    answers = await server.answers(world, (each.prefix for each in wanted), search)
    oldest = min(known.asked for known in answers.values())
    return (sbwords.listing(LIST, sbwords.matches(wanted, answers), oldest),)


async def pull(world: World) -> tuple[sblists.Head, ...]:
    """Fetch all lists, or what has changed since, and say what is here. Raises Failed."""
    base = _base(world)
    key = str(getattr(world.settings, "safe_browsing_key", ""))
    return await sblists.update(world, service(world, LIST), base, key)


def _base(world: World) -> str:
    return (getattr(world.settings, "safe_browsing_url", "") or BASE).rstrip("/")


def _mode(world: World) -> str:
    mode = getattr(world.settings, "safe_browsing_mode", "") or "realtime"
    if mode not in ("realtime", "local"):
        raise Failed(
            State.PERMERROR,
            "the setting safe_browsing_mode is neither realtime nor local",
            "設定 safe_browsing_mode は realtime か local のどちらかです",
        )
    return str(mode)


async def _lists(world: World, server: Service, base: str, key: str) -> Lists | None:
    """In local mode the lists, brought up to date; in real-time mode those that are here and fresh, if any."""
    if _mode(world) == "local":
        return await sblists.current(world, server, base, key, _LIST_SECONDS)
    return sblists.fresh(world.data, world.now(), _AS_GOOD_AS_NOW)


async def _search(world: World, server: Service, base: str, key: str, prefixes: tuple[bytes, ...]) -> Found:
    """All prefixes of a link in one request: at most 30, where 1,000 are allowed."""
    query = [("hashPrefixes", urlsafe_b64encode(prefix).decode()) for prefix in prefixes]
    url = f"{base}/v5/hashes:search?{urlencode([*query, ('alt', 'proto')])}"
    response = await server.call(world, url, key, "safe_browsing_key")
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _PROTOBUF:
        raise unreadable(f"it is {kind[:60] or 'of no type'}, not protobuf")
    try:
        return sbproto.found(response.body)
    except Garbled as error:
        raise unreadable(str(error)) from error
