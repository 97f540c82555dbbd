"""Pictures as files: every format, metadata, what is behind their end, too large, damaged."""

from __future__ import annotations

import io
import random
import zipfile
import zlib

import pytest
from PIL import Image, PngImagePlugin

from sabaki.files import picture
from sabaki.files.opened import Asked, Opened
from sabaki.mail import drawncodes
from sabaki.mail.limits import Budget, Limits
from sabaki.model.finding import State
from tests.files.test_codes import code, noisy
from tests.mail.test_drawncodes import LINK, MODULES, in_halves


def saved(image: Image.Image, format: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("bill.exe", b"MZ")
    return out.getvalue()


def found(content: bytes) -> list[str]:
    return [link.raw for link in picture.read(content, Asked()).links]


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "ICO", "PPM"])
def test_every_format(format: str) -> None:
    assert found(saved(code().convert("RGB"), format)) == [LINK]


def test_sixteen_bits_and_the_second_frame() -> None:
    assert found(saved(code().convert("I").point(lambda value: value * 257).convert("I;16"), "PNG")) == [LINK]
    blank = Image.new("L", code().size, 255)
    assert found(saved(blank, "GIF", save_all=True, append_images=[code()])) == [LINK]


def test_a_code_drawn_in_text_goes_the_same_way() -> None:
    (drawn,) = drawncodes.in_text(in_halves(MODULES))
    assert found(drawn.to_pbm()) == [LINK]


def test_a_huge_photo_is_read_with_less_detail() -> None:
    photo = noisy(4_800, 3_200)
    photo.paste(code(12), (2_000, 1_500))
    assert found(saved(photo, "JPEG")) == [LINK]


def test_an_ordinary_picture_has_nothing() -> None:
    opened = picture.read(saved(noisy(320, 160), "PNG"), Asked())
    assert opened == Opened()


def test_too_large_is_not_decoded() -> None:
    budget = Budget(Limits(pixels=1_000))
    opened = picture.read(saved(code(), "PNG"), Asked(budget=budget))
    assert opened.state is State.SKIPPED
    assert opened.links == []
    assert [trait.id for trait in opened.traits] == ["bomb"]
    assert [limit.name for limit in budget.reached] == ["pixels"]


def test_a_bomb_by_its_header_alone() -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")

    header = (60_000).to_bytes(4, "big") * 2 + bytes((8, 2, 0, 0, 0))
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(100_000)))
        + chunk(b"IEND", b"")
    )
    opened = picture.read(bomb, Asked())
    assert opened.state is State.SKIPPED
    assert [trait.id for trait in opened.traits] == ["bomb"]


def test_too_many_pictures() -> None:
    budget = Budget(Limits(pictures=1))
    content = saved(code(), "PNG")
    states = [picture.read(content, Asked(budget=budget)).state for _ in range(2)]
    assert states == [State.RAN, State.SKIPPED]


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
def test_an_archive_behind_the_end(format: str) -> None:
    opened = picture.read(saved(noisy(64, 64), format) + zipped(), Asked())
    assert [(trait.id, trait.detail) for trait in opened.traits] == [("polyglot", "zip")]
    assert [child.content for child in opened.children] == [zipped()]


@pytest.mark.parametrize("behind", [b"", b"\n", bytes(400), b"\xff\xd9", b"made by a camera"])
def test_what_may_stand_behind_the_end(behind: bytes) -> None:
    for format in ("PNG", "JPEG", "GIF"):
        opened = picture.read(saved(noisy(64, 64), format) + behind, Asked())
        assert (opened.traits, opened.children) == ([], [])


def test_links_in_metadata() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "see http://a.example/png")
    texts.add_text("Long", "and http://a.example/packed" + " " * 500, zip=True)
    texts.add_itxt("XML", 'xmlns="http://ns.adobe.com/x/" http://a.example/itxt', zip=True)
    opened = picture.read(saved(noisy(64, 64), "PNG", pnginfo=texts), Asked())
    assert {link.raw for link in opened.links} == {
        "http://a.example/png",
        "http://a.example/packed",
        "http://a.example/itxt",
    }
    assert not any(link.clickable for link in opened.links)
    assert found(saved(noisy(64, 64), "JPEG", comment=b"http://a.example/jpeg")) == ["http://a.example/jpeg"]


@pytest.mark.parametrize(
    "flood", [b"GIF89a\1\0\1\0\0\0\0\x21\xff" + b"\1a" * 600_000, b"\xff\xd8" + b"\xff\xfe\0\2" * 200_000]
)
def test_a_flood_of_pieces_is_not_decoded(flood: bytes) -> None:
    opened = picture.read(flood, Asked())
    assert opened.state is State.SKIPPED
    assert [trait.id for trait in opened.traits] == ["damaged"]


def test_no_picture_at_all() -> None:
    for content in (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"BM", b"%!PS-Adobe\n", b"RIFF\0\0\0\0WEBP"):
        opened = picture.read(content, Asked())
        assert [trait.id for trait in opened.traits] == ["damaged"]


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "ICO"])
def test_any_damage_is_read(format: str) -> None:
    whole = saved(code(1).convert("RGB"), format)
    budget = Budget(Limits(pictures=1_000))
    for end in range(0, len(whole), max(1, len(whole) // 40)):
        picture.read(whole[:end], Asked(budget=budget))
    chance = random.Random(5)
    for _ in range(60):
        flipped = bytearray(whole)
        for _ in range(3):
            flipped[chance.randrange(len(flipped))] = chance.randrange(256)
        picture.read(bytes(flipped), Asked(budget=budget))
