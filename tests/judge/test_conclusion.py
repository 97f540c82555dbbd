from __future__ import annotations

from msgspec.structs import replace

from sabaki.judge.conclusion import summarise
from sabaki.model.case import Lure, Phrase
from sabaki.model.report import Label
from tests.judge.test_verdict import CASE, finding

ACCUSED = replace(CASE, lure=Lure(target="server_administrator", asks=(Phrase("server_login", "sign in", "body"),)))


def test_target_and_wish_are_named() -> None:
    en, ja = summarise(ACCUSED, Label.MALICIOUS, (finding("x/y", 5),))
    assert "aimed at server administrators" in en
    assert "title of x/y" in en
    assert "サーバーの管理者" in ja
    assert "ログイン情報" in ja


def test_a_mail_that_is_not_accused_is_not_accused_in_words() -> None:
    for label in (Label.UNDETERMINED, Label.BENIGN):
        en, ja = summarise(ACCUSED, label, (finding("x/y", 5),))
        assert "aimed" not in en
        assert "狙" not in ja


def test_undetermined_says_that_it_is_not_clean() -> None:
    en, ja = summarise(CASE, Label.UNDETERMINED, ())
    assert "does not make this mail safe" in en
    assert "安全という意味ではありません" in ja
