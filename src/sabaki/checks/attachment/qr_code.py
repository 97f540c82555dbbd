"""A QR code leads to a site."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried, cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_DRAWN = "pbm"


@check(severity=Severity.MEDIUM, weight=16, references=("MITRE ATT&CK T1566.002",))
def qr_code(case: Case) -> Iterator[Hit]:
    """A picture, a document or the text itself shows a QR code with a link: it is followed by phone, past the filters."""
    urls = [url for url in case.urls if url.source == "qr"]
    if not urls:
        return
    url = urls[0]
    file = next((file for file in case.files if file.path == url.file), None)
    drawn = file is not None and file.kind == _DRAWN
    en, ja = carried.place(case, file) if file else ("", "")
    where_en, where_ja = ("drawn in the text", "本文に描かれた") if drawn else (f"in {en}", f"{ja} にある")
    yield Hit(
        f"a QR code {where_en} leads to {url.host or url.raw[:80]}",
        f"{where_ja}QRコードは {url.host or url.raw[:80]} につながります",
        Grade.VERIFIED,
        (*(cite.url(url) for url in urls[:5]), *((carried.evidence(case, file),) if file else ())),
        "A code is followed with a private phone, out of sight of the company's filters.",
        "QRコードは個人のスマートフォンで読み取られることが多く、社内の検査が届きません。",
        weight=40 if drawn else None,
    )
