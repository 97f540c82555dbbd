"""Office Open XML documents."""

from __future__ import annotations

import pytest

from sabaki.files.ooxml import read
from sabaki.files.opened import Asked
from sabaki.mail.limits import Budget, Limits
from tests.files import office
from tests.files.office import compound, links, native, ooxml, relationships, survives, traits

_P = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
_PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def test_text_of_a_document_in_order() -> None:
    content = ooxml(
        "docx",
        {
            "word/header1.xml": _P.format("頭"),
            "word/document.xml": _P.format("本文"),
            "docProps/core.xml": "<title>題名</title>",
            "word/styles.xml": _P.format("no text"),
        },
    )
    opened = read(content, Asked("a.docx"))
    assert (opened.kind, opened.title, opened.text, opened.traits) == ("docx", "題名", "本文\n\n頭", [])


def test_slides_in_the_order_of_their_numbers() -> None:
    parts = {f"ppt/slides/slide{n}.xml": f"<a:p><a:t>{n}</a:t></a:p>" for n in (10, 2, 1)}
    parts["ppt/slideMasters/slideMaster1.xml"] = "<a:p><a:t>Click to edit</a:t></a:p>"
    opened = read(ooxml("pptx", parts), Asked())
    assert opened.text.split() == ["1", "2", "10"]


@pytest.mark.parametrize(
    ("kind", "target", "trait"),
    [
        ("attachedTemplate", "http://a.example/t.dotm", "remote_template"),
        ("attachedTemplate", "\\\\192.0.2.1\\t.dotm", "remote_template"),
        ("oleObject", "mhtml:http://a.example/x.html!x-usc:http://a.example/x.html", "external_link"),
        ("image", "http://a.example/1.png", "external_link"),
        ("frame", "https://a.example/f", "external_link"),
        ("subDocument", "file://a.example/s/d.docx", "external_link"),
        ("externalLinkPath", "http://a.example/b.xlsx", "external_link"),
    ],
)
def test_what_a_document_loads_by_itself(kind: str, target: str, trait: str) -> None:
    rels = relationships(("rId1", kind, target, "External"))
    opened = read(ooxml("docx", {"word/document.xml": _P.format("x"), "word/_rels/settings.xml.rels": rels}), Asked())
    assert traits(opened, trait) == [f"{kind}: {target}"]
    assert not any(link.clickable for link in opened.links)


def test_a_local_template_is_ordinary() -> None:
    rels = relationships(("rId1", "attachedTemplate", "file:///C:\\Users\\a\\Normal.dotm", "External"))
    opened = read(ooxml("docx", {"word/document.xml": _P.format("x"), "word/_rels/settings.xml.rels": rels}), Asked())
    assert (opened.traits, opened.links) == ([], [])


def test_hyperlinks_used_and_unused_and_their_base() -> None:
    parts = {
        "docProps/app.xml": "<HyperlinkBase>https://base.example/</HyperlinkBase>",
        "word/document.xml": '<w:p><w:hyperlink r:id="rId1"><w:r><w:t>here</w:t></w:r></w:hyperlink></w:p>',
        "word/_rels/document.xml.rels": relationships(
            ("rId1", "hyperlink", "login", "External"), ("rId2", "hyperlink", "https://unused.example/", "External")
        ),
    }
    opened = read(ooxml("docx", parts), Asked())
    assert links(opened) == ["https://base.example/login", "https://unused.example/"]
    assert [link.clickable for link in opened.links] == [True, False]


def test_macros_make_it_a_docm() -> None:
    project = compound(office.vba({"ThisDocument": "Sub AutoOpen()\nShell 1\nEnd Sub"}))
    parts = {
        "word/document.xml": _P.format("x"),
        "word/anything.dat": project,
        "word/_rels/document.xml.rels": relationships(("rId1", "vbaProject", "anything.dat")),
    }
    opened = read(ooxml("docx", parts), Asked())
    assert opened.kind == "docm"
    assert traits(opened, "macro_autorun") == ["AutoOpen"]
    assert opened.children == []


def test_files_inside() -> None:
    parts = {
        "word/document.xml": _P.format("x"),
        "word/embeddings/oleObject1.bin": compound({"\x01Ole10Native": native("run.exe", b"MZ")}),
        "word/embeddings/sheet.xlsx": b"PK\x03\x04...",
        "word/media/image1.png": _PNG,
        "word/part.mht": b"MIME-Version: 1.0\r\n",
        "word/payload.exe": b"MZ\x90",
        "word/theme/theme1.xml": "<t>x</t>",
        "word/activeX/activeX1.bin": compound({"contents": b"x"}),
        "word/_rels/document.xml.rels": relationships(("rId1", "aFChunk", "/word/part.mht")),
    }
    opened = read(ooxml("docx", parts), Asked())
    assert [child.name for child in opened.children] == [
        "run.exe",
        "sheet.xlsx",
        "image1.png",
        "part.mht",
        "payload.exe",
    ]
    assert traits(opened, "embedded_file") == ["run.exe", "word/payload.exe"]
    assert traits(opened, "activex")


def test_pictures_have_an_end() -> None:
    parts: dict[str, str | bytes] = {f"word/media/{n}.png": _PNG for n in range(9)}
    budget = Budget(Limits(pictures=3))
    opened = read(ooxml("docx", parts), Asked(budget=budget))
    assert len(opened.children) == 3
    assert [limit.name for limit in budget.reached] == ["pictures"]


def test_macro_sheet() -> None:
    parts = {
        "xl/workbook.xml": '<sheet name="M" state="hidden" r:id="rId1"/>',
        "xl/_rels/workbook.xml.rels": relationships(("rId1", "xlMacrosheet", "macrosheets/sheet1.xml")),
        "xl/macrosheets/sheet1.xml": '<c><f>EXEC("cmd /c x")</f></c>',
    }
    opened = read(ooxml("xlsx", parts), Asked())
    assert traits(opened, "xlm_macro") == ["M (hidden)", "xl/macrosheets/sheet1.xml"]
    assert traits(opened, "macro_suspicious") == ['=EXEC("cmd /c x")']


def test_text_and_unpacked_size_are_bounded() -> None:
    budget = Budget(Limits(file_text=1_000))
    opened = read(ooxml("docx", {"word/document.xml": _P.format("あ" * 5_000)}), Asked(budget=budget))
    assert len(opened.text) == 1_000
    assert [limit.name for limit in budget.reached] == ["file_text"]


def test_damaged_xml_gives_what_stands_before() -> None:
    content = ooxml(
        "docx", {"word/document.xml": "<?xml version='1.0'?><w:document xmlns:w='x'><w:p><w:t>before</w:t></w:p><w:p>"}
    )
    opened = read(content, Asked())
    assert opened.text == "before"
    assert traits(opened, "damaged")[0].startswith("word/document.xml: ")


def test_entities_are_not_expanded() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "xxxxxxxxxx"><!ENTITY c "&b;&b;&b;">]><a><t>&c;</t></a>'
    opened = read(ooxml("docx", {"word/document.xml": bomb}), Asked())
    assert opened.text == ""
    assert traits(opened, "damaged") == ["word/document.xml: document type with declarations"]


def test_damage_never_raises() -> None:
    parts = {
        "word/document.xml": _P.format("x"),
        "word/vbaProject.bin": compound(office.vba({"A": "Sub AutoOpen()\nEnd Sub"})),
        "word/embeddings/o.bin": compound({"\x01Ole10Native": native("a.exe", b"MZ")}),
    }
    survives(read, ooxml("docm", parts))
    survives(read, ooxml("xlsb", {"xl/workbook.bin": bytes(range(256))}))
