from __future__ import annotations

import pytest

from sabaki.sources import addresses


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fd00:ec2::254", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:a00:1", "::127.0.0.1", "2002:7f00:1::",
        "2002:a00:1::1", "64:ff9b::7f00:1", "64:ff9b:1::a9fe:a9fe", "::ffff:0:7f00:1", "2001:0:7f00:1::",
        "fec0::1", "64:ff9b:1::808:808", "64:ff9b:1:7f00:0:100:808:808", "4000::1", "5f00::1", "100::1",
        "2130706433", "0x7f.1", "localhost", "", "1.2.3", "1.2.3.4.5", "127.0.0.1\n",
    ],
)  # fmt: skip
def test_what_is_not_global_is_refused_however_it_is_wrapped(address: str) -> None:
    assert addresses.refusal(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "20.63.138.218", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1"]
)
def test_what_is_global_is_let_through(address: str) -> None:
    assert addresses.refusal(address) == ""
