"""A mail whose sender has put markup, scripts, controls and templates into everything that a sender fills."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote

from sabaki import pipeline
from sabaki.model.case import Vantage
from sabaki.model.report import Report

MARK = "zq9"
"""Stands in every payload: where it turns up, the sender's words have come through."""
HOME = "http://127.0.0.1:9"
OURS = Vantage(own_hosts=("mx.harbour.example",), own_domains=("harbour.example",))


def payloads(home: str = HOME) -> dict[str, str]:
    run = f"document.documentElement.setAttribute('data-ran','1');new Image().src='{home}/ran'"
    return {
        "script": f"</title></style><script>{run}//{MARK}</script>",
        "attribute": f'"\'><img src={home}/img?{MARK} onerror="{run}"><svg onload="{run}">',
        "link": f'<a href="javascript:{run}">{MARK}</a><base href={home}/><meta http-equiv=refresh content=0;url={home}/>',
        "style": f"</style><style>@import '{home}/css?{MARK}';*{{background:url({home}/bg)}}",
        "controls": f"\x1b[2J\x1b]0;{MARK}\x07\x1b]8;;{home}/osc\x1b\\x\x1b]52;c;eA==\x07\x9b31m\x90\x9d\x7f",
        "bidi": f"{MARK}\u202egnp.exe\u2066\u2067\u200b\u200f\u061c\ufeff\u2028end",
        "markdown": f"![{MARK}]({home}/md.png) [x]({home}/l) <{home}/auto> www.evil.example/{MARK} a@evil.example",
        "blocks": f"# {MARK} ``` ~~~ | a | b |\\ **x** <br><script>{run}</script> [r]: {home}/ref",
        "template": f"{{{{7*7}}}}{{% raw %}}{{{{ config }}}}{{#{MARK}#}}",
    }


def _word(text: str) -> str:
    """An encoded-word (RFC 2047): brings any character into a header field."""
    return f"=?utf-8?B?{b64encode(text.encode()).decode()}?="


def _plain(text: str) -> str:
    """Without what would end a field or a quoted string."""
    return "".join(char for char in text if char not in '\r\n"\\\u2028').encode().decode("latin-1")


def mail(payload: str, home: str = HOME) -> bytes:
    bad, word = _plain(payload), _word(payload)
    body = f"{payload}\r\n```\r\n{payload}\r\n# head\r\n{home}/text?{MARK}\r\nYour password expires today: sign in."
    markup = (
        f"<html><head><title>{payload}</title><base href='{home}/'></head><body>{payload}<p>password: sign in now</p>"
        f"<a href='{home}/a?{quote(payload)}'>{payload}</a><a href='javascript:alert(1)'>https://harbour.example/</a>"
        f"<a href='data:text/html,{quote(payload)}'>x</a><img src='{home}/pixel?{MARK}'>"
        f"<form action='{home}/post'><input type=password name='{quote(payload)}'></form>"
        f"<div style='display:none'>{payload} hidden</div></body></html>"
    )
    lines = [
        f"Return-Path: <{bad}@evil.example>",
        "Received: from peer.example (unknown [192.0.2.66]) by mx.harbour.example (Postfix) with ESMTP; 5 Nov 2026 10:00:00 +0000",
        f"Received: from unknown (HELO {bad}) ({bad}@evil.example@198.51.100.9) by {bad} with SMTP; 5 Nov 2026 09:59:00 -0000",
        f"Received: from {bad} ({bad} [203.0.113.9]) by {bad} with ESMTP; Thu, 5 Nov 2026 09:58:00 +0000",
        f"Authentication-Results: mx.harbour.example; spf={bad} smtp.mailfrom={bad}; dkim=fail header.d={bad}",
        f"Authentication-Results: {bad}; spf=pass smtp.mailfrom={bad}",
        f"X-Spam-Flag: YES {bad}",
        f"X-Spam-Status: Yes, score=9 {bad}",
        f"From: {word} <a@evil.example>",
        f'To: "{bad}" <bob@harbour.example>, {word} <info@harbour.example>',
        f"Reply-To: {word} <{bad}@else.example>",
        f"Subject: [spam] {word} bob@harbour.example",
        f"Message-ID: <{bad}@evil.example>",
        f"List-Id: {word} <{bad}>",
        f"Date: {bad}",
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="B"',
        "",
        "--B",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: base64",
        "",
        b64encode(body.encode()).decode(),
        "--B",
        "Content-Type: text/html; charset=utf-8",
        "Content-Transfer-Encoding: base64",
        "",
        b64encode(markup.encode()).decode(),
        "--B",
        f'Content-Type: application/{bad}; name="{word}"',
        f"Content-Disposition: attachment; filename*=utf-8''{quote(payload + '.pdf.exe')}",
        "",
        "x",
        "--B--",
        "",
    ]
    return "\r\n".join(lines).encode("latin-1")


def report(kind: str, vantage: Vantage | None = OURS, home: str = HOME) -> Report:
    payload = payloads(home)[kind]
    return pipeline.dissect(mail(payload, home), name=payload, vantage=vantage)
