"""Whose network an address is in, and what it is known for. Asked on this machine: nothing leaves it."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

from sabaki.model.finding import State
from sabaki.model.knowledge import Known, Network, Subject
from sabaki.sources import ranges
from sabaki.sources.ranges import Ranges
from sabaki.sources.source import Failed, World, source

FILE = "asn.ranges"
"""AS number and name by address, as `sabaki data pull` makes it."""


@source(accepts=("ip",), sends="nothing", to="", to_ja="", keeps=0, timeout=5)
async def ask(subject: Subject, world: World) -> tuple[Known, ...]:
    """Network of an address by a table on this machine, and whether it is a cloud, CDN, hosting, VPN or mobile network."""
    table = _open(world.data / FILE)
    if table is None:
        raise Failed(
            State.SKIPPED,
            "no table of networks here: `sabaki data pull` fetches one",
            "ネットワークの一覧がありません。`sabaki data pull` で取得できます",
        )
    found = table.lookup(subject.value)
    if found is None:
        return ()
    number, _, name = found[0].partition(" ")
    asn = int(number) if number.isdigit() else None
    network = Network(
        asn=asn,
        name=name,
        prefix=ranges.as_prefix(found[1]),
        uses=uses(asn),
        database=table.title,
        database_date=table.date,
        licence=table.licence,
    )
    return (network,)


def uses(asn: int | None) -> tuple[str, ...]:
    """What an AS is known for, by the bundled list: "cloud: Microsoft Azure (list of 2026-11-24)"."""
    date, known = _known()
    return tuple(f"{use}: {name} (list of {date})" for use, name in known.get(asn or 0, ()))


@cache
def _known() -> tuple[str, dict[int, tuple[tuple[str, str], ...]]]:
    table = tomllib.loads(files("sabaki.data").joinpath("networks.toml").read_text("utf-8"))
    date = str(table.pop("date"))
    known: dict[int, tuple[tuple[str, str], ...]] = {}
    for use, networks in table.items():
        for number, name in networks.items():
            known[int(number)] = (*known.get(int(number), ()), (use, str(name)))
    return date, known


@cache
def _open(file: Path) -> Ranges | None:
    try:
        return Ranges(file)
    except (OSError, ValueError, KeyError):
        return None
