"""One pass over a parsed HTML tree: what is shown, what is hidden, the links, the forms."""

from __future__ import annotations

import msgspec
from selectolax.lexbor import LexborNode

from sabaki.mail import css
from sabaki.mail.css import Colour
from sabaki.mail.htmllinks import LINKING, Anchor, Attributes, Links, asked_for

BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr html li main menu nav ol option p pre section summary table tbody "
    "textarea tfoot thead tr ul".split()
)
_BREAKS = {**dict.fromkeys(BLOCKS, "\n"), "td": " ", "th": " "}
_UNSHOWN = frozenset({"script", "style", "title", "template", "noframes", "datalist"})
_SPECIAL = _UNSHOWN | {"img", "image", "input", "textarea", "select", "base", "dialog"}
_WHITE: Colour = (255, 255, 255)
_BLACK: Colour = (0, 0, 0)


class _View(msgspec.Struct, frozen=True):
    """How text inside an element comes out: hidden for good or for now, its colours.

    `sink` takes the text: the list of what is shown, or of what is hidden.
    """

    sink: list[str]
    gone: bool = False
    invisible: bool = False
    tiny: bool = False
    ink: Colour = _BLACK
    ground: Colour = _WHITE
    preformatted: bool = False

    @property
    def hidden(self) -> bool:
        """Whether a person cannot see text here."""
        if self.gone or self.invisible or self.tiny or self.ink == css.TRANSPARENT:
            return True
        return self.ink is not _BLACK and css.alike(self.ink, self.ground)


class Walk:
    """What one pass over a body gathers. `shown` and `hidden` are pieces of text, "\\n" where a block begins or ends."""

    def __init__(self, markup: str) -> None:
        """Nothing gathered yet; `markup` is the body that will be walked."""
        self.shown: list[str] = []
        self.hidden: list[str] = []
        self.links = Links(markup)
        self.forms: list[str] = []
        self.images = 0
        self.title = ""
        self.bases: list[str] = []
        self._sheet = css.Sheet()
        self._anchor: Anchor | None = None
        self._views: dict[tuple[object, ...], tuple[_View, _View]] = {}

    def run(self, root: LexborNode) -> None:
        """Walk the tree in document order, without recursion."""
        for style in root.css("style"):
            self._sheet.read((style.text(deep=True) or "")[:200_000])
        self._beside(root)
        node: LexborNode | None = root
        view = _View(self.shown)
        above: list[tuple[LexborNode, _View, Anchor | None]] = []
        while node is not None:
            tag = node.tag or ""
            anchor = self._anchor
            if tag == "-text":
                self._text(node.text_content or "", view)
            elif tag == "-comment":
                self.links.comment(node.comment_content or "")
            elif (inner := self._element(node, tag, view)) is not None:
                child = node.first_child
                if child is not None:
                    above.append((node, view, anchor))
                    node, view = child, inner
                    continue
                self._anchor = anchor
            following = node.next
            while following is None and above:
                node, view, self._anchor = above.pop()
                if node.tag in BLOCKS:
                    view.sink.append("\n")
                following = node.next
            node = following

    def _beside(self, root: LexborNode) -> None:
        """Comments before and after the root element: Outlook reads its conditional ones there too."""
        before, after = root.prev, root.next
        for _ in range(50):
            for node in (before, after):
                if node is not None and node.tag == "-comment":
                    self.links.comment(node.comment_content or "")
            before, after = before and before.prev, after and after.next
            if before is None and after is None:
                return

    def say(self, text: str, anchor: Anchor | None) -> None:
        """Add shown text, on a link where there is one."""
        piece = _one_line(text)
        self.shown.append(piece)
        if anchor is not None:
            anchor.pieces.append(piece)

    def _text(self, text: str, view: _View) -> None:
        if "\n" in text and not view.preformatted:
            text = _one_line(text)
        view.sink.append(text)
        if self._anchor is not None and view.sink is self.shown:
            self._anchor.pieces.append(text)

    def _element(self, node: LexborNode, tag: str, view: _View) -> _View | None:
        """Take in an element's start. Returns the view for what is inside it; None where that is no text to show."""
        mark = _BREAKS.get(tag)
        if mark:
            view.sink.append(mark)
        attributes = node.attributes
        if attributes:
            outer, view = view, self._styled(tag, attributes, view)
            if view.sink is not outer.sink:
                view.sink.append("\n" if view.sink is self.hidden else "")
            if tag in LINKING or self.links.rare or "background" in attributes:
                self._anchor = self.links.element(tag, attributes, seen=view.sink is self.shown) or self._anchor
        elif self._sheet.has(tag):
            view = self._styled(tag, attributes, view)
        if tag in _SPECIAL:
            self._special(node, tag, attributes, view)
            if tag in _UNSHOWN or (tag == "dialog" and "open" not in attributes):
                return None
        return msgspec.structs.replace(view, preformatted=True) if tag == "pre" else view

    def _styled(self, tag: str, attributes: Attributes, view: _View) -> _View:
        """The view inside an element. Newsletters repeat their styles endlessly: each under one view is worked out once."""
        look = attributes.get
        inline = look("style")
        if inline and ("url(" in inline or "\\" in inline or "URL(" in inline):
            self.links.style(inline)
        painted = (look("bgcolor"), look("background"), look("color"), look("text"), "hidden" in attributes)
        key = (id(view), tag, look("class"), look("id"), inline, painted)
        known = self._views.get(key)
        if known is None:
            # The outer view is kept beside the inner one, so that its id stays its own.
            known = self._views[key] = (view, self._restyled(tag, attributes, view))
        return known[1]

    def _restyled(self, tag: str, attributes: Attributes, view: _View) -> _View:
        style = css.PLAIN
        if self._sheet:
            style = self._sheet.match(tag, attributes.get("class") or "", attributes.get("id") or "")
        if inline := attributes.get("style"):
            style = css.declared(inline).over(style)
        ink, ground = _painted(tag, attributes, style)
        gone = style.gone or "hidden" in attributes
        if not gone and ground is None and ink is None and style.invisible is None and style.tiny is None:
            return view
        if ground is None and self._sheet.paints and "class" in attributes:
            ground = css.UNKNOWN
        inner = _View(
            self.shown,
            gone or view.gone,
            view.invisible if style.invisible is None else style.invisible,
            view.tiny if style.tiny is None else style.tiny,
            ink or view.ink,
            ground or view.ground,
            view.preformatted,
        )
        return msgspec.structs.replace(inner, sink=self.hidden) if inner.hidden else inner

    def _special(self, node: LexborNode, tag: str, attributes: Attributes, view: _View) -> None:
        if tag in ("img", "image"):
            self._image(attributes, view)
        elif tag in ("input", "textarea", "select"):
            self._input(tag, attributes, view)
        elif tag == "title":
            self.title = self.title or (node.text(deep=True) or "")
        elif tag == "base":
            if target := (attributes.get("href") or "").strip():
                self.bases.append(target)
        elif tag == "script" and "json" not in (attributes.get("type") or "").lower():
            self.links.script(node.text(deep=True) or "", clickable=False)
        elif tag == "style":
            self.links.style(node.text(deep=True) or "")

    def _image(self, attributes: Attributes, view: _View) -> None:
        # Text of no size or of the ground's colour does not touch pictures inside it.
        if view.gone or view.invisible or _is_pixel(attributes):
            return
        self.images += 1
        if alt := (attributes.get("alt") or "").strip():
            self.say(f"[image: {alt[:500]}]", self._anchor)

    def _input(self, tag: str, attributes: Attributes, view: _View) -> None:
        if view.gone or view.invisible:
            return
        asked = asked_for(tag, attributes)
        if asked:
            self.forms.append(asked)
        kind = (attributes.get("type") or "").lower()
        label = attributes.get("placeholder") if asked else attributes.get("value")
        if label and kind not in ("hidden", "checkbox", "radio"):
            self.shown.append(f" {label} ")


def _one_line(text: str) -> str:
    """Text as markup means it: a line end is a space (RFC 2854 and HTML's white space; runs are joined later)."""
    if "\n" in text:
        text = text.replace("\n", " ")
    return text.replace("\r", " ") if "\r" in text else text


def _painted(tag: str, attributes: Attributes, style: css.Style) -> tuple[Colour | None, Colour | None]:
    """The colours of text and ground that an element sets, attributes of old HTML included; None where it does not."""
    ink, ground = style.color, style.background
    if ground is None and (value := attributes.get("bgcolor")):
        ground = css.colour(value)
    if attributes.get("background"):
        ground = css.UNKNOWN
    if ink is None and (value := attributes.get("color" if tag == "font" else "text")) and tag in ("font", "body"):
        ink = css.colour(value)
    return ink, ground


def _is_pixel(attributes: Attributes) -> bool:
    """Whether a picture is too small to see: a tracking pixel or a spacer."""
    for name in ("width", "height"):
        size = css.pixels(attributes.get(name) or "")
        if size is not None and size <= 2 and "%" not in (attributes.get(name) or ""):
            return True
    return False
