"""OpenDocument (odt, ods, odp, odg, their templates, and flat XML), OASIS ODF 1.3: text, links, macros, objects."""

from __future__ import annotations

import base64
import binascii
import contextlib
import posixpath
import re

from sabaki.files import markup, officelinks, ole10native
from sabaki.files.compound import MAGIC
from sabaki.files.opened import Asked, Child, Opened
from sabaki.files.vbasource import read_source
from sabaki.files.zip import members

_XML_MOST = 24_000_000
_PARTS = 5_000
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM")
_KINDS = {
    "text": "odt", "text-template": "ott", "text-master": "odt", "text-web": "odt", "spreadsheet": "ods",
    "spreadsheet-template": "ots", "presentation": "odp", "presentation-template": "otp", "graphics": "odg",
    "graphics-template": "odg", "formula": "odf", "base": "odb", "chart": "odc",
}  # fmt: skip
_FLAT = {"odt": "fodt", "ods": "fods", "odp": "fodp", "odg": "fodg"}
_IDLE = re.compile(
    r"(?i)^(?:Thumbnails/|Configurations2/|ObjectReplacements/|layout-cache$|manifest\.rdf$|settings\.xml$)"
)
_BESIDE = frozenset({"tracked-changes", "ruby-text", "binary-data"})
_BREAKS = {"p": "\n", "h": "\n", "line-break": "\n", "tab": "\t", "table-cell": "\t", "s": " "}
_TAKEN = frozenset({"module", "title", "script", "binary-data"})
_TEXTS = frozenset({"p", "h"})
_LOADING = frozenset(
    """
    image object object-ole plugin applet floating-frame section-source cell-range-source table-source fill-image
    background-image sound linked-source external-data param
    """.split()
)
_STARTING = (
    "dom:load",
    "on-load",
    "load",
    "dom:DOMFocusIn",
    "office:start-app",
    "office:new",
    "on-start-app",
    "on-new",
)
_ORDINARY = re.compile(
    r"(?i)^(?:Basic|Scripts|META-INF|Fonts)/|^mimetype$|\.(?:xml|rdf|svm|wmf|emf|ttf|odttf|mp4|bin)$"
)
_SCRIPTS = re.compile(r"(?i)^Scripts/.+\.(?:py|js|bsh|java|class|jar)$")


def read(content: bytes, asked: Asked) -> Opened:
    """Read an OpenDocument file, packed or flat. Never raises on content."""
    opened = Opened()
    text = markup.Text(asked.limits.file_text)
    if content[:2] != b"PK" and b"<" in content[:200]:
        reader = _Reader(opened, text)
        _parse(content, "document", reader, opened)
        opened.kind = _FLAT.get(_KINDS.get(reader.kind, ""), "")
        _basic("\n".join(reader.modules), opened)
    else:
        _package(content, asked, opened, text)
    opened.text = str(text)
    if text.full:
        asked.budget.note("file_text", asked.name)
    return opened


def _package(content: bytes, asked: Asked, opened: Opened, text: markup.Text) -> None:
    parts: dict[str, bytes] = {}
    for member in members(content, asked, opened, wanted=_is_wanted, most=_PARTS):
        name = posixpath.normpath(member.name.replace("\\", "/")).lstrip("./")
        if member.content is not None:
            parts.setdefault(name, member.content)
        opened.locked = opened.locked or member.locked
        for trait in member.traits:
            opened.note(trait.id, f"{name}: {trait.detail}")
    declared = parts.get("mimetype", b"")[:200].decode("ascii", "replace").strip().rpartition("opendocument.")[2]
    reader = _Reader(opened, text)
    _parse(parts.get("META-INF/manifest.xml", b""), "manifest", reader, opened)
    opened.kind = _KINDS.get(declared, "") or _KINDS.get(reader.kind, "")
    if reader.encrypted:
        opened.locked = True
        return
    order = {"content.xml": 0, "styles.xml": 1, "meta.xml": 2}
    for name in sorted(parts, key=lambda name: (order.get(name, 3), name)):
        if name in order or name.endswith(("/content.xml", "/styles.xml")):
            _parse(parts[name], name, reader, opened)
    _macros(parts, reader, opened)
    _hand_on(parts, asked, opened)


def _is_wanted(name: str) -> bool:
    return not name.endswith("/") and not _IDLE.search(name)


def _parse(content: bytes, name: str, reader: _Reader, opened: Opened) -> None:
    if content:
        problem = markup.parse(content[:_XML_MOST], markup.Handler(reader.start, reader.end, reader.chars))
        if problem and len(content) <= _XML_MOST:
            opened.note("damaged", f"{name}: {problem}")
        reader.finish()


def _macros(parts: dict[str, bytes], reader: _Reader, opened: Opened) -> None:
    for name, part in parts.items():
        if name.startswith("Basic/") and name.endswith((".xml", ".xba")):
            before = len(reader.modules)
            _parse(part, name, reader, opened)
            if len(reader.modules) > before:
                lines = sum(1 for line in reader.modules[-1].split("\n") if line.strip())
                opened.note("macro", f"{name[6:].rpartition('.')[0]} ({lines} lines)")
        elif _SCRIPTS.match(name):
            opened.note("macro", name)
            opened.children.append(Child(name=name.rpartition("/")[2], content=part))
    _basic("\n".join(reader.modules), opened)


def _basic(source: str, opened: Opened) -> None:
    if source.strip():
        read_source([source], opened)


def _hand_on(parts: dict[str, bytes], asked: Asked, opened: Opened) -> None:
    pictures = 0
    for name, part in parts.items():
        last = name.rpartition("/")[2]
        if part.startswith(_PICTURES):
            pictures += 1
            if pictures <= asked.limits.pictures:
                opened.children.append(Child(name=last, content=part))
            else:
                asked.budget.note("pictures", asked.name)
        elif part.startswith(MAGIC):
            ole10native.embedded(part, name, opened)
        elif part and not _ORDINARY.search(name):
            opened.note("embedded_file", name)
            opened.children.append(Child(name=last, content=part))


class _Reader:
    """The callbacks for one document's parts, one after another."""

    def __init__(self, opened: Opened, text: markup.Text) -> None:
        self.kind = ""
        self.encrypted = False
        self.modules: list[str] = []
        self._opened = opened
        self._text = text
        self._beside = 0
        self._texts = 0
        self._gather: list[str] | None = None
        self._links: list[tuple[str, list[str]]] = []

    def start(self, name: str, has: markup.Attributes) -> None:
        """An element begins."""
        if name in _BESIDE:
            self._beside += 1
        if name in _TEXTS:
            self._texts += 1
        elif name in _TAKEN:
            self._gather = []
        href = has.get("href", "")
        if name == "a":
            self._links.append((href, []))
        elif name in _LOADING and href:
            officelinks.loads(self._opened, href, name, "office:relationship")
        elif name == "event-listener":
            self._event(has)
        elif name == "form" and href:
            self._opened.note("submit_form", href)
            self._opened.link(href, "office:form")
        elif href and officelinks.is_remote(href):
            officelinks.points(self._opened, href, "office:relationship")
        self._marks(name, has)

    def _marks(self, name: str, has: markup.Attributes) -> None:
        if name == "encryption-data":
            self.encrypted = True
        elif "mimetype" in has and name == "document":
            self.kind = has["mimetype"].rpartition("opendocument.")[2]
        elif name == "file-entry" and has.get("full-path") == "/":
            self.kind = has.get("media-type", "").rpartition("opendocument.")[2]
        if "dde-application" in has:
            call = f"{has['dde-application']}|'{has.get('dde-topic', '')}'!{has.get('dde-item', '')}"
            self._opened.note("dde", call)
        if "formula" in has:
            officelinks.formula(self._opened, has["formula"].partition("=")[2] or has["formula"])
        if has.get("target-location"):
            officelinks.points(self._opened, has["target-location"], "office:form")

    def _event(self, has: markup.Attributes) -> None:
        event, action = has.get("event-name", ""), has.get("action", "")
        what = has.get("href", "") or has.get("macro-name", "")
        if action == "execute":
            self._opened.note("launch", what)
        elif what.startswith(("vnd.sun.star.script:", "macro:")) or has.get("macro-name"):
            starting = event in _STARTING or "load" in event.lower()
            self._opened.note("macro_autorun" if starting else "open_action", f"{event}: {what}")
        elif what:
            officelinks.points(self._opened, what, "office:relationship")

    def end(self, name: str) -> None:
        """An element ends."""
        if name in _BESIDE:
            self._beside = max(0, self._beside - 1)
        elif name in _TEXTS:
            self._texts = max(0, self._texts - 1)
        elif name == "a" and self._links:
            target, shown = self._links.pop()
            officelinks.points(self._opened, target, "office:relationship", "".join(shown).strip()[:500])
        if name in _TAKEN and self._gather is not None:
            gathered, self._gather = "".join(self._gather), None
            if name == "binary-data":
                self._binary(gathered)
            elif name == "title":
                self._opened.title = self._opened.title or gathered.strip()[:500]
            elif gathered.strip():
                if name == "script":
                    self._opened.note("macro", "script in the text")
                self.modules.append(gathered)
        if (mark := _BREAKS.get(name)) and not self._beside:
            self._text.add(mark)

    def _binary(self, text: str) -> None:
        """A picture or an object that stands in a flat document, in base64."""
        with contextlib.suppress(binascii.Error, ValueError):
            raw = base64.b64decode(text)
            if raw.startswith(MAGIC):
                ole10native.embedded(raw, "object", self._opened)
            elif raw.startswith(_PICTURES) and len(self._opened.children) < 40:
                self._opened.children.append(Child(name="", content=raw))

    def chars(self, text: str) -> None:
        """Text between elements."""
        if self._gather is not None:
            self._gather.append(text)
        if self._beside or not self._texts:
            return
        if self._links:
            self._links[-1][1].append(text)
        self._text.add(text)

    def finish(self) -> None:
        """A part ended, perhaps too early."""
        while self._links:
            self.end("a")
        if self._gather is not None:
            self.modules.append("".join(self._gather))
        self._beside, self._texts, self._gather = 0, 0, None
