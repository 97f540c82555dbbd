"""What would cancel a subscription is never followed; what only lures with such words is."""

from __future__ import annotations

import pytest

from sabaki.mail import urls
from sabaki.visit.cancels import cancels


def said(link: str, text: str = "", *listed: str) -> bool:
    url = urls.parse(link, "text", text)
    assert url is not None
    return cancels(url, listed)


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ("https://list.example/unsubscribe?u=1", ""),
        ("https://list.example/u/Un%53ubscribe", ""),
        ("https://list.example/x#opt-out", ""),
        ("https://list.example/optout.php", ""),
        ("https://list.example/x?List-Unsubscribe=One-Click", ""),
        ("https://list.example/haishin_teishi/", ""),
        ("https://list.example/1", "配信停止はこちら"),
        ("https://list.example/1", "メルマガの解除"),
        ("https://list.example/%E9%85%8D%E4%BF%A1%E5%81%9C%E6%AD%A2", ""),
        ("https://list.example/1", "Ｕｎｓｕｂｓｃｒｉｂｅ"),
        ("https://list.example/taikai.cgi", ""),
    ],
)
def test_never_followed(link: str, text: str) -> None:
    assert said(link, text)


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ("https://evil.example/login", "アカウントの利用制限を解除する"),
        ("https://evil.example/seigen-kaijo/", "制限解除"),
        ("https://evil.example/verify-email?x=1", "Verify your e-mail"),
        ("https://evil.example/subscribe/renew", "Renew"),
        ("https://evil.example/doptout1", ""),
    ],
)
def test_followed(link: str, text: str) -> None:
    assert not said(link, text)


def test_what_the_mail_itself_names_as_such() -> None:
    assert said("https://a.example/x?y=1", "", "<mailto:a@b.example>, <https://a.example/x?y=1>")
    assert not said("https://a.example/x?y=1", "", "<https://a.example/z>")
