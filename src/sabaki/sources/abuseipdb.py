"""AbuseIPDB, API v2: what administrators reported of an address. Nothing is reported by us."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec

from sabaki.model.knowledge import Known, Listing, Subject
from sabaki.sources import keyed
from sabaki.sources.feedindex import clean
from sabaki.sources.source import World, source

BASE = "https://api.abuseipdb.com"
LIST = "AbuseIPDB"
_DAYS = 90
_SAID = (
    "Reports in {days} days: {reports}, users who made them: {users}. AbuseIPDB's confidence that the address is abusive: {score} of 100.",
    "過去{days}日間に、{users} 人の利用者から {reports} 件の通報があります。AbuseIPDBの確信度は100点中 {score} 点です。",
)
_NONE = (
    "Nobody reported this address in the last {days} days. Not reported is not clean.",
    "過去{days}日間に、このアドレスの通報はありません。通報がないことは、安全を意味しません。",
)
_WHITE = (
    " It is on AbuseIPDB's list of well-known services, where reports are often about their users.",
    "AbuseIPDBの許可リストに載るサービスで、通報はその利用者についてのことも多くあります。",
)
_DOUBT = (" By itself that settles nothing.", "これだけで断定はできません。")


class _Data(msgspec.Struct, rename="camel"):
    abuse_confidence_score: int
    total_reports: int = 0
    num_distinct_users: int = 0
    is_whitelisted: bool | None = None
    is_tor: bool | None = None
    usage_type: str | None = None
    isp: str | None = None
    last_reported_at: str | None = None


class _Answer(msgspec.Struct):
    data: _Data


@source(
    accepts=("ip",),
    sends="ip",
    to="AbuseIPDB",
    to_ja="AbuseIPDB",
    keeps=21_600,
    timeout=15.0,
    needs="abuseipdb_key",
    default=False,
    terms="Free of charge up to 1,000 questions a day.",
)
async def ask(subject: Subject, world: World) -> tuple[Known, ...]:
    """How often an address was reported for abuse in the last 90 days, and how sure AbuseIPDB is of it."""
    query = urlencode({"ipAddress": subject.value, "maxAgeInDays": _DAYS})
    base = keyed.base(world, "abuseipdb_url", BASE)
    answer = await keyed.get(world, LIST, f"{base}/api/v2/check?{query}", "abuseipdb_key", "Key", _Answer)
    if answer is None:
        meaning, meaning_ja = (
            "AbuseIPDB knows nothing of it. Unknown is not clean.",
            "AbuseIPDBに情報がありません。安全を意味するものではありません。",
        )
        return (Listing(list=LIST, listed=None, meaning=meaning, meaning_ja=meaning_ja),)
    return (_listing(answer.data, subject.value),)


def _listing(data: _Data, ip: str) -> Listing:
    facts = {
        "score": data.abuse_confidence_score,
        "reports": data.total_reports,
        "users": data.num_distinct_users,
        "days": _DAYS,
    }
    listed: bool | None = data.abuse_confidence_score > 0
    texts = _SAID if data.total_reports or listed else _NONE
    meaning, meaning_ja = (text.format(**facts) for text in texts)
    if data.is_whitelisted and data.total_reports:
        listed, meaning, meaning_ja = None, meaning + _WHITE[0], meaning_ja + _WHITE[1]
    elif data.total_reports and not listed:
        listed, meaning, meaning_ja = None, meaning + _DOUBT[0], meaning_ja + _DOUBT[1]
    words = [f"abuseConfidenceScore: {data.abuse_confidence_score}", f"totalReports: {data.total_reports}"]
    words += [clean(data.usage_type)] if data.usage_type else []
    words += ["Tor"] if data.is_tor else []
    return Listing(
        list=LIST,
        listed=listed,
        threats=tuple(words),
        meaning=meaning,
        meaning_ja=meaning_ja,
        matched=ip if data.total_reports else "",
        list_date=clean(data.last_reported_at or ""),
        url=f"https://www.abuseipdb.com/check/{ip}",
    )
