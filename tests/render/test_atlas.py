from __future__ import annotations

import itertools
import re
from importlib.resources import files

import pytest

from sabaki.render import atlas
from sabaki.render.clip import Line


def test_it_stays_small() -> None:
    folder = files("sabaki.data").joinpath("atlas")
    assert sum(len(file.read_bytes()) for file in folder.iterdir() if file.is_file()) < 1_500_000


def inside(ring: Line, x: float, y: float) -> bool:
    odd = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            odd = not odd
    return odd


def covered(layer: str, longitude: float, latitude: float) -> bool:
    cell = next(atlas.cells(latitude, longitude, latitude, longitude))
    return sum(inside(ring, longitude, latitude) for ring in cell.get(layer, [])) % 2 == 1


@pytest.mark.parametrize(
    ("longitude", "latitude", "land"),
    [
        (139.65, 35.67, True),  # Tokyo
        (-84.21, 33.97, True),  # Norcross
        (-68.15, -16.5, True),  # La Paz
        (178.0, -17.8, True),  # Viti Levu
        (-179.0, 68.0, True),  # Chukotka, beyond the antimeridian
        (179.0, 68.0, True),
        (0.0, -89.0, True),  # the pole
        (51.0, 42.0, False),  # the Caspian Sea
        (140.5, 35.0, False),
        (-140.0, 0.0, False),
        (180.0 - 1e-6, 0.0, False),
    ],
)
def test_land_is_where_land_is(longitude: float, latitude: float, land: bool) -> None:
    assert covered("land", longitude, latitude) is land


def test_lakes_lie_on_the_land() -> None:
    assert covered("lakes", -87.0, 43.5)
    assert covered("land", -87.0, 43.5)


def test_a_window_over_the_antimeridian_goes_on() -> None:
    columns = list(atlas.cells(-18.0, 178.0, -16.0, 182.0))
    assert len(columns) == 4 or len(columns) == 2
    beyond = [x for cell in columns for line in cell.get("land", []) for x, _ in line]
    assert min(beyond) < 180 < max(beyond)
    assert max(beyond) < 186


def test_all_longitudes_are_each_cell_once() -> None:
    assert len(list(atlas.cells(85.5, -180.0, 89.9, 180.0))) == 72


def test_no_coast_is_drawn_along_the_antimeridian() -> None:
    for cell in atlas.cells(-18.0, 175.1, -16.0, 179.9):
        for line in cell.get("coast", []):
            for (x1, y1), (x2, y2) in itertools.pairwise(line):
                assert not (abs(x1 - 180) < 0.01 and abs(x2 - 180) < 0.01 and abs(y1 - y2) > 0.05)


def test_the_credit_stands_in_the_file() -> None:
    head = files("sabaki.data").joinpath("atlas", "cities.tsv").read_text("utf-8").splitlines()[0]
    assert "GeoNames" in head
    assert "CC BY 4.0" in head


def test_cities_and_countries_have_their_japanese_names() -> None:
    assert atlas.city_ja("Tokyo", 35.676, 139.65) == "東京"
    assert atlas.city_ja("tokyo", 0.0, 0.0) == ""
    assert atlas.city_ja("La Paz", -16.5, -68.15) == "ラパス"
    assert atlas.country("BO", "ja") == "ボリビア"
    assert atlas.country("bo", "en") == "Bolivia"
    assert atlas.country("ZZ", "en") == ""
    assert all(re.fullmatch("[ァ-ヴー・ぁ-ん一-龥々ヶ]*", city.name_ja) for city in atlas.cities())


def test_the_world_is_one_small_picture() -> None:
    rings = atlas.world()
    assert 50 < len(rings) < 300
    assert all(-181 <= x <= 181 and -91 <= y <= 91 for ring in rings for x, y in ring)
