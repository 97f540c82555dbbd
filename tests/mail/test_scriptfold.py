"""What scripts hide by simple means."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.mail.scriptfold import revealed
from tests.patience import BLOWN_UP

T = "https://evil.example/1"


@pytest.mark.parametrize(
    "code",
    [
        "location='ht'+'tps://evil'+\".example/1\"",
        "location='ht' + \"tps:\" + '//evil.example/1'",
        "location='ht'.concat('tps://evil.example/1')",
        r"location='\x68ttps://evil.example/1'",
        r"location='\u0068ttps:\u{2f}/evil.example/1'",
        r"location='\150ttps://evil.example/1'",
        "document.write(unescape('%3Ca%20href%3D%22https%3A%2F%2Fevil.example%2F1%22%3E'))",
        "document.write(unescape('%u0068ttps://evil.example/1'))",
        f"location=atob('{base64.b64encode(T.encode()).decode()}')",
        f"location=atob('{base64.b64encode(T.encode('utf-16-le')).decode()}')",
        f"x(atob('{base64.b64encode(base64.b64encode(T.encode())).decode()}'),0)".replace("x(", "atob("),
        f"location=String.fromCharCode({','.join(str(ord(letter)) for letter in T)})",
        f"location=[{', '.join(hex(ord(letter)) for letter in T)}].map(String.fromCharCode)",
        "location=['ht','tps://evil','.example/1'].join('')",
        f"location='{T[::-1]}'.split('').reverse().join('')",
    ],
)
def test_revealed(code: str) -> None:
    assert any(T in text for text in revealed(code)), revealed(code)


@pytest.mark.parametrize("code", ["", "var a = 1;", "if (a) { b('x'); }", "a++; b = c + 1;"])
def test_nothing_hidden(code: str) -> None:
    assert revealed(code) == ()


@given(st.text(alphabet="'\"+\\xu0168atob()%41,.join[]{} ptth:/", max_size=200))
def test_never_raises(code: str) -> None:
    for text in revealed(code):
        text.encode()


@pytest.mark.parametrize(
    "unit",
    [
        "'+'",
        "'a'+",
        "\\x41",
        "\\ud800",
        "atob('",
        "atob('QUJD",
        "65,",
        "0x41 , ",
        "://sptth",
        "%25",
        "','",
        "'PGh0bW",
        "x.join",
    ],
)
def test_linear_in_hostile_scripts(unit: str) -> None:
    started = time.process_time()
    revealed("atob.join(ptth" + unit * (200_000 // len(unit)))
    assert time.process_time() - started < BLOWN_UP


def test_blanks_that_only_a_pattern_takes_for_blanks_raise_nothing() -> None:
    for blank in ("\x1c", "\x1d", "\x1f", "\x85", "\u3000"):
        revealed(f"location=String.fromCharCode(104{blank},{blank}116,11{blank}6)")
