"""RDAP: the registry is asked who registered a domain, an address or an AS number (RFC 7480, 9082, 9083, 9224)."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import msgspec

from sabaki.mail.domains import organizational_domain
from sabaki.model.finding import State
from sabaki.model.knowledge import Registration, Subject
from sabaki.sources import bootstrap, rdapjson
from sabaki.sources.source import Failed, Response, World, source

NOT_REGISTERED = "not registered"
"""The status of what the responsible registry says it does not have."""
_PATHS = {"domain": "domain/", "ip": "ip/", "asn": "autnum/"}
_ACCEPT = {"Accept": "application/rdap+json, application/json;q=0.9"}
_MOST = 1_000_000
_REGISTRY_SECONDS = 9.0
_REGISTRAR_SECONDS = 6.0


@source(
    accepts=("domain", "ip", "asn"),
    sends="domain, ip, asn",
    to="the RDAP server of the registry responsible, and of the registrar that it names",
    to_ja="担当する登録機関のRDAPサーバーと、そこで示されたレジストラのRDAPサーバー",
    keeps=86_400,
    timeout=16.0,
)
async def ask(subject: Subject, world: World) -> tuple[Registration, ...]:
    """Who registered a domain, an address block or an AS number, when, through whom, and who takes reports of abuse."""
    base = _server(subject, world)
    response = await world.egress.fetch(
        f"{base}{_PATHS[subject.kind]}{_written(subject)}", headers=_ACCEPT, seconds=_REGISTRY_SECONDS, most=_MOST
    )
    document = _document(response)
    if document is None:
        return (Registration(status=(NOT_REGISTERED,), server=_host(response.url)),)
    known = _registration(document, subject, response)
    registrar = rdapjson.related(document) if subject.kind == "domain" and _is_thin(known) else ""
    if _host(registrar) and registrar != base:
        known = await _with_registrar(known, registrar, subject, world)
    return (known,)


def _server(subject: Subject, world: World) -> str:
    """The server to ask. Raises Failed where there is nothing to ask, or nobody."""
    if subject.kind == "domain" and organizational_domain(subject.value) != subject.value:
        raise Failed(
            State.SKIPPED,
            f"{subject.value[:253]} is no name that a registry gives out",
            f"{subject.value[:253]} は登録機関が登録を受け付ける名前ではありません",
        )
    base = bootstrap.service(subject, world.data) if _written(subject) else ""
    if not base:
        named = f".{subject.value.rpartition('.')[2]}" if subject.kind == "domain" else subject.value[:60]
        raise Failed(
            State.SKIPPED, f"no RDAP server is known for {named}", f"{named} を担当するRDAPサーバーは知られていません"
        )
    return base


def _written(subject: Subject) -> str:
    """The value as RFC 9082 section 3.1 has it in the path; "" where it is not what it should be."""
    value = subject.value
    if subject.kind == "asn":
        return value if value.isascii() and value.isdigit() and len(value) <= 10 else ""
    if subject.kind == "ip":
        try:
            return str(ipaddress.ip_address(value)) if "%" not in value else ""
        except ValueError:
            return ""
    odd = any(not character.isascii() or not (character.isalnum() or character in ".-_") for character in value)
    return value if len(value) <= 253 and not odd else ""


def _document(response: Response) -> rdapjson.Object | None:
    """The answer's object; None where the registry does not have what was asked for (RFC 7480 section 5.3). Raises Failed."""
    host = _host(response.url)
    if response.status == 404 and not response.body.strip():
        return None
    _check_status(response, host)
    try:
        document = rdapjson.decode(response.body)
    except rdapjson.Unusable as unusable:
        raise _unusable(host, unusable) from None
    code = rdapjson.error_code(document) or (404 if response.status == 404 else None)
    if code == 404:
        return None
    if code is not None:
        _check_status(msgspec.structs.replace(response, status=code), host)
        raise Failed(State.PERMERROR, f"{host} answered with error {code}", f"{host} がエラー {code} を返しました")
    return document


def _check_status(response: Response, host: str) -> None:
    """RFC 7480 section 5: what is no answer is said to be none, and whether to ask again."""
    status = response.status
    if status in (200, 203, 404):
        return
    if status == 429:
        wait = response.headers.get("retry-after", "")[:40]
        later = f", to be asked again after {wait} s" if wait.isascii() and wait.isdigit() else ""
        later_ja = f"（{wait} 秒後以降に再度）" if later else ""
        raise Failed(
            State.TEMPERROR,
            f"{host} answers no more questions for now (HTTP 429{later})",
            f"{host} の問い合わせ回数の制限に達しました（HTTP 429）{later_ja}",
        )
    state = State.TEMPERROR if status >= 500 and status != 501 else State.PERMERROR
    raise Failed(state, f"{host} answered with HTTP {status}", f"{host} がHTTP {status} を返しました")


def _registration(document: rdapjson.Object, subject: Subject, response: Response) -> Registration:
    try:
        known = rdapjson.parse(document, subject)
    except rdapjson.Unusable as unusable:
        raise _unusable(_host(response.url), unusable) from None
    return msgspec.structs.replace(known, server=_host(response.url))


def _unusable(host: str, why: rdapjson.Unusable) -> Failed:
    return Failed(State.PERMERROR, f"{host}: {why}", f"{host}: {why.ja}")


def _is_thin(known: Registration) -> bool:
    """Whether the registry does not say who the registrant is, or where."""
    return not (known.country and (known.holder or known.withheld))


async def _with_registrar(known: Registration, base: str, subject: Subject, world: World) -> Registration:
    """The registry's answer with what its registrar says, asked once. What the registrar fails at is noted in `text`."""
    try:
        response = await world.egress.fetch(
            f"{base}domain/{subject.value}", headers=_ACCEPT, seconds=_REGISTRAR_SECONDS, most=_MOST
        )
        document = _document(response)
        if document is None:
            raise Failed(State.PERMERROR, f"{_host(response.url)} does not know the name", "")
        return rdapjson.merge(known, _registration(document, subject, response))
    except Failed as failure:
        return msgspec.structs.replace(known, text=f"The registrar's server gave no answer: {failure.reason}"[:400])


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
