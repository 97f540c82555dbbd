from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.mail.limits import Budget, Limits
from sabaki.model.authentication import UNCHECKED, Spf
from sabaki.model.evidence import Grade
from sabaki.model.lookup import Answer, Lookup
from sabaki.protocols import spf
from sabaki.protocols.resolver import Offline, Recording
from tests.protocols.zone import Records, Zone

IP = "192.0.2.1"
SENDER = "hana@example.jp"


def check(
    zone: Mapping[str, Records | str] | str,
    ip: str = IP,
    mail_from: str = SENDER,
    helo: str = "mx.example.jp",
    **more: Any,
) -> Spf:
    """The result with a zone, or with one policy for example.jp."""
    names = {"example.jp": [("TXT", zone)]} if isinstance(zone, str) else zone
    return spf.evaluate(Zone(names), ip, mail_from, helo, **more)


INCLUDED = {
    "example.jp": [("TXT", "v=spf1 a include:_spf.Hoster.example ~all")],
    "_spf.hoster.example": [("TXT", "v=spf1 include:two.hoster.example -all")],
    "two.hoster.example": [("TXT", "v=spf1 ip4:192.0.2.0/24 -all")],
}


def test_a_pass_names_what_fits_and_in_whose_record() -> None:
    found = check(INCLUDED, grade=Grade.ATTESTED)
    assert found.result == "pass"
    assert (found.scope, found.domain, found.ip, found.grade) == ("mailfrom", "example.jp", IP, Grade.ATTESTED)
    assert found.mechanism == "include:_spf.Hoster.example"
    assert found.record == "v=spf1 a include:_spf.Hoster.example ~all"
    assert found.record_of == "two.hoster.example"
    assert (found.lookups, found.void_lookups, found.everyone) == (3, 1, False)
    for reason in (found.reason, found.reason_ja):
        assert IP in reason
        assert "include:_spf.Hoster.example > include:two.hoster.example > ip4:192.0.2.0/24" in reason
    assert "today" in found.reason
    assert "現在" in found.reason_ja


@pytest.mark.parametrize(
    ("policy", "result", "mechanism"),
    [
        ("v=spf1 ip4:192.0.2.1 -all", "pass", "ip4:192.0.2.1"),
        ("v=spf1 ip4:198.51.100.0/24 -all", "fail", "-all"),
        ("v=spf1 ~all", "softfail", "~all"),
        ("v=spf1 ?all", "neutral", "?all"),
        ("v=spf1", "neutral", ""),
        ("v=spf1 exp=why.example.jp -all", "fail", "-all"),
        ("v=spf1 nonsense -all", "permerror", ""),
        ("v=spf2 +all", "none", ""),
    ],
)
def test_each_result_says_why_in_both_languages(policy: str, result: str, mechanism: str) -> None:
    found = check(policy)
    assert (found.result, found.mechanism) == (result, mechanism)
    assert found.reason
    assert found.reason_ja
    assert found.reason != found.reason_ja


def test_a_redirect_decides_with_the_other_s_record() -> None:
    found = check({"example.jp": [("TXT", "v=spf1 redirect=o.example")], "o.example": [("TXT", "v=spf1 -all")]})
    assert (found.result, found.mechanism, found.record_of) == ("fail", "-all", "o.example")
    assert found.record == "v=spf1 redirect=o.example"


def test_the_null_sender_is_checked_by_its_helo() -> None:
    zone = {
        "mx.example.jp": [("TXT", "v=spf1 exists:%{l}.%{o}.q.example -all")],
        "postmaster.mx.example.jp.q.example": [("A", "192.0.2.9")],
    }
    for null in ("", "<>"):
        found = check(zone, mail_from=null)
        assert (found.result, found.scope, found.domain) == ("pass", "helo", "mx.example.jp")
    for helo in ("", "[192.0.2.1]", "WINDOWS", "."):
        assert check(zone, mail_from="", helo=helo).result == "none"


def test_the_explanation_is_not_asked_for() -> None:
    zone = Zone({"example.jp": [("TXT", "v=spf1 -all exp=%{i}.why.example.jp")]})
    assert spf.evaluate(zone, IP, SENDER, "").result == "fail"
    assert zone.asked == [("example.jp", "TXT")]


@pytest.mark.parametrize("letter", "rct")
def test_who_asks_and_when_is_told_to_nobody(letter: str) -> None:
    zone = Zone({"example.jp": [("TXT", f"v=spf1 exists:%{{{letter}}}.spy.example -all")]})
    assert spf.evaluate(zone, IP, SENDER, "").result == "permerror"
    assert zone.asked == [("example.jp", "TXT")]


def test_offline_nothing_is_known() -> None:
    found = spf.evaluate(Offline(), IP, SENDER, "mx.example.jp", grade=Grade.ATTESTED)
    assert found.result == UNCHECKED
    assert "offline" in found.reason
    assert "オフライン" in found.reason_ja


class Partly:
    """A zone of which only some names are in the record."""

    def __init__(self, zone: Mapping[str, Records | str], *missing: str) -> None:
        self._zone, self._missing = Zone(zone), missing

    def lookup(self, name: str, type: str) -> Lookup:
        if name in self._missing:
            return Lookup(name, type, Answer.NOT_ASKED)
        return self._zone.lookup(name, type)


@pytest.mark.parametrize(
    "term", ["a:q.example", "mx:q.example", "exists:q.example", "include:q.example", "a:%{p}", "ptr"]
)
def test_what_was_not_asked_for_leaves_the_result_open(term: str) -> None:
    reverse = "1.2.0.192.in-addr.arpa"
    zone = {"example.jp": [("TXT", f"v=spf1 ip4:192.0.2.99 {term} -all")], reverse: [("PTR", "q.example")]}
    asked = Partly(zone, "q.example", reverse)
    assert spf.evaluate(asked, IP, SENDER, "").result == UNCHECKED
    assert spf.evaluate(asked, "192.0.2.99", SENDER, "").result == "pass", "decided before"


def test_a_server_that_fails_is_temperror() -> None:
    assert check({"example.jp": "TIMEOUT"}).result == "temperror"
    found = check({"example.jp": [("TXT", "v=spf1 a:q.example -all")], "q.example": "TIMEOUT"})
    assert found.result == "temperror"
    assert "q.example" in found.reason


def test_the_mail_s_budget_is_not_a_result() -> None:
    budget = Budget(Limits(dns_queries=2))
    found = spf.evaluate(Recording(Zone(INCLUDED), budget), IP, SENDER, "")
    assert found.result == UNCHECKED
    assert "limit" in found.reason
    assert [limit.name for limit in budget.reached] == ["dns_queries"]


def test_a_policy_that_eats_questions_is_left_off() -> None:
    hosts = [("MX", f"10 {'h' * number}.q.example") for number in range(1, 11)]
    zone: dict[str, Any] = {
        "example.jp": [("TXT", "v=spf1 " + " ".join(f"mx:m{n}.example" for n in range(9)) + " -all")]
    }
    zone |= {f"m{number}.example": [(kind, f"{host}{number}") for kind, host in hosts] for number in range(9)}
    zone |= {f"{'h' * a}.q.example{b}": [("A", "192.0.2.77")] for a in range(1, 11) for b in range(9)}
    resolver = Zone(zone)
    assert spf.evaluate(resolver, IP, SENDER, "").result == UNCHECKED
    assert len(resolver.asked) == spf.QUESTIONS
    assert spf.evaluate(Zone(zone), IP, SENDER, "", most=1_000).result == "fail"


def test_ten_look_ups_and_two_void_ones() -> None:
    many = {"example.jp": [("TXT", "v=spf1 " + "a:q.example " * 11 + "-all")], "q.example": [("A", "192.0.2.9")]}
    assert check(many).result == "permerror"
    void = {"example.jp": [("TXT", "v=spf1 a:a.example a:b.example a:c.example ip4:192.0.2.1 -all")]}
    found = check(void)
    assert (found.result, found.void_lookups) == ("permerror", 3)
    loop = {"example.jp": [("TXT", "v=spf1 include:example.jp -all")]}
    assert check(loop).result == "permerror"


@pytest.mark.parametrize("ip", ["", "unknown", "192.0.2", "fe80::1%eth0", "x" * 10_000])
def test_without_an_address_there_is_nothing_to_check(ip: str) -> None:
    found = check("v=spf1 +all", ip=ip)
    assert (found.result, found.everyone) == (UNCHECKED, False)
    assert found.reason_ja


@pytest.mark.parametrize("ip", ["::ffff:192.0.2.1", "[192.0.2.1]", " 192.0.2.1 "])
def test_other_spellings_of_the_address(ip: str) -> None:
    assert check("v=spf1 ip4:192.0.2.1 -all", ip=ip).result == "pass"


def test_international_addresses() -> None:
    zone = {"xn--r8jz45g.jp": [("TXT", "v=spf1 exists:%{l}.q.example include:%{d}.q.example ip4:192.0.2.1 -all")]}
    zone["xn--r8jz45g.jp.q.example"] = [("TXT", "v=spf1 -all")]
    found = check(zone, mail_from="花@例え.JP")
    assert (found.result, found.domain) == ("pass", "xn--r8jz45g.jp")


@pytest.mark.parametrize(
    "policy",
    [
        "v=spf1 a:%{i" + "9" * 5_000 + "}.example.jp -all",
        "v=spf1 x=%{d" + "1" * 5_000 + "r} -all",
        "v=spf1 ip4:192.0.2.0/" + "9" * 5_000,
        "v=spf1 " + "ip4:198.51.100.9 " * 4_000 + "-all",
        "v=spf1 " + "include:" + "a." * 16_000 + "jp",
        "v=spf1 " + "%{" * 16_000,
        "v=spf1 a:" + "%{l-+,/_=}" * 3_000 + ".jp -all",
        'v=spf1 exists:\\"@.q.example -all',
    ],
)
def test_hostile_records(policy: str) -> None:
    assert check(policy).result in ("fail", "permerror", "neutral", "none")


EVERYONE = [
    "+all",
    "a mx all",
    "ip4:0.0.0.0/0 -all",
    "ip4:192.0.0.0/8 -all",
    "ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all",
    " ".join(f"ip4:{first}.0.0.0/9" for first in range(0, 240, 7)),
    " ".join(f"ip4:{first}.{half}.0.0/9" for first in range(17) for half in (0, 128)),
    "ip6:2000::/3 ip4:192.0.2.1 -all",
    "a/4 ip4:192.0.2.1 -all",
    "mx//8 ip4:192.0.2.1 -all",
    "include:wide.example -all",
    "include:wider.example -all",
    "redirect=wide.example",
    "exists:here.example -all",
    "exists:%{l}.here.example -all",
    "a:%{h} ip4:192.0.2.1 -all",
    "ptr:%{p} ip4:192.0.2.1 -all",
    "include:%{h} ip4:192.0.2.1 -all",
]
NARROW = [
    "ip4:192.0.2.0/24 -all",
    "ip4:192.0.2.1 ?all",
    "ip4:192.0.2.1 ~all",
    "ip4:192.0.0.0/9 ip4:192.0.2.1 ip4:192.0.0.0/9 -all",
    "?ip4:0.0.0.0/0",
    "ip6:2001:db8::/32 ip4:192.0.2.1 -all",
    "?include:wide.example ip4:192.0.2.1 -all",
    "-include:narrow.example ip4:192.0.2.1 -all",
    "exists:%{i}.allow.example -all",
    "exists:%{i}._ip.%{h}._helo.%{d}.allow.example ip4:192.0.2.1 -all",
    "a mx ip4:192.0.2.1 -all +all",
    "a/24 mx/24 ip4:192.0.2.1 -all",
]
AROUND: dict[str, Records | str] = {
    "wide.example": [("TXT", "v=spf1 +all")],
    "narrow.example": [("TXT", "v=spf1 ip4:198.51.100.1 -all")],
    "wider.example": [("TXT", "v=spf1 include:wide.example -all")],
    "here.example": [("A", "192.0.2.80")],
    "hana.here.example": [("A", "192.0.2.80")],
    "mx.example.jp": [("A", "192.0.2.25"), ("TXT", "v=spf1 -all")],
    "192.0.2.1.allow.example": [("A", "127.0.0.2")],
    "1.2.0.192.in-addr.arpa": [("PTR", "mx.example.jp")],
}


@pytest.mark.parametrize(
    ("terms", "everyone"), [*((terms, True) for terms in EVERYONE), *((terms, False) for terms in NARROW)]
)
def test_a_policy_that_lets_in_anyone_is_told(terms: str, everyone: bool) -> None:
    own: Records = [("TXT", f"v=spf1 {terms}"), ("A", "198.51.100.7"), ("MX", "10 mx.example.jp")]
    found = check({**AROUND, "example.jp": own})
    assert found.everyone is everyone
    assert ("practically anyone" in found.reason) is (everyone and found.result == "pass")


_NAMES = ("example.jp", "a.example.jp", "b.example.jp", "mx.example.jp", "none.example.jp")
_SPECS = st.sampled_from(
    (
        *_NAMES,
        "%{d}",
        "%{o}",
        "%{h}",
        "%{l}.example.jp",
        "%{i}.example.jp",
        "%{ir}.%{v}.arpa",
        "%{p}",
        "%{d2}",
        "%{s}",
        "x",
    )
)
_CIDRS = st.sampled_from(("", "", "/24", "//64", "/0", "/24//48", "/33", "/08"))
_TERMS = st.one_of(
    st.builds(
        "{}{}".format,
        st.sampled_from("+-~? "),
        st.sampled_from(("all", "a", "mx", "ptr", "a/24", "mx//64", "foo=bar", "nope")),
    ),
    st.builds("{}{}:{}{}".format, st.sampled_from(("", "-", "?")), st.sampled_from(("a", "mx", "A")), _SPECS, _CIDRS),
    st.builds("{}:{}".format, st.sampled_from(("include", "exists", "ptr", "ip4", "ip6")), _SPECS),
    st.builds("redirect={}".format, _SPECS),
    st.sampled_from(("ip4:192.0.2.0/24", "ip4:198.51.100.9", "ip6:2001:db8::/32", "ip4:192.0.2.256", "ip4:1.2.3.4/")),
)
_POLICIES = st.lists(_TERMS, max_size=5).map(lambda terms: "v=spf1 " + " ".join(terms))
_RECORDS = st.lists(
    st.one_of(
        st.tuples(st.just("TXT"), _POLICIES),
        st.tuples(st.just("A"), st.sampled_from(("192.0.2.1", "192.0.2.77", "198.51.100.1"))),
        st.tuples(st.just("AAAA"), st.sampled_from(("2001:db8::1", "2001:db8:1::1"))),
        st.tuples(st.just("MX"), st.sampled_from(_NAMES)),
    ),
    max_size=5,
    unique=True,
)
_ZONES = st.fixed_dictionaries(
    {"example.jp": st.lists(st.tuples(st.just("TXT"), _POLICIES), min_size=1, max_size=1)},
    optional={
        **{name: st.one_of(_RECORDS, st.just("TIMEOUT")) for name in _NAMES[1:4]},
        "1.2.0.192.in-addr.arpa": st.lists(st.tuples(st.just("PTR"), st.sampled_from(_NAMES)), max_size=3),
    },
)


@given(_ZONES, st.sampled_from((IP, "2001:db8::1")), st.sampled_from((SENDER, "a.b@example.jp", "")))
def test_another_evaluator_comes_to_the_same_result(zone: dict[str, Any], ip: str, sender: str) -> None:
    spftrace = pytest.importorskip("spftrace", reason="spftrace, the yardstick, is not installed")
    mx = {
        name: [(kind, f"10 {text}" if kind == "MX" else text) for kind, text in records]
        if records != "TIMEOUT"
        else records
        for name, records in zone.items()
    }
    ours = spf.evaluate(Zone(mx), ip, sender, "example.jp", most=1_000)
    theirs = spftrace.Evaluator(spftrace.ZoneResolver(zone), spftrace.Limits(max_queries=None))
    assert ours.result == asyncio.run(theirs.evaluate(ip, sender, "example.jp")).result, ours.reason


def test_endless_names_do_not_blow_up() -> None:
    policy = "v=spf1 " + " ".join(f"exists:{'%{L}' * 120}.q.example" for _ in range(10)) + " -all"
    found = check(policy, mail_from="." * 1_000_000 + "@example.jp", helo="h." * 500_000, most=1_000)
    assert found.result in ("fail", "permerror")
    assert check("v=spf1 -all", mail_from="a@" + "x." * 500_000 + "jp").result == "none"
    assert check("v=spf1 -all", mail_from="", helo="x" * 1_000_000).result == "none"
