"""Codes in pictures, however they are coloured, turned or framed; and what their payloads lead to."""

from __future__ import annotations

import io
import random

import pytest
import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from sabaki.files import codes
from sabaki.files.opened import Opened
from sabaki.mail.drawngrid import Drawn
from tests.mail.test_drawncodes import LINK, MODULES


def code(scale: int = 4) -> Image.Image:
    """The sample code in grey with its quiet zone, so many pixels a module."""
    picture = Image.open(io.BytesIO(Drawn(tuple(MODULES)).to_pbm())).convert("L")
    return picture.resize((picture.width // 4 * scale, picture.height // 4 * scale), Image.Resampling.NEAREST)


def on_clear_ground(ink: int) -> Image.Image:
    picture = Image.new("RGBA", code().size, (255 - ink, 255 - ink, 255 - ink, 0))
    picture.paste((ink, ink, ink, 255), mask=ImageOps.invert(code()))
    return picture


def noisy(width: int, height: int) -> Image.Image:
    chance = random.Random(1)
    small = Image.frombytes("RGB", (width // 16, height // 16), chance.randbytes(width // 16 * (height // 16) * 3))
    return small.resize((width, height), Image.Resampling.BICUBIC)


def in_photo() -> Image.Image:
    photo = noisy(800, 640)
    photo.paste(code(4), (300, 200))
    return photo


@pytest.mark.parametrize(
    "picture",
    [
        code(1),
        code(2),
        code(20),
        code().crop((16, 16, 116, 116)),
        ImageOps.invert(code()),
        code().rotate(33, Image.Resampling.BICUBIC, expand=True, fillcolor=255),
        code(8).filter(ImageFilter.GaussianBlur(2)),
        code().point([100] * 128 + [128] * 128),
        code().point([244] * 128 + [255] * 128),
        ImageOps.colorize(code(), "#0078d4", "#ffd400"),
        ImageOps.colorize(code(), "#ff0000", "#008200"),
        on_clear_ground(0),
        on_clear_ground(255),
        in_photo(),
        code().convert("1"),
        code().convert("P"),
        code().convert("CMYK"),
        code().convert("I").point(lambda value: value * 200),
        code().convert("F"),
    ],
)
def test_found(picture: Image.Image) -> None:
    assert codes.find(picture) == (LINK,)


@pytest.mark.parametrize("format", ["DataMatrix", "Aztec", "PDF417", "RMQRCode"])
def test_other_formats(format: str) -> None:
    made = zxingcpp.create_barcode("https://a.example/x", getattr(zxingcpp.BarcodeFormat, format)).to_image(scale=3)
    height, width = memoryview(made).shape
    assert codes.find(Image.frombytes("L", (width, height), memoryview(made).tobytes())) == ("https://a.example/x",)


def test_pictures_without_a_code() -> None:
    assert codes.find(noisy(640, 480)) == ()
    assert codes.find(Image.new("RGB", (300, 300), "white")) == ()
    assert codes.find(Image.new("RGBA", (30, 30))) == ()
    assert codes.find(Image.new("L", (1, 1))) == ()
    assert codes.find(Image.new("L", (5, 4_000))) == ()


@pytest.mark.parametrize(
    ("payload", "links"),
    [
        ("https://a.example/q?x=1#f", ("https://a.example/q?x=1#f",)),
        ("HTTP://A.EXAMPLE/Q", ("HTTP://A.EXAMPLE/Q",)),
        ("\ufeffhttps://a.example/ \n", ("https://a.example/",)),
        ("https:\\\\a.example\\x", ("https:\\\\a.example\\x",)),
        ("intent://a.example/#Intent;scheme=https;end", ("intent://a.example/#Intent;scheme=https;end",)),
        ("javascript:alert(1)", ("javascript:alert(1)",)),
        ("kaki.co.jp", ("kaki.co.jp",)),
        ("www.kaki.co.jp/login", ("www.kaki.co.jp/login",)),
        ("MEBKM:TITLE:x;URL:https\\://a.example/m;;", ("https://a.example/m",)),
        ("BEGIN:VCARD\nFN:Taro\nURL:https://a.example/v\nEND:VCARD", ("https://a.example/v",)),
        ("WIFI:S:net;T:WPA;P:secret;;", ()),
        ("bitcoin:bc1qexample?amount=1", ()),
        ("taro@kaki.co.jp", ()),
        ("4901234567894", ()),
        ("", ()),
    ],
)
def test_links_of_a_payload(payload: str, links: tuple[str, ...]) -> None:
    assert codes.links(payload) == links


def test_every_payload_is_noted() -> None:
    opened = Opened()
    codes.report("WIFI:S:net;;", opened)
    codes.report(LINK, opened)
    assert [(trait.id, trait.detail) for trait in opened.traits] == [("qr", "WIFI:S:net;;"), ("qr", LINK)]
    assert [(link.raw, link.source, link.clickable) for link in opened.links] == [(LINK, "qr", True)]
