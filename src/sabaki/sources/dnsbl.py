"""Blocklists in the DNS (RFC 5782), of addresses and of domains. Nobody is asked unless the setting `dnsbl` names zones.

A list that cannot be trusted at the moment is not asked: first its test entries are, once in a run. One that has been given up or
parked answers with everything or with nothing, and one that refuses its asker answers with a code of its own; neither is a listing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import tomllib
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from sabaki.model.finding import State
from sabaki.model.knowledge import Known, Listing, Subject
from sabaki.model.lookup import Answer, Lookup
from sabaki.protocols import resolver
from sabaki.sources.source import Failed, World, source

_LOOPBACK = ipaddress.IPv4Network("127.0.0.0/8")
_REFUSALS = ipaddress.IPv4Network("127.255.255.0/24")
_MOST_ZONES = 20
_LONGEST = 253
_AGAIN = timedelta(minutes=1)
_KEYED = ".dq.spamhaus.net"
"""Zones that begin with an account's key."""
_CLEAR = "invalid"
"""A domain that is never in a list (RFC 5782 section 5)."""
_LISTED_ADDRESS, _CLEAR_ADDRESS = "127.0.0.2", "127.0.0.1"

_ERRORS = {
    "public": (
        "it does not answer who asks through an open resolver; use a resolver of your own",
        "公開リゾルバー経由の問い合わせには応じません。自前のリゾルバーを使ってください",
    ),
    "typing": (
        "it says that the question is not one for this list",
        "このリスト向けの問い合わせではないと回答しました",
    ),
    "rate": ("it was asked too often from there", "問い合わせが多すぎるとして拒否しました"),
    "refused": ("it refuses to answer this resolver", "このリゾルバーからの問い合わせを拒否しています"),
}
_COMMON = {"127.255.255.252": "typing", "127.255.255.254": "public", "127.255.255.255": "rate"}
_NOT_LISTED = (
    "The list does not have it now. Not listed is not clean.",
    "現在、このリストには載っていません。載っていないことは、安全を意味しません。",
)
_UNEXPLAINED = (
    "The list has it; what its answer {code} means is not known here.",
    "このリストに載っています（回答 {code} の意味は不明です）。",
)


class Zone(msgspec.Struct, frozen=True):
    """A list: see data/dnsbl.toml. `asked` is the zone as it is asked, an account's key with it: never to be shown."""

    name: str
    asks: tuple[str, ...] = ()
    keyed: tuple[str, ...] = ()
    test: str = "test"
    bits: bool = False
    codes: dict[str, tuple[str, ...]] = {}
    errors: dict[str, str] = {}
    url: str = ""
    terms: str = ""
    terms_ja: str = ""
    ended: str = ""
    asked: str = ""


_Fault = tuple[State, str, str] | None
_checked: WeakKeyDictionary[Any, dict[tuple[str, str], tuple[datetime, asyncio.Task[_Fault]]]] = WeakKeyDictionary()


@source(
    accepts=("ip", "domain"),
    sends="ip, domain",
    to="the operators of the lists in the setting dnsbl, through the DNS resolver",
    to_ja="設定 dnsbl で指定したリストの運営者（DNSリゾルバー経由）",
    keeps=1_800,
    timeout=20.0,
    needs="dnsbl",
    default=False,
    terms="Each list has terms of its own: most are free of charge for small, non-commercial use through a resolver of your own.",
)
async def ask(subject: Subject, world: World) -> tuple[Known, ...]:
    """DNS blocklists of the setting dnsbl. The address or domain goes to each list's operator, within a name that is looked up."""
    kind = "domain" if subject.kind == "domain" else f"ip{ipaddress.ip_address(subject.value).version}"
    wanted = [zone for zone in zones(world.settings) if not zone.asks or kind in zone.asks]
    if not wanted:
        raise Failed(
            State.SKIPPED,
            "none of the lists in the setting dnsbl is about that",
            "設定 dnsbl に、これを扱うリストがありません",
        )
    answers = await asyncio.gather(*(_ask(zone, kind, subject.value, world) for zone in wanted), return_exceptions=True)
    known: list[Listing] = []
    failures: list[Failed] = []
    for zone, answer in zip(wanted, answers, strict=True):
        if isinstance(answer, Failed):
            failures.append(answer)
            known.append(_unsettled(zone, answer))
        elif isinstance(answer, BaseException):
            raise answer
        elif answer is not None:
            known.append(answer)
    if failures and len(failures) == len(known):
        states = [each.state for each in failures]
        raise Failed(
            next((each for each in (State.TEMPERROR, State.PERMERROR) if each in states), State.SKIPPED),
            "; ".join(each.reason for each in failures)[:1_000],
            "／".join(each.reason_ja for each in failures)[:1_000],
        )
    return tuple(known)


def zones(settings: Any) -> tuple[Zone, ...]:
    """The lists of the setting, each once, with their operators' terms; at most 20."""
    named = getattr(settings, "dnsbl", ()) or ()
    return tuple(_zone(each) for each in dict.fromkeys(text.strip(" .").lower() for text in named) if each)[
        :_MOST_ZONES
    ]


def _zone(text: str) -> Zone:
    for name, zone in _known().items():
        if text == name or any(text == each or text.endswith(f".{each}") for each in zone.keyed):
            return msgspec.structs.replace(zone, asked=text)
    shown = text.partition(".")[2] if text.endswith(_KEYED) else text
    return Zone(name=shown, asked=text)


@cache
def _known() -> dict[str, Zone]:
    table = tomllib.loads((resources.files("sabaki.data") / "dnsbl.toml").read_text("utf-8"))
    return msgspec.convert(table["zones"], dict[str, Zone])


async def _ask(zone: Zone, kind: str, value: str, world: World) -> Listing | None:
    """What a list says; None where an unknown list turns out to be one of the other kind. Raises Failed."""
    if zone.ended:
        raise Failed(
            State.PERMERROR,
            f"{zone.name} was given up on {zone.ended}: take it out of the setting dnsbl",
            f"{zone.name} は {zone.ended} に終了しています。設定 dnsbl から外してください",
        )
    fault = await _test(zone, kind, world)
    if fault:
        if not zone.asks and not await _test(zone, "ip4" if kind == "domain" else "domain", world):
            return None
        raise Failed(*fault)
    lookup = await world.lookup(_question(zone, kind, value), "A")
    _answered(zone, lookup)
    if lookup.status is not Answer.ANSWER:
        return Listing(
            list=zone.name,
            listed=False,
            meaning=_NOT_LISTED[0],
            meaning_ja=_NOT_LISTED[1],
            list_date=lookup.asked_at or "",
            url=zone.url,
        )
    return _listing(zone, value, lookup)


def _question(zone: Zone, kind: str, value: str) -> str:
    """The name that is looked up (RFC 5782 section 2.1, 2.4 and 3)."""
    name = value
    if kind != "domain":
        name = ipaddress.ip_address(value).reverse_pointer.removesuffix(".in-addr.arpa").removesuffix(".ip6.arpa")
    question = f"{name}.{zone.asked}"
    if len(question) > _LONGEST:
        raise Failed(
            State.SKIPPED,
            f"the name is too long to be asked of {zone.name}",
            f"名前が長すぎて {zone.name} に問い合わせられません",
        )
    return question


def _answered(zone: Zone, lookup: Lookup) -> None:
    """Raises Failed where the DNS gave no answer, or the list did not give one of its own."""
    if not lookup.known:
        reason, reason_ja = resolver.why(lookup)
        state = State.TEMPERROR if lookup.status is Answer.TEMPERROR else State.SKIPPED
        raise Failed(state, f"{zone.name} gave no answer: {reason}", f"{zone.name} から回答がありません（{reason_ja}）")
    codes = [ipaddress.IPv4Address(record) for record in lookup.records]
    if any(code not in _LOOPBACK for code in codes):
        raise Failed(
            State.PERMERROR,
            f"{zone.name} answers with an address outside of 127.0.0.0/8: the list is broken, parked, or the resolver lies",
            f"{zone.name} が 127.0.0.0/8 以外を回答しました（リストの故障・失効、またはリゾルバーによる書き換え）",
        )
    refusals = [refusal for code in codes if (refusal := _refusal(zone, code))]
    if refusals and len(refusals) == len(codes):
        english, japanese = _ERRORS[refusals[0]]
        state = State.TEMPERROR if refusals[0] == "rate" else State.PERMERROR
        raise Failed(state, f"{zone.name}: {english}", f"{zone.name}: {japanese}")


def _refusal(zone: Zone, code: ipaddress.IPv4Address) -> str:
    """Which refusal an answer is; "" where it is none. 127.0.0.1 lists nothing (RFC 5782 section 2.1), nor does 127.255.255.x."""
    text = str(code)
    known = zone.errors.get(text) or _COMMON.get(text, "")
    return known or ("refused" if code in _REFUSALS or text == "127.0.0.1" else "")


def _listing(zone: Zone, value: str, lookup: Lookup) -> Listing:
    meanings = [each for record in lookup.records for each in _meanings(zone, record)]
    strong = [each for each in meanings if each[3:] != ("weak",)]
    said = list(dict.fromkeys(each[1:3] for each in strong or meanings))
    english = "; ".join(each[0] for each in said)
    japanese = "、".join(each[1] for each in said)
    meaning, meaning_ja = f"Listed as {english}.", f"リストの分類: {japanese}。"
    if not said:
        code = ", ".join(lookup.records)[:100]
        meaning, meaning_ja = _UNEXPLAINED[0].format(code=code), _UNEXPLAINED[1].format(code=code)
    return Listing(
        list=zone.name,
        # An answer that no documentation explains settles nothing on a list that has one.
        listed=True if strong or not zone.codes else None,
        threats=tuple(dict.fromkeys(each[0] for each in meanings)) or lookup.records[:8],
        meaning=meaning,
        meaning_ja=meaning_ja,
        matched=value,
        list_date=lookup.asked_at or "",
        url=zone.url,
    )


def _meanings(zone: Zone, record: str) -> list[tuple[str, ...]]:
    if not zone.bits:
        return [zone.codes[record]] if record in zone.codes else []
    last = int(record.rpartition(".")[2])
    return [meaning for bit, meaning in zone.codes.items() if last & int(bit)]


async def _test(zone: Zone, kind: str, world: World) -> _Fault:
    """Whether the list answers its test entries as it must: asked once for a world, and again after a minute where the DNS failed."""
    family = "domain" if kind == "domain" else "ip4"
    flights = _checked.setdefault(world, {})
    key = (zone.asked, family)
    now = world.now()
    at, flight = flights.get(key, (now, None))
    if flight is None or (flight.done() and _is_temporary(flight) and now - at > _AGAIN):
        flight = asyncio.create_task(_tested(zone, family, world))
        flights[key] = now, flight
    return await asyncio.shield(flight)


def _is_temporary(flight: asyncio.Task[_Fault]) -> bool:
    if flight.cancelled():
        return True
    fault = flight.result()
    return fault is not None and fault[0] is State.TEMPERROR


async def _tested(zone: Zone, family: str, world: World) -> _Fault:
    listed, clear = (zone.test, _CLEAR) if family == "domain" else (_LISTED_ADDRESS, _CLEAR_ADDRESS)
    try:
        has, has_not = await asyncio.gather(
            world.lookup(_question(zone, family, listed), "A"), world.lookup(_question(zone, family, clear), "A")
        )
        _answered(zone, has)
        if has.status is not Answer.ANSWER:
            raise Failed(
                State.PERMERROR,
                f"{zone.name} does not list its own test entry: it is gone, or does not answer this resolver truly",
                f"{zone.name} が自身のテスト項目を回答しません（リストの終了、またはこのリゾルバーへの回答拒否とみられます）",
            )
        _answered(zone, has_not)
        if has_not.status is Answer.ANSWER:
            raise Failed(
                State.PERMERROR,
                f"{zone.name} lists even what no list may have: it is broken or was given up",
                f"{zone.name} は、載るはずのない項目まで載せています（故障または終了とみられます）",
            )
    except Failed as failure:
        return failure.state, failure.reason, failure.reason_ja
    return None


def _unsettled(zone: Zone, failure: Failed) -> Listing:
    return Listing(
        list=zone.name,
        listed=None,
        meaning=f"Not known: {failure.reason}.",
        meaning_ja=f"不明です。{failure.reason_ja}。",
        url=zone.url,
    )
