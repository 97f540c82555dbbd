"""RDAP against servers on loopback: every registry's shape, and everything a server can do wrong or on purpose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from sabaki.model.finding import State
from sabaki.model.knowledge import Registration, Subject
from sabaki.sources import rdap
from sabaki.sources.source import Failed, registered

from .rdapworld import Answer, Reply, ask_with, subject

SHAPES = [
    shape
    for name in ("domains_gtld", "domains_cctld", "numbers")
    for shape in yaml.safe_load((Path(__file__).parent / "rdap" / f"{name}.yml").read_text("utf-8"))
]
FIELDS = (*Registration.__struct_fields__, "abuse")
NAME = "shop.example"


def reply(document: Any, status: int = 200, **headers: str) -> Reply:
    return status, headers, json.dumps(document).encode()


def fixed(status: int, body: bytes = b"", **headers: str) -> Answer:
    return lambda host, path, port: (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def ask(answer: Answer, value: str | Subject = NAME) -> tuple[Registration, list[str]]:
    about = value if isinstance(value, Subject) else subject(value)
    known, asked = ask_with(answer, lambda world: rdap.ask(about, world))
    assert len(known) == 1
    return known[0], asked


def failure(answer: Answer, value: str | Subject = NAME) -> Failed:
    with pytest.raises(Failed) as caught:
        ask(answer, value)
    assert caught.value.reason
    assert caught.value.reason_ja
    return caught.value


def domain(**more: Any) -> dict[str, Any]:
    return {"objectClassName": "domain", "ldhName": NAME, **more}


def party(role: str, *properties: list[Any], **more: Any) -> dict[str, Any]:
    card = ["vcard", [["version", {}, "text", "4.0"], *properties]]
    return {"objectClassName": "entity", "roles": [role], "vcardArray": card, **more}


def to_registrar(port: int) -> list[dict[str, str]]:
    href = f"https://registrar.example:{port}/domain/{NAME}"
    return [{"rel": "related", "href": href, "type": "application/rdap+json"}]


def serving(shape: dict[str, Any]) -> Answer:
    """The registry's and the registrar's answers of a shape."""

    def answer(host: str, path: str, port: int) -> Reply:
        if host == "registry.example" and shape.get("redirect"):
            return 302, {"Location": f"https://registrar.example:{port}{path}"}, b""
        key = "answer" if host == "registry.example" or shape.get("redirect") else "registrar"
        if key not in shape:
            return 404, {}, b""
        return 200, {}, json.dumps(shape[key]).replace("{port}", str(port)).encode()

    return answer


def as_written(known: Registration) -> dict[str, Any]:
    fields = {name: getattr(known, name) for name in FIELDS}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}


def wanted(shape: dict[str, Any]) -> dict[str, Any]:
    unexpected = set(shape["expect"]) - set(FIELDS)
    assert not unexpected
    return {**as_written(Registration()), **shape["expect"]}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape["shape"])
def test_every_field_of_a_registrys_shape_is_right(shape: dict[str, Any]) -> None:
    known, _ = ask(serving(shape), shape["ask"])
    found, expected = as_written(known), wanted(shape)
    found.pop("contacts"), expected.pop("contacts")
    assert found == expected


def test_the_count_of_fields_that_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    names = [name for name in FIELDS if name != "contacts"]
    right = total = filled = 0
    for shape in SHAPES:
        found, expected = as_written(ask(serving(shape), shape["ask"])[0]), wanted(shape)
        total += len(names)
        filled += sum(expected[name] not in ("", None, [], False) for name in names)
        right += sum(found[name] == expected[name] for name in names)
    with capsys.disabled():
        print(f"\nRDAP: {len(SHAPES)} shapes, {right} of {total} fields right ({filled} of them not empty)")  # noqa: T201
    assert len(SHAPES) >= 40
    assert right == total


def test_contacts_keep_their_roles_and_a_nested_one_is_only_taken_for_abuse() -> None:
    nested = party("abuse", ["fn", {}, "text", "Desk"], ["email", {}, "text", "abuse@registrar.example"])
    nested["roles"] = ["technical", "abuse"]
    registrar = party("registrar", ["fn", {}, "text", "Names"], entities=[nested], handle="9")
    owner = party("registrant", ["fn", {}, "text", "Hana"], ["email", {}, "text", "hana@shop.example"])
    known, _ = ask(lambda *_: reply(domain(entities=[registrar, owner])))
    assert [(each.role, each.name, each.email) for each in known.contacts] == [
        ("registrar", "Names", ""),
        ("registrant", "Hana", "hana@shop.example"),
        ("abuse", "Desk", "abuse@registrar.example"),
    ]


def test_exactly_the_name_is_sent_and_the_registrar_is_asked_once() -> None:
    def answer(host: str, path: str, port: int) -> Reply:
        return reply(domain(links=to_registrar(port)))  # the registrar names itself, again and again

    _, asked = ask(answer)
    assert asked == [f"registry.example/rdap/domain/{NAME}", f"registrar.example/domain/{NAME}"]


def test_the_registrar_is_not_asked_where_the_registry_says_who_and_where() -> None:
    address = ["adr", {"cc": "JP"}, "text", ["", "", "", "Kobe", "Hyogo", "", ""]]
    owner = party("registrant", ["fn", {}, "text", "Hana"], address)
    known, asked = ask(lambda host, path, port: reply(domain(links=to_registrar(port), entities=[owner])))
    assert asked == [f"registry.example/rdap/domain/{NAME}"]
    assert (known.holder, known.country, known.server) == ("Hana", "JP", "registry.example")


@pytest.mark.parametrize(
    ("status", "body", "note"),
    [
        (500, b"", "HTTP 500"),
        (429, b"", "HTTP 429"),
        (200, b"<html>", "a web page"),
        (200, json.dumps({"objectClassName": "domain", "ldhName": "other.example"}).encode(), "another name"),
    ],
)
def test_a_registrar_that_fails_or_lies_takes_nothing_from_the_registrys_answer(
    status: int, body: bytes, note: str
) -> None:
    events = [{"eventAction": "registration", "eventDate": "2026-11-20T00:00:00Z"}]

    def answer(host: str, path: str, port: int) -> Reply:
        if host == "registrar.example":
            return status, {}, body
        return reply(domain(events=events, links=to_registrar(port)))

    known, _ = ask(answer)
    assert known.created == "2026-11-20T00:00:00Z"
    assert known.server == "registry.example"
    assert note in known.text


@pytest.mark.parametrize(
    "href",
    [
        "https://inside.example/domain/shop.example",
        "https://127.0.0.2/domain/x",
        "https://[::1]/domain/x",
        "https://169.254.169.254/latest/",
    ],
)
def test_a_referral_to_the_inside_is_refused_and_said(href: str) -> None:
    known, asked = ask(lambda *_: reply(domain(links=[{"rel": "related", "href": href}])))
    assert asked == [f"registry.example/rdap/domain/{NAME}"]
    assert "not globally routable" in known.text


@pytest.mark.parametrize(
    "link",
    [
        {"rel": "related", "href": "http://registrar.example/domain/x"},
        {"rel": "related", "href": "file:///etc/passwd"},
        {"rel": "related", "href": "https://registrar.example/", "type": "text/html"},
        {"rel": "about", "href": "https://registrar.example/domain/x"},
        {"rel": "related", "href": "https://[/domain/x"},
        {"rel": "related", "href": ["x"]},
        "https://registrar.example/domain/x",
    ],
)
def test_what_is_no_referral_is_not_followed(link: Any) -> None:
    known, asked = ask(lambda *_: reply(domain(links=[link])))
    assert asked == [f"registry.example/rdap/domain/{NAME}"]
    assert known.server == "registry.example"


def test_a_redirect_to_the_inside_is_refused() -> None:
    failed = failure(fixed(302, Location="https://inside.example/domain/x"))
    assert failed.state is State.PERMERROR
    assert "not globally routable" in failed.reason


def test_redirects_without_end_are_ended() -> None:
    failed = failure(lambda host, path, port: (302, {"Location": path}, b""))
    assert "too many redirects" in failed.reason


@pytest.mark.parametrize("value", [NAME, "192.0.2.1", "64500"])
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b""),
        (404, b'{"errorCode": 404, "title": "Not Found"}'),
        (404, b"{}"),
        (200, b'{"errorCode": 404, "title": "Not Found", "description": ["Object not found."]}'),
        (200, b'{"errorCode": "404"}'),
    ],
)
def test_what_the_registry_does_not_have_is_an_answer(status: int, body: bytes, value: str) -> None:
    known, _ = ask(fixed(status, body), value)
    assert known == Registration(status=(rdap.NOT_REGISTERED,), server="registry.example")


ERRORS = {
    204: State.PERMERROR,
    302: State.PERMERROR,
    400: State.PERMERROR,
    401: State.PERMERROR,
    403: State.PERMERROR,
    406: State.PERMERROR,
    429: State.TEMPERROR,
    500: State.TEMPERROR,
    501: State.PERMERROR,
    502: State.TEMPERROR,
    503: State.TEMPERROR,
}


@pytest.mark.parametrize(("status", "state"), ERRORS.items())
def test_an_error_is_never_an_answer(status: int, state: State) -> None:
    failed = failure(fixed(status))
    assert failed.state is state
    assert str(status) in failed.reason


@pytest.mark.parametrize(("code", "state"), [item for item in ERRORS.items() if item[0] >= 400])
def test_an_error_under_http_200_is_no_answer_either(code: int, state: State) -> None:
    failed = failure(fixed(200, json.dumps({"errorCode": code, "title": "x"}).encode()))
    assert failed.state is state
    assert str(code) in failed.reason


def test_how_long_to_wait_is_said_when_it_is_a_number() -> None:
    assert "3600 s" in failure(fixed(429, Retry_After="3600")).reason
    assert "3600 秒" in failure(fixed(429, Retry_After="3600")).reason_ja
    assert "\x1b" not in failure(fixed(429, Retry_After="\x1b[2J")).reason


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE html><title>Rate limited</title>",
        b"null",
        b"[]",
        b'"domain"',
        b"NaN",
        b'{"objectClassName": "domain", "ldhName": "shop.exam',
        b"[" * 900_000,
        b'{"a":' * 150_000,
        b'{"entities":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b"\xff\xfe\x00",
        b"9" * 100_000,
        b'{"objectClassName": "domain"}',
        b'{"objectClassName": "domain", "ldhName": "shop.example.evil.example"}',
        b'{"objectClassName": "domain", "ldhName": "xshop.example"}',
        b'{"objectClassName": "domain", "ldhName": ["shop.example", "x"]}',
        b'{"objectClassName": "nameserver", "ldhName": "shop.example"}',
        b'{"ldhName": "example"}',
    ],
)
def test_garbage_and_answers_about_something_else_are_refused(body: bytes) -> None:
    assert failure(fixed(200, body)).state is State.PERMERROR
    if body[:1] not in (b"", b"{"):
        assert failure(fixed(404, body)).state is State.PERMERROR


@pytest.mark.parametrize(
    ("value", "document"),
    [
        ("192.0.2.1", {"startAddress": "198.51.100.0", "endAddress": "198.51.100.255"}),
        ("192.0.2.1", {"startAddress": "192.0.2.9", "endAddress": "192.0.2.1"}),
        ("192.0.2.1", {"startAddress": "::", "endAddress": "ffff::"}),
        ("192.0.2.1", {"startAddress": "192.0.2.0"}),
        ("192.0.2.1", {}),
        ("192.0.2.1", {"startAddress": "0.0.0.0", "endAddress": "255.255.255.255", "name": "iana-blk"}),
        (
            "192.0.2.1",
            {"startAddress": "192.0.0.0", "endAddress": "192.1.0.0", "name": "NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK"},
        ),
        ("64500", {"startAutnum": 64501, "endAutnum": 64502}),
        ("64500", {"startAutnum": True, "endAutnum": 1e99}),
        ("64500", {"startAutnum": 1, "endAutnum": 10**400}),
        ("64500", {"objectClassName": "ip network", "startAutnum": 64500, "endAutnum": 64500}),
    ],
)
def test_a_block_that_does_not_hold_what_was_asked_is_refused(value: str, document: dict[str, Any]) -> None:
    assert failure(lambda *_: reply(document), value).state is State.PERMERROR


def test_a_holder_may_call_his_network_like_a_registrys_placeholder() -> None:
    block = {"startAddress": "192.0.2.0", "endAddress": "192.0.2.255", "name": "STUB-NET"}
    known, _ = ask(
        lambda *_: reply({**block, "entities": [party("registrant", ["fn", {}, "text", "Rei"])]}), "192.0.2.1"
    )
    assert (known.holder, known.network_name) == ("Rei", "STUB-NET")


def test_a_registry_that_names_itself_is_not_asked_twice() -> None:
    def answer(host: str, path: str, port: int) -> Reply:
        return reply(domain(links=[{"rel": "related", "href": f"https://registry.example:{port}/rdap/domain/{NAME}"}]))

    assert ask(answer)[1] == [f"registry.example/rdap/domain/{NAME}"]


def test_more_than_the_limit_is_refused() -> None:
    failed = failure(fixed(200, b'{"objectClassName": "domain", "x": "' + b"a" * 1_200_000))
    assert failed.state is State.PERMERROR
    assert "larger than" in failed.reason


def test_a_wrong_content_type_a_byte_order_mark_raw_newlines_and_bad_bytes_are_read_over() -> None:
    body = b'\xef\xbb\xbf{"ldhName": "shop.example", "handle": "a\xff\nb", "port43": "\\ud800"}'
    known, _ = ask(fixed(200, body, Content_Type="text/html"))
    assert known.handle == "a�\nb"


def test_what_the_registrant_typed_stays_data_of_bounded_length() -> None:
    evil = "\x1b]8;;https://x.example\x07<script>alert(1)</script>‮" + "A" * 500
    owner = party("registrant", ["org", {}, "text", evil], ["fn", {}, "text", "\ud83d"], ["email", {}, "text", evil])
    known, _ = ask(lambda *_: reply(domain(entities=[owner], handle=evil, status=[evil] * 1000)))
    assert known.holder.startswith("\x1b]8;;")
    assert len(known.holder) == len(known.handle) == 300
    assert len(known.status) == 1
    assert known.contacts[0].name == "?"
    assert known.contacts[0].email == ""
    json.dumps([known.holder, known.handle]).encode()


def test_thousands_of_entities_end_in_a_bounded_answer() -> None:
    leaf = party("abuse", ["email", {}, "text", "a@b.example"])
    tree = party("registrar", entities=[leaf] * 500)
    for _ in range(30):
        tree = party("registrar", entities=[tree])
    many = [party("abuse", ["email", {}, "text", f"a{number}@b.example"]) for number in range(2000)]
    known, _ = ask(lambda *_: reply(domain(entities=[tree, *many])))
    assert len(known.contacts) == 40


@pytest.mark.parametrize(
    "value",
    [
        Subject("domain", "school.ac.jp"),
        Subject("domain", "shop.invalid"),
        Subject("ip", "10.0.0.1"),
        Subject("ip", "::ffff:192.0.2.1"),
        Subject("ip", "fe80::1%eth0"),
        Subject("ip", "192.0.2.1/../../domain/x"),
        Subject("ip", ""),
        Subject("asn", "4294967295"),
        Subject("asn", "64500/../x"),
        Subject("asn", "٦٤٥٠٠"),
        Subject("asn", "-1"),
        Subject("domain", "com"),
        Subject("domain", "www.shop.example"),
        Subject("domain", "page.web.app"),
        Subject("domain", "a/../b.example"),
        Subject("domain", "a b.example"),
        Subject("domain", "a\r\nhost: x.example"),
        Subject("domain", "a?x=1.example"),
        Subject("domain", "日本.example"),
        Subject("domain", ""),
    ],
)
def test_what_nobody_can_answer_for_is_not_asked(value: Subject) -> None:
    asked: list[str] = []

    def answer(host: str, path: str, port: int) -> Reply:
        asked.append(path)
        return reply({})

    assert failure(answer, value).state is State.SKIPPED
    assert asked == []


def test_the_registry_without_rdap_is_named() -> None:
    failed = failure(fixed(200), "school.ac.jp")
    assert failed.reason == "no RDAP server is known for .jp"
    assert ".jp" in failed.reason_ja


def test_the_source_says_what_it_sends_and_to_whom() -> None:
    source = registered()["rdap"]
    assert source.accepts == ("domain", "ip", "asn")
    assert source.sends == "domain, ip, asn"
    assert "registrar" in source.to
    assert source.default
    assert source.timeout > rdap._REGISTRY_SECONDS + rdap._REGISTRAR_SECONDS
