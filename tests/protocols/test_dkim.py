"""DKIM signatures: made with other software's help, then altered in every way that an attacker or a list would think of."""

from __future__ import annotations

import re
from pathlib import Path

import dkim as dkimpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sabaki.model.authentication import KEY_GONE, UNCHECKED
from sabaki.model.evidence import Grade
from sabaki.model.lookup import Answer, Lookup
from sabaki.protocols import dkim
from sabaki.protocols.resolver import Offline, Recorded, Recording
from tests.protocols.signing import MAIL, NAME, ed25519_record, pem, read, record, signed, verify, zone
from tests.protocols.zone import Zone

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "dkim"


# -- what holds


def test_a_signature_that_holds_says_what_it_vouches_for() -> None:
    found = verify(signed())
    assert (found.result, found.grade, found.domain, found.selector) == ("pass", Grade.VERIFIED, "shop.example", "s1")
    assert (found.key_type, found.key_bits, found.algorithm) == ("rsa", 2048, "rsa-sha256")
    assert (found.body_size, found.body_covered, found.body_matches) == (24, 24, True)
    assert found.covered_names == ("from", "to", "subject", "date", "message-id")
    assert found.covers == (1, 2, 3, 4, 5)
    assert (found.uncovered, found.weaknesses) == ((), ("addable_field",))
    assert (
        found.reason == "it holds, and vouches for From, Subject, To, Date, Message-ID and 24 of 24 bytes of the body"
    )
    assert (
        found.reason_ja
        == "署名は有効です。保証の対象はFrom、Subject、To、Date、Message-IDと、本文24バイト中の24バイトです"
    )


@pytest.mark.parametrize(
    "how", ["simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed", "relaxed", None]
)
def test_every_canonicalisation(how: str | None) -> None:
    wanted = {None: "simple/simple", "relaxed": "relaxed/simple"}.get(how, how)
    found = verify(signed(c=how))
    assert (found.result, found.canonicalization) == ("pass", wanted)


@pytest.mark.parametrize("header", [b"simple", b"relaxed"])
@pytest.mark.parametrize("body", [b"simple", b"relaxed"])
def test_what_dkimpy_signs(header: bytes, body: bytes) -> None:
    raw = MAIL.replace("Open\r\n", "Open  now\r\n\tand \t later \r\n").encode() + b" \t\r\nmore \t\r\n\r\n\r\n"
    field = dkimpy.sign(raw, b"s1", b"shop.example", pem(), canonicalize=(header, body), length=True)
    assert verify(field + raw).result == "pass"
    # And saved on Unix.
    assert verify((field + raw).replace(b"\r\n", b"\n")).result == "pass"


def test_ed25519() -> None:
    found = verify(signed(a="ed25519-sha256"), zone(ed25519_record()))
    assert (found.result, found.key_type, found.key_bits) == ("pass", "ed25519", 256)


def test_a_key_without_its_wrapping() -> None:
    assert verify(signed(), zone(record(bare=True))).result == "pass"


@pytest.mark.skipif(not VECTORS.exists(), reason="the vectors (shared/vectors/dkim) are not there")
def test_the_vectors(capsys: pytest.CaptureFixture[str]) -> None:
    results = []
    for path in sorted(VECTORS.glob("0*.txt")):
        head, _, mail = path.read_bytes().replace(b"\r\n", b"\n").partition(b"\n\n")
        lines = [line.partition(" ") for line in head.decode().splitlines()]
        resolver = Zone({name: [("TXT", text)] for name, _, text in lines})
        for raw in (mail, mail.replace(b"\n", b"\r\n")):
            results += [(path.name, each.result, each.reason) for each in dkim.verify(read(raw), resolver)]
    with capsys.disabled():
        good = sum(result == "pass" for _, result, _ in results)
        print(f"\nDKIM vectors: {good} of {len(results)} signatures passed")  # noqa: T201  # asked for by whoever runs it
    assert [each for each in results if each[1] != "pass"] == []
    assert len(results) == 16


# -- what was altered


def test_an_altered_body_fails_without_a_question() -> None:
    resolver = zone()
    found = verify(signed().replace(b"Come in", b"Stay out"), resolver)
    assert (found.result, found.body_matches, found.grade) == ("fail", False, Grade.VERIFIED)
    assert resolver.asked == []
    assert "body is not the one that was signed" in found.reason
    assert verify(signed().replace(b"Come in", b"Stay out"), Offline()).result == "fail"


def test_a_list_footer_is_recognised() -> None:
    found = verify(signed() + b"\r\n-- \r\nlist@lists.example\r\n")
    assert (found.result, found.body_matches) == ("fail", False)
    assert "the first 24 bytes of the body are as signed, 26 were added" in found.reason
    assert "24バイトは署名時のまま" in found.reason_ja


@pytest.mark.parametrize("name", ["From", "To", "Subject", "Date", "Message-ID"])
def test_an_altered_field_fails(name: str) -> None:
    raw = signed().replace(f"{name}: ".encode(), f"{name}: x".encode())
    found = verify(raw)
    assert (found.result, found.body_matches, found.grade) == ("fail", True, Grade.VERIFIED)
    assert "a signed field was altered" in found.reason


def test_white_space_may_change_where_the_signer_allows_it() -> None:
    raw = signed().replace(b"Subject: Open", b"SUBJECT:  Open\t").replace(b"We  are", b"We \t are")
    assert verify(raw).result == "pass"
    assert verify(signed(c="simple/simple").replace(b"Subject: Open", b"Subject:  Open")).result == "fail"
    assert verify(signed(c="simple/simple").replace(b"We  are", b"We are")).result == "fail"


def test_quoting_of_mailbox_files_is_undone_and_said() -> None:
    raw = signed(MAIL + "From here on\r\n>From there\r\n")
    # mboxrd puts one ">" before each.
    saved = raw.replace(b"\n>From there", b"\n>>From there").replace(b"\nFrom here", b"\n>From here")
    found = verify(saved)
    assert (found.result, found.body_matches) == ("pass", True)
    assert "mailbox files" in found.reason
    assert "メールボックス形式" in found.reason_ja
    assert "mailbox files" not in verify(raw).reason
    assert verify(saved.replace(b">From here", b">>>From here")).result == "fail"


def test_a_body_that_is_cut_off() -> None:
    raw = signed(l=24)
    found = verify(raw.replace(b"Come in.\r\n", b""))
    assert (found.result, found.body_matches) == ("permerror", False)
    assert "24 bytes of body, and only 14 are there" in found.reason


# -- what is never accepted


@pytest.mark.parametrize("domain", ["co.jp", "jp", "com", "localhost"])
def test_a_name_that_nobody_owns(domain: str) -> None:
    resolver = zone(name=f"s1._domainkey.{domain}")
    found = verify(signed(d=domain), resolver)
    assert (found.result, resolver.asked) == ("policy", [])
    assert "under which anybody can have a domain" in found.reason


def test_sha1() -> None:
    found = verify(signed(a="rsa-sha1"))
    assert (found.result, found.body_matches) == ("policy", True)
    assert "sha1" in found.weaknesses
    assert "RFC 8301" in found.reason


def test_a_short_key() -> None:
    found = verify(signed(bits=768), zone(record(768)))
    assert (found.result, found.key_bits) == ("policy", 768)
    assert "short_key" in found.weaknesses
    # One that does not even fit has failed.
    assert verify(signed(bits=768).replace(b"Open", b"Shut"), zone(record(768))).result == "fail"
    assert verify(signed(bits=1024), zone(record(1024))).result == "pass"


def test_times_are_those_of_receipt() -> None:
    raw = signed(t=1740961504, x=1741000000)
    in_time = verify(raw, at="2025-03-03T01:15:04Z")
    assert (in_time.result, in_time.signed_at, in_time.expires_at) == (
        "pass",
        "2025-03-03T00:25:04Z",
        "2025-03-03T11:06:40Z",
    )
    late = verify(raw, at="2025-03-03T20:15:04+09:00")
    assert (late.result, late.weaknesses[-1]) == ("policy", "expired")
    unknown = verify(raw, at=None)
    assert unknown.result == "pass"
    assert "is not known" in unknown.reason
    early = verify(raw, at="2025-03-01T01:15:04Z")
    assert (early.result, early.weaknesses[-1]) == ("pass", "future")
    assert verify(raw, at="no time").result == "pass"


def test_a_domain_that_is_only_testing() -> None:
    found = verify(signed(), zone(record(more="v=DKIM1; t=y; ")))
    assert (found.result, found.weaknesses[-1]) == ("pass", "testing")
    assert "only testing" in found.reason


# -- what cannot be read


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ({"v": None}, "a tag is missing (v)"),
        ({"v": "2"}, "another version"),
        ({"a": "rsa-md5"}, "the algorithm is unknown"),
        ({"h": "to:subject"}, "does not cover From"),
        ({"h": "from:to subject"}, "a field that cannot be"),
        ({"i": "x@shop.example.evil.invalid"}, "outside the signing domain"),
        ({"i": "shop.example"}, "is no address"),
        ({"q": "http"}, "no way to the key"),
        ({"t": "2000", "x": "1000"}, "expires before"),
        ({"t": "soon"}, "no number"),
        ({"l": "-1"}, "no number"),
        ({"bh": "%%%"}, "no base64"),
        ({"d": "shop..example"}, "no domain name"),
        ({"d": "shop.example."}, "no domain name"),
        ({"s": "a b"}, "no domain name"),
        ({"s": ".".join(["x" * 60] * 4)}, "longer than the DNS allows"),
        ({"z": "1; z=2"}, "stands in it twice (z)"),
        ({"z": "\x01"}, "control character"),
    ],
)
def test_fields_that_cannot_be_signatures(tags: dict[str, str | None], said: str) -> None:
    found = verify(signed(**tags))
    assert (found.result, found.grade) == ("permerror", Grade.VERIFIED)
    assert said in found.reason
    assert found.reason_ja
    assert found.domain in ("shop.example", "")


def test_unicode_names() -> None:
    name = "s1._domainkey.xn--wgv71a119e.example"
    raw = signed(d="日本語.example", i="@x.日本語.example")
    found = verify(raw, zone(name=name))
    assert (found.result, found.domain) == ("pass", "xn--wgv71a119e.example")


# -- what is not known


def test_offline_what_needs_no_key_is_said() -> None:
    found = verify(signed(), Offline())
    assert (found.result, found.grade, found.body_matches) == (UNCHECKED, Grade.SELF_DECLARED, True)
    assert (found.covered_names[0], found.key_bits) == ("from", None)
    assert "offline" in found.reason
    assert "if it holds it vouches for From" in found.reason
    assert "オフライン" in found.reason_ja


@pytest.mark.parametrize(
    "resolver",
    [
        Zone({}),
        Zone({NAME: [("A", "192.0.2.1")]}),
        # A domain that was given up, and answers everything alike.
        Zone({NAME: [("TXT", "v=spf1 -all")]}),
    ],
)
def test_a_key_that_is_gone(resolver: Zone) -> None:
    found = verify(signed(), resolver)
    assert (found.result, found.grade, found.body_matches) == (KEY_GONE, Grade.SELF_DECLARED, True)
    assert "can no longer be checked" in found.reason


def test_a_dns_that_does_not_answer() -> None:
    found = verify(signed(), Zone({NAME: "TIMEOUT"}))
    assert (found.result, found.grade) == ("temperror", Grade.SELF_DECLARED)


@pytest.mark.parametrize(
    ("text", "tags", "said"),
    [
        ("v=DKIM1; p=", {}, "revoked the key"),
        ("v=DKIM1; k=rsa; p=AAAA", {}, "is broken"),
        ("v=DKIM1; p=%", {}, "is broken"),
        ("v=DKIM2; p=AAAA", {}, "is broken"),
        ("v=DKIM1; k=ed25519; p=AAAA", {}, "of another kind"),
        (record(more="h=sha1; "), {}, "does not allow the hash"),
        (record(more="s=tlsrpt; "), {}, "is not for mail"),
        (record(more="t=s; "), {"i": "@mail.shop.example"}, "does not allow a subdomain"),
    ],
)
def test_keys_that_cannot_be_used(text: str, tags: dict[str, str], said: str) -> None:
    found = verify(signed(**tags), zone(text))
    assert (found.result, found.grade) == ("permerror", Grade.VERIFIED)
    assert said in found.reason
    assert NAME in found.reason_ja


def test_one_of_several_keys_is_enough() -> None:
    resolver = Zone({NAME: [("TXT", "v=DKIM1; p="), ("TXT", record(1024)), ("TXT", record())]})
    assert verify(signed(), resolver).result == "pass"


def test_a_mail_that_was_not_read_to_its_end() -> None:
    from sabaki.mail import message
    from sabaki.mail.limits import Budget, Limits

    for limits in (Limits(message_size=len(signed()) - 5), Limits(fields=3)):
        (found,) = dkim.verify(message.read(signed(), Budget(limits)), zone())
        assert (found.result, found.body_matches) == (UNCHECKED, None)


# -- several, and replay


def test_only_so_many_are_verified() -> None:
    raw = signed()
    field = raw.partition(b"\r\n")[0] + b"\r\n"
    parsed = read(field * 6 + raw)
    assert [each.result for each in dkim.verify(parsed, zone(), most=3)] == ["pass"] * 3
    assert dkim.count(parsed) == 7


def test_it_replays_from_the_record() -> None:
    asked = Recording(zone())
    first = dkim.verify(read(signed()), asked)
    assert dkim.verify(read(signed()), Recorded(asked.lookups)) == first
    assert dkim.verify(read(signed()), Recorded(()))[0].result == UNCHECKED


def test_a_selector_made_for_one_recipient() -> None:
    found = verify(signed(s="you-own-77"), Offline())
    assert "selector_like_recipient" in found.weaknesses
    assert "selector_like_recipient" not in verify(signed(s="own"), Offline()).weaknesses


# -- anything at all


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_mutated_signatures_never_raise_and_never_pass_unnoticed(data: st.DataObject) -> None:
    raw = bytearray(signed())
    end = raw.index(b"Date:")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, end - 1))
        raw[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
    for found in dkim.verify(read(bytes(raw)), zone()):
        assert found.reason
        assert found.reason_ja
        if found.result == "pass":
            # Whatever was changed is white space, case, an unsigned field, or told.
            words = re.sub(rb"\s+", b"", bytes(raw)).lower()
            assert b"subject:open" in words or "subject" in found.uncovered or "subject" not in found.covered_names


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=300), st.text(max_size=200))
def test_any_octets(field: bytes, rest: bytes, answer: str) -> None:
    raw = b"DKIM-Signature:" + field + b"\r\n" + rest
    resolver = Recorded([Lookup(NAME, "TXT", Answer.ANSWER, (answer,))])
    for found in dkim.verify(read(raw), resolver):
        assert found.result != "pass"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["", "v=DKIM1; p=", "p=", "v=DKIM1; k=rsa; p=MIIB"]))
def test_any_key_record(text: str, start: str) -> None:
    resolver = Recorded([Lookup(NAME, "TXT", Answer.ANSWER, (start + text,))])
    assert verify(signed(), resolver).result in ("permerror", KEY_GONE)


# -- much of it


@pytest.mark.parametrize(
    "raw",
    [
        signed() + b" \t\r\n" * 200_000,
        signed() + b"x" * 3_000_000,
        signed() + b"\r" * 1_000_000,
        signed() + b">" * 1_000_000 + b"From \n",
        signed().partition(b"\r\n")[0].join([b""] + [b"\r\n"] * 5_000) + MAIL.encode(),
        signed(**{f"t{number}": number for number in range(8_000)}),
        signed(z=" " * 64_000 + "x"),
        signed(h=":".join(["from"] * 10_000)),
        signed(h=":".join(["from", *(f"x{number}" for number in range(10_000))])),
    ],
    ids=["blank lines", "one line", "bare CR", "quoting", "signatures", "tags", "blanks", "names", "other names"],
)
def test_much_of_anything(raw: bytes) -> None:
    # It ends: quadratic work would not, within the patience of whoever runs this.
    assert all(each.reason for each in dkim.verify(read(raw), zone()))
