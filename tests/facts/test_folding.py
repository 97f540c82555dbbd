"""Folding keeps the length, so that a match can be quoted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.facts.folding import clean, fold


@given(st.text(max_size=200))
def test_folding_never_changes_the_length(text: str) -> None:
    plain = clean(text)
    assert len(fold(plain)) == len(plain)


@pytest.mark.parametrize(
    ("text", "plain", "folded"),
    [
        ("Ｙｏｕｒ　Ｉｄ", "Your Id", "your id"),
        ("a\u200bc\u00adc\u2060ount", "account", "account"),
        ("メール\r\nボックス", "メールボックス", "メールボックス"),
        ("ｶﾞｷﾞ", "ガギ", "ガギ"),
        ("Uw pakket\u00a0 is", "Uw pakket is", "uw pakket is"),
        ("Überprüfen", "Überprüfen", "uberprufen"),
        ("Rаypаl", "Rаypаl", "raypal"),
        ("it’s", "it’s", "it's"),
        ("Active__mining__balance", "Active mining balance", "active mining balance"),
        ("E͏V͏R͏I", "EVRI", "evri"),
        ("İstanbul", "İstanbul", "istanbul"),
    ],
)
def test_forms(text: str, plain: str, folded: str) -> None:
    assert clean(text) == plain
    assert fold(plain) == folded


def test_text_that_is_wholly_in_another_script_stays() -> None:
    assert fold("привет") == "привет"
    assert fold("アカウント") == "アカウント"
