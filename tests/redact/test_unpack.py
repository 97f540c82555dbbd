from __future__ import annotations

import base64

import pytest

from sabaki.redact.unpack import runs

SECRET = b"hidden@target.example"


def unpacked(text: str) -> list[str]:
    return [piece for run in runs(text) for piece in run.unpacked]


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(SECRET).decode(),
        base64.b64encode(b"x" + SECRET).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe" + SECRET).decode(),
        base64.b64encode(SECRET).decode()[::-1],
        base64.b32encode(SECRET).decode(),
        SECRET.hex(),
        SECRET.hex(":"),
        ", ".join(map(str, SECRET)),
        " ".join(SECRET.decode()),
        base64.b64encode(SECRET.decode().encode("utf-16-le")).decode(),
    ],
)
def test_what_is_packed_comes_out(text: str) -> None:
    assert any(SECRET.decode() in piece for piece in unpacked(f"see {text} there"))


def test_a_run_knows_its_place_and_a_piece_of_a_path_comes_first() -> None:
    coded = base64.b64encode(SECRET).decode().rstrip("=")
    text = f"/a/{coded}/b"
    hits = [run for run in runs(text) if any(SECRET.decode() in piece for piece in run.unpacked)]
    assert coded in [text[run.start : run.end] for run in hits]


def test_garbage_is_no_text() -> None:
    assert unpacked("\u4e00\u4e01") == []
    assert unpacked("") == []
