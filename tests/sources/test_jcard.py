"""jCards as they are found: properties missing, odd, many, and hostile."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sabaki.sources.jcard import LONGEST, Card, listed, mailbox, plain, read


def card(*properties: Any) -> Card:
    return read(["vcard", [["version", {}, "text", "4.0"], *properties]])


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "vcard",
        [],
        ["vcard"],
        ["vcard", []],
        ["vcard", None],
        ["vcard", {}],
        {},
        7,
        [[]],
        [[[]]],
        ["vcard", [["fn"]]],
    ],
)
def test_no_card_is_an_empty_card(value: Any) -> None:
    assert read(value) == Card()


def test_names_and_organisations() -> None:
    assert card(["fn", {}, "text", " Hana "]).name == "Hana"
    assert card(["FN", {}, "text", ""], ["fn", {}, "text", "Second"]).name == "Second"
    assert card(["n", {}, "text", ["Rei", "Hana", "", "", ""]]).name == "Hana Rei"
    assert card(["item1.org", {}, "text", ["Rei KK", "Sales"]]).organization == "Rei KK"
    assert card(["org", {}, "text", "Rei KK"]).organization == "Rei KK"
    assert card(["org", {}, "text", [["deep"]]]).organization == ""
    assert card(["kind", {}, "text", "ORG"]).kind == "org"
    assert card(["contact-uri", {}, "uri", "https://form.example/"]).url == "https://form.example/"


def test_mailboxes_the_preferred_first_each_once() -> None:
    found = card(
        ["email", {}, "text", "b@x.example", "c@x.example"],
        ["email", {"PREF": "1"}, "text", "a@x.example"],
        ["email", {"pref": 1e400}, "text", ["b@x.example", "https://form.example", "d@x.example"]],
    )
    assert found.emails == ("a@x.example", "b@x.example", "c@x.example", "d@x.example")


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("abuse@x.example", "abuse@x.example"),
        ("mailto:abuse@x.example", "abuse@x.example"),
        ("MAILTO:buse@x.example?subject=x", "buse@x.example"),
        ("mailto@x.example", "mailto@x.example"),
        ("o'neil+x@x.example", "o'neil+x@x.example"),
        ("abuse@x", ""),
        ("@x.example", ""),
        ("a@b@x.example", ""),
        ("abuse at x.example", ""),
        ("a\r\nBcc: b@x.example", ""),
        ("a@x.example,b@x.example", ""),
        ("a\x1b@x.example", ""),
        ("<a@x.example>", ""),
        ("a" * 300 + "@x.example", ""),
        ("", ""),
    ],
)
def test_what_is_a_mailbox(text: str, box: str) -> None:
    assert mailbox(text) == box


@pytest.mark.parametrize(
    ("parameters", "value", "place"),
    [
        ({"cc": "JP"}, ["", "", "1-1", "Kobe", "Hyogo", "650", ""], ("JP", "Hyogo", "Kobe")),
        ({"CC": "jp"}, ["", "", "", "", "", "", "Germany"], ("JP", "", "")),
        ({}, ["", "", ["a", "b"], "Kobe", "", "", "Japan"], ("JP", "", "Kobe")),
        ({}, ["", "", "", "Kobe"], ("", "", "Kobe")),
        ({"label": "1 Way\nChicago\nIL\n60601\nUnited States"}, [""] * 7, ("US", "IL", "Chicago")),
        ({"label": ["1 Way", "Ottawa", "ON", "K1A 0B1", "Canada"]}, [], ("CA", "ON", "Ottawa")),
        ({"label": "1 Way\\nChicago\\nIL\\n60601\\nUnited States"}, None, ("US", "IL", "Chicago")),
        ({"label": "Straat 1\nAmsterdam 1016\nNETHERLANDS"}, [""] * 7, ("NL", "", "")),
        ({"label": "Straat 1\nGebouw A\nAmsterdam\n1012AB\nNETHERLANDS"}, [""] * 7, ("NL", "", "")),
        ({"label": "no country here"}, [""] * 7, ("", "", "")),
        ({}, "1 Road\nLondon\nUnited Kingdom", ("GB", "", "")),
        ({"label": {"x": 1}}, [""] * 7, ("", "", "")),
        ({"label": "\n" * 100_000}, [""] * 7, ("", "", "")),
        ({"cc": "XX"}, ["", "", "", "", "", "", "EU"], ("", "", "")),
        (None, 7, ("", "", "")),
    ],
)
def test_a_place(parameters: Any, value: Any, place: tuple[str, str, str]) -> None:
    found = card(["adr", {}, "text", [""] * 7], ["adr", parameters, "text", value])
    assert (found.country, found.region, found.city) == place


def test_a_telephone_that_is_no_fax() -> None:
    assert (
        card(["tel", {"type": ["fax"]}, "uri", "tel:+1"], ["tel", {"type": "voice"}, "uri", "tel:+2;ext=1"]).phone
        == "+2"
    )
    assert card(["tel", {"type": "fax"}, "text", "+1"]).phone == ""


def test_texts_are_bounded_and_can_be_written() -> None:
    assert len(plain("x" * 10_000)) == LONGEST
    assert len(plain(["x" * 200] * 1_000)) == LONGEST
    assert plain("\ud800x") == "?x"
    assert plain("a\x1bb") == "a\x1bb"
    assert plain(7) == "7"
    assert [plain(value) for value in (True, None, 1.5, {}, [{}])] == [""] * 5
    assert listed("x", 3) == ["x"]
    assert listed(["x"] * 9, 3) == ["x"] * 3
    assert listed(None, 3) == listed("", 3) == []


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None), max_size=8)
    | st.sampled_from(["vcard", "fn", "adr", "email", "tel", "org"]),
    lambda inner: (
        st.lists(inner, max_size=8)
        | st.dictionaries(st.sampled_from(["type", "cc", "label", "pref"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=60)
@given(
    ANY,
    st.lists(
        st.tuples(st.sampled_from(["fn", "n", "org", "adr", "email", "tel", "kind", "url"]), ANY, ANY, ANY).map(list),
        max_size=6,
    ),
)
def test_nothing_makes_it_fail(value: Any, properties: list[Any]) -> None:
    for found in (read(value), read(["vcard", properties])):
        assert all(
            len(text) <= LONGEST for text in (found.name, found.organization, found.region, found.city, found.phone)
        )
        repr(found).encode()
