from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest

from sabaki.model.case import Client
from sabaki.model.evidence import Grade
from sabaki.model.knowledge import Knowledge, Names, Network, Place, Registration
from sabaki.render import places
from sabaki.render.blocks import Map, Section, Statement, Table
from sabaki.render.voice import Voice
from tests.render import cases, knowledge
from tests.render.knowledge import HOST, NORCROSS, SENDER, SITE, TOKYO, known


def place(**changes: Any) -> Knowledge:
    return known("place", "ip", SENDER, msgspec.structs.replace(TOKYO, **changes))


def sender(asked: tuple[Knowledge, ...], lang: str = "en", **changes: Any) -> Section:
    section = places.sender(Voice(cases.replaced(cases.seed_report(), **changes), lang), asked)
    assert section is not None
    return section


def hosting(asked: tuple[Knowledge, ...]) -> Section:
    section = places.hosting(Voice(cases.seed_report(), "en"), asked)
    assert section is not None
    return section


def drawn(section: Section) -> list[Map]:
    return [block for block in section.blocks if isinstance(block, Map)]


def rows(section: Section) -> dict[str, str]:
    tables = [block for block in section.blocks if isinstance(block, Table)]
    return {row[0].text: f"{row[1].text} {row[1].grade} {row[1].note}" for table in tables for row in table.rows}


def test_beside_the_map_stands_what_it_does_not_show() -> None:
    (card,) = drawn(sender(knowledge.seed()))
    assert card.notes[0].text == "This pins the network's registration, not a person."
    assert card.notes[0].grade == "T"
    assert "Microsoft Azure (list of 2026-11-24)" in card.notes[1].text
    assert "next to nothing" in card.notes[1].text
    assert card.sources[0].startswith("Place: DB-IP City Lite, 2026-11-01")
    assert "CC BY 4.0" in card.sources[0]
    assert "Natural Earth" in card.sources[1]
    assert "GeoNames" in card.sources[1]
    assert card.points == ("20.63.138.218: 35.68° N, 139.65° E, off by 50 km or more",)


def test_the_same_in_japanese() -> None:
    (card,) = drawn(sender(knowledge.seed(), "ja"))
    assert "人の居場所ではありません" in card.notes[0].text
    assert "クラウド事業者" in card.notes[1].text
    assert "一覧の日付 2026-11-24" in card.notes[1].text
    assert card.title == "20.63.138.218: 日本・東京"


@pytest.mark.parametrize("use", ["cloud", "hosting", "cdn", "vpn", "proxy", "tor", "mobile", "something new"])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_use_is_explained(use: str, lang: str) -> None:
    network = known("network", "ip", SENDER, Network(asn=64500, uses=(f"{use}: Example (list of 2026-11-24)",)))
    note = drawn(sender((place(), network), lang))[0].notes[1]
    assert "Example" in note.text
    assert "2026-11-24" in note.text
    assert len(note.text) > 30


def test_a_place_without_coordinates_is_told_and_not_drawn() -> None:
    for changes in ({"latitude": None}, {"latitude": math.nan}, {"longitude": 999.0}):
        network = known("network", "ip", SENDER, knowledge.azure())
        section = sender((place(**changes), network))
        assert drawn(section) == []
        assert rows(section)["Place"].startswith("Tokyo, Japan T")
        assert "next to nothing" in rows(section)["Used for"]


@pytest.mark.parametrize("radius", [None, math.nan, -5.0, math.inf, 1e300])
def test_a_senseless_radius_draws_no_senseless_circle(radius: float | None) -> None:
    (card,) = drawn(sender((place(radius_km=radius),)))
    assert card.pins[0].radius == 0 or radius == 1e300
    assert card.pins[0].radius < 5000


def test_where_only_the_country_is_known_it_is_said() -> None:
    (card,) = drawn(sender((place(city="", region=""),)))
    assert any("No city is known" in note.text for note in card.notes)


def test_databases_that_disagree_are_both_drawn() -> None:
    other = msgspec.structs.replace(NORCROSS, database="Another")
    cards = drawn(sender((place(), known("place", "ip", SENDER, other))))
    assert len(cards) == 2
    assert len({card.id for card in cards}) == 2


def test_an_address_that_nobody_vouches_for_is_called_so_first() -> None:
    origin = msgspec.structs.replace(cases.seed_report().origin, grade=Grade.SELF_DECLARED)
    first = sender(knowledge.seed(), origin=origin).blocks[0]
    assert isinstance(first, Statement)
    assert first.grade == "S"
    assert "not attested" in first.text


def test_an_address_that_only_a_field_names_is_called_so() -> None:
    client = Client("X-Originating-IP", ip="192.0.2.77")
    origin = msgspec.structs.replace(cases.seed_report().origin, clients=(client,))
    section = sender((known("network", "ip", "192.0.2.77", knowledge.azure()),), origin=origin)
    names = [block.name for block in section.blocks if isinstance(block, Table)]
    assert names == ["192.0.2.77, by the field X-Originating-IP [S]"]


def test_a_reverse_name_is_confirmed_or_not() -> None:
    assert "not confirmed" in rows(sender(knowledge.seed()))["Reverse name"]
    names = Names(reverse_names=("mail.example",), confirmed_name="mail.example")
    assert " T confirmed" in rows(sender((known("names", "ip", SENDER, names),)))["Reverse name"]
    assert rows(sender((known("names", "ip", SENDER, Names()),)))["Reverse name"].startswith("none T")


def test_the_site_has_its_own_map_and_its_holder() -> None:
    held = Registration(holder="Example Hosting", country="US", network="99.198.112.0/22", server="rdap.example")
    section = hosting((*knowledge.seed(), known("rdap", "ip", SITE, held)))
    assert [pin.role for card in drawn(section) for pin in card.pins] == ["host"]
    assert rows(section)["Holder of the addresses"].startswith(
        "Example Hosting, United States (US) T RDAP (rdap.example)"
    )


def test_near_each_other_they_share_the_senders_map() -> None:
    near = known("place", "ip", SITE, msgspec.structs.replace(TOKYO, latitude=35.4, city="Yokohama"))
    asked = (place(), known("names", "host", HOST, Names(addresses=(SITE,))), near)
    assert [pin.role for card in drawn(sender(asked)) for pin in card.pins] == ["sender", "host"]
    section = hosting(asked)
    assert drawn(section) == []
    assert isinstance(section.blocks[0], Statement)
    assert "on the map there" in section.blocks[0].text


def test_a_host_without_an_address_is_said() -> None:
    section = hosting((known("names", "host", HOST, Names()),))
    assert any(isinstance(block, Statement) and "had no address" in block.text for block in section.blocks)


def test_many_places_do_not_make_many_maps() -> None:
    hosts = Names(addresses=tuple(f"192.0.2.{number}" for number in range(1, 9)))
    spread = [
        known("place", "ip", f"192.0.2.{number}", Place(latitude=-80.0 + 20 * number, longitude=0.0, radius_km=50.0))
        for number in range(1, 9)
    ]
    section = hosting((known("names", "host", HOST, hosts), *spread))
    assert len(drawn(section)) == 4


def test_nothing_known_is_no_section() -> None:
    voice = Voice(cases.seed_report(), "en")
    assert places.sender(voice, ()) is None
    assert places.hosting(voice, ()) is None
