"""PDF files as a whole: text, links and what is under them, codes, passwords, damage, what is around."""

from __future__ import annotations

import hashlib
import io
import random
import zipfile
import zlib

import pypdfium2
import pytest

from sabaki.files import pdf
from sabaki.files.opened import Asked, Opened
from sabaki.mail.limits import Budget, Limits
from sabaki.model.finding import State
from tests.files.pdfmaking import catalogue, stream, updated, written
from tests.files.test_codes import code
from tests.mail.test_drawncodes import LINK, MODULES

FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
TEXT = b"BT /F 20 Tf 100 700 Td (Pay the bill) Tj ET"
WITH_TEXT = b"/Resources<</Font<</F 7 0 R>>/XObject<</I 8 0 R>>>>/Contents 6 0 R/Annots[5 0 R]"
LINK_AT = b"<</Type/Annot/Subtype/Link/Rect[%s]/A<</S/URI/URI(http://a.example/pay)>>>>"


def document(rectangle: bytes = b"90 690 300 730", content: bytes = TEXT) -> dict[int, bytes]:
    picture = code(2)
    head = b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8" % picture.size
    return {
        **catalogue(page=WITH_TEXT),
        5: LINK_AT % rectangle,
        6: stream(b"", content),
        7: FONT,
        8: stream(head, picture.tobytes()),
    }


def read(content: bytes, *passwords: str) -> Opened:
    return pdf.read(content, Asked(passwords=passwords))


def ids(opened: Opened) -> set[str]:
    return {trait.id for trait in opened.traits}


def test_text_title_and_the_text_on_a_link() -> None:
    objects = {**document(), 9: b"<</Title(\xfe\xff\x8a\xcb\x6c\x42)>>"}
    opened = read(written(objects, b"/Root 1 0 R/Info 9 0 R"))
    assert opened.title == "請求"
    assert opened.text.strip() == "Pay the bill"
    assert [(link.raw, link.source, link.text, link.clickable) for link in opened.links] == [
        ("http://a.example/pay", "pdf:link", "Pay the bill", True)
    ]
    assert ids(opened) == set()


def test_a_link_over_the_page_or_over_a_picture() -> None:
    assert "page_link" in ids(read(written(document(b"0 0 600 800"))))
    painted = TEXT + b" q 300 0 0 300 100 200 cm /I Do Q"
    assert "page_link" in ids(read(written(document(b"90 190 410 510", painted))))
    assert "page_link" not in ids(read(written(document(b"90 690 300 730", painted))))


def test_a_code_as_a_picture() -> None:
    opened = read(written(document(content=b"q 70 0 0 70 400 100 cm /I Do Q")))
    assert [link.raw for link in opened.links if link.source == "qr"] == [LINK]
    assert "qr" in ids(opened)


def test_a_code_painted_with_rectangles() -> None:
    squares = b"".join(
        b"%d %d 3 3 re f\n" % (100 + 3 * x, 500 - 3 * y)
        for y, row in enumerate(MODULES)
        for x, module in enumerate(row)
        if module == "1"
    )
    assert [link.raw for link in read(written(document(content=squares))).links if link.source == "qr"] == [LINK]


def test_an_older_revision() -> None:
    old = written(document())
    opened = read(updated(old, 5, (LINK_AT % b"90 690 300 730").replace(b"/pay", b"/new")))
    assert [(link.raw, link.clickable) for link in opened.links] == [
        ("http://a.example/new", True),
        ("http://a.example/pay", False),
    ]
    assert "older_revision" in ids(opened)


def encrypted(user: bytes) -> bytes:
    """The document with the standard security handler, revision 2 (RC4, 40 bits)."""
    padding = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")

    def rc4(key: bytes, body: bytes) -> bytes:
        state, j = list(range(256)), 0
        for i in range(256):
            j = (j + state[i] + key[i % len(key)]) % 256
            state[i], state[j] = state[j], state[i]
        i = j = 0
        out = bytearray()
        for byte in body:
            i = (i + 1) % 256
            j = (j + state[i]) % 256
            state[i], state[j] = state[j], state[i]
            out.append(byte ^ state[(state[i] + state[j]) % 256])
        return bytes(out)

    padded = (user + padding)[:32]
    owner = rc4(hashlib.md5((b"owner" + padding)[:32]).digest()[:5], padded)
    key = hashlib.md5(padded + owner + b"\xfc\xff\xff\xff" + b"0123456789abcdef").digest()[:5]

    def for_object(number: int, body: bytes) -> bytes:
        return rc4(hashlib.md5(key + number.to_bytes(3, "little") + bytes(2)).digest()[:10], body)

    objects = document()
    objects[5] = objects[5].replace(
        b"(http://a.example/pay)", b"<%s>" % for_object(5, b"http://a.example/pay").hex().encode()
    )
    objects[6] = stream(b"", for_object(6, TEXT))
    objects[9] = b"<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>" % (
        owner.hex().encode(),
        rc4(key, padding).hex().encode(),
    )
    return written(objects, b"/Root 1 0 R/Encrypt 9 0 R/ID[<%s><00>]" % b"0123456789abcdef".hex().encode())


def test_encrypted_for_everybody_is_read_whole() -> None:
    opened = read(encrypted(b""))
    assert not opened.locked
    assert opened.text.strip() == "Pay the bill"
    assert [link.raw for link in opened.links] == ["http://a.example/pay"]


def test_a_password_of_the_mail_opens_it() -> None:
    opened = read(encrypted(b"kaki"), "wrong", "kaki")
    assert (opened.locked, opened.password, opened.state) == (True, "kaki", State.RAN)
    assert [link.raw for link in opened.links] == ["http://a.example/pay"]


def test_without_the_password_nothing_is_made_up() -> None:
    opened = read(encrypted(b"kaki"), "wrong")
    assert (opened.locked, opened.password, opened.state) == (True, "", State.SKIPPED)
    assert (opened.text, opened.links) == ("", [])
    assert opened.reason
    assert opened.reason_ja


def test_the_limits_of_pages_and_text() -> None:
    objects = document()
    objects[2] = b"<</Type/Pages/Kids[3 0 R 3 0 R 3 0 R]/Count 3>>"
    budget = Budget(Limits(pages=2))
    opened = pdf.read(written(objects), Asked(budget=budget))
    assert opened.text.count("Pay the bill") == 2
    assert [limit.name for limit in budget.reached] == ["pages"]
    budget = Budget(Limits(file_text=5))
    assert pdf.read(written(objects), Asked(budget=budget)).text == "Pay t"
    assert [limit.name for limit in budget.reached] == ["file_text"]


def test_damaged_but_not_lost() -> None:
    whole = written(document())
    opened = read(whole[: whole.index(b"6 0 obj")])
    assert [link.raw for link in opened.links] == ["http://a.example/pay"]
    assert "damaged" in ids(opened)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\nnothing here"])
def test_nothing_of_a_pdf(content: bytes) -> None:
    opened = read(content)
    assert opened.state is State.PERMERROR
    assert opened.reason_ja


def test_a_flood_of_cross_references_is_not_given_to_the_viewer() -> None:
    flood = (
        b"%PDF-1.7\n" + b"1 0 obj<</Type/XRef>>stream\nendstream " * 4_000 + b"2 0 obj<</S/URI/URI(http://a.example/)>>"
    )
    opened = read(flood)
    assert "damaged" in ids(opened)
    assert [link.raw for link in opened.links] == ["http://a.example/"]


def test_what_is_before_and_behind() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("bill.exe", b"MZ")
    opened = read(written(document()) + packed.getvalue())
    assert [(trait.id, trait.detail) for trait in opened.traits] == [("polyglot", "zip")]
    assert [child.content for child in opened.children] == [packed.getvalue()]
    script = b"<html><script>alert(1)</script></html>\n"
    assert "polyglot" in ids(read(script + written(document())))
    assert ids(read(written(document()) + b"\r\n\0\0")) == set()


def test_made_by_pdfium_itself() -> None:
    made = pypdfium2.PdfDocument.new()
    made.new_page(200, 200)
    made.new_attachment("会議.txt").set_data(b"hello")
    out = io.BytesIO()
    made.save(out)
    made.close()
    opened = read(out.getvalue())
    assert [(child.name, child.content) for child in opened.children] == [("会議.txt", b"hello")]
    assert ids(opened) == {"embedded_file"}


def test_any_damage_is_read() -> None:
    whole = written(document(content=TEXT + b" q 70 0 0 70 400 100 cm /I Do Q"))
    budget = Budget(Limits(pages=10_000, pictures=10_000))
    for end in range(0, len(whole), max(1, len(whole) // 60)):
        pdf.read(whole[:end], Asked(budget=budget))
    chance = random.Random(11)
    for _ in range(60):
        flipped = bytearray(whole)
        for _ in range(6):
            flipped[chance.randrange(len(flipped))] = chance.randrange(256)
        pdf.read(bytes(flipped), Asked(budget=budget))


def test_a_bomb_is_not_given_to_pdfium() -> None:
    body = zlib.compress(zlib.compress(bytes(50_000_000)))
    content = (
        b"%%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
        b"3 0 obj\n<</Type/Page/Parent 2 0 R/Contents 5 0 R>>\nendobj\n4 0 obj\n<</S/JavaScript/JS 5 0 R>>\nendobj\n"
        b"5 0 obj\n<</Length %d/Filter[/FlateDecode/FlateDecode]>>\nstream\n%s\nendstream\nendobj\n%%%%EOF"
        % (len(body), body)
    )
    told: list[Opened] = []
    opened = pdf.read(content, Asked("bomb.pdf", tell=told.append))
    assert any(trait.id == "bomb" for trait in opened.traits)
    assert opened.state is State.SKIPPED
    assert opened.reason_ja
    assert told
