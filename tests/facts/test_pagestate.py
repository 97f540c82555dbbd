"""What has become of a page: each state by the shapes in which it comes, and what must not be taken for it."""

from __future__ import annotations

from typing import Any

import pytest

from sabaki.facts import pagestate
from sabaki.facts.pagestate import Seen
from sabaki.model.visit import Form, FormField, PageState, Step, View

BLANK = "<html><head></head><body></body></html>"
URL = "http://nagisa.test/login/"
ALIVE, DECOY, EMPTY, NOT_FOUND = PageState.ALIVE, PageState.DECOY, PageState.EMPTY, PageState.NOT_FOUND


def form(*asks: str) -> tuple[Form, ...]:
    return (Form("/next.php", "post", tuple(FormField(asks=each) for each in asks)),)


def seen(status: int = 200, **given: Any) -> Seen:
    return Seen(**{"asked": URL, "url": URL, "status": status, **given})


@pytest.mark.parametrize(
    ("state", "facts"),
    [
        (NOT_FOUND, seen(404, title="404 Not Found", text="404 Not Found\nnginx")),
        (NOT_FOUND, seen(404)),
        (NOT_FOUND, seen(404, title="なぎさ商店", text="お探しのページは見つかりません " + "新着情報 " * 500)),
        (NOT_FOUND, seen(200, title="なぎさ商店", text="お探しのページは見つかりませんでした")),
        (NOT_FOUND, seen(200, title="Page not found · Site", text="There is nothing at this address.")),
        (NOT_FOUND, seen(200, text="The page you are looking for might have been removed.")),
        (PageState.GONE, seen(410, text="Gone")),
        (PageState.FORBIDDEN, seen(401)),
        (PageState.FORBIDDEN, seen(403, title="403 Forbidden", text="Forbidden")),
        (PageState.FORBIDDEN, seen(429, text="Too many requests")),
        (PageState.FORBIDDEN, seen(451)),
        (PageState.FORBIDDEN, seen(200, text="お住まいの地域からはご利用いただけません")),
        (PageState.FORBIDDEN, seen(200, text="このページはスマートフォンでご覧ください")),
        (PageState.BROKEN, seen(500)),
        (PageState.BROKEN, seen(503, text="Service Unavailable")),
        (PageState.BROKEN, seen(522, title="nagisa.test | 522: Connection timed out", text="Error code 522")),
        (PageState.BROKEN, seen(200, text="Error establishing a database connection")),
        (PageState.SUSPENDED, seen(200, url="http://nagisa.test/cgi-sys/suspendedpage.cgi", title="Account Suspended", text="This Account has been suspended.")),
        (PageState.SUSPENDED, seen(403, text="ご指定のホームページは公開を停止しています")),
        (PageState.SUSPENDED, seen(503, text="このウェブサイトは現在停止されています")),
        (PageState.SUSPENDED, seen(200, title="ロリポップ！", text="ロリポップ！レンタルサーバー このサイトは停止中です")),
        (PageState.SUSPENDED, seen(200, url="http://error.lolipop.jp/", text="x")),
        (PageState.PARKED, seen(200, url="https://www.hugedomains.com/domain_profile.cfm?d=nagisa", text="x", forms=form("password"))),
        (PageState.PARKED, seen(200, text="This domain may be for sale. Related searches: Loans")),
        (PageState.PARKED, seen(200, hosts=("nagisa.test", "img1.sedoparking.com"), text="nagisa.test\nHosting\nLoans")),
        (PageState.PARKED, seen(200, text="このドメインは、お名前.comで取得されています。")),
        (PageState.PARKED, seen(200, title="nagisa.test is for sale", text="Contact us", forms=form("name", "email"))),
        (PageState.CHALLENGE, seen(403, title="Just a moment...", text="Verifying you are human")),
        (PageState.CHALLENGE, seen(200, title="", text="", markup='<div class="cf-turnstile"></div>')),
        (PageState.CHALLENGE, seen(200, text="Continue", requests=("GET https://www.google.com/recaptcha/api.js",))),
        (PageState.CHALLENGE, seen(200, text="Continue", hosts=("js.hcaptcha.com",))),
        (PageState.CHALLENGE, seen(200, text="画像に表示された文字を入力してください", forms=form("captcha"))),
        (PageState.CHALLENGE, seen(200, title="Suspected phishing site | Cloudflare", text="Ignore & Proceed")),
        (EMPTY, seen(200, markup=BLANK)),
        (EMPTY, seen(200, markup=BLANK, text="  \n\u3000 ")),
        (EMPTY, seen(200, title="Welcome to nginx!", text="Welcome to nginx!")),
        (EMPTY, seen(200, title="Index of /", text="Index of /\nName Last modified Size Description\nParent Directory")),
        (EMPTY, seen(204, markup=BLANK)),
        (PageState.UNKNOWN, seen(200)),
        (ALIVE, seen(200, dialogs=("alert: お使いのコンピューターは感染しています",))),
        (PageState.TLS_FAILURE, seen(0, error="net::ERR_CERT_AUTHORITY_INVALID")),
        (PageState.TLS_FAILURE, seen(0, error="net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH")),
        (PageState.UNREACHABLE, seen(0, error="net::ERR_CONNECTION_REFUSED")),
        (PageState.UNREACHABLE, seen(0, error="net::ERR_TUNNEL_CONNECTION_FAILED", failure="unreachable", failure_reason="no connection")),
        (PageState.UNREACHABLE, seen(0, failure="unreachable")),
        (PageState.UNREACHABLE, seen(0, failure="no_name", failure_reason="the DNS server does not answer")),
        (PageState.NO_NAME, seen(0, error="net::ERR_NAME_NOT_RESOLVED")),
        (PageState.NO_NAME, seen(0, error="net::ERR_TUNNEL_CONNECTION_FAILED", failure="no_name", failure_reason="nagisa.test has no address")),
        (PageState.REFUSED, seen(0, error="net::ERR_TUNNEL_CONNECTION_FAILED", failure="refused", failure_reason="private")),
        (PageState.REFUSED, seen(0, failure="malformed")),
        (PageState.REFUSED, seen(0, error="net::ERR_BLOCKED_BY_CLIENT")),
        (PageState.UNKNOWN, seen(0, failure="limit", failure_reason="limit requests (300) reached")),
        (PageState.UNKNOWN, seen(0, error="net::ERR_TOO_MANY_REDIRECTS")),
        (PageState.UNKNOWN, seen(0)),
        (PageState.UNKNOWN, Seen()),
        (PageState.UNKNOWN, seen(400, text="Bad Request")),
        (PageState.UNKNOWN, seen(302)),
        (DECOY, seen(200, url="https://www.google.com/", text="Google")),
        (DECOY, seen(200, url="https://ja.wikipedia.org/wiki/Web", text="Web")),
        (DECOY, seen(200, url="https://www.amazon.co.jp/", text="Amazon", steps=(Step(URL, "start", 302),))),
        (DECOY, seen(404, url="https://www.yahoo.co.jp/x", text="404")),
        (ALIVE, seen(200, title="なぎさサーバー", text="ログイン", forms=form("login", "password"))),
        (ALIVE, seen(404, title="404 Not Found", text="ログイン", forms=form("password"))),
        (ALIVE, seen(200, text="This domain is for sale", hosts=("sedoparking.com",), forms=form("card_number"))),
        (ALIVE, seen(200, title="Welcome", text="春の新作が入荷しました")),
        (ALIVE, seen(200, markup=BLANK, images=("http://nagisa.test/whole-page.png",))),
        (ALIVE, seen(200, markup=BLANK, forms=form("", ""))),
        (ALIVE, seen(0, error="net::ERR_ABORTED", downloads=1)),
        (ALIVE, seen(200, title="Index of /a", text="Index of /a\nkit.zip 2026-11-01 1M")),
        (ALIVE, seen(200, url="https://www.amazon.co.jp/", asked="https://amazon.co.jp/", text="Amazon")),
        (ALIVE, seen(200, url="https://www.amazon.co.jp/dp/1", asked="https://bit.ly/x", text="Amazon", steps=(Step("https://bit.ly/x", "start", 301),))),
        (ALIVE, seen(200, url="https://sites.google.com/view/login", text="Login")),
        (ALIVE, seen(200, url="https://www.google.com/", asked="https://mail.google.com/", text="Google")),
    ],
)  # fmt: skip
def test_states(state: PageState, facts: Seen) -> None:
    standing = pagestate.of(facts)
    assert standing.state is state, standing
    assert standing.reason
    assert standing.reason_ja
    assert "{" not in standing.reason + standing.reason_ja


def test_every_state_has_shapes_and_a_japanese_name() -> None:
    mark = next(mark for mark in test_states.pytestmark if mark.name == "parametrize")
    assert {state for state, _ in mark.args[1]} == set(PageState)
    assert pagestate.STATES.keys() == set(PageState)


def test_a_shortener_that_leads_on_through_a_stranger_is_no_excuse() -> None:
    steps = (Step("https://bit.ly/x", "start", 301), Step("http://stranger.test/", "http", 302))
    facts = seen(200, url="https://www.amazon.co.jp/", asked="https://bit.ly/x", text="Amazon", steps=steps)
    assert pagestate.of(facts).state is DECOY


def test_the_form_behind_a_404_is_told() -> None:
    standing = pagestate.of(seen(404, forms=form("password")))
    assert "404" in standing.reason
    assert "404" in standing.reason_ja
    assert "404" not in pagestate.of(seen(200, forms=form("password"))).reason


def test_a_login_folded_away_does_not_keep_a_page_alive() -> None:
    hidden = (Form("/login", "post", (FormField(asks="password", hidden=True),)),)
    assert pagestate.of(seen(404, forms=hidden)).state is NOT_FOUND
    assert pagestate.of(seen(200, title="404 Not Found", text="404", forms=hidden)).state is NOT_FOUND
    assert pagestate.of(seen(200, title="Welcome", text="Welcome", forms=hidden)).state is ALIVE


@pytest.mark.parametrize(
    "text",
    [
        "404 Not Found\nパスワードを入力してください",
        "This domain is for sale. Enter your password",
        "It works! カード番号",
    ],
)
def test_fields_drawn_without_a_form_do_not_pass_as_nothing(text: str) -> None:
    assert pagestate.of(seen(200, text=text)).state is ALIVE


def test_urls_that_are_none_do_not_stop_it() -> None:
    for url in ("http://[", "http://[::1", "", "x" * 100_000, "http://\0\ud800/"):
        assert pagestate.of(Seen(asked=url, url=url, status=200, text="Hello")).state is ALIVE


# -- several views


def view(name: str, state: PageState, *asks: str) -> View:
    return View(
        name=name,
        url=URL,
        state=state,
        reason=f"{name} says",
        reason_ja=f"{name}では",
        forms=form(*asks) if asks else (),
    )


@pytest.mark.parametrize("harmless", [NOT_FOUND, EMPTY, PageState.FORBIDDEN, PageState.PARKED, ALIVE])
def test_what_one_view_was_kept_from_is_a_decoy(harmless: PageState) -> None:
    views = pagestate.compare([view("desktop", harmless), view("phone", ALIVE, "password")])
    assert [each.state for each in views] == [DECOY, ALIVE]
    assert "desktop says" in views[0].reason
    assert pagestate.together(views).state is ALIVE
    assert "desktop: a decoy" in pagestate.together(views).reason
    assert "スマートフォン" in pagestate.together(views).reason_ja


@pytest.mark.parametrize("state", [PageState.UNREACHABLE, PageState.UNKNOWN, PageState.REFUSED, PageState.CHALLENGE])
def test_what_went_wrong_on_the_way_is_no_decoy(state: PageState) -> None:
    views = pagestate.compare([view("desktop", state), view("phone", ALIVE, "password")])
    assert views[0].state is state


def test_views_that_agree_speak_with_one_voice() -> None:
    views = pagestate.compare([view("desktop", NOT_FOUND), view("phone", NOT_FOUND)])
    assert pagestate.together(views) == (NOT_FOUND, "desktop says", "desktopでは")


def test_both_with_a_form_is_no_difference() -> None:
    views = [view("desktop", ALIVE, "password"), view("phone", ALIVE, "pin")]
    assert pagestate.compare(views) == tuple(views)


def test_no_view_is_unknown() -> None:
    assert pagestate.together([]).state is PageState.UNKNOWN


def test_the_view_that_knows_least_does_not_win() -> None:
    assert pagestate.together([view("desktop", PageState.UNKNOWN), view("phone", NOT_FOUND)]).state is NOT_FOUND
    assert (
        pagestate.together([view("desktop", PageState.UNREACHABLE), view("phone", PageState.SUSPENDED)]).state
        is PageState.SUSPENDED
    )
