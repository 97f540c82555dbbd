"""Maps as plain data: where a database puts some addresses, with how far off it may be. Pure: nothing is loaded from anywhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import msgspec

from sabaki.render import atlas
from sabaki.render.blocks import Map, Mark, Pin
from sabaki.render.clip import Box, Line, Point, box_of, lines_in_box, overlap, path, ring_in_box
from sabaki.render.labels import Layout
from sabaki.render.projection import Plane, bearing, distance, equal_earth, middle

WIDTH, HEIGHT = 960, 720
"""Twice the size that it is shown at on paper or a wide screen, so that whole units are half pixels."""
TEXT = 30
"""The size of names: 15 pixels there, and 10 on a telephone."""
_WORLD_WIDTH = 420
_MARGIN = 12.0
_LEAST_KM, _MOST_KM = 135.0, 1900.0
"""Half the height of a map: it is 360 to about 5,000 km wide."""
_ROOM = 1.3
_LONGEST_PATHS = 42_000
_MOST_CITIES = 10
_APART = 62.0
_PIN = 26.0
_DOT = 8.0
_GRID = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
_BARS = (5, 10, 20, 50, 100, 200, 500, 1000)
_WINDS = (
    *(("north", "北"), ("north-east", "北東"), ("east", "東"), ("south-east", "南東")),
    *(("south", "南"), ("south-west", "南西"), ("west", "西"), ("north-west", "北西")),
)


class Spot(msgspec.Struct, frozen=True):
    """A place to draw: degrees, `radius_km` or None where nobody says; `role` is "sender" or "host", `name` stands beside its pin."""

    latitude: float
    longitude: float
    radius_km: float | None
    role: str
    name: str

    @property
    def point(self) -> Point:
        """Longitude and latitude."""
        return self.longitude, self.latitude


def drawable(latitude: float | None, longitude: float | None) -> bool:
    """Whether these are degrees of a place on earth."""
    return (
        latitude is not None
        and longitude is not None
        and math.isfinite(latitude + longitude)
        and abs(latitude) <= 90
        and abs(longitude) <= 180
    )


def draw(spots: Sequence[Spot], lang: str, *, id: str = "map", title: str = "") -> Map:
    """One map with all the spots, which must be drawable: as near as their circles allow."""
    plane = _plane(spots)
    window = plane.window(1.05 * math.hypot(WIDTH, HEIGHT) / 2 / plane.scale)
    layers = _layers(plane, window)
    layout = Layout(WIDTH, HEIGHT)
    bar, bar_text = _bar(plane.scale)
    layout.block((0, HEIGHT - 70, bar + 60, HEIGHT))
    pins = _pins(plane, spots, layout)
    cities = _cities(plane, layout, lang)
    grid, degrees = _grid(plane, window, layout, named=len(cities) < 2)
    return Map(
        id=id,
        title=title,
        description=_description(plane, spots, cities, lang, land=bool(layers["land"])),
        width=WIDTH,
        height=HEIGHT,
        pins=pins,
        grid=grid,
        cities=cities,
        degrees=degrees,
        bar=bar,
        bar_text=bar_text,
        world_width=_WORLD_WIDTH,
        world_height=round(equal_earth(0, -90, _WORLD_WIDTH)[1]),
        world_land=_world()[0],
        world_edge=_world()[1],
        land=layers["land"],
        lakes=layers["lakes"],
        coast=layers["coast"],
        borders=layers["borders"],
        provinces=layers["provinces"],
    )


def together(one: Spot, other: Spot) -> bool:
    """Whether two spots can be shown on one map, and each still be made out on it."""
    radii = (one.radius_km or 0.0) + (other.radius_km or 0.0)
    return distance(one.point, other.point) <= max(300.0, radii / 2)


def _plane(spots: Sequence[Spot]) -> Plane:
    centre = middle([spot.point for spot in spots])
    reach = max(distance(centre, spot.point) * 1.15 + max(0.0, spot.radius_km or 0.0) for spot in spots) * _ROOM
    half = min(_MOST_KM, max(_LEAST_KM, reach))
    return Plane(centre, HEIGHT / 2 / half, WIDTH / 2, HEIGHT / 2)


def _layers(plane: Plane, window: tuple[float, float, float, float]) -> dict[str, tuple[str, ...]]:
    """The paths of every layer, one for each cell, coarser where they would grow too long.

    Cells of land overlap a little, so that no seam shows between them: in one path an even-odd rule would take the overlap out.
    """
    south, west, north, east = window
    found: dict[str, list[list[Line]]] = {name: [] for name in atlas.layers()}
    for cell in atlas.cells(south, west, north, east):
        for name, lines in cell.items():
            closed = name in atlas.CLOSED
            found[name].append(
                [part for line in lines for part in _projected(plane, line, (west, south, east, north), closed=closed)]
            )
    step = 2.0
    while True:
        drawn = {
            name: tuple(filter(None, (path(lines, step, closed=name in atlas.CLOSED) for lines in groups)))
            for name, groups in found.items()
        }
        if sum(len(text) for texts in drawn.values() for text in texts) <= _LONGEST_PATHS:
            return drawn
        step *= 1.4


def _projected(plane: Plane, line: Line, window: Box, *, closed: bool) -> list[Line]:
    """A line or ring of the globe as it stands in the frame."""
    box = box_of(line)
    if not overlap(box, window):
        return []
    frame = (-_MARGIN, -_MARGIN, WIDTH + _MARGIN, HEIGHT + _MARGIN)
    if closed:
        return [ring_in_box(plane.line(ring_in_box(line, window), closed=True), frame)]
    return [part for near in lines_in_box(line, window) for part in lines_in_box(plane.line(near, closed=False), frame)]


def _bar(scale: float) -> tuple[int, str]:
    kilometres = max((length for length in _BARS if length * scale <= WIDTH / 4), default=_BARS[0])
    return round(kilometres * scale), f"{kilometres:,} km"


def _pins(plane: Plane, spots: Sequence[Spot], layout: Layout) -> tuple[Pin, ...]:
    points = [plane.point(*spot.point) for spot in spots]
    for x, y in points:
        layout.block((x - _PIN, y - _PIN, x + _PIN, y + _PIN))
    pins = []
    for spot, (x, y) in zip(spots, points, strict=True):
        world_x, world_y = equal_earth(*spot.point, _WORLD_WIDTH)
        pins.append(
            Pin(
                x=round(x),
                y=round(y),
                radius=round(max(0.0, spot.radius_km or 0.0) * plane.scale),
                role=spot.role,
                name=layout.place(x, y, spot.name, TEXT * 1.1, (_PIN + 10, 2 * _PIN)) if spot.name else None,
                world_x=round(world_x),
                world_y=round(world_y),
            )
        )
    return tuple(pins)


def _cities(plane: Plane, layout: Layout, lang: str) -> tuple[Mark, ...]:
    """The names of the largest cities that find room."""
    reach = math.hypot(WIDTH, HEIGHT) / 2 / plane.scale
    south, west, north, east = plane.window(reach)
    marks: list[Mark] = []
    for city in atlas.cities():
        turned = west + (city.longitude - west) % 360
        if not (south <= city.latitude <= north and turned <= east):
            continue
        x, y = plane.point(city.longitude, city.latitude)
        if not (0 <= x <= WIDTH and 0 <= y <= HEIGHT):
            continue
        if any(math.hypot(x - mark.x, y - mark.y) < _APART for mark in marks):
            continue
        name = city.name_ja or city.name if lang == "ja" else city.name
        mark = layout.place(x, y, name, TEXT, (14.0, _PIN + 10))
        if mark:
            marks.append(mark)
            layout.block((x - _DOT, y - _DOT, x + _DOT, y + _DOT))
        if len(marks) == _MOST_CITIES:
            break
    return tuple(marks)


def _grid(
    plane: Plane, window: tuple[float, float, float, float], layout: Layout, *, named: bool
) -> tuple[str, tuple[Mark, ...]]:
    """Meridians and parallels; with their degrees where there is little else to go by."""
    south, west, north, east = window
    height = HEIGHT / plane.scale / 111.2
    step = next((step for step in _GRID if height / step <= 4.5), _GRID[-1])
    # Meridians come together towards the poles: fewer of them there.
    cos = max(0.02, math.cos(math.radians(min(89.0, abs(plane.centre[1])))))
    wide = next((step for step in (*_GRID, 30.0) if height * 4 / 3 / cos / step <= 6), 30.0)
    frame = (0.0, 0.0, float(WIDTH), float(HEIGHT))
    lines: list[Line] = []
    marks: list[Mark | None] = []
    for at in range(math.ceil(south / step), math.floor(north / step) + 1):
        line = [(west, at * step), (east, at * step)]
        kept = lines_in_box(plane.line(line, closed=False), frame)
        lines += kept
        if named and kept:
            marks.append(layout.place(4, kept[0][0][1], _degrees(at * step, "NS"), TEXT * 0.8, (6.0,)))
    for at in range(math.ceil(west / wide), math.floor(east / wide) + 1):
        line = [(at * wide, max(south, -89.0)), (at * wide, min(north, 89.0))]
        kept = lines_in_box(plane.line(line, closed=False), frame)
        lines += kept
        if named and kept:
            marks.append(
                layout.place(kept[0][-1][0], 4, _degrees((at * wide + 180) % 360 - 180, "EW"), TEXT * 0.8, (6.0,))
            )
    return path(lines, 2, closed=False), tuple(mark for mark in marks if mark)


def _degrees(value: float, letters: str) -> str:
    return f"{abs(value):g}°{letters[value < 0] if value else ''}"


def _description(plane: Plane, spots: Sequence[Spot], cities: Sequence[Mark], lang: str, *, land: bool) -> str:
    wide = round(WIDTH / plane.scale, -1)
    names = [mark.text for mark in cities]
    if lang == "ja":
        around = f"幅およそ {wide:,.0f} kmの地図。" + ("" if land else "範囲内に陸地はありません。")
        return around + (f"図中の都市: {'、'.join(names)}。" if names else nearest(spots[0], lang))
    around = f"A map about {wide:,.0f} km wide. " + ("" if land else "There is no land on it. ")
    return around + (f"Cities on it: {', '.join(names)}." if names else nearest(spots[0], lang))


def nearest(spot: Spot, lang: str) -> str:
    """The nearest city that the atlas knows, how far it is and in which direction: a sentence."""
    city = min(atlas.cities(), key=lambda city: distance(spot.point, (city.longitude, city.latitude)))
    place = (city.longitude, city.latitude)
    far = distance(spot.point, place)
    wind = _WINDS[round(bearing(spot.point, place) / 45) % 8]
    if lang == "ja":
        return f"最寄りの都市は{wind[1]}へ約 {far:,.0f} kmの{city.name_ja or city.name}です。"
    return f"The nearest city is {city.name}, about {far:,.0f} km to the {wind[0]}."


def coordinates(latitude: float, longitude: float, lang: str) -> str:
    """Degrees as people write them, as exact as they can be meant."""
    if lang == "ja":
        return (
            f"{'南緯' if latitude < 0 else '北緯'}{abs(latitude):.2f}度、"
            f"{'西経' if longitude < 0 else '東経'}{abs(longitude):.2f}度"
        )
    return f"{abs(latitude):.2f}° {'S' if latitude < 0 else 'N'}, {abs(longitude):.2f}° {'W' if longitude < 0 else 'E'}"


@cache
def _world() -> tuple[str, str]:
    """All land, and the edge of the world."""
    land = [[equal_earth(*point, _WORLD_WIDTH) for point in ring] for ring in atlas.world()]
    right = [(180.0, float(latitude)) for latitude in range(-90, 91, 5)]
    left = [(-180.0, float(latitude)) for latitude in range(90, -91, -5)]
    edge = [equal_earth(*point, _WORLD_WIDTH) for point in (*right, *left)]
    return path(land, 2, closed=True), path([edge], 1, closed=True)
