"""Labels, written in many ways."""

from __future__ import annotations

import pytest

from sabaki.sources import whoislabels


@pytest.mark.parametrize(
    ("line", "label", "value"),
    [
        ("Domain Name: EXAMPLE.COM", "domain name", "EXAMPLE.COM"),
        ("domain.............: example.fi", "domain", "example.fi"),
        ("Created on..............: 2001-Aug-23.", "created on", "2001-Aug-23."),
        ("Data de registo / Creation Date (dd/mm/yyyy): 09/01/2003", "creation date", "09/01/2003"),
        ("Administrative Contact(AC)  : Admin", "administrative contact", "Admin"),
        ("No_Match: x", "no match", "x"),
        ("Last modified : 2022", "last modified", "2022"),
        ("no label here", "", ""),
        (": nothing before it", "", ""),
        ("x" * 300 + ": too far", "", ""),
    ],
)
def test_a_label_is_the_same_however_it_is_dressed(line: str, label: str, value: str) -> None:
    assert whoislabels.split(line, 200) == (label, value)


def test_a_role_before_an_attribute_is_read() -> None:
    assert whoislabels.attribute("registrant country") == ("registrant", "country")
    assert whoislabels.attribute("tech contact name") == ("technical", "name")
    assert whoislabels.attribute("country") == ("", "country")
    assert whoislabels.attribute("registrar url") == ("", "")
    assert whoislabels.attribute("favourite colour") == ("", "")


def test_the_tables_say_one_thing_of_a_label() -> None:
    assert set(whoislabels.AMBIGUOUS) <= set(whoislabels.LABELS)
    assert not set(whoislabels.LABELS) & set(whoislabels.ROLES)
    assert all(label == whoislabels.normalised(label) for label in whoislabels.PARTY)
