"""What a PDF does: each kind of action, form and attachment once, and what is ordinary."""

from __future__ import annotations

import zlib

import pytest

from sabaki.files import pdfaction
from sabaki.files.opened import Asked, Opened
from sabaki.files.pdfaction import Findings
from sabaki.files.pdfraw import Table
from tests.files.pdfmaking import catalogue, stream, updated, written


def inspected(document: bytes) -> tuple[Opened, Findings]:
    opened = Opened()
    return opened, pdfaction.inspect(Table(document, Asked()), opened)


def traits(objects: dict[int, bytes]) -> set[tuple[str, str]]:
    opened, _ = inspected(written(objects))
    return {(trait.id, trait.detail) for trait in opened.traits}


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        (
            catalogue(b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"),
            {("open_action", "JavaScript"), ("javascript", "app.alert(1)")},
        ),
        (
            {**catalogue(b"/Names<</JavaScript<</Names[(a)5 0 R]>>>>"), 5: b"<</#53/J#61vaScript/J#53<6869>>>"},
            {("javascript", "hi"), ("obfuscated", "names with # escapes")},
        ),
        (
            {
                **catalogue(b"/OpenAction 5 0 R"),
                5: b"<</S/JavaScript/JS 6 0 R>>",
                6: stream(b"/Filter/FlateDecode", zlib.compress(b"var a = 1;")),
            },
            {("open_action", "JavaScript"), ("javascript", "var a = 1;")},
        ),
        (
            catalogue(b"/OpenAction<</S/Launch/Win<</F(cmd.exe)/P(/c calc)>>>>"),
            {("open_action", "Launch"), ("launch", "cmd.exe /c calc")},
        ),
        (
            catalogue(page=b"/AA<</O<</S/GoToR/F(\\\\\\\\198.51.100.7\\\\share)/D[0/Fit]>>>>"),
            {("open_action", "O: GoToR"), ("remote_target", "\\\\198.51.100.7\\share")},
        ),
        (
            {**catalogue(), 5: b"<</S/GoToR/F(http://a.example/b.pdf)>>"},
            {("external_link", "http://a.example/b.pdf")},
        ),
        (
            {**catalogue(), 5: b"<</S/SubmitForm/F<</FS/URL/F(http://a.example/post)>>>>"},
            {("submit_form", "http://a.example/post")},
        ),
        ({**catalogue(), 5: b"<</FT/Tx/T(user)/Ff 8192>>"}, {("password_form", "user")}),
        ({**catalogue(), 5: b"<</FT/Tx/T(Password)>>"}, {("password_form", "Password")}),
        ({**catalogue(), 5: b"<</FT/Tx/T(name)>>"}, {("form", "")}),
        ({**catalogue(), 5: b"<</Type/Annot/Subtype/RichMedia>>"}, {("rich_media", "RichMedia")}),
        (
            {
                **catalogue(b"/AcroForm<</XFA[(form)5 0 R]>>"),
                5: stream(b"", b'<script>app.alert(1)</script><submit target="https://a.example/x"/>'),
            },
            {("form", "XFA"), ("javascript", "app.alert(1)"), ("submit_form", "https://a.example/x")},
        ),
    ],
)
def test_traits(objects: dict[int, bytes], expected: set[tuple[str, str]]) -> None:
    assert traits(objects) == expected


@pytest.mark.parametrize(
    "objects",
    [
        catalogue(),
        catalogue(b"/OpenAction[3 0 R/Fit]"),
        catalogue(b"/OpenAction<</S/GoTo/D[3 0 R/Fit]>>"),
        {**catalogue(), 5: b"<</S/GoToR/F(other.pdf)/D[0/Fit]>>"},
        {**catalogue(), 5: b"(/JS /Launch /OpenAction in a title)"},
    ],
)
def test_ordinary_documents(objects: dict[int, bytes]) -> None:
    assert traits(objects) == set()


def test_a_field_that_calculates_does_not_start_by_itself() -> None:
    field = b"<</FT/Tx/T(sum)/AA<</C<</S/JavaScript/JS(AFSimple_Calculate)>>/K<</S/JavaScript/JS(k)>>>>>>"
    assert {id for id, _ in traits({**catalogue(), 5: field})} == {"form", "javascript"}


def test_links_of_actions_and_scripts() -> None:
    opened, found = inspected(
        written(
            {
                **catalogue(),
                5: b"<</S/URI/URI 6 0 R>>",
                6: b"(http://a.example/ref)",
                7: b"<</S/JavaScript/JS(app.launchURL\\('http://a.example/js'\\))>>",
                8: b"<</S/Launch/Win<</F(cmd.exe)/P(/c start http://a.example/run)>>>>",
            }
        )
    )
    assert list(found.uris) == ["http://a.example/ref"]
    assert {(link.raw, link.source) for link in opened.links} == {
        ("http://a.example/js", "pdf:javascript"),
        ("http://a.example/run", "pdf:launch"),
    }


def test_a_link_that_only_an_older_revision_has() -> None:
    old = written({**catalogue(), 5: b"<</S/URI/URI(http://old.example/)>>"})
    opened, found = inspected(updated(old, 5, b"<</S/URI/URI(http://new.example/)>>"))
    assert list(found.uris) == ["http://new.example/"]
    assert list(found.older) == ["http://old.example/"]
    assert [trait.detail for trait in opened.traits if trait.id == "older_revision"] == ["http://old.example/"]


def test_attachments_with_and_without_a_name() -> None:
    opened, found = inspected(
        written(
            {
                **catalogue(b"/Names<</EmbeddedFiles<</Names[(x)5 0 R]>>>>"),
                5: b"<</Type/Filespec/F(a.js)/UF(\xfe\xff\x8a\xcb\x6c\x42\x00.\x00j\x00s)/EF<</F 6 0 R/UF 6 0 R>>>>",
                6: stream(b"/Type/EmbeddedFile/Filter/FlateDecode", zlib.compress(b"alert(1)")),
                7: stream(b"/Type/EmbeddedFile", b"lost"),
            }
        )
    )
    children = list(pdfaction.attachments(found))
    assert [(child.name, child.content) for child in children] == [("請求.js", b"alert(1)"), ("", b"lost")]
    assert [trait.detail for trait in opened.traits if trait.id == "embedded_file"] == ["請求.js", ""]


def test_a_script_is_read_once() -> None:
    many = dict.fromkeys(range(6, 60), b"<</S/JavaScript/JS 5 0 R>>")
    opened, _ = inspected(written({**catalogue(), 5: stream(b"", b"var x;"), **many}))
    assert [trait.detail for trait in opened.traits] == ["var x;"]
