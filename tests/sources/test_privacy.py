"""Words in a name's place, and services that lend theirs; a company of a similar name is neither."""

from __future__ import annotations

import pytest

from sabaki.sources.privacy import is_placeholder, is_service


@pytest.mark.parametrize(
    "text",
    [
        "REDACTED FOR PRIVACY",
        "Redacted for Privacy Purposes",
        "redacted  for\tGDPR",
        "REDACTED",
        "Data Protected",
        "GDPR Masked",
        "Statutory Masking Enabled",
        "Not Disclosed",
        "Non-Public Data",
        "Ano Nymous",
        "Private Person",
        "Private Customer",
        "Registration Private",
        "Please query the RDDS service of the Registrar of Record",
        "n/a",
        "-",
        "非公開",
    ],
)
def test_words_that_stand_for_a_name(text: str) -> None:
    assert is_placeholder(text)
    assert not is_service(text)


@pytest.mark.parametrize(
    "text",
    [
        "Domains By Proxy, LLC",
        "Privacy service provided by Withheld for Privacy ehf",
        "WhoisGuard, Inc.",
        "PrivacyGuardian.org llc",
        "Contact Privacy Inc. Customer 0123456789",
        "Whois Privacy Protection Service by example.jp",
        "Identity Protection Service",
        "Super Privacy Service LTD c/o Example",
        "Whois情報公開代行サービス",
    ],
)
def test_services_that_lend_their_name(text: str) -> None:
    assert is_service(text)
    assert not is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Example Corporation",
        "Unredacted Magazine",
        "Private Bank Example",
        "Proxy Foods Ltd",
        "None Such Records",
        "学校法人例示学園",
        "X" * 500,
    ],
)
def test_names(text: str) -> None:
    assert not is_placeholder(text)
    assert not is_service(text)
