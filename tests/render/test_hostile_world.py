"""Answers of servers that have read the code: whatever stands in them is shown, never obeyed, and stays small."""

from __future__ import annotations

import io
import math
import re
from functools import cache
from typing import Any

import msgspec
import pytest
from rich.console import Console

from sabaki.model.finding import State
from sabaki.model.knowledge import (
    Certificate,
    Certificates,
    Contact,
    Knowledge,
    Listing,
    Names,
    Network,
    Place,
    Registration,
)
from sabaki.model.report import Report
from sabaki.redact import mask
from sabaki.render import article, html, line, markdown, terminal
from sabaki.render.blocks import Map
from tests.render import cases, hostile, knowledge
from tests.render.knowledge import HOST, SENDER, SITE, known
from tests.render.test_hostile import LANGS, UNPRINTABLE, is_our_markdown, is_our_page, is_our_terminal
from tests.render.test_html import Reader

JAVASCRIPT = "javascript:alert(1)//zq9 data:text/html,<svg/onload=alert(1)> vbscript:x"
SVG = (
    "</text></svg><svg onload=alert(1)><foreignObject><a xlink:href='javascript:1'>zq9</a></foreignObject><use href=#x>"
)
PAYLOADS = {**hostile.payloads(), "javascript": JAVASCRIPT, "svg": SVG, "path": "M0 0\"/><image href='http://x/'>zq9"}
DRAWN = {"svg", "title", "desc", "rect", "path", "circle", "text"}
DRAWING = {
    *("class", "viewbox", "role", "aria-labelledby", "aria-hidden", "id", "width", "height", "d", "cx", "cy", "r"),
    *("x", "y", "text-anchor"),
}
VALUES = re.compile(r"[\w -]*|[Mlvhz\d -]*|-?\d+")
EVERY = pytest.mark.parametrize("lang", LANGS)


def everything() -> tuple[Knowledge, ...]:
    """The seed's world, with something in every field that an answer has."""
    hit = Listing(
        list="L", listed=True, threats=("T",), meaning="m", meaning_ja="意味", matched="x", url="u", list_date="d"
    )
    contacts = (
        Contact("abuse", "n", "o", "e@x.example", "p", "c", "r", "y", "u"),
        Contact("registrant", "n", city="c"),
    )
    held = msgspec.structs.replace(knowledge.owner(), contacts=contacts, updated="2020-01-01", text="t", handle="h")
    held = msgspec.structs.replace(held, network="n", network_name="m", city="c", holder_ja="名", withheld=True)
    return (
        *knowledge.seed(),
        known("rdap", "ip", SENDER, held),
        known("whois", "domain", "circulo.test", held),
        known("names", "ip", SITE, Names(reverse_names=("r.example",), confirmed_name="r.example")),
        *(known("feeds", "host", HOST, msgspec.structs.replace(hit, listed=each)) for each in (True, False, None)),
        known("feeds", "ip", SITE, msgspec.structs.replace(hit, allow=True)),
        known("otx", "domain", "circulo.test", state=State.TEMPERROR, reason="r", reason_ja="理由", cached=True),
        known("dnsbl", "mailbox", "a@b.example", state=State.PERMERROR, reason="r", reason_ja="理由"),
    )


def spoilt(value: Any, payload: str, *kept: str, at: str = "") -> Any:
    """The same with the payload as every text, those of the fields named left alone."""
    if type(value) is str:
        return value if at in kept else payload
    if isinstance(value, tuple):
        return tuple(spoilt(item, payload, *kept, at=at) for item in value)
    if isinstance(value, msgspec.Struct):
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        return type(value)(**{name: spoilt(item, payload, *kept, at=name) for name, item in fields.items()})
    return value


@cache
def spoilt_report(kind: str) -> Report:
    """Every text spoilt but those by which an answer finds its place in the article; and once more with those too."""
    payload = PAYLOADS[kind]
    answers = (*spoilt(everything(), payload, "kind", "value", "addresses"), *spoilt(everything(), payload, "kind"))
    # One answer each whose dates are real, so that ages and times are told as well.
    dated = spoilt(everything(), payload, "kind", "value", "created", "obtained_at", "list_date", "source", "country")
    return knowledge.report((*answers, *dated))


def checked(report: Report, lang: str) -> str:
    """The page, with every output looked through as a browser, a wiki and a terminal read it."""
    page = html.render(report, lang)
    is_our_page(re.sub(r"<svg.*?</svg>", "", page, flags=re.S))
    for drawing in re.findall(r"<svg.*?</svg>", page, re.S):
        is_our_drawing(drawing)
    is_our_markdown(markdown.render(report, lang))
    is_our_terminal(report, lang, is_terminal=True)
    is_our_terminal(report, lang, is_terminal=False)
    return page


class _Drawing(Reader):
    """SVG: its elements may close themselves."""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def is_our_drawing(drawing: str) -> None:
    """Exactly the elements and attributes that maps use; nothing loads, runs, moves or links."""
    reader = _Drawing(drawing)
    assert reader.open == []
    assert {tag for tag, _ in reader.tags} <= DRAWN
    for tag, attributes in reader.tags:
        assert set(attributes) <= DRAWING, (tag, attributes)
        assert all(VALUES.fullmatch(value or "") for value in attributes.values()), (tag, attributes)
    assert not UNPRINTABLE.search(drawing)


@EVERY
def test_the_seed_s_page_has_all_that_maps_use_and_nothing_else(lang: str) -> None:
    page = checked(knowledge.report(), lang)
    assert {tag for each in re.findall(r"<svg.*?</svg>", page, re.S) for tag, _ in _Drawing(each).tags} == DRAWN


@EVERY
@pytest.mark.parametrize("kind", PAYLOADS)
def test_nothing_in_an_answer_is_obeyed(kind: str, lang: str) -> None:
    page = checked(spoilt_report(kind), lang)
    assert hostile.MARK in page or kind in ("template", "svg", "script")
    assert "<svg" in page
    assert not re.search(r"""(?i)(href|src|on\w+|style)\s*=\s*["']?\s*(javascript|data|vbscript):""", page)
    assert len(page) < 400_000


@EVERY
def test_the_masked_page_is_as_safe(lang: str) -> None:
    for kind in ("svg", "script", "markdown"):
        checked(mask.redact(spoilt_report(kind)), lang)


HUGE = 1_000_000


@EVERY
def test_a_million_characters_in_every_field_stay_a_page(lang: str) -> None:
    for unit in ("A", "a.", "漢", "\u202e", "http://x.test/ "):
        text = (unit * HUGE)[:HUGE]
        held = msgspec.structs.replace(spoilt(knowledge.owner(), text), created=text)
        asked = (
            known("rdap", "domain", "circulo.test", held, obtained_at=text, to=text),
            known("names", "host", HOST, Names(addresses=(text, SITE), reverse_names=(text,), confirmed_name=text)),
            known("place", "ip", SITE, spoilt(knowledge.TOKYO, text)),
            known("network", "ip", SITE, spoilt(knowledge.azure(), text)),
            known("feeds", "url", cases.LINK, spoilt(knowledge.listed(), text)),
            known("ct", "host", HOST, spoilt(Certificates(certificates=(Certificate((HOST,)),)), text)),
            known(text, "domain", text, state=State.TEMPERROR, reason=text, reason_ja=text, obtained_at=text),
        )
        report = knowledge.report(asked)
        assert len(html.render(report, lang)) < 150_000, unit
        assert len(markdown.render(report, lang)) < 150_000, unit
        out = io.StringIO()
        terminal.render(report, lang, Console(file=out, width=80))
        line.render(report, lang, Console(file=out, width=80))
        assert len(out.getvalue()) < 12_000, unit


@EVERY
def test_ten_thousand_of_everything_stay_a_page(lang: str) -> None:
    many = tuple(f"n{number}.example" for number in range(10_000))
    held = Registration(
        holder="A",
        created="2022-08-01",
        status=many,
        name_servers=many,
        contacts=tuple(Contact("abuse", email=f"a@{name}") for name in many),
    )
    certificates = Certificates(certificates=tuple(Certificate(many[:50]) for _ in range(10_000)), total=10**30)
    listings = [Listing(list=name, listed=True, threats=many) for name in many]
    names = Names(addresses=many, reverse_names=many)
    asked = (
        known("rdap", "domain", "circulo.test", *[held] * 1000),
        known("names", "host", HOST, names),
        known("names", "ip", SENDER, *[names] * 1000),
        known("network", "ip", SENDER, *[Network(asn=10**18, name="x", uses=many)] * 1000),
        known("place", "ip", SENDER, *(Place(latitude=n % 80, longitude=n % 170) for n in range(1000))),
        known("feeds", "url", cases.LINK, *listings),
        known("ct", "host", HOST, certificates),
        *(known("otx", "domain", name, state=State.TEMPERROR, reason=name) for name in many[:2000]),
    )
    page = html.render(knowledge.report(asked), lang)
    assert len(page) < 400_000
    assert page.count("<svg") <= 8


COORDINATES = [
    *((latitude, 0.0) for latitude in (90.0, -90.0, 89.999, 91.0, -1e300, math.nan, math.inf)),
    *((0.0, longitude) for longitude in (180.0, -180.0, 179.999, 180.001, 540.0, math.nan, -math.inf)),
    *((90.0, 180.0), (-90.0, -180.0), (-0.0, -0.0), (5e-324, -5e-324), (-17.0, 179.99), (71.0, -179.99)),
]


@EVERY
@pytest.mark.parametrize(("latitude", "longitude"), COORDINATES)
def test_a_pin_may_stand_anywhere(latitude: float, longitude: float, lang: str) -> None:
    place = Place(latitude=latitude, longitude=longitude, radius_km=50.0, city="X", country="FJ", database="D")
    asked = (known("place", "ip", SENDER, place),)
    told = article.compose(knowledge.report(asked), lang)
    maps = [block for section in told.sections for block in section.blocks if isinstance(block, Map)]
    outside = not (abs(latitude) <= 90 and abs(longitude) <= 180)
    assert len(maps) == (0 if outside else 1)
    for block in maps:
        assert 0 <= block.pins[0].x <= block.width
        assert 0 <= block.pins[0].y <= block.height
        assert 0 <= block.pins[0].world_x <= block.world_width
        assert 0 <= block.pins[0].world_y <= block.world_height
        assert "nan" not in " ".join((*block.points, block.description)).lower()


@pytest.mark.parametrize("radius", [None, 0.0, 1e308, -1.0, math.nan, math.inf])
def test_a_circle_may_be_of_any_size(radius: float | None) -> None:
    place = Place(latitude=-89.0, longitude=179.0, radius_km=radius, database="D")
    assert "<svg" in checked(knowledge.report((known("place", "ip", SENDER, place),)), "en")


@EVERY
def test_pins_on_both_sides_of_the_antimeridian_are_drawn_well(lang: str) -> None:
    places = [
        known("place", "ip", ip, Place(latitude=-17.0, longitude=longitude, radius_km=50.0))
        for ip, longitude in ((SENDER, 179.95), (SITE, -179.95))
    ]
    asked = (*places, known("names", "host", HOST, Names(addresses=(SITE,))))
    page = checked(knowledge.report(asked), lang)
    near = [each for each in re.findall(r"<svg.*?</svg>", page, re.S) if 'class="near"' in each]
    assert len(near) == 1
    assert near[0].count('class="about"') == 2
