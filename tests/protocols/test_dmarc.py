"""DMARC: the record, the walk up the tree, the policy and the alignment."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.mail.domains import to_ascii
from sabaki.model.authentication import KEY_GONE, UNCHECKED, Dmarc, Signature, Spf
from sabaki.model.evidence import Grade
from sabaki.model.lookup import Answer, Lookup
from sabaki.protocols import dmarc
from sabaki.protocols.resolver import Offline, key

REJECT = "v=DMARC1; p=reject"


class Zone:
    """A DNS of TXT records by domain of the policy; `broken` names do not answer, `gone` names do not exist."""

    def __init__(
        self, records: dict[str, str | list[str]], broken: Sequence[str] = (), gone: Sequence[str] = ()
    ) -> None:
        self._records, self._broken, self._gone = records, broken, gone
        self.asked: list[str] = []

    def lookup(self, name: str, type: str) -> Lookup:
        asked, type = key(name, type)
        self.asked.append(f"{type} {asked}")
        domain = asked.removeprefix("_dmarc.")
        if domain in self._broken:
            return Lookup(asked, type, Answer.TEMPERROR)
        if type == "TXT" and domain in self._records and asked.startswith("_dmarc."):
            found = self._records[domain]
            return Lookup(asked, type, Answer.ANSWER, (found,) if isinstance(found, str) else tuple(found))
        return Lookup(asked, type, Answer.NXDOMAIN if domain in self._gone or type == "TXT" else Answer.NODATA)


def signed(domain: str, result: str = "pass") -> Signature:
    return Signature(result=result, domain=domain, grade=Grade.VERIFIED)


def sent(domain: str, result: str = "pass", scope: str = "mailfrom") -> Spf:
    return Spf(result=result, domain=domain, scope=scope, grade=Grade.ATTESTED)


def evaluate(
    records: dict[str, str | list[str]],
    author: str,
    dkim: Sequence[Signature] = (),
    spf: Sequence[Spf] = (sent("other.example", "fail"),),
    **how: Sequence[str],
) -> Dmarc:
    return dmarc.evaluate(Zone(records, **how), author, spf, dkim)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v=DMARC1x; p=none",
        "v=dmarc1; p=none",
        "p=none; v=DMARC1",
        " x v=DMARC1",
        "V=DMARC1; p=none",
        "v=spf1 -all",
        "DMARC1",
    ],
)
def test_no_record(text: str) -> None:
    assert dmarc.parse(text) is None


def test_a_record() -> None:
    record = dmarc.parse(
        "v = DMARC1 ;p=Quarantine; SP=none;np=reject ; adkim=s; aspf=S; t=y; psd=n; rua=mailto:d@a.example,; pct=5; x y=z"
    )
    assert record
    assert (record.policy, record.subdomains, record.nonexistent, record.suffix) == (
        "quarantine",
        "none",
        "reject",
        "n",
    )
    assert (record.strict_dkim, record.strict_spf, record.testing, record.reports, record.faulty) == (True,) * 4 + (
        False,
    )


def test_what_the_grammar_does_not_allow_is_ignored() -> None:
    record = dmarc.parse("v=DMARC1; p=reject; p=none; adkim=strict; t=yes; psd=x; sp=all; rua=nobody")
    assert record
    assert (record.policy, record.strict_dkim, record.testing, record.suffix) == ("reject", False, False, "u")
    assert (record.faulty, record.reports) == (True, False)


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert dmarc.parse(text) is None or text.lstrip(" \t").startswith("v")
    dmarc.parse(f"v=DMARC1;{text}")


def test_a_walk_asks_at_most_eight_times() -> None:
    zone = Zone({})
    dmarc.walk(zone, "a.b.c.d.e.f.g.h.i.j.mail.example.com")
    assert zone.asked == [
        f"TXT _dmarc.{name}"
        for name in (
            "a.b.c.d.e.f.g.h.i.j.mail.example.com",
            "g.h.i.j.mail.example.com",
            "h.i.j.mail.example.com",
            "i.j.mail.example.com",
            "j.mail.example.com",
            "mail.example.com",
            "example.com",
            "com",
        )
    ]
    assert len(dmarc.path("a.b.c.d.e.f.g.example")) == len(dmarc.path("a.b.c.d.e.f.g.h.example")) == 8
    assert dmarc.path("mail.shop.example") == ["mail.shop.example", "shop.example", "example"]


@pytest.mark.parametrize(
    ("records", "domain", "organization"),
    [
        ({}, "a.mail.shop.example", "a.mail.shop.example"),
        ({"mail.shop.example": REJECT, "shop.example": REJECT}, "a.mail.shop.example", "shop.example"),
        ({"mail.shop.example": f"{REJECT}; psd=n", "shop.example": REJECT}, "a.mail.shop.example", "mail.shop.example"),
        ({"example": f"{REJECT}; psd=y"}, "a.mail.shop.example", "shop.example"),
        ({"shop.example": f"{REJECT}; psd=y"}, "a.mail.shop.example", "mail.shop.example"),
        ({"shop.example": f"{REJECT}; psd=y", "example": REJECT}, "shop.example", "shop.example"),
        ({"shop.example": [REJECT, REJECT]}, "mail.shop.example", "mail.shop.example"),
        ({"shop.example": [REJECT, "google-site=1"]}, "mail.shop.example", "shop.example"),
    ],
)
def test_organizational_domain(records: dict[str, str | list[str]], domain: str, organization: str) -> None:
    assert dmarc.organizational(dmarc.walk(Zone(records), domain)) == organization


def test_dkim_of_the_author_passes() -> None:
    found = evaluate({"shop.example": REJECT}, "shop.example", [signed("shop.example")])
    assert (found.result, found.aligned, found.grade, found.policy) == (
        "pass",
        ("dkim:shop.example",),
        Grade.VERIFIED,
        "reject",
    )
    assert found.earlier == ""


def test_spf_of_the_author_passes_with_the_grade_of_the_peer() -> None:
    found = evaluate({"shop.example": REJECT}, "shop.example", [], [sent("bounce.shop.example")])
    assert (found.result, found.aligned, found.grade) == ("pass", ("spf:bounce.shop.example",), Grade.ATTESTED)


@pytest.mark.parametrize(
    ("dkim", "spf"),
    [
        ([signed("evil.example")], [sent("evil.example")]),
        ([signed("shop.example.evil.example")], [sent("evilshop.example")]),
        ([signed("example")], [sent("example")]),
        ([signed("shop.example", "fail")], [sent("shop.example", "softfail")]),
        ([signed("shop.example\0.evil.example")], [sent("shop.example", "neutral")]),
        ([], [sent("evil.example"), sent("shop.example", scope="helo")]),
    ],
)
def test_nothing_else_does(dkim: list[Signature], spf: list[Spf]) -> None:
    found = evaluate({"shop.example": REJECT}, "shop.example", dkim, spf)
    assert (found.result, found.aligned) == ("fail", ())
    assert found.grade is Grade.ATTESTED


def test_the_greeting_counts_where_the_envelope_has_no_sender() -> None:
    zone, helo = Zone({"shop.example": REJECT}), [sent("mail.shop.example", scope="helo")]
    assert dmarc.evaluate(zone, "shop.example", helo, [], null_sender=True).aligned == ("spf:mail.shop.example",)
    assert dmarc.evaluate(zone, "shop.example", helo, []).result == UNCHECKED


def test_relaxed_and_strict() -> None:
    relaxed, strict = {"shop.example": REJECT}, {"shop.example": f"{REJECT}; adkim=s; aspf=s"}
    for dkim, spf in (([signed("mail.shop.example")], []), ([], [sent("mail.shop.example")])):
        known = spf or [sent("x.example", "fail")]
        assert evaluate(dict(relaxed), "shop.example", dkim, known).result == "pass"
        assert evaluate(dict(strict), "shop.example", dkim, known).result == "fail"
    assert evaluate(dict(strict), "shop.example", [signed("SHOP.example.")]).result == "pass"


def test_a_department_of_its_own_does_not_align_with_the_rest() -> None:
    records: dict[str, str | list[str]] = {"lab.shop.example": f"{REJECT}; psd=n", "shop.example": REJECT}
    assert evaluate(records, "lab.shop.example", [signed("shop.example")]).result == "fail"
    assert evaluate(records, "shop.example", [signed("lab.shop.example")]).result == "fail"
    assert evaluate(records, "lab.shop.example", [signed("x.lab.shop.example")]).result == "pass"


def test_where_the_earlier_reading_differs() -> None:
    assert (
        evaluate({"lab.shop.example": f"{REJECT}; psd=n"}, "lab.shop.example", [signed("shop.example")]).earlier
        == "pass"
    )
    # A record at the registry without psd: all below it would be one organisation, says the walk.
    found = evaluate({"co.jp": "v=DMARC1; p=none", "a.co.jp": REJECT}, "a.co.jp", [signed("b.co.jp")])
    assert (found.result, found.earlier, found.organizational_domain) == ("pass", "fail", "co.jp")


@pytest.mark.parametrize(
    ("record", "gone", "policy"),
    [
        ("v=DMARC1; p=reject", (), "reject"),
        ("v=DMARC1; p=reject; sp=none", (), "none"),
        ("v=DMARC1; p=none; np=reject", (), "none"),
        ("v=DMARC1; p=none; np=reject", ("x.shop.example",), "reject"),
        ("v=DMARC1; p=none; sp=quarantine; np=reject", ("x.shop.example",), "reject"),
        ("v=DMARC1; p=none; sp=quarantine", ("x.shop.example",), "quarantine"),
        ("v=DMARC1; rua=mailto:d@shop.example", (), "none"),
        ("v=DMARC1; p=reject; sp=bogus; rua=mailto:d@shop.example", (), "none"),
    ],
)
def test_policy_of_a_subdomain(record: str, gone: tuple[str, ...], policy: str) -> None:
    found = evaluate({"shop.example": record}, "x.shop.example", gone=gone)
    assert (found.result, found.policy, found.policy_domain) == ("fail", policy, "shop.example")


def test_a_public_suffix_speaks_where_nobody_else_does() -> None:
    records: dict[str, str | list[str]] = {"bank.example": "v=DMARC1; p=none; sp=reject; psd=y"}
    found = evaluate(records, "mail.branch.bank.example", [signed("branch.bank.example")])
    assert (found.result, found.policy, found.policy_domain) == ("pass", "reject", "bank.example")
    assert found.organizational_domain == "branch.bank.example"
    assert evaluate(records, "mail.branch.bank.example", [signed("other.bank.example")]).result == "fail"


@pytest.mark.parametrize(
    "records",
    [{}, {"shop.example": "v=DMARC1; p=bogus"}, {"shop.example": "v=DMARC1"}, {"shop.example": [REJECT, REJECT]}],
)
def test_without_a_policy_dmarc_says_nothing(records: dict[str, str | list[str]]) -> None:
    found = evaluate(records, "shop.example", [signed("shop.example")])
    assert (found.result, found.aligned) == ("none", ())
    assert found.reason
    assert found.reason_ja


def test_offline_nothing_is_known() -> None:
    found = dmarc.evaluate(
        Offline(), "shop.example", [sent("shop.example", UNCHECKED)], [signed("shop.example", UNCHECKED)]
    )
    assert (found.result, found.grade) == (UNCHECKED, Grade.SELF_DECLARED)


def test_a_dns_that_does_not_answer_is_no_failure() -> None:
    assert evaluate({}, "shop.example", broken=["shop.example"]).result == "temperror"
    assert evaluate({}, "x.shop.example", broken=["shop.example"]).result == "temperror"
    # The domain's own record is enough where the very same domain signed.
    found = evaluate({"shop.example": REJECT}, "shop.example", [signed("shop.example")], broken=["example"])
    assert found.result == "pass"
    assert (
        evaluate({"shop.example": REJECT}, "shop.example", [signed("x.shop.example")], broken=["example"]).result
        == "temperror"
    )


@pytest.mark.parametrize(
    ("dkim", "spf", "result"),
    [
        ([signed("shop.example", KEY_GONE)], [sent("x.example", "fail")], UNCHECKED),
        ([signed("shop.example", "temperror")], [sent("x.example", "fail")], "temperror"),
        ([signed("evil.example", KEY_GONE)], [sent("x.example", "fail")], "fail"),
        ([signed("evil.example")], [], UNCHECKED),
        ([signed("evil.example")], [Spf(result=UNCHECKED)], UNCHECKED),
        ([], [sent("shop.example", "temperror")], "temperror"),
        ([signed("shop.example", KEY_GONE), signed("shop.example")], [], "pass"),
    ],
)
def test_what_is_not_known_is_neither_pass_nor_fail(dkim: list[Signature], spf: list[Spf], result: str) -> None:
    assert evaluate({"shop.example": REJECT}, "shop.example", dkim, spf).result == result


@pytest.mark.parametrize(
    "domain", ["", "localhost", "com", "[192.0.2.1]", "a..b", "a b.example", "x" * 300 + ".example"]
)
def test_an_author_without_a_domain(domain: str) -> None:
    zone = Zone({})
    assert dmarc.evaluate(zone, domain, [], []).result == "permerror"
    assert zone.asked == []


def test_international_names_are_asked_for_in_a_labels() -> None:
    zone = Zone({"xn--r8jz45g.example": REJECT})
    found = dmarc.evaluate(zone, "\u4f8b\u3048.example", [], [signed("\u4f8b\u3048.example")])
    assert (found.result, found.author_domain) == ("pass", "xn--r8jz45g.example")


def test_a_homograph_is_another_domain() -> None:
    lookalike = "b\u0430nk.example"
    records: dict[str, str | list[str]] = {"bank.example": REJECT, to_ascii(lookalike): REJECT}
    assert evaluate(records, lookalike, [signed("bank.example")]).result == "fail"


def test_a_test_policy_is_told() -> None:
    found = evaluate({"shop.example": f"{REJECT}; t=y"}, "shop.example")
    assert (found.result, found.testing, found.policy) == ("fail", True, "reject")


def test_domains_that_cannot_align_cost_no_question() -> None:
    zone = Zone({"shop.example": REJECT})
    others = [signed(f"x{number}.other.example") for number in range(5)]
    dmarc.evaluate(zone, "shop.example", [sent("y.invalid")], others)
    assert zone.asked == ["TXT _dmarc.shop.example", "TXT _dmarc.example"]
