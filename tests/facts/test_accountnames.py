"""The domain in an account's name, in every way that servers write it."""

from __future__ import annotations

import pytest

from sabaki.facts.accountnames import domain_in


@pytest.mark.parametrize(
    ("account", "domain"),
    [
        ("Taro@Gakuin.EXAMPLE", "gakuin.example"),
        ("taro@gakuin.example.", "gakuin.example"),
        ("taro%gakuin.example", "gakuin.example"),
        ("taro=gakuin.example", "gakuin.example"),
        ("taro+gakuin.example", "gakuin.example"),
        ("taro-AT-gakuin.example", "gakuin.example"),
        ("gakuin.example\\taro", "gakuin.example"),
        ("taro%gakuin.example@relay.example", "relay.example"),
        ("taro+tag@gakuin.example", "gakuin.example"),
        ("GAKUIN\\taro", ""),
        ("taro.sato", ""),
        ("taro+newsletter", ""),
        ("apikey", ""),
        ("@", ""),
        ("", ""),
        ("%=+\\", ""),
    ],
)
def test_domain(account: str, domain: str) -> None:
    assert domain_in(account) == domain
