from __future__ import annotations

from sabaki.facts import freemail
from sabaki.mail.urls import registrable_domain


def test_the_well_known_providers_are_listed_japanese_ones_too() -> None:
    assert {"gmail.com", "outlook.com", "yahoo.co.jp", "icloud.com", "docomo.ne.jp"} <= freemail.domains()


def test_every_entry_is_a_plain_lower_case_domain() -> None:
    assert all(domain == domain.strip().lower() and "." in domain for domain in freemail.domains())
    assert all(registrable_domain(domain) for domain in freemail.domains())


def test_companies_and_hosting_are_no_mail_providers() -> None:
    assert not {"microsoft.com", "google.com", "sakura.ne.jp", "example.jp", "co.jp"} & freemail.domains()


def test_the_table_is_read_once() -> None:
    assert freemail.domains() is freemail.domains()
