from __future__ import annotations

import pytest

from sabaki.mail.sniff import looks_like_mail


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@example.jp\n\nx",
        b"From a@example.jp Mon Aug  8 05:07:31 2022\nReceived: by x\n\n",
        b"\xef\xbb\xbfSubject: x\r\n\r\n",
        b"\r\n\r\nReceived: from x by y; z\r\n",
        b"X-First: 1\n folded: 2\nSUBJECT : x\n",
        b"Subject: only this line",
        b"From: old mac\r\rline",
    ],
)
def test_mail(raw: bytes) -> None:
    assert looks_like_mail(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        b"%PDF-1.4\nSubject",
        b"PK\x03\x04",
        b"# Title: x\n\nFrom: me\n",
        b'{"from": "x"}',
        bytes(range(256)),
        b"PK\x03\x04\x14\0\0\0\0\0a.emlFrom: a@b.example\nTo: c@d.example\n\nstored in a zip\n",
        b"a.eml".ljust(257, b"\0") + b"ustar".ljust(255, b"\0") + b"From: a@b.example\nTo: c@d.example\n\nin a tar\n",
        bytes(0x8001) + b"CD001\nSubject: in a disk image\n\n",
        b"\x20\0-lh0-\0\0a.emlFrom: a@b.example\nTo: c@d.example\n\nin an lzh\n",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\nSubject: in an Outlook item\n\n",
    ],
)
def test_no_mail(raw: bytes) -> None:
    assert not looks_like_mail(raw)
