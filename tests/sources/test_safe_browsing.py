"""Safe Browsing v5 against a server on loopback that speaks it: both modes, every failure, and what leaves the machine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from sabaki.model.finding import State
from sabaki.model.knowledge import Listing, Subject
from sabaki.sources import safe_browsing, sbservice
from sabaki.sources.gather import Gatherer
from sabaki.sources.source import Failed, registered
from tests.sources.safebrowsing_server import Here, SafeBrowsingServer, decoded, sha


@pytest.fixture
def server() -> Iterator[SafeBrowsingServer]:
    with SafeBrowsingServer() as running:
        running.list_as("evil.example/", "SOCIAL_ENGINEERING")
        running.list_as("evil.example/", "MALWARE", attributes=("CANARY",))
        yield running


async def ask(here: Here, url: str) -> Listing:
    (known,) = await safe_browsing.ask(Subject("url", url), here)
    assert isinstance(known, Listing)
    return known


def asked(here: Here, *urls: str) -> list[Listing]:
    async def whole() -> list[Listing]:
        try:
            return [await ask(here, url) for url in urls]
        finally:
            await here.egress.close()

    return asyncio.run(whole())


def refused(here: Here, url: str = "http://new.example/") -> Failed:
    with pytest.raises(Failed) as failed:
        asked(here, url)
    assert here.settings.safe_browsing_key not in failed.value.reason + failed.value.reason_ja
    assert failed.value.reason_ja
    return failed.value


def test_listed_and_not_listed(server: SafeBrowsingServer, tmp_path: Path) -> None:
    bad, good = asked(Here(server, tmp_path), "https://login.evil.example/a/b.html?u=1#x", "http://good.example/")
    assert (bad.list, bad.listed, bad.threats) == ("Google Safe Browsing", True, ("SOCIAL_ENGINEERING",))
    assert bad.matched == "evil.example/"
    assert (good.listed, good.threats) == (False, ())
    assert "does not mean that it is clean" in good.meaning


def test_only_prefixes_leave(server: SafeBrowsingServer, tmp_path: Path) -> None:
    asked(Here(server, tmp_path), "http://user:secret@login.evil.example/taro@example.jp/?token=abc#frag")
    (path,) = server.paths
    parts = urlsplit(path)
    assert parts.path == "/v5/hashes:search"
    query = parse_qs(parts.query)
    assert set(query) == {"hashPrefixes", "alt"}
    sent = [decoded(each) for each in query["hashPrefixes"]]
    assert sent == sorted(sent)
    assert {len(each) for each in sent} == {4}
    assert sha("evil.example/")[:4] in sent


def test_a_batch_asks_each_prefix_once(server: SafeBrowsingServer, tmp_path: Path) -> None:
    here = Here(server, tmp_path)
    asked(here, *(f"http://evil.example/{at % 5}" for at in range(20)))
    sent = [prefix for search in server.searches for prefix in search]
    assert len(sent) == len(set(sent)) == 6
    assert len(server.searches) == 5


def test_answers_hold_for_as_long_as_the_server_says(server: SafeBrowsingServer, tmp_path: Path) -> None:
    here = Here(server, tmp_path)

    async def whole() -> None:
        assert not (await ask(here, "http://new.example/")).listed
        server.list_as("new.example/", "MALWARE")
        here.pass_time(seconds=299)
        assert not (await ask(here, "http://new.example/")).listed
        here.pass_time(seconds=1)
        assert (await ask(here, "http://new.example/")).threats == ("MALWARE",)
        await here.egress.close()

    asyncio.run(whole())


def test_a_hash_that_only_begins_the_same_is_not_listed(server: SafeBrowsingServer, tmp_path: Path) -> None:
    server.list_as(sha("good.example/")[:4] + bytes(28), "MALWARE")
    (found,) = asked(Here(server, tmp_path), "http://good.example/")
    assert found.listed is False


def test_kinds_that_are_newer_than_this_program_settle_nothing(server: SafeBrowsingServer, tmp_path: Path) -> None:
    server.list_as("odd.example/", 99)
    server.list_as("trial.example/", "MALWARE", attributes=("CANARY",))
    for found in asked(Here(server, tmp_path), "http://odd.example/", "http://trial.example/"):
        assert found.listed is None


@pytest.mark.parametrize(
    ("fault", "state", "words"),
    [
        ("forbidden", State.PERMERROR, "does not let the key"),
        ("quota", State.TEMPERROR, "quota"),
        ("down", State.TEMPERROR, "503"),
        ("garbage", State.TEMPERROR, "cannot be read"),
        ("truncated", State.TEMPERROR, "cannot be read"),
        ("empty", State.TEMPERROR, "cannot be read"),
        ("portal", State.TEMPERROR, "text/html"),
        ("redirect", State.PERMERROR, "leads elsewhere"),
        ("endless", State.PERMERROR, "larger"),
    ],
)
def test_a_failure_is_never_not_listed(
    server: SafeBrowsingServer, tmp_path: Path, fault: str, state: State, words: str
) -> None:
    server.fault = fault
    failed = refused(Here(server, tmp_path))
    assert failed.state is state
    assert words in failed.reason


def test_a_slow_server(server: SafeBrowsingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbservice.Service.call, "__kwdefaults__", {"seconds": 0.2, "most": 1_000})
    server.fault = "slow"
    assert refused(Here(server, tmp_path)).state is State.TEMPERROR


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with SafeBrowsingServer() as gone:
        here = Here(gone, tmp_path)
    assert refused(here).state is State.TEMPERROR


def test_a_wrong_key_and_odd_settings(server: SafeBrowsingServer, tmp_path: Path) -> None:
    failed = refused(Here(server, tmp_path, safe_browsing_key="another"))
    assert (failed.state, "safe_browsing_key" in failed.reason) == (State.PERMERROR, True)
    assert refused(Here(server, tmp_path, safe_browsing_mode="fast")).state is State.PERMERROR
    assert refused(Here(server, tmp_path), "mailto:a@example.jp").state is State.SKIPPED


def test_without_a_key_it_is_not_asked(server: SafeBrowsingServer, tmp_path: Path) -> None:
    source = registered()["safe_browsing"]
    assert (source.accepts, source.sends, source.needs) == (("url",), "hash-prefix", "safe_browsing_key")
    here = Here(server, tmp_path, safe_browsing_key="")
    with Gatherer(here, {"safe_browsing": source}) as gatherer:
        (known,) = gatherer.gather([Subject("url", "http://evil.example/")])
    assert (known.state, known.known) == (State.SKIPPED, ())
    assert server.paths == []


def test_through_the_gatherer(server: SafeBrowsingServer, tmp_path: Path) -> None:
    with Gatherer(Here(server, tmp_path), {"safe_browsing": registered()["safe_browsing"]}) as gatherer:
        (known,) = gatherer.gather([Subject("url", "http://evil.example/")])
    assert known.state is State.RAN
    assert (known.sent, known.to) == ("hash-prefix", "Google Safe Browsing")


def test_local_mode_asks_only_of_what_its_lists_suspect(server: SafeBrowsingServer, tmp_path: Path) -> None:
    server.publish("se-4b", ["evil.example/", sha("unlucky.example/")[:4]])
    here = Here(server, tmp_path, safe_browsing_mode="local")
    good, bad, unlucky = asked(here, "http://good.example/", "http://evil.example/x", "http://unlucky.example/")
    assert (good.listed, bad.listed, unlucky.listed) == (False, True, False)
    assert "nothing was sent" in good.meaning
    assert "nothing was sent" not in unlucky.meaning
    assert good.list_date == "2026-11-24T09:00:00Z"
    assert server.searches == [(sha("evil.example/")[:4],), (sha("unlucky.example/")[:4],)]
    assert len(server.list_requests) == 1


def test_local_mode_keeps_its_lists_up_to_date(server: SafeBrowsingServer, tmp_path: Path) -> None:
    here = Here(server, tmp_path, safe_browsing_mode="local")

    async def whole() -> None:
        assert not (await ask(here, "http://evil.example/")).listed
        server.publish("se-4b", ["evil.example/"])
        here.pass_time(minutes=29)
        assert not (await ask(here, "http://evil.example/")).listed
        here.pass_time(minutes=1)
        assert (await ask(here, "http://evil.example/")).listed
        await here.egress.close()

    asyncio.run(whole())


def test_local_mode_without_lists_or_with_a_suspicion_that_cannot_be_asked(
    server: SafeBrowsingServer, tmp_path: Path
) -> None:
    server.fault = "down"
    assert refused(Here(server, tmp_path, safe_browsing_mode="local")).state is State.TEMPERROR
    server.fault = ""
    server.publish("se-4b", ["evil.example/"])
    here = Here(server, tmp_path, safe_browsing_mode="local")

    async def whole() -> None:
        assert not (await ask(here, "http://good.example/")).listed
        server.fault = "down"
        assert not (await ask(here, "http://good.example/")).listed
        with pytest.raises(Failed):
            await ask(here, "http://evil.example/")
        await here.egress.close()

    asyncio.run(whole())


def test_real_time_mode_spares_what_the_global_cache_knows(server: SafeBrowsingServer, tmp_path: Path) -> None:
    server.publish("se-4b", ["host.example/evil/"])
    server.publish("gc-32b", ["host.example/"])
    server.list_as("host.example/evil/", "SOCIAL_ENGINEERING")
    here = Here(server, tmp_path)

    async def whole() -> None:
        heads = await safe_browsing.pull(here)
        assert [head.count for head in heads if head.count] == [1, 1]
        good = await ask(here, "http://host.example/fine")
        assert good.listed is False
        assert "nothing was sent" in good.meaning
        assert server.searches == []
        assert (await ask(here, "http://host.example/evil/page")).listed is True
        assert server.searches == [(sha("host.example/evil/")[:4],)]
        await ask(here, "http://new.example/")
        here.pass_time(hours=1)  # the lists are too old to stand in for a question
        await ask(here, "http://host.example/fine")
        assert len(server.searches) == 3
        await here.egress.close()

    asyncio.run(whole())
