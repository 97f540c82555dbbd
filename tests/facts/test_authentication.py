"""Results of SPF, DKIM and DMARC: believed by place and by name."""

from __future__ import annotations

import pytest

from sabaki.facts import authentication, trust
from sabaki.mail import message, received
from sabaki.mail.limits import Budget
from sabaki.model.case import AuthResult, Vantage
from sabaki.model.evidence import Grade

DATE = "8 Aug 2022 05:07 +0900"
HOP = f"Received: from evil.invalid (evil.invalid [198.51.100.66]) by mx.own.example (Postfix) id 1; {DATE}\n"
OWN = Vantage(own_hosts=("mx.own.example",))
OURS = "Authentication-Results: mx.own.example; dmarc=fail header.from=bank.example\n"
FORGED = "Authentication-Results: mx.own.example; dmarc=pass header.from=bank.example\n"


def read(header: str, vantage: Vantage = OWN) -> list[AuthResult]:
    budget = Budget()
    parsed = message.read(f"{header}Subject: x\n\n".encode(), budget)
    hops, line = trust.draw(received.hops(parsed, budget), vantage)
    return list(authentication.read(parsed, hops, line))


def grades(header: str, vantage: Vantage = OWN) -> list[str]:
    return [f"{result.method}={result.result} {result.grade}" for result in read(header, vantage)]


def test_a_field_above_the_line_by_our_name() -> None:
    (result,) = read(OURS + HOP)
    assert (result.method, result.result, result.grade, result.authserv_id) == (
        "dmarc",
        "fail",
        Grade.ATTESTED,
        "mx.own.example",
    )
    assert result.properties == {"header.from": "bank.example"}
    assert result.location
    assert result.location.field == 0


def test_a_second_field_that_the_sender_added_is_not_believed() -> None:
    assert grades(OURS + HOP + FORGED) == ["dmarc=fail A", "dmarc=pass S"]
    assert grades(HOP + FORGED) == ["dmarc=pass S"]
    assert grades(HOP + FORGED, Vantage()) == ["dmarc=pass S"]
    assert grades(FORGED) == ["dmarc=pass S"]


def test_an_inferred_line_gives_inferred_results() -> None:
    assert grades(OURS + HOP, Vantage()) == ["dmarc=fail I"]


@pytest.mark.parametrize(
    ("name", "grade"),
    [
        ("mx.own.example", "A"),
        ("own.example", "A"),
        ("auth.own.example", "A"),
        ("mx.own.example.evil.invalid", "S"),
        ("notown.example", "S"),
        ("OpenDKIM", "I"),
    ],
)
def test_the_name_must_be_ours(name: str, grade: str) -> None:
    assert grades(f"Authentication-Results: {name}; spf=fail\n{HOP}") == [f"spf=fail {grade}"]


def test_exchange_online_without_a_name() -> None:
    field = "Authentication-Results: spf=fail (sender IP is 198.51.100.66) smtp.mailfrom=x.example;dmarc=none\n"
    hop = f"Received: from evil.invalid (198.51.100.66) by D4.mail.protection.outlook.com (10.1.1.1) with Microsoft SMTP Server id 15.20.1.1; {DATE}\n"
    assert grades(field + hop, Vantage(own_domains=("outlook.com",))) == ["spf=fail A", "dmarc=none A"]
    assert grades(hop + field, Vantage(own_domains=("outlook.com",))) == ["spf=fail S", "dmarc=none S"]
    assert grades(field + HOP) == ["spf=fail I", "dmarc=none I"]


def test_gmail_writes_below_its_own_hop() -> None:
    hop = f"Received: from evil.invalid (evil.invalid. [198.51.100.66]) by mx.google.com with ESMTPS id 1; {DATE}\n"
    spf = "Received-SPF: fail (google.com: domain of x.example does not designate 198.51.100.66) client-ip=198.51.100.66;\n"
    ours = "Authentication-Results: mx.google.com; dkim=fail header.d=x.example\n"
    forged = "Authentication-Results: mx.google.com; dkim=pass header.d=bank.example\n"
    assert grades(hop + spf + ours + forged, Vantage()) == ["dkim=fail I", "dkim=pass S", "spf=fail I"]
    assert grades(hop + "X-Mailer: x\n" + forged, Vantage()) == ["dkim=pass S"]
    assert grades(HOP + forged, Vantage()) == ["dkim=pass S"]


def test_a_milter_writes_below_the_hop_and_only_failures_are_believed_there() -> None:
    named = "DMARC-Filter: OpenDMARC Filter v1.4.2 mx.own.example 4M1abc\n"
    spf = "Authentication-Results: mx.own.example; spf=pass smtp.mailfrom=x.example; dkim=fail\n"
    assert grades(HOP + named + OURS + spf) == ["dmarc=fail I", "spf=pass S", "dkim=fail I"]
    assert grades(f"{HOP}X-Mailer: x\n{OURS}") == ["dmarc=fail S"]
    assert grades(HOP + OURS.replace("mx.own", "mx.evil")) == ["dmarc=fail S"]


def test_received_spf() -> None:
    field = "Received-SPF: SoftFail (mailfrom) identity=mailfrom; client-ip=198.51.100.66; receiver="
    assert grades(f"{field}mx.own.example\n{HOP}") == ["spf=softfail A"]
    assert grades(f"{field}<UNKNOWN>\n{HOP}") == ["spf=softfail I"]
    assert grades(f"{field}mx.evil.invalid\n{HOP}") == ["spf=softfail S"]
    assert grades(f"{HOP}{field}mx.own.example\n") == ["spf=softfail I"]
    assert grades(f"{HOP}{field.replace('SoftFail', 'Pass')}mx.own.example\n") == ["spf=pass S"]
    assert grades(f"Authentication-Results: mx.own.example; spf=fail\n{field}mx.own.example\n{HOP}") == ["spf=fail A"]


def test_arc_is_listed_and_not_believed() -> None:
    (result,) = read(f"ARC-Authentication-Results: i=1; mx.own.example; spf=pass smtp.mailfrom=x.example\n{HOP}")
    assert (result.grade, result.properties) == (Grade.SELF_DECLARED, {"arc.i": "1", "smtp.mailfrom": "x.example"})


def test_a_flood_is_cut() -> None:
    assert len(read(FORGED * 500)) == 20
