"""One XML part of an Office document: its text, its links, and what runs or loads in it (ECMA-376 part 1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from sabaki.files import officelinks
from sabaki.files.markup import Attributes, Handler, Text
from sabaki.files.opened import Opened

_BREAKS = {"p": "\n", "br": "\n", "cr": "\n", "tab": "\t", "si": "\n", "tc": "\t", "Text": "\n", "Glyphs": "\n"}
_BESIDE = frozenset({"Fallback", "rPh", "rt", "del", "moveFrom"})
"""Elements whose text repeats another's, is its reading (furigana), or was deleted."""
_GATHERED = frozenset(
    {"t", "instrText", "f", "definedName", "formula1", "formula2", "formula", "Text", "v", "oldFormula"}
)
_FIELD_DEPTH = 50


class Relationship(msgspec.Struct, frozen=True):
    """A relationship of a part: `kind` is the last step of its type, `target` as written or a part's name."""

    kind: str
    target: str
    external: bool


class Field(msgspec.Struct):
    """A Word field while it is open: code until the separator, then result."""

    code: list[str] = msgspec.field(default_factory=list)
    result: list[str] = msgspec.field(default_factory=list)
    separated: bool = False


class Part:
    """Reads one part. Give `handler` to `markup.parse`, then call `finish`."""

    def __init__(self, name: str, relationships: Mapping[str, Relationship], opened: Opened, text: Text) -> None:
        self.name = name
        self.classes: dict[str, str] = {}
        self.used: set[str] = set()
        self._relationships = relationships
        self._opened = opened
        self._text = text
        self._macro_sheet = "macrosheet" in name.lower()
        self._beside = 0
        self._gather: list[str] | None = None
        self._cell = ""
        self._fields: list[Field] = []
        self._hyperlinks: list[tuple[str, list[str]]] = []
        self._item = ""
        self._starts: dict[str, Callable[[Attributes], None]] = {
            "fldChar": self._field_char,
            "fldSimple": lambda has: self._field_simple(has),
            "hyperlink": self._hyperlink,
            "hlinkClick": lambda has: self._action(has, "click"),
            "hlinkHover": lambda has: self._action(has, "hover"),
            "hlinkMouseOver": lambda has: self._action(has, "hover"),
            "OLEObject": self._object,
            "oleObj": self._object,
            "oleObject": self._object,
            "control": self._control,
            "ocx": self._control,
            "sheet": self._sheet,
            "definedName": self._defined,
            "ddeLink": self._dde,
            "ddeItem": self._dde_item,
            "webPr": self._web_query,
            "customUI": self._custom_ui,
            "cmd": self._command,
            "c": self._enter_cell,
            "Cell": self._visio_cell,
            "Glyphs": self._glyphs,
        }

    @property
    def handler(self) -> Handler:
        """The callbacks for the parser."""
        return Handler(self._start, self._end, self._chars)

    def finish(self) -> None:
        """Close what a damaged part left open."""
        while self._fields:
            self._field_end()
        while self._hyperlinks:
            self._hyperlink_end()
        if self._item:
            self._opened.note("dde", self._item)

    def _start(self, name: str, has: Attributes) -> None:
        if name in _BESIDE:
            self._beside += 1
        elif name in _GATHERED and (name != "v" or self._cell == "str"):
            self._gather = []
        if act := self._starts.get(name):
            act(has)
        elif name[:8] == "eventDoc":
            self._opened.note("macro_autorun", name)
        if "href" in has or "src" in has or "FixedPage.NavigateUri" in has:
            self._old_drawing(name, has)

    def _end(self, name: str) -> None:
        if name in _BESIDE:
            self._beside = max(0, self._beside - 1)
        elif name in _GATHERED and self._gather is not None:
            gathered, self._gather = "".join(self._gather), None
            if not self._beside:
                self._take(name, gathered)
        if name == "hyperlink" and self._hyperlinks:
            self._hyperlink_end()
        elif name == "fldSimple" and self._fields:
            self._field_end()
        elif name == "ddeLink" and self._item:
            self._opened.note("dde", self._item)
            self._item = ""
        elif name == "c":
            self._text.add("\n" if self._cell in ("str", "inlineStr") else "")
            self._cell = ""
        if (mark := _BREAKS.get(name)) and not self._beside:
            self._show(mark)

    def _chars(self, text: str) -> None:
        if self._gather is not None:
            self._gather.append(text)

    def _take(self, name: str, text: str) -> None:
        if name == "instrText":
            if self._fields:
                self._fields[-1].code.append(text)
            else:
                officelinks.field(self._opened, text)
        elif name in ("t", "Text", "v"):
            self._show(text)
        else:
            officelinks.formula(self._opened, text, macro=self._macro_sheet)

    def _show(self, text: str) -> None:
        if self._fields and not self._fields[-1].separated:
            if text.strip():
                self._fields[-1].code.append(text)
            return
        for field in self._fields:
            if field.separated:
                field.result.append(text)
        if self._hyperlinks:
            self._hyperlinks[-1][1].append(text)
        self._text.add(text)

    def _field_char(self, has: Attributes) -> None:
        kind = has.get("fldCharType")
        if self._beside:
            return
        if kind == "begin" and len(self._fields) < _FIELD_DEPTH:
            self._fields.append(Field())
        elif kind == "separate" and self._fields:
            self._fields[-1].separated = True
        elif kind == "end" and self._fields:
            self._field_end()

    def _field_simple(self, has: Attributes) -> None:
        if len(self._fields) < _FIELD_DEPTH:
            self._fields.append(Field([has.get("instr", "")], separated=True))

    def _field_end(self) -> None:
        field = self._fields.pop()
        code = "".join(field.code)
        officelinks.field(self._opened, code, "".join(field.result)[:500])
        if self._fields and not self._fields[-1].separated:
            # What an inner field gives is part of the outer one's code: { DDE { QUOTE 99 109 100 } }.
            self._fields[-1].code.append(officelinks.quoted(code) or "".join(field.result))

    def _target(self, has: Attributes) -> Relationship | None:
        number = has.get("r:id") or has.get("r:href") or has.get("r:pict") or ""
        self.used.add(number)
        return self._relationships.get(number)

    def _hyperlink(self, has: Attributes) -> None:
        relationship = self._target(has)
        target = relationship.target if relationship and relationship.external else ""
        anchor = has.get("location") or has.get("anchor") or has.get("docLocation") or ""
        if target and anchor and "#" not in target:
            target = f"{target}#{anchor}"
        shown = [has["display"]] if has.get("display") else []
        self._hyperlinks.append((target, shown))
        if len(self._hyperlinks) > _FIELD_DEPTH:
            self._hyperlink_end()

    def _hyperlink_end(self) -> None:
        target, shown = self._hyperlinks.pop()
        officelinks.points(self._opened, target, "office:relationship", "".join(shown).strip())

    def _action(self, has: Attributes, how: str) -> None:
        relationship = self._target(has)
        target = relationship.target if relationship and relationship.external else ""
        action = has.get("action", "")
        if action.startswith("ppaction://program"):
            self._opened.note("launch", f"{how}: {target}")
        elif action.startswith(("ppaction://macro", "ppaction://ole")):
            self._opened.note("open_action", f"{how}: {action}")
        elif how == "hover" and target:
            self._opened.note("open_action", f"hover: {target}")
        if target:
            officelinks.points(self._opened, target, "office:relationship", has.get("tooltip", ""))

    def _object(self, has: Attributes) -> None:
        name = has.get("ProgID") or has.get("progId") or ""
        if name:
            self.classes[has.get("r:id", "")] = name
        if name.lower().startswith("equation.") and not name.lower().startswith("equation.dsmt"):
            self._opened.note("equation_editor", name)
        link = has.get("link", "")
        if link:
            officelinks.formula(self._opened, link)

    def _control(self, has: Attributes) -> None:
        self._opened.note("activex", has.get("name") or has.get("classid") or "")

    def _sheet(self, has: Attributes) -> None:
        if has.get("state") == "veryHidden":
            self._opened.note("hidden_file", f"sheet {has.get('name', '')} (very hidden)")
        relationship = self._target(has)
        if relationship and relationship.kind.lower() in ("xlmacrosheet", "xlintlmacrosheet"):
            state = has.get("state", "visible")
            self._opened.note("xlm_macro", f"{has.get('name', '')} ({state})")

    def _defined(self, has: Attributes) -> None:
        name = has.get("name", "")
        if (
            name.lower()
            .replace("_xlnm.", "")
            .startswith(("auto_open", "auto_close", "auto_activate", "auto_deactivate"))
        ):
            self._opened.note("macro_autorun", name)

    def _dde(self, has: Attributes) -> None:
        self._item = f"{has.get('ddeService', '')}|'{has.get('ddeTopic', '')}'!"

    def _dde_item(self, has: Attributes) -> None:
        if self._item:
            self._opened.note("dde", self._item + has.get("name", ""))
            self._item = ""

    def _web_query(self, has: Attributes) -> None:
        officelinks.loads(self._opened, has.get("url", ""), "web query", "office:relationship")

    def _custom_ui(self, has: Attributes) -> None:
        if has.get("onLoad"):
            self._opened.note("macro_autorun", f"onLoad: {has['onLoad']}")

    def _command(self, has: Attributes) -> None:
        if has.get("type") == "verb":
            self._opened.note("open_action", f"animation starts the embedded object (verb {has.get('cmd', '')})")

    def _enter_cell(self, has: Attributes) -> None:
        self._cell = has.get("t", "")

    def _visio_cell(self, has: Attributes) -> None:
        if has.get("N") == "Address" and has.get("V"):
            officelinks.points(self._opened, has["V"], "office:relationship")

    def _glyphs(self, has: Attributes) -> None:
        self._show(has.get("UnicodeString", "").removeprefix("{}"))

    def _old_drawing(self, name: str, has: Attributes) -> None:
        """VML shapes and XPS: a link or a picture's address in an attribute."""
        if name in ("imagedata", "fill", "stroke", "sourceFileName"):
            officelinks.loads(self._opened, has.get("src") or has.get("href", ""), "image", "office:relationship")
            return
        target = has.get("FixedPage.NavigateUri") or has.get("href", "")
        if officelinks.is_remote(target):
            officelinks.points(self._opened, target, "office:relationship", has.get("alt") or has.get("title", ""))
