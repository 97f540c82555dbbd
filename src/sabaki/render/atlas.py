"""The bundled geometry: Natural Earth's land, lakes and borders in cells of five degrees, and GeoNames's cities. Read when asked for."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from sabaki.render.clip import Line

SOURCES = "Natural Earth (public domain), GeoNames (CC BY 4.0)"
"""Credit where a map is shown."""
CLOSED = frozenset(("land", "lakes"))
"""The layers that are rings. Of land and lakes together an even-odd rule fills what is inside."""
_WORLD_UNITS = 10


class City(NamedTuple):
    """A city; `name_ja` is "" where it is not known. Degrees."""

    name: str
    name_ja: str
    latitude: float
    longitude: float


class _Head(msgspec.Struct):
    units: int
    cell: int
    layers: tuple[str, ...]
    index: dict[str, tuple[int, int]]


@cache
def _file() -> tuple[_Head, bytes]:
    head, _, body = files("sabaki.data").joinpath("atlas", "cells.bin").read_bytes().partition(b"\n")
    return msgspec.json.decode(head, type=_Head), body


@cache
def cities() -> tuple[City, ...]:
    """All cities, the largest first."""
    text = files("sabaki.data").joinpath("atlas", "cities.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return tuple(City(name, ja, float(latitude), float(longitude)) for name, ja, latitude, longitude in rows)


@cache
def _countries() -> dict[str, tuple[str, str]]:
    text = files("sabaki.data").joinpath("atlas", "countries.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {code: (english, japanese) for code, english, japanese in rows}


def country(code: str, lang: str) -> str:
    """What a country is called (ISO 3166-1 alpha-2); "" where the code is none."""
    names = _countries().get(code.upper())
    return "" if names is None else names[lang == "ja"]


@cache
def _japanese() -> dict[str, list[City]]:
    named: dict[str, list[City]] = {}
    for city in cities():
        if city.name_ja:
            named.setdefault(city.name.casefold(), []).append(city)
    return named


def city_ja(name: str, latitude: float, longitude: float) -> str:
    """The Japanese name of a city of that name within a degree of that place; "" where none is known."""
    for city in _japanese().get(name.casefold(), []):
        if abs(city.latitude - latitude) <= 1 and abs((city.longitude - longitude + 180) % 360 - 180) <= 1:
            return city.name_ja
    return ""


def layers() -> tuple[str, ...]:
    """What a cell has: "land", "lakes", "coast", "borders" (of states), "provinces"."""
    return _file()[0].layers


def cells(south: float, west: float, north: float, east: float) -> Iterator[dict[str, list[Line]]]:
    """The cells that touch a window, each with its layers. Degrees; `west` and `east` may lie beyond 180, and so do the points then."""
    size = _file()[0].cell
    columns = 360 // size
    if east - west >= 360:
        west, east = -180.0, 180.0 - 1e-9
    for row in range(
        max(0, math.floor((south + 90) / size)), min(180 // size - 1, math.floor((north + 90) / size)) + 1
    ):
        for column in range(math.floor((west + 180) / size), math.floor((east + 180) / size) + 1):
            turns, inside = divmod(column, columns)
            cell = _cell(inside, row)
            yield cell if not turns else {name: _moved(lines, 360.0 * turns) for name, lines in cell.items()}


def _moved(lines: list[Line], degrees: float) -> list[Line]:
    return [[(longitude + degrees, latitude) for longitude, latitude in line] for line in lines]


@lru_cache(maxsize=64)
def _cell(column: int, row: int) -> dict[str, list[Line]]:
    head, body = _file()
    place = head.index.get(f"{column},{row}")
    if place is None:
        return {}
    numbers = _numbers(zlib.decompress(body[place[0] : place[0] + place[1]]))
    corner = (column * head.cell - 180.0, row * head.cell - 90.0)
    return {layer: _lines(numbers, corner, head.units) for layer in head.layers}


@cache
def world() -> list[Line]:
    """The land of the whole world as rings, coarse, in degrees."""
    head, body = _file()
    start, length = head.index["world"]
    return _lines(_numbers(zlib.decompress(body[start : start + length])), (-180.0, -90.0), _WORLD_UNITS)


def _numbers(raw: bytes) -> Iterator[int]:
    """Numbers in seven bits a byte, the low ones first; the lowest bit of each is its sign."""
    value = shift = 0
    for byte in raw:
        if byte > 0x7F:
            value |= (byte & 0x7F) << shift
            shift += 7
        else:
            value |= byte << shift
            yield ~(value >> 1) if value & 1 else value >> 1
            value = shift = 0


def _lines(numbers: Iterator[int], corner: tuple[float, float], units: int) -> list[Line]:
    """How many lines; of each how many points, and the steps from each to the next, the first from the corner."""
    lines = []
    for _ in range(next(numbers)):
        x = y = 0
        line: Line = []
        for _ in range(next(numbers)):
            x += next(numbers)
            y += next(numbers)
            line.append((corner[0] + x / units, corner[1] + y / units))
        lines.append(line)
    return lines
