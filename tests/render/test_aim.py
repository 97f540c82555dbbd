from __future__ import annotations

import msgspec

from sabaki.model.case import Lure, Phrase
from sabaki.model.evidence import Grade
from sabaki.render import aim
from tests.render import cases


def wanting(*asks: str, found: str = "", target: str = "") -> object:
    lure = Lure(asks=tuple(Phrase(ask, "x", "body") for ask in asks), target=target)
    findings = (cases.finding(found, 5, Grade.INFERRED, "x", "x"),) if found else ()
    return cases.replaced(cases.seed_report(), lure=lure, findings=findings)


def test_kinds_come_from_findings_first_then_from_what_is_asked() -> None:
    assert aim.kinds(wanting("card", found="lure/extortion")) == ["extortion", "card"]  # type: ignore[arg-type]
    assert aim.kinds(wanting("server_login", "account_login")) == ["credentials"]  # type: ignore[arg-type]
    assert aim.kinds(wanting("money", found="lure/extortion")) == ["extortion"]  # type: ignore[arg-type]
    assert aim.kinds(wanting("reply")) == []  # type: ignore[arg-type]


def test_plain_unwanted_mail_is_named_only_where_nothing_worse_is_there() -> None:
    assert aim.kinds(wanting(found="lure/unwanted")) == ["unwanted"]  # type: ignore[arg-type]
    assert aim.kinds(wanting("money", found="lure/unwanted")) == ["money"]  # type: ignore[arg-type]


def test_a_finding_that_speaks_for_the_mail_names_no_aim() -> None:
    report = wanting(found="lure/extortion")
    findings = tuple(msgspec.structs.replace(item, weight=-1.0) for item in report.findings)  # type: ignore[attr-defined]
    assert aim.kinds(cases.replaced(report, findings=findings)) == []  # type: ignore[arg-type]


def test_a_servers_password_is_worth_more_than_a_mailboxs() -> None:
    assert aim.loss(wanting("server_login"), "credentials") is aim.SERVER_LOSS  # type: ignore[arg-type]
    assert aim.loss(wanting("server_login", target="mailbox_user"), "credentials") is aim.LOSSES["credentials"]  # type: ignore[arg-type]
    assert aim.loss(wanting("account_login"), "credentials") is aim.LOSSES["credentials"]  # type: ignore[arg-type]


def test_every_kind_has_its_words() -> None:
    assert set(aim.WANTS) == set(aim.LOSSES)
    assert set(aim.READERS) <= set(aim.WANTS)


def test_a_login_page_that_comes_attached_wants_the_login() -> None:
    assert aim.kinds(wanting("malware", found="body/password_form")) == ["credentials"]  # type: ignore[arg-type]
    assert aim.kinds(wanting("account_login", found="attachment/executable")) == ["malware", "credentials"]  # type: ignore[arg-type]
    assert aim.kinds(wanting("malware")) == ["malware"]  # type: ignore[arg-type]
