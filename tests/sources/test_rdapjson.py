"""RDAP's JSON: what single members mean, which answers are refused, and how two answers become one."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sabaki.model.knowledge import Contact, Registration, Subject
from sabaki.sources import rdapjson
from sabaki.sources.rdapjson import Unusable, date, decode, error_code, merge, parse, related

SHOP = Subject("domain", "shop.example")


def shop(**members: Any) -> Registration:
    return parse({"objectClassName": "domain", "ldhName": "shop.example", **members}, SHOP)


def owner(*properties: Any, **members: Any) -> dict[str, Any]:
    return {"roles": ["registrant"], "vcardArray": ["vcard", list(properties)], **members}


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2022-08-01T01:02:03Z", "2022-08-01T01:02:03Z"),
        ("2022-08-01T01:02:03.5Z", "2022-08-01T01:02:03.500000Z"),
        ("2022-08-01T01:02:03+09:00", "2022-08-01T01:02:03+09:00"),
        ("2022-08-01 01:02:03", "2022-08-01"),
        ("2022-08-01", "2022-08-01"),
        ("20220801", "2022-08-01"),
        ("1970-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("2022-13-01", None),
        ("0000-00-00T00:00:00Z", None),
        ("1659312123", None),
        ("yesterday", None),
        ("", None),
        ("2" * 100_000, None),
    ],
)
def test_a_date(text: str, when: str | None) -> None:
    assert date(text) == when


def test_the_first_event_of_a_kind_counts_and_others_are_no_registration() -> None:
    known = shop(
        events=[
            {"eventAction": "last update of RDAP database", "eventDate": "2026-11-01T00:00:00Z"},
            {"eventAction": "reregistration", "eventDate": "2025-01-01T00:00:00Z"},
            {"eventAction": "registration", "eventDate": "broken"},
            {"eventAction": "Registration", "eventDate": "2020-01-01T00:00:00Z"},
            {"eventAction": "registration", "eventDate": "2021-01-01T00:00:00Z"},
        ]
    )
    assert (known.created, known.updated, known.expires) == ("2020-01-01T00:00:00Z", None, None)


@pytest.mark.parametrize(
    ("entity", "more", "holder", "withheld"),
    [
        (owner(["fn", {}, "text", "Hana"]), {}, "Hana", False),
        (owner(["fn", {}, "text", "REDACTED FOR PRIVACY"]), {}, "", True),
        (owner(["fn", {}, "text", "REDACTED FOR PRIVACY"], ["org", {}, "text", "Rei KK"]), {}, "Rei KK", False),
        (
            owner(["fn", {}, "text", "Registration Private"], ["org", {}, "text", "Domains By Proxy, LLC"]),
            {},
            "Domains By Proxy, LLC",
            True,
        ),
        (owner(["fn", {}, "text", ""]), {}, "", False),
        (owner(["fn", {}, "text", ""], status=["obscured"]), {}, "", True),
        (owner(["fn", {}, "text", "Hana"], status=["proxy"]), {}, "Hana", True),
        (owner(remarks=[{"type": "object redacted due to authorization"}]), {}, "", True),
        (owner(["fn", {}, "text", ""]), {"redacted": [{"name": {"type": "Registrant Name"}}]}, "", True),
        (
            owner(["fn", {}, "text", ""]),
            {"redacted": [{"name": "x", "prePath": "$.entities[?(@.roles[0]=='registrant')]"}]},
            "",
            True,
        ),
        (
            owner(["fn", {}, "text", ""]),
            {"redacted": [{"name": {"type": "Registry Domain ID"}}, 7, {"name": 7}]},
            "",
            False,
        ),
        (owner(["fn", {}, "text", "Hana"]), {"redacted": [{"name": {"type": "Registrant Email"}}]}, "Hana", False),
        ({"roles": ["technical"]}, {"redacted": {"name": {"description": "Registrant Organization"}}}, "", True),
    ],
)
def test_who_is_withheld(entity: dict[str, Any], more: dict[str, Any], holder: str, withheld: bool) -> None:
    known = shop(entities=[entity], **more)
    assert (known.holder, known.withheld) == (holder, withheld)


def test_a_block_as_cidr_or_as_a_range() -> None:
    def network(first: str, last: str, asked: str) -> str:
        return parse({"startAddress": first, "endAddress": last}, Subject("ip", asked)).network

    assert network("192.0.2.0", "192.0.2.255", "192.0.2.7") == "192.0.2.0/24"
    assert network("192.0.2.7", "192.0.2.7", "192.0.2.7") == "192.0.2.7/32"
    assert network("192.0.2.1", "192.0.2.2", "192.0.2.1") == "192.0.2.1 - 192.0.2.2"
    assert network("192.0.2.0", "192.0.2.2", "192.0.2.1") == "192.0.2.0 - 192.0.2.2"
    assert network("2001:db8::", "2001:db8::ffff", "2001:db8::1") == "2001:db8::/112"
    assert network("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::1") == "::/0"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"errorCode": 404}, 404),
        ({"errorCode": "429"}, 429),
        ({"errorCode": True}, None),
        ({"errorCode": "4O4"}, None),
        ({"errorCode": 10**100}, None),
        ({"errorCode": 404, "objectClassName": "domain"}, None),
        ({}, None),
    ],
)
def test_an_error_code(document: dict[str, Any], code: int | None) -> None:
    assert error_code(document) == code


@pytest.mark.parametrize(
    ("href", "base"),
    [
        ("https://r.example/domain/SHOP.EXAMPLE", "https://r.example/"),
        ("https://r.example/rdap/v1/domain/shop.example", "https://r.example/rdap/v1/"),
        ("https://r.example", "https://r.example/"),
        ("https://r.example/rdap?x=1#y", "https://r.example/rdap/"),
        ("HTTPS://r.example/", ""),
        ("http://r.example/domain/x", ""),
        ("//r.example/domain/x", ""),
        ("", ""),
    ],
)
def test_the_registrars_server(href: str, base: str) -> None:
    assert (
        related({"links": [7, {"rel": "self", "href": "https://x.example/"}, {"rel": "Related", "href": href}]}) == base
    )


def test_the_registry_is_right_and_the_registrar_fills_in() -> None:
    registry = Registration(
        handle="1",
        registrar="A",
        created="2020-01-01",
        status=("active",),
        contacts=(Contact("abuse", email="a@x.example"),),
        server="registry",
    )
    registrar = Registration(
        handle="2", holder="Hana", country="BO", region="La Paz", city="El Alto", registrar="B", registrar_id="7", created="2019-01-01",
        expires="2027-01-01", status=("x",), contacts=(Contact("abuse", email="a@x.example"), Contact("registrant", "Hana")), server="registrar",
    )  # fmt: skip
    assert merge(registry, registrar) == Registration(
        handle="1", holder="Hana", country="BO", region="La Paz", city="El Alto", registrar="A", registrar_id="7", created="2020-01-01",
        expires="2027-01-01", status=("active",), contacts=(Contact("abuse", email="a@x.example"), Contact("registrant", "Hana")), server="registrar",
    )  # fmt: skip


def test_where_they_name_two_holders_the_registrys_stands() -> None:
    assert merge(Registration(holder="Hana"), Registration(holder="Taro", country="BO")).holder == "Hana"


def test_a_place_is_never_mixed_from_two_answers() -> None:
    known = merge(Registration(country="US"), Registration(holder="Hana", country="BO", region="La Paz"))
    assert (known.country, known.region) == ("US", "")


@pytest.mark.parametrize(
    ("registry", "registrar", "withheld"),
    [
        (Registration(withheld=True), Registration(holder="Hana"), False),
        (Registration(), Registration(withheld=True), True),
        (Registration(withheld=True), Registration(), True),
        (Registration(holder="Hana"), Registration(withheld=True), False),
    ],
)
def test_withheld_after_both_were_asked(registry: Registration, registrar: Registration, withheld: bool) -> None:
    assert merge(registry, registrar).withheld is withheld


def test_garbage_is_named() -> None:
    for body, why in (
        (b"<html>", "a web page"),
        (b"{", "no JSON"),
        (b"[]", "no JSON object"),
        (b"[" * 100_000, "no JSON"),
    ):
        with pytest.raises(Unusable, match=why) as caught:
            decode(body)
        assert caught.value.ja


MEMBERS = (
    "objectClassName ldhName unicodeName handle entities roles vcardArray events eventAction eventDate status nameservers links rel href "
    "redacted name type prePath remarks description title publicIds identifier startAddress endAddress startAutnum endAutnum country"
).split()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=9)
    | st.sampled_from(["domain", "shop.example", "registrant", "abuse", "registrar", "192.0.2.0", "255.255.255.255", "vcard", "related"]),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=8),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(MEMBERS), VALUES, max_size=12))
def test_no_document_makes_it_fail(document: dict[str, Any]) -> None:
    numbers = {"startAddress": "192.0.2.0", "endAddress": "192.0.2.255", "startAutnum": 1, "endAutnum": 99999}
    for subject in (SHOP, Subject("ip", "192.0.2.1"), Subject("asn", "64500")):
        for more in ({}, {"ldhName": "shop.example", **numbers, "objectClassName": None}):
            try:
                known = parse({**document, **more}, subject)
            except Unusable:
                continue
            json.dumps(repr(known)).encode()
            assert len(known.contacts) <= 40
    assert isinstance(related(document), str)
    assert rdapjson.error_code(document) is None or "errorCode" in document


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail(body: bytes) -> None:
    with contextlib.suppress(Unusable):
        assert isinstance(decode(body), dict)
