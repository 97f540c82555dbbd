from __future__ import annotations

import inspect
import json
import os
from pathlib import Path

import msgspec
import pytest

from sabaki import pipeline
from sabaki.model.finding import State
from sabaki.model.knowledge import Known, Listing, Place, Registration
from sabaki.model.report import Label, Report
from sabaki.render import html, markdown
from sabaki.sources.outside import Outside
from tests.live.namespace import CannotRun
from tests.live.outside import PROJECT
from tests.online import forms, inside, judging, letters, outside, places, proof, screenshots
from tests.online.outside import World
from tests.online.recorder import Record
from tests.online.scenarios import GONE_WRONG, SOME, Scenario

needs_database = pytest.mark.skipif(outside.databases() is None, reason=outside.NO_DATABASE)


def known_of(world: World, source: str, value: str) -> Known:
    (report,) = world.reports()
    (found,) = (each for each in report.knowledge if (each.source, each.subject.value) == (source, value))
    assert found.state is State.RAN
    return found.known[0]


@needs_database
@pytest.mark.parametrize(
    ("ip", "country", "place"), [(places.SENT_FROM, "JP", "Tokyo"), (places.HOSTED_AT, "US", "Georgia")]
)
def test_where_the_addresses_are(well: World, ip: str, country: str, place: str) -> None:
    found = known_of(well, "place", ip)
    assert isinstance(found, Place)
    assert (found.country, found.region) == (country, place)
    assert found.database_date


def test_who_registered_the_link_s_domain(well: World) -> None:
    found = known_of(well, "rdap", places.DOMAIN)
    assert isinstance(found, Registration)
    assert (found.country, found.region, found.withheld) == ("BO", "La Paz", True)
    assert found.server == places.REGISTRAR


def test_the_school_s_name_is_that_of_jprs(well: World) -> None:
    found = known_of(well, "whois", places.SCHOOL)
    assert isinstance(found, Registration)
    assert (found.holder_ja, found.server) == (forms.SCHOOL_NAME, places.JPRS)


def test_safe_browsing_lists_the_link(well: World) -> None:
    found = known_of(well, "safe_browsing", places.LINK)
    assert isinstance(found, Listing)
    assert (found.listed, found.threats) == (True, ("SOCIAL_ENGINEERING",))


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("ja", ("La Paz", forms.SCHOOL_NAME, "Google セーフ ブラウジング", "SOCIAL_ENGINEERING", forms.HOSTER)),
        ("en", ("La Paz", forms.SCHOOL_NAME, "Google Safe Browsing", "SOCIAL_ENGINEERING", forms.HOSTER)),
    ],
)
def test_the_article_tells_it(well: World, lang: str, words: tuple[str, ...]) -> None:
    assert well.run(lang).exit == 0, well.told(lang)
    article = (well.folder / f"{lang}.html").read_text("utf-8")
    assert [word for word in words if word not in article] == []


@needs_database
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_both_maps_are_in_the_article(well: World, lang: str) -> None:
    article = (well.folder / f"{lang}.html").read_text("utf-8")
    assert article.count('class="about"') == 2  # the circles of uncertainty
    assert "Norcross" in article
    assert ("東京" if lang == "ja" else "Tokyo") in article


@pytest.mark.skipif(not screenshots.browser(), reason="no Chromium here")
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_browser_shows_the_article(well: World, lang: str) -> None:
    assert (well.folder / f"{lang}.png").read_bytes().startswith(b"\x89PNG")


def test_the_same_again_without_the_network(well: World) -> None:
    assert well.printed("replay") == well.printed()
    assert silent(well, "replay")


def silent(world: World, name: str) -> bool:
    """By the kernel's count and by what was seen."""
    run = world.run(name)
    return (run.packets, run.record, run.heard) == (0, Record(), [])


@pytest.mark.parametrize("name", ["default", "red", "sources"])
def test_nothing_leaves_unless_it_may(well: World, name: str) -> None:
    assert silent(well, name)
    assert well.run(name).exit == (2 if name == "red" else 0)


def test_what_leaves_is_counted_at_all(well: World) -> None:
    """Else the zero above would be worth nothing."""
    run = well.run()
    assert run.packets == run.record.packets > 50
    assert run.record.lost == 0
    assert run.record.others == []


def test_the_wire_and_the_report_say_the_same(well: World) -> None:
    for side in proof.sides(well):
        assert side.wire == side.told, side.what
        assert side.wire


def test_who_is_asked_is_who_sabaki_sources_names(well: World) -> None:
    (report,) = well.reports()
    assert proof.unannounced(well, report) == ()
    assert {each.source for each in report.knowledge if each.sent} == {"names", "rdap", "safe_browsing", "whois"}


def test_the_victim_is_told_to_nobody(well: World) -> None:
    """The DNS of the reader's choice is asked for the bait and for the public mail records of the reader's own domain: no more."""
    run = well.run()
    words = ("admin", "uid=", "kagoya", places.VICTIM)
    assert [each.text for each in run.heard if any(word in each.text for word in words)] == []
    (report,) = well.reports()
    own = {f"{each.name} {each.type}" for each in report.verification.lookups}
    named = {name for name in run.record.names if places.VICTIM in name}
    assert named - own == {f"{places.LINK_HOST} A", f"{places.LINK_HOST} AAAA"}


def test_servers_are_asked_under_their_names(well: World) -> None:
    """SNI, Host and the address belong together; the key is in no address and goes to one server only."""
    for each in well.run().heard:
        if each.port == 443:
            assert f"host: {each.name}\r\n" in each.text.replace("\r\n", "\n").replace("\n", "\r\n").lower()
            assert places.SERVERS[each.name] == each.address
        assert "test-key" not in each.text.partition("\n")[0]
        assert ("test-key" in each.text) == (each.name == places.GOOGLE)


def test_with_tlp_amber_only_prefixes_of_hashes_leave(well: World) -> None:
    run = well.run("amber")
    assert {each.name for each in run.heard} == {places.GOOGLE}
    assert set(run.record.names) == {f"{places.GOOGLE} A", f"{places.GOOGLE} AAAA"}


def test_what_is_known_is_not_asked_again(well: World) -> None:
    assert well.run("ja").packets < well.run().packets / 2
    assert {each.name for each in well.run("ja").heard} <= {places.GOOGLE}


def test_an_as_number_is_looked_up(well: World) -> None:
    (found,) = json.loads(well.printed("asn"))
    assert found["known"][0]["holder"] == forms.CLOUD
    assert [each.name for each in well.run("asn").heard] == [places.ARIN]


@pytest.mark.parametrize("scenario", SOME, ids=lambda each: each.name)
def test_whatever_goes_wrong(worlds: dict[Scenario, World | outside.WentWrong], scenario: Scenario) -> None:
    world = worlds[scenario]
    assert isinstance(world, World), world
    assert judging.faults(world) == ()
    assert judging.outcome(world)


def test_what_a_lying_server_says_is_text(worlds: dict[Scenario, World | outside.WentWrong]) -> None:
    world = worlds[Scenario("rdap", "lying: nonsense of the right types")]
    assert isinstance(world, World)
    (report, _) = world.reports()
    for lang in ("ja", "en"):
        page = html.render(report, lang, redacted=False)
        assert "&lt;script&gt;alert" in page
        assert "<script" not in page
        assert not {"\x1b", "\u202e"} & set(page + markdown.render(report, lang, redacted=False))


# What follows needs no network.


def test_one_of_each_is_shown() -> None:
    assert set(SOME) < set(GONE_WRONG)
    for server in ("dns", "rdap", "whois", "safe_browsing"):
        shown = " ".join(each.behaviour for each in SOME if each.server == server)
        assert [word for word in ("down", "slow", "lying", "1 GB") if word not in shown] == []


def test_the_mail_is_the_published_case_s() -> None:
    mail = letters.seed()
    report = pipeline.dissect(mail)
    assert [url.value for url in report.urls] == [places.LINK]
    assert report.origin.auth_domain == places.SCHOOL


def test_jprs_leaves_japanese_out_when_asked_to() -> None:
    assert forms.whois(places.JPRS, f"{places.SCHOOL}/e").isascii()
    assert b"\x1b" not in forms.whois(places.JPRS, f"{places.SCHOOL}/e")
    assert forms.SCHOOL_NAME in forms.whois(places.JPRS, places.SCHOOL).decode("iso-2022-jp")


def test_with_another_way_out_nothing_is_started(tmp_path: Path) -> None:
    (tmp_path / "dev").write_text("Inter-|\n face |\n    lo: 0 0\n")
    (tmp_path / "route").write_text("Iface Destination\n")
    inside.alone(tmp_path)
    (tmp_path / "dev").write_text("Inter-|\n face |\n    lo: 0 0\n  eth0: 0 0\n")
    with pytest.raises(CannotRun, match="eth0"):
        inside.alone(tmp_path)
    (tmp_path / "dev").write_text("Inter-|\n face |\n    lo: 0 0\n")
    (tmp_path / "route").write_text("Iface Destination\nlo 00000000\n")
    with pytest.raises(CannotRun, match="route"):
        inside.alone(tmp_path)


def test_without_root_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(outside.CannotRun, match="root"):
        outside.run(Scenario(), tmp_path)


def made_up(folder: Path, scenario: Scenario, quiet: Report, **run: object) -> World:
    """A world that never was, as the judge sees it."""
    plain = inside.Run(("dissect",), 0, 1.0, 80.0, 9, Record(), [], [], 0)
    (folder / "online.json").write_bytes(msgspec.json.encode(msgspec.structs.replace(plain, **run)))
    held = pipeline.dissect(letters.seed(), vantage=inside.vantage())
    (folder / "online.out").write_bytes(held.to_json() + b"\n" + quiet.to_json() + b"\n")
    (folder / "online.err").write_text("")
    return World(scenario, folder)


@pytest.mark.parametrize(
    ("run", "fault"),
    [
        ({"trapped": ["127.0.0.1:80"]}, "connected to"),
        ({"record": Record(connections=["169.254.169.254:80"])}, "knocked at"),
        ({"record": Record(connections=[f"{places.HOSTED_AT}:80"])}, "knocked at"),
        ({"record": Record(lost=1)}, "unexplained"),
        ({"heard": [{"address": "192.0.2.1", "port": 443, "name": "", "text": "uid=admin@jimusho.example"}]}, "told"),
        ({"peak_mb": 900.0}, "used"),
        ({"poured": 1 << 30}, "bytes"),
        ({"exit": 1}, "ended with 1"),
    ],
)
def test_the_judge_sees_it(tmp_path: Path, run: dict[str, object], fault: str) -> None:
    quiet = pipeline.dissect(letters.QUIET)
    lying = Scenario("safe_browsing", "lying: nothing is listed")
    assert judging.faults(made_up(tmp_path, lying, quiet)) == ()
    assert [fault in each for each in judging.faults(made_up(tmp_path, lying, quiet, **run))] == [True]


def test_the_judge_sees_time_go_by(tmp_path: Path) -> None:
    quiet, down = pipeline.dissect(letters.QUIET), Scenario("rdap", "down")
    assert judging.overtime(made_up(tmp_path, down, quiet)) == ()
    assert judging.overtime(made_up(tmp_path, down, quiet, seconds=judging.WITHIN + 1)) != ()


def test_the_judge_sees_what_is_called_clean(tmp_path: Path) -> None:
    quiet = pipeline.dissect(letters.QUIET)
    clean = msgspec.structs.replace(quiet, verdict=msgspec.structs.replace(quiet.verdict, label=Label.BENIGN))
    found = judging.faults(made_up(tmp_path, Scenario("rdap", "down"), clean))
    assert "the quiet mail is called benign" in found
    assert any("rdap is said to have answered" in each for each in found)


def test_the_world_outside_has_no_door_for_tests() -> None:
    """The command line hands none of what tests may: no list of allowed addresses, no ports, no certificates."""
    source = Path(PROJECT / "src" / "sabaki" / "cli").glob("*.py")
    assert [
        path.name for path in source if "allow=" in path.read_text("utf-8") or "tls=" in path.read_text("utf-8")
    ] == []
    assert inspect.signature(Outside).parameters["allow"].default == ()
