"""The little of CSS that decides whether text can be seen: declarations, colours, and simple style rules.

Not a CSS engine. Rules behind conditions (@media and the like) and selectors of more than one step are left
out on purpose: they hold for some readers only.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

_LONGEST = 4_000
_OFF_SCREEN = -400.0
_TINY_PX = 2.0
_UNIT_PX = {"": 1.0, "px": 1.0, "pt": 1.33, "em": 16.0, "rem": 16.0, "ex": 8.0, "%": 0.16, "vw": 10.0, "vh": 8.0}
_NUMBER = re.compile(r"\s*([+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))\s*([a-z%]{0,4})")
_ESCAPE = re.compile(r"\\([0-9a-f]{1,6})\s?")
_NAMED = {
    "white": (255, 255, 255), "snow": (255, 250, 250), "ivory": (255, 255, 240), "whitesmoke": (245, 245, 245),
    "ghostwhite": (248, 248, 255), "black": (0, 0, 0), "red": (255, 0, 0), "blue": (0, 0, 255), "navy": (0, 0, 128),
    "gray": (128, 128, 128), "grey": (128, 128, 128), "silver": (192, 192, 192), "green": (0, 128, 0),
    "yellow": (255, 255, 0), "orange": (255, 165, 0), "lightgray": (211, 211, 211), "lightgrey": (211, 211, 211),
}  # fmt: skip

Colour = tuple[int, int, int]
UNKNOWN: Colour = (-1, -1, -1)
"""A colour that is there but cannot be told: an image, a gradient, a name that we do not have."""
TRANSPARENT: Colour = (-2, -2, -2)


class Style(msgspec.Struct, frozen=True):
    """What a set of declarations says about visibility; None where it says nothing.

    `gone` hides the element and all inside it for good. `invisible` and `tiny` pass down, but an element inside may
    lift them, as may `color` and `background`.
    """

    gone: bool = False
    invisible: bool | None = None
    tiny: bool | None = None
    color: Colour | None = None
    background: Colour | None = None

    def over(self, below: Style) -> Style:
        """This style on top of a weaker one, as the cascade has it."""
        return Style(
            self.gone or below.gone,
            below.invisible if self.invisible is None else self.invisible,
            below.tiny if self.tiny is None else self.tiny,
            self.color or below.color,
            self.background or below.background,
        )


PLAIN = Style()


def pixels(value: str) -> float | None:
    """A CSS or HTML length in CSS pixels, roughly (one em is 16 px); None where there is no number."""
    match = _NUMBER.match(value)
    if not match:
        return None
    scale = _UNIT_PX.get(match[2])
    return float(match[1]) * (scale if scale is not None else 1.0)


@lru_cache(maxsize=2_048)
def colour(value: str) -> Colour:
    """A colour as (red, green, blue); UNKNOWN or TRANSPARENT where that is what it is."""
    value = value.strip().lower()
    if value in _NAMED:
        return _NAMED[value]
    if value == "transparent":
        return TRANSPARENT
    if value.startswith("rgb"):
        return _rgb_function(value)
    digits = value.removeprefix("#")
    if len(digits) in (3, 4):
        digits = "".join(digit * 2 for digit in digits)
    if len(digits) not in (6, 8) or not digits.isalnum():
        return UNKNOWN
    try:
        red, green, blue = (int(digits[i : i + 2], 16) for i in (0, 2, 4))
        if len(digits) == 8 and int(digits[6:], 16) < 16:
            return TRANSPARENT
    except ValueError:
        return UNKNOWN
    return red, green, blue


def _rgb_function(value: str) -> Colour:
    inner = value.partition("(")[2].rstrip(") ").replace("/", " ").replace(",", " ").split()
    numbers = [pixels(item) if "%" not in item else None for item in inner[:4]]
    channels = [number for number in numbers[:3] if number is not None]
    if len(channels) < 3:
        return UNKNOWN
    if len(numbers) == 4 and numbers[3] is not None and numbers[3] < 0.06:
        return TRANSPARENT
    red, green, blue = (max(0, min(255, int(channel))) for channel in channels)
    return red, green, blue


def alike(one: Colour, other: Colour) -> bool:
    """Whether text of one colour cannot be told from a ground of the other."""
    if one[0] < 0 or other[0] < 0:
        return False
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= 8


def declared(style: str) -> Style:
    """What the declarations of a style attribute or a rule's block say about visibility."""
    return _declared(style[:_LONGEST])


@lru_cache(maxsize=4_096)
def _declared(style: str) -> Style:
    found: dict[str, str] = {}
    text = style.lower()
    if "\\" in text:
        text = _ESCAPE.sub(lambda match: chr(min(int(match[1], 16), 0x10FFFF)), text)
    if "/*" in text:
        text = without_comments(text)
    for item in text.split(";"):
        name, colon, value = item.partition(":")
        if colon:
            found[name.strip()] = value.replace("!important", "").strip()
    return Style(_is_gone(found), _invisible(found), _is_tiny(found), _ink(found), _ground(found))


def without_comments(text: str) -> str:
    """The text without CSS comments; an unclosed one runs to the end."""
    kept = []
    position = 0
    while (start := text.find("/*", position)) >= 0:
        kept.append(text[position:start])
        end = text.find("*/", start + 2)
        if end < 0:
            return "".join(kept)
        position = end + 2
    kept.append(text[position:])
    return "".join(kept)


def _is_gone(found: dict[str, str]) -> bool:
    if found.get("display") == "none" or _is_zero(found.get("opacity"), 0.02):
        return True
    clipped = found.get("overflow", found.get("overflow-y", "")).startswith(("hidden", "clip"))
    if clipped and any(_is_zero(found.get(name)) for name in ("height", "max-height", "width", "max-width")):
        return True
    if found.get("position") in ("absolute", "fixed"):
        if any((pixels(found.get(name, "")) or 0) <= _OFF_SCREEN for name in ("left", "top", "right", "bottom")):
            return True
        if found.get("clip", "").replace(" ", "").startswith(("rect(0", "rect(1px,1px")):
            return True
    if any((pixels(found.get(name, "")) or 0) <= _OFF_SCREEN for name in ("text-indent", "margin-left", "margin-top")):
        return True
    return found.get("transform", "").replace(" ", "").startswith(("scale(0)", "scale(0,")) or found.get(
        "clip-path", ""
    ).replace(" ", "").startswith(("inset(100%", "inset(50%", "circle(0"))


def _is_zero(value: str | None, below: float = 0.0) -> bool:
    number = pixels(value) if value else None
    return number is not None and number <= below


def _invisible(found: dict[str, str]) -> bool | None:
    value = found.get("visibility")
    return None if value is None or value == "inherit" else value in ("hidden", "collapse")


def _is_tiny(found: dict[str, str]) -> bool | None:
    size = found.get("font-size")
    if size is None and (font := found.get("font")):
        size = next((word for word in font.split() if word[0].isdigit()), None)
    if size is None:
        return None
    number = pixels(size)
    return None if number is None else number <= _TINY_PX


def _ink(found: dict[str, str]) -> Colour | None:
    value = found.get("color")
    return None if not value or value in ("inherit", "initial", "unset") else colour(value)


def _ground(found: dict[str, str]) -> Colour | None:
    shorthand = found.get("background", "")
    if "url(" in shorthand or "gradient" in shorthand or found.get("background-image", "none") != "none":
        return UNKNOWN
    value = found.get("background-color") or next(iter(shorthand.split()), "")
    if not value or value in ("none", "inherit", "initial", "unset", "transparent"):
        return None
    ground = colour(shorthand if shorthand.startswith("rgb") and not found.get("background-color") else value)
    return None if ground == TRANSPARENT else ground


class Sheet:
    """The simple rules of a document's style elements: by tag, `.class` and `#id`, the later over the earlier."""

    def __init__(self) -> None:
        """No rules yet. `paints` is set where some rule that we do not follow sets a background."""
        self._rules: dict[str, Style] = {}
        self.paints = False

    def __bool__(self) -> bool:
        """Whether there is any rule."""
        return bool(self._rules)

    def has(self, tag: str) -> bool:
        """Whether there is a rule for every element of that name."""
        return tag in self._rules

    def read(self, text: str) -> None:
        """Take in the text of one style element. Blocks behind an @-rule are skipped whole."""
        text = without_comments(text.replace("<!--", "").replace("-->", ""))
        position = 0
        while (opening := text.find("{", position)) >= 0:
            selectors = text[position:opening].rpartition(";")[2].strip().lower()
            closing = _block_end(text, opening) if selectors.startswith("@") else text.find("}", opening)
            if closing < 0:
                closing = len(text)
            if not selectors.startswith("@"):
                self._add(selectors, text[opening + 1 : closing])
            position = closing + 1

    def _add(self, selectors: str, block: str) -> None:
        style = declared(block)
        if style == PLAIN:
            return
        for selector in selectors.split(",")[:50]:
            key = selector.strip()
            if key and not any(character in key for character in " >+~:[*"):
                self._rules[key] = style.over(self._rules.get(key, PLAIN))
            elif style.background is not None:
                self.paints = True

    def match(self, tag: str, classes: str, id: str) -> Style:
        """What the rules say about an element; `classes` as its attribute has them."""
        rules = self._rules
        style = rules.get(tag, PLAIN)
        for name in classes.lower().split()[:20]:
            for key in ("." + name, f"{tag}.{name}"):
                if key in rules:
                    style = rules[key].over(style)
        if id and (key := "#" + id.lower()) in rules:
            style = rules[key].over(style)
        return style


def _block_end(text: str, opening: int) -> int:
    """Where the block that opens at `opening` closes, blocks inside it counted; -1 where it does not."""
    depth = 0
    for match in _BRACE.finditer(text, opening):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.start()
    return -1


_BRACE = re.compile(r"[{}]")
