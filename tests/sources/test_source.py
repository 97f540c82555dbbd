from __future__ import annotations

import pytest

from sabaki.sources.source import LOCAL, local, registered

SOURCES = registered()


def test_the_sources_are_found_by_being_there() -> None:
    assert {"names", "rdap", "whois", "place", "network", "safe_browsing", "web_risk"} <= set(SOURCES)


@pytest.mark.parametrize("id", SOURCES)
def test_a_source_says_what_it_sends_and_to_whom_in_both_languages(id: str) -> None:
    source = SOURCES[id]
    assert source.description
    assert source.accepts
    assert (source.sends == "nothing") == (source.to == "") == (source.to_ja == "")
    assert source.timeout > 0


def test_what_is_called_local_is_what_sends_nothing() -> None:
    every = registered()
    assert tuple(id for id, each in every.items() if each.sends == "nothing") == LOCAL
    assert {id: every[id] for id in LOCAL} == local()


def test_what_leaves() -> None:
    every = registered()
    assert every["place"].leaves("ip") == ""
    assert every["safe_browsing"].leaves("url") == "hash-prefix"
    assert every["names"].leaves("host") == "name"
    assert every["rdap"].leaves("domain") == "domain"
