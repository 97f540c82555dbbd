"""Folding look-alikes, and telling disguise from ordinary writing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.facts import lookalikes
from tests.patience import BLOWN_UP


@pytest.mark.parametrize(
    ("disguised", "meant"),
    [
        ("аррӏе", "apple"),
        ("rnicrosoft", "microsoft"),
        ("paypa1", "PayPal"),
        ("paypaI", "paypal"),
        ("ΑΜΑΖΟΝ", "amazon"),
        ("АМАZОN", "amazon"),
        ("Ａｍａｚｏｎ", "amazon"),
        ("𝐀𝐦𝐚𝐳𝐨𝐧", "amazon"),
        ("a\u200bmazon", "amazon"),
        ("ámazon", "amazon"),
        ("ｱﾏｿﾞﾝ", "アマゾン"),
        ("アマゾソ", "アマゾン"),
        ("楽天力ード", "楽天カード"),
        ("二コ二コ", "ニコニコ"),
        ("メルカ口", "メルカロ"),
    ],
)
def test_skeleton_folds(disguised: str, meant: str) -> None:
    assert lookalikes.skeleton(disguised) == lookalikes.skeleton(meant)


@pytest.mark.parametrize(("one", "other"), [("が", "か"), ("amazon", "amazing"), ("日本", "日木")])
def test_skeleton_keeps_apart(one: str, other: str) -> None:
    assert lookalikes.skeleton(one) != lookalikes.skeleton(other)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("amazon", "amazon", True),
        ("amazon", "amazom", True),
        ("amazon", "amzaon", True),
        ("amazon", "amazonn", True),
        ("amazon", "amaon", True),
        ("amazon", "amzn", False),
        ("amazon", "amozan", False),
        ("", "a", True),
        ("", "ab", False),
    ],
)
def test_within_one_edit(first: str, second: str, expected: bool) -> None:
    assert lookalikes.within_one_edit(first, second) is expected
    assert lookalikes.within_one_edit(second, first) is expected


@pytest.mark.parametrize(
    ("host", "domain", "reason"),
    [
        ("login.amaz0n.com", "amazon.com", "confusable"),
        ("xn--80ak6aa92e.com", "apple.com", "confusable"),
        ("amazom.com", "amazon.com", "one_letter"),
        ("jimusho.com", "jimusho.example", "other_suffix"),
        ("www.amazon.com", "amazon.com", None),
        ("notpaypal.com", "paypal.com", None),
        ("visor.com", "visa.com", None),
        ("192.0.2.1", "amazon.com", None),
        ("orch-ard.example", "orchard.example", "confusable"),
        ("o-rch-aard.example", "orchard.example", "confusable"),
        ("har-bbor.example", "harbor.example", "confusable"),
        ("ab-cd.example", "abcd.example", None),
    ],
)
def test_resembles(host: str, domain: str, reason: str | None) -> None:
    assert lookalikes.resembles(host, domain) == reason


@pytest.mark.parametrize(
    "text",
    [
        "日本語のご案内 Amazonからのお知らせ",
        "Ａｍａｚｏｎ ① ｱﾏｿﾞﾝ",
        "Größe, naïve café, Łódź",
        "Привет мир",
        "Καλημέρα κόσμε",
        "TNFα, µTorrent, Ω",
        "IT-специалист и SMSка",
        "Donau\u00addampf\u00adschiff\u00adfahrt",
        "👨\u200d👩\u200d👧 家族割",
        "می\u200cخواهم",
        "(´Д`) εつ",
        "plain",
        "",
    ],
)
def test_ordinary_writing_is_no_disguise(text: str) -> None:
    assert lookalikes.has_disguise(text) is None
    assert lookalikes.disguised_words(text) == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Аmazon", "mixed alphabets inside a word"),
        ("Your PаyPаl account", "mixed alphabets inside a word"),
        ("Αmazon", "mixed alphabets inside a word"),
        ("p\u200baypal", "zero-width characters inside words"),
        ("アマ\u200bゾン", "zero-width characters inside words"),
        ("A\u00adma\u00adzon", "zero-width characters inside words"),
        ("𝐀𝐦𝐚𝐳𝐨𝐧", "styled letters"),
        ("invoice\u202efdp.exe", "reversed direction"),
    ],
)
def test_disguise(text: str, reason: str) -> None:
    assert lookalikes.has_disguise(text) == reason


def test_disguised_words_are_named_once() -> None:
    assert lookalikes.disguised_words("Аmazon and Аmazon and Amazon") == ("Аmazon",)


@pytest.mark.parametrize("label", ["rzkmtcwq", "x7k2m9q4", "hbrjkdwz", "qzxcvbnmlk", "a4qxna7jwq", "8g7b2cqv35qz"])
def test_jumbles(label: str) -> None:
    assert lookalikes.looks_random(label)


@pytest.mark.parametrize(
    "label",
    "amazon thyssenkrupp deutschlandfunk strasbourg rhythms office365 csmining nytimes mcdonalds wwwschmidtpartner jetztschnell "
    "lightstep web3forms k8s-prod 123456789 xn--wgv71a119e knightsbridge kyushu-u sumitomo-mitsui smbc-card worldwrestling".split(),
)
def test_names_are_no_jumbles(label: str) -> None:
    assert not lookalikes.looks_random(label)


@given(st.text(max_size=100))
def test_never_raises(text: str) -> None:
    lookalikes.skeleton(text)
    lookalikes.has_disguise(text)
    lookalikes.disguised_words(text)
    lookalikes.looks_random(text)
    lookalikes.resembles(text, "example.jp")


@pytest.mark.parametrize("unit", ["а", "a\u200b", "\u00ad", "aа", "\u202a", "α"])
def test_linear(unit: str) -> None:
    started = time.process_time()
    lookalikes.has_disguise(unit * 200_000)
    lookalikes.disguised_words(unit * 200_000)
    assert time.process_time() - started < BLOWN_UP


def test_japanese_shapes_fold_one_character_to_one() -> None:
    text = "楽天力ード、セゾソ、二コニコ"
    assert len(lookalikes.japanese_shapes(text)) == len(text)
    assert lookalikes.japanese_shapes("力ード") == lookalikes.japanese_shapes("カード")
    assert lookalikes.without_slips("カ―ド") == lookalikes.without_slips("カード")
    assert lookalikes.without_slips("力ード") != lookalikes.without_slips("カード")
