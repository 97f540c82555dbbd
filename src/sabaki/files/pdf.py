"""PDF (ISO 32000-2): text, links and what lies under them, codes on its pages, actions, forms and attachments.

Two readings are put together: PDFium's, which sees what a viewer shows, and one of the raw objects (`pdfraw`,
`pdfaction`), which sees what is there. No script is run.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import math

import msgspec
import pypdfium2
import pypdfium2.raw as pdfium

from sabaki.files import codes, kinds, pdfaction
from sabaki.files.opened import Asked, Child, Opened
from sabaki.files.pdfraw import Table
from sabaki.model.finding import State

_RENDERED_PAGES = 10
_RENDERED_PIXELS = 2_500_000
_SCALE = 2.0
"""Pixels for a point: 144 to the inch, where a code of 15 mm has still three pixels a module."""
_MOST_OBJECTS = 2_000
_MOST_TO_DRAW = 10_000
"""Objects on a page that is rendered: each may fill the whole page, which takes 40 microseconds."""
_DRAWN = 60
"""So many painted paths on a page may be the modules of a code."""
_MOST_XREFS = 3_000
"""PDFium's time grows with their square: 100,000 take minutes."""
_MOST_LINKS = 300
_MOST_UNDER = 60
_BLOCKS = "\u2580\u2584\u2588\u25a0\u25a1\u2591\u2593"
_REMOVE_SECURITY = 3
_BEHIND = frozenset("program script shortcut archive disk document page mail".split())


class _Box(msgspec.Struct, frozen=True):
    """A rectangle on a page, in points."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def area(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.top - self.bottom)

    def common(self, other: _Box) -> float:
        """The area that both cover."""
        inner = _Box(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            min(self.right, other.right),
            min(self.top, other.top),
        )
        return inner.area if inner.left < inner.right and inner.bottom < inner.top else 0.0


def read(content: bytes, asked: Asked) -> Opened:
    """Read a PDF. What PDFium cannot open (damage, a password that we do not have) is read by its raw objects."""
    opened = Opened()
    source, encrypted = content, False
    # PDFium dies of streams that unpack to too much: the raw objects come first, where they can be read without it.
    objects_first = b"/Encrypt" not in content
    if objects_first:
        _objects(content, asked, opened, encrypted=False)
        asked.tell(opened)
        if any(trait.id == "bomb" for trait in opened.traits):
            _around(content, opened)
            return _not_rendered(opened)
    raw_links, opened.links = opened.links, []
    try:
        document = _open(content, asked, opened)
        if document is not None:
            with document:
                encrypted = pdfium.FPDF_GetSecurityHandlerRevision(document) >= 0
                _pages(document, asked, opened)
                source = _decrypted(document) if encrypted else content
    except Exception as error:  # noqa: BLE001  # PDFium's wrapper raises anything on hostile bytes
        opened.note("damaged", f"{type(error).__name__}: {error}")
    locked_out = opened.locked and not opened.password
    known = {link.raw for link in opened.links}
    opened.links.extend(link for link in raw_links if link.raw not in known)
    if not objects_first:
        _objects(source, asked, opened, encrypted=locked_out or (encrypted and source is content))
    elif opened.text:
        opened.state, opened.reason, opened.reason_ja = State.RAN, "", ""
    _around(content, opened)
    if locked_out:
        opened.state = State.SKIPPED
        opened.reason = "locked with a password: only its outer structure was read"
        opened.reason_ja = "パスワードで保護されているため、外側の構造しか読めません"
    return opened


def _not_rendered(opened: Opened) -> Opened:
    opened.state = State.SKIPPED
    opened.reason = "it unpacks to absurdly much: only its objects were read, not its pages"
    opened.reason_ja = "異常な大きさに膨らむため、ページは描画せず、内部の構造だけを読みました"
    return opened


def _open(content: bytes, asked: Asked, opened: Opened) -> pypdfium2.PdfDocument | None:
    """The document, with the first password that opens it; None, and why is noted, where none does."""
    if content.count(b"/XRef") > _MOST_XREFS:
        opened.note("damaged", "more cross-reference streams than a viewer gets through")
        return None
    for password in (None, *asked.passwords[: asked.limits.passwords]):
        try:
            document = pypdfium2.PdfDocument(content, password=password)
        except pypdfium2.PdfiumError as error:
            if error.err_code not in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
                opened.note("damaged", str(error))
                return None
            opened.locked = True
            continue
        opened.password = password or ""
        return document
    return None


def _pages(document: pypdfium2.PdfDocument, asked: Asked, opened: Opened) -> None:
    opened.title = document.get_metadata_value("Title").strip("\x00 \r\n\t")
    texts: list[str] = []
    room = asked.limits.file_text
    broken = 0
    for number in range(len(document)):
        if not asked.budget.spend("pages", where=asked.name):
            break
        try:
            page = document[number]
        except pypdfium2.PdfiumError:
            broken += 1
            continue
        with contextlib.closing(page):
            text = _page(document, page, number, room, asked, opened)
        texts.append(text)
        room -= len(text) + 1
        if room <= 0:
            asked.budget.note("file_text", asked.name)
            break
    if broken:
        opened.note("damaged", f"{broken} pages cannot be read")
    opened.text = "\n".join(texts)


def _page(
    document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, number: int, room: int, asked: Asked, opened: Opened
) -> str:
    """Read one page: its links first, with the text and the pictures under them; then look for codes."""
    with contextlib.closing(page.get_textpage()) as textpage:
        count = max(0, min(textpage.count_chars(), room))
        text = textpage.get_text_range(0, count).replace("\r\n", "\n") if count else ""
        pictures, drawn = _painted(page)
        _links(document, page, textpage, pictures, opened)
    if number < _RENDERED_PAGES and (pictures or drawn or any(block in text for block in _BLOCKS)):
        _codes(page, asked, opened)
    return str(text)


def _painted(page: pypdfium2.PdfPage) -> tuple[list[_Box], bool]:
    """Where the page's pictures are, and whether it is painted enough otherwise that a code may be drawn on it."""
    pictures: list[_Box] = []
    paths, drawn = 0, False
    sides = [ctypes.c_float() for _ in range(4)]
    for index in range(min(pdfium.FPDFPage_CountObjects(page), _MOST_OBJECTS)):
        item = pdfium.FPDFPage_GetObject(page, index)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            if pdfium.FPDFPageObj_GetBounds(item, *sides):
                pictures.append(_Box(*(side.value for side in sides)))
        elif kind in (pdfium.FPDF_PAGEOBJ_FORM, pdfium.FPDF_PAGEOBJ_SHADING):
            drawn = True
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            # One path may hold all modules of a code, as many as there are segments.
            paths += 1 + pdfium.FPDFPath_CountSegments(item) // 5
    return pictures, drawn or paths >= _DRAWN


def _links(
    document: pypdfium2.PdfDocument,
    page: pypdfium2.PdfPage,
    textpage: pypdfium2.PdfTextPage,
    pictures: list[_Box],
    opened: Opened,
) -> None:
    """The link annotations (12.5.6.5), each with the text that a person sees under it."""
    whole = _Box(*page.get_bbox())
    position, link = ctypes.c_int(0), pdfium.FPDF_LINK()
    for count in range(_MOST_LINKS):
        if not pdfium.FPDFLink_Enumerate(page, position, link):
            return
        target = _target(document, link)
        rectangle = pdfium.FS_RECTF()
        if not target or not pdfium.FPDFLink_GetAnnotRect(link, rectangle):
            continue
        box = _Box(
            min(rectangle.left, rectangle.right),
            min(rectangle.bottom, rectangle.top),
            max(rectangle.left, rectangle.right),
            max(rectangle.bottom, rectangle.top),
        )
        under = ""
        if count < _MOST_UNDER and all(map(math.isfinite, (box.left, box.bottom, box.right, box.top))):
            under = textpage.get_text_bounded(box.left, box.bottom, box.right, box.top)
        opened.link(target, "pdf:link", " ".join(under[:2_000].split()))
        if "://" in target and _is_page_link(box, whole, pictures):
            opened.note("page_link", target)


def _target(document: pypdfium2.PdfDocument, link: pdfium.FPDF_LINK) -> str:
    action = pdfium.FPDFLink_GetAction(link)
    if not action or pdfium.FPDFAction_GetType(action) != pdfium.PDFACTION_URI:
        return ""
    size = pdfium.FPDFAction_GetURIPath(document, action, None, 0)
    if not 1 < size <= 65_536:
        return ""
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFAction_GetURIPath(document, action, buffer, size)
    return buffer.raw[: size - 1].decode("utf-8", "replace").strip("\x00\r\n\t ")


def _is_page_link(box: _Box, whole: _Box, pictures: list[_Box]) -> bool:
    """Whether a click nearly anywhere follows it: it covers half the page, or a picture that is more than an ornament."""
    if whole.area <= 0:
        return False
    if box.common(whole) > 0.5 * whole.area:
        return True
    return any(
        picture.area > 0.05 * whole.area and box.common(picture) > 0.8 * picture.area for picture in pictures[:100]
    )


def _codes(page: pypdfium2.PdfPage, asked: Asked, opened: Opened) -> None:
    """Draw the page in grey and look for codes on it."""
    width, height = page.get_size()
    if pdfium.FPDFPage_CountObjects(page) > _MOST_TO_DRAW:
        return
    if not (0 < width < 1e6 and 0 < height < 1e6) or not asked.budget.spend("pictures", where=asked.name):
        return
    scale = min(_SCALE, math.sqrt(min(_RENDERED_PIXELS, asked.limits.pixels) / (width * height)))
    if min(width, height) * scale < codes.SMALLEST:
        return
    bitmap = page.render(scale=scale, grayscale=True, limit_image_cache=True, may_draw_forms=False)
    try:
        for payload in codes.find(bitmap.to_pil()):
            codes.report(payload, opened)
    finally:
        bitmap.close()


def _decrypted(document: pypdfium2.PdfDocument) -> bytes:
    """A copy without encryption, to read the raw objects of."""
    copy = io.BytesIO()
    document.save(copy, flags=_REMOVE_SECURITY)
    return copy.getvalue()


def _objects(source: bytes, asked: Asked, opened: Opened, *, encrypted: bool) -> None:
    table = Table(source, asked, encrypted=encrypted)
    found = pdfaction.inspect(table, opened)
    if not encrypted:
        known = {link.raw for link in opened.links}
        for uri in found.uris:
            if uri not in known:
                opened.link(uri, "pdf:link")
        for uri in found.older:
            if uri not in known and uri not in found.uris:
                opened.link(uri, "pdf:link", clickable=False)
        opened.children.extend(pdfaction.attachments(found))
    for trait, detail in table.problems[:10]:
        opened.note(trait, detail)
    if not table.current and not opened.text:
        opened.state = State.PERMERROR
        opened.reason = "no object of a PDF was found in it"
        opened.reason_ja = "PDFとして読める内容が見つかりませんでした"


def _around(content: bytes, opened: Opened) -> None:
    """What stands before the header and behind the last end mark, where it is a file of its own."""
    start = content.find(b"%PDF-", 0, 2_000)
    if start > 3 and (kind := _kind(content[:start])):
        opened.note("polyglot", kind)
    end = content.rfind(b"%%EOF")
    rest = content[end + 5 :].lstrip(b"\x00\r\n\t ") if end >= 0 else b""
    if len(rest) > 20 and (kind := _kind(rest)):
        opened.note("polyglot", kind)
        opened.children.append(Child(f"after-the-document.{kind}", rest))


def _kind(content: bytes) -> str:
    kind = kinds.identify(content)
    return kind.id if kind.family in _BEHIND and kind.how in ("magic", "text") else ""
