"""Filters' marks: what is one, and whose it is."""

from __future__ import annotations

import time

import pytest

from sabaki.facts import stamps, trust
from sabaki.mail import message, received
from sabaki.mail.limits import Budget
from sabaki.model.case import Stamp, Vantage
from sabaki.model.evidence import Grade
from tests.patience import BLOWN_UP

HOP = "Received: from evil.invalid (evil.invalid [198.51.100.66]) by mx.own.example (Postfix) id 1; 8 Aug 2022 05:07 +0900\n"
OWN = Vantage(own_hosts=("mx.own.example",))


def find(header: str, vantage: Vantage = OWN) -> tuple[Stamp, ...]:
    budget = Budget()
    read = message.read(f"{header}\nbody\n".encode(), budget)
    hops, line = trust.draw(received.hops(read, budget), vantage)
    return stamps.find(read, hops, line)


@pytest.mark.parametrize(
    "stamp",
    [
        "[spam]",
        "[SPAM]",
        "[ SPAM ]",
        "***SPAM***",
        "*****SPAM*****",
        "*** Spam ***",
        "{Spam?}",
        "[SPAM?]",
        "[SPAM:##]",
        "[SPAM:12.3]",
        "[SPAM 5.2/5.0]",
        "[?? Probable Spam]",
        "[!! SPAM]",
        "<SPAM>",
        "(SPAM)",
        "[Suspected Spam]",
        "[SPAM DETECTED]",
        "[spam mail]",
        "[Junk]",
        "[bulk]",
        "[spam/junk]",
        "[meiwaku]",
        "≪迷惑メール≫",
        "[SUSPECTED_SPAM]",
        "[SPAM HIGH]",
        "SPAM:",
        "SPAM-LOW:",
        "[迷惑メール]",
        "【迷惑メール】",
        "【迷惑メールの疑い】",
        "【迷惑メール判定】",
        "★★★迷惑メール★★★",
        "［ＳＰＡＭ］",
        "【ＳＰＡＭ】",
        "＊＊＊スパム＊＊＊",
        "[スパムの可能性あり]",
        "[virus]",
        "{Virus?}",
        "[フィッシングの疑い]",
    ],
)
def test_stamps_of_the_subject(stamp: str) -> None:
    assert stamps.of_subject(f"{stamp} 保留中のメッセージ") == stamp
    assert stamp.endswith(":") or stamps.of_subject(stamp) == stamp
    assert stamps.of_subject(f"[users:123] {stamp} hello") == stamp


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "spam",
        "Spam filter settings",
        "SPAM recipes",
        "Spam: the history of a tin",
        "SPAM:recipes",
        "Re: spam filters",
        "[Spam-discuss] list",
        "[nospam] hello",
        "[no spam] hello",
        "[junkyard] parts",
        "[SpamAssassin] release 4.0",
        "[spam-l] digest",
        "[Anti-Spam Research] minutes",
        "[Spam policy update]",
        "【重要】迷惑メール対策のお知らせ",
        "【迷惑メール対策】設定変更のお願い",
        "【迷惑メールにご注意ください】",
        "【フィッシング】注意喚起",
        "【フィッシング詐欺にご注意】",
        "【重要】アカウントの確認",
        "[list] about [spam]",
        "*** SALE ***",
        "*** BULK SALE ***",
        "[bulkhead] plan",
        "(advisor) visa",
        "-- ",
        "[",
        "[]",
        "迷惑メール",
    ],
)
def test_no_stamps(subject: str) -> None:
    assert stamps.of_subject(subject) == ""


def test_a_stamp_in_a_subject_is_inferred_and_attested_only_with_a_field_of_ours() -> None:
    (mark,) = find(f"{HOP}Subject: [spam] hello\n")
    assert (mark.kind, mark.text, mark.says_spam, mark.grade) == ("subject", "[spam]", True, Grade.INFERRED)
    marks = find(f"X-Spam-Flag: YES\n{HOP}Subject: [spam] hello\n")
    assert [(mark.kind, mark.grade) for mark in marks] == [("subject", Grade.ATTESTED), ("flag", Grade.ATTESTED)]
    marks = find(f"{HOP}X-Spam-Flag: YES\nSubject: [spam] hello\n")
    assert [(mark.kind, mark.grade) for mark in marks] == [("subject", Grade.INFERRED), ("flag", Grade.SELF_DECLARED)]
    assert find("Subject: [spam] hello\n")[0].grade is Grade.SELF_DECLARED


def test_without_a_named_server_nothing_is_attested() -> None:
    marks = find(f"X-Spam-Flag: YES\n{HOP}X-Spam-Status: No\nSubject: [spam] hello\n", Vantage())
    assert [mark.grade for mark in marks] == [Grade.INFERRED, Grade.INFERRED, Grade.SELF_DECLARED]


def test_a_mark_that_a_later_forwarder_added_is_not_ours() -> None:
    later = "Received: from mx.own.example (mx.own.example [203.0.113.1]) by z.example (Postfix) id 2; 8 Aug 2022 05:08 +0900\n"
    marks = find(f"X-Spam-Flag: YES\n{later}X-Spam-Status: No\n{HOP}Subject: x\n")
    assert [(mark.text, mark.grade) for mark in marks] == [("YES", Grade.SELF_DECLARED), ("No", Grade.ATTESTED)]


@pytest.mark.parametrize(
    ("field", "kind", "text", "says"),
    [
        ("X-Spam-Flag: YES", "flag", "YES", True),
        ("X-Spam-Flag: NO", "flag", "NO", False),
        ("X-Spam: Yes", "flag", "Yes", True),
        ("X-Spam-Status: Yes, score=12.3 required=5.0", "flag", "Yes, score=12.3 required=5.0", True),
        ("X-Spam-Status: No, score=-2.0", "flag", "No, score=-2.0", False),
        ("X-Spam-Level: ******", "score", "******", None),
        ("X-Spam-Bar: ++++", "score", "++++", None),
        ("X-Spam-Score: 4.7 (++++)", "score", "4.7 (++++)", None),
        ("X-Spamd-Result: default: True [16.40 / 15.00]; A(1.00)[]", "action", "default: True [16.40 / 15.00]", True),
        ("X-Spamd-Result: default: False [1.60 / 15.00]", "action", "default: False [1.60 / 15.00]", False),
        ("X-Rspamd-Action: add header", "action", "add header", True),
        ("X-Rspamd-Action: no action", "action", "no action", False),
        ("X-Rspamd-Action: greylist", "action", "greylist", None),
        ("X-MS-Exchange-Organization-SCL: 5", "scl", "SCL 5", True),
        ("X-MS-Exchange-Organization-SCL: -1", "scl", "SCL -1", False),
        ("X-MS-Exchange-Organization-SCL: 1", "scl", "SCL 1", False),
        ("X-Microsoft-Antispam: BCL:7;ARA:1", "score", "BCL 7", None),
        ("X-Barracuda-Spam-Flag: YES", "flag", "YES", True),
        ("X-Bogosity: Spam, tests=bogofilter", "flag", "Spam, tests=bogofilter", True),
        ("X-DSPAM-Result: Innocent", "flag", "Innocent", False),
        ("X-CTCH-Spam: Confirmed", "flag", "Confirmed", True),
        ("X-Own-MailScanner-SpamCheck: not spam, SpamAssassin (score=0.3)", "flag", "not spam, SpamAssassin (score=0.3)", False),
        ("X-Own-MailScanner-SpamCheck: spam, SpamAssassin (score=9)", "flag", "spam, SpamAssassin (score=9)", True),
        ("X-Proofpoint-Spam-Details: rule=spam policy=default score=99", "flag", "rule=spam", True),
        ("X-Proofpoint-Spam-Details: rule=notspam policy=default score=0", "flag", "rule=notspam", False),
        ("X-YahooFilteredBulk: 198.51.100.66", "flag", "198.51.100.66", True),
        ("X-Junk-Flag: yes", "flag", "yes", True),
        ("X-VR-SPAMSTATE: SPAM", "flag", "SPAM", True),
    ],
)  # fmt: skip
def test_fields(field: str, kind: str, text: str, says: bool | None) -> None:
    (mark,) = find(f"{field}\n{HOP}Subject: x\n")
    assert (mark.kind, mark.text, mark.says_spam, mark.grade) == (kind, text, says, Grade.ATTESTED)
    assert mark.field_name == field.partition(":")[0]
    assert mark.location
    assert mark.location.field == 0


def test_forefront() -> None:
    marks = find(
        f"X-Forefront-Antispam-Report: CIP:198.51.100.66;CTRY:JP;SCL:5;SFV:SPM;CAT:PHSH;SFTY:9.1\n{HOP}Subject: x\n"
    )
    assert [(mark.text, mark.says_spam) for mark in marks] == [("SCL 5", True), ("SFV SPM", True), ("CAT PHSH", True)]
    marks = find(f"X-Forefront-Antispam-Report: CIP:198.51.100.66;SCL:1;SFV:NSPM;CAT:NONE\n{HOP}Subject: x\n")
    assert [mark.says_spam for mark in marks] == [False, False, False]


@pytest.mark.parametrize(
    "field",
    [
        "X-Spam-Report: Spam detection software has identified this as spam",
        "X-Spam-Checker-Version: SpamAssassin 3.4",
        "X-Spam-Flag:",
        "X-Spam-Score: unset",
        "X-Mailer: spam",
        "X-RC-Spam: 2008-11-04_01",
        "X-Microsoft-Antispam: BCL:0;",
        "X-MS-Exchange-Organization-SCL: x",
        "X-Forefront-Antispam-Report-Untrusted: CIP:1;SCL:9",
        "X-Priority: 1",
    ],
)
def test_fields_without_a_verdict(field: str) -> None:
    assert find(f"{field}\n{HOP}Subject: x\n") == ()


@pytest.mark.parametrize("piece", ["[", "[a] ", "*", "[spam ", "[mail mail", "の疑い", "［"])
def test_linear_in_hostile_subjects(piece: str) -> None:
    start = time.perf_counter()
    stamps.of_subject(piece * 50_000)
    assert time.perf_counter() - start < BLOWN_UP
