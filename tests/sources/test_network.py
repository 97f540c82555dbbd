from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sabaki.model.finding import State
from sabaki.model.knowledge import Network, Subject
from sabaki.sources import network, ranges
from sabaki.sources.source import Failed


def world(data: Path) -> Any:
    return SimpleNamespace(settings=SimpleNamespace(), data=data)


def test_the_network_and_what_it_is_known_for(tmp_path: Path) -> None:
    rows = [("203.0.113.0", "203.0.113.255", "13335 Cloudflare, Inc."), ("192.0.2.0", "192.0.2.255", "64500 Gakuin")]
    ranges.build(tmp_path / network.FILE, rows, title="table", date="2026-06-17", licence="CC BY 4.0")
    (cdn,) = asyncio.run(network.ask(Subject("ip", "203.0.113.9"), world(tmp_path)))
    (plain,) = asyncio.run(network.ask(Subject("ip", "192.0.2.9"), world(tmp_path)))
    assert isinstance(cdn, Network)
    assert isinstance(plain, Network)
    assert (cdn.asn, cdn.name, cdn.prefix) == (13335, "Cloudflare, Inc.", "203.0.113.0/24")
    assert cdn.uses[0].startswith("cdn: Cloudflare (list of ")
    assert (plain.asn, plain.uses, plain.database_date) == (64500, (), "2026-06-17")
    assert asyncio.run(network.ask(Subject("ip", "198.51.100.1"), world(tmp_path))) == ()


def test_without_a_table_it_is_not_known(tmp_path: Path) -> None:
    with pytest.raises(Failed) as caught:
        asyncio.run(network.ask(Subject("ip", "192.0.2.9"), world(tmp_path)))
    assert caught.value.state is State.SKIPPED


def test_every_entry_of_the_list_has_a_use_and_a_name() -> None:
    assert network.uses(8075) == tuple(f"cloud: Microsoft Azure (list of {date})" for date in [network._known()[0]])
    assert network.uses(None) == network.uses(64500) == ()
