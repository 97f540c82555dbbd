"""Pages that do odd things, one of them nearly all of them at once; and starting visits to them in a network that has only loopback."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from pathlib import Path

from msgspec import json

from sabaki.model.visit import Visit
from tests.visit.sites.serving import Answer, Request, sent_to

PROJECT = Path(__file__).parents[2]
ADDRESS, OWN_CERTIFICATE = "9.9.9.1", "9.9.9.2"
NAMES = {
    "odd.test": (ADDRESS,),
    "frame-elsewhere.test": (ADDRESS,),
    "self-signed.test": (OWN_CERTIFICATE,),
    "private.test": ("10.0.0.1",),
}
VICTIM = "taro.yamada@jimusho.example"
_APART = (
    "setpriv",
    "--pdeathsig",
    "KILL",
    "unshare",
    "--net",
    "--mount",
    "--pid",
    "--mount-proc",
    "--fork",
    "--kill-child",
)

EVERYTHING = f"""<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>会員ログイン</title><link rel="icon" href="/icon.png"></head>
<body style="margin:0;background:#fff"><h1>会員の皆様へ</h1>
<form action="https://collect.test/p.php" method="post"><input name="action" value="x" type="hidden">
<p><label>メールアドレス <input id="mail" name="mail" value="{VICTIM}"></label></p><p><label>パスワード <input type="password" name="pw" value="hunter2"></label></p></form>
<input name="outside" placeholder="認証コード" autocomplete="one-time-code"><select name="bank"><option>A銀行<option selected>B銀行</select>
<iframe style="border:7px solid red;padding:11px" src="http://frame-elsewhere.test/" width="400" height="150"></iframe>
<iframe srcdoc="<p>srcdocの文字</p><input name='in-srcdoc'>"></iframe><div id="host"></div>
<div style="height:100vh;background:#cde"></div><p id="end">終わり</p><script>
host.attachShadow({{mode: "closed"}}).innerHTML = "<p>隠れた文字</p><form action='/closed' method='post'><input type='password' name='closed-pw'></form>";
document.cookie = "sid=secret-value"; console.log("hello", navigator.language); alert("ようこそ");
fetch("/api?x=1", {{method: "POST", body: "nothing"}}); fetch("http://private.test/");
new Worker(URL.createObjectURL(new Blob(["fetch('http://odd.test/from-worker')"])));
window.open("/popped");
var a = document.createElement("a"), made = URL.createObjectURL(new Blob(["MZ".repeat(1000)]));
a.href = made; a.download = "請求書.exe"; document.body.appendChild(a); a.click(); URL.revokeObjectURL(made);
var seen = [navigator.userAgent, navigator.languages.join(), Intl.DateTimeFormat().resolvedOptions().timeZone, navigator.webdriver, screen.width, navigator.maxTouchPoints];
document.getElementById("end").textContent = "終わり " + JSON.stringify(seen);
</script></body></html>"""
STORM = """<!doctype html><title>storm</title><h1>storm</h1><script>
onbeforeunload = () => "stay";
var n = 0; setInterval(() => { n++; console.log("x".repeat(5000)); window.open("/w" + n); location.hash = n;
 var a = document.createElement("a"); a.href = "/file?" + n; a.download = ""; document.body.appendChild(a); a.click();
 alert("感染しています"); prompt("お名前"); }, 5);
</script>"""
INNER = """<!doctype html><meta charset="utf-8"><p>枠の中の文字</p><form action="/steal"><input type="password" name="inner-pw"></form>
<script>fetch("/sub"); console.log("inner", navigator.language, navigator.userAgent);</script>"""


def odd(request: Request) -> Answer:
    """Everything at "/", reached by a redirect, a meta refresh, a Refresh field and a script from "/start"."""
    pages = {
        "/start": sent_to("/meta"),
        "/meta": Answer('<meta http-equiv="refresh" content="0;url=/field">'),
        "/field": Answer("<p>wait", fields=(("Refresh", "0;url=/script"),)),
        "/script": Answer('<script>location.replace("/#fragment-stays")</script>'),
        "/": Answer(
            EVERYTHING,
            fields=(("Set-Cookie", "kept=secret; HttpOnly; SameSite=Lax; Max-Age=3600"), ("Server", "odd/1")),
        ),
        "/icon.png": Answer(png(), type="image/png"),
        "/storm": Answer(STORM),
        "/circle": Answer('<script>location.href = "/circle?" + Math.random()</script>'),
        "/attached": Answer(
            b"MZ" * 1_000, fields=(("Content-Disposition", 'attachment; filename="../../a.exe"'),), type="text/html"
        ),
        "/busy": Answer("<h1>busy</h1><script>setTimeout(() => { for (;;); }, 100)</script>"),
        "/file": Answer(b"PK" * 500, type="application/zip"),
    }
    return pages.get(request.path, Answer("not here", 404))


def inner(request: Request) -> Answer:
    return Answer(INNER)


def png() -> bytes:
    """A picture of four pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = (b"\0" + b"\xff\0\0" * 2) * 2
    head = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def run(out: Path, *links: str) -> dict[str, Visit]:
    """Visit the links; what was kept is in `out`, by hash."""
    command = [*_APART, sys.executable, "-m", "tests.visit.odd_inside", str(out), *links]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=100 * len(links))
    found = out / "visits.json"
    assert done.returncode == 0, done.stdout + done.stderr
    return json.decode(found.read_bytes(), type=dict[str, Visit])
