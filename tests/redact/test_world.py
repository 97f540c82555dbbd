"""What the world said about a mail is masked like the mail: the victim goes, the attacker and the chapters stay."""

from __future__ import annotations

import io
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from sabaki.model.case import Role
from sabaki.model.finding import State
from sabaki.model.knowledge import (
    Certificate,
    Certificates,
    Contact,
    Knowledge,
    Known,
    Listing,
    Names,
    Network,
    Place,
    Registration,
    Subject,
)
from sabaki.model.lookup import Answer, Lookup
from sabaki.model.report import Label, Report
from sabaki.redact import identifiers, mask, scan
from sabaki.render import article, html, line, markdown, terminal
from tests.redact import cases
from tests.redact.encodings import ADDRESS_FORMS, ENCODINGS

SITE = "198.51.100.7"
HOST = f"support.{cases.DOMAIN}.{cases.EVIL}"
SECRETS = (
    *(cases.ADDRESS, cases.DOMAIN, cases.OWN_MX, cases.OWN_MX_IP, "坂本 陽子", f"mail.{cases.DOMAIN}"),
    *("25.113.0.203.in-addr.arpa", f"http://{cases.EVIL}/?to={cases.ADDRESS}", f"{cases.DOMAIN}.{cases.EVIL}"),
    *(encode(cases.ADDRESS) for encode in (*ENCODINGS.values(), *ADDRESS_FORMS.values())),
)
TOKYO = Place(latitude=35.676, longitude=139.65, radius_km=50.0, city="Tokyo", country="JP", database="DB", licence="L")


def known(source: str, kind: str, value: str, *items: Known, **more: Any) -> Knowledge:
    given = {
        "state": State.RAN,
        "obtained_at": "2026-11-24T10:00:00Z",
        "known": items,
        "sent": value,
        "to": "x",
        **more,
    }
    return Knowledge(source=source, subject=Subject(kind, value), **given)


def world() -> tuple[Knowledge, ...]:
    """An answer of every type about everything in the seed's case that somebody would ask about."""
    held = Registration(
        holder="Circulo",
        holder_ja="円環",
        country="BO",
        region="La Paz",
        city="La Paz",
        created="2022-08-01T00:00:00Z",
        status=("ok",),
        name_servers=("ns1.evil.invalid",),
        contacts=(Contact("abuse", "A", "B", "abuse@registrar.invalid", "+591", "BO", "C", "D", "http://e.invalid/"),),
        network="198.51.100.0/24",
        network_name="EVIL-NET",
        server="rdap.registry.invalid",
        text="Domain: evil\nHolder: Circulo",
    )
    lookup = Lookup(
        "a.invalid", "A", Answer.ANSWER, (SITE,), server="192.0.2.53", detail="d", canonical_name="c.invalid"
    )
    listing = Listing(
        list="Feed",
        listed=True,
        threats=("PHISHING",),
        meaning="bad",
        meaning_ja="危険",
        matched=f"{cases.EVIL}/",
        list_date="2026-11-24",
        url="https://feed.invalid/1",
    )
    clean = msgspec.structs.replace(listing, listed=False, list="Other")
    names = Names(lookups=(lookup,), addresses=(SITE,), canonical_name="c.invalid", reverse_names=("r.invalid",))
    network = Network(asn=64500, name="EVIL", prefix="198.51.100.0/24", country="BO", uses=("cloud: X (list of Y)",))
    certificates = Certificates(
        certificates=(Certificate((HOST, cases.EVIL), "CA", "2022-08-01", "2022-11-01"),), total=3
    )
    return (
        *(known("place", "ip", ip, TOKYO) for ip in (cases.ORIGIN_IP, SITE)),
        *(known("network", "ip", ip, network) for ip in (cases.ORIGIN_IP, SITE)),
        *(known("rdap", "ip", ip, held) for ip in (cases.ORIGIN_IP, SITE)),
        known("names", "ip", SITE, names),
        known("names", "host", HOST, names),
        *(known("rdap", "domain", domain, held) for domain in (cases.EVIL, "gakuin.example")),
        known("safe_browsing", "url", cases.LINK, listing, clean, sent="hash-prefix"),
        known("ct", "host", HOST, certificates),
        known("otx", "url", cases.LINK, state=State.PERMERROR, reason="broken", reason_ja="故障"),
    )


def informed(knowledge: tuple[Knowledge, ...] | None = None, base: Report | None = None) -> Report:
    return msgspec.structs.replace(base or cases.seed_report(), knowledge=world() if knowledge is None else knowledge)


def spoilt(value: Any, secret: str, at: str = "") -> Any:
    """The same with the secret behind every text that is no word of ours."""
    if type(value) is str:
        return value if at in ("kind", "source") else f"{value} {secret}".strip()
    if isinstance(value, tuple):
        return tuple(spoilt(item, secret, at) for item in value)
    if isinstance(value, msgspec.Struct):
        return type(value)(**{name: spoilt(getattr(value, name), secret, name) for name in value.__struct_fields__})
    return value


def outputs(report: Report) -> dict[str, str]:
    shown = {"json": report.to_json().decode()}
    for lang in ("ja", "en"):
        shown |= {f"html {lang}": html.render(report, lang), f"markdown {lang}": markdown.render(report, lang)}
        for output in (terminal, line):
            out = io.StringIO()
            output.render(report, lang, Console(file=out, width=100))
            shown[f"{output.__name__} {lang}"] = out.getvalue()
    return shown


def leaking(report: Report) -> dict[str, object]:
    masked, victim = mask.redact(report), identifiers.of(report)
    found = {name: scan.leaks(text, victim) for name, text in outputs(masked).items()}
    return {name: leaks for name, leaks in found.items() if leaks}


def test_the_seed_s_world_shows_no_victim() -> None:
    assert scan.leaks(informed().to_json().decode(), identifiers.of(informed()))
    assert leaking(informed()) == {}


@pytest.mark.parametrize("secret", SECRETS)
def test_no_text_of_an_answer_carries_the_victim(secret: str) -> None:
    # The subjects stay themselves, so that every answer is told of, and then are spoilt too.
    answers = tuple(msgspec.structs.replace(spoilt(piece, secret), subject=piece.subject) for piece in world())
    report = informed(answers)
    assert scan.leaks(report.to_json().decode(), identifiers.of(report))
    assert leaking(report) == {}
    assert leaking(informed(tuple(spoilt(piece, secret) for piece in world()))) == {}


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=12), st.sampled_from(SECRETS), st.text(max_size=12), st.integers(0, 12))
def test_no_surroundings_hide_it(before: str, secret: str, after: str, place: int) -> None:
    answers = world()
    piece = spoilt(answers[place % len(answers)], f"{before} {secret} {after}")
    masked = mask.redact(informed((piece,)))
    assert scan.leaks(masked.to_json().decode(), identifiers.of(cases.seed_report())) == ()


def chapters(report: Report, lang: str = "en") -> list[tuple[str, list[str]]]:
    return [(part.id, [block.kind for block in part.blocks]) for part in article.compose(report, lang).sections]


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        (HOST, cases.EVIL),
        ("www.jimusho-online.invalid", "jimusho-online.invalid"),
        (f"{cases.DOMAIN.replace('.', '-')}.pages.invalid", "pages.invalid"),
        ("6a696d7573686f.evil.invalid", "evil.invalid"),
        ("jimusho.evil.co.jp", "evil.co.jp"),
    ],
)
def test_a_masked_report_has_the_same_chapters(host: str, domain: str) -> None:
    moved = [
        msgspec.structs.replace(
            piece,
            subject=msgspec.structs.replace(
                piece.subject, value=piece.subject.value.replace(HOST, host).replace(cases.EVIL, domain)
            ),
        )
        for piece in world()
    ]
    link = cases.LINK.replace(HOST, host)
    url = msgspec.structs.replace(cases.seed_report().urls[0], value=link, host=host, registrable_domain=domain)
    report = informed(tuple(moved), msgspec.structs.replace(cases.seed_report(), urls=(url,)))
    told = chapters(report)
    assert {"place", "registration", "danger", "hosting", "certificates"} <= {id for id, _ in told}
    assert chapters(mask.redact(report)) == told


def test_the_attacker_s_traces_stay() -> None:
    masked = mask.redact(informed())
    kept = [piece for piece, before in zip(masked.knowledge, world(), strict=True) if piece == before]
    changed = [piece for piece in masked.knowledge if piece not in kept]
    assert len(masked.knowledge) == len(world())
    assert {piece.subject.value for piece in changed} == {
        f"support.*****.***.{cases.EVIL}",
        f"http://support.*****.***.{cases.EVIL}/kagoya?uid=*****@*****.***",
    }
    assert all(cases.EVIL in piece.subject.value for piece in changed)
    assert next(piece for piece in masked.knowledge if piece.source == "safe_browsing").sent == "hash-prefix"
    assert next(piece for piece in masked.knowledge if piece.source == "names" and piece.subject.kind == "host").sent


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("ip", cases.OWN_MX_IP),
        ("host", cases.OWN_MX),
        ("host", f"www.{cases.DOMAIN}"),
        ("domain", cases.DOMAIN),
        ("mailbox", cases.ADDRESS),
        ("mailbox", f"anybody@{cases.DOMAIN}"),
        ("url", f"https://www.{cases.DOMAIN}:8443/x"),
        ("url", f"http://{cases.OWN_MX_IP}/"),
    ],
)
def test_what_is_said_of_the_victim_s_own_is_left_out(kind: str, value: str) -> None:
    """Coordinates, a city and a holder tell who it is without any of the words that are masked."""
    holder = Registration(holder="The Office Ltd.", city="Kobe")
    masked = mask.redact(informed((known("x", kind, value, TOKYO, holder),)))
    assert masked.knowledge == ()


def test_what_is_said_of_the_domain_above_the_victim_s_is_left_out_and_of_one_that_looks_like_it_is_not() -> None:
    report = cases.with_vantage(informed(), own_domains=("lists.jimusho.example",), mailboxes=None)
    asked = (known("rdap", "domain", "jimusho.example"), known("rdap", "domain", "jimusho.invalid"))
    masked = mask.redact(msgspec.structs.replace(report, knowledge=asked))
    assert [piece.subject.value for piece in masked.knowledge] == ["*****.invalid"]


def test_a_site_that_stands_on_the_victim_s_server_has_no_pin() -> None:
    names = Names(addresses=(cases.OWN_MX_IP,))
    report = informed((known("names", "host", HOST, names), known("place", "ip", cases.OWN_MX_IP, TOKYO)))
    assert "<svg" in html.render(report, "en")
    for name, text in outputs(mask.redact(report)).items():
        assert "35.6" not in text.replace(" ", ""), name
        assert "Tokyo" not in text, name
        assert "東京" not in text, name
        assert "<svg" not in text, name


@pytest.mark.parametrize("url", ["http://[", "http://[::1", "//", "", "http://\ud800/", "x" * 100_000])
def test_a_broken_subject_is_no_reason_to_fail(url: str) -> None:
    assert len(mask.redact(informed((known("x", "url", url),))).knowledge) == 1


WORDS = sorted(
    {
        *("network", "place", "names", "listing", "registration", "certificates", "domain", "mailbox", "rdap", "whois"),
        *("feeds", "skipped", "temperror", "permerror", "found", "hash-prefix", "named", "text", "malicious"),
        *(str(role) for role in Role),
        *(str(label) for label in Label),
    }
)


@pytest.mark.parametrize("word", WORDS)
def test_a_victim_who_is_called_as_a_word_of_ours_breaks_nothing(word: str) -> None:
    report = cases.with_vantage(informed(), own_domains=(f"{word}.example",))
    hops = tuple(msgspec.structs.replace(hop, role=Role.RELAY) for hop in report.hops)
    masked = mask.redact(msgspec.structs.replace(report, hops=hops))
    assert Report.from_json(masked.to_json()) == masked
    assert [piece.subject.kind for piece in masked.knowledge] == [piece.subject.kind for piece in world()]
    assert [id for id, _ in chapters(masked)] == [id for id, _ in chapters(report)]
    assert outputs(masked)


@pytest.mark.parametrize("key", ["state", "id", "step", "grade", "kind", "source", "finding", cases.DOMAIN])
def test_a_parameter_may_have_any_name(key: str) -> None:
    report = cases.seed_report()
    part = msgspec.structs.replace(report.parts[0], parameters={key: cases.ADDRESS})
    masked = mask.redact(msgspec.structs.replace(report, parts=(part,)))
    assert cases.ADDRESS not in masked.to_json().decode()
    assert cases.DOMAIN not in masked.to_json().decode()
