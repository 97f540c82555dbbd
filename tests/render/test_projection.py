from __future__ import annotations

import math

import pytest

from sabaki.render.projection import EARTH_KM, Plane, bearing, distance, equal_earth, middle

TOKYO, OSAKA = (139.692, 35.690), (135.502, 34.694)


def test_distances_and_directions_of_known_cities() -> None:
    assert distance(TOKYO, OSAKA) == pytest.approx(397, abs=4)
    assert distance((0, 0), (180, 0)) == pytest.approx(math.pi * EARTH_KM)
    assert bearing(TOKYO, OSAKA) == pytest.approx(255, abs=3)
    assert bearing((0, 0), (0, 10)) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("centre", [TOKYO, (179.9, -17.0), (-21.9, 64.1), (15.6, 78.2), (0.0, 90.0), (30.0, -89.9)])
def test_a_circle_on_the_globe_is_a_circle_on_the_plane(centre: tuple[float, float]) -> None:
    plane = Plane(centre, 2.0, 480, 360)
    assert plane.point(*centre) == pytest.approx((480, 360), abs=1e-4)
    lat, lon = math.radians(centre[1]), math.radians(centre[0])
    angle = 50 / EARTH_KM
    for degrees in range(0, 360, 30):
        turn = math.radians(degrees)
        north = math.asin(math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(turn))
        east = lon + math.atan2(
            math.sin(turn) * math.sin(angle) * math.cos(lat), math.cos(angle) - math.sin(lat) * math.sin(north)
        )
        x, y = plane.point(math.degrees(east), math.degrees(north))
        assert math.hypot(x - 480, y - 360) == pytest.approx(100, abs=0.01)


def test_across_the_antimeridian_there_is_no_jump() -> None:
    plane = Plane((179.9, -17.0), 1.0, 0, 0)
    x, _ = plane.point(-179.9, -17.0)
    assert 20 < x < 23
    south, west, north, east = plane.window(100)
    assert west < 180 < east
    assert south < -17 < north


def test_a_window_over_a_pole_has_all_longitudes() -> None:
    assert Plane((0.0, 89.9), 1.0, 0, 0).window(100)[1:] == (-180.0, 90.0, 180.0)


def test_a_long_edge_follows_the_globe() -> None:
    plane = Plane((0.0, 60.0), 1.0, 0, 0)
    drawn = plane.line([(-5.0, 60.0), (5.0, 60.0)], closed=False)
    assert len(drawn) > 15
    assert max(y for _, y in drawn) == pytest.approx(0, abs=0.1)
    assert drawn[0][1] < -5


def test_the_middle_is_found_over_the_antimeridian() -> None:
    longitude, latitude = middle([(179.0, 0.0), (-179.0, 0.0)])
    assert abs(longitude) == pytest.approx(180)
    assert latitude == pytest.approx(0)


def test_the_world_fits_its_frame() -> None:
    assert equal_earth(0, 0, 420) == pytest.approx((210, 102.2), abs=0.1)
    assert equal_earth(180, 0, 420)[0] == pytest.approx(420, abs=0.1)
    assert equal_earth(0, 90, 420)[1] == pytest.approx(0, abs=0.1)
