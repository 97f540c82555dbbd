"""One part of an Office document."""

from __future__ import annotations

from sabaki.files import markup
from sabaki.files.officepart import Part, Relationship
from sabaki.files.opened import Opened
from tests.files.office import NAMESPACES, links, traits

_RELATIONSHIPS = {"r1": Relationship("hyperlink", "https://a.example/x", external=True)}


def read(body: str, name: str = "word/document.xml") -> tuple[Opened, str]:
    opened, text = Opened(), markup.Text(10_000)
    part = Part(name, _RELATIONSHIPS, opened, text)
    markup.parse(f"<root {NAMESPACES}>{body}</root>".encode(), part.handler)
    part.finish()
    return opened, str(text)


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def code(text: str) -> str:
    return f'<w:r><w:instrText xml:space="preserve">{text}</w:instrText></w:r>'


def mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def test_paragraphs_tabs_and_hidden_doubles() -> None:
    body = (
        f"<w:p>{run('請求')}<w:tab/>{run('書')}</w:p><w:p><mc:AlternateContent><mc:Choice>{run('box')}</mc:Choice>"
        f"<mc:Fallback>{run('box')}</mc:Fallback></mc:AlternateContent></w:p><w:p><w:del>{run('gone')}</w:del></w:p>"
        f"<w:p><w:ruby><w:rt>{run('かな')}</w:rt><w:rubyBase>{run('漢字')}</w:rubyBase></w:ruby></w:p>"
    )
    assert read(body)[1] == "請求\t書\nbox\n\n漢字"


def test_shared_strings_without_their_reading() -> None:
    body = "<si><t>東京</t><rPh><t>トウキョウ</t></rPh></si><si><r><t>a</t></r><r><t>b</t></r></si>"
    assert read(body, "xl/sharedstrings.xml")[1] == "東京\nab"


def test_hyperlink_with_its_text() -> None:
    opened, text = read(f'<w:p><w:hyperlink r:id="r1" w:anchor="top">{run("こち")}{run("ら")}</w:hyperlink></w:p>')
    assert (links(opened), opened.links[0].text, text) == (["https://a.example/x#top"], "こちら", "こちら")


def test_links_of_shapes_and_hovering() -> None:
    opened, _ = read(
        '<a:hlinkClick r:id="r1"/><a:hlinkMouseOver r:id="r1" action="ppaction://program"/>', "ppt/slides/s.xml"
    )
    assert links(opened) == ["https://a.example/x"] * 2
    assert traits(opened, "launch") == ["hover: https://a.example/x"]


def test_field_split_over_runs() -> None:
    body = (
        mark("begin")
        + code(" DDE")
        + code("AUTO c:\\\\cmd")
        + code('.exe "/k x"')
        + mark("separate")
        + run("!")
        + mark("end")
    )
    opened, text = read(f"<w:p>{body}</w:p>")
    assert traits(opened, "dde") == ['DDEAUTO c:\\\\cmd.exe "/k x"']
    assert text == "!"


def test_field_built_by_another_field() -> None:
    inner = mark("begin") + code("QUOTE 68 68 69 32 99 109 100") + mark("end")
    opened, _ = read(f"<w:p>{mark('begin')}{inner}{mark('end')}</w:p>".replace("68 68 69", "68 68 69"))
    assert traits(opened, "dde") == ["DDE cmd"]


def test_field_in_an_attribute_and_link_text() -> None:
    body = f"<w:fldSimple w:instr=' HYPERLINK \"https://a.example/y\" '>{run('shown')}</w:fldSimple>"
    opened, text = read(f"<w:p>{body}</w:p>")
    assert (links(opened), opened.links[0].text, text) == (["https://a.example/y"], "shown", "shown")


def test_field_that_never_ends() -> None:
    opened, _ = read(f"<w:p>{mark('begin')}{code('DDE cmd')}</w:p>")
    assert traits(opened, "dde") == ["DDE cmd"]


def test_sheets_names_and_formulas() -> None:
    body = '<sheet name="h" state="veryHidden" r:id="r9"/><definedName name="_xlnm.Auto_Open" hidden="1">Macro1!$A$1</definedName>'
    opened, _ = read(body, "xl/workbook.xml")
    assert traits(opened, "hidden_file") == ["sheet h (very hidden)"]
    assert traits(opened, "macro_autorun") == ["_xlnm.Auto_Open"]
    opened, text = read(
        '<c t="str"><f>HYPERLINK("http://b.example/","x")</f><v>x</v></c><c><v>5</v></c>', "xl/worksheets/a.xml"
    )
    assert (links(opened), text) == (["http://b.example/"], "x")
    opened, _ = read('<c><f>EXEC("calc")</f></c>', "xl/macrosheets/a.xml")
    assert traits(opened, "macro_suspicious") == ['=EXEC("calc")']


def test_dde_link() -> None:
    body = '<ddeLink ddeService="cmd" ddeTopic="/c calc"><ddeItems><ddeItem name="A1"/></ddeItems></ddeLink>'
    assert traits(read(body, "xl/externalLinks/e.xml")[0], "dde") == ["cmd|'/c calc'!A1"]


def test_objects_controls_and_what_starts() -> None:
    opened, _ = read(
        '<o:OLEObject ProgID="Equation.3" r:id="r5"/><w:control w:name="Frame1" r:id="r6"/><p:cmd type="verb" cmd="0"/>'
        '<customUI onLoad="Start"/><eventDocOpen/>'
    )
    assert traits(opened, "equation_editor") == ["Equation.3"]
    assert traits(opened, "activex") == ["Frame1"]
    assert traits(opened, "open_action") == ["animation starts the embedded object (verb 0)"]
    assert traits(opened, "macro_autorun") == ["onLoad: Start", "eventDocOpen"]


def test_old_drawings() -> None:
    opened, _ = read('<v:shape href="https://a.example/v"><v:imagedata src="http://a.example/1.png"/></v:shape>')
    assert links(opened) == ["https://a.example/v", "http://a.example/1.png"]
    assert traits(opened, "external_link") == ["image: http://a.example/1.png"]
