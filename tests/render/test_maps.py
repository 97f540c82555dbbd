from __future__ import annotations

import math
import re

import pytest

from sabaki.render import maps
from sabaki.render.blocks import Map
from sabaki.render.labels import width

PLACES = {
    "tokyo": (35.676, 139.650, 50.0),
    "norcross": (33.977, -84.212, 50.0),
    "la paz": (-16.5, -68.15, 50.0),
    "fiji": (-17.3, 179.6, 80.0),
    "reykjavik": (64.147, -21.94, 50.0),
    "singapore": (1.29, 103.85, 20.0),
    "ocean": (-25.0, -120.0, 50.0),
    "longyearbyen": (78.22, 15.65, 50.0),
    "a country": (37.751, -97.822, 500.0),
    "finland, full of lakes": (61.5, 26.0, 500.0),
    "chile's fjords": (-50.0, -74.0, 1000.0),
    "half the world": (50.0, 10.0, 20_000.0),
    "north pole": (90.0, 0.0, 50.0),
    "south pole": (-90.0, 180.0, 50.0),
    "antimeridian": (52.0, -180.0, None),
}


def draw(name: str, lang: str = "en") -> Map:
    latitude, longitude, radius = PLACES[name]
    return maps.draw([maps.Spot(latitude, longitude, radius, "sender", "sender")], lang)


def paths(drawn: Map) -> list[str]:
    return [*drawn.land, *drawn.lakes, *drawn.coast, *drawn.borders, *drawn.provinces, drawn.grid, drawn.world_land]


@pytest.mark.parametrize("name", PLACES)
def test_a_map_is_short_and_made_of_numbers(name: str) -> None:
    drawn = draw(name)
    assert sum(map(len, paths(drawn))) < 55_000
    assert all(re.fullmatch(r"(M-?\d+ -?\d+l[\d -]+z?)*", path) for path in paths(drawn))
    numbers = [
        int(number) for path in drawn.land for start in re.findall(r"M(-?\d+) (-?\d+)", path) for number in start
    ]
    assert all(-20 <= number <= 980 for number in numbers)
    assert drawn.description


@pytest.mark.parametrize("name", PLACES)
def test_the_circle_is_of_its_true_size(name: str) -> None:
    drawn = draw(name)
    kilometres = int(re.sub(r"\D", "", drawn.bar_text))
    radius = PLACES[name][2] or 0.0
    assert drawn.pins[0].radius * kilometres / drawn.bar == pytest.approx(radius, rel=0.03)
    if radius <= 1000:
        assert drawn.pins[0].radius <= 360
    assert (drawn.pins[0].x, drawn.pins[0].y) == (480, 360)


@pytest.mark.parametrize("name", ["tokyo", "norcross", "la paz", "reykjavik", "singapore"])
def test_the_city_itself_is_named_beside_its_pin(name: str) -> None:
    first = {
        "tokyo": "東京",
        "norcross": "アトランタ",
        "la paz": "ラパス",
        "reykjavik": "レイキャヴィーク",
        "singapore": "シンガポール",
    }
    assert first[name] in [mark.text for mark in draw(name, "ja").cities]


@pytest.mark.parametrize("name", PLACES)
def test_words_are_legible_and_apart(name: str) -> None:
    drawn = draw(name)
    boxes = [
        (left, mark.base - 24, left + width(mark.text, maps.TEXT) * 0.9, mark.base)
        for mark in (*drawn.cities, *(pin.name for pin in drawn.pins if pin.name))
        for left in [mark.left - {"start": 0, "middle": 0.5, "end": 1}[mark.anchor] * width(mark.text, maps.TEXT)]
    ]
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    # A telephone of 360 pixels leaves 325 for the map.
    assert maps.TEXT * 325 / maps.WIDTH >= 10


def test_at_sea_there_are_degrees_and_the_nearest_city_is_said() -> None:
    drawn = draw("ocean")
    assert not drawn.land
    assert {mark.text for mark in drawn.degrees} >= {"25°S", "120°W"}
    assert "no land" in drawn.description
    assert re.search(r"nearest city is Adamstown, about 1,\d{3} km to the west", drawn.description)
    assert "陸地はありません" in draw("ocean", "ja").description


def test_land_on_both_sides_of_the_antimeridian_is_one_picture() -> None:
    starts = [int(x) for path in draw("fiji").coast for x in re.findall(r"M(-?\d+)", path)]
    assert min(starts) < 300
    assert max(starts) > 700


def test_two_spots_near_each_other_share_a_map_and_far_ones_do_not() -> None:
    tokyo = maps.Spot(35.676, 139.65, 50.0, "sender", "sender")
    chiba = maps.Spot(35.6, 140.1, 50.0, "host", "site")
    osaka = maps.Spot(34.69, 135.5, 50.0, "host", "site")
    assert maps.together(tokyo, chiba)
    assert not maps.together(tokyo, osaka)
    drawn = maps.draw([tokyo, chiba], "en")
    between = math.dist((drawn.pins[0].x, drawn.pins[0].y), (drawn.pins[1].x, drawn.pins[1].y))
    assert between == pytest.approx(41.5 * drawn.bar / int(drawn.bar_text.split()[0]), rel=0.05)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(None, 0.0), (0.0, None), (91.0, 0.0), (0.0, 181.0), (math.nan, 0.0), (math.inf, 0.0), (0.0, -math.inf)],
)
def test_what_is_no_place_on_earth_is_not_drawn(latitude: float | None, longitude: float | None) -> None:
    assert not maps.drawable(latitude, longitude)


def test_the_same_place_gives_the_same_map() -> None:
    assert draw("fiji") == draw("fiji")


def test_coordinates_are_no_more_exact_than_they_are_meant() -> None:
    assert maps.coordinates(-16.4999, -68.1501, "en") == "16.50° S, 68.15° W"
    assert maps.coordinates(35.676, 139.65, "ja") == "北緯35.68度、東経139.65度"
