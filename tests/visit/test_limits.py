from __future__ import annotations

import msgspec

from sabaki.visit.limits import VisitLimits


def test_the_limits_of_the_contract() -> None:
    limits = VisitLimits()
    assert (limits.requests, limits.size, limits.redirects, limits.hosts, limits.seconds) == (
        300,
        50_000_000,
        20,
        100,
        60,
    )


def test_every_limit_is_a_bound() -> None:
    assert all(value > 0 for value in msgspec.structs.asdict(VisitLimits()).values())
