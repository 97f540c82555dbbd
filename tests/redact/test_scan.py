"""The checker by itself: it sees what an investigator would, and nothing in a clean article."""

from __future__ import annotations

import ast
import time
from pathlib import Path

import pytest

from sabaki.redact import identifiers, scan
from tests.patience import BLOWN_UP
from tests.redact import cases
from tests.redact.encodings import ADDRESS_FORMS, ENCODINGS

VICTIM = identifiers.of(cases.seed_report())
SECRETS = {"address": cases.ADDRESS, "domain": cases.DOMAIN, "word": "jimusho"}


@pytest.mark.parametrize("secret", [cases.ADDRESS, cases.DOMAIN], ids=["address", "domain"])
@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
def test_an_encoded_identifier_is_seen(encode: object, secret: str) -> None:
    assert scan.leaks(f"<p>see {encode(secret)} there</p>", VICTIM)  # type: ignore[operator]


@pytest.mark.parametrize("encode", ADDRESS_FORMS.values(), ids=ADDRESS_FORMS)
def test_an_address_in_another_form_is_seen(encode: object) -> None:
    assert scan.leaks(encode(cases.ADDRESS), VICTIM)  # type: ignore[operator]


@pytest.mark.parametrize(
    "artefact",
    [
        "y.saka<b>moto</b>@jimu<wbr>sho.example",
        "ji\nmu\nsho.exa\nmple",
        "jimusho\\.example",
        "&lt;U+200B&gt;jimu<U+200B>sho",
        "=?utf-8?Q?y=2Esaka?= =?utf-8?Q?moto=40jimu?=\r\n =?utf-8?Q?sho=2Eexample?=",
        "=?utf-8?B?5Z2C?= =?utf-8?B?5pys?=",
        "=?utf-8?Q?=E5=9D=82=E6=9C?= =?utf-8?Q?=AC?=",
        "j\0i\0m\0u\0s\0h\0o\0",
        "=?iso-2022-jp?B?GyRCOmRLXBsoQg==?=",
        "filename*0=y.saka; filename*1*=moto%40jimu;\r\n filename*2=sho.example",
        "ip203-0-113-25.hosting.invalid and 0xcb007119",
    ],
)
def test_markup_and_breaks_hide_nothing(artefact: str) -> None:
    assert scan.leaks(artefact, VICTIM)


def test_a_leak_says_what_and_where_and_not_whom() -> None:
    leak = next(iter(scan.leaks(f"mail to {cases.ADDRESS}", VICTIM)))
    assert str(leak) == "address in the plain reading at character 8"


@pytest.mark.parametrize(
    "artefact",
    [
        "",
        "*****@*****.*** wrote to support.*****.***.circuloachocalla.org",
        "office@gakuin.example, 20.63.138.218, 203.0.113.250",
        "=?x?b?" * 40,
        "<html lang='ja'><p>お客様のメールボックス</p></html>",
    ],
)
def test_a_clean_article_is_clean(artefact: str) -> None:
    assert scan.leaks(artefact, VICTIM) == ()


def test_short_identifiers_count_only_as_words() -> None:
    victim = identifiers.Identifiers(tokens=("hanae",), domains=("is.example",))
    assert scan.leaks("hanaes this.example is.examples", victim) == ()
    assert len(scan.leaks("hanae at is.example", victim)) == 2


def test_it_shares_no_code_with_the_masking() -> None:
    tree = ast.parse(Path(scan.__file__).read_text("utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {module for module in imported if module and module.startswith("sabaki")} == {"sabaki.redact.identifiers"}


def test_two_thousand_recipients_are_looked_for_in_time() -> None:
    many = identifiers.Identifiers(addresses=tuple(f"person{number}@firm{number}.example" for number in range(2_000)))
    clean = "<p>lorem ipsum http://evil.invalid/?x=aGVsbG8gd29ybGQ=</p>\n" * 2_000
    started = time.process_time()
    assert scan.leaks(clean, many) == ()
    assert [leak.kind for leak in scan.leaks(f"{clean}cGVyc29uMTk5OUBmaXJtMTk5OS5leGFtcGxl", many)] == ["address"]
    assert time.process_time() - started < BLOWN_UP


@pytest.mark.parametrize(
    "unit",
    [
        "A",
        "%25",
        "&amp;",
        "=\r\n",
        "4a4b ",
        "100,",
        "a ",
        "<a ",
        "jimush",
        "\\",
        "=?utf-8?b?QQ==?= ",
        "=?x?",
        ";a*0=",
        "Z2",
        "a; ",
    ],
)
def test_the_time_is_linear(unit: str) -> None:
    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        started = time.process_time()
        scan.leaks(text, VICTIM)
        return time.process_time() - started

    short = min(seconds(20_000) for _ in range(2))
    assert seconds(160_000) < 8 * short * 5 + 5
