"""What the mail was taken out of, and what came with it."""

from __future__ import annotations

import msgspec

from sabaki.model.case import Holder, Source
from sabaki.model.evidence import Location
from sabaki.model.file import File, Trait
from sabaki.model.finding import State
from sabaki.model.message import Part
from sabaki.model.observable import EmailAddr, Url
from sabaki.render import enclosed
from sabaki.render.blocks import Bullets, Notice, Statement, Table
from sabaki.render.voice import Voice
from tests.render import cases

ZIP = File(path="2", part="2", name="../請求書.zip", kind="zip", family="archive", size=1_500, sha256="ab" * 32)
EXE = File(
    path="2/1", part="2", inside="2", name="請求書.exe", kind="exe", family="program", size=3_000, sha256="cd" * 32
)
LOGO = File(path="3", part="3", name="logo.png", kind="png", family="picture", size=10, sha256="ef" * 32)


def test_files_are_listed_with_what_is_inside_and_names_are_no_paths() -> None:
    locked = File(
        path="2/2",
        part="2",
        inside="2",
        name="list.xlsx",
        kind="xlsx",
        family="document",
        locked=True,
        state=State.SKIPPED,
        reason="locked: only its name and size are known",
        reason_ja="開けません",
        traits=(Trait("macro", "x"), Trait("unknown_to_us", "y")),
    )
    section = enclosed.section(Voice(cases.replaced(cases.seed_report(), files=(ZIP, EXE, locked)), "en"))
    assert section is not None
    table = section.blocks[0]
    assert isinstance(table, Table)
    rows = [[cell.text for cell in row] for row in table.rows]
    assert rows[0] == ["../請求書.zip", "zip", "1.5 kB", "ab" * 32]
    assert rows[1][:2] == ["└ 請求書.exe", "exe"]
    assert rows[2][2:] == ["—", "—"]
    assert table.rows[2][1].note == "macros; locked: only its name and size are known"
    assert enclosed.section(Voice(cases.seed_report(), "en")) is None


def test_pictures_of_the_layout_are_not_named() -> None:
    inline = cases.replaced(cases.seed_report(), files=(LOGO,))
    here = Location(0, 0)
    part = Part("3", "image/png", here, here)
    parts = (msgspec.structs.replace(part, path="3", disposition="inline"),)
    assert enclosed.shown(cases.replaced(inline, parts=parts)) == ()
    parts = (msgspec.structs.replace(part, path="3", disposition="attachment"),)
    assert enclosed.shown(cases.replaced(inline, parts=parts)) == (LOGO,)
    marked = msgspec.structs.replace(LOGO, traits=(Trait("qr", "x"),))
    assert enclosed.shown(cases.replaced(cases.seed_report(), files=(marked,))) == (marked,)


def test_links_in_files_are_defanged_and_say_where_they_stand() -> None:
    url = Url("http://nashi.example/x", "http://nashi.example/x", "qr", host="nashi.example", file="3")
    voice = Voice(cases.replaced(cases.seed_report(), files=(ZIP, LOGO), urls=(url,)), "ja")
    section = enclosed.section(voice)
    assert section is not None
    bullets = next(block for block in section.blocks if isinstance(block, Bullets))
    assert "nashi[.]example" in bullets.items[0].text
    assert bullets.items[0].detail == "QRコード: logo.png"


def test_what_the_mail_was_taken_out_of_is_said_in_both_languages() -> None:
    mbox = Holder("mbox", "box.mbox", "message 2", "ab" * 32, 10)
    passed = Holder(
        "mail",
        "report.eml",
        "part 2",
        reporter=EmailAddr("hanako@orchard.example", "hanako", "orchard.example"),
        reason="it came from a colleague",
        reason_ja="同僚からのメールであり",
    )
    report = cases.replaced(cases.seed_report(), source=Source("x.eml", "", 1, (mbox, passed)))
    english, notice = enclosed.holders(Voice(report, "en"))
    assert isinstance(english, Statement)
    assert isinstance(notice, Notice)
    assert english.text == "The mail was taken out of an mbox file, box.mbox (message 2)."
    assert "is no suspect. Why the mail inside was taken: it came from a colleague." in notice.text
    # Who passed it on is known from that mail's own header only.
    assert notice.grade == "S"
    japanese, said = enclosed.holders(Voice(report, "ja"))
    assert isinstance(japanese, Statement)
    assert isinstance(said, Notice)
    assert "mbox形式" in japanese.text
    assert "同僚からのメール" in said.text
