from __future__ import annotations

import random

import pytest

from sabaki.files import rtf
from sabaki.files.opened import Asked, Opened
from sabaki.mail.limits import Budget, Limits
from tests.files.test_rtfobject import ole1, package

JAPANESE = rb"{\rtf1\ansi\ansicpg932\deff0{\fonttbl{\f0\fnil\fcharset128 MS Mincho;}{\f1\fcharset204 Arial;}}\f0 "
OBJECT = (
    b"{\\object\\objemb{\\*\\objclass Package}{\\*\\objdata " + ole1(b"Package", package(b"a.js", b"x")).hex().encode()
)


def _read(raw: bytes) -> Opened:
    return rtf.read(raw, Asked())


def _traits(opened: Opened) -> list[tuple[str, str]]:
    return [(trait.id, trait.detail) for trait in opened.traits]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (rb"{\rtf1 a\par b\tab c\line\emdash d}", "a\nb\tc\n—d"),
        (rb"{\rtf1 \{x\}\\y\~z}", "{x}\\y\u00a0z"),
        (rb"{\rtf1 a" + b"\r\n" + rb"b}", "ab"),
        (rb"{\rtf1\ansi caf\'e9 \'80}", "café €"),
        (JAPANESE + rb"\'93\'fa\'96\'7b\'8cA}", "日本窺"[:2] + b"\x8cA".decode("cp932")),
        (JAPANESE + "表示".encode("cp932").replace(b"\\", b"\\\\") + b"}", "表示"),
        (JAPANESE + rb"\f1\'cf\f0\'93\'fa}", "П日"),
        (rb"{\rtf1\ansicpg932 \'93\'fa}", "日"),
        (rb"{\rtf1\uc1 \u26085?\u-26492 ?x}", "日\u9884x"),
        (rb"{\rtf1\uc2\u26085\'93\'fax{\uc0\u26412 y}}", "日x本y"),
        (rb"{\rtf1 \u-10179?\u-8704?}", "😀"),
        (rb"{\rtf1{\*\unknown hidden}{\stylesheet{\s0 Normal;}}{\info{\title T}{\author A}}x{\v hidden}y}", "xy"),
        (rb"{\rtf1{\upr{ansi?}{\*\ud{\u26085 ?}}}}", "日"),
        (rb"{\rtf1 a{\pict\wmetafile8\bin5 }}}}}}b}", "ab"),
        (rb"{\rtf1{\header head}{\footnote foot}{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt box}}}", "headfootbox"),
    ],
)
def test_the_text_that_is_shown(raw: bytes, text: str) -> None:
    assert _read(raw).text == text


def test_the_title() -> None:
    assert _read(rb"{\rtf1{\info{\title Invoice}}x}").title == "Invoice"


def test_html_in_rtf() -> None:
    raw = (
        rb"{\rtf1\ansi\ansicpg932\fromhtml1 \deff0{\fonttbl{\f0\fcharset128 MS;}{\f1\fcharset0 Arial;}}"
        rb'{\*\htmltag18 <html>}{\*\htmltag84 <a href="https://a.example/?q=\'93\'fa">}'
        rb"\htmlrtf {\field{\*\fldinst{HYPERLINK x}}{\fldrslt\cf1\ul \htmlrtf0 \f0 \'93\'fa"
        rb"\htmlrtf }\htmlrtf0 \htmlrtf }\htmlrtf0 {\*\htmltag92 </a>}{\*\mhtmltag84 <a href=y>}"
        rb"{\*\htmltag84 &amp;}\htmlrtf &\htmlrtf0\par\tab\u26412 ?{\pntext no}{\*\htmltag27 \{\}</html>}}"
    )
    expected = '<html><a href="https://a.example/?q=日">日</a>&amp;\n\t本{}</html>'
    assert rtf.encapsulated_html(raw) == expected
    assert _read(raw).markup == [expected]
    assert rtf.encapsulated_html(rb"{\rtf1 plain}") == ""


@pytest.mark.parametrize(
    ("instruction", "target", "clickable"),
    [
        (rb'HYPERLINK "https://evil.example/a?b=1"', "https://evil.example/a?b=1", True),
        (rb'hyperlink https://evil.example/ \\l "top"', "https://evil.example/#top", True),
        (rb'{\b HYPER}{LINK "https://evil.}{example/"}', "https://evil.example/", True),
        (rb'INCLUDEPICTURE "https://evil.example/p.png" \\d', "https://evil.example/p.png", False),
        (rb'INCLUDETEXT "https://evil.example/t"', "https://evil.example/t", False),
    ],
)
def test_links_of_fields(instruction: bytes, target: str, *, clickable: bool) -> None:
    opened = _read(rb"{\rtf1{\field{\*\fldinst{" + instruction + rb"}}{\fldrslt{\ul here}}}}")
    (link,) = opened.links
    assert (link.raw, link.clickable) == (target, clickable)
    assert link.text == ("here" if clickable else "")
    assert opened.text == "here"
    assert ("external_link" in [trait.id for trait in opened.traits]) is not clickable


def test_dde_also_out_of_numbers() -> None:
    plain = _read(rb"{\rtf1{\field{\*\fldinst DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe /k}{\fldrslt x}}}")
    assert [trait.id for trait in plain.traits] == ["dde"]
    nested = (
        rb"{\rtf1{\field{\*\fldinst {\field{\*\fldinst QUOTE 68 68 69 65 85 84 79}{\fldrslt }} cmd calc}{\fldrslt }}}"
    )
    assert _traits(_read(nested)) == [("dde", "DDEAUTO cmd calc")]


def test_a_remote_template() -> None:
    opened = _read(rb"{\rtf1{\*\template http://evil.example/t.dot}x}")
    assert opened.links[0].raw == "http://evil.example/t.dot"
    assert opened.traits[0].id == "remote_template"
    unicode = rb"{\rtf1{\*\template \u104?\u116?\u116?\u112?://evil.example/t}x}"
    assert _read(unicode).links[0].raw == "http://evil.example/t"
    assert not _read(rb"{\rtf1{\*\template C:\\Normal.dotm}x}").traits


def test_a_link_of_a_shape() -> None:
    raw = rb"{\rtf1{\shp{\*\shpinst{\sp{\sn pihlShape}{\sv {\*\hl{\hlloc }{\hlsrc https://evil.example/}{\hlfr x}}}}}}}"
    assert [(link.raw, link.source) for link in _read(raw).links] == [("https://evil.example/", "rtf:shape")]


def test_an_embedded_file() -> None:
    opened = _read(b"{\\rtf1 " + OBJECT + b"}{\\result shown}}}")
    assert [(child.name, child.content) for child in opened.children] == [("a.js", b"x")]
    assert opened.text == "shown"
    assert _traits(opened) == [("embedded_object", "Package"), ("embedded_file", "a.js")]


def test_an_object_that_hides_its_digits() -> None:
    digits = ole1(b"equation.3", b"\x1c\0\0\0").hex()
    messy = " \n".join(digits[:20]) + "{\\*\\junk ffff}{\\aaa }{\\propname abc}\\bin0 " + "zz".join(digits[20:])
    opened = _read(
        b"{\\rt1{\\object\\objemb\\objupdate{\\*\\objclass Word.Document.8}{\\*\\objdata " + messy.encode() + b"}}}"
    )
    assert ("equation_editor", "Word.Document.8 (equation.3)") in _traits(opened)
    assert {"obfuscated", "embedded_object"} <= {trait.id for trait in opened.traits}
    assert opened.traits[0].detail == "RTF header {\\rt1{\\o"


def test_an_object_in_binary_and_without_a_holder() -> None:
    octets = ole1(b"Package", package(b"a.js", b"}}{{"))
    opened = _read(b"{\\rtf1{\\*\\objdata\\bin%d " % len(octets) + octets + b"}text}")
    assert [child.content for child in opened.children] == [b"}}{{"]
    assert opened.text == "text"


def test_pictures() -> None:
    raw = rb"{\rtf1{\*\shppict{\pict\pngblip 89504e47}}{\nonshppict{\pict\wmetafile8 0100}}{\pict\jpegblip ffd8}}"
    assert [(child.name, child.content) for child in _read(raw).children] == [
        ("picture1.png", b"\x89PNG"),
        ("picture2.jpg", b"\xff\xd8"),
    ]
    asked = Asked(budget=Budget(Limits(pictures=1)))
    assert len(rtf.read(raw, asked).children) == 1


def test_a_file_that_is_cut_off() -> None:
    opened = _read(rb'{\rtf1 text{\field{\*\fldinst HYPERLINK "https://evil.example/"}{\fldrslt here')
    assert [link.raw for link in opened.links] == ["https://evil.example/"]
    assert opened.traits[0].id == "damaged"
    assert _read(b"no rtf").traits[0].id == "damaged"


def test_a_million_braces() -> None:
    opened = _read(b"{\\rtf1 " + b"{" * 1_000_000 + b"deep" + b"}" * 1_000_000 + b"text}")
    assert opened.text == "deeptext"
    assert [trait.id for trait in opened.traits] == ["obfuscated"]
    assert _read(b"{\\rtf1 " + b"{\\b " * 200_000 + b"deep").text == "deep"


def test_no_more_text_than_the_limit() -> None:
    asked = Asked(budget=Budget(Limits(file_text=1_000)))
    assert len(rtf.read(b"{\\rtf1 " + b"abc\\par " * 10_000 + b"}", asked).text) <= 1_000
    assert [reached.name for reached in asked.budget.reached] == ["file_text"]


def test_no_cut_and_no_flip_raises() -> None:
    whole = (
        JAPANESE + rb"{\field{\*\fldinst HYPERLINK x}{\fldrslt y}}{\pict\pngblip 89}\u26085?\'93\'fa" + OBJECT + b"}}}"
    )
    for cut in range(len(whole)):
        _read(whole[:cut])
    dice = random.Random(1)
    for _ in range(500):
        bent = bytearray(whole)
        for _ in range(6):
            bent[dice.randrange(len(bent))] = dice.choice(b"{}\\'*0 a" + bytes((dice.randrange(256),)))
        _read(bytes(bent))
        rtf.encapsulated_html(bytes(bent) + b"\\fromhtml1")
