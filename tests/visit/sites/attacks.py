"""Sites that go for the visitor's time, memory, patience and disk."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.visit.sites.serving import Answer, Request

_LONGEST = 120.0
"""Seconds after which even an endless answer ends: the test's own machine is not the target."""


def _endless() -> Iterator[bytes]:
    until = time.monotonic() + _LONGEST
    number = 0
    while time.monotonic() < until:
        number += 1
        yield f"<p>Loading your documents … {number}</p>\n".encode() * 20
        time.sleep(0.02)


def endless(request: Request) -> Answer:
    """A page that never ends."""
    return Answer(
        "<html lang='en'><head><title>Document viewer</title></head><body><h1>One moment</h1>", endless=_endless
    )


def alerts(request: Request) -> Answer:
    """Messages without end, one behind the other, and one more for whoever leaves."""
    return Answer(
        """<html lang="ja"><head><meta charset="utf-8"><title>警告</title></head><body><h1>ウイルスを検出しました</h1>
<p>サポート 050-0000-0000 へお電話ください。</p><script>
window.onbeforeunload = function () { return "本当に閉じますか"; };
setTimeout(function () { for (;;) { alert("お使いのコンピューターは感染しています"); if (confirm("今すぐ電話しますか")) prompt("お名前"); } }, 300);
</script></body></html>"""
    )


def storm(request: Request) -> Answer:
    """Files and more files."""
    if request.path.startswith("/file"):
        fields = (("Content-Disposition", f'attachment; filename="invoice-{request.query.get("n", "0")}.zip"'),)
        return Answer(b"PK\x05\x06" + b"\0" * 18 + request.path.encode(), type="application/zip", fields=fields)
    return Answer(
        """<html lang="en"><head><title>Invoice</title></head><body><h1>Your invoice is being downloaded</h1><script>
for (var n = 0; n < 200; n++) { (function (n) { setTimeout(function () {
 var a = document.createElement("a"); a.href = "/file?n=" + n; a.download = ""; document.body.appendChild(a); a.click(); }, n * 20); })(n); }
</script></body></html>"""
    )


def file(request: Request) -> Answer:
    """No page at all: the link is a file."""
    fields = (("Content-Disposition", 'attachment; filename="invoice.js"'),)
    return Answer("// WScript.Echo(1)\n", type="application/javascript", fields=fields)


def busy(request: Request) -> Answer:
    """A script that never gives the processor back."""
    return Answer(
        "<html lang='en'><head><title>Please wait</title></head><body><h1>Please wait</h1><script>setTimeout(function(){for(;;);},50)</script></body></html>"
    )


def hungry(request: Request) -> Answer:
    """A script that takes all the memory it gets."""
    return Answer(
        """<html lang="en"><head><title>Please wait</title></head><body><h1>Please wait</h1><script>
var all = []; setInterval(function () { for (var i = 0; i < 8; i++) { var a = new Uint8Array(16 * 1024 * 1024); a.fill(all.length % 255 + 1); all.push(a); } }, 20);
</script></body></html>"""
    )


def popups(request: Request) -> Answer:
    """Windows upon windows, and a full screen."""
    return Answer(
        """<html lang="en"><head><title>Windows</title></head><body onclick="document.documentElement.requestFullscreen()"><h1>Support</h1><script>
setInterval(function () { window.open("/w" + Math.random(), "_blank", "width=300,height=200"); window.moveBy(9, 9); }, 30);
</script></body></html>"""
    )


def circles(request: Request) -> Answer:
    """Sends round and round."""
    number = int(request.query.get("n", "0")) + 1
    return Answer("", 302, fields=(("Location", f"/?n={number}"),))
