"""Links out of elements and their attributes, and what form fields ask for."""

from __future__ import annotations

import re
from urllib.parse import unquote

import msgspec

from sabaki.mail import scriptfold

Attributes = dict[str, str | None]

RAW_HTTP = re.compile(r"(?i)(?:https?|ftp):(?://|\\/\\/)(?:[^\s\"'<>`\\]|\\/){1,8200}")
_STYLE_URL = re.compile(r"(?i)url\(\s{0,9}[\"']?([^\"')\s]{1,8200})")
_HREF = re.compile(r"(?i)\bhref\s{0,9}=\s{0,9}[\"']?([^\"'>\s]{1,8200})")
_REFRESH = re.compile(r"(?i)\burl\s{0,9}=\s{0,9}(?:\"([^\">]{1,8200})|'([^'>]{1,8200})|([^\"'>]{1,8200}))")
_BARE_REFRESH = re.compile(r"\s{0,9}[\d.]{0,20}\s{0,9}[;,\s]\s{0,9}[\"']?([^\"'>]{1,8200})")
_CSS_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")
_DATA_PAGE = re.compile(r"(?i)data:\s{0,9}(?:text/html|application/xhtml|image/svg|text/xml)")
_DROPPED = dict.fromkeys((0x09, 0x0A, 0x0D))
_CONTROLS = "".join(map(chr, range(0x21)))
_RARE = (
    "data-", "srcdoc", "originalsrc", "onclick", "onload", "onmouse", "onerror", "onsubmit", "onfocus", "onpointer",
    "ontoggle", "onblur", "onkey", "onbegin",
)  # fmt: skip

_LOADED = {
    "img": ("src", "html:img"), "image": ("href", "html:img"), "input": ("src", "html:img"),
    "video": ("poster", "html:img"), "v:fill": ("src", "html:img"), "v:imagedata": ("src", "html:img"),
    "iframe": ("src", "html:frame"), "frame": ("src", "html:frame"), "embed": ("src", "html:frame"),
    "object": ("data", "html:frame"), "audio": ("src", "html:frame"), "script": ("src", "html:script"),
    "link": ("href", "html:link"), "base": ("href", "html:base"),
}  # fmt: skip
_MATH = frozenset("math mrow mi mo mn ms mtext maction semantics msup msub mfrac".split())
_ANIMATED = frozenset("set animate animatetransform animatemotion".split())
LINKING = frozenset({*_LOADED, *_MATH, *_ANIMATED, "a", "area", "form", "button", "meta"}) | frozenset(
    f"v:{shape}" for shape in "roundrect rect shape oval line polyline image group arc curve shapetype".split()
)

_MARKUP = re.compile(r"(?i)<(?:form|a|iframe|input|meta|script|body|html|img|object|embed)\b")
_SILENT = frozenset("hidden submit button reset image checkbox radio range color".split())
_ASKED = (
    ("card", ("card", "cvv", "cvc", "cc-", "ccnum", "カード", "セキュリティコード")),
    ("code", ("otp", "one-time", "passcode", "認証コード", "ワンタイム", "確認コード")),
    ("email", ("mail", "メール")),
)


class Anchor(msgspec.Struct):
    """A link while the text on it is still being gathered."""

    raw: str
    source: str
    clickable: bool
    pieces: list[str]


class Links:
    """The links of one body, in document order. `pages` is markup inside the markup, and whether a person sees it."""

    def __init__(self, markup: str) -> None:
        """`markup` is the whole body, looked at once for attributes that are rare (scripts, data-*)."""
        self.found: list[Anchor] = []
        self.has_script = False
        self.pages: list[tuple[str, bool]] = []
        # Most markup has none of these: one look at the whole text spares one at each attribute of each element.
        lowered = markup.lower()
        self.rare = any(name in lowered for name in _RARE)

    def add(self, raw: str | None, source: str, *, clickable: bool) -> Anchor | None:
        """Add a link; an empty one is none."""
        if not raw or not raw.strip():
            return None
        anchor = Anchor(raw, source, clickable, [])
        self.found.append(anchor)
        return anchor

    def element(self, tag: str, attributes: Attributes, *, seen: bool = True) -> Anchor | None:
        """Add the links of one element. The anchor that its content stands on is returned, if it is one.

        `seen` is whether a person can see the element, and so click on it.
        """
        anchor = self._followed(tag, attributes, seen) if tag in LINKING else None
        if tag in _LOADED:
            name, source = _LOADED[tag]
            raw = (attributes.get(name) or attributes.get("xlink:href") or "").strip()
            if raw and raw[:5].lower() != "data:":
                self.add(raw, source, clickable=False)
            elif raw and source == "html:frame" and _DATA_PAGE.match(raw):
                self.add(raw, source, clickable=False)
                self.pages.append((raw, seen))
        if "background" in attributes:
            self.add(attributes["background"], "html:img", clickable=False)
        if self.rare:
            self._rare_attributes(attributes, seen)
        return anchor

    def _followed(self, tag: str, attributes: Attributes, seen: bool) -> Anchor | None:
        if tag in ("a", "area") or tag.startswith("v:"):
            raw = attributes.get("href") or attributes.get("xlink:href")
            anchor = self.add(raw, "html:area" if tag == "area" else "html:a", clickable=seen)
            if anchor is not None and not anchor.raw.startswith("http"):
                self._carried(anchor.raw, seen)
            return anchor
        if tag in _MATH:
            return self.add(attributes.get("href") or attributes.get("xlink:href"), "html:a", clickable=seen)
        if tag in _ANIMATED:
            self._animated(attributes, seen)
            return None
        if tag == "form":
            self.add(attributes.get("action"), "html:form", clickable=seen)
        elif tag in ("button", "input"):
            self.add(attributes.get("formaction"), "html:form", clickable=seen)
        elif tag == "meta" and (attributes.get("http-equiv") or "").strip().lower() == "refresh":
            content = (attributes.get("content") or "")[:9_000]
            target = _REFRESH.search(content) or _BARE_REFRESH.match(content)
            if anchor := self.add(
                next(filter(None, target.groups()), "").strip() if target else "", "html:meta", clickable=True
            ):
                self._carried(anchor.raw, seen=True)
        return None

    def _carried(self, raw: str, seen: bool) -> None:
        """What a link is itself: a script to run, a page to show. Browsers drop tabs and line ends inside the scheme."""
        head = raw[:200].lstrip(_CONTROLS).translate(_DROPPED).lower()
        if head.startswith(("javascript:", "vbscript:")):
            self.script(unquote(raw[:100_000]), clickable=seen)
        elif head.startswith("data:") and _DATA_PAGE.match(head):
            self.pages.append((raw.lstrip(_CONTROLS), seen))

    def _animated(self, attributes: Attributes, seen: bool) -> None:
        """SVG's animation can give the link around it its target (SVG 2, section 16.2; SMIL's `to` and `values`)."""
        if not (attributes.get("attributename") or attributes.get("attributeName") or "").lower().endswith("href"):
            return
        for name in ("to", "values", "from", "by"):
            for raw in (attributes.get(name) or "").split(";")[:20]:
                if ":" in raw or "/" in raw:
                    self.add(raw.strip(), "html:a", clickable=seen)

    def _rare_attributes(self, attributes: Attributes, seen: bool) -> None:
        for name, value in attributes.items():
            if not value:
                continue
            if name.startswith("on"):
                self.script(value, clickable=seen)
            elif name == "srcdoc":
                self.pages.append((value, seen))
            elif name.startswith("data-") or name == "originalsrc":
                for raw in RAW_HTTP.findall(value[:50_000]) if ":" in value else ():
                    self.add(raw.replace("\\/", "/"), "html:data", clickable=False)

    def script(self, code: str, *, clickable: bool) -> None:
        """Add the URLs that stand as plain strings in a script."""
        self.has_script = True
        self._urls_in(code[:100_000], clickable=clickable)
        for text in scriptfold.revealed(code):
            self._urls_in(text, clickable=clickable)
            if "<" in text and _MARKUP.search(text):
                self.pages.append((text, False))

    def _urls_in(self, code: str, *, clickable: bool) -> None:
        for raw in RAW_HTTP.findall(code):
            self.add(raw.replace("\\/", "/"), "html:script", clickable=clickable)

    def style(self, code: str) -> None:
        """Add the URLs that a style loads. Escapes ("ur\\6c(") are undone first."""
        if "\\" in code:
            code = _CSS_ESCAPE.sub(lambda match: chr(min(int(match[1], 16), 0xFFFF)), code[:200_000])
        if "(" in code:
            for raw in _STYLE_URL.findall(code[:200_000]):
                if not raw.startswith(("data:", "#")):
                    self.add(raw, "html:style", clickable=False)

    def comment(self, text: str) -> None:
        """Comments are not shown, but Outlook follows the links in its conditional ones."""
        if text.lstrip().startswith("[if") and "href" in text:
            for raw in _HREF.findall(text[:50_000]):
                if raw.lower().startswith(("http:", "https:")):
                    self.add(raw, "html:mso", clickable=True)


def asked_for(tag: str, attributes: Attributes) -> str:
    """What a form field asks for: "password", "card", "code", "email", "tel", "file" or "text"; "" for nothing typed."""
    kind = (attributes.get("type") or "text").strip().lower() if tag == "input" else "text"
    if tag == "select" or kind in _SILENT:
        return ""
    if kind in ("password", "email", "tel", "file"):
        return kind
    named = " ".join((attributes.get(name) or "")[:200] for name in ("name", "id", "autocomplete", "placeholder"))
    named = named.lower()
    return next((asked for asked, words in _ASKED if any(word in named for word in words)), "text")
