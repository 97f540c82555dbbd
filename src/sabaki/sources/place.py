"""Where a database puts an address. Asked on this machine: nothing leaves it."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sabaki.model.finding import State
from sabaki.model.knowledge import Known, Place, Subject
from sabaki.sources.source import Failed, World, source

if TYPE_CHECKING:
    import maxminddb

FILES = {4: ("city-ipv4.mmdb", "city.mmdb"), 6: ("city-ipv6.mmdb", "city.mmdb")}
"""By version of IP, the files that are looked for in the directory of data."""
_LICENCES = {"dbip": "IP Geolocation by DB-IP (db-ip.com), CC BY 4.0", "geolite2": "GeoLite2 by MaxMind (maxmind.com)"}
_CITY_RADIUS_KM = 50.0
"""How far off a city is where the database does not say: most free ones are right to that for two addresses in three at best."""
_COUNTRY_RADIUS_KM = 500.0


@source(accepts=("ip",), sends="nothing", to="", to_ja="", keeps=0, timeout=5)
async def ask(subject: Subject, world: World) -> tuple[Known, ...]:
    """Place of an address by a geolocation database on this machine: where its network is registered or used, not a person."""
    address = ipaddress.ip_address(subject.value)
    named = tuple(Path(file) for file in getattr(world.settings, "place_files", ()))
    files = named or tuple(world.data / name for name in FILES[address.version])
    database = next((opened for file in files if (opened := _open(file))), None)
    if database is None:
        raise Failed(
            State.SKIPPED,
            "no geolocation database here: `sabaki data pull` fetches one",
            "位置情報データベースがありません。`sabaki data pull` で取得できます",
        )
    try:
        record = database.get(subject.value)
    except ValueError:  # an address of IPv6 in a database of IPv4
        record = None
    place = read(record, database.metadata()) if isinstance(record, dict) else None
    return (place,) if place else ()


@cache
def _open(file: Path) -> maxminddb.Reader | None:
    import maxminddb  # noqa: PLC0415  # only where a place is asked for

    try:
        return maxminddb.open_database(file, maxminddb.MODE_AUTO)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError):
        return None


def read(record: dict[str, Any], metadata: Any) -> Place | None:
    """A record in the shape of DB-IP (flat), of GeoLite2 (nested, names by language) or of IPinfo (flat, numbers as text)."""
    country = record.get("country")
    nested = isinstance(country, dict) or isinstance(record.get("location"), dict)
    fields = _nested(record) if nested else _flat(record)
    if not (fields["country"] or fields["latitude"] is not None):
        return None
    built = datetime.fromtimestamp(int(metadata.build_epoch), UTC).date().isoformat()
    name = str(metadata.database_type) or "geolocation database"
    lowered = name.lower()
    licence = next((text for key, text in _LICENCES.items() if key in lowered), "")
    if lowered in ("city ipv4", "city ipv6"):  # what the packagers of DB-IP's free database call it
        name, licence = "DB-IP City Lite", _LICENCES["dbip"]
    radius = fields.pop("radius") or (_CITY_RADIUS_KM if fields["city"] else _COUNTRY_RADIUS_KM)
    return Place(radius_km=radius, database=name, database_date=built, licence=licence, **fields)


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    def text(*keys: str) -> str:
        return next((str(record[key]) for key in keys if record.get(key)), "")

    return {
        "latitude": _number(record.get("latitude", record.get("lat"))),
        "longitude": _number(record.get("longitude", record.get("lng"))),
        "radius": _number(record.get("radius")),
        "city": text("city"),
        "region": text("state1", "region"),
        "country": text("country_code", "country").upper()[:2],
        "country_name": text("country_name"),
    }


def _nested(record: dict[str, Any]) -> dict[str, Any]:
    def names(value: Any) -> dict[str, str]:
        found = value.get("names") if isinstance(value, dict) else None
        return found if isinstance(found, dict) else {}

    country = record.get("country") or record.get("registered_country") or {}
    regions = record.get("subdivisions")
    region = regions[0] if isinstance(regions, list) and regions else {}
    location = record.get("location")
    location = location if isinstance(location, dict) else {}
    return {
        "latitude": _number(location.get("latitude")),
        "longitude": _number(location.get("longitude")),
        "radius": _number(location.get("accuracy_radius")),
        "city": names(record.get("city")).get("en", ""),
        "region": names(region).get("en", ""),
        "country": str(country.get("iso_code", "")) if isinstance(country, dict) else "",
        "country_name": names(country).get("en", ""),
        "country_name_ja": names(country).get("ja", ""),
    }


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
