"""Content-Type and Content-Disposition with every way to write a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.mail import parameters
from sabaki.mail.limits import Budget, Limits

NAME = "請求書.pdf"
CUT = '"%E8%AB%8B%E6%B1'


def parse(text: str) -> parameters.Valued:
    return parameters.parse(text, Budget())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('attachment; filename="a;b.pdf"', "a;b.pdf"),
        ("attachment; filename=with space.pdf", "with space.pdf"),
        ("attachment; filename*=UTF-8''%E8%AB%8B%E6%B1%82%E6%9B%B8.pdf", NAME),
        ("attachment; filename*0*=UTF-8''%E8%AB%8B%E6%B1; filename*1*=%82%E6%9B%B8; filename*2=.pdf", NAME),
        ("attachment; filename*1=b; filename*0=a; filename*3=lost", "ab"),
        ("attachment; filename*0=a.pdf", "a.pdf"),
        ("attachment; filename*=''plain.txt", "plain.txt"),
        ("attachment; filename*=Shift_JIS'ja'%90%BF%8B%81%8F%91.pdf", NAME),
        ("attachment; filename*=iso-2022-jp''%1B%24B%40A5a%3Dq%1B%28B.pdf", NAME),
        ("attachment; filename=old.pdf; filename*=UTF-8''new.pdf", "new.pdf"),
        ('attachment; filename="=?UTF-8?B?6KuL5rGC5pu4LnBkZg==?="', NAME),
        ("attachment; filename==?UTF-8?B?6KuL5rGC5pu4LnBkZg==?=", NAME),
        ('attachment; filename="' + NAME.encode("cp932").decode("latin-1") + '"', NAME),
        ('attachment; filename="' + NAME.encode().decode("latin-1") + '"', NAME),
        ('attachment; filename="unclosed.pdf', "unclosed.pdf"),
        ('attachment; filename = "spaces.pdf" (comment)', "spaces.pdf"),
        ('attachment; FileName="a\\"b"', 'a"b'),
        ("attachment; filename=a(1).pdf", "a(1).pdf"),
        ('attachment; filename="../../etc/passwd"', "../../etc/passwd"),
    ],
)
def test_file_names(text: str, name: str) -> None:
    parsed = parse(text)
    assert parsed.value == "attachment"
    assert parsed.parameters["filename"] == name


def test_first_of_two_counts_and_is_said() -> None:
    parsed = parse("multipart/mixed; boundary=a; boundary=b")
    assert parsed.parameters == {"boundary": "a"}
    assert parsed.defects[0].id == "duplicate_parameter"


def test_comments_in_the_value() -> None:
    assert parse("Text/HTML (really); charset=us-ascii (Plain text)").value == "text/html"
    assert parse("text/html; charset=us-ascii (Plain text)").parameters == {"charset": "us-ascii"}


def test_limit() -> None:
    budget = Budget(Limits(parameters=5))
    parsed = parameters.parse("a/b" + "".join(f"; p{n}=x" for n in range(50)), budget)
    assert len(parsed.parameters) == 5
    assert budget.reached[0].name == "parameters"


@pytest.mark.parametrize(("value", "good"), [("text/html", True), ("text", False), ("text/", False), ("a/b/c", False)])
def test_media_type(value: str, good: bool) -> None:
    assert parameters.is_media_type(value) is good


@given(st.text(alphabet="a;=*\"'()\\%0123é ?=", max_size=60))
def test_never_raises(text: str) -> None:
    parameters.parse(text.encode("utf-8").decode("latin-1"), Budget())


def test_a_boundary_is_octets_and_never_decoded() -> None:
    assert parse('multipart/mixed; boundary="=?utf-8?Q?abc?="').parameters["boundary"] == "=?utf-8?Q?abc?="
    assert parse('multipart/mixed; boundary="\x83\\x"; name="\x82\xa0"').parameters["boundary"] == "\x83x"


def test_beyond_the_budget_the_boundary_still_counts() -> None:
    budget = Budget(Limits(header_decoded=10))
    parsed = parameters.parse(f"multipart/mixed; boundary=B; name={CUT}; " + "a=b; " * 200, budget)
    assert (parsed.value, parsed.parameters["boundary"]) == ("multipart/mixed", "B")
    assert [limit.name for limit in budget.reached] == ["header_decoded"]
