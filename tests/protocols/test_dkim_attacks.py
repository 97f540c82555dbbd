"""Signed mails in other hands: what is put above, below, behind and between what was signed."""

from __future__ import annotations

import pytest

from sabaki.protocols import dkim
from sabaki.protocols.resolver import Offline
from tests.protocols.signing import MAIL, NAMES, read, signed, verify, zone


def test_a_second_subject_above() -> None:
    found = verify(b"Subject: Your account is closed\r\n" + signed())
    assert (found.result, found.uncovered) == ("pass", ("subject",))
    assert "duplicate_field" in found.weaknesses
    assert "Subject stands in the mail more than once" in found.reason
    assert "Subjectは重複" in found.reason_ja
    assert found.covers == (2, 3, 4, 5, 6)


def test_a_second_from_above_is_not_accepted() -> None:
    for name in (b"From", b"FROM", b"From "):
        found = verify(name + b": Bank <x@bank.example>\r\n" + signed())
        assert (found.result, found.uncovered) == ("policy", ("from",))
        assert "duplicate_field" in found.weaknesses
        assert "another From" in found.reason


def test_a_field_below_the_signed_one_breaks_it() -> None:
    assert verify(signed().replace(b"Message-ID:", b"From: x@bank.example\r\nMessage-ID:")).result == "fail"


def test_the_same_field_twice_shows_nothing_new() -> None:
    found = verify(b"Subject:  Open\r\n" + signed())
    assert (found.result, found.uncovered) == ("pass", ())
    assert "duplicate_field" not in found.weaknesses


def test_oversigning_closes_the_door() -> None:
    raw = signed(h=f"from:{NAMES}:subject:reply-to")
    assert verify(raw).weaknesses == ()
    assert verify(b"Subject: x\r\n" + raw).result == "fail"
    assert verify(b"Reply-To: x@evil.invalid\r\n" + raw).result == "fail"


def test_text_behind_a_signed_length() -> None:
    raw = signed(l=24)
    assert (verify(raw).result, verify(raw).weaknesses) == ("pass", ("addable_field",))  # nothing is there yet
    found = verify(raw + b"<a href=//evil.invalid>here</a>\r\n")
    assert (found.result, found.body_covered, found.body_size) == ("pass", 24, 57)
    assert "body_part" in found.weaknesses
    assert "33 bytes at the end of the body are not signed" in found.reason
    assert "33バイト" in found.reason_ja


def test_a_new_content_type_hides_the_signed_part() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=x\r\n" + signed(l=24) + b"--x\r\n\r\nevil\r\n--x--\r\n"
    found = verify(raw)
    assert found.result == "pass"
    assert {"body_part", "unsigned_content_type"} <= set(found.weaknesses)
    assert "need not be what was signed at all" in found.reason


def test_a_signature_over_no_body() -> None:
    found = verify(signed(l=0))
    assert (found.result, found.body_covered) == ("pass", 0)
    assert "no_body" in found.weaknesses
    assert "0 of 24 bytes" in found.reason


def test_replay_to_anybody() -> None:
    found = verify(signed(h="from:subject"))
    assert {"unsigned_to", "unsigned_date"} <= set(found.weaknesses)
    assert found.uncovered == ("to", "date", "message-id")
    assert "not for To, Date, Message-ID" in found.reason


def test_fields_that_nobody_signed() -> None:
    found = verify(b"Reply-To: x@evil.invalid\r\nList-Id: <l.example>\r\n" + signed())
    assert found.uncovered == ("reply-to", "list-id")
    assert "unsigned_reply_to" in found.weaknesses


def test_from_named_twice_covers_both() -> None:
    raw = signed("From: a@shop.example\r\n" + MAIL, h=f"from:{NAMES}")
    found = verify(raw)
    assert (found.result, found.covers[:2], found.uncovered) == ("pass", (2, 1), ())


def test_odd_octets_in_signed_fields() -> None:
    mail = MAIL.replace("Open", "a\0b \N{HIRAGANA LETTER A} =?utf-8?q?Open?=\r\n \r\n x").replace(
        "From: Shop <news", "From:\r\n\tShop\r\n <news"
    )
    for how in ("simple/simple", "relaxed/relaxed"):
        assert verify(signed(mail, c=how)).result == "pass"
        assert verify(signed(mail, c=how).replace(b"a\0b", b"ab")).result == "fail"


def test_a_signature_does_not_cover_itself() -> None:
    once = signed(h=f"{NAMES}:dkim-signature")
    assert verify(once).result == "pass"
    both = verify(signed(once, h=f"{NAMES}:dkim-signature", s="s1"))
    assert (both.result, both.covers[-1]) == ("pass", 1)


def test_the_same_signature_twice() -> None:
    raw = signed()
    field = raw.partition(b"\r\n")[0] + b"\r\n"
    found = dkim.verify(read(field + raw), zone())
    assert [each.result for each in found] == ["pass", "pass"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # A strict program shows all from here on as text.
        (b"Subject:", b"Call 000-0000 at once\r\nSubject:"),
        (b"Subject:", b"T\0o: x\r\nSubject:"),
        # The same line to some, two to others.
        (b"Open\r\n", b"Open\rX-More: now\r\n"),
        (b"Open\r\n", b"Open\r\r\n"),
        (b"\r\n\r\nWe", b"\r\n\r\r\nWe"),
        (b"\r\n\r\nWe", b"\r\r\n\r\nWe"),
        (b"\r\n\r\nWe", b"\r\nWe"),
    ],
)
def test_a_header_that_programs_end_at_different_lines(before: bytes, after: bytes) -> None:
    found = verify(signed().replace(before, after, 1))
    assert found.result == "policy"
    assert "odd_header" in found.weaknesses
    assert "line that is no field" in found.reason
    assert "odd_header" in verify(signed().replace(before, after, 1), Offline()).weaknesses
    # That it does not fit is not said of it, either: another program may see another header.
    altered = signed().replace(before, after, 1).replace(b"Come", b"Go")
    assert verify(altered).result == "permerror"
    assert "can be read otherwise" in verify(altered).reason
