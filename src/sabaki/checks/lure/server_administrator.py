"""The mail is written for whoever runs the server."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.MEDIUM, weight=8, family="ask")
def server_administrator(case: Case) -> Iterator[Hit]:
    """It poses as the hoster, the mail server or its administrator: the target is who holds the server's login."""
    if case.lure.target != "server_administrator":
        return
    brand = next((cite.brand(brand) for brand in case.lure.brands if brand.sector in ("hosting", "webmail")), None)
    phrases = tuple(cite.phrase(phrase) for phrase in case.lure.claims[:3])
    yield Hit(
        "it is written for server administrators: if it is false, whoever obeys hands over the server",
        "サーバー管理者に宛てた文面です。偽物なら、応じるとサーバーの権限を渡すことになります",
        Grade.INFERRED,
        (brand, *phrases) if brand else phrases,
        "With the login the attacker can host phishing sites on your server and add mail accounts to send from.",
        "ログイン情報を奪われると、サーバーにフィッシングサイトを置かれたり、送信用のメールアカウントを作られたりします。",
    )
