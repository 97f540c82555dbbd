"""Addresses inside, addresses near, and names that spell an address."""

from __future__ import annotations

import pytest

from sabaki.facts.networks import are_near, is_exchange_online, is_inside, is_line_name, is_same_machine


@pytest.mark.parametrize(
    "ip", ["10.1.2.3", "172.31.0.1", "192.168.0.1", "127.0.0.1", "::1", "fc00::1", "fe80::1", "100.64.0.1"]
)
def test_inside(ip: str) -> None:
    assert is_inside(ip)


@pytest.mark.parametrize(
    "ip", ["203.0.113.1", "198.51.100.1", "192.0.2.1", "172.32.0.1", "2001:db8::1", "20.63.138.218"]
)
def test_outside_and_documentation_ranges(ip: str) -> None:
    assert not is_inside(ip)


def test_same_machine() -> None:
    assert is_same_machine("127.0.0.6")
    assert is_same_machine("fe80::1")
    assert not is_same_machine("10.0.0.1")


def test_near() -> None:
    assert are_near("192.0.2.10", "192.0.2.20")
    assert not are_near("192.0.2.10", "192.0.3.20")
    assert not are_near("192.0.2.10", "2001:db8::1")
    assert are_near("2001:db8:1:2::1", "2001:db8:1:3::1")
    assert not are_near("2001:db8:1::1", "2001:db8:2::1")


def test_exchange_online_is_not_the_whole_cloud() -> None:
    assert is_exchange_online("2603:10b6:408:e4::11")
    assert is_exchange_online("2603:1096:405:371::13")
    assert not is_exchange_online("2603:1030:20c::1")
    assert not is_exchange_online("40.107.1.1")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("p203-0-113-7.tokyo.isp.example", True),
        ("7.113.0.203.isp.example", True),
        ("host203000113007.isp.example", True),
        ("cb007107.isp.example", True),
        ("ec2-203-0-113-7.compute.example", True),
        ("mx7.isp.example", False),
        ("mail-113-7.isp.example", False),
        ("mbox.hosting.example", False),
    ],
)
def test_line_names(name: str, line: bool) -> None:
    assert is_line_name(name, "203.0.113.7") is line
    assert not is_line_name(name, "2001:db8::7")
