"""From the globe to the plane: distances true around one point (azimuthal equidistant), or all of the world (Equal Earth)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sabaki.render.clip import Line, Point

EARTH_KM = 6371.0
_DENSE = 0.25
_A = (1.340264, -0.081106, 0.000893, 0.003796)
_WORLD_X, _WORLD_Y = 2.7066, 1.3174
_NEAR_A_POLE = 89.0


def distance(one: Point, other: Point) -> float:
    """Kilometres between two places, (longitude, latitude) in degrees, on a sphere."""
    (east1, north1), (east2, north2) = ((math.radians(x), math.radians(y)) for x, y in (one, other))
    half = (
        math.sin((north2 - north1) / 2) ** 2 + math.cos(north1) * math.cos(north2) * math.sin((east2 - east1) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def bearing(start: Point, end: Point) -> float:
    """The direction from one place to another, in degrees from north, clockwise."""
    (east1, north1), (east2, north2) = ((math.radians(x), math.radians(y)) for x, y in (start, end))
    across = math.sin(east2 - east1) * math.cos(north2)
    up = math.cos(north1) * math.sin(north2) - math.sin(north1) * math.cos(north2) * math.cos(east2 - east1)
    return math.degrees(math.atan2(across, up)) % 360


def middle(places: Sequence[Point]) -> Point:
    """The place in the midst of some that lie near each other, the antimeridian and the poles no exception."""
    x = y = z = 0.0
    for longitude, latitude in places:
        east, north = math.radians(longitude), math.radians(latitude)
        x, y, z = x + math.cos(north) * math.cos(east), y + math.cos(north) * math.sin(east), z + math.sin(north)
    return math.degrees(math.atan2(y, x)), math.degrees(math.atan2(z, math.hypot(x, y)))


class Plane:
    """A plane that touches the globe at `centre`: distances from there are true, and a circle around it is a circle.

    `scale` is in units a kilometre; the centre is at (`x`, `y`), and y grows downwards, as in SVG.
    """

    def __init__(self, centre: Point, scale: float, x: float, y: float) -> None:
        self.centre, self.scale, self.x, self.y = centre, scale, x, y
        self._east = math.radians(centre[0])
        self._sin, self._cos = math.sin(math.radians(centre[1])), math.cos(math.radians(centre[1]))

    def point(self, longitude: float, latitude: float) -> Point:
        """Where a place is on the plane."""
        east, north = math.radians(longitude) - self._east, math.radians(latitude)
        sin, cos, toward = math.sin(north), math.cos(north), math.cos(east)
        near = self._sin * sin + self._cos * cos * toward
        angle = math.acos(max(-1.0, min(1.0, near)))
        stretch = EARTH_KM * self.scale * (angle / math.sin(angle) if 1e-9 < angle < math.pi - 1e-9 else 1.0)
        across = cos * math.sin(east)
        up = self._cos * sin - self._sin * cos * toward
        return self.x + stretch * across, self.y - stretch * up

    def line(self, line: Sequence[Point], *, closed: bool) -> Line:
        """A line or ring on the plane; long edges follow the globe, which they do not as the plane's straight lines."""
        if not line:
            return []
        drawn: Line = []
        before = line[-1] if closed else line[0]
        for longitude, latitude in line:
            across = abs(longitude - before[0]) * math.cos(math.radians((latitude + before[1]) / 2))
            pieces = math.ceil(max(across, abs(latitude - before[1])) / _DENSE)
            for piece in range(1, pieces):
                share = piece / pieces
                between = before[0] + share * (longitude - before[0]), before[1] + share * (latitude - before[1])
                drawn.append(self.point(*between))
            drawn.append(self.point(longitude, latitude))
            before = longitude, latitude
        return drawn

    def window(self, kilometres: float) -> tuple[float, float, float, float]:
        """South, west, north and east of all that is no further than that from the centre; over a pole all longitudes."""
        longitude, latitude = self.centre
        reach = math.degrees(kilometres / EARTH_KM)
        south, north = latitude - reach, latitude + reach
        if max(north, -south) > _NEAR_A_POLE:
            return max(-90.0, south), -180.0, min(90.0, north), 180.0
        across = math.degrees(math.asin(min(1.0, math.sin(math.radians(reach)) / self._cos)))
        return south, longitude - across, north, longitude + across


def equal_earth(longitude: float, latitude: float, width: float) -> Point:
    """Where a place is on a map of the world so wide, half as high (Šavrič, Patterson and Jenny 2018)."""
    slope = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    square = slope * slope
    sixth = square**3
    across = 9 * _A[3] * sixth * square + 7 * _A[2] * sixth + 3 * _A[1] * square + _A[0]
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(slope) / (3 * across)
    y = slope * (_A[3] * sixth * square + _A[2] * sixth + _A[1] * square + _A[0])
    half = width / 2
    return half + x / _WORLD_X * half, (_WORLD_Y - y) / _WORLD_X * half
