"""Networks: which object of an answer counts."""

from __future__ import annotations

import pytest

from sabaki.sources import whoisnet


@pytest.mark.parametrize(
    ("network", "address", "inside"),
    [
        ("192.0.2.0 - 192.0.2.255", "192.0.2.1", True),
        ("192.0.2.0/24", "192.0.2.255", True),
        ("198.51.100/24", "198.51.100.3", True),
        ("2001:db8::/32", "2001:db8::1", True),
        ("192.0.2.0/24", "198.51.100.1", False),
        ("192.0.2.0/24", "2001:db8::1", False),
        ("192.0.2.9 - 192.0.2.3", "192.0.2.5", False),
        ("0.0.0.0 - 255.255.255.255", "192.0.2.1", False),
        ("nonsense", "192.0.2.1", False),
        ("192.0.2.0/99", "192.0.2.1", False),
        ("", "192.0.2.1", False),
    ],
)
def test_a_network_holds_an_address(network: str, address: str, inside: bool) -> None:
    assert whoisnet.covers(network, address) is inside


def test_the_smallest_network_counts() -> None:
    text = "inetnum: 192.0.0.0 - 192.255.255.255\nnetname: BIG\n\ninetnum: 192.0.2.0/24\nnetname: SMALL\n\ninetnum: 192.0.2.0/28\nnetname: NEXT\n"
    found = whoisnet.read(text, "ip", "192.0.2.200")
    assert found is not None
    assert found[0].network_name == "SMALL"


def test_no_network_is_no_answer() -> None:
    assert whoisnet.read("% no entries found\n", "ip", "192.0.2.1") is None
    assert whoisnet.read("aut-num: AS64501\n", "asn", "64500") is None
