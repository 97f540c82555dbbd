"""Codes drawn in characters, and those in markup; what is ordinary is left alone."""

from __future__ import annotations

import pytest

from sabaki.mail import drawncodes

LINK = "https://a.example/q"
# A QR code for LINK (level L), made with qrencode.
MODULES = """
1111111010011010101111111
1000001011101110101000001
1011101000111101001011101
1011101000100110001011101
1011101011110100001011101
1000001010010000001000001
1111111010101010101111111
0000000010111010100000000
1110011011100110111110011
0111000001100101101001011
1111101110010001100011101
1001010101000100001001000
1000111001011101001100001
0011000110001001101100011
1100101010001111001001101
0000010110111010110111000
1101111011000110111110010
0000000011100110100010001
1111111001110000101010001
1000001010000101100010011
1011101001111101111110011
1011101001101001010010110
1011101010001111100111011
1000001010111010101110000
1111111011100110111001001
""".split()
HALVES = {"00": " ", "10": "▀", "01": "▄", "11": "█"}


def inverted(rows: list[str]) -> list[str]:
    """Light on dark, with the quiet zone that it needs."""
    width = len(rows[0]) + 4
    framed = ["0" * width] * 2 + ["00" + row + "00" for row in rows] + ["0" * width] * 2
    return ["".join("10"[int(module)] for module in row) for row in framed]


def in_halves(rows: list[str]) -> str:
    pairs = [*rows, "0" * len(rows[0])] if len(rows) % 2 else rows
    return "\n".join(
        "".join(HALVES[upper + lower] for upper, lower in zip(pairs[i], pairs[i + 1], strict=True))
        for i in range(0, len(pairs), 2)
    )


def with_characters(rows: list[str], dark: str, light: str) -> str:
    return "\n".join("".join(dark if module == "1" else light for module in row) for row in rows)


def in_braille(rows: list[str]) -> str:
    dots = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
    at = {(x, y) for y, row in enumerate(rows) for x, module in enumerate(row) if module == "1"}
    return "\n".join(
        "".join(
            chr(0x2800 + sum(dots[j][i] for j in range(4) for i in range(2) if (x + i, y + j) in at))
            for x in range(0, len(rows[0]), 2)
        )
        for y in range(0, len(rows), 4)
    )


def table(rows: list[str], dark: str = "#000000", light: str = "#ffffff") -> str:
    cells = {"1": f'<td width=4 height=4 bgcolor="{dark}"></td>', "0": f'<td width=4 height=4 bgcolor="{light}"></td>'}
    inner = "".join("<tr>" + "".join(cells[module] for module in row) + "</tr>" for row in rows)
    return f"<p>Scan this</p><table cellspacing=0>{inner}</table><p>Thank you</p>"


def test_the_sample_is_square() -> None:
    assert {len(row) for row in MODULES} == {len(MODULES)}


@pytest.mark.parametrize(
    "text",
    [
        in_halves(MODULES),
        in_halves(inverted(MODULES)),
        "\n".join("> " + line for line in in_halves(MODULES).split("\n")),
        in_halves(MODULES).replace("\n", "\n\n"),
        in_halves(MODULES).replace(" ", "\u00a0").replace("\n", " \r\n"),
        "Please scan:\n" + in_halves(MODULES) + "\nThe IT team",
        in_braille(MODULES),
        with_characters(MODULES, "██", "  "),
        with_characters(MODULES, "##", "  "),
        with_characters(MODULES, "⬛", "⬜"),
        with_characters(MODULES, "■", "□"),
        "Code\n\n" + with_characters(MODULES, "X", "."),
        "\x1b[40;37;1m" + in_halves(inverted(MODULES)).replace("\n", "\x1b[0m\n\x1b[40;37;1m") + "\x1b[0m",
        with_characters(MODULES, "\x1b[40m  ", "\x1b[47m  ") + "\x1b[0m",
    ],
)
def test_drawn_in_text(text: str) -> None:
    (drawn,) = drawncodes.in_text(text)
    assert list(drawn.rows) == MODULES


def test_letters_have_no_light_and_dark_but_the_grid_is_the_same() -> None:
    (drawn,) = drawncodes.in_text(with_characters(MODULES, "1", "0"))
    assert list(drawn.rows) == MODULES


@pytest.mark.parametrize(
    "markup",
    [
        table(MODULES),
        table(MODULES, "#0078d4", "#ffeecc"),
        table(inverted(MODULES)),
        f"<pre>{in_halves(MODULES)}</pre>",
        f"<p>{in_halves(MODULES)}</p>".replace(" ", "&nbsp;").replace("\n", "<br>\n"),
        "<pre>"
        + in_halves(MODULES).replace("█", "&#9608;").replace("▀", "&#x2580;").replace("▄", "&lhblk;")
        + "</pre>",
    ],
)
def test_drawn_in_markup(markup: str) -> None:
    (drawn,) = drawncodes.in_markup(markup)
    assert list(drawn.rows) == MODULES


def test_two_codes_one_after_the_other() -> None:
    text = in_halves(MODULES) + "\nor this one\n" + with_characters(MODULES, "##", "  ")
    assert len(drawncodes.in_text(text)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ordinary text.\n" * 50,
        "\n".join(["=" * 70, "-" * 70] * 20),
        "■お知らせ\n" * 60,
        "█" * 5_000,
        ("█" * 60 + "\n") * 40,
        "\n".join("░▒▓█" * 10 for _ in range(4)),
        "\n".join("#" * (i % 9) + " heading" for i in range(100)),
        "+----+----+\n|    |    |\n" * 20,
    ],
)
def test_what_is_no_code(text: str) -> None:
    assert drawncodes.in_text(text) == ()
    assert drawncodes.in_markup(f"<pre>{text}</pre>") == ()


def test_every_beginning_is_read_without_an_error() -> None:
    text = "Hello\n" + in_halves(MODULES)
    markup = table(MODULES)
    for end in range(0, len(text), 17):
        drawncodes.in_text(text[:end])
    for end in range(0, len(markup), 997):
        drawncodes.in_markup(markup[:end])


def test_a_flood_gives_at_most_a_few() -> None:
    text = (in_halves(MODULES) + "\nnext\n") * 60
    assert len(drawncodes.in_text(text)) == 10
