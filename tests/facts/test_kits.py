"""Traits of phishing kits: for each rule a page that has it, and an honest one that looks a little like it."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from sabaki.facts import kits
from sabaki.facts.pagestate import Seen
from sabaki.model.visit import Form, FormField

URL = "https://nagisa.test/login/"
VICTIM = "taro@jimusho.example"
PASSWORD = FormField("pass", "password", "パスワード", "password")
CARD = FormField("card", "text", "カード番号", "card_number")
MAIL = FormField("email", "text", "メール", "email")


def form(action: str = "https://nagisa.test/session", *fields: FormField, elsewhere: bool = False) -> tuple[Form, ...]:
    return (Form(action, "post", fields or (PASSWORD,), elsewhere),)


def script(written: str, **more: Any) -> dict[str, Any]:
    return {"source": f"<html><script>{written}</script></html>", **more}


BASE64 = b64encode(b"<html><form>" * 90).decode()
HITS: list[tuple[str, dict[str, Any]]] = [
    ("prefilled_address", {"asked": f"{URL}#{VICTIM}", "forms": form(URL, FormField("e", value=VICTIM), PASSWORD)}),
    ("prefilled_address", {"asked": f"{URL}?m={b64encode(VICTIM.encode()).decode()}", "text": f"ようこそ {VICTIM} 様"}),
    ("address_from_url", script("var email = window.location.hash.substr(1);")),
    ("address_from_url", script("var ai = atob(location.hash.slice(1))") | script("x = atob(location.hash.slice(1))")),
    ("address_from_url", script("var my = location.href; if (my.indexOf('@') > 0) {}")),
    ("logo_by_domain", {"requests": ("GET https://logo.clearbit.com/jimusho.example",)}),
    ("logo_by_domain", {"requests": ("GET https://www.google.com/s2/favicons?domain=jimusho.example",)}),
    ("logo_by_domain", script("img.src = 'https://logo.clearbit.com/' + domain")),
    ("picture_of_victims_site", {"requests": ("GET https://image.thum.io/get/width/1200/https://jimusho.example",)}),
    ("telegram_bot", script("fetch('https://api.telegram.org/bot123:AA/sendMessage?chat_id=1')")),
    ("telegram_bot", script("var chat_id = '-100123456789';")),
    ("chat_webhook", script("fetch('https://discord.com/api/webhooks/123/abc')")),
    ("form_service", {"forms": form("https://formspree.io/f/abc")}),
    ("form_service", script("fetch('https://formsubmit.co/ajax/x')", forms=form())),
    ("secret_to_another_site", {"forms": form("https://collect.test/x", elsewhere=True)}),
    ("written_by_script", script("document.write(unescape('%3Chtml%3E'))")),
    ("written_by_script", script(f"var page = '{BASE64}'; x(atob('{BASE64}'))")),
    ("written_by_script", script("document.documentElement.innerHTML = decodeURIComponent(escape(atob(page)))")),
    ("encrypted_page", script("var d = CryptoJS.AES.decrypt(body, key).toString(); document.write(d)")),
    ("spelt_in_entities", {"source": "<p>" + "&#112;&#97;" * 80}),
    ("no_right_click", {"source": '<body oncontextmenu="return false">'}),
    ("no_right_click", script("document.addEventListener('contextmenu', function (e) { e.preventDefault() })") | script("document.addEventListener('contextmenu', e => e.preventDefault())")),
    ("no_developer_tools", script("if (e.keyCode == 123) return false")),
    ("no_developer_tools", script("setInterval(function () { debugger }, 50)")),
    ("no_developer_tools", script("if (e.ctrlKey && e.shiftKey && e.keyCode == 73) return false")),
    ("robots_sent_away", script("if (navigator.webdriver) { location.href = 'https://example.com' }")),
    ("robots_sent_away", script("if (/googlebot|bingbot|crawler/i.test(navigator.userAgent)) stop()")),
    ("visitor_looked_up", {"requests": ("GET https://ipinfo.io/json",)}),
    ("visitor_looked_up", script("fetch('https://ipapi.co/json')")),
    ("locals_only", script("if (Intl.DateTimeFormat().resolvedOptions().timeZone !== 'Asia/Tokyo') { location.href = 'x' }")),
    ("locals_only", script("if (navigator.language.indexOf('ja') !== 0) { location.replace('/404') }")),
    ("phones_only", script("if (!/Android|iPhone/i.test(navigator.userAgent)) { location.href = '/404' }")),
    ("phones_only", script("if (!isMobile()) { location.replace('https://example.com') }")),
    ("php_collector", {"forms": form("https://nagisa.test/a/next.php")}),
    ("php_collector", {"forms": form("https://nagisa.test/login2.php", CARD)}),
    ("php_collector", script("$.ajax({type: 'POST', url: 'send.php'})", forms=form(URL))),
    ("asked_twice", script("var count = 0; function go() { count++; if (count < 2) { show('パスワードが違います') } else { location.href = '/x' } }", forms=form())),
    ("random_folders", {"url": "https://nagisa.test/0123456789abcdef0123456789abcdef/index.php"}),
    ("random_folders", {"url": "https://nagisa.test/a/q7hR2kLm9xZ4vB8nT1yW3cF6dS/login/?x=1"}),
    ("saved_copy", {"source": "<!-- saved from url=(0041)https://login.bank.example/ -->"}),
    ("saved_copy", {"source": "<!-- Mirrored from www.bank.example/login by HTTrack Website Copier/3.x -->"}),
    ("borrowed_pictures", {"images": ("https://www.amazon.co.jp/logo.png",), "forms": form()}),
    ("then_to_the_real_site", script("setTimeout(function () { location.href = 'https://www.amazon.co.jp/' }, 3000)", forms=form())),
    ("page_from_blob", {"url": "blob:https://nagisa.test/1"}),
    ("page_from_blob", script("var b = new Blob([html], {type: 'text/html'}); location.href = URL.createObjectURL(b)")),
    ("hidden_from_search", {"source": '<meta name="robots" content="noindex, nofollow">', "forms": form()}),
    ("login_by_qr", script("new QRCode(box, url)", text="QRコードを読み取ってログイン")),
    ("wants_notifications", script("Notification.requestPermission()")),
    ("wants_notifications", {"text": "Click Allow to confirm that you are not a robot"}),
    ("wallet", script("window.ethereum.request({method: 'eth_requestAccounts'})")),
    ("full_frame", {"source": '<iframe src="https://other.test/" style="position:fixed;width:100%;height:100%">'}),
    ("command_on_clipboard", script("navigator.clipboard.writeText('powershell -w hidden -c x')")),
    ("makers_marks", {"source": "<!-- scama by nobody -->"}),
    ("operator_waits", script("setInterval(function () { $.get('status.php?id=1') }, 2000)", forms=form())),
    ("card_looked_up", script("fetch('https://lookup.binlist.net/' + bin)", forms=form(URL, CARD))),
    ("chinese_notes", {"language": "ja", "source": "<!-- 验证码页面 --><p>認証コード</p>"}),
    ("chinese_notes", {"language": "ja", "scripts": ("go(); // 提交账号\n",)}),
    ("lookalike_host", {"url": "https://xn--brclays-2fg.test/"}),
    ("archive_in_the_open", {"title": "Index of /a", "text": "Index of /a\nkit.zip 2026-11-01"}),
]  # fmt: skip
NEAR: list[tuple[str, dict[str, Any]]] = [
    ("prefilled_address", {"asked": URL, "forms": form(URL, FormField("e", value=VICTIM), PASSWORD)}),
    ("prefilled_address", {"asked": f"{URL}#other@jimusho.example", "text": f"Contact: {VICTIM}"}),
    ("address_from_url", script("var route = location.hash.slice(1); show(route)")),
    ("address_from_url", script("var m = location.search; if (/utm_email/.test(m)) email = 1")),
    ("logo_by_domain", {"requests": ("GET https://www.google.com/search?q=favicons",)}),
    ("logo_by_domain", script("img.src = 'https://logo.clearbit.com/nagisa.example'")),
    ("picture_of_victims_site", {"requests": ("GET https://nagisa.test/image.thum.io.png",)}),
    ("telegram_bot", {"source": '<a href="https://t.me/nagisa">Telegram</a>'}),
    ("chat_webhook", {"source": '<a href="https://discord.com/invite/abc">Discord</a>'}),
    ("form_service", {"forms": form("https://formspree.io/f/abc", MAIL)}),
    ("secret_to_another_site", {"forms": form("https://accounts.google.com/signin", elsewhere=True)}),
    ("secret_to_another_site", {"forms": form("https://collect.test/x", MAIL, elsewhere=True)}),
    ("written_by_script", script("document.write('<script src=\"/a.js\"><\\/script>'); x = atob('aGVsbG8=')")),
    ("encrypted_page", script("const text = await crypto.subtle.decrypt(a, key, data); save(text)")),
    ("spelt_in_entities", {"source": "<p>" + "&#26085;&#26412;" * 80}),
    ("spelt_in_entities", {"source": "&#169; &#160; Nagisa"}),
    ("no_right_click", script("menu.addEventListener('contextmenu', openOurs)")),
    ("no_developer_tools", script("if (e.keyCode == 13) submit(); if (e.key === 'F1') help()")),
    ("robots_sent_away", script("var agent = navigator.userAgent; report(agent)")),
    ("visitor_looked_up", {"requests": ("GET https://nagisa.test/ip-api.com/json",)}),
    ("locals_only", script("var zone = Intl.DateTimeFormat().resolvedOptions().timeZone; show(zone)")),
    ("locals_only", script("document.documentElement.lang = navigator.language")),
    ("phones_only", script("var phone = /Android|iPhone/i.test(navigator.userAgent); menu.className = phone ? 'a' : 'b'")),
    ("php_collector", {"forms": form("https://nagisa.test/wp-login.php")}),
    ("php_collector", {"forms": form("https://nagisa.test/contact/send.php", MAIL)}),
    ("asked_twice", script("show('パスワードが違います'); location.href = '/x'", forms=form())),
    ("random_folders", {"url": "https://nagisa.test/commit/0123456789abcdef0123456789abcdef01234567"}),
    ("random_folders", {"url": "https://nagisa.test/articles/how-to-choose-a-good-password-in-2026/"}),
    ("saved_copy", {"source": "<!-- saved from url=(0025)https://www.nagisa.test/ -->"}),
    ("borrowed_pictures", {"images": ("https://www.amazon.co.jp/logo.png",)}),
    ("borrowed_pictures", {"images": ("https://nagisa.test/amazon.png",), "forms": form()}),
    ("then_to_the_real_site", {"source": '<a href="https://www.amazon.co.jp/">Amazon</a>', "forms": form()}),
    ("page_from_blob", script("var b = new Blob([csv], {type: 'text/csv'}); a.href = URL.createObjectURL(b)")),
    ("hidden_from_search", {"source": '<meta name="robots" content="noindex">'}),
    ("hidden_from_search", {"source": '<meta name="robots" content="index, follow">', "forms": form()}),
    ("login_by_qr", {"text": "QRコードを読み取ってアプリを入手"}),
    ("wants_notifications", {"text": "Click here to allow cookies"}),
    ("wallet", {"text": "お財布（ウォレット）の売り場"}),
    ("full_frame", {"source": '<iframe src="https://video.test/" width="560" height="315"></iframe>'}),
    ("command_on_clipboard", script("navigator.clipboard.writeText(url)")),
    ("makers_marks", {"text": "result", "source": "<p>results</p>"}),
    ("operator_waits", script("setInterval(tick, 1000)", forms=form())),
    ("operator_waits", script("setInterval(function () { $.get('status.php') }, 2000)")),
    ("card_looked_up", script("checkDigits(number)", forms=form(URL, CARD))),
    ("chinese_notes", {"language": "ja", "source": "<!-- 認証コードの画面 --><p>请求</p>"}),
    ("chinese_notes", {"language": "zh", "source": "<!-- 验证码页面 -->"}),
    ("lookalike_host", {"url": "https://xn--p8j9a0d9c9a.jp/"}),
    ("archive_in_the_open", {"title": "Index of prices", "text": "prices.csv"}),
]  # fmt: skip


def found(facts: dict[str, Any]) -> set[str]:
    return {trait.id for trait in kits.traits(Seen(**{"asked": URL, "url": URL, "status": 200, **facts}))}


@pytest.mark.parametrize(("id", "facts"), HITS)
def test_hits(id: str, facts: dict[str, Any]) -> None:
    assert id in found(facts)


@pytest.mark.parametrize(("id", "facts"), NEAR)
def test_near_misses(id: str, facts: dict[str, Any]) -> None:
    assert id not in found(facts)


def test_every_rule_has_a_hit_and_a_near_miss() -> None:
    ids = {rule.id for rule in kits.rules()}
    assert {id for id, _ in HITS} == ids
    assert {id for id, _ in NEAR} == ids
    assert len(ids) >= 30
    assert all(rule.means and rule.means_ja and (rule.all or rule.any) for rule in kits.rules())


def test_a_trait_is_told_in_words() -> None:
    assert kits.meaning("no_right_click") == ("the right mouse button is switched off", "右クリックが無効にされている")
    assert kits.meaning("of_another_version") == ("of_another_version", "of_another_version")
    assert kits.version()


def test_an_honest_login_has_no_more_than_one_trait() -> None:
    page = """<html lang="en"><head><meta name="robots" content="noindex"><title>Sign in</title></head><body>
<form method="post" action="/session"><input name="user"><input type="password" name="password"></form>
<script>document.documentElement.className = "js"; if (location.hash === "#new") location.replace("/new");</script></body></html>"""
    assert found({"source": page, "markup": page, "forms": form()}) <= {"hidden_from_search"}


def test_the_piece_is_short_and_repeats_no_address() -> None:
    seen = Seen(
        asked=f"{URL}#{VICTIM}",
        url=URL,
        forms=form(URL, FormField("e" * 500, value=VICTIM)),
        source="document.write(unescape(" + "x" * 9_000,
    )
    for trait in kits.traits(seen):
        assert len(trait.detail) <= 120
        assert VICTIM not in trait.detail


def test_hostile_pages_are_read_in_bounds() -> None:
    for piece in (
        "<!--",
        "<iframe ",
        "&#1",
        "location=",
        "/" * 10,
        "a@b.c ",
        "eval(",
        "\ud800",
        "navigator.language==",
    ):
        text = piece * (600_000 // len(piece))
        kits.traits(
            Seen(
                asked=text,
                url=text,
                title=text,
                text=text,
                source=text,
                markup=f"x{text}",
                scripts=(text,) * 90,
                requests=(text,) * 400,
                images=(text,) * 400,
            )
        )
