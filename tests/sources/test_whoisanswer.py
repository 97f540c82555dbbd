"""Every form of answer, field by field: our own in the registries' shapes, and the shared real ones."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from sabaki.model.knowledge import Registration, Subject
from sabaki.sources import whoisanswer
from sabaki.sources.whoisanswer import Kind

HERE = Path(__file__).parent / "whois"
VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "whois"
FORMS = tomllib.loads((HERE / "forms.toml").read_text("utf-8"))["form"]
NETS = tomllib.loads((HERE / "nets.toml").read_text("utf-8"))["form"]
REAL = tomllib.loads((HERE / "vectors.toml").read_text("utf-8"))
FIELDS = (
    "registrar",
    "created",
    "expires",
    "updated",
    "status",
    "name_servers",
    "holder",
    "holder_ja",
    "country",
    "withheld",
)
NET_FIELDS = (
    "holder",
    "holder_ja",
    "country",
    "network",
    "network_name",
    "created",
    "updated",
    "status",
    "abuse",
)
CONCATENATED = {("microsoft.com", "holder"), ("microsoft.com", "country")}
"""Two answers in one file, joined without a line end just before "Registrant:": no server answers so."""


def answer(form: dict[str, Any], kind: str, value: str) -> whoisanswer.Answer:
    charset = form.get("charset", "utf-8")
    return whoisanswer.read(form["text"].lstrip("\n").encode(charset), Subject(kind, value), form.get("charset", ""))


def wrong(registration: Registration | None, want: dict[str, Any], fields: tuple[str, ...]) -> list[str]:
    """The fields that are not as they should be."""
    assert registration is not None
    found = []
    for field in fields:
        got = getattr(registration, field)
        if (list(got) if isinstance(got, tuple) else got or "") != (want.get(field) or ([] if got == () else "")):
            found.append(f"{field}: {got!r}, not {want.get(field)!r}")
    return found


@pytest.mark.parametrize("form", FORMS, ids=[form["name"] for form in FORMS])
def test_a_form_gives_every_field(form: dict[str, Any]) -> None:
    found = answer(form, "domain", form["name"])
    assert found.kind == form.get("kind", "registered"), found.line
    if found.kind is Kind.REGISTERED:
        assert found.registration is not None
        assert (
            wrong(found.registration, form["want"], (*FIELDS, "region") if "region" in form["want"] else FIELDS) == []
        )
        assert found.registration.protocol == "whois"


@pytest.mark.parametrize("form", NETS, ids=[f"{form['registry']}-{form['kind']}" for form in NETS])
def test_a_network_gives_every_field(form: dict[str, Any]) -> None:
    found = answer(form, form["kind"], form["value"])
    assert found.kind is Kind.REGISTERED
    assert wrong(found.registration, form["want"], NET_FIELDS) == []
    assert found.referral == form.get("referral", "")


def test_so_many_top_level_domains_are_tried(capsys: pytest.CaptureFixture[str]) -> None:
    read = [(form, answer(form, "domain", form["name"]).registration) for form in FORMS if "want" in form]
    nets = [(form, answer(form, form["kind"], form["value"]).registration) for form in NETS]
    misses = sum(len(wrong(each, form["want"], FIELDS)) for form, each in read)
    misses += sum(len(wrong(each, form["want"], NET_FIELDS)) for form, each in nets)
    total = len(read) * len(FIELDS) + len(nets) * len(NET_FIELDS)
    suffixes = {form["name"].rpartition(".")[2] for form in FORMS}
    with capsys.disabled():
        print(  # noqa: T201
            f"\nWHOIS forms of our own: {len(FORMS)} answers of {len(suffixes)} top-level domains,"
            f" {len(nets)} of networks; fields right {total - misses}/{total}"
        )
    assert len(suffixes | {name.rpartition(".")[2] for name in REAL}) >= 30
    assert {form["registry"] for form in NETS} >= {"RIPE", "APNIC", "ARIN", "LACNIC", "AFRINIC", "JPNIC"}
    assert misses == 0


def test_the_real_answers_give_every_field(capsys: pytest.CaptureFixture[str]) -> None:
    if not VECTORS.exists():
        pytest.skip("no WHOIS vectors: shared folder is absent")
    misses = []
    for name, want in REAL.items():
        subject = Subject("domain", name.removeprefix("www."))
        found = whoisanswer.read((VECTORS / f"{name}.txt").read_bytes(), subject).registration
        misses += [(name, each) for each in wrong(found, want, FIELDS)]
    total = len(REAL) * len(FIELDS)
    with capsys.disabled():
        print(f"\nreal WHOIS answers: {len(REAL)}, fields right {total - len(misses)}/{total}")  # noqa: T201
    assert {path.stem for path in VECTORS.glob("*.txt")} == set(REAL)
    assert {(name, each.partition(":")[0]) for name, each in misses} == CONCATENATED


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", Kind.EMPTY),
        (" \r\n\r\n", Kind.EMPTY),
        ("%ERROR:101: no entries found\r\n%\r\n% No entries found.\r\n", Kind.FREE),
        ("example.nl is free\r\n", Kind.FREE),
        ("The queried object does not exist: DOMAIN NOT FOUND\r\n", Kind.FREE),
        ('No match for domain "EXAMPLE.NL".\r\n', Kind.FREE),
        ("*** Nothing found for this query.\r\n", Kind.FREE),
        ("Domain example.nl not found\r\n", Kind.FREE),
        ("Domain Name example.nl does not exist in database\r\n", Kind.FREE),
        ("WHOIS LIMIT EXCEEDED - SEE THE PAGE FOR DETAILS\r\n", Kind.LIMITED),
        ("You have exceeded your lookup quota.\r\n", Kind.LIMITED),
        ("Too many requests. Please try again later.\r\n", Kind.LIMITED),
        ("% Access denied for 192.0.2.1\r\n", Kind.REFUSED),
        ("<html><body>Moved</body></html>", Kind.UNREADABLE),
        ("\x00\x01\x02" * 1000, Kind.UNREADABLE),
        ("Domain Name: other.nl\nRegistrar: X\nCreation Date: 1999-01-01\n", Kind.OTHER),
        ("Registrar: X\nCreation Date: 1999-01-01\n", Kind.UNREADABLE),
        ("Domain Name: example.nl\n", Kind.UNREADABLE),
    ],
)
def test_what_is_no_registration_is_said_to_be_none(text: str, kind: Kind) -> None:
    found = whoisanswer.read(text.encode(), Subject("domain", "example.nl"))
    assert found.kind is kind
    assert found.registration is None


def test_values_decide_before_words_do() -> None:
    text = (
        "Domain: example.nl\nStatus: active\nRegistrar: No Match Limit Exceeded Ltd\nRegistrant Name: Not Found B.V.\n"
    )
    found = whoisanswer.read(text.encode(), Subject("domain", "example.nl"))
    assert found.kind is Kind.REGISTERED
    assert found.registration is not None
    assert found.registration.holder == "Not Found B.V."


def test_the_small_print_of_a_free_name_is_no_limit() -> None:
    text = 'No match for "example.nl".\n\nwhich includes restrictions on exceeding the query rate, try again later\n'
    assert whoisanswer.read(text.encode(), Subject("domain", "example.nl")).kind is Kind.FREE


def test_an_answer_on_another_japanese_name_is_not_taken() -> None:
    text = "[ JPRS database provides\n\nDomain Information:\n[Domain Name]   OTHER.JP\n[Registrant]    Rei\n"
    assert whoisanswer.read(text.encode(), Subject("domain", "example.jp")).kind is Kind.OTHER


def test_a_network_that_does_not_hold_the_address_is_not_taken() -> None:
    text = "inetnum: 198.51.100.0 - 198.51.100.255\nnetname: OTHER\n"
    assert whoisanswer.read(text.encode(), Subject("ip", "192.0.2.1")).kind is Kind.UNREADABLE
    placeholder = "inetnum: 0.0.0.0 - 255.255.255.255\nnetname: IANA-BLK\n"
    assert whoisanswer.read(placeholder.encode(), Subject("ip", "192.0.2.1")).registration is None


def test_the_text_that_is_kept_is_bounded() -> None:
    text = "Domain Name: example.nl\nStatus: ok\n" + "remark of the registry, again and again\n" * 4_000
    found = whoisanswer.read(text.encode(), Subject("domain", "example.nl")).registration
    assert found is not None
    assert len(found.text) == 20_000


def test_iana_names_the_server() -> None:
    assert (
        whoisanswer.delegation(b"% IANA WHOIS server\n\nrefer:        whois.example.net\n\ndomain: NET\n")
        == "whois.example.net"
    )
    assert whoisanswer.delegation(b"domain: EXAMPLE\nwhois:\n") == ""
