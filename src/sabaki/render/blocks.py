"""What an article is made of: plain data that every output shows in its own way."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from sabaki.model.report import Label


class Statement(msgspec.Struct, frozen=True):
    """One sentence or two that rest on evidence of a grade ("" where nothing is stated about the mail).

    `detail` is the smaller print below it, `tone` "" or "strong" for what must not be missed.
    """

    kind: ClassVar[str] = "statement"
    text: str
    grade: str = ""
    detail: str = ""
    tone: str = ""


class Notice(msgspec.Struct, frozen=True):
    """A boxed word to the reader. `tone` is "advice" or "headline"; `flags` are what to give on the command line."""

    kind: ClassVar[str] = "notice"
    title: str
    text: str
    grade: str = ""
    tone: str = "advice"
    flags: tuple[str, ...] = ()


class Cell(msgspec.Struct, frozen=True):
    """A cell of a table. `code` marks a value taken from the mail, `note` the smaller print below.

    `short` marks a word of ours that is not to be broken.
    """

    text: str
    grade: str = ""
    code: bool = False
    note: str = ""
    number: bool = False
    severity: str = ""
    short: bool = False


class Table(msgspec.Struct, frozen=True):
    """Rows of cells. Where `head` is empty, the first cell of each row is its heading."""

    kind: ClassVar[str] = "table"
    rows: tuple[tuple[Cell, ...], ...]
    head: tuple[str, ...] = ()
    name: str = ""


class Quote(msgspec.Struct, frozen=True):
    """Text out of the mail, of several lines; shown as such and never as the article's own words."""

    kind: ClassVar[str] = "quote"
    text: str
    caption: str
    grade: str = ""


class Bullets(msgspec.Struct, frozen=True):
    """A list of statements under a heading of its own ("" for none)."""

    kind: ClassVar[str] = "bullets"
    items: tuple[Statement, ...]
    title: str = ""


class Stop(msgspec.Struct, frozen=True):
    """One station of the mail's way. `role` is "claimed", "origin", "ours", "line" or "you".

    `label` says whose it is or claims to be, `part` what it does ("mailing list").
    """

    role: str
    name: str
    grade: str = ""
    notes: tuple[Statement, ...] = ()
    label: str = ""
    part: str = ""


class Path(msgspec.Struct, frozen=True):
    """The way from the sender to the recipient, the trust line among its stops."""

    kind: ClassVar[str] = "path"
    stops: tuple[Stop, ...]
    caption: str


class Lap(msgspec.Struct, frozen=True):
    """How long the mail took to one station: `seconds` is negative where two clocks disagree, None where nobody knows."""

    name: str
    seconds: float | None
    text: str
    grade: str = ""


class Delays(msgspec.Struct, frozen=True):
    """The laps from the sender to the recipient, drawn on one scale."""

    kind: ClassVar[str] = "delays"
    laps: tuple[Lap, ...]
    caption: str

    @property
    def span(self) -> tuple[float, float]:
        """The longest lap backwards (at most 0) and the longest forwards, in seconds."""
        known = [lap.seconds for lap in self.laps if lap.seconds is not None]
        return min(0.0, *known, 0.0), max(0.0, *known, 0.0)


class Piece(msgspec.Struct, frozen=True):
    """A piece of a link. `role` is "scheme", "userinfo", "front", "bait", "owner", "port", "path" or "query"."""

    role: str
    text: str
    meaning: str = ""


class Anatomy(msgspec.Struct, frozen=True):
    """A link taken apart. `target` is the whole, defanged; `shown` the text that a person sees on it."""

    kind: ClassVar[str] = "anatomy"
    target: str
    pieces: tuple[Piece, ...]
    traits: tuple[str, ...] = ()
    shown: str = ""
    grade: str = ""
    caption: str = ""


class Scale(msgspec.Struct, frozen=True):
    """The score beside the thresholds from which a label applies, in points."""

    kind: ClassVar[str] = "scale"
    score: float
    marks: tuple[tuple[str, float], ...]
    caption: str


class Mark(msgspec.Struct, frozen=True):
    """A name on a map: its point at (`x`, `y`), its text at (`left`, `base`) with the `anchor` of SVG."""

    x: int
    y: int
    left: int
    base: int
    anchor: str
    text: str


class Pin(msgspec.Struct, frozen=True):
    """A place on a map. `radius` is how far off it may be, in the map's units, 0 where nobody says; `role` "sender" or "host"."""

    x: int
    y: int
    radius: int
    role: str
    name: Mark | None = None
    world_x: int = 0
    world_y: int = 0


class Map(msgspec.Struct, frozen=True):
    """A map, drawn: paths as in SVG, in units of a frame of `width` by `height`, and the world beside it in a frame of its own.

    `description` tells in words what is drawn; `points` are the places with their coordinates; `notes` are what has to be said beside it,
    `sources` where places and map come from. `bar` is the length of the scale's bar in units, `bar_text` what it stands for.
    """

    kind: ClassVar[str] = "map"
    id: str
    title: str
    description: str
    width: int
    height: int
    pins: tuple[Pin, ...]
    points: tuple[str, ...] = ()
    land: tuple[str, ...] = ()
    lakes: tuple[str, ...] = ()
    coast: tuple[str, ...] = ()
    borders: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    grid: str = ""
    cities: tuple[Mark, ...] = ()
    degrees: tuple[Mark, ...] = ()
    bar: int = 0
    bar_text: str = ""
    world_width: int = 0
    world_height: int = 0
    world_land: str = ""
    world_edge: str = ""
    notes: tuple[Statement, ...] = ()
    sources: tuple[str, ...] = ()


class Picture(msgspec.Struct, frozen=True):
    """A picture, as PNG bytes that were written by us. `alt` tells those who cannot see it; sizes are in pixels, `sha256` is the original's."""

    kind: ClassVar[str] = "picture"
    content: bytes
    alt: str
    caption: str
    width: int
    height: int
    sha256: str = ""


class Bar(msgspec.Struct, frozen=True):
    """A stretch of a lane where every look saw the same. `role` is "up", "closed", "held" or "down", `text` stands in it."""

    x: int
    width: int
    role: str
    text: str = ""


class Lane(msgspec.Struct, frozen=True):
    """One way of looking, its middle at `y`. `looks` and `missed` are where in time it was looked, and could not be; `gaps` are from and to."""

    name: str
    y: int
    bars: tuple[Bar, ...]
    gaps: tuple[tuple[int, int], ...] = ()
    looks: tuple[int, ...] = ()
    missed: tuple[int, ...] = ()


class Flag(msgspec.Struct, frozen=True):
    """A numbered event above the lanes: its number at `x`, what it points to at (`at`, `foot`). `role` is "back" for what came back."""

    x: int
    at: int
    foot: int
    number: int
    role: str = ""


class Timeline(msgspec.Struct, frozen=True):
    """What was seen over time, drawn in units of a frame of `width` by `height`. `description` tells the same in words.

    `legend` explains the roles of bars that are there; `look`, `missed` and `gap` what the other marks mean, "" where there are none.
    """

    kind: ClassVar[str] = "timeline"
    id: str
    title: str
    description: str
    width: int
    height: int
    lanes: tuple[Lane, ...]
    flags: tuple[Flag, ...] = ()
    ticks: tuple[Mark, ...] = ()
    legend: tuple[tuple[str, str], ...] = ()
    look: str = ""
    missed: str = ""
    gap: str = ""


Block = Statement | Notice | Table | Quote | Bullets | Path | Anatomy | Scale | Delays | Map | Picture | Timeline


class Section(msgspec.Struct, frozen=True):
    """A chapter. `id` is stable and serves as its anchor."""

    id: str
    title: str
    blocks: tuple[Block, ...]


class Article(msgspec.Struct, frozen=True):
    """The story of one mail in one language. `masked` says that the victim's identifiers were replaced before."""

    lang: str
    label: Label
    verdict: str
    kicker: str
    title: str
    lead: str
    sections: tuple[Section, ...]
    footer: tuple[str, ...]
    masked: str = ""
