from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sabaki.model.finding import State
from sabaki.model.knowledge import Place, Subject
from sabaki.sources import place
from sabaki.sources.source import Failed

BUILT = 1780666922  # 2026-06-05
FLAT = {"city": "Shibuya City", "country_code": "JP", "latitude": 35.676, "longitude": 139.65, "state1": "Tokyo"}
NESTED = {
    "city": {"names": {"en": "Kobe", "ja": "神戸市"}},
    "country": {"iso_code": "JP", "names": {"en": "Japan", "ja": "日本"}},
    "location": {"latitude": 34.69, "longitude": 135.19, "accuracy_radius": 20},
    "subdivisions": [{"names": {"en": "Hyōgo"}}],
}
TEXTS = {"city": "Kobe", "region": "Hyogo", "country": "JP", "lat": "34.69", "lng": "135.19"}


def metadata(name: str) -> Any:
    return SimpleNamespace(build_epoch=BUILT, database_type=name)


def read(record: dict[str, Any], name: str) -> Place:
    found = place.read(record, metadata(name))
    assert found is not None
    return found


def test_the_shape_of_db_ip() -> None:
    found = read(FLAT, "city ipv4")
    assert (found.city, found.region, found.country) == ("Shibuya City", "Tokyo", "JP")
    assert (found.latitude, found.longitude, found.radius_km) == (35.676, 139.65, 50.0)
    assert (found.database, found.database_date) == ("DB-IP City Lite", "2026-06-05")
    assert "CC BY 4.0" in found.licence


def test_the_shape_of_geolite2() -> None:
    found = read(NESTED, "GeoLite2-City")
    assert (found.city, found.region, found.country_name_ja, found.radius_km) == ("Kobe", "Hyōgo", "日本", 20.0)
    assert "MaxMind" in found.licence


def test_the_shape_of_ipinfo_with_numbers_as_text() -> None:
    found = read(TEXTS, "ipinfo generic_location_free.mmdb")
    assert (found.latitude, found.city, found.region, found.country) == (34.69, "Kobe", "Hyogo", "JP")


def test_a_country_alone_is_far_less_exact() -> None:
    assert read({"country_code": "US"}, "x").radius_km == 500.0


@pytest.mark.parametrize("record", [{}, {"city": "", "country_code": ""}, {"latitude": "north"}, {"country": None}])
def test_a_record_that_says_nothing_is_no_place(record: dict[str, Any]) -> None:
    assert place.read(record, metadata("x")) is None


def test_without_a_database_it_is_not_known_and_says_what_to_do(tmp_path: Path) -> None:
    world: Any = SimpleNamespace(settings=SimpleNamespace(), data=tmp_path)
    with pytest.raises(Failed) as caught:
        asyncio.run(place.ask(Subject("ip", "192.0.2.1"), world))
    assert caught.value.state is State.SKIPPED
    assert "sabaki data pull" in str(caught.value)


def test_the_published_case_by_the_real_database(databases: Path) -> None:
    world = SimpleNamespace(data=databases, settings=SimpleNamespace(place_files=()))
    where = {}
    for ip in ("20.63.138.218", "99.198.113.170"):
        (found,) = asyncio.run(place.ask(Subject("ip", ip), world))
        assert isinstance(found, Place)
        where[ip] = (found.country, found.region)
        assert found.database == "DB-IP City Lite"
    assert where == {"20.63.138.218": ("JP", "Tokyo"), "99.198.113.170": ("US", "Georgia")}
