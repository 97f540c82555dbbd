"""The words for hops: roles and signs of forgery."""

from __future__ import annotations

from sabaki.facts import signwords
from sabaki.model.case import Role
from sabaki.render.words import Pair

ROLES: dict[Role, Pair] = {
    Role.UNKNOWN: ("", ""),
    Role.SUBMISSION: ("submission", "送信受付"),
    Role.WEBMAIL: ("webmail", "ウェブメール"),
    Role.LOCAL: ("handed in on the machine itself", "サーバー内からの投入"),
    Role.RELAY: ("relay", "中継"),
    Role.INTERNAL: ("internal relay", "内部の受け渡し"),
    Role.LIST: ("mailing list", "メーリングリスト"),
    Role.FORWARD: ("forwarding", "転送"),
    Role.FETCH: ("fetched from a mailbox", "メールボックスからの取り込み"),
    Role.DELIVERY: ("delivery", "配達"),
}


def sign(id: str, lang: str) -> str:
    """What a sign of forgery means, as a note beside its hop; the id itself where it has no words."""
    meaning = signwords.SIGNS.get(id)
    if meaning is None:
        return id
    return f"不審な点: {meaning.ja}" if lang == "ja" else f"this line {meaning.en}"
