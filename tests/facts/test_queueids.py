"""Queue ids by their servers' own rules, and the times in them."""

from __future__ import annotations

import pytest

from sabaki.facts import queueids
from tests.facts.hopmaker import hop

POSTFIX = "from a.example (a.example [198.51.100.9]) by b.example (Postfix) with ESMTP id {}; Mon,  3 Mar 2025 10:14:50 +0900 (JST)"
EXIM = "from a.example ([198.51.100.9]) by b.example with esmtp (Exim 4.96) id {}; Mon, 03 Mar 2025 01:14:50 +0000"
SENDMAIL = "from a.example (a.example [198.51.100.9]) by b.example (8.15.2/8.15.2) with ESMTP id {}; Mon, 3 Mar 2025 10:14:50 +0900"
OLD_SENDMAIL = SENDMAIL.replace("8.15.2/8.15.2", "8.9.3/8.9.3")
GMAIL = "from a.example ([198.51.100.9]) by mx.google.com with ESMTPS id {}; Sun, 02 Mar 2025 17:14:50 -0800 (PST)"


@pytest.mark.parametrize(
    ("form", "id", "expected"),
    [
        (POSTFIX, "4B1C2D3E4F", []),
        (POSTFIX, "F423F1", []),  # 999,999 microseconds
        (POSTFIX, "F42401", ["id_form"]),
        (POSTFIX, "4b1c2d3e4f", ["id_form"]),
        (POSTFIX, "4B1", ["id_form"]),
        (POSTFIX, "4Z5gpL3kFzz2Gk", []),
        (POSTFIX, "4SJTvt2ZZlz14K2k", ["id_time"]),
        (POSTFIX, "4Z5gpL3kFzz2Gz", ["id_form"]),  # base 51 behind the z
        (EXIM, "1touOQ-0001sN-4d", []),
        (EXIM, "1touOQ-00000001Abc-2dEf", []),
        (EXIM, "1kC3iT-0001sN-4d", ["id_time"]),
        (EXIM, "SSIWSQ-0001SN-4D", []),  # the time in base 36, where file names know no case
        (EXIM, "4B1C2D3E4F", ["id_form"]),
        (SENDMAIL, "52331Eno012548", []),
        (SENDMAIL, "52331EnH23200302", []),
        (SENDMAIL, "g7MFYOZC012548", ["id_time"]),
        (SENDMAIL, "52O31Eno012548", ["id_time"]),  # 24 March
        (SENDMAIL, "52331zno012548", ["id_form"]),
        (SENDMAIL, "5D331Eno012548", ["id_form"]),  # a fourteenth month
        (OLD_SENDMAIL, "KAA17630", []),
        (OLD_SENDMAIL, "JAA17630", []),  # the hour turned
        (OLD_SENDMAIL, "CAA17630", ["id_time"]),
        (GMAIL, "l19si188102wmh.69.2025.03.02.17.14.50", []),
        (GMAIL, "l19si188102wmh.69.2018.03.19.16.06.25", ["id_time"]),
        (GMAIL, "l19si188102wmh.69.2025.13.02.17.14.50", ["id_form"]),
        (GMAIL, "g24mr2357312fab.63.1271745576044", ["id_time"]),
        (GMAIL, "4B1C2D3E4F", ["id_form"]),
    ],
)
def test_ids(form: str, id: str, expected: list[str]) -> None:
    assert [sign.id for sign in queueids.signs(hop(form.format(id)))] == expected


def test_the_year_turns() -> None:
    text = (
        "from a.example (a.example [198.51.100.9]) by b.example (8.15.2/8.15.2) with ESMTP id 4BVFxxno012548; {} +0000"
    )
    assert not list(queueids.signs(hop(text.format("Wed, 1 Jan 2025 00:03:50"))))
    leap = text.replace("4BVFxx", "41TFxx")  # 29 February 2024
    assert not list(queueids.signs(hop(leap.format("Thu, 29 Feb 2024 16:00:00"))))
    assert [sign.id for sign in queueids.signs(hop(leap.format("Sat, 29 Mar 2025 16:00:00")))] == ["id_time"]


def test_kin_and_namesakes_are_left_alone() -> None:
    for text in (
        "from a.example ([198.51.100.9]) by b.example with esmtp (Gmexim 0.1 (Debian)) id 1AlnuQ-0007hv-00; Fri, 07 May 2010 20:12:41 +0200",
        "from a.example ([198.51.100.9]) by b.example (Postfix API) with ESMTPSA id 314A24CE-A2F4.1; Mon, 3 Mar 2025 10:14:50 +0900",
        "from a.example (a.example [198.51.100.9]) by b.example (8.18.1.2/8.18.1.2) with ESMTP id 3vxyz1qa2b-1; Mon, 3 Mar 2025 10:14:50 +0900",
        "from [10.0.0.6] ([10.0.0.6:48692] helo=a.example) by b.example (ecelerity 4.8.0.74177 r(tags/4.7)) with ESMTP id 35/E8-00786-1B5B5DB4; Mon, 3 Mar 2025 10:14:50 +0900",
    ):
        assert not list(queueids.signs(hop(text))), text


def test_a_date_that_is_none_compares_with_nothing() -> None:
    assert not list(queueids.signs(hop("from a by b.example with esmtp (Exim 4.96) id 1kC3iT-0001sN-4d")))
