from __future__ import annotations

import pytest

from sabaki.sources.source import registered

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
