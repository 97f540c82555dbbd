"""The clock of whoever wrote the mail is far from the address that sent it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sabaki.facts import accounts, cite, known
from sabaki.facts.accounts import Fit
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.model.knowledge import Network, Place
from sabaki.registry import Hit, check

_FAR = 6.0
"""Hours. Legal time lies up to three and a half hours from the sun's, summer time included (west of China, Spain in summer)."""
_SURE_KM = 300.0
_ELSEWHERE = frozenset({"cloud", "cdn", "hosting", "vpn", "tor", "proxy"})


@check(severity=Severity.LOW, weight=4, references=("RFC 5322 section 3.3",))
def far_from_zone(case: Case) -> Iterator[Hit]:
    """Somebody signed in with an account, and the time zone of Date is six hours or more from the place of the address. Only where the
    city and the network are known, and the network is none of servers or of a VPN. "+0000" says nothing."""
    zone, origin = _zone(case.sender.date), case.origin
    if zone is None or not origin.auth_account or origin.grade is Grade.SELF_DECLARED:
        return
    networks = [found.item for found in known.told(case, Network, "ip") if "sender" in found.parts]
    if not networks or not _ELSEWHERE.isdisjoint(known.uses(networks)):
        return
    for found in known.told(case, Place, "ip"):
        place = found.item
        if "sender" not in found.parts or not place.city or place.longitude is None or not _is_sure(place):
            continue
        if _hours_apart(zone, place.longitude / 15) >= _FAR:
            where = ", ".join(known.short(part, 40) for part in (place.city, place.country) if part)
            strange = accounts.of_origin(case) in (Fit.STRANGE, Fit.POSSIBLE)
            yield Hit(
                f"Date was written in the time zone UTC{zone:+g}, and sent from {where}, which is far from it",
                f"日付（Date）の時間帯はUTC{zone:+g}ですが、送信元（{where}）はその時間帯から遠く離れています",
                Grade.SELF_DECLARED,
                (
                    cite.answer(found.by, where, f"{place.database} {place.database_date}".strip()),
                    *map(cite.field, case.all("date")),
                ),
                "A traveller's clock does that, and so does a database that errs. Zone and place are those of a machine's settings and of a "
                "network's registration, not of a person.",
                "旅行中の人の時計や、位置情報データベースの誤りでも起こります。時間帯は機器の設定、所在はネットワークの登録によるもので、人の居場所ではありません。",
                weight=6 if strange else 3,
            )
            return


def _zone(date: str | None) -> float | None:
    """Hours east of UTC; None for UTC itself, in which servers write wherever they are."""
    try:
        offset = datetime.fromisoformat(date or "").utcoffset()
    except ValueError:
        return None
    return offset.total_seconds() / 3600 if offset else None


def _is_sure(place: Place) -> bool:
    return place.radius_km is None or 0 <= place.radius_km <= _SURE_KM


def _hours_apart(first: float, second: float) -> float:
    """The shorter way round the day; 0 for what is no longitude."""
    if not -12 <= second <= 12:
        return 0.0
    apart = abs(first - second) % 24
    return min(apart, 24 - apart)
