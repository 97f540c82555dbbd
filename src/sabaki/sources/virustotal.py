"""VirusTotal, API v3: what its engines said of a link, a domain or an address when it was last analysed. Nothing is submitted."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from urllib.parse import quote

import msgspec

from sabaki.model.knowledge import Known, Listing, Subject
from sabaki.sources import keyed
from sabaki.sources.feedindex import clean, rfc3339
from sabaki.sources.source import World, source

BASE = "https://www.virustotal.com"
LIST = "VirusTotal"
_SITE = "https://www.virustotal.com/gui"
_FEW = 2
"""Engines that have to agree: a single one is often alone in its mistake."""
_SAID = (
    "Engines that call it malicious or suspicious: {bad} of {all} (last analysis: {date}).",
    "{all} 種のエンジンのうち {bad} 種が有害または疑わしいと判定しています（最終解析: {date}）。",
)
_ALONE = (" One engine alone is often mistaken.", "1種だけの判定は誤りのことも多くあります。")
_CLEAN = (
    " That no engine objects does not mean that it is clean.",
    "どのエンジンも検知しないことは、安全を意味しません。",
)
_UNKNOWN = (
    "VirusTotal has never been shown it, and knows nothing. Unknown is not clean.",
    "VirusTotalに提出されたことがなく、何も分かりません。未知であることは、安全を意味しません。",
)


class _Attributes(msgspec.Struct):
    last_analysis_stats: dict[str, int] = {}
    last_analysis_date: int | None = None
    threat_names: list[str] = []
    tags: list[str] = []


class _Data(msgspec.Struct):
    attributes: _Attributes
    id: str = ""


class _Answer(msgspec.Struct):
    data: _Data


@source(
    accepts=("url", "domain", "ip"),
    sends="url, domain, ip",
    to="VirusTotal (Google)",
    to_ja="VirusTotal（Google）",
    keeps=21_600,
    timeout=15.0,
    needs="virustotal_key",
    default=False,
    terms="The public API is for non-commercial use: 4 questions a minute, 500 a day.",
)
async def ask(subject: Subject, world: World) -> tuple[Known, ...]:
    """What VirusTotal's engines say. The whole link is sent, with whatever in it tells the recipient; nothing is submitted for analysis."""
    path, page = _paths(subject)
    base = keyed.base(world, "virustotal_url", BASE)
    answer = await keyed.get(world, LIST, f"{base}/api/v3/{path}", "virustotal_key", "x-apikey", _Answer)
    if answer is None:
        return (Listing(list=LIST, listed=None, meaning=_UNKNOWN[0], meaning_ja=_UNKNOWN[1]),)
    return (_listing(answer.data, f"{_SITE}/{page}"),)


def _paths(subject: Subject) -> tuple[str, str]:
    """The question's path, and the page that shows the same to people."""
    if subject.kind == "url":
        id = urlsafe_b64encode(subject.value.encode("utf-8", "replace")).decode().rstrip("=")
        return f"urls/{id}", f"url/{id}"
    value = quote(subject.value, safe="")
    return (
        (f"domains/{value}", f"domain/{value}")
        if subject.kind == "domain"
        else (f"ip_addresses/{value}", f"ip-address/{value}")
    )


def _listing(data: _Data, page: str) -> Listing:
    said = data.attributes
    stats = {clean(name): count for name, count in list(said.last_analysis_stats.items())[:12] if count > 0}
    bad = stats.get("malicious", 0) + stats.get("suspicious", 0)
    engines = sum(stats.values())
    date = rfc3339(said.last_analysis_date) if said.last_analysis_date else ""
    listed = None if not engines or 0 < bad < _FEW else bad >= _FEW
    meaning, meaning_ja = (text.format(bad=bad, all=engines, date=date or "?") for text in _SAID)
    if not engines:
        meaning, meaning_ja = (
            "VirusTotal knows it, but has no analysis. That settles nothing.",
            "VirusTotalに解析結果がなく、何も分かりません。",
        )
    elif bad < _FEW:
        addition, addition_ja = _ALONE if bad else _CLEAN
        meaning, meaning_ja = meaning + addition, meaning_ja + addition_ja
    counts = tuple(f"{name}: {count}" for name, count in stats.items())
    names = tuple(text for name in said.threat_names[:5] if (text := clean(name)))
    return Listing(
        list=LIST,
        listed=listed,
        threats=counts + names,
        meaning=meaning,
        meaning_ja=meaning_ja,
        list_date=date,
        url=page,
    )
