"""The MIME tree: numbering, boundaries, what hides between parts, and floods."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.mail import mime
from sabaki.mail.limits import Budget, Limits
from tests.patience import BLOWN_UP

MIXED = b"Content-Type: multipart/mixed; boundary=B\n\n"


def read(raw: bytes, **limits: int) -> tuple[mime.Tree, Budget]:
    budget = Budget(Limits(**limits))
    return mime.read(raw, 0, len(raw), budget), budget


def outline(raw: bytes) -> list[tuple[str, str]]:
    return [(part.path, part.content_type) for part in read(raw)[0].parts]


def defects(raw: bytes) -> list[str]:
    return [defect.id for defect in read(raw)[0].defects]


def test_single_part_is_the_root() -> None:
    tree = read(b"Subject: x\n\nhello\n")[0]
    assert [(part.path, part.content_type, part.size) for part in tree.parts] == [("", "text/plain", 6)]
    assert tree.contents == {"": b"hello\n"}
    assert tree.parts[0].sha256.startswith("5891b5b522d5df08")


def test_numbering_of_imap_with_attached_messages() -> None:
    raw = (
        MIXED + b"--B\n\none\n"
        b"--B\nContent-Type: message/rfc822\n\nSubject: inner\n\ntext\n"
        b"--B\nContent-Type: message/rfc822\n\nSubject: inner\nContent-Type: multipart/mixed; boundary=C\n\n"
        b"--C\n\na\n--C\nContent-Type: text/html\n\nb\n--C--\n"
        b"--B--\n"
    )
    assert outline(raw) == [
        ("", "multipart/mixed"),
        ("1", "text/plain"),
        ("2", "message/rfc822"),
        ("2.1", "text/plain"),
        ("3", "message/rfc822"),
        ("3.TEXT", "multipart/mixed"),
        ("3.1", "text/plain"),
        ("3.2", "text/html"),
    ]
    tree = read(raw)[0]
    by_path = {part.path: part for part in tree.parts}
    assert by_path[""].children == ("1", "2", "3")
    assert by_path["3"].children == ("3.TEXT",)
    assert by_path["3.TEXT"].children == ("3.1", "3.2")
    assert by_path["2.1"].fields[0].value == "inner"
    assert by_path["3.TEXT"].fields[0].location.part == "3.TEXT"
    assert tree.contents == {"1": b"one", "2.1": b"text", "3.1": b"a", "3.2": b"b"}
    assert tree.defects == ()


def test_body_spans_are_the_bytes() -> None:
    raw = MIXED.replace(b"\n", b"\r\n") + b"--B\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ==\r\n--B--\r\n"
    part = read(raw)[0].parts[1]
    assert raw[part.body.start : part.body.end] == b"YQ=="
    assert raw[part.header.start : part.header.end] == b"Content-Transfer-Encoding: base64\r\n"
    assert read(raw)[0].contents["1"] == b"a"


def test_boundary_that_is_a_prefix_of_another() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=B1\n\n--B1\n"
        b"Content-Type: multipart/alternative; boundary=B10\n\n--B10\n\ninner\n--B10--\n--B1\n\nouter\n--B1--\n"
    )
    assert [path for path, _ in outline(raw)] == ["", "1", "1.1", "2"]
    assert defects(raw) == ["boundary_is_prefix"]


def test_missing_closing_boundary_keeps_all() -> None:
    raw = MIXED + b"--B\n\none\n--B\nContent-Type: multipart/mixed; boundary=C\n\n--C\n\ntwo\n--B\n\nthree\n"
    tree = read(raw)[0]
    assert tree.contents == {"1": b"one", "2.1": b"two", "3": b"three\n"}
    assert [defect.id for defect in tree.defects] == ["missing_closing_boundary"] * 2


def test_missing_boundary_parameter_is_guessed_or_text() -> None:
    guessed = b"Content-Type: multipart/mixed\n\n--X\nContent-Type: text/html\n\n<p>\n--X--\n"
    assert outline(guessed) == [("", "multipart/mixed"), ("1", "text/html")]
    text = b"Content-Type: multipart/mixed\n\nhello\n"
    assert outline(text) == [("", "text/plain")]
    assert read(text)[0].contents == {"": b"hello\n"}
    assert defects(guessed) == defects(text) == ["boundary_missing"]


def test_boundary_that_never_comes_leaves_text() -> None:
    raw = MIXED + b"see http://evil.example/\n"
    assert outline(raw) == [("", "text/plain")]
    assert read(raw)[0].contents[""] == b"see http://evil.example/\n"
    assert defects(raw) == ["boundary_not_found"]


def test_text_in_preamble_and_epilogue_is_located() -> None:
    raw = MIXED + b"http://one.example/\n--B\n\nx\n--B--\nhttp://two.example/\n"
    tree = read(raw)[0]
    found = {defect.id: defect.location for defect in tree.defects}
    for id, text in (("text_in_preamble", b"one.example"), ("text_in_epilogue", b"two.example")):
        location = found[id]
        assert location is not None
        assert text in raw[location.start : location.end]


def test_standing_preamble_is_no_defect() -> None:
    assert defects(MIXED + b"This is a multi-part message in MIME format.\n--B\n\nx\n--B--\n\n") == []


def test_part_after_the_closing_boundary_is_read() -> None:
    raw = MIXED + b"--B\n\nx\n--B--\n\n--B\nContent-Type: text/html\n\nhidden\n"
    assert read(raw)[0].contents["2"] == b"hidden\n"
    assert "part_after_closing_boundary" in defects(raw)


def test_inner_boundary_same_as_outer() -> None:
    raw = MIXED + b"--B\nContent-Type: multipart/alternative; boundary=B\n\n--B\n\nin\n--B--\n--B\n\nout\n--B--\n"
    tree = read(raw)[0]
    assert set(tree.contents.values()) == {b"in", b"out"}
    assert "boundary_reused" in defects(raw)


def test_duplicate_content_type_first_counts() -> None:
    raw = b"Content-Type: text/html\nContent-Type: text/plain\n\nx"
    assert outline(raw) == [("", "text/html")]
    assert defects(raw) == ["duplicate_content_type"]


def test_bad_content_type_and_encoding() -> None:
    raw = b"Content-Type: text\nContent-Transfer-Encoding: strange\n\nx"
    assert outline(raw) == [("", "text/plain")]
    assert defects(raw) == ["content_type_invalid", "transfer_encoding_unknown"]


def test_digest_and_delivery_status() -> None:
    raw = (
        b"Content-Type: multipart/digest; boundary=B\n\n--B\n\nSubject: x\n\ntext\n"
        b"--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: y\n--B--\n"
    )
    assert outline(raw) == [
        ("", "multipart/digest"),
        ("1", "message/rfc822"),
        ("1.1", "text/plain"),
        ("2", "message/delivery-status"),
    ]
    assert b"Final-Recipient" in read(raw)[0].contents["2"]


def test_encoded_message_is_a_leaf_and_said() -> None:
    raw = MIXED + b"--B\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeAoK\n--B--\n"
    assert read(raw)[0].contents["1"] == b"Subject: x\n\n"
    assert defects(raw) == ["message_encoded"]


def test_names_and_ids() -> None:
    raw = (
        b'Content-Type: application/pdf; name="a.pdf"\nContent-Disposition: attachment; filename="b.pdf"\n'
        b"Content-ID: <x@y>\n\n"
    )
    part = read(raw)[0].parts[0]
    assert (part.filename, part.disposition, part.content_id) == ("b.pdf", "attachment", "x@y")


def test_bare_cr_before_a_boundary() -> None:
    assert read(MIXED + b"--B\n\none\r--B\n\ntwo\n--B--\n")[0].contents == {"1": b"one", "2": b"two"}


def test_header_cut_off_by_a_boundary() -> None:
    raw = MIXED + b"--B\nContent-Type: text/html\n--B\n\ntwo\n--B--\n"
    assert read(raw)[0].contents == {"1": b"", "2": b"two"}


def test_a_message_holds_its_part_to_the_last_byte_when_a_boundary_cuts_the_header_off() -> None:
    for inner in (b"Subject: inside\nContent-Disposit\n", b"Subject: inside\n\n"):
        tree, _ = read(MIXED + b"--B\nContent-Type: message/rfc822\n\n" + inner + b"--B--\n")
        parts = {part.path: part for part in tree.parts}
        assert parts["1.1"].body.end <= parts["1"].body.end


def test_nesting_limit_keeps_the_rest_as_a_leaf() -> None:
    chain = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number) for number in range(1_000)
    )
    tree, budget = read(chain + b"\nhttp://evil.example/\n")
    assert len(tree.parts) == 65
    assert any(b"evil.example" in content for content in tree.contents.values())
    assert (budget.reached[0].name, budget.reached[0].value) == ("nesting", 64)
    assert budget.reached[0].where.startswith("part 1.1.1")
    tree, budget = read(b"Content-Type: message/rfc822\n\n" * 1_000 + b"\nhttp://evil.example/")
    assert len(tree.parts) == 65
    assert any(b"evil.example" in content for content in tree.contents.values())
    assert budget.reached[0].name == "nesting"


def test_parts_and_size_limits() -> None:
    tree, budget = read(MIXED + b"--B\n\nx\n" * 50, parts=10)
    assert len(tree.parts) == 11
    assert budget.reached[0].name == "parts"
    tree, budget = read(b"\n" + b"x" * 100, decoded_size=10)
    assert (tree.contents, tree.parts[0].size) == ({}, None)
    assert budget.reached[0].name == "decoded_size"


@pytest.mark.parametrize(
    "raw",
    [
        MIXED + b"--B\n\n" * 50_000 + b"--B--\n",
        MIXED + b"--x\n" * 2_000_000,
        MIXED + b"--" + b"x" * 20_000_000,
        MIXED + b"\r--" * 2_000_000,
        MIXED + b"--B\nContent-Type: multipart/mixed\n\n" * 50_000,
        MIXED + b"--B\n\nx\n--B--\n" + b"--B--\n" * 500_000,
        b"Content-Type: message/rfc822\n\n" * 500_000,
        b"Content-Type: text/plain\n" * 100_000 + b"\n",
        b"Content-Type: text/plain" + b'; a="(b' * 100_000 + b"\n\n",
        b"Content-Transfer-Encoding: base64\n\n" + b"QQ==\n" * 1_000_000,
        b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=" * 10_000_000,
    ],
    ids=["parts", "dashes", "long", "cr", "unbounded", "closings", "rfc822", "types", "quotes", "pads", "equals"],
)
def test_linear_time(raw: bytes) -> None:
    start = time.perf_counter()
    read(raw)
    assert time.perf_counter() - start < BLOWN_UP


LINES = st.lists(
    st.sampled_from(
        [
            b"",
            b"--B",
            b"--B--",
            b"--C",
            b"--C--",
            b"Content-Type: multipart/mixed; boundary=B",
            b"Content-Type: multipart/alternative; boundary=C",
            b"Content-Type: multipart/mixed",
            b"Content-Type: message/rfc822",
            b"Content-Transfer-Encoding: base64",
            b"text",
            b"\xe3\x81",
        ]
    ),
    max_size=25,
)


@given(LINES)
def test_any_order_of_lines(lines: list[bytes]) -> None:
    raw = b"\n".join(lines)
    tree = read(raw)[0]
    paths = [part.path for part in tree.parts]
    assert len(set(paths)) == len(paths)
    assert {child for part in tree.parts for child in part.children} == set(paths) - {""}
    for part in tree.parts:
        assert 0 <= part.header.start <= part.header.end <= part.body.start <= part.body.end <= len(raw)


@given(LINES)
def test_lf_and_crlf_give_the_same_tree(lines: list[bytes]) -> None:
    assert outline(b"\n".join(lines)) == outline(b"\r\n".join(lines))
