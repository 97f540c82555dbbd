from __future__ import annotations

from sabaki.judge.floors import FLOORS
from sabaki.model.report import Label
from tests.judge.test_verdict import finding

BY_ID = {rule.id: rule for rule in FLOORS}


def test_every_group_must_be_met() -> None:
    rule = BY_ID["false_name_and_link_for_credentials"]
    name, link, ask = (
        finding("sender/brand_in_name", 1),
        finding("link/brand_in_host", 1),
        finding("lure/card_asked", 1),
    )
    assert rule.apply((name, link)) is None
    floor = rule.apply((name, link, ask))
    assert floor is not None
    assert floor.label is Label.MALICIOUS
    assert floor.because == ("sender/brand_in_name", "link/brand_in_host", "lure/card_asked")


def test_a_finding_without_weight_raises_no_floor() -> None:
    assert BY_ID["extortion"].apply((finding("lure/extortion", 0),)) is None


def test_a_link_that_google_lists_is_suspicious_alone_and_malicious_with_a_lure_or_a_false_name() -> None:
    alone, lured = BY_ID["listed_link"], BY_ID["listed_link_with_a_lure"]
    listed = finding("reputation/dangerous_link", 35)
    floor = alone.apply((listed,))
    assert floor is not None
    assert floor.label is Label.SUSPICIOUS
    assert lured.apply((listed, finding("lure/pressure", 6))) is None
    for other in ("lure/login_asked", "sender/own_domain_from"):
        floor = lured.apply((listed, finding(other, 6)))
        assert floor is not None
        assert floor.label is Label.MALICIOUS
    assert lured.apply((finding("reputation/listed", 26), finding("lure/login_asked", 6))) is None
