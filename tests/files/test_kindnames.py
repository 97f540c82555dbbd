"""What names and media types claim, and which kinds may pass under which names."""

from __future__ import annotations

import pytest

from sabaki.files import kindnames


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("invoice.pdf", "pdf"),
        ("INVOICE.PDF.EXE", "exe"),
        ("invoice.pdf.exe. . ", "exe"),
        ("invoice_\u202efdp.exe", "exe"),
        ("invoice\u202efdp.scr\u202c", "exe"),
        ("a.js:Zone.Identifier", "js"),
        ("..\\..\\x.LNK", "lnk"),
        ("archive.tar.gz", "gzip"),
        ("volume.7z.001", "7z"),
        ("見積書.xlsx", "xlsx"),
        ("winmail.dat", "tnef"),
        ("noending", ""),
        ("", ""),
        ("strange.qqq", ""),
        ("x.library-ms", "library-ms"),
        ("folder.exe/readme", ""),
    ],
)
def test_claimed(name: str, kind: str) -> None:
    assert kindnames.claimed(name) == kind


def test_media_types() -> None:
    assert kindnames.of_media_type("Application/PDF; name=x") == "pdf"
    assert kindnames.of_media_type("application/octet-stream") == ""
    assert kindnames.of_media_type("") == ""


def test_every_claim_has_a_kind_that_is_known_or_other() -> None:
    assert kindnames.family_of("docm") == "document"
    assert kindnames.family_of("no such kind") == "other"


@pytest.mark.parametrize(
    ("kind", "claim", "fine"),
    [
        ("docx", "doc", True),
        ("doc", "docx", True),
        ("html", "xls", True),
        ("exe", "pdf", False),
        ("exe", "com", True),
        ("exe", "text", False),
        ("js", "text", True),
        ("js", "pdf", False),
        ("html", "pdf", False),
        ("text", "pdf", True),
        ("unknown", "pdf", True),
        ("empty", "exe", True),
        ("pdf", "", True),
        ("zip", "docx", True),
        ("zip", "pdf", False),
        ("jar", "zip", True),
        ("jpeg", "png", True),
        ("svg", "png", False),
        ("lnk", "pdf", False),
        ("rar", "zip", True),
        ("iso", "zip", False),
        ("mail", "msg", True),
        ("ps1", "bat", True),
        ("json", "js", True),
    ],
)
def test_agrees(kind: str, claim: str, fine: bool) -> None:
    assert kindnames.agrees(kind, claim) is fine
