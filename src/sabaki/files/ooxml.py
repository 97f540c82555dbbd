"""Office Open XML (docx, xlsx, pptx, vsdx, their templates and macro variants, xlsb, xps): ECMA-376 and [MS-XLSB].

Every part is read, whatever it is called and whether or not anything refers to it: names and relationships are the
attacker's to choose.
"""

from __future__ import annotations

import posixpath
import re
import urllib.parse
from collections.abc import Iterator

import msgspec

from sabaki.files import biff12, markup, officelinks, ole10native, vba
from sabaki.files.compound import MAGIC, Compound
from sabaki.files.officepart import Part, Relationship
from sabaki.files.opened import Asked, Child, Opened
from sabaki.files.zip import members

_KINDS = (
    ("wordprocessingml.document.main", "docx"),
    ("wordprocessingml.template.main", "dotx"),
    ("ms-word.document.macroenabled", "docm"),
    ("ms-word.template.macroenabled", "dotm"),
    ("spreadsheetml.sheet.main", "xlsx"),
    ("spreadsheetml.template.main", "xltx"),
    ("ms-excel.sheet.macroenabled", "xlsm"),
    ("ms-excel.template.macroenabled", "xltm"),
    ("ms-excel.addin.macroenabled", "xlam"),
    ("ms-excel.sheet.binary", "xlsb"),
    ("presentationml.presentation.main", "pptx"),
    ("presentationml.slideshow.main", "ppsx"),
    ("presentationml.template.main", "potx"),
    ("ms-powerpoint.presentation.macroenabled", "pptm"),
    ("ms-powerpoint.slideshow.macroenabled", "ppsm"),
    ("ms-powerpoint.template.macroenabled", "potm"),
    ("ms-powerpoint.addin.macroenabled", "ppam"),
    ("ms-visio.drawing.main", "vsdx"),
    ("ms-visio.drawing.macroenabled", "vsdm"),
    ("ms-package.xps-fixeddocumentsequence", "xps"),
)
_WITH_MACROS = {
    "docx": "docm", "dotx": "dotm", "xlsx": "xlsm", "xltx": "xltm", "pptx": "pptm", "ppsx": "ppsm", "potx": "potm",
    "vsdx": "vsdm",
}  # fmt: skip
_XML_MOST = 24_000_000
_ELEMENTS = 2_500_000
"""Tags, in all parts together: as many as are read in a few seconds."""
_PARTS = 5_000
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM")
_IDLE = re.compile(
    r"(?i)(?:/theme/|/styles\.xml$|stylesWithEffects|fontTable\.xml$|/numbering\.xml$|printerSettings|calcChain|\.odttf$"
    r"|\.fntdata$|\.(?:emf|wmf|tiff?|wdp|mp[34]|m4[av]|wav|avi|wmv|mov)$|thumbnail\.)"
)
_KNOWN_BINARY = re.compile(
    r"(?i)\.(?:bin|emf|wmf|tiff?|wdp|odttf|fntdata|psmdcp|mp[34]|m4[av]|wav|avi|wmv|mov|rels|dat)$"
)
_MASTER = re.compile(r"/(?:slidemaster|slidelayout|notesmaster|handoutmaster)s/")
"""Their text is what an empty placeholder says ("Click to edit the title")."""
_FIRST = ("document.xml", "workbook.xml", "sharedstrings.xml", "presentation.xml")
_NUMBERS = re.compile(r"\d{1,9}")


class Package(msgspec.Struct):
    """The parts of a document by name, and the relationships of each by number."""

    parts: dict[str, bytes] = msgspec.field(default_factory=dict)
    relationships: dict[str, dict[str, Relationship]] = msgspec.field(default_factory=dict)
    classes: dict[str, str] = msgspec.field(default_factory=dict)
    kinds: dict[str, str] = msgspec.field(default_factory=dict)


def read(content: bytes, asked: Asked) -> Opened:
    """Read an Office Open XML document. Never raises on content."""
    opened = Opened()
    package = Package()
    for name, part in parts(content, asked, opened):
        if package.parts.setdefault(name, part) is not part:
            package.parts[f"{name}~{len(package.parts)}"] = part
    if not package.parts:
        return opened
    opened.kind = _kind(package)
    text = markup.Text(asked.limits.file_text)
    base = _properties(package, opened)
    _relate(package, opened, base)
    _read_parts(package, opened, text)
    opened.text = str(text)
    if text.full:
        asked.budget.note("file_text", asked.name)
    _hand_on(package, asked, opened)
    if any(trait.id == "macro" for trait in opened.traits):
        opened.kind = _WITH_MACROS.get(opened.kind, opened.kind)
    return opened


def parts(content: bytes, asked: Asked, opened: Opened) -> Iterator[tuple[str, bytes]]:
    """The parts of a package that are worth reading, by name, within the budget. A name may come twice."""
    for member in members(content, asked, opened, wanted=_is_wanted, most=_PARTS):
        if member.content is not None:
            yield member.name.replace("\\", "/").lstrip("/"), member.content
        else:
            opened.locked = opened.locked or member.locked
        for trait in member.traits:
            opened.note(trait.id, f"{member.name}: {trait.detail}")


def _is_wanted(name: str) -> bool:
    return not name.endswith("/") and not _IDLE.search(name)


def _kind(package: Package) -> str:
    kinds = package.kinds

    def start(name: str, has: markup.Attributes) -> None:
        if name in ("Override", "Default"):
            kinds[has.get("PartName", "." + has.get("Extension", "")).lstrip("/").lower()] = has.get("ContentType", "")

    types = next((part for name, part in package.parts.items() if name.lower() == "[content_types].xml"), b"")
    markup.parse(types[:_XML_MOST], markup.Handler(start, _ignore, _ignore), 50_000)
    declared = " ".join(kinds.values()).lower()
    found = next((kind for sign, kind in _KINDS if sign in declared), "")
    if found:
        return found
    folders = {name.partition("/")[0].lower() for name in package.parts}
    return next((kind for folder, kind in (("word", "docx"), ("xl", "xlsx"), ("ppt", "pptx")) if folder in folders), "")


def _ignore(*_: object) -> None:
    return None


def _properties(package: Package, opened: Opened) -> str:
    """Note the title; the address that relative links start from (`HyperlinkBase`), or ""."""
    found: dict[str, list[str]] = {}
    path: list[str] = []

    def start(name: str, _: markup.Attributes) -> None:
        path.append(name)

    def end(_: str) -> None:
        path.pop()

    def chars(text: str) -> None:
        if path:
            found.setdefault(path[-1], []).append(text)

    for name, part in package.parts.items():
        if name.lower() in ("docprops/core.xml", "docprops/app.xml"):
            path.clear()
            markup.parse(part[:1_000_000], markup.Handler(start, end, chars), 5_000)
    opened.title = "".join(found.get("title", [])).strip()[:500]
    return "".join(found.get("HyperlinkBase", [])).strip()


def _relate(package: Package, opened: Opened, base: str) -> None:
    """Read every part's relationships; note what is outside the package and loaded without a click."""
    for name, part in package.parts.items():
        if not name.lower().endswith(".rels"):
            continue
        folder, _, owner = name.rpartition("/")
        source = posixpath.normpath(posixpath.join(folder, "..", owner[:-5])).lstrip("./")
        found: dict[str, Relationship] = {}

        def start(
            element: str, has: markup.Attributes, found: dict[str, Relationship] = found, source: str = source
        ) -> None:
            if element == "Relationship" and len(found) < 20_000:
                kind = has.get("Type", "").rpartition("/")[2]
                target, external = has.get("Target", ""), has.get("TargetMode", "").lower() == "external"
                if not external:
                    target = _inside(source, target)
                elif kind == "hyperlink" and base and not re.match(r"(?i)[a-z][a-z0-9+.-]{1,40}:|[#\\/]", target):
                    target = base.rstrip("/") + "/" + target
                found[has.get("Id", "")] = Relationship(kind, target, external)

        if problem := markup.parse(part[:_XML_MOST], markup.Handler(start, _ignore, _ignore), 100_000):
            opened.note("damaged", f"{name}: {problem}")
        package.relationships.setdefault(source.lower(), {}).update(found)
        for relationship in found.values():
            if relationship.external and relationship.kind != "hyperlink":
                officelinks.loads(opened, relationship.target, relationship.kind, "office:relationship")


def _inside(source: str, target: str) -> str:
    target = urllib.parse.unquote(target.replace("\\", "/").partition("#")[0])
    folder = source.rpartition("/")[0]
    return posixpath.normpath(target if target.startswith("/") else posixpath.join(folder, target)).lstrip("./")


def _order(name: str) -> tuple[int, str, int, str]:
    """The order of reading: the main text, then the rest as numbered."""
    last = name.rpartition("/")[2].lower()
    number = _NUMBERS.search(last)
    beside = name.lower().startswith(("customxml/", "docprops/", "_rels/")) or "slidemaster" in name.lower()
    main = 0 if last in _FIRST else 2 if beside else 1
    return main, _NUMBERS.sub("", name.lower()), int(number[0]) if number else 0, name


def _read_parts(package: Package, opened: Opened, text: markup.Text) -> None:
    left, elements = 4 * _XML_MOST, _ELEMENTS
    unseen = markup.Text(0)
    for name in sorted(package.parts, key=_order):
        part, lowered = package.parts[name], name.lower()
        relationships = package.relationships.get(lowered, {})
        if lowered.endswith((".rels", "[content_types].xml", "docprops/core.xml", "docprops/app.xml")):
            continue
        if lowered.endswith(".bin") and lowered.startswith("xl/") and not part.startswith(MAGIC):
            biff12.read_part(lowered, part, relationships, opened, text)
            continue
        if not _is_xml(part):
            continue
        reader = Part(lowered, relationships, opened, unseen if _MASTER.search(lowered) else text)
        read = part[: max(0, min(_XML_MOST, left))]
        problem = markup.parse(read, reader.handler, max(0, elements))
        left -= len(read)
        elements -= read.count(b"<")
        reader.finish()
        text.add("\n")
        if len(read) < len(part) or elements < 0:
            opened.note("partial", f"{name}: too long to be read whole")
        elif problem:
            opened.note("damaged", f"{name}: {problem}")
        for number, relationship in relationships.items():
            if number in reader.classes:
                package.classes[relationship.target.lower()] = reader.classes[number]
            if relationship.external and relationship.kind == "hyperlink" and number not in reader.used:
                opened.link(relationship.target, "office:relationship", clickable=False)
        if "macrosheets/" in lowered:
            opened.note("xlm_macro", name)


def _is_xml(part: bytes) -> bool:
    head = part[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith((b"<?xml", b"\xff\xfe<\0", b"\xfe\xff\0<")) or (
        head.startswith(b"<") and b"<html" not in head.lower() and b"<!doctype" not in head.lower()
    )


def _hand_on(package: Package, asked: Asked, opened: Opened) -> None:
    """The files inside: macros are read here, objects and pictures become children."""
    roles: dict[str, str] = {}
    for found in package.relationships.values():
        for relationship in found.values():
            if not relationship.external:
                roles.setdefault(relationship.target.lower(), relationship.kind)
    pictures = 0
    for name, part in package.parts.items():
        lowered = name.lower()
        role = roles.get(lowered, "")
        last = name.rpartition("/")[2]
        if part.startswith(MAGIC):
            _compound(name, part, role, package, asked, opened)
        elif role == "aFChunk":
            opened.note("embedded_object", f"altChunk {last}")
            opened.children.append(Child(name=last, content=part, declared=package.kinds.get(lowered, "")))
        elif part.startswith(_PICTURES):
            pictures += 1
            if pictures <= asked.limits.pictures:
                opened.children.append(Child(name=last, content=part))
            else:
                asked.budget.note("pictures", asked.name)
        elif role in ("oleObject", "package") or "/embeddings/" in lowered:
            ole10native.embedded(part, last, opened, package.classes.get(lowered, ""))
        elif not _is_xml(part) and not _KNOWN_BINARY.search(last) and part:
            opened.note("embedded_file", name)
            opened.children.append(Child(name=last, content=part))


def _compound(name: str, part: bytes, role: str, package: Package, asked: Asked, opened: Opened) -> None:
    file = Compound(part)
    if role in ("vbaProject", "wordVbaProject") or file.find("VBA/dir") or "vbaproject" in name.lower():
        if not vba.report(file, asked, opened):
            opened.note("macro", name)
        for what in file.damage:
            opened.note("damaged", f"{name}: {what}")
    elif "/activex/" in name.lower() or role == "activeXControlBinary":
        opened.note("activex", ole10native.class_name(file.clsid) or name)
    elif not name.lower().rpartition("/")[2].startswith(("printersettings", "attachedtoolbars")):
        ole10native.embedded(part, name.rpartition("/")[2], opened, package.classes.get(name.lower(), ""))
