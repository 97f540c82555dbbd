"""Script Encoder: what it made unreadable is read again."""

from __future__ import annotations

from sabaki.files import encoded

# Encoded by hand from the published substitution: each character of the text is looked up in the column whose turn it is.
BACK = {(column[byte], number): byte for number, column in enumerate(encoded._COLUMNS) for byte in column}


def encode(text: str) -> str:
    out = []
    for turn, character in enumerate(text):
        if character in "\n\r<>@":
            out.append({"\n": "@&", "\r": "@#", ">": "@*", "<": "@!", "@": "@$"}[character])
        else:
            out.append(chr(BACK[ord(character), int(encoded._TURNS[turn & 63])]))
    return "#@~^DgAAAA==" + "".join(out) + "rwQAAA==^#~@"


def test_a_published_example() -> None:
    # How every encoded script that shows a message box begins.
    assert encoded.decode("#@~^DgAAAA==\\ko$K6,J") == 'MsgBox "'


def test_columns_are_permutations() -> None:
    for column in encoded._COLUMNS:
        letters = [column[ord(letter)] for letter in "abcdefghijklmnopqrstuvwxyz0123456789"]
        assert len(set(letters)) == len(letters)


def test_round_trip_with_escapes() -> None:
    text = 'x = "<a href=https://a.example/@1>"\r\nIf x > 2 Then y' * 3
    assert encoded.decode("junk" + encode(text) + "\n" + encode("z")) == text + "\nz"


def test_cut_off_and_absent() -> None:
    assert encoded.decode(encode("WScript.Echo 12345")[:-20]).startswith("WScript")
    assert encoded.decode("plain") == ""
