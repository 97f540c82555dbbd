"""What documents point to: targets outside, Word's fields, Excel's formulas. One meaning for old and new formats.

Fields: ECMA-376 part 1, 17.16.5; dynamic data exchange (DDE) starts a program by its name.
"""

from __future__ import annotations

import re

from sabaki.files.opened import Opened

_SCHEME = re.compile(r"(?i)\A[a-z][a-z0-9+.-]{1,40}:")
_LOCAL_FILE = re.compile(r"(?i)\Afile:/{0,5}(?:[a-z]:|[a-z]\||localhost/|%[a-z]+%|[^/\\]*\Z)")
_DRIVE = re.compile(r"(?i)\A[a-z]:[\\/]")
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*+)"?|\u201c([^\u201d]*+)\u201d?|(\\[a-zA-Z*#@!])|([^\s"]++)', re.DOTALL)
_FETCHING = frozenset({"INCLUDEPICTURE", "INCLUDETEXT", "INCLUDE", "IMPORT", "RD", "LINK", "DATABASE"})
_DDE_FORMULA = re.compile(
    r"(?i)(?<![\w.\]])'?([a-z][\w.\\: -]{1,64})'?\|(?:'((?:[^'\n]|''){0,500}+)'|([\w.\\/ :-]{1,500}))!"
)
_DDE_FUNCTION = re.compile(r"(?i)(?<![\w.])DDE\(")
_FETCHING_FORMULA = re.compile(
    r"(?i)(?<![\w.])(?:_xlfn\.)?(WEBSERVICE|IMPORTDATA|IMPORTXML|IMPORTHTML|IMPORTFEED|IMAGE|RTD)\("
)
_CALLING_FORMULA = re.compile(
    r"(?i)(?<![\w.])(EXEC|CALL|REGISTER|REGISTER\.ID|FOPEN|FWRITE|FWRITELN|FREAD|FILE\.DELETE|RUN|INITIATE|EXECUTE|POKE"
    r"|SEND\.KEYS|SEND\.MAIL|APP\.MAXIMIZE|ON\.TIME|VBA\.INSERT\.FILE|FORMULA(?:\.FILL|\.ARRAY)?|GET\.WORKSPACE|SET\.VALUE)\("
)
_LINKING_FORMULA = re.compile(
    r'(?i)(?<![\w.])HYPERLINK\([ \t]{0,9}"((?:[^"]|"")*+)"(?:[ \t]{0,9}[,;][ \t]{0,9}"((?:[^"]|"")*+)")?'
)
_TEXT_ADDRESS = re.compile(r"(?i)(?:https?|ftp)://[^\s\"'<>]{1,2048}")


def is_remote(target: str) -> bool:
    r"""Whether a target lies on another machine: any scheme but a local file's, `\\host\share`, `//host`."""
    target = target.strip()
    if target.startswith(("\\\\", "//")):
        return not target.startswith(("\\\\?\\", "\\\\.\\"))
    if _DRIVE.match(target) or not _SCHEME.match(target):
        return False
    return not _LOCAL_FILE.match(target) and not target.lower().startswith(("mailto:", "tel:", "urn:", "data:", "cid:"))


def loads(opened: Opened, target: str, what: str, source: str) -> None:
    """Note what the document fetches by itself, if that lies on another machine. A template is its own trait."""
    if not is_remote(target):
        return
    opened.note("remote_template" if what == "attachedTemplate" else "external_link", f"{what}: {target.strip()}")
    if not target.strip().startswith(("\\\\", "//")):
        opened.link(_unwrapped(target), source, clickable=False)
    else:
        opened.note("remote_target", target.strip())


def _unwrapped(target: str) -> str:
    """The address in `mhtml:http://host/a!x-usc:http://host/b`, which Office gives to another reader."""
    target = target.strip()
    inner = _TEXT_ADDRESS.search(target)
    return inner[0].partition("!")[0] if inner and target.lower().startswith(("mhtml:", "ms-", "mk:")) else target


def points(opened: Opened, target: str, source: str, text: str = "") -> None:
    """Note a link that a reader of the document may click."""
    target = target.strip()
    if not target or target.startswith("#"):
        return
    if target.startswith("\\\\") or (target.lower().startswith("file:") and is_remote(target)):
        opened.note("remote_target", target)
    opened.link(target, source, text)


def _tokens(instruction: str) -> list[tuple[str, bool]]:
    r"""The words of a field, each with whether it is a switch (`\l`). In a quoted word `\\` is one backslash."""
    found: list[tuple[str, bool]] = []
    for count, match in enumerate(_TOKEN.finditer(instruction)):
        if count >= 200:
            break
        quoted = match[1] if match[1] is not None else match[2]
        if quoted is not None:
            found.append((quoted.replace("\\\\", "\\").replace('\\"', '"'), False))
        elif match[3]:
            found.append((match[3], True))
        elif match[4]:
            found.append((match[4].replace("\\\\", "\\"), False))
    return found


def field(opened: Opened, instruction: str, text: str = "") -> None:
    """Note what a Word field does. `instruction` is its code without braces, `text` what it shows."""
    words = _tokens(instruction[:20_000])
    if not words:
        return
    name = words[0][0].upper()
    plain = [word for word, switch in words[1:] if not switch]
    if name in ("DDE", "DDEAUTO"):
        opened.note("dde", " ".join(instruction.split()))
        for address in _TEXT_ADDRESS.findall(instruction):
            opened.link(address, "office:dde", clickable=False)
    elif name == "HYPERLINK" and plain:
        _hyperlink(opened, words, text)
    elif name in _FETCHING:
        for target in plain[1:2] if name == "LINK" else plain[:2]:
            loads(opened, target, name, "office:field")
        if name == "LINK" and "\\a" in (word for word, switch in words if switch):
            opened.note("external_link", " ".join(instruction.split()))
    elif name == "MACROBUTTON" and plain:
        opened.note("open_action", f"MACROBUTTON {plain[0]}")


def quoted(instruction: str) -> str:
    """What a QUOTE field gives: its words, numbers as characters; "" for any other field."""
    words = _tokens(instruction[:20_000])
    if not words or words[0][0].upper() != "QUOTE":
        return ""
    plain = [word for word, switch in words[1:] if not switch]
    return "".join(chr(int(word)) if word.isdecimal() and len(word) < 5 else word for word in plain)


def _hyperlink(opened: Opened, words: list[tuple[str, bool]], text: str) -> None:
    target, fragment, before = "", "", ""
    for word, switch in words[1:]:
        if switch:
            before = word
            continue
        if before == "\\l":
            fragment = word
        elif before not in ("\\o", "\\t", "\\m") and not target:
            target = word
        before = ""
    if target:
        points(opened, f"{target}#{fragment}" if fragment and "#" not in target else target, "office:field", text)


def formula(opened: Opened, text: str, *, macro: bool = False) -> None:
    """Note what a spreadsheet's formula does: DDE, links, what it fetches; in a macro sheet, what it calls."""
    text = text[:32_768]
    if "(" not in text and "|" not in text:
        return
    if "|" in text and (match := _DDE_FORMULA.search(text)):
        opened.note("dde", f"={text.lstrip('=')}")
    if match := _DDE_FUNCTION.search(text):
        opened.note("dde", f"={text.lstrip('=')}")
    for match in _LINKING_FORMULA.finditer(text):
        points(opened, match[1].replace('""', '"'), "office:formula", (match[2] or "").replace('""', '"'))
    if match := _FETCHING_FORMULA.search(text):
        opened.note("external_link", f"={text.lstrip('=')}")
        for address in _TEXT_ADDRESS.findall(text):
            opened.link(address, "office:formula", clickable=False)
    if match := _CALLING_FORMULA.search(text):
        if macro:
            opened.note("macro_suspicious", f"={text.lstrip('=')}")
        elif match[1].upper() in ("EXEC", "CALL", "REGISTER", "REGISTER.ID"):
            opened.note("xlm_macro", f"={text.lstrip('=')}")
    if macro:
        for address in _TEXT_ADDRESS.findall(text):
            opened.link(address, "office:macro", clickable=False)
