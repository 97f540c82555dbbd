"""Authentication-Results and Received-SPF by grammar."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sabaki.protocols import authres
from tests.patience import BLOWN_UP


def test_the_grammar_of_the_standard() -> None:
    parsed = authres.parse(
        'mx.example.jp 1; spf=pass (a comment; with dkim=fail inside) smtp.mailfrom=a@x.example; dkim / 1 = fail reason="bad; '
        'spf=pass" header.d=x.example header.b="abc=="; dmarc=pass(p=REJECT sp=REJECT) header.from=x.example'
    )
    assert parsed.authserv_id == "mx.example.jp"
    assert [(result.method, result.result) for result in parsed.results] == [
        ("spf", "pass"),
        ("dkim", "fail"),
        ("dmarc", "pass"),
    ]
    assert parsed.results[0].properties == {"smtp.mailfrom": "a@x.example"}
    assert parsed.results[1].properties == {"reason": "bad; spf=pass", "header.d": "x.example", "header.b": "abc=="}


def test_base64_values_end_where_they_end() -> None:
    (result,) = authres.parse("mx.example; dkim=pass header.b=abc== header.s=sel").results
    assert result.properties == {"header.b": "abc==", "header.s": "sel"}


def test_spaces_around_equals() -> None:
    (result,) = authres.parse("mx.example; spf = pass smtp.mailfrom = a@x.example").results
    assert (result.result, result.properties) == ("pass", {"smtp.mailfrom": "a@x.example"})


def test_exchange_online_names_itself_nowhere() -> None:
    parsed = authres.parse(
        "spf=pass (sender IP is 198.51.100.7) smtp.mailfrom=x.example; dkim=none (message not signed) header.d=none;"
        "dmarc=fail action=none header.from=y.example;compauth=fail reason=001"
    )
    assert parsed.authserv_id == ""
    assert [(result.method, result.result) for result in parsed.results] == [
        ("spf", "pass"),
        ("dkim", "none"),
        ("dmarc", "fail"),
        ("compauth", "fail"),
    ]
    assert parsed.results[0].properties == {"smtp.mailfrom": "x.example", "sender.ip": "198.51.100.7"}
    assert parsed.results[3].properties == {"reason": "001"}


@pytest.mark.parametrize(
    ("value", "name", "count"),
    [
        ("mx.example; none", "mx.example", 0),
        ("(comment) MX.Example. (another) ; spf=none", "mx.example", 1),
        ("mx.example", "mx.example", 0),
        ("", "", 0),
        (";", "", 0),
        ('"mx.example"; spf=pass', "mx.example", 1),
        ("mx.example; =pass; spf=; dkim=pass", "mx.example", 1),
        ("mx.example; spf=pass; mx.example; dkim=pass", "mx.example", 2),
    ],
)
def test_names(value: str, name: str, count: int) -> None:
    parsed = authres.parse(value)
    assert (parsed.authserv_id, len(parsed.results)) == (name, count)


def test_arc() -> None:
    instance, parsed = authres.parse_arc(
        "i=2; mx.example 1; spf=fail (sender ip is 192.0.2.1) smtp.mailfrom=a@b.example; arc=pass"
    )
    assert (instance, parsed.authserv_id) == ("2", "mx.example")
    assert [result.method for result in parsed.results] == ["spf", "arc"]
    assert parsed.results[0].properties["sender.ip"] == "192.0.2.1"


@pytest.mark.parametrize(
    ("value", "result", "properties"),
    [
        (
            "Pass (mailfrom) identity=mailfrom; client-ip=2001:db8::343; helo=a.example; envelope-from=b@c.example; receiver=<UNKNOWN>",
            "pass",
            {"identity": "mailfrom", "client-ip": "2001:db8::343", "helo": "a.example", "envelope-from": "b@c.example", "receiver": "<UNKNOWN>"},
        ),
        (
            "SoftFail (mx.example.jp: domain of transitioning x.example discourages use of 192.0.2.1; pass)",
            "softfail",
            {"receiver": "mx.example.jp"},
        ),
        ('fail (x) envelope-from="a;b@c.example"; client-ip=192.0.2.1', "fail", {"envelope-from": "a;b@c.example", "client-ip": "192.0.2.1"}),
        ("error (old)", "temperror", {}),
        ("unknown (older)", "permerror", {}),
    ],
)  # fmt: skip
def test_received_spf(value: str, result: str, properties: dict[str, str]) -> None:
    parsed = authres.parse_received_spf(value)
    assert parsed
    assert (parsed.method, parsed.result, parsed.properties) == ("spf", result, properties)


@pytest.mark.parametrize("value", ["", "nonsense", "(pass)", "passed by"])
def test_no_received_spf(value: str) -> None:
    assert authres.parse_received_spf(value) is None


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='spfdkim=;()"\\ /.@:<>[]1', max_size=120))
def test_never_raises(value: str) -> None:
    authres.parse(value)
    authres.parse_arc(value)
    authres.parse_received_spf(value)


@pytest.mark.parametrize("piece", ["(", ";", "a=b ", "a = ", '"', "spf=pass;", "((a)", "=", "a@", "/"])
def test_linear_in_hostile_input(piece: str) -> None:
    value = piece * 60_000
    start = time.perf_counter()
    authres.parse(value)
    authres.parse_received_spf(value)
    assert time.perf_counter() - start < BLOWN_UP


@pytest.mark.parametrize(
    ("value", "properties"),
    [
        ("mx.example; dkim=pass header.d=bank.example(.evil.example)", {"header.d": "bank.example(.evil.example)"}),
        ("mx.example; dkim=pass header.d=bank.example (2048-bit key)", {"header.d": "bank.example"}),
        ("mx.example; dkim=pass(x) header.d=bank.example", {"header.d": "bank.example"}),
        ("mx.example; dkim=pass (header.d=bank.example) header.d=evil.example", {"header.d": "evil.example"}),
        ('mx.example; dkim=pass reason="header.d=bank.example" header.d=evil.example', None),
        ("mx.example; dkim=pass header.d=evil.example header.d=bank.example", {"header.d": "evil.example"}),
        ("mx.example; dkim=pass header . d = bank.example", {"header.d": "bank.example"}),
    ],
)
def test_names_are_not_smuggled_in(value: str, properties: dict[str, str] | None) -> None:
    (result,) = authres.parse(value).results
    assert result.properties == (properties or {"reason": "header.d=bank.example", "header.d": "evil.example"})


def test_what_is_no_result_between_the_results() -> None:
    parsed = authres.parse(
        "mta.mail.example  from=shop.example; domainkeys=neutral (no sig); from=shop.example; dkim=pass (ok)"
    )
    assert [(result.method, result.result) for result in parsed.results] == [
        ("domainkeys", "neutral"),
        ("dkim", "pass"),
    ]


@pytest.mark.parametrize(
    ("method", "result"),
    [
        ("bimi", "skipped"),
        ("iprev", "pass"),
        ("auth", "pass"),
        ("dnswl", "pass"),
        ("dkim-adsp", "fail"),
        ("x-tls", "pass"),
        ("arc", "fail"),
    ],
)
def test_other_methods(method: str, result: str) -> None:
    (found,) = authres.parse(f'mx.example; {method}={result} reason="a; b" policy.iprev=192.0.2.1 (c)').results
    assert (found.method, found.result) == (method, result)
    assert found.properties == {"reason": "a; b", "policy.iprev": "192.0.2.1"}


def test_spam_tests() -> None:
    value = "No, score=-2.1 required=5.0 tests=DKIM_SIGNED,DKIM_VALID,DKIM_VALID_AU,\tT_SPF_FAIL, SPF_HELO_NONE,SPF_PASS autolearn=ham"
    assert [(each.method, each.result) for each in authres.parse_spam_tests(value)] == [
        ("dkim", "pass"),
        ("spf", "pass"),
    ]
    amavis = "No, score=1 tagged_above=-999 tests=[BAYES_00=-1.9, DMARC_REJECT=2, SPF_SOFTFAIL=0.665] autolearn=no"
    assert [(each.method, each.result) for each in authres.parse_spam_tests(amavis)] == [
        ("dmarc", "fail"),
        ("spf", "softfail"),
    ]
    assert authres.parse_spam_tests("") == ()


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("pass", "pass"),
        ("Pass (mx.example: domain of x designates 192.0.2.1)", "pass"),
        ("mx.example: spf=hardfail", "fail"),
        ("(pass) softfail", "softfail"),
        ('"pass"', None),
        ("unsure", None),
        ("", None),
    ],
)
def test_a_field_of_one_method(value: str, result: str | None) -> None:
    found = authres.parse_single("spf", value)
    assert (found.result if found else None) == result


def test_what_makes_a_word_absurdly_long_is_left_out() -> None:
    found = authres.parse("mx.own.example; dkim=pass header.d=shop.example" + "@" * 30_000 + " header.s=s1")
    assert found.results[0].properties["header.s"] == "s1"
    assert len(found.results[0].properties["header.d"]) == 4_000 - len("header.d=")
