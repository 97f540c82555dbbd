"""Results of SPF, DKIM and DMARC: believed by place and by name."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from sabaki import pipeline
from sabaki.facts import authentication, bodies, trust
from sabaki.mail import message, received
from sabaki.mail.limits import Budget
from sabaki.model.authentication import ArcChain, ArcSet, Verification
from sabaki.model.case import AuthResult, Source, Vantage
from sabaki.model.evidence import Grade
from sabaki.protocols.resolver import Offline, Recording

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


def test_a_copy_of_what_the_mail_brought_is_worth_less() -> None:
    copy = OURS.replace("Authentication-Results", "X-Original-Authentication-Results")
    (result,) = read(copy + HOP)
    assert (result.grade, result.properties["field"]) == (Grade.INFERRED, "x-original-authentication-results")
    assert grades(copy.replace("=fail", "=pass") + HOP) == ["dmarc=pass S"]
    assert grades(HOP + copy) == ["dmarc=fail S"]
    assert grades(copy.replace("mx.own", "mx.evil") + HOP) == ["dmarc=fail S"]


def test_filters_fields_without_a_name() -> None:
    field = "X-Spam-Status: No, score=0 tests=DKIM_VALID,SPF_SOFTFAIL autolearn=no\nX-SPF-Result: pass\n"
    assert grades(field + HOP) == ["dkim=pass I", "spf=softfail I", "spf=pass I"]
    assert grades(HOP + field) == ["dkim=pass S", "spf=softfail S", "spf=pass S"]
    # Where a server has spoken by the standard, its own field is enough.
    assert grades(f"Authentication-Results: mx.own.example; spf=fail\n{field}{HOP}") == ["spf=fail A", "dkim=pass I"]


def test_how_exchange_knew_the_sender() -> None:
    fields = "X-MS-Exchange-Organization-AuthSource: D4.own.example\nX-MS-Exchange-Organization-AuthAs: Internal\nX-MS-Exchange-Organization-AuthMechanism: 04\n"
    hop = f"Received: from a.own.example (10.1.1.2) by mx.own.example (10.1.1.1) with Microsoft SMTP Server id 15.20.1.1; {DATE}\n"
    (result,) = read(fields + hop)
    assert (result.method, result.result, result.authserv_id, result.grade) == ("auth", "pass", "d4.own.example", "A")
    assert result.properties["exchange.mechanism"] == "04"
    assert grades(hop + fields) == ["auth=pass S"]
    assert grades(fields + HOP) == ["auth=pass S"]
    assert grades(hop + fields.replace("Internal", "Mars")) == []


def test_a_provider_with_several_names() -> None:
    hop = f"Received: from x.example (x.example [198.51.100.66]) by mr1.mail.me.com (Postfix) id 1; {DATE}\n"
    assert grades(f"Authentication-Results: dmarc.icloud.com; dmarc=pass\n{hop}", Vantage()) == ["dmarc=pass I"]
    assert grades(f"Authentication-Results: dmarc.icloud.com; dmarc=pass\n{HOP}", Vantage()) == ["dmarc=pass S"]


def chain(result: str, sealers: tuple[str, ...], trusted: tuple[str, ...], oldest_pass: int | None = None) -> list[str]:
    """What trusted sealers say: the first of them saw a pass."""
    header = "ARC-Authentication-Results: i=1; mx.list.example; dmarc=pass header.from=bank.example\n"
    parsed = message.read(f"{header}{HOP}Subject: x\n\n".encode(), Budget())
    budget = Budget()
    asked = Recording(Offline(), budget)
    case = pipeline.understand(
        parsed,
        bodies.read(parsed, budget),
        source=Source("x", "", 0),
        vantage=Vantage(own_hosts=("mx.own.example",), trusted_sealers=trusted),
        budget=budget,
        resolver=asked,
    )
    sets = tuple(ArcSet(instance=at + 1, domain=name, seal="pass") for at, name in enumerate(sealers))
    arc = ArcChain(result=result, oldest_pass=oldest_pass, sets=sets, grade=Grade.VERIFIED)
    case = replace(case, verification=Verification(arc=arc))
    return [f"{each.method}={each.result} {each.grade}" for each in authentication.sealed(case)]


def test_a_sealer_is_believed_where_the_reader_trusts_him_and_the_chain_holds() -> None:
    believed = ["dmarc=pass I"]
    assert chain("pass", ("list.example",), ("list.example",)) == believed
    assert chain("pass", ("arc.list.example",), ("list.example",)) == believed
    assert chain("pass", ("list.example",), ()) == []
    assert chain("pass", ("evillist.example",), ("list.example",)) == []
    assert chain("fail", ("list.example",), ("list.example",)) == []
    assert chain("unchecked", ("list.example",), ("list.example",)) == []


def test_what_others_did_after_a_trusted_sealer() -> None:
    sealers, trusted = ("list.example", "evil.invalid"), ("list.example",)
    assert chain("pass", sealers, trusted, oldest_pass=2) == []
    assert chain("pass", sealers, trusted, oldest_pass=1) == ["dmarc=pass I"]
    assert chain("pass", sealers, (*trusted, "evil.invalid"), oldest_pass=2) == ["dmarc=pass I"]
    # That a later sealer is trusted does not make the first one so.
    assert chain("pass", sealers, ("evil.invalid",), oldest_pass=0) == []
