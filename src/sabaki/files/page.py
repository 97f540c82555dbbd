"""Pages that come as files (HTML, XHTML, SVG, saved web archives, HTA, XML): shown, asked for, hidden, carried and sent on.

Nothing is rendered or run. What a script would write is found by undoing its decodings, and read like the page itself.
"""

from __future__ import annotations

import html as entities
import re
import zlib
from urllib.parse import unquote

import re2

from sabaki.files import kinds, script
from sabaki.files.opened import Asked, Child, Opened
from sabaki.files.unravel import from_base64
from sabaki.mail import charsets, message
from sabaki.mail import html as mail_html

_SCRIPT = re2.compile(r"(?is)<(?:\w{1,20}:)?script\b([^>]*)>(.*?)(?:</(?:\w{1,20}:)?script|\z)")
_HANDLER = re2.compile(r"(?i)[\s\"'/]on[a-z]{3,25}\s{0,9}=\s{0,9}(?:\"([^\"]{2,})\"|'([^']{2,})'|([^\s>\"']{4,}))")
_JAVASCRIPT = re2.compile(
    r"(?i)(?:\"\s{0,9}javascript:([^\"]{4,})|'\s{0,9}javascript:([^']{4,})|=javascript:([^\s>]{4,}))"
)
_DATA = re.compile(
    r"(?i)data:(?!image/(?:png|jpe?g|gif|webp|bmp|x-icon|vnd)|font/|application/(?:x-)?font)[a-z0-9.+/-]{0,100}[;,][^\s\"'>)]{8,}"
)
_LARGE = re.compile(r"(?<![A-Za-z0-9+/=_,-])[A-Za-z0-9+/]{400,}+={0,2}")
_SRCDOC = re2.compile(r"(?is)\bsrcdoc\s{0,9}=\s{0,9}(?:\"([^\"]{2,})\"|'([^']{2,})')")
_CHARSET = re.compile(rb"(?i)(?:charset|encoding)\s{0,9}=\s{0,9}[\"']?([\w.:-]{2,40})")
_LOCATION = re2.compile(
    r"(?i)\blocation(?:\.(?:href|replace|assign|hash))?\s{0,9}[=(]\s{0,9}[^;\n=\s]|\bwindow\.open\s{0,9}\(\s{0,9}[^;\n\s]"
)
_SUBMIT = re2.compile(r"(?i)\.submit\s{0,9}\(\s{0,9}\)")
_SMUGGLING = (
    (re2.compile(r"(?i)\bnew\s{1,9}(?:Blob|File)\s{0,9}\("), "Blob"),
    (re2.compile(r"(?i)createObjectURL"), "createObjectURL"),
    (re2.compile(r"(?i)msSave(?:OrOpen)?Blob"), "msSaveBlob"),
    (re2.compile(r"(?i)\.download\s{0,9}=|setAttribute\(\s{0,9}[\"']download|<a\b[^>]*\sdownload\b"), "download attribute"),
)  # fmt: skip
_FILE_NAME = re2.compile(
    r"(?i)(?:\.download\s{0,9}=|[\"']download[\"']\s{0,9},|\sdownload\s{0,9}=|filename\s{0,9}[=:])\s{0,9}[\"']([^\"'<>]+)[\"']|"
    r"[\"']([^\"'<>/\\\r\n]+\.(?:zip|rar|7z|iso|img|vhdx?|exe|msi|js|vbs|hta|lnk|docm?x?|xlsm?x?|pdf|html?|gz|one|apk))[\"']"
)
_ADDRESS = re.compile(r"[\"'=]([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})[\"'&]")
_MARKUP = re2.compile(r"(?i)<(?:form|input|script|iframe|meta|a\s|body|html|div|img|button|svg|object|embed)\b")
_STYLESHEET = re.compile(r"(?i)<\?xml-stylesheet[^>]{0,500}?href\s{0,9}=\s{0,9}[\"']([^\"']{1,2000})")
_ENTITY = re.compile(
    r"(?i)<!ENTITY[^>\[]{1,300}?(?:SYSTEM|PUBLIC\s{1,9}[\"'][^\"']{0,200}[\"'])\s{1,9}[\"']((?:https?|ftp|file|\\\\)[^\"']{1,2000})"
)
_BINARY = re.compile(
    r"(?is)<(?:\w{1,20}:)?(?:binData|binaryData|chunk|part-data)\b([^>]{0,500})>([A-Za-z0-9+/=\s]{40,})<"
)
_NAMED = re.compile(r"name\s{0,9}=\s{0,9}\"([^\"]{1,300})\"")
_DTD = ("www.w3.org", "www.apple.com/dtds", "java.sun.com", "dtd.nlm", "openoffice.org/dtd")
_LONGEST = 24_000_000


def read(content: bytes, asked: Asked) -> Opened:
    """Read a page: its text, its links, its forms, its scripts and the files that stand in it."""
    kind = kinds.identify(content, asked.name, asked.declared).id
    opened = Opened()
    if kind == "mht":
        _archive(content, asked, opened)
    else:
        _page(_decoded(content), kind, asked, opened)
    opened.text = opened.text[: asked.limits.file_text]
    return opened


def _decoded(content: bytes, declared: str | None = None) -> str:
    head = content[:_LONGEST]
    label = _CHARSET.search(head, 0, 4_096)
    if declared is None and label and b"\0" not in head[:100]:
        declared = label[1].decode("ascii", "replace")
    return charsets.decode(head, declared).text


def _archive(content: bytes, asked: Asked, opened: Opened) -> None:
    """A saved web page (RFC 2557): the pages in it are read, everything else in it is a file of its own."""
    mail = message.read(content, asked.budget)
    origin = mail.first("snapshot-content-location")
    if origin:
        opened.link(origin.value, "page:saved_from", clickable=False)
    subject = mail.first("subject")
    opened.title = subject.value if subject else ""
    for part in mail.parts:
        octets = mail.contents.get(part.path)
        if not octets:
            continue
        if part.content_type in ("text/html", "application/xhtml+xml") and part.disposition != "attachment":
            _page(_decoded(octets, part.parameters.get("charset")), "html", asked, opened)
            continue
        location = next((field.value for field in part.fields if field.key == "content-location"), "")
        name = part.filename or unquote(location.replace("\\", "/").rstrip("/").rpartition("/")[2].partition("?")[0])
        opened.children.append(Child(name, _inflated(octets), declared=part.content_type))
        if octets.startswith(b"ActiveMime"):
            opened.note("macro", f"ActiveMime: {name}")


def _inflated(octets: bytes) -> bytes:
    """Macros beside a document saved as a page are a compound file, packed (ActiveMime)."""
    if not octets.startswith(b"ActiveMime"):
        return octets
    start = octets.find(b"\x78", 20, 80)
    try:
        return zlib.decompressobj().decompress(octets[max(start, 0) :], 20_000_000) or octets
    except zlib.error:
        return octets


def _page(text: str, kind: str, asked: Asked, opened: Opened) -> None:
    read = mail_html.read(text, asked.budget, asked.name[:100])
    _take(read, opened, "page")
    opened.title = opened.title or read.title
    opened.text = "\n".join(filter(None, (opened.text, read.text)))
    code, language = _code(text)
    if code or read.has_script:
        beginning = " ".join(code[:2_000].split())[:150]
        opened.note("script", f"{language}: {beginning}" if code else language)
    if kind == "hta":
        opened.note("command", "runs as a program (HTA)")
    carried = "\n".join(match[0] for match, _ in zip(_DATA.finditer(text), range(60), strict=False))
    # A string that a script unpacks may stand in the page's own elements.
    large = "\n".join(match[0] for match, _ in zip(_LARGE.finditer(_without_pictures(text)), range(20), strict=False))
    before = len(opened.children)
    everything = "\n".join(filter(None, (code, carried, large if code else "")))
    found = script.look(everything, opened, "page") if everything else None
    texts = (code, *(found.texts if found else ()))
    _sent_on(texts, opened)
    _smuggled(text, texts, opened, before)
    for layer in (*(found.texts if found else ()), *_framed(text)):
        if _MARKUP.search(layer):
            _written(layer, asked, opened)
    _addressed(texts, opened)
    if kind in ("xml", "xhtml", "svg"):
        _xml(text, opened)


def _without_pictures(text: str) -> str:
    return (
        re.sub(r"(?i)data:image/[a-z.+-]{1,20};base64,[A-Za-z0-9+/=]{1,}+", "", text) if "data:image" in text else text
    )


def _take(read: mail_html.Html, opened: Opened, source: str) -> None:
    """Links and forms of one piece of markup."""
    seen = {(link.raw, link.source) for link in opened.links}
    for link in read.links:
        where = link.source.replace("html:", f"{source}:")
        if (link.raw, where) in seen:
            continue
        seen.add((link.raw, where))
        opened.link(link.raw, where, link.text, clickable=link.clickable)
        if link.source == "html:meta":
            opened.note("redirect", link.raw)
    if read.forms:
        action = next((link.raw for link in read.links if link.source == "html:form"), "")
        opened.note("form", action or ", ".join(read.forms))
    if "password" in read.forms:
        opened.note("password_form", next((link.raw for link in read.links if link.source == "html:form"), ""))


def _code(text: str) -> tuple[str, str]:
    """The scripts of a page, handlers and javascript: addresses included, and the language of the first."""
    pieces: list[str] = []
    language = ""
    for match, _ in zip(_SCRIPT.finditer(text), range(500), strict=False):
        about = match[1].lower()
        if "json" in about or "importmap" in about or not match[2].strip():
            continue
        pieces.append(match[2].replace("<![CDATA[", "").replace("]]>", ""))
        language = language or ("VBScript" if "vbs" in about else "JavaScript")
    if "on" in text or "ON" in text:
        for match, _ in zip(_HANDLER.finditer(text), range(500), strict=False):
            pieces.append(entities.unescape(match[1] or match[2] or match[3]))
    pieces += [
        entities.unescape(unquote(match[1] or match[2] or match[3]))
        for match, _ in zip(_JAVASCRIPT.finditer(text), range(200), strict=False)
        if "void(0" not in match[0][:40]
    ]
    return "\n".join(pieces), language or "JavaScript"


def _framed(text: str) -> list[str]:
    """Pages that stand in an attribute of another (srcdoc)."""
    return [
        entities.unescape(match[1] or match[2]) for match, _ in zip(_SRCDOC.finditer(text), range(20), strict=False)
    ]


def _sent_on(texts: tuple[str, ...], opened: Opened) -> None:
    """Where scripts lead the reader by themselves."""
    for text in texts:
        for match, _ in zip(_LOCATION.finditer(text), range(50), strict=False):
            start = match.end() - 1
            target = re.split(r"[;\n]", text[start : start + 2_000], maxsplit=1)[0].strip().rstrip(");} \t")
            quoted = re.match(r"[\"'`]([^\"'`]{1,2000})", target)
            raw = quoted[1] if quoted else target[:200]
            opened.note("redirect", raw)
            if quoted and "://" in raw:
                opened.link(raw, "page:redirect")
        if submit := _SUBMIT.search(text):
            before = re.split(r"[\s;{}]", text[max(0, submit.start() - 80) : submit.start()])[-1]
            opened.note("redirect", f"a form sends itself: {before}{submit[0]}")


def _smuggled(text: str, texts: tuple[str, ...], opened: Opened, before: int) -> None:
    """A file put together by the page itself, so that no gateway sees it pass."""
    whole = "\n".join((text[:2_000_000], *texts[1:]))
    code = "\n".join(texts)
    ways = [way for sign, way in _SMUGGLING if sign.search(code)]
    names = [(match[1] or match[2])[-200:] for match, _ in zip(_FILE_NAME.finditer(whole), range(20), strict=False)]
    carried = opened.children[before:]
    dangerous = [
        child
        for child in carried
        if child.content and kinds.identify(child.content).family not in ("picture", "page", "mail")
    ]
    if dangerous or "msSaveBlob" in ways or ("Blob" in ways and len(ways) > 1):
        held = ", ".join(kinds.identify(child.content or b"").id for child in dangerous)
        detail = "; ".join(
            filter(None, (", ".join(ways) or "in its code", held and f"holds {held}", ", ".join(names[:3])))
        )
        opened.note("smuggling", detail)
    for number, child in enumerate(carried):
        fitting = [name for name in names if kinds.claimed(name) == kinds.identify(child.content or b"").id] or names[
            :1
        ]
        if fitting:
            opened.children[before + number] = Child(fitting[0], child.content, declared=child.declared)


def _written(layer: str, asked: Asked, opened: Opened) -> None:
    """A page that a script writes, or that stands in a frame: read like the page itself."""
    if len(opened.markup) >= 20:
        return
    opened.markup.append(layer[: asked.limits.html_interpreted])
    read = mail_html.read(layer, asked.budget, asked.name[:100])
    _take(read, opened, "page:decoded")
    opened.text = "\n".join(filter(None, (opened.text, read.text)))
    for inner in _framed(layer)[:5]:
        _take(mail_html.read(inner, asked.budget, asked.name[:100]), opened, "page:decoded")


def _addressed(texts: tuple[str, ...], opened: Opened) -> None:
    """Mail addresses in the scripts: kits carry the victim's."""
    addresses = dict.fromkeys(
        match[1] for text in texts for match, _ in zip(_ADDRESS.finditer(text), range(20), strict=False)
    )
    if addresses:
        opened.text += "\n" + "\n".join(addresses)


def _xml(text: str, opened: Opened) -> None:
    """What XML brings besides: stylesheets, entities from elsewhere, files, macros of Word's own XML."""
    for match, _ in zip(_STYLESHEET.finditer(text), range(20), strict=False):
        opened.link(match[1], "page:stylesheet", clickable=False)
        if "://" in match[1] or match[1].startswith("\\\\"):
            opened.note("external_link", match[1])
    for match, _ in zip(_ENTITY.finditer(text[:100_000]), range(20), strict=False):
        if not any(known in match[1] for known in _DTD):
            opened.note("external_link", match[1])
            opened.link(match[1], "page:entity", clickable=False)
    if 'macrosPresent="yes"' in text[:20_000]:
        opened.note("macro", "Word XML with macros")
    for match, _ in zip(_BINARY.finditer(text), range(50), strict=False):
        name = _NAMED.search(match[1])
        octets = _inflated(from_base64(match[2]))
        if octets:
            opened.children.append(Child(name[1] if name else "", octets))
