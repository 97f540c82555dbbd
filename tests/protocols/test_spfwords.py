from __future__ import annotations

from sabaki.protocols import spfwords


def test_long_names_and_ways_are_cut() -> None:
    for words in (
        spfwords.decided("pass", "x" * 999, "192.0.2.1", ("include:" + "y" * 999,) * 9, "z" * 999),
        spfwords.no_policy("x" * 999),
        spfwords.faulty("x" * 999, "y" * 9_999),
        spfwords.missing("include", "x" * 999),
    ):
        assert all(len(text) < 900 for text in words)


def test_of_a_long_way_the_end_is_shown() -> None:
    en, ja = spfwords.decided(
        "pass", "example.jp", "192.0.2.1", ("a", "b", "c", "d", "e", "ip4:192.0.2.1"), "q.example"
    )
    assert "a > b > c > … > ip4:192.0.2.1" in en
    assert "a > b > c > … > ip4:192.0.2.1" in ja


def test_an_empty_name_is_said() -> None:
    assert "domain" in spfwords.no_domain("")[0]
    assert "empty" in spfwords.missing("include", "")[0]


def test_odd_characters_are_not_shown_but_said() -> None:
    en, ja = spfwords.faulty("example.jp", "")
    assert "characters" in en
    assert "文字" in ja
