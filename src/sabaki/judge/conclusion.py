"""The conclusion in words: what kind of mail this is, whom it is meant for, what it wants."""

from __future__ import annotations

from sabaki.model.case import Case
from sabaki.model.finding import Finding
from sabaki.model.report import Label

_TARGETS = {
    "server_administrator": ("server administrators", "サーバーの管理者"),
    "mailbox_user": ("users of mailboxes", "メールボックスの利用者"),
    "customer": ("customers of the named service", "名指しされたサービスの利用者"),
    "employee": ("employees", "会社や団体の職員"),
}
_WANTS = {
    "server_login": ("the login to the server or its mail", "サーバーやメールのログイン情報"),
    "account_login": ("the login to an account", "アカウントのログイン情報"),
    "card": ("card details", "カード情報"),
    "one_time_code": ("a one-time code", "ワンタイムパスワード（認証コード）"),
    "personal_details": ("personal details", "個人情報"),
    "money": ("money", "金銭"),
    "malware": ("that an attachment or program be opened", "添付ファイルやプログラムを開かせること"),
    "reply": ("a reply", "返信"),
    "call": ("a telephone call", "電話をかけさせること"),
}
_LABELS = {
    Label.MALICIOUS: ("This mail is malicious.", "このメールは悪意のあるものと判断します。"),
    Label.SUSPICIOUS: ("This mail is suspicious.", "このメールは疑わしいと判断します。"),
    Label.UNDETERMINED: (
        "Nothing decisive was found, which does not make this mail safe: see what was not checked.",
        "決め手は見つかりませんでした。安全という意味ではありません。確認できていない項目もご覧ください。",
    ),
    Label.BENIGN: (
        "The sender's domain is vouched for, and nothing speaks against the mail.",
        "差出人のドメインには裏付けがあり、不審な点は見つかりませんでした。",
    ),
}


def _listed(keys: list[str]) -> tuple[str, str]:
    known = [_WANTS[key] for key in keys if key in _WANTS]
    return ", ".join(en for en, _ in known), "、".join(ja for _, ja in known)


def summarise(case: Case, label: Label, findings: tuple[Finding, ...]) -> tuple[str, str]:
    """One or two sentences in English and Japanese. No target and no intent is named of a mail that is not accused."""
    en, ja = _LABELS[label]
    if label in (Label.UNDETERMINED, Label.BENIGN):
        return en, ja
    target = _TARGETS.get(case.lure.target)
    wants, wants_ja = _listed([ask.id for ask in case.lure.asks])
    if target:
        en, ja = f"{en} It is aimed at {target[0]}.", f"{ja}{target[1]}を狙っています。"
    if wants:
        en, ja = f"{en} It wants {wants}.", f"{ja}狙いは{wants_ja}です。"
    top = next((finding for finding in findings if finding.weight > 0), None)
    if top:
        en, ja = f"{en} Above all: {top.title}.", f"{ja}最大の根拠: {top.title_ja}。"
    return en, ja
