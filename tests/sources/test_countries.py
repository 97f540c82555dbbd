"""Countries by code and by the names that registrations use."""

from __future__ import annotations

import pytest

from sabaki.sources.countries import country_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("JP", "JP"),
        ("jp", "JP"),
        ("UK", "GB"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("United States", "US"),
        ("UNITED  STATES OF AMERICA", "US"),
        ("The Netherlands", "NL"),
        ("South Korea", "KR"),
        ("Korea, Republic of", "KR"),
        ("Viet Nam", "VN"),
        ("Taiwan", "TW"),
        ("Bolivia", "BO"),
        ("日本", "JP"),
        ("Schweiz", "CH"),
        ("Türkiye", "TR"),
        ("Russian Federation", "RU"),
        ("EU", ""),
        ("ZZ", ""),
        ("AP", ""),
        ("WA", ""),
        ("Atlantis", ""),
        ("United", ""),
        ("", ""),
        (" ", ""),
        ("J" * 1_000_000, ""),
        ("JP" + " " * 1_000, "JP"),
    ],
)
def test_a_country(text: str, code: str) -> None:
    assert country_code(text) == code
