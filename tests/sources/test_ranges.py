from __future__ import annotations

from pathlib import Path

import pytest

from sabaki.sources import ranges
from sabaki.sources.ranges import Ranges

ROWS = [
    ("203.0.113.0", "203.0.113.255", "64500 Example, Inc."),
    ("192.0.2.0", "192.0.2.63", "64501 Gakuin"),
    ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "64502 六番"),
    ("198.51.100.7", "198.51.100.7", "64501 Gakuin"),
]


@pytest.fixture
def opened(tmp_path: Path) -> Ranges:
    file = tmp_path / "asn.ranges"
    assert ranges.build(file, ROWS, title="AS of the test", date="2026-06-17", licence="CC BY 4.0") == 4
    return Ranges(file)


@pytest.mark.parametrize(
    ("ip", "text"),
    [
        ("203.0.113.0", "64500 Example, Inc."),
        ("203.0.113.255", "64500 Example, Inc."),
        ("203.0.114.0", None),
        ("192.0.2.63", "64501 Gakuin"),
        ("192.0.2.64", None),
        ("198.51.100.7", "64501 Gakuin"),
        ("0.0.0.0", None),
        ("255.255.255.255", None),
        ("2001:db8:1::1", "64502 六番"),
        ("2001:db9::", None),
        ("::ffff:203.0.113.9", "64500 Example, Inc."),
    ],
)
def test_an_address_finds_its_range_and_no_other(opened: Ranges, ip: str, text: str | None) -> None:
    found = opened.lookup(ip)
    assert (found[0] if found else None) == text


def test_it_says_what_it_is(opened: Ranges) -> None:
    assert (opened.title, opened.date, opened.licence, len(opened)) == ("AS of the test", "2026-06-17", "CC BY 4.0", 4)


def test_a_range_as_a_prefix(opened: Ranges) -> None:
    found = opened.lookup("192.0.2.1")
    assert found is not None
    assert ranges.as_prefix(found[1]) == "192.0.2.0/26"
    assert ranges.as_prefix("192.0.2.1-192.0.2.9") == "192.0.2.1-192.0.2.9"
    assert ranges.as_prefix("2001:db8::-2001:db8::ffff") == "2001:db8::/112"


@pytest.mark.parametrize(
    "content", [b"", b"no json\n", b'{"title":"x"}\n', b'{"title":"","date":"","licence":"","rows":9,"texts":7}\n']
)
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.ranges"
    file.write_bytes(content)
    with pytest.raises((ValueError, KeyError)):
        Ranges(file)


def test_a_bad_address_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not appear"):
        ranges.build(tmp_path / "x.ranges", [("1.2.3", "1.2.3", "x")], title="", date="", licence="")
    assert not (tmp_path / "x.ranges").exists()
