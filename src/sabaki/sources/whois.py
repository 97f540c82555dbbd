"""WHOIS (RFC 3912), for what RDAP has nothing on: JPRS above all, and the country registries that have no RDAP.

Asked are the registry's server (data/whois.toml, or else the one that IANA names) and, once, the server that its answer refers to.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from functools import cache
from importlib import resources

import msgspec

from sabaki.mail.domains import organizational_domain
from sabaki.model.finding import State
from sabaki.model.knowledge import Known, Registration, Subject
from sabaki.sources import whoisanswer
from sabaki.sources.source import Failed, World, source
from sabaki.sources.whoisanswer import Answer, Kind

PORT = 43
_MOST = 200_000
"""Bytes of an answer."""
_SECONDS = 6.0
"""For each of at most three questions: IANA, the registry, whom it refers to."""
_IANA = "whois.iana.org"
_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.){0,10}[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SERVER = re.compile(r"(?:whois://)?((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z][a-z0-9-]{0,61}[a-z0-9])\.?/?")


class Servers(msgspec.Struct, frozen=True):
    """data/whois.toml: which server answers for what, how it wants to be asked, and in which charset it answers."""

    date: str
    source: str
    domains: dict[str, str]
    none: tuple[str, ...]
    forms: dict[str, str]
    charsets: dict[str, str]


@cache
def servers() -> Servers:
    """The table of servers."""
    table = tomllib.loads((resources.files("sabaki.data") / "whois.toml").read_text("utf-8"))
    return msgspec.convert(table, Servers)


@source(
    accepts=("domain", "ip", "asn"),
    sends="domain, ip, asn",
    to="the registry's WHOIS server, and the registrar's that it names",
    to_ja="登録機関（レジストリ）のWHOISサーバーと、そこで案内されたレジストラのWHOISサーバー",
    keeps=86_400,
    timeout=20.0,
    instead_of="rdap",
    terms="A few questions at a time: registries refuse who asks too much. The answers are not to be collected for other ends.",
)
async def ask(subject: Subject, world: World) -> tuple[Known, ...]:
    """Who registered a domain, a network or an AS number, by WHOIS on port 43. Only asked where RDAP has nothing."""
    return await inquire(subject, world)


async def inquire(subject: Subject, world: World) -> tuple[Known, ...]:
    """The registration as WHOIS has it. A name that nobody registered is a Registration with the status "not registered".

    Raises Failed: TEMPERROR where the server wants to be asked later, PERMERROR where there is no server, or what it says cannot be used.
    """
    if subject.kind == "domain" and organizational_domain(subject.value) != subject.value:
        raise Failed(
            State.SKIPPED,
            f"{subject.value[:253]} is no name that a registry gives out",
            f"{subject.value[:253]} は登録機関が登録を受け付ける名前ではありません",
        )
    if not _askable(subject):
        raise Failed(
            State.PERMERROR,
            f"not asked: {subject.value[:80]!r} is no {subject.kind}",
            "WHOISに問い合わせられる値ではありません",
        )
    server = _server(subject.value) if subject.kind == "domain" else ""
    server = server or await _delegated(subject, world)
    answer = await _exchange(server, subject, world)
    registration = msgspec.structs.replace(_registration(answer, server, subject), server=server)
    return (await _referred(answer, registration, subject, world),)


def _askable(subject: Subject) -> bool:
    """Whether the value can go on the line as it is: no space and no line end, no option, and of its kind."""
    if subject.kind == "domain":
        return len(subject.value) <= 253 and "." in subject.value and _NAME.fullmatch(subject.value) is not None
    if subject.kind == "asn":
        return subject.value.isascii() and subject.value.isdigit() and len(subject.value) <= 10
    try:
        ipaddress.ip_address(subject.value)
    except ValueError:
        return False
    return "%" not in subject.value


def _server(name: str) -> str:
    """The server for a domain: that of the longest suffix in the table. Raises Failed where the registry has none."""
    labels = name.split(".")
    for start in range(1, len(labels)):
        suffix = ".".join(labels[start:])
        if suffix in servers().domains:
            return servers().domains[suffix]
        if suffix in servers().none:
            raise Failed(
                State.PERMERROR,
                f"the registry of .{suffix} has no WHOIS server that answers",
                f".{suffix} のレジストリには、問い合わせに応じるWHOISサーバーがありません",
            )
    return ""


async def _delegated(subject: Subject, world: World) -> str:
    """The server that IANA names for a top-level domain, an address or an AS number."""
    value = subject.value.rpartition(".")[2] if subject.kind == "domain" else subject.value
    data = await world.egress.exchange(_IANA, PORT, f"{value}\r\n".encode("ascii"), seconds=_SECONDS, most=_MOST)
    server = _host(whoisanswer.delegation(data))
    if not server:
        raise Failed(
            State.PERMERROR,
            "IANA names no WHOIS server for this",
            "IANAには、これに対応するWHOISサーバーの登録がありません",
        )
    return server


def _host(written: str) -> str:
    """The host of a server as an answer writes it, "" for what is no plain host name (another port, a web page, an address)."""
    match = _SERVER.fullmatch(written.strip().lower()[:300])
    return match[1] if match else ""


async def _exchange(server: str, subject: Subject, world: World) -> Answer:
    form = servers().forms.get(f"{server} {subject.kind}", servers().forms.get(server, "{}"))
    value = f"AS{subject.value}" if subject.kind == "asn" else subject.value
    request = form.replace("{}", value) + "\r\n"
    data = await world.egress.exchange(server, PORT, request.encode("ascii"), seconds=_SECONDS, most=_MOST)
    return whoisanswer.read(data, subject, servers().charsets.get(server, ""))


def _registration(answer: Answer, server: str, subject: Subject) -> Registration:
    """The answer's registration. Raises Failed where it has none."""
    if answer.registration is not None:
        return answer.registration
    if answer.kind is Kind.FREE:
        return Registration(status=("not registered",), protocol="whois", text=answer.line)
    said = f": {answer.line[:150]}" if answer.line else ""
    match answer.kind:
        case Kind.LIMITED:
            raise Failed(
                State.TEMPERROR,
                f"{server} wants to be asked later{said}",
                f"{server} の問い合わせ制限により、応答が得られませんでした{said}",
            )
        case Kind.EMPTY:
            raise Failed(
                State.TEMPERROR, f"{server} closed without an answer", f"{server} は何も返さずに接続を閉じました"
            )
        case Kind.REFUSED:
            raise Failed(State.PERMERROR, f"{server} refuses to answer{said}", f"{server} に応答を拒否されました{said}")
        case Kind.OTHER:
            raise Failed(
                State.PERMERROR,
                f"{server} answered about something else than {subject.value}{said}",
                f"{server} の応答は、問い合わせた {subject.value} についてのものではありません{said}",
            )
        case _:
            raise Failed(
                State.PERMERROR,
                f"the answer of {server} cannot be read{said}",
                f"{server} の応答を読み取れません{said}",
            )


async def _referred(answer: Answer, registration: Registration, subject: Subject, world: World) -> Registration:
    """What the server that an answer refers to adds, asked once. It fills gaps; what the registry says stays."""
    server = _host(answer.referral)
    if not server or server == registration.server:
        return registration
    try:
        more = (await _exchange(server, subject, world)).registration
    except Failed as failure:
        return msgspec.structs.replace(registration, text=f"{registration.text}\n\n{server}: {failure.reason}")
    return _merged(registration, more, server, subject) if more else registration


def _merged(registry: Registration, more: Registration, server: str, subject: Subject) -> Registration:
    gaps = {
        field: getattr(more, field)
        for field in Registration.__struct_fields__
        if not getattr(registry, field) and getattr(more, field) and field not in ("status", "name_servers")
    }
    if registry.holder and not more.holder_ja:
        # A holder and his place go together: none is taken from one answer for the other.
        gaps = {field: value for field, value in gaps.items() if field not in ("country", "region", "city", "withheld")}
    known = {each.role for each in registry.contacts}
    contacts = registry.contacts + tuple(each for each in more.contacts if each.role not in known)
    text = f"{registry.text}\n\n{server}:\n{more.text}"
    return msgspec.structs.replace(registry, **{**gaps, "contacts": contacts, "server": server, "text": text})
