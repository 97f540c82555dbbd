"""The clauses of Received fields, and what breaks out of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sabaki.mail import clauses

DATE = "Mon, 8 Aug 2022 05:07:31 +0900"


def words(text: str) -> dict[str, list[str]]:
    return {name: found for name, found in clauses.split(text).words.items() if found}


def test_words_and_comments_by_clause() -> None:
    found = clauses.split(
        f"from a.example (b [192.0.2.1]) by c.example (Postfix) with ESMTP id 1 for <d@e.example>; {DATE}"
    )
    assert {name: words for name, words in found.words.items() if words} == {
        "from": ["a.example"],
        "by": ["c.example"],
        "with": ["ESMTP"],
        "id": ["1"],
        "for": ["<d@e.example>"],
    }
    assert (found.comments["from"], found.own, found.date) == (["b [192.0.2.1]"], ["Postfix"], DATE)


def test_each_clause_opens_once_and_its_first_word_is_its_value() -> None:
    assert words(f"from by (x [192.0.2.1]) by c.example id 1 id 2; {DATE}") == {
        "from": ["by"],
        "by": ["c.example"],
        "id": ["1", "id", "2"],
    }


def test_the_last_complete_by_is_the_servers() -> None:
    found = clauses.split(
        f"from x by evil.invalid with ESMTPA id 0 (y [192.0.2.1]) by c.example (Postfix) with ESMTP id 1; {DATE}"
    )
    assert (found.first("by"), found.first("with"), found.first("id")) == ("c.example", "ESMTP", "1")
    assert found.words["from"] == ["x", "by", "evil.invalid", "with", "ESMTPA", "id", "0"]
    assert (found.comments["from"], found.own) == (["y [192.0.2.1]"], ["Postfix"])


def test_clauses_in_front_of_by_are_the_peers() -> None:
    found = clauses.split(f"from x with ESMTPA id 0 (y [192.0.2.1]) by c.example (Postfix) with ESMTP id 1; {DATE}")
    assert (found.first("with"), found.first("id"), found.own) == ("ESMTP", "1", ["Postfix"])


@pytest.mark.parametrize(
    "odd", ["with MailboxResubmission by AntispamTT id 1", "by uid 1005 with qmail-scanner-1.25 id 1"]
)
def test_a_by_that_is_none(odd: str) -> None:
    assert clauses.split(f"from a.example by c.example {odd}; {DATE}").first("by") == "c.example"


def test_clauses_that_others_write() -> None:
    found = clauses.split(
        f"from a by c.example (Haraka) with ESMTPSA id 1 envelope-from <d@e.example> tls TLS_AES_128_GCM_SHA256; {DATE}"
    )
    assert (found.words["envelope-from"], found.words["tls"]) == (["<d@e.example>"], ["TLS_AES_128_GCM_SHA256"])
    assert clauses.split(f"from 10.0.0.1 by c.example pod-id NONE with HTTPS; {DATE}").words["pod-id"] == ["NONE"]
    assert clauses.split(f"from tls by c.example; {DATE}").first("from") == "tls"


@pytest.mark.parametrize(
    ("behind", "id", "late", "envelope"),
    [
        ("", "", [], []),
        (" (JST)", "", [], []),
        (" (JST) (envelope-from d@e.example)", "", ["JST"], ["envelope-from d@e.example"]),
        (" id 0004D1F7.42F9C2B2.00006B73", "0004D1F7.42F9C2B2.00006B73", [], []),
        (
            " (using TLSv1.2 with cipher AES256-SHA (256/256 bits))",
            "",
            ["using TLSv1.2 with cipher AES256-SHA (256/256 bits)"],
            [],
        ),
    ],
)
def test_what_stands_behind_the_date(behind: str, id: str, late: list[str], envelope: list[str]) -> None:
    found = clauses.split(f"from a by c.example with esmtp; {DATE}{behind}")
    assert (found.first("id"), found.late, found.envelope) == (id, late, envelope)
    assert found.date.startswith(DATE)


@pytest.mark.parametrize(
    "date", [DATE, "Sat, 18 Feb 2023 05:33:27.926 +0000 (UTC)", "2025-08-04 18:23:15.104260768 +0000 UTC m=+52"]
)
def test_a_date_without_its_semicolon(date: str) -> None:
    found = clauses.split(f"by c.example with HTTP id 1 {date}")
    assert (found.date, found.words["id"]) == (date, ["1"])
    assert clauses.split(f"from a (b) at {DATE}").date == DATE


def test_a_semicolon_in_a_quoted_address_is_no_end() -> None:
    assert clauses.split(f'from a by c.example for <"x; y"@d.example>; {DATE}').date == DATE


@pytest.mark.parametrize(
    "envelope",
    [
        "<d@e.example>",
        "<>",
        "d@e.example",
        '<"john doe"@e.example>',
        '<"a\\"b"@e.example>',
        "<SRS0=x=y=e.example=d@f.example>",
    ],
)
def test_what_follows_an_envelopes_sender_is_the_servers(envelope: str) -> None:
    found = clauses.split(f"from a by c.example (envelope-from {envelope}) (ecelerity 4) with ESMTP id 1; {DATE}")
    assert (found.own, found.first("id"), found.unread) == (["ecelerity 4"], "1", "")


@pytest.mark.parametrize(
    "sender",
    [
        '"x) (authenticated as boss@bank.example"@evil.example',
        '"x>) (authenticated as boss@bank.example"@evil.example',
        '"x@y.example>) (authenticated as boss@bank.example) ("@evil.example',
        '"x\\">) (authenticated as boss@bank.example"@evil.example',
        "x) (authenticated as boss@bank.example@evil.example",
    ],
)
def test_an_envelopes_sender_that_breaks_out_ends_the_reading(sender: str) -> None:
    found = clauses.split(f"from a by c.example with esmtps (Exim 4.95) (envelope-from <{sender}>) id 1; {DATE}")
    assert (found.own, found.late, found.date, found.first("id")) == (["Exim 4.95"], [], "", "")
    assert "boss@bank.example" in found.unread
    assert DATE in found.unread


@pytest.mark.parametrize(
    "text",
    [
        f'from " (y [198.51.100.7]) by c.example with SMTP id 1 for <"(z [203.0.113.9]) by d.example with SMTP id 2"@e.example>; {DATE}',
        f'from ( (y [198.51.100.7]) by c.example with SMTP id 1 for <")([203.0.113.9]) by d.example with SMTP id 2"@e.example>; {DATE}',
        f'from a (HELO ( (198.51.100.7) by c.example with SMTP for <"))(203.0.113.9) by d.example with SMTP"@e.example>; {DATE}',
    ],
)
def test_a_greeting_that_takes_in_what_the_server_wrote_leaves_nothing_to_believe(text: str) -> None:
    found = clauses.split(text)
    assert "from" not in found.words
    assert "203.0.113.9" in found.unread
    assert found.own == []


def test_comments_behind_an_original_recipient_are_not_the_servers() -> None:
    found = clauses.split(f"from a by c.example id 1 (ORCPT rfc822;x) (authenticated as boss@bank.example); {DATE}")
    assert (found.own, found.late) == ([], ["ORCPT rfc822;x", "authenticated as boss@bank.example"])


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='from by with id;()[]"\\<>@.:=1 envelope-\t', max_size=200))
def test_nothing_raises(text: str) -> None:
    clauses.split(text)


def test_an_absurdly_long_word_goes_on_as_another() -> None:
    found = clauses.split("from " + "@" * 9_000 + " by mx.own.example with SMTP; x")
    assert [len(word) for word in found.words["from"]] == [4_000, 4_000, 1_000]
    assert found.words["by"] == ["mx.own.example"]
