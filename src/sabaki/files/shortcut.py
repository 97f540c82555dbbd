"""Files that only point elsewhere or start something: shortcuts of Windows, macOS and Linux, and their many relatives."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from sabaki.files import kinds, shelllink
from sabaki.files.opened import Asked, Child, Opened
from sabaki.files.unravel import addresses, unravel
from sabaki.mail import charsets

_SPACES = re.compile(r"[\s\0\u00a0\u3000]{1,100000}")
_PADDING = re.compile(r"[\s\0\u00a0\u3000]{30,}")
_UNC = re.compile(r"(?<![\w:\\])\\\\([\w.@%\-\[\]:]{1,255})(\\[^\s\"'|<>*?,]{0,1000})?")
_FILE_URL = re.compile(r"(?i)file:(?://){1,3}(?!/?[a-z]:)([\w.@%-]{1,255})(/[^\s\"'<>]{0,1000})?")
_INTERPRETERS = frozenset(
    "cmd powershell pwsh wscript cscript mshta rundll32 regsvr32 msiexec certutil bitsadmin curl wmic forfiles ftp "
    "schtasks conhost explorer finger hh msbuild installutil regasm control pcalua scriptrunner ssh sftp scp python tar "
    "findstr msedge chrome odbcconf dllhost wt".split()
)
_BASIC = (
    "shell32.dll",
    "imageres.dll",
    "zipfldr.dll",
    "wordicon.exe",
    "xlicons.exe",
    "pptico.exe",
    "pdffile",
    "moricons.dll",
)
_DOCUMENTS = frozenset("document picture archive page mail text media calendar".split())
_LIKE_DOCUMENTS = (
    "pdf", "folder", "document", "wordicon", "xlicons", "pptico", "winword", "excel", "powerpnt", "acrord32", "acrobat", "foxit", "msedge", "chrome", "firefox", "notepad", "wordpad",
    "sumatrapdf", "outlook", "onenote", "mspaint",
)  # fmt: skip
_DOCUMENT_ICONS = ("pdf", "office-document", "office-spreadsheet", "x-office", "image-", "text-", "folder", "document")
_LINE = re.compile(r"(?m)^[ \t]{0,20}([\w .\\-]{1,80}?)[ \t]{0,20}=[ \t]{0,20}([^\r\n]{0,8192})")
_RDP_LINE = re.compile(r"(?m)^[ \t]{0,20}([\w ]{1,60}):([sib]):([^\r\n]{0,8192})")
_XML_VALUE = re.compile(r">([^<>]{3,8192})<|[\w:]{1,60}\s{0,9}=\s{0,9}\"([^\"<>]{3,8192})\"")
_DEEP_LINK = re.compile(r"(?i)<(?:deeplink|command|exec)>([^<]{1,8192})<")
_PLIST = re.compile(r"<key>([^<]{1,100})</key>\s{0,40}<string>([^<]{1,4000})</string>")
_SYLK = re.compile(r"(?m)^C;[^\r\n]{0,400}?;E([^\r\n]{1,4000})")


def read(content: bytes, asked: Asked) -> Opened:
    """Read a shortcut of any kind; which one its content and its name tell."""
    kind = kinds.identify(content, asked.name, asked.declared).id
    opened = Opened()
    if kind == "lnk":
        _shell_link(content, opened)
        return opened
    if kind == "mobileconfig":
        # The list stands in the middle of its signature.
        content = content[max(0, content.find(b"<?xml")) : content.rfind(b"</plist>") % (len(content) + 1) + 8]
    declared = "utf-8" if kind == "mobileconfig" else None
    text = charsets.decode(content[: asked.limits.html_interpreted], declared).text
    if kind in ("url", "desktop", "scf", "theme"):
        _ini(text, kind, opened)
    elif kind == "rdp":
        _remote_desktop(text, opened)
    elif kind in ("iqy", "slk"):
        _sheet(text, kind, opened)
    elif kind == "webloc" and content[:6] == b"bplist":
        _binary_list(content, opened)
    else:
        _markup(text, kind, opened)
    opened.text = opened.text or text[: asked.limits.file_text]
    return opened


def remote(path: str) -> str:
    """The address of what a UNC or WebDAV path names; "" for a path on the computer itself."""
    path = path.strip().strip("\"'")
    match = _UNC.match(path) or _FILE_URL.match(path)
    if not match or match[1].lower() in ("localhost", "127.0.0.1", ".", "?", "%computername%"):
        return ""
    host, rest = match[1], (match[2] or "").replace("\\", "/")
    name, at, port = host.partition("@")
    if at or rest.lower().startswith("/davwwwroot"):
        secure = "ssl" in port.lower()
        number = re.sub(r"(?i)ssl|@", "", port)
        return f"{'https' if secure else 'http'}://{name}{':' + number if number.isdigit() else ''}{_without_dav(rest)}"
    return f"file://{host}{rest}"


def _without_dav(path: str) -> str:
    return path[11:] if path.lower().startswith("/davwwwroot") else path


def _shell_link(content: bytes, opened: Opened) -> None:
    link = shelllink.parse(content)
    if link.damaged:
        opened.note("damaged", link.damaged)
    target = link.target
    _command(target, link.arguments, opened)
    for path in dict.fromkeys((link.listed, link.local, link.network, link.environment, link.relative, link.working)):
        _remote_path(path, "lnk:target", opened)
    if link.icon:
        _remote_path(link.icon, "lnk:icon", opened, clickable=False)
        _icon(link.icon, link.icon_index, target, opened)
    for address in dict.fromkeys(link.addresses):
        opened.link(address, "lnk:target")
    opened.title = link.name
    said = (
        ("", link.name), ("target", target), ("arguments", _short(link.arguments)), ("working directory", link.working),
        ("icon", link.icon), ("made on", link.machine), ("window", "minimised" if link.window == 7 else ""),
    )  # fmt: skip
    opened.text = "\n".join(f"{label}: {value}" if label else value for label, value in said if value)
    others = {path for path in (link.local, link.environment) if path and _stem(path) != _stem(target)}
    opened.text += "".join(f"\nother target: {path}" for path in sorted(others))
    if link.end is not None:
        _appended(content[link.end :], opened)


def _command(target: str, arguments: str, opened: Opened) -> None:
    """Note what is run. Arguments behind so many spaces that a person does not see them are hidden."""
    line = _short(f"{target} {arguments}" if arguments else target)
    if not line:
        return
    opened.note("command", line)
    padding = sum(len(match[0]) for match in _PADDING.finditer(arguments))
    if padding:
        opened.note("obfuscated", f"arguments behind {padding} blanks")
    elif len(arguments) > 259:
        opened.note("obfuscated", f"{len(arguments)} characters of arguments: the dialogue shows 259")
    _code(_short(arguments), "lnk:arguments", opened)


def _code(line: str, source: str, opened: Opened) -> None:
    """Links in a command, also where it hides them."""
    unravelled = unravel(line)
    for how in unravelled.how:
        opened.note("obfuscated", how)
    known = {link.raw for link in opened.links}
    for text in (line, *unravelled.texts):
        for raw in addresses(text):
            if raw not in known:
                known.add(raw)
                opened.link(raw, source)
        for match in _UNC.finditer(text):
            _remote_path(match[0], source, opened)
    opened.children.extend(Child("", blob) for blob in unravelled.blobs)


def _short(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _stem(path: str) -> str:
    name = path.replace("/", "\\").rpartition("\\")[2].lower().strip("\" '")
    return name.removesuffix(".exe")


def _remote_path(path: str, source: str, opened: Opened, *, clickable: bool = True) -> None:
    address = remote(path)
    if address:
        opened.note("remote_target", path.strip()[:400])
        opened.link(address, source, clickable=clickable)


def _icon(icon: str, index: int, target: str, opened: Opened) -> None:
    """A shortcut that starts an interpreter and looks like a document."""
    stem, starts = _stem(icon), _stem(target)
    if stem == starts or not target:
        return
    claimed = kinds.claimed(icon)
    as_document = (
        any(name in stem for name in _LIKE_DOCUMENTS)
        if claimed in ("ico", "dll", "exe")
        else kinds.family_of(claimed) in _DOCUMENTS
    )
    runs = starts in _INTERPRETERS or remote(target) or kinds.family_of(kinds.claimed(target)) in ("program", "script")
    # A document's icon on anything that runs; one of Windows' own pictures only on what attackers start.
    own = stem in _BASIC and (starts in _INTERPRETERS or remote(target))
    if (runs and as_document) or own:
        opened.note("icon_disguise", f"{icon},{index}")


def _appended(rest: bytes, opened: Opened) -> None:
    """What hangs on the end of a shortcut: filler that makes it too large to be scanned, or the files that it drops."""
    if len(rest) < 16:
        return
    bare = rest.strip(b"\0 \r\n\t")
    sample = bare[:4_096]
    if len(bare) * 20 < len(rest) or (len(set(sample)) < 4 and len(bare) > 4_096):
        opened.note("absurd_padding", f"{len(rest)} bytes")
    if len(bare) > 16 and len(set(sample)) >= 4:
        opened.note("embedded_file", f"{len(rest)} bytes after the shortcut's end")
        opened.children.append(Child("", rest))


def _ini(text: str, kind: str, opened: Opened) -> None:
    """Internet shortcuts, desktop entries, Explorer commands and themes: keys and values, line by line."""
    values = [
        (match[1].strip().lower(), match[2].strip()) for match, _ in zip(_LINE.finditer(text), range(500), strict=False)
    ]
    icon, target = "", ""
    for key, value in values:
        name = key.rpartition(".")[2]
        if key in ("url", "baseurl", "origurl", "url[$e]") and value:
            target = target or value
            opened.link(value, f"{kind}:target")
            _address(value, opened)
        elif (
            key in ("exec", "tryexec", "command", "scrnsave.exe") and value and not (kind == "scf" and value.isdigit())
        ):
            target = target or value
            opened.note("command", _short(value))
            _code(value, f"{kind}:command", opened)
        elif name in ("iconfile", "icon", "iconresource", "iconurl"):
            icon = value
            _remote_path(value, f"{kind}:icon", opened, clickable=False)
            if value.lower().startswith(("http:", "https:")):
                opened.link(value, f"{kind}:icon", clickable=False)
        elif key in ("name", "displayname"):
            opened.title = opened.title or value
        else:
            _remote_path(value.rpartition(",")[0] or value, f"{kind}:{key}"[:60], opened, clickable=False)
    if icon and _is_document_icon(icon, kind):
        opened.note("icon_disguise", icon)


def _is_document_icon(icon: str, kind: str) -> bool:
    if kind == "desktop":
        return any(word in icon.lower() for word in _DOCUMENT_ICONS)
    stem = _stem(icon)
    claimed = kinds.claimed(icon)
    own = (
        any(name in stem for name in ("msedge", "chrome", "firefox", "iexplore", "favicon", "url.dll"))
        or claimed == "ico"
    )
    return not own and (
        kinds.family_of(claimed) in _DOCUMENTS or any(name in stem for name in _LIKE_DOCUMENTS) or stem in _BASIC
    )


def _address(value: str, opened: Opened) -> None:
    """The target of an internet shortcut: a share, a program on the computer, or a scheme that starts one."""
    if remote(value):
        opened.note("remote_target", value[:400])
        return
    scheme = value[:40].partition(":")[0].lower()
    if scheme not in ("http", "https", "ftp", "mailto"):
        opened.note("command", _short(value))


def _remote_desktop(text: str, opened: Opened) -> None:
    """A remote desktop file: whose computer it connects to, and what of this one it hands over."""
    values = {match[1].strip().lower(): match[3].strip() for match in _RDP_LINE.finditer(text)}
    handed = [
        what
        for key, what in (("drivestoredirect", "drives"), ("redirectclipboard", "clipboard"), ("redirectsmartcards", "smart cards"),
                          ("redirectprinters", "printers"), ("redirectwebauthn", "passkeys"), ("devicestoredirect", "devices"))
        if values.get(key, "0") not in ("0", "")
    ]  # fmt: skip
    for key in ("full address", "alternate full address", "gatewayhostname"):
        if address := values.get(key, ""):
            opened.note("remote_target", f"{address} ({', '.join(handed)} handed over)" if handed else address)
            opened.link(address if "://" in address else f"rdp://{address}", "rdp:address")
    for key in ("remoteapplicationprogram", "alternate shell", "remoteapplicationcmdline"):
        if value := values.get(key, ""):
            opened.note("command", _short(value))
    opened.title = values.get("remoteapplicationname", "")
    opened.text = text[:20_000]


def _sheet(text: str, kind: str, opened: Opened) -> None:
    """Web queries (IQY) that a spreadsheet loads by itself, and symbolic links (SYLK) with formulas that run."""
    if kind == "iqy":
        for line in text.splitlines()[:50]:
            if line.strip().lower().startswith(("http:", "https:", "ftp:", "file:", "\\\\")):
                opened.note("external_link", line.strip())
                opened.link(remote(line) or line.strip(), "iqy:query", clickable=False)
        return
    for match, _ in zip(_SYLK.finditer(text), range(500), strict=False):
        formula = match[1]
        lowered = formula.lower()
        if "|" in formula and ("cmd" in lowered or "powershell" in lowered or "'!" in formula):
            opened.note("dde", formula)
        elif lowered.startswith(("exec(", "call(", "register(", "formula(", "run(")):
            opened.note("xlm_macro", formula)
        _code(formula, "slk:formula", opened)
    if "nn;nauto_open" in text.lower():
        opened.note("macro_autorun", "Auto_Open")


def _binary_list(content: bytes, opened: Opened) -> None:
    """A binary property list: its strings with an address, each by the length that stands before it."""
    for match in re.finditer(rb"(?:https?|ftp|file|smb|afp|vnc|cifs)://", content[:1_000_000]):
        at = match.start()
        length = 2_000
        if content[at - 3 : at - 1] == b"\x5f\x10":
            length = content[at - 1]
        elif content[at - 4 : at - 2] == b"\x5f\x11":
            length = int.from_bytes(content[at - 2 : at], "big")
        elif 0x50 <= content[at - 1] < 0x5F:
            length = content[at - 1] & 15
        said = content[at : at + length].decode("latin-1")
        raw = re.split(r"[^\x21-\x7e]", said, maxsplit=1)[0]
        opened.link(raw, "webloc:target")
        if raw.startswith(("smb:", "afp:", "vnc:", "cifs:", "file://")) and not raw.startswith("file:///"):
            opened.note("remote_target", raw)
        opened.text += raw + "\n"


def _markup(text: str, kind: str, opened: Opened) -> None:
    """Shortcuts written in XML, and ClickOnce references: every value that is an address, a share or a command."""
    for match in _DEEP_LINK.finditer(text[:200_000]):
        command = _short(html.unescape(match[1]))
        opened.note("command", command)
        _code(command, f"{kind}:command", opened)
    if kind == "mobileconfig":
        _profile(text, opened)
    for value in _values(text) if "<" in text else iter((text.partition("#")[0],)):
        if value.lower().startswith(("http:", "https:", "ftp:", "smb:", "afp:", "vnc:")):
            if "schemas.microsoft.com" in value or "www.w3.org" in value or "www.apple.com/dtds" in value.lower():
                continue
            opened.link(value, f"{kind}:target")
            if kind in ("appref-ms", "application", "jnlp", "appinstaller"):
                opened.note("command", f"installs and starts {value}")
            elif kind == "webloc" and value[:4].lower() in ("smb:", "afp:", "vnc:"):
                opened.note("remote_target", value)
        else:
            _remote_path(value, f"{kind}:target", opened)


def _profile(text: str, opened: Opened) -> None:
    """An Apple configuration profile, signed or not: what it sets up, and whose servers it makes the device use."""
    values = [
        (match[1], html.unescape(match[2])) for match, _ in zip(_PLIST.finditer(text), range(2_000), strict=False)
    ]
    kinds_of = dict.fromkeys(value for key, value in values if key == "PayloadType" and value != "Configuration")
    opened.note("command", f"installs a configuration profile: {', '.join(kinds_of)}")
    for key, value in values:
        if key.endswith(("HostName", "ServerURL", "RemoteAddress", "CheckInURL")) or key == "Host":
            opened.note("remote_target", f"{key}: {value}")
        elif key == "PayloadDisplayName":
            opened.title = value


def _values(text: str) -> Iterator[str]:
    for match, _ in zip(_XML_VALUE.finditer(text), range(5_000), strict=False):
        value = html.unescape(match[1] or match[2]).strip()
        if ":" in value or value.startswith("\\\\"):
            yield value
