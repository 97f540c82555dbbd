"""Every carrier times every encoding: the victim goes, the attacker stays."""

from __future__ import annotations

import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sabaki.model.message import Part
from sabaki.model.report import Report
from sabaki.redact import identifiers, mask, needles, scan
from tests.patience import BLOWN_UP
from tests.redact import cases
from tests.redact.encodings import ADDRESS_FORMS, ENCODINGS

MASKER = mask.Masker(identifiers.of(cases.seed_report()))
SECRETS = {"address": cases.ADDRESS, "domain": cases.DOMAIN}


def everything(report: Report) -> str:
    return report.to_json().decode()


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
def test_an_encoded_identifier_is_masked(encode: object, secret: str) -> None:
    hidden = encode(secret)  # type: ignore[operator]
    report = cases.seed_report(more=f"see {hidden} there", field=f"<{hidden}>")
    masked = mask.redact(report)
    assert hidden not in masked.bodies[0].text
    assert hidden not in masked.fields[0].value
    assert "*****" in masked.fields[0].value
    assert scan.leaks(everything(masked), identifiers.of(report)) == ()


@pytest.mark.parametrize("encode", ADDRESS_FORMS.values(), ids=ADDRESS_FORMS)
def test_an_address_inside_another_form_is_masked(encode: object) -> None:
    hidden = encode(cases.ADDRESS)  # type: ignore[operator]
    masked = MASKER(f"a {hidden} b")
    assert cases.LOCAL not in masked
    assert "jimusho" not in masked
    assert scan.leaks(masked, identifiers.of(cases.seed_report())) == ()


def test_every_string_of_the_seed_s_report_is_clean() -> None:
    report = cases.seed_report()
    masked = mask.redact(report)
    text = everything(masked).lower()
    for secret in ("jimusho", "sakamoto", "坂本", "hosting.example", cases.OWN_MX_IP):
        assert secret not in text, secret
    assert scan.leaks(everything(report), identifiers.of(report))
    assert scan.leaks(everything(masked), identifiers.of(report)) == ()


def test_the_trust_line_and_the_vantage_are_masked_too() -> None:
    masked = mask.redact(cases.seed_report())
    assert masked.trust.hosts == (needles.DOMAIN, needles.DOMAIN)
    assert masked.trust.basis == "named"
    assert masked.vantage.own_domains == (needles.DOMAIN,)


def test_the_attacker_stays_legible() -> None:
    masked = mask.redact(cases.seed_report())
    assert masked.urls[0].host == f"support.*****.***.{cases.EVIL}"
    assert masked.urls[0].registrable_domain == cases.EVIL
    assert masked.urls[0].path == "/kagoya"
    assert masked.origin == cases.seed_report().origin
    assert masked.sender.author[0].display_name == "Kagoya サーバー管理者"
    assert masked.source.sha256 == cases.SHA256
    assert masked.findings[0].id == "link/own_domain_subdomain"


@pytest.mark.parametrize(
    "text",
    [
        "https://jimusho-online.invalid/",  # holds the name: masked in part
        "http://evil.example/login?next=/account",
        "office@gakuin.example",
        "20.63.138.218",
        "203.0.113.250 and 1203.0.113.25",
        "aHR0cDovL2V2aWwuZXhhbXBsZS9sb2dpbg==",
        "お客様のアカウントを確認してください",
    ],
)
def test_what_is_not_the_victim_s_is_left_alone(text: str) -> None:
    assert MASKER(text) == text.replace("jimusho", "*****")


def test_a_piece_of_a_path_goes_and_the_rest_stays() -> None:
    token = ENCODINGS["base64"](cases.ADDRESS).rstrip("=")
    assert MASKER(f"http://evil.example/kagoya/{token}/login.php") == "http://evil.example/kagoya/*****/login.php"


def test_the_length_of_a_mask_tells_nothing() -> None:
    assert MASKER(cases.ADDRESS) == MASKER(f"info@{cases.DOMAIN}") == "*****@*****.***"


def test_another_mailbox_at_a_public_provider_stays() -> None:
    masker = mask.Masker(identifiers.Identifiers(addresses=("taro@gmail.com",), tokens=("taro",)))
    assert masker("jtaro@gmail.com, taro@gmail.community") == "jtaro@gmail.com, *****@gmail.community"
    assert masker("<taro@gmail.com>") == "<*****@*****.***>"


def test_a_short_own_domain_does_not_eat_others() -> None:
    masker = mask.Masker(identifiers.Identifiers(domains=("is.example",)))
    assert masker("this.example is.examples") == "this.example is.examples"
    assert masker("http://is.example.evil.invalid/?d=is-example") == "http://*****.***.evil.invalid/?d=*****"


def test_names_of_parameters_are_masked() -> None:
    report = cases.seed_report()
    parts = (msgspec.structs.replace(report.parts[0], parameters={f"x-{cases.ADDRESS}": "1"}), *report.parts[1:])
    masked: tuple[Part, ...] = mask.redact(msgspec.structs.replace(report, parts=parts)).parts
    assert list(masked[0].parameters) == ["x-*****@*****.***"]


def test_masking_twice_changes_nothing() -> None:
    once = mask.redact(cases.seed_report())
    assert mask.redact(once) == once


def test_two_thousand_recipients_are_masked_in_time() -> None:
    many = identifiers.Identifiers(addresses=tuple(f"person{number}@firm{number}.example" for number in range(2_000)))
    started = time.process_time()
    assert mask.Masker(many)("x person1999@firm1999.example y" * 1_000).count("*****@*****.***") == 1_000
    assert mask.Masker(many)("person" * 50_000) == "person" * 50_000
    assert time.process_time() - started < BLOWN_UP


@pytest.mark.parametrize(
    "unit",
    ["A", "%25", "&amp;", "&#", "a/", "=\r\n", "abcdefgh=\n", "\u200b", "4a4b ", "100,", "a ", "<a ", "jimush", "\\"],
)
def test_the_time_is_linear(unit: str) -> None:
    def seconds(length: int) -> float:
        masker = mask.Masker(identifiers.of(cases.seed_report()))
        text = unit * (length // len(unit))
        started = time.process_time()
        masker(text)
        return time.process_time() - started

    short = min(seconds(20_000) for _ in range(2))
    assert seconds(160_000) < 8 * short * 5 + 5


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_no_surroundings_hide_a_plain_address(before: str, after: str) -> None:
    if before[-1:].isalnum() or after[:1].isalnum():
        before, after = f"{before} ", f" {after}"
    assert cases.ADDRESS not in MASKER(f"{before}{cases.ADDRESS}{after}")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_without_the_victim_is_kept(text: str) -> None:
    masker = mask.Masker(identifiers.Identifiers(domains=("jimusho.example",), words=("jimusho",)))
    assert masker(text) == text


def test_a_coded_name_goes_from_the_raw_field_too() -> None:
    report = cases.seed_report(field="坂本 陽子 <x@evil.example>")
    for coded in (
        "=?ISO-2022-JP?B?GyRCOmRLXBsoQiAbJEJNW0tcGyhC?= <x@evil.example>",
        "坂本 陽子".encode().decode("latin-1"),
    ):
        fields = (msgspec.structs.replace(report.fields[0], raw_value=coded),)
        masked = mask.redact(msgspec.structs.replace(report, fields=fields)).fields[0]
        assert masked.value == masked.raw_value.replace(coded, masked.value)
        assert coded not in masked.raw_value


@pytest.mark.parametrize(
    "text",
    [
        "捌き工房.example",
        "%E6%8D%8C%E3%81%8D%E5%B7%A5%E6%88%BF.example",
        "=E6=8D=8C=E3=81=8D=E5=B7=A5=E6=88=BF.example",
    ],
)
def test_an_internationalised_domain_is_masked(text: str) -> None:
    report = cases.with_vantage(cases.seed_report(), own_domains=("捌き工房.example",))
    masker = mask.Masker(identifiers.of(report))
    assert masker(f"http://{text}/") == "http://*****.***/"
    assert masker("http://xn--w8ju68krzcx4a.example/") == "http://*****.***/"
    assert scan.leaks(text, identifiers.of(report))


def test_a_parameter_cut_in_pieces_is_masked() -> None:
    cut = "attachment; filename*0=y.saka; filename*1*=moto%40jimu; filename*2=sho.example"
    report = cases.seed_report(field=cut)
    masked = mask.redact(report)
    assert scan.leaks(cut, identifiers.of(report))
    assert scan.leaks(everything(masked), identifiers.of(report)) == ()
    assert "*****" in masked.fields[0].raw_value


@pytest.mark.parametrize("text", ["v203-0-113-25.isp.invalid", "id203.0.113.25x", "::ffff:cb00:7119", "3405803801"])
def test_a_server_s_address_is_masked_in_its_other_forms(text: str) -> None:
    assert needles.IP in MASKER(text)
    assert scan.leaks(MASKER(text), identifiers.of(cases.seed_report())) == ()


def test_a_name_with_quoted_pairs_is_masked() -> None:
    masker = mask.Masker(identifiers.Identifiers(names=("hanako (jimusho)", "(jimusho)")))
    assert masker(r'"Hanako \(Jimusho\)" <a@b.example>') == '"*****" <a@b.example>'
