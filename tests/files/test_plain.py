"""Plain text inside another file."""

from __future__ import annotations

from sabaki.files import plain
from sabaki.files.opened import Asked
from sabaki.mail.limits import Budget, Limits


def test_text_in_any_charset() -> None:
    for charset in ("utf-8", "cp932", "euc-jp", "iso2022_jp"):
        text = "パスワードは別便です。詳しくは http://kaki.example/ へ"
        assert plain.read(text.encode(charset), Asked("readme.txt")).text == text


def test_a_long_text_is_cut_and_the_limit_named() -> None:
    budget = Budget(Limits(file_text=100))
    assert len(plain.read(b"a" * 1_000, Asked(budget=budget)).text) == 100
    assert [limit.name for limit in budget.reached] == ["file_text"]
