"""How much a list's word counts: by whose list it is, by what of the mail it has, and by how far its date is from the mail's.

One operator's lists are one voice, however many answer: collections of phishing copy from each other.
"""

from __future__ import annotations

from collections import defaultdict

import msgspec

from sabaki.facts import known
from sabaki.facts.known import Told
from sabaki.model.case import Case
from sabaki.model.knowledge import Listing, Network

GOOGLE = frozenset({"safe_browsing", "web_risk"})
_DECEIVES = frozenset({"SOCIAL_ENGINEERING", "MALWARE"})
_AWAY_DAYS = 30
"""A list this much older or younger than the mail may speak of somebody else: sites are cleaned, names and addresses change hands."""

_WEIGHTS: dict[str, dict[str, float]] = {
    "google": {"url": 20},
    "feeds": {"url": 26, "host": 22, "domain": 18, "ip": 8},
    "dnsbl": {"domain": 14, "ip": 8},
    "virustotal": {"url": 18, "domain": 12, "ip": 3},
    "urlscan": {"domain": 12, "ip": 3},
    "abuseipdb": {"ip": 3},
    "otx": {"url": 8, "domain": 6, "ip": 2},
    "": {"url": 8, "host": 6, "domain": 6, "ip": 2},
}
"""Points by operator ("" is any other) and by what its list has. What anyone can write into weighs little, and so do addresses: many share one."""
_PARTS = {"link": 1.0, "sender": 1.0, "named": 0.6, "client": 0.5, "site": 0.25, "account": 0.0}
"""How much of it counts for which part. The owner of an account that was misused is a victim: that its domain is listed is only told."""
_WORSE = {
    "domain": (22.0, frozenset({"phish domain", "malware domain", "botnet c&c domain", "ph", "mw", "cr", "black"})),
    "ip": (12.0, frozenset({"sbl", "css", "xbl", "drop"})),
}
"""What lists in the DNS say when they mean more than a bad name, by kind."""
_VICTIM = "abused"
_CONFIDENCE = "abuseconfidencescore:"
_CONFIDENT = ((75, 10.0), (25, 6.0))


class Voice(msgspec.Struct, frozen=True):
    """What one operator's lists say of one part of the mail. `stale`: they are from another time than the mail."""

    operator: str
    part: str
    weight: float
    listings: tuple[Told[Listing], ...]
    stale: bool = False


def deceives(found: Told[Listing]) -> bool:
    """Whether it is Google's word that a link of the mail deceives its visitors or spreads malware: what browsers warn of."""
    return found.by.source in GOOGLE and found.by.subject.kind == "url" and not _DECEIVES.isdisjoint(found.item.threats)


def against(case: Case) -> tuple[Told[Listing], ...]:
    """The listings that speak against something in the mail. What a list does not settle is none, and no list clears anything."""
    return tuple(found for found in known.told(case, Listing) if found.item.listed is True and not found.item.allow)


def voices(case: Case) -> tuple[Voice, ...]:
    """Who lists what, beside what `deceives` has: one voice for each operator and part, the weightiest first."""
    heard: defaultdict[tuple[str, str], list[tuple[float, Told[Listing]]]] = defaultdict(list)
    for found in against(case):
        if not deceives(found):
            operator = _operator(found.by.source)
            weight, part = max((_weight(case, found, operator, part), part) for part in found.parts)
            heard[operator, part].append((weight, found))
    shared = _shared(case) if heard else frozenset()
    return tuple(
        sorted(
            (_voice(case, operator, part, said, shared) for (operator, part), said in heard.items()),
            key=lambda voice: (-voice.weight, voice.operator, voice.part),
        )
    )


def _voice(
    case: Case, operator: str, part: str, said: list[tuple[float, Told[Listing]]], shared: frozenset[str]
) -> Voice:
    said = sorted(said, key=lambda each: (-each[0], each[1].by.source, each[1].by.subject, each[1].item.list))
    weight, first = said[0]
    counts = part != "site" or first.by.subject.value not in shared
    return Voice(
        operator,
        part,
        float(round(weight)) if counts else 0.0,
        tuple(found for _, found in said),
        is_stale(case, first),
    )


def _operator(source: str) -> str:
    if source in GOOGLE:
        return "google"
    return source if source in _WEIGHTS else ""


def _weight(case: Case, found: Told[Listing], operator: str, part: str) -> float:
    kind = found.by.subject.kind
    named = kind == "ip" and part == "link"  # a link by number has no other name
    weights = _WEIGHTS[operator]
    weight = weights.get("domain" if named and "domain" in weights else kind, 0.0)
    threats = frozenset(threat.lower() for threat in found.item.threats)
    if operator == "feeds" and kind == "url" and "/" not in found.item.matched:
        weight = weights["host"]
    if operator == "dnsbl" and kind in _WORSE and threats & _WORSE[kind][1]:
        weight = _WORSE[kind][0]
    if operator == "abuseipdb":
        weight = _by_confidence(threats) or weight
    if part == "named" and any(threat.startswith(_VICTIM) for threat in threats):
        weight /= 2
    return weight * _PARTS.get(part, 0.0) * (0.5 if is_stale(case, found) else 1.0)


def _by_confidence(threats: frozenset[str]) -> float:
    said = next((threat.removeprefix(_CONFIDENCE).strip() for threat in threats if threat.startswith(_CONFIDENCE)), "")
    score = int(said) if said.isascii() and said.isdigit() and len(said) <= 3 else 0
    return next((weight for least, weight in _CONFIDENT if score >= least), 0.0)


def is_stale(case: Case, found: Told[Listing]) -> bool:
    """Whether a list is of another time than the mail. Not said of a link that is listed to the letter, nor by the mail's own Date."""
    made, came = known.moment_of(found.item.list_date), known.arrival(case)
    if made is None or came is None or (found.by.subject.kind == "url" and "/" in found.item.matched):
        return False
    return abs((made - came).days) > _AWAY_DAYS


def _shared(case: Case) -> frozenset[str]:
    """The addresses of networks that stand before thousands of sites: that one of these is listed tells nothing of another."""
    networks = known.told(case, Network, "ip")
    return frozenset(each.by.subject.value for each in networks if "cdn" in known.uses((each.item,)))
