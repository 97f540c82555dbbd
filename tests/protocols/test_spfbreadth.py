"""Most of it is tested through the evaluation, in test_spf.py."""

from __future__ import annotations

from sabaki.protocols.spfbreadth import Breadth
from sabaki.protocols.spfrecord import parse


def breadth(*policies: str) -> bool:
    found = Breadth()
    for policy in policies:
        found.add(parse(policy))
    return found.everyone


def test_several_records_add_up() -> None:
    quarter = [
        f"v=spf1 {' '.join(f'ip4:{first}.0.0.0/10' for first in range(start, start + 20))} -all"
        for start in range(0, 80, 20)
    ]
    assert [breadth(*quarter[:count]) for count in range(5)] == [False, False, False, False, True]


def test_the_same_range_counts_once() -> None:
    assert not breadth(*["v=spf1 ip4:192.0.0.0/9 -all"] * 50)


def test_neighbours_that_make_a_wide_range() -> None:
    assert breadth("v=spf1 ip4:192.0.0.0/9 ip4:192.128.0.0/9 -all")
    assert breadth("v=spf1 ip6:2001::/17 ip6:2001:8000::/17 -all")
    assert not breadth("v=spf1 ip4:191.128.0.0/9 ip4:192.0.0.0/9 -all")


def test_a_redirect_that_the_client_chooses() -> None:
    assert breadth("v=spf1 redirect=%{h}")
    assert not breadth("v=spf1 redirect=%{d}")
