from __future__ import annotations

import msgspec
import pytest

from sabaki.model.evidence import Grade, Location
from sabaki.model.file import File
from sabaki.model.observable import UrlTrait
from sabaki.model.report import Report
from sabaki.render import advice
from sabaki.render.voice import Voice
from tests.render import cases

NOWHERE = Location(0, 0)
FILE = File(path="2", part="2", name="bill.zip", kind="zip", family="archive", size=1)


def test_only_hosts_that_something_speaks_against_are_named_to_administrators() -> None:
    seed = cases.seed_report()
    innocent = msgspec.structs.replace(seed.urls[0], host="bank.example", registrable_domain="bank.example", traits=())
    own = msgspec.structs.replace(
        seed.urls[0], host="jimusho.example", registrable_domain="jimusho.example", traits=(UrlTrait("text_mismatch"),)
    )
    voice = Voice(cases.replaced(seed, urls=(innocent, own, *seed.urls)), "en")
    assert advice.indicators(voice) == ["support.jimusho.example.circulo.test"]


def test_advice_fits_what_was_asked_for_and_nobody_is_warned_of_wanted_mail() -> None:
    assert any("パスワードを変更" in text for text in advice.for_readers(Voice(cases.seed_report(), "ja")))
    assert any("#9110" in text for text in advice.for_readers(Voice(cases.seed_report(), "ja")))
    assert advice.for_readers(Voice(cases.wanted_report(), "en"))[0] == "Nothing needs to be done."


@pytest.mark.parametrize("make", [cases.seed_report, cases.unknown_report])
@pytest.mark.parametrize(("link", "file"), [(True, True), (True, False), (False, True), (False, False)])
def test_nothing_that_the_mail_does_not_hold_is_warned_of(make: object, link: bool, file: bool) -> None:
    report: Report = make()  # type: ignore[operator]
    held = cases.replaced(report, urls=cases.seed_report().urls if link else (), files=(FILE,) if file else ())
    first_en, first_ja = (advice.for_readers(Voice(held, lang))[0] for lang in ("en", "ja"))
    assert ("link" in first_en, "リンク" in first_ja) == (link, link)
    assert ("attach" in first_en, "添付" in first_ja) == (file, file)


def test_colleagues_are_called_only_where_one_of_them_seems_to_ask() -> None:
    fraud = cases.finding("lure/office_fraud", 20, Grade.INFERRED, "x", "x")
    asked = cases.replaced(cases.seed_report(), findings=(fraud,))
    assert any("colleague" in text for text in advice.for_readers(Voice(asked, "en")))
    assert not any("colleague" in text for text in advice.for_readers(Voice(cases.seed_report(), "en")))
