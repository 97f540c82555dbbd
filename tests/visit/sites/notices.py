"""Sites where the page is not, or not any more, or not for this visitor."""

from __future__ import annotations

from tests.visit.sites.serving import Answer, Request, sent_to


def _page(title: str, text: str, language: str = "en") -> str:
    return f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head><body>{text}</body></html>'


def not_found(request: Request) -> Answer:
    """404, as a web server says it."""
    return Answer(_page("404 Not Found", "<center><h1>404 Not Found</h1></center><hr><center>nginx</center>"), 404)


def soft_not_found(request: Request) -> Answer:
    """Says in words that there is nothing, and 200 in its status."""
    text = "<h1>お探しのページは見つかりませんでした</h1><p>URLが変更されたか、削除された可能性があります。</p><a href='/'>トップへ</a>"
    return Answer(_page("なぎさ商店", text, "ja"))


def suspended(request: Request) -> Answer:
    """A control panel's notice that the account is shut down."""
    if request.path != "/cgi-sys/suspendedpage.cgi":
        return sent_to("/cgi-sys/suspendedpage.cgi")
    text = "<h1>Account Suspended</h1><p>This account has been suspended.<br>Contact your hosting provider for more information.</p>"
    return Answer(_page("Account Suspended", text))


def suspended_japanese(request: Request) -> Answer:
    """A Japanese hoster's notice."""
    text = "<h1>アクセスできません</h1><p>ご指定のホームページは、利用規約に反する行為が確認されたため、公開を停止しています。</p>"
    text += "<p>サーバー管理者の方は、サポートまでご連絡ください。サイトの公開を停止しています。</p>"
    return Answer(_page("お知らせ", text, "ja"), 403)


def parked(request: Request) -> Answer:
    """A name for sale, with advertising that leads nowhere."""
    text = "<h1>parked.test</h1><p>This domain is for sale! Make an offer for this domain today.</p><h2>Related Searches</h2>"
    text += (
        "<ul>" + "".join(f"<li><a href='#'>{word}</a></li>" for word in ("Webmail", "Cheap hosting", "Loans")) + "</ul>"
    )
    return Answer(_page("parked.test", text))


def captcha(request: Request) -> Answer:
    """A CAPTCHA of the kit's own before anything else."""
    picture = "<svg width='140' height='44'><rect width='140' height='44' fill='#ddd'/><text x='22' y='31' font-size='26' transform='rotate(-4 70 22)'>7KQ4M</text></svg>"
    text = f"<h1>セキュリティチェック</h1><p>続行するには、画像に表示された文字を入力してください。</p>{picture}"
    text += "<form method='post' action='/check'><input name='captcha' autocomplete='off'><button>確認</button></form>"
    return Answer(_page("確認", text, "ja"))


def moment(request: Request) -> Answer:
    """A gate of a network of servers, that a script would open."""
    text = "<h1>moment.test</h1><p>Verifying you are human. This may take a few seconds.</p><script>window._cf_chl_opt={cType:'managed'}</script>"
    return Answer(_page("Just a moment...", text), 403, fields=(("Cf-Mitigated", "challenge"),))


def broken(request: Request) -> Answer:
    """The server behind does not answer."""
    text = "<h1>503 Service Temporarily Unavailable</h1><hr>openresty"
    return Answer(_page("503 Service Temporarily Unavailable", text), 503)


def turned_away(request: Request) -> Answer:
    """Wants other visitors: another country, another browser."""
    return Answer(_page("403 Forbidden", "<h1>Forbidden</h1><p>Your country is not allowed.</p>"), 403)


def default_page(request: Request) -> Answer:
    """A web server fresh from its package."""
    text = "<h1>Welcome to nginx!</h1><p>If you see this page, the nginx web server is successfully installed and working.</p>"
    return Answer(_page("Welcome to nginx!", text))


def elsewhere(request: Request) -> Answer:
    """Where decoys lead."""
    return Answer(
        _page("Example Domain", "<h1>Example Domain</h1><p>This domain is for use in illustrative examples.</p>")
    )
