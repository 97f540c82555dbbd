"""What the source of a macro says, strings put together included."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.files.opened import Opened
from sabaki.files.vbasource import fold, read_source
from tests.files.office import links, traits


def read(source: str) -> Opened:
    opened = Opened()
    read_source([source], opened)
    return opened


@pytest.mark.parametrize(
    ("code", "folded"),
    [
        ('x = "ht" & "tp:" + "//a"', 'x = "http://a"'),
        ("x = Chr(104) & Chr$(116) & ChrW(&H74) & VBA.Chr(112)", 'x = "http"'),
        ("x = Chr(100 + 4) & Chr(120 - 4) & Chr(1 Xor 117)", 'x = "htt"'),
        ('x = StrReverse("ptth")', 'x = "http"'),
        ('x = Replace("hZtZtZp", "Z", "")', 'x = "http"'),
        ('x = LCase("HTTP")', 'x = "http"'),
        ('a = "ht"\na = a & "tp"\nf a', 'a = "ht"\na = "http"\nf a'),
        ('a = "x" & b', 'a = "x" & b'),
        ('a = "say ""hi""" & "!"', 'a = "say ""hi""!"'),
    ],
)
def test_fold(code: str, folded: str) -> None:
    assert fold(code) == folded


@pytest.mark.parametrize(
    "code",
    [
        'x = "http://dl.exa" & "mple/p.exe"',
        'x = StrReverse("exe.p/elpmaxe.ld//:ptth")',
        'x = "' + b"http://dl.example/p.exe".hex() + '"',
        'x = "' + base64.b64encode(b"http://dl.example/p.exe").decode() + '"',
        "x = Array(" + ", ".join(str(byte) for byte in b"http://dl.example/p.exe") + ")",
        "x = " + " & ".join(f"Chr({byte})" for byte in b"http://dl.example/p.exe"),
        'a = "http:"\nb = "//dl."\nx = a & b & _\n "example/p.exe"',
    ],
)
def test_addresses_that_are_put_together(code: str) -> None:
    opened = read(code)
    assert links(opened) == ["http://dl.example/p.exe"]
    assert "http://dl.example/p.exe" in traits(opened, "obfuscated")[0]


def test_plain_addresses_and_namespaces() -> None:
    opened = read(
        'u = "https://a.example/x"  \' http://comment.example/\nc = "http://schemas.microsoft.com/cdo/configuration/"'
    )
    assert links(opened) == ["https://a.example/x", "http://comment.example/"]
    assert traits(opened, "obfuscated") == []


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Sub AutoOpen()", ["AutoOpen"]),
        ("Private Sub Document_Open()", ["Document_Open"]),
        ("  public static sub _\n Workbook_Open()", ["Workbook_Open"]),
        ("Sub InkPicture1_Painted(ByVal x)", ["InkPicture1_Painted"]),
        ("Sub CommandButton1_Click()", ["CommandButton1_Click"]),
        ("' Sub AutoOpen()", []),
        ('x = "Sub AutoOpen()"', []),
        ("Sub AutoOpenings()", []),
        (
            'Attribute VB_Base = "0{AAAAAAAA-0000-0000-0000-000000000001}{AAAAAAAA-0000-0000-0000-000000000002}"\nSub B_Click()',
            [],
        ),
    ],
)
def test_autorun(line: str, names: list[str]) -> None:
    assert traits(read(line), "macro_autorun") == ([", ".join(names)] if names else [])


def test_suspicious_words() -> None:
    opened = read(
        'Private Declare PtrSafe Function G Lib "urlmon" Alias "URLDownloadToFileA" (a) As Long\n'
        'Set s = CreateObject("WScript.Shell")\ns.Run "cmd /c " & "powersh" & "ell -w hidden", 0\nRem Kill x\nSeashell = 1'
    )
    (words,) = traits(opened, "macro_suspicious")
    assert (
        words
        == "URLDownloadToFileA, CreateObject, WScript.Shell, cmd /c, Declare G (urlmon: URLDownloadToFileA), powershell"
    )
    assert traits(opened, "obfuscated") == ["strings put together at run time: powershell"]


def test_ordinary_code_is_quiet() -> None:
    opened = read(
        'Sub Total()\n  Range("A1").Value = Application.Sum(Range("B1:B9"))\n  MsgBox "完了しました"\nEnd Sub'
    )
    assert opened == Opened()


def test_a_long_program_is_read_in_bounds() -> None:
    code = "\n".join(f'a = a & "{n}"' for n in range(30_000)) + '"' * 20_000 + "Chr(" * 20_000
    assert len(fold('a = ""\n' + code)) < 4_000_000


@given(st.text(alphabet="\"&+() \n_=aChr104StrReverse,'", max_size=200))
def test_never_raises(code: str) -> None:
    read(code)
