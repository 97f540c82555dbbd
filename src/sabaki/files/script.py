"""Scripts that come as files: the language, what they start, where they lead, and what they hide."""

from __future__ import annotations

import codecs

import re2

from sabaki.files import kinds
from sabaki.files.opened import Asked, Child, Opened
from sabaki.files.unravel import Unravelled, addresses, unravel
from sabaki.mail import charsets

_LANGUAGES = {
    "js": "JScript or JavaScript", "jse": "JScript, encoded", "vbs": "VBScript", "vbe": "VBScript, encoded", "ps1": "PowerShell",
    "bat": "Windows batch", "wsf": "Windows Script File", "sct": "Windows scriptlet", "sh": "shell", "py": "Python",
    "reg": "Windows registry", "msc": "Windows management console", "xsl": "XSLT", "php": "PHP", "pl": "Perl", "rb": "Ruby",
    "lua": "Lua", "applescript": "AppleScript", "inf": "Windows setup information", "wsh": "Windows Script Host settings",
}  # fmt: skip
_STARTING = re2.compile(
    r"(?i)(?:powershell|pwsh|cmd(?:\.exe)?[\"']?\s{1,9}/[ck]|mshta|rundll32|regsvr32|wscript|cscript|certutil|bitsadmin|msiexec|"
    r"schtasks|curl|wget|wmic|forfiles|osascript|installutil|regasm|"
    r"invoke-(?:webrequest|expression|restmethod|item)|\biwr\b|\biex\b|downloadstring|downloadfile|downloaddata|start-process|"
    r"start-bitstransfer|shellexecute|\.run\b|\.exec\b|adodb\.stream|xmlhttp|urldownloadtofile|reflection\.assembly|"
    r"os\.system|subprocess\.|base64\s{1,9}-d|/dev/tcp/|createobject\(|getobject\(|activexobject|winmgmts)"
)
_REGISTRY = re2.compile(r"(?im)^\[(-?HKEY[^\]\r\n]+)\]|^(?:\"[^\"\r\n]*\"|@)=\"([^\r\n]+)\"")
_LASTING = (
    "\\run",
    "\\command",
    "image file execution",
    "\\winlogon",
    "\\policies\\",
    "\\services\\",
    "\\inprocserver32",
)
_HEX_NAMES = re2.compile(r"\b_0x[0-9a-f]{4,6}\b")
_SIGNS = (
    (re2.compile(r"(?i)\beval\s{0,9}\(\s{0,9}(?:atob|unescape|decodeuri|function\s{0,9}\(p\s{0,9},|string\.fromcharcode)"), "eval of decoded text"),
    (re2.compile(r"(?i)document\.write(?:ln)?\s{0,9}\(\s{0,9}(?:atob|unescape|decodeuri|string\.fromcharcode|\w{1,30}\s{0,9}\(\s{0,9}[\"'][!#-&(-~ ]{200})"),
     "writes a decoded page"),
    (re2.compile(r"\bFunction\s{0,9}\(\s{0,9}(?:atob|unescape|decodeURI)"), "function out of decoded text"),
    (re2.compile(r"CryptoJS\.(?:AES|TripleDES|RC4|Rabbit)|crypto\.subtle\.decrypt"), "decrypts text"),
    (re2.compile(r"(?:\[\]|!\[\]|\+\[\]|[()+!]){400}"), "written in brackets only"),
    (re2.compile(r"(?i)frombase64string|-e(?:nc|ncodedcommand)?\s{1,9}[a-z0-9+/=]{40}"), "base64"),
)  # fmt: skip
_MOST_COMMANDS = 20


def read(content: bytes, asked: Asked) -> Opened:
    """Read a script: nothing is run, text that it decodes is decoded as far as that needs no running."""
    opened = Opened()
    kind = kinds.identify(content, asked.name, asked.declared).id
    code = _decoded(content, kind, asked, opened)
    beginning = " ".join(code[:4_000].split())[:150]
    opened.note("script", f"{_LANGUAGES.get(kind, kind)}: {beginning}")
    found = look(code, opened, "script")
    if kind == "reg":
        _registry(code, opened)
    opened.text = "\n\n".join((code, *found.texts))[: asked.limits.file_text]
    return opened


def look(code: str, opened: Opened, source: str) -> Unravelled:
    """Note what code of any language starts, hides and links to. `source` goes before ":code" and ":decoded" of its links."""
    found = unravel(code)
    for how in (*found.how, *signs(code)):
        opened.note("obfuscated", how)
    for text in (code, *found.texts):
        for command in commands(text):
            if sum(trait.id == "command" for trait in opened.traits) < _MOST_COMMANDS:
                opened.note("command", command)
    seen = {link.raw for link in opened.links}
    for what, texts in (("code", (code,)), ("decoded", tuple(found.texts))):
        for text in texts:
            for raw in addresses(text):
                if raw not in seen:
                    seen.add(raw)
                    opened.link(raw, f"{source}:{what}", clickable=False)
    opened.children.extend(Child("", blob) for blob in found.blobs)
    return found


def commands(code: str) -> list[str]:
    """What code starts or loads, as it stands there: each from the telling word to the end of its line."""
    found: dict[str, None] = {}
    end = 0
    for match, _ in zip(_STARTING.finditer(code), range(2_000), strict=False):
        start = match.start()
        if start < end or len(found) >= _MOST_COMMANDS:
            continue
        lines = code[start : start + 400].splitlines()
        end = start + len(lines[0])
        if len(lines[0].strip()) > 6:
            found.setdefault(lines[0].strip()[:300])
    return list(found)


def signs(code: str) -> list[str]:
    """Signs that code was made unreadable, also where it cannot be read again without running it."""
    near = code[:1_000_000] if "#@~^" not in code else ""
    outcome = [meaning for sign, meaning in _SIGNS if sign.search(near)]
    names = {match[0] for match, _ in zip(_HEX_NAMES.finditer(near), range(2_000), strict=False)}
    if len(names) > 9:
        outcome.append("names replaced by numbers")
    return outcome


def _decoded(content: bytes, kind: str, asked: Asked, opened: Opened) -> str:
    head = content[: asked.limits.html_interpreted * 2]
    if head.startswith(codecs.BOM_UTF16_LE) and head[2:200].isascii() and b"\0" not in head[2:200]:
        # Editors take the mark for UTF-16 and show Chinese; the command interpreter reads single octets.
        opened.note("obfuscated", "a false byte order mark before single bytes")
        head = head[2:]
    if kind == "bat" or b"\0" not in head:
        return charsets.decode(head.replace(b"\0", b""), None).text
    return charsets.decode(head, None).text


def _registry(code: str, opened: Opened) -> None:
    """What a registry file makes Windows start."""
    key = ""
    for match, _ in zip(_REGISTRY.finditer(code), range(2_000), strict=False):
        if match[1]:
            key = match[1]
        elif any(place in key.lower() for place in _LASTING):
            opened.note("command", f"{key}: {match[2]}")
