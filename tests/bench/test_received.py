from __future__ import annotations

import pytest

from bench import received

VECTORS = [
    {
        "family": "one",
        "line": "from a.example (b.example [192.0.2.1]) by c.example (Postfix) with ESMTP id 1 for <d@e.example>; 8 Aug 2022 05:07 +0900",
        "dialect": "postfix",
        "helo": "a.example",
        "reverse_name": "b.example",
        "ip": "192.0.2.1",
        "by": "c.example",
        "protocol": "ESMTP",
        "id": "1",
        "recipient": "d@e.example",
        "date": "2022-08-08T05:07:00+09:00",
    },
    {"family": "two", "line": "by c.example; no date", "dialect": "unknown", "by": "c.example", "internal": True},
]


def test_our_reading_is_asked_for_every_field() -> None:
    reads = [received._ours(vector["line"]) for vector in VECTORS]
    counted = received.count("sabaki", VECTORS, reads)
    assert counted[""] == (2, 2)
    assert counted["ip"] == (1, 1)
    assert counted["by"] == counted["dialect"] == (2, 2)
    reads[0]["ip"], reads[1]["auth_account"] = "192.0.2.2", "boss"
    counted = received.count("sabaki", VECTORS, reads)
    assert (counted[""], counted["ip"], counted["auth_account"]) == ((0, 2), (0, 1), (0, 1))


@pytest.mark.parametrize(
    ("name", "field", "given", "right"),
    [
        ("mail-parser", "date", "2022-08-07T20:07:00+00:00", True),
        ("mail-parser", "date", "2022-08-07T20:07:01+00:00", False),
        ("mail-parser", "date", "", False),
        ("mail-parser", "protocol", "ESMTP id 1", True),
        ("mail-parser", "protocol", "SMTP", False),
        ("mail-parser", "id", "1", True),
        ("eml-parser", "ip", ["192.0.2.9", "192.0.2.1"], True),
        ("eml-parser", "ip", ["192.0.2.9"], False),
        ("eml-parser", "recipient", ["D@e.example"], True),
        ("eml-parser", "via", "", None),
        ("eml-parser", "via", "x", False),
    ],
)
def test_the_others_are_asked_fairly(name: str, field: str, given: object, right: bool | None) -> None:
    assert received.is_right(name, field, VECTORS[0], {field: given}) is right


def test_the_table_counts_dialects_lines_fields_and_families() -> None:
    reads = {
        "sabaki": [received._ours(vector["line"]) for vector in VECTORS],
        "mail-parser": [{}, {"by": ["c.example"]}],
    }
    lines = received.table(VECTORS, reads).splitlines()
    assert lines[0] == "dialects: 1 named, lines: 2"
    row = {line.split()[0]: line.split()[1:] for line in lines if line}
    assert row["ip"] == ["1/1", "-"]
    assert row["by"] == ["2/2", "1/2"]
    assert row["whole"] == ["lines", "2/2", "1/2"]
    assert row["two"] == ["1/1", "1/1"]


def test_what_is_left_of_a_corpus_is_shown_by_form() -> None:
    from tests.mail.test_received import parse

    hops = [
        parse("from a by b.example with SMTP; 8 Aug 2022 05:07:31 +0900"),
        parse("(qmail 1 invoked from network); 8 Aug 2022 05:07:31 +0900"),
        parse("from a by b.example with SMTP; yesterday at 5"),
        parse("\x1b[31m 77"),
    ]
    assert [received.is_read(hop) for hop in hops] == [True, True, False, False]
    lines = received.share([("ham", hop) for hop in hops]).splitlines()
    assert lines[2].split() == ["ham", "4", "2", "50.00%", "0", "1"]
    assert "    1  'yesterday at #'" in lines
    assert not any("\x1b" in line for line in lines)
