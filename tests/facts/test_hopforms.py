"""What the software that a hop names never writes."""

from __future__ import annotations

import pytest

from sabaki.facts import hopforms
from tests.facts.hopmaker import hop

MONDAY = "Mon, 3 Mar 2025 10:14:50 +0900"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"from [198.51.100.9] by b.example with NNFMP; {MONDAY}", [("protocol_elsewhere", True)]),
        ("from [192.0.2.66] by n10.grp.scd.yahoo.com with NNFMP; 03 Mar 2025 01:14:50 -0000", []),
        (f"from [198.51.100.9] by b.example with asmtp; {MONDAY}", [("protocol_elsewhere", True)]),
        (f"from a.example ([198.51.100.9]) by b.example with asmtp (Exim 4.30) id 1touOQ-0001sN-4d; {MONDAY}", []),
        (f"from [198.51.100.9] by b.example with local; {MONDAY}", [("protocol_elsewhere", True)]),
        (f"from taro by b.example with local (Exim 4.96) id 1touOQ-0001sN-4d; {MONDAY}", []),
        (f"from taro.sato by b.example with local; {MONDAY}", []),
        (f"from [192.168.1.20] by b.example with local; {MONDAY}", []),
        (f"from [198.51.100.9] by b.example with QMQP; {MONDAY}", [("protocol_elsewhere", True)]),
        ("from a.example (198.51.100.9) by b.example with QMQP; 3 Mar 2025 10:14:50 +0900", [("protocol_elsewhere", False)]),
        ("from a.example (198.51.100.9) by b.example with QMQP; 3 Mar 2025 01:14:50 -0000", []),
        (
            "from unknown (HELO a.example) (Mon, 03 Mar 2025 00:27:51 +0200) by b.example with SMTP; Mon, 3 Mar 2025 00:27:51 +0200",
            [("date_for_address", True)],
        ),
        (f"from a.example (a.example [198.51.100.9]) by b.example (Mon, 03 Mar 2025 00:27:51) with SMTP id x; {MONDAY}", []),
        ("from a.example ([198.51.100.9]) by mx.google.com with ESMTPS id a1; Sun, 02 Mar 2025 17:14:50 -0800 (PST)", []),
        (f"from a.example ([198.51.100.9]) by mx.google.com with ESMTPS id a1; {MONDAY}", [("provider_form", True)]),
        ("from 79 named unknown by gmailapi.google.com with HTTPREST; Sun, 2 Mar 2025 20:14:49 -0500", []),
        (f"from a.example ([198.51.100.9]) by mx.google.com.b.example with ESMTPS id a1; {MONDAY}", []),
        (
            "from a.example (198.51.100.9) by TYZPR03MB1.apcprd03.prod.outlook.com with SMTP; Mon, 3 Mar 2025 01:14:50 +0000",
            [("provider_form", True)],
        ),
        (
            "from a (2001:db8::1) by TYZPR03MB1.apcprd03.prod.outlook.com with MailboxResubmission by X id 15.20.7249.10; Mon, 3 Mar 2025 01:14:50 +0000",
            [],
        ),
        ("from a (2001:db8::1) by VI1PR0801MB1.eurprd08.prod.outlook.com with HTTPS; Mon, 3 Mar 2025 01:14:50 +0000", []),
        (
            "from a (2001:db8::1) by SN7PR20MB1.apcprd03.prod.outlook.com with HTTPS; Mon, 3 Mar 2025 01:14:50 +0000",
            [("provider_form", True)],
        ),
        (f"from a (198.51.100.9) by bay.hotmail.com over TLS secured channel with Microsoft SMTPSVC(7.5.7601.22751); {MONDAY}", []),
        (f"from a (198.51.100.9) by ex.b.example (192.0.2.1) with Microsoft SMTP Server (TLS) id 14.3.123.3; {MONDAY}", []),
        (f"from a (198.51.100.9) by ex.b.example (192.0.2.1) with Microsoft SMTP Server (TLS) id AF3; {MONDAY}", [("id_form", True)]),
        (f"from a ([198.51.100.9]) by b.example (Postfix) with ESMTP id 4B1C2D3E4F; {MONDAY} (JST)", [("peer_form", False)]),
        (f"from a (unknown [198.51.100.9]) by b.example (Postfix) with ESMTP id 4B1C2D3E4F; {MONDAY}", [("date_style", False)]),
        (f"from a ([198.51.100.9]) by b.example with SMTP; {MONDAY}", [("bare_form", False)]),
        (f"from a ([198.51.100.9]) by b.example (Mailer 1.0) with SMTP; {MONDAY}", []),
        (f"from a ([127.0.0.1]) by b.example with SMTP; {MONDAY}", []),
        (f"from a ([198.51.100.9]) by b.example with SMTP id 4; {MONDAY}", []),
        ("from unknown (HELO a.example) (198.51.100.9) by b.example with SMTP; 3 Mar 2025 01:14:46 -0000", []),
    ],
)  # fmt: skip
def test_forms(text: str, expected: list[tuple[str, bool]]) -> None:
    assert [(sign.id, sign.strong) for sign in hopforms.signs(hop(text))] == expected
