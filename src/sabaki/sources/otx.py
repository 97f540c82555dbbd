"""LevelBlue (AlienVault) OTX: in which of its users' collections ("pulses") an indicator stands. Anyone can publish one."""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from sabaki.model.knowledge import Known, Listing, Subject
from sabaki.sources import keyed
from sabaki.sources.feedindex import clean
from sabaki.sources.source import World, source

BASE = "https://otx.alienvault.com"
LIST = "OTX"
_SAID = (
    "Collections of OTX's users that have it: {count}. Anyone can publish one: read them before they are believed.",
    "OTXの利用者が公開した {count} 件の情報集に載っています。誰でも公開できるため、内容の確認が必要です。",
)
_NONE = (
    "No collection of OTX's users has it. Not listed is not clean.",
    "OTXの利用者の情報集には載っていません。載っていないことは、安全を意味しません。",
)
_WHITE = (
    " But OTX itself marks it as well known or as a false alarm: by itself that settles nothing.",
    "ただしOTX自身が、よく知られたもの、または誤検知としているため、これだけで断定はできません。",
)
_UNKNOWN = (
    "OTX knows nothing of it. Unknown is not clean.",
    "OTXに情報がありません。安全を意味するものではありません。",
)


class _Pulse(msgspec.Struct):
    name: str = ""
    modified: str = ""
    tags: list[str] = []


class _Pulses(msgspec.Struct):
    count: int = 0
    pulses: list[_Pulse] = []


class _Validation(msgspec.Struct):
    source: str = ""
    name: str = ""


class _Answer(msgspec.Struct):
    pulse_info: _Pulses
    validation: list[_Validation] = []


@source(
    accepts=("url", "domain", "ip"),
    sends="url, domain, ip",
    to="LevelBlue OTX",
    to_ja="LevelBlue OTX",
    keeps=21_600,
    timeout=15.0,
    needs="otx_key",
    default=False,
    terms="Free of charge with an account.",
)
async def ask(subject: Subject, world: World) -> tuple[Known, ...]:
    """In which collections of OTX's users it stands. The whole link is sent, with whatever in it tells the recipient."""
    kind = {"url": "url", "domain": "domain"}.get(subject.kind) or ("IPv6" if ":" in subject.value else "IPv4")
    value = quote(subject.value, safe="")
    base = keyed.base(world, "otx_url", BASE)
    url = f"{base}/api/v1/indicators/{kind}/{value}/general"
    answer = await keyed.get(world, LIST, url, "otx_key", "X-OTX-API-KEY", _Answer)
    if answer is None:
        return (Listing(list=LIST, listed=None, meaning=_UNKNOWN[0], meaning_ja=_UNKNOWN[1]),)
    return (_listing(answer, f"{BASE}/indicator/{kind.lower().rstrip('v46')}/{value}"),)


def _listing(answer: _Answer, page: str) -> Listing:
    info = answer.pulse_info
    count = max(info.count, len(info.pulses))
    texts = _SAID if count else _NONE
    meaning, meaning_ja = (text.format(count=count) for text in texts)
    listed: bool | None = count > 0
    if count and answer.validation:
        listed, meaning, meaning_ja = None, meaning + _WHITE[0], meaning_ja + _WHITE[1]
    tags = dict.fromkeys(clean(tag) for pulse in info.pulses[:20] for tag in pulse.tags[:5])
    names = dict.fromkeys(clean(pulse.name) for pulse in info.pulses[:5])
    words = [each for each in (*names, *tags) if each][:12]
    return Listing(
        list=LIST,
        listed=listed,
        threats=tuple([f"pulses: {count}", *words] if count else ()),
        meaning=meaning,
        meaning_ja=meaning_ja,
        list_date=max((clean(pulse.modified) for pulse in info.pulses[:200]), default=""),
        url=page,
    )
