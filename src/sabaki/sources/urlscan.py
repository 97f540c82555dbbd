"""urlscan.io: scans that others have made of a domain or an address. Searched only: nothing is submitted, and no link is sent."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec

from sabaki.model.finding import State
from sabaki.model.knowledge import Known, Listing, Subject
from sabaki.sources import keyed
from sabaki.sources.feedindex import clean
from sabaki.sources.source import Failed, World, source

BASE = "https://urlscan.io"
LIST = "urlscan.io"
_SIZE = 50
_SAID = (
    "Judged malicious by urlscan.io: {bad} of the last {seen} public scans ({total} in all).",
    "直近の公開スキャン {seen} 件（全 {total} 件）のうち {bad} 件を、urlscan.ioが有害と判定しています。",
)
_UNSAID = (
    "Public scans that others had made: {total}, the last on {date}. The search gives no verdict: that settles nothing.",
    "第三者によるスキャンが {total} 件あります（最終: {date}）。検索では判定が分からず、安全とも危険ともいえません。",
)
_NONE = (
    "Nobody has had it scanned publicly. Unknown is not clean.",
    "公開のスキャンは一度も行われていません。未知であることは、安全を意味しません。",
)


class _Result(msgspec.Struct):
    """One scan. `verdicts` is only there for some accounts: where it is missing nothing was said."""

    task: dict[str, Any] = {}
    page: dict[str, Any] = {}
    verdicts: dict[str, Any] = {}


class _Answer(msgspec.Struct):
    results: list[_Result]
    total: int = 0


@source(
    accepts=("domain", "ip"),
    sends="domain, ip",
    to="urlscan.io",
    to_ja="urlscan.io",
    keeps=21_600,
    timeout=15.0,
    needs="urlscan_key",
    default=False,
    terms="Searches count against the account's quota.",
)
async def ask(subject: Subject, world: World) -> tuple[Known, ...]:
    """Public scans that others made of pages on a domain or an address. Only searched: nothing is submitted."""
    # The value is quoted for the search's own language; a name or an address has nothing in it that would end the quotes.
    if any(letter in subject.value for letter in '"\\'):
        raise Failed(State.SKIPPED, "not a name that can be searched for", "検索できる名前ではありません")
    field = "page.ip" if subject.kind == "ip" else "page.domain"
    query = urlencode({"q": f'{field}:"{subject.value}"', "size": _SIZE})
    base = keyed.base(world, "urlscan_url", BASE)
    answer = await keyed.get(world, LIST, f"{base}/api/v1/search/?{query}", "urlscan_key", "API-Key", _Answer)
    if answer is None:  # a search answers with an empty list; this is no search
        raise Failed(
            State.PERMERROR, "urlscan.io has no such search (HTTP 404)", "urlscan.ioの検索が見つかりません（HTTP 404）"
        )
    return (_listing(answer, subject),)


def _listing(answer: _Answer, subject: Subject) -> Listing:
    results = answer.results[:_SIZE]
    total = max(answer.total, len(results))
    bad = [each for each in results if each.verdicts.get("malicious") is True]
    judged = [each for each in results if isinstance(each.verdicts.get("malicious"), bool)]
    dates = [clean(str(each.task.get("time") or "")) for each in bad or results]
    facts = {"bad": len(bad), "seen": len(results), "total": total, "date": max(dates, default="")[:10]}
    texts = _SAID if judged else _UNSAID if total else _NONE
    meaning, meaning_ja = (text.format(**facts) for text in texts)
    pages = dict.fromkeys(clean(str(each.page.get("title") or "")) for each in bad)
    words = [f"scans: {total}"] + ([f"malicious: {len(bad)}"] if judged else []) if total else []
    # Not one scan judged bad does not settle it either: kits show each visitor something else.
    return Listing(
        list=LIST,
        listed=True if bad else None,
        threats=(*words, *[each for each in pages if each][:3]),
        meaning=meaning,
        meaning_ja=meaning_ja,
        matched=subject.value if total else "",
        list_date=max(dates, default=""),
        url=f"{BASE}/{'ip' if subject.kind == 'ip' else 'domain'}/{subject.value}",
    )
