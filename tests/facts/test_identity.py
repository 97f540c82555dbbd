from __future__ import annotations

import pytest

from sabaki.facts import identity


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("mail.example.co.jp", "example.co.jp", True),
        ("a.co.jp", "b.co.jp", False),
        ("paypal.com", "evilpaypal.com", False),
        ("", "", False),
        ("example.jp", "", False),
    ],
)
def test_related(first: str, second: str, expected: bool) -> None:
    assert identity.related(first, second) is expected


def test_under_is_by_label_never_by_substring() -> None:
    assert identity.under("mx.example.jp", "example.jp")
    assert identity.under("example.jp", "example.jp")
    assert not identity.under("evilexample.jp", "example.jp")
    assert not identity.under("example.jp.evil.test", "example.jp")
