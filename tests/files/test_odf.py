"""OpenDocument files."""

from __future__ import annotations

import base64

import pytest

from sabaki.files.odf import read
from sabaki.files.opened import Asked, Opened
from sabaki.mail.limits import Budget, Limits
from tests.files.office import compound, links, native, survives, traits, zipped

_OF = "urn:oasis:names:tc:opendocument:xmlns:"
_SPACES = " ".join(
    f'xmlns:{name}="{_OF}{name}:1.0"' for name in ("office", "text", "table", "draw", "script", "form", "manifest")
)
_SPACES += ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:presentation="urn:p" xmlns:dc="urn:dc"'
_PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def odf(body: str, kind: str = "text", **parts: str | bytes) -> bytes:
    named = {name.replace("__", "/").replace("_0", "."): part for name, part in parts.items()}
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content {_SPACES}>{body}</office:document-content>",
            **named,
        }
    )


def opened(body: str, **parts: str | bytes) -> Opened:
    return read(odf(body, **parts), Asked())


@pytest.mark.parametrize(
    ("kind", "id"), [("text", "odt"), ("spreadsheet", "ods"), ("presentation", "odp"), ("text-template", "ott")]
)
def test_kinds(kind: str, id: str) -> None:
    assert read(odf("", kind), Asked()).kind == id


def test_text_links_and_title() -> None:
    body = (
        "<text:h>題</text:h><text:p>見て<text:a xlink:href='https://a.example/x'>ここ</text:a><text:tab/>.</text:p>"
        "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
    )
    found = read(zipped({"content.xml": f"<a {_SPACES}>{body}</a>", "meta.xml": "<m><title>題名</title></m>"}), Asked())
    assert found.text == "題\n見てここ\t."
    assert (links(found), found.links[0].text, found.title) == (["https://a.example/x"], "ここ", "題名")


@pytest.mark.parametrize(
    ("body", "trait", "detail"),
    [
        ("<draw:image xlink:href='http://a.example/1.png'/>", "external_link", "image: http://a.example/1.png"),
        ("<draw:floating-frame xlink:href='http://a.example/'/>", "external_link", "floating-frame: http://a.example/"),
        (
            "<text:section-source xlink:href='file://a.example/s.odt'/>",
            "external_link",
            "section-source: file://a.example/s.odt",
        ),
        (
            "<office:dde-source office:dde-application='cmd' office:dde-topic='/c x' office:dde-item='1'/>",
            "dde",
            "cmd|'/c x'!1",
        ),
        ('<table:table-cell table:formula=\'of:=DDE("cmd";"/c x";"1")\'/>', "dde", '=DDE("cmd";"/c x";"1")'),
        (
            "<script:event-listener script:event-name='dom:load' xlink:href='vnd.sun.star.script:S.M.Main?language=Basic'/>",
            "macro_autorun",
            "dom:load: vnd.sun.star.script:S.M.Main?language=Basic",
        ),
        (
            "<presentation:event-listener presentation:action='execute' xlink:href='file:///c:/x.exe'/>",
            "launch",
            "file:///c:/x.exe",
        ),
        ("<form:form xlink:href='http://a.example/post'/>", "submit_form", "http://a.example/post"),
    ],
)
def test_what_it_does(body: str, trait: str, detail: str) -> None:
    assert traits(opened(body), trait) == [detail]


def test_its_own_pictures_are_not_outside() -> None:
    found = opened(
        "<draw:image xlink:href='Pictures/1.png'/><draw:object xlink:href='./Object 1'/>", Pictures__1_0png=_PNG
    )
    assert (found.traits, found.links) == ([], [])
    assert [child.name for child in found.children] == ["1.png"]


def test_basic() -> None:
    source = "<module>Sub AutoOpen&#10;Shell(&quot;cmd /c x&quot;)&#10;End Sub</module>"
    found = opened("", Basic__Standard__M_0xml=source)
    assert traits(found, "macro") == ["Standard/M (3 lines)"]
    assert traits(found, "macro_autorun") == ["AutoOpen"]
    assert traits(found, "macro_suspicious") == ["Shell, cmd /c"]


def test_scripts_in_other_languages_are_handed_on() -> None:
    found = opened("", Scripts__python__m_0py="import os")
    assert traits(found, "macro") == ["Scripts/python/m.py"]
    assert [child.name for child in found.children] == ["m.py"]


def test_objects() -> None:
    found = read(
        zipped({"content.xml": "<a/>", "Object 1": compound({"\x01Ole10Native": native("a.exe", b"MZ")})}), Asked()
    )
    assert [child.name for child in found.children] == ["a.exe"]


def test_locked() -> None:
    manifest = f"<manifest:manifest {_SPACES}><manifest:encryption-data/></manifest:manifest>"
    found = read(zipped({"META-INF/manifest.xml": manifest, "content.xml": b"\x8a\x01\x99"}), Asked())
    assert found.locked
    assert traits(found, "damaged") == []


def test_flat() -> None:
    picture = base64.b64encode(_PNG).decode()
    content = (
        f'<?xml version="1.0"?><office:document {_SPACES} office:mimetype="application/vnd.oasis.opendocument.text">'
        f"<script:module>Sub Main\nEnd Sub</script:module><text:p>本文<text:a xlink:href='https://a.example/'>x</text:a></text:p>"
        f"<draw:image><office:binary-data>{picture}</office:binary-data></draw:image></office:document>"
    )
    found = read(content.encode(), Asked())
    assert (found.kind, found.text, links(found)) == ("fodt", "本文x", ["https://a.example/"])
    assert [child.content for child in found.children] == [_PNG]


def test_text_is_bounded() -> None:
    budget = Budget(Limits(file_text=10))
    assert len(read(odf("<text:p>" + "x" * 100 + "</text:p>"), Asked(budget=budget)).text) == 10
    assert [limit.name for limit in budget.reached] == ["file_text"]


def test_damage_never_raises() -> None:
    survives(
        read,
        odf(
            "<text:p>x<text:a xlink:href='https://a.example/'>y</text:a></text:p>",
            Basic__S__M_0xml="<module>x</module>",
        ),
    )
    survives(read, f"<office:document {_SPACES}><text:p>x</text:p></office:document>".encode())
