from __future__ import annotations

import msgspec

from sabaki.model.case import ClaimedOrigin, Client, Origin, Role, Sign, Trust, TrustLine
from sabaki.model.evidence import Grade
from sabaki.model.report import Report
from sabaki.render import html, way
from sabaki.render.blocks import Delays, Notice, Path, Statement, Stop, Table
from sabaki.render.voice import Voice
from tests.render import cases


def stops(report: Report, lang: str = "en") -> tuple[Stop, ...]:
    return next(block.stops for block in way.section(Voice(report, lang)).blocks if isinstance(block, Path))


def test_from_the_sender_over_the_line_to_the_mailbox() -> None:
    assert [(stop.role, stop.name) for stop in stops(cases.seed_report())] == [
        ("origin", "20.63.138.218"),
        ("line", "Trust line: below it, servers that the recipient trusts"),
        ("ours", "server without a name (qmail)"),
        ("ours", "hand-over inside one machine"),
        ("ours", "mbox.hosting.example"),
        ("you", "<admin@jimusho.example>"),
    ]


def test_only_address_and_account_of_the_peer_are_attested() -> None:
    origin = stops(cases.seed_report())[0]
    assert origin.grade == "A"
    assert [(note.text, note.grade) for note in origin.notes] == [
        ("signed in as office@gakuin.example", "A"),
        ("called itself “jp5”", "S"),
    ]


def test_claimed_hops_stand_above_the_line_and_are_capped() -> None:
    seed = cases.seed_report()
    claimed = [
        msgspec.structs.replace(
            seed.hops[0], index=3 + n, by=f"h{n}.test", trust=Trust.CLAIMED, grade=Grade.SELF_DECLARED
        )
        for n in range(9)
    ]
    shown = stops(cases.replaced(seed, hops=(*seed.hops, *claimed)))
    assert [stop.role for stop in shown[:8]] == ["claimed"] * 7 + ["origin"]
    assert shown[0].name == "h8.test"
    assert shown[6].name == "3 more"


def test_without_a_line_nothing_is_vouched_for() -> None:
    seed = cases.seed_report()
    hops = tuple(msgspec.structs.replace(hop, trust=Trust.CLAIMED, grade=Grade.SELF_DECLARED) for hop in seed.hops)
    report = cases.replaced(seed, hops=hops, trust=TrustLine("none"), origin=Origin(Grade.SELF_DECLARED))
    shown = stops(report, "ja")
    assert [stop.role for stop in shown] == ["claimed", "claimed", "claimed", "line", "you"]
    assert shown[3].name.startswith("信頼線なし")


def test_a_negative_delay_is_a_clock_not_a_day() -> None:
    seed = cases.seed_report()
    hop = msgspec.structs.replace(seed.hops[0], delay=-2.0)
    notes = str(stops(cases.replaced(seed, hops=(hop, *seed.hops[1:]))))
    assert "−2 s (clocks disagree" in notes


def test_the_advice_keeps_its_flags_apart() -> None:
    line = TrustLine("inferred", 3, advice="Name yours: --own-host mx.example --own-domain x.example")
    notice = way.section(Voice(cases.replaced(cases.seed_report(), trust=line), "en")).blocks[0]
    assert isinstance(notice, Notice)
    assert notice.text == "Name yours:"
    assert notice.flags == ("--own-host mx.example", "--own-domain x.example")


def test_reasons_are_told_along_the_way_and_an_account_only_where_there_is_one() -> None:
    seed = cases.seed_report()
    hop = msgspec.structs.replace(
        seed.hops[0], reason="below the line: the hop above", reason_ja="信頼線より下です。すぐ上の行のものです"
    )
    voice = Voice(cases.replaced(seed, hops=(hop,)), "ja")
    assert voice.reason(hop) == "次のサーバーのものです"
    assert Voice(seed, "en").reason(hop) == "the next server"
    unsigned = cases.replaced(seed, origin=msgspec.structs.replace(seed.origin, auth_account=""))
    said = [block.text for block in way.section(Voice(unsigned, "ja")).blocks if isinstance(block, Statement)]
    assert any("IPアドレスだけで" in text for text in said)


def test_signs_roles_and_encryption_stand_at_their_stop() -> None:
    seed = cases.seed_report()
    hop = msgspec.structs.replace(
        seed.hops[0],
        index=3,
        trust=Trust.CLAIMED,
        grade=Grade.SELF_DECLARED,
        role=Role.LIST,
        tls_version="TLSv1.3",
        tls_cipher="AES256",
        signs=(Sign("odd_one", "a detail", strong=True), Sign("odd_two")),
    )
    stop = stops(cases.replaced(seed, hops=(*seed.hops, hop)))[0]
    assert stop.part == "mailing list"
    notes = [(note.text, note.tone) for note in stop.notes]
    assert ("encrypted: TLSv1.3 AES256", "") in notes
    assert ("odd_one: a detail", "strong") in notes
    assert ("odd_two", "") in notes


def test_delays_are_drawn_from_the_sender_on_with_their_sign() -> None:
    seed = cases.seed_report()
    hops = tuple(
        msgspec.structs.replace(seed.hops[0], index=place, by=f"h{place}.test", delay=delay)
        for place, delay in enumerate((-2.0, 90.0, None))
    )
    section = way.section(Voice(cases.replaced(seed, hops=hops), "en"))
    drawn = next(block for block in section.blocks if isinstance(block, Delays))
    assert [(lap.name, lap.seconds) for lap in drawn.laps] == [("h1.test", 90.0), ("h0.test", -2.0)]
    assert drawn.span == (-2.0, 90.0)
    page = html.render(cases.replaced(seed, hops=hops), "en")
    assert 'class="back" style="margin-left:0.0%;width:2.2%"' in page


def test_what_only_the_sender_says_of_the_beginning_is_a_lead() -> None:
    seed = cases.seed_report()
    claimed = ClaimedOrigin(ip="198.51.100.9", by="out.school.example", auth_account="office@school.example")
    clients = (Client("X-Originating-IP", ip="203.0.113.5"),)
    origin = msgspec.structs.replace(seed.origin, claimed=claimed, clients=clients)
    blocks = way.section(Voice(cases.replaced(seed, origin=origin), "en")).blocks
    said = next(block for block in blocks if isinstance(block, Statement) and "a lead to ask" in block.text)
    assert said.grade == "S"
    assert "office@school.example to out.school.example" in said.text
    table = next(block for block in blocks if isinstance(block, Table))
    assert [(cell.text, cell.grade) for cell in table.rows[0]] == [("X-Originating-IP", ""), ("203.0.113.5", "S")]
