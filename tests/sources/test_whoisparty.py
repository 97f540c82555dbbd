"""People and firms, countries, and what stands where a name would."""

from __future__ import annotations

import pytest

from sabaki.sources import whoisparty
from sabaki.sources.whoisparty import Party
from sabaki.sources.whoistext import Block, Entry


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("US", "US"),
        ("us", "US"),
        ("Finland", "FI"),
        ("Hong Kong (HK)", "HK"),
        ("Bolivia", "BO"),
        ("Nowhere", ""),
        ("", ""),
        ("XX", ""),
    ],
)
def test_a_country_is_known_by_code_and_by_name(written: str, code: str) -> None:
    assert whoisparty.country(written) == code


@pytest.mark.parametrize(
    "value",
    [
        "REDACTED FOR PRIVACY",
        "HIDDEN! Details are available at http://registry.example/",
        "NOT DISCLOSED!",
        "Not shown, please visit the web page",
        "Private Person",
        "<data not disclosed>",
        "Hidden upon user request",
        "(not shown)",
        "非公開",
    ],
)
def test_words_for_a_name_are_no_name(value: str) -> None:
    party = Party("registrant")
    party.add("name", value)
    assert (party.shown, party.hidden) == ("", True)


@pytest.mark.parametrize("value", ["Hidden Valley Ltd", "Private Bank of Example", "Rei Co., Ltd.", "Not Found B.V."])
def test_a_name_that_looks_a_little_like_them_stays(value: str) -> None:
    assert whoisparty.clean(value) == value


@pytest.mark.parametrize(
    "value",
    ["Domains By Proxy, LLC", "Whois Privacy Protection Service", "Whois情報公開代行サービス", "Private Registration"],
)
def test_a_service_that_stands_in_is_seen(value: str) -> None:
    assert Party(organization=value).service


def test_bare_lines_give_name_mailbox_and_country() -> None:
    block = Block(
        "registrant",
        0,
        [],
        ["Dns Admin   dns@example.com", "Sample Inc.", "Mountain View, CA 94043", "US", "+1.2025550100"],
    )
    party = whoisparty.of(block, "registrant")
    assert (party.name, party.organization, party.email, party.country) == (
        "Dns Admin",
        "Sample Inc.",
        "dns@example.com",
        "US",
    )
    assert party.phone == "+1.2025550100"


def test_a_state_is_no_country() -> None:
    party = whoisparty.of(Block("registrant", 0, [], ["Sample Inc.", "1 Main Street, Mountain View, CA"]), "registrant")
    assert party.country == ""


def test_the_first_value_counts() -> None:
    party = whoisparty.of(Block("registrant", 0, [Entry("name", "A"), Entry("name", "B")], []), "registrant")
    assert party.name == "A"
