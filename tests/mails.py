"""Strategies for mails: built in order, and damaged. For property tests."""

from __future__ import annotations

import base64
from pathlib import Path

from hypothesis import strategies as st

SAMPLES = [path.read_bytes() for path in sorted((Path(__file__).parent.parent / "samples").glob("*.eml"))]

_TEXTS = [
    "Hello, please see http://login.example.jp/a?b=1 soon.",
    "お客様のアカウントを確認してください。 https://example.jp/ja",
    "Total: 5 < 6 & more\n\nRegards\n-- \nA",
    "From the start of a line\n.\n..dots\n--B\n--",
    "",
    "こちら→ｈｔｔｐ：／／ｅｘａｍｐｌｅ．ｊｐ／ x",
]
_PAGES = [
    '<html><body><a href="http://evil.example/x">http://bank.example/</a><p>お知らせ</p></body></html>',
    '<div style="display:none">secret</div><img src="cid:a"><form action="http://f.example/"><input type=password>',
    "<p>plain &lt;b&gt; &#x3042;",
]
_CHARSETS = ["utf-8", "iso-2022-jp", "shift_jis", "euc-jp", "", "us-ascii", "x-none"]
_CODECS = {"iso-2022-jp": "iso2022_jp", "shift_jis": "cp932", "euc-jp": "euc_jp"}
_FIELDS = [
    "From: =?UTF-8?B?6YqA6KGM?= <info@bank.example>",
    "From: a@x.example, b@y.example",
    'To: "B, C" <user@jimusho.example> (office)',
    "Subject: =?ISO-2022-JP?B?GyRCPUVNVxsoQg==?=",
    "Subject: hello\n world\n\tagain",
    "Date: Mon, 8 Aug 2022 05:07:31 +0900",
    "Received: from mx.x.example (unknown [192.0.2.7]) by mx.jimusho.example\n\tfor <user@jimusho.example>; x",
    "Authentication-Results: mx.jimusho.example; spf=pass (a;b) smtp.mailfrom=x.example; dkim=none",
    "Message-ID: <1@x.example>",
    "X-Odd : y",
    "X-Empty:",
    "X-Long: " + "a" * 300,
    "Reply-To: other@y.example",
    "MIME-Version: 1.0",
]
_NAMES = ["", "invoice.pdf", "請求書.exe", "../../etc/passwd", "a\u202efdp.exe"]


@st.composite
def _leaf(draw: st.DrawFn) -> bytes:
    markup = draw(st.booleans())
    text = draw(st.sampled_from(_PAGES if markup else _TEXTS))
    charset = draw(st.sampled_from(_CHARSETS))
    octets = text.encode(_CODECS.get(charset, "utf-8"), "replace")
    head = f"Content-Type: text/{'html' if markup else 'plain'}" + (f"; charset={charset}" if charset else "")
    encoding = draw(st.sampled_from(["8bit", "base64", "quoted-printable", ""]))
    if encoding == "base64":
        octets = base64.encodebytes(octets)
    elif encoding == "quoted-printable":
        octets = b"".join(b"=%02X" % byte if byte > 126 or byte == 61 else bytes((byte,)) for byte in octets)
    head += f"\nContent-Transfer-Encoding: {encoding}" if encoding else ""
    name = draw(st.sampled_from(_NAMES))
    head += f'\nContent-Disposition: attachment; filename="{name}"' if name else ""
    return head.encode() + b"\n\n" + octets + b"\n"


def _multipart(parts: list[bytes], boundary: str, kind: str, *, closed: bool) -> bytes:
    line = b"--" + boundary.encode() + b"\n"
    body = b"".join(line + part for part in parts) + (b"--" + boundary.encode() + b"--\n" if closed else b"")
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n'.encode() + body


_ENTITY = st.recursive(
    _leaf(),
    lambda inside: st.one_of(
        st.builds(
            _multipart,
            st.lists(inside, min_size=1, max_size=3),
            st.sampled_from(["B", "B1", "B10", "=_x"]),
            st.sampled_from(["mixed", "alternative", "related"]),
            closed=st.booleans(),
        ),
        st.builds(lambda mail: b"Content-Type: message/rfc822\n\nSubject: inside\n" + mail, inside),
    ),
    max_leaves=5,
)


@st.composite
def built(draw: st.DrawFn) -> bytes:
    """A mail that a program could have written, with LF line ends."""
    fields = draw(st.lists(st.sampled_from(_FIELDS), max_size=8))
    return "".join(f"{field}\n" for field in fields).encode() + draw(_ENTITY)


_JUNK = [
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b"\0",
    b"--B",
    b"--B--\n",
    b"=?",
    b"\x1b$B",
    b"(",
    b'"',
    b"<",
    b"\xff\xfe",
    b":",
    b" ",
]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A built mail or a sample with pieces cut out, doubled, moved and overwritten."""
    raw = draw(st.one_of(built(), st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(raw)))
        end = min(len(raw), start + draw(st.integers(0, 40)))
        piece = draw(
            st.one_of(st.sampled_from(_JUNK), st.binary(max_size=8), st.just(b""), st.just(raw[start:end] * 2))
        )
        raw = raw[:start] + piece + raw[end:]
    return raw


def any_bytes() -> st.SearchStrategy[bytes]:
    """Anything at all."""
    return st.one_of(st.binary(max_size=400), built(), damaged())
