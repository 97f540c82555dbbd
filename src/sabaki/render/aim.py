"""What a mail that is accused is after, what happens to those who fall for it, and what to do: in both languages."""

from __future__ import annotations

from sabaki.model.report import Report
from sabaki.render.words import Pair

_PROGRAMS = (
    "attachment/executable",
    "attachment/double_extension",
    "attachment/macro",
    "attachment/dde",
    "attachment/equation_editor",
    "attachment/launch",
    "attachment/remote_template",
    "attachment/smuggling",
    "link/download",
)
_BY_FINDING = (
    ("extortion", ("lure/extortion",)),
    ("malware", _PROGRAMS),
    ("credentials", ("body/password_form", "lure/login_asked", "lure/code_asked")),
    ("card", ("lure/card_asked",)),
    ("money", ("lure/money_asked", "lure/office_fraud")),
    ("details", ("lure/details_asked",)),
    ("unwanted", ("lure/unwanted", "lure/easy_money", "lure/prize")),
)
_BY_ASK = {
    "server_login": "credentials",
    "account_login": "credentials",
    "one_time_code": "credentials",
    "card": "card",
    "money": "money",
    "malware": "malware",
    "personal_details": "details",
}

TARGETS: dict[str, Pair] = {
    "server_administrator": (
        "It is written for people who run a server or a domain; ordinary users need do nothing about it.",
        "サーバーやドメインの管理者に向けて書かれています。一般の利用者が対応する必要はありません。",
    ),
    "mailbox_user": (
        "It is written for people who have a mailbox at that organisation.",
        "その組織のメールボックスを使う人に向けて書かれています。",
    ),
    "customer": (
        "It is written for customers of the service that it names.",
        "名指しされたサービスの利用者に向けて書かれています。",
    ),
    "employee": (
        "It is written for the staff of a company or an organisation.",
        "会社や団体の職員に向けて書かれています。",
    ),
    "anyone": (
        "It is written for anyone whom it reaches.",
        "受け取った人なら誰でもよい、という書き方です。",
    ),
}

WANTS: dict[str, Pair] = {
    "extortion": ("It threatens in order to be paid.", "脅して金銭を払わせようとしています。"),
    "malware": (
        "It wants a program or file to be opened.",
        "プログラムやファイルを開かせることが狙いです。",
    ),
    "credentials": ("It is after a login and its password.", "IDとパスワードなど、ログイン情報が狙いです。"),
    "card": ("It is after card details.", "クレジットカードなどのカード情報が狙いです。"),
    "money": ("It is after money.", "金銭が狙いです。"),
    "details": ("It is after personal details.", "個人情報が狙いです。"),
    "unwanted": (
        "It is unsolicited mail that advertises or promises something.",
        "宣伝や、うまい話を持ちかける迷惑メールです。",
    ),
}

SERVER_LOSS: Pair = (
    (
        "Whoever enters a server's password there hands the server over: it can then host phishing pages, and mail accounts "
        "can be added to it that send the next wave."
    ),
    (
        "サーバーのパスワードを入力すると、サーバーそのものを明け渡すことになります。フィッシングサイトの設置場所にされたり、"
        "次のメールを送るためのアカウントを追加されたりするおそれがあります。"
    ),
)
LOSSES: dict[str, Pair] = {
    "extortion": (
        "Such mails go out in great numbers and their claims are nearly always invented. Who pays is asked again.",
        "同じ文面が大量に送られており、書かれている内容はまず作り話です。払えば、さらに要求されるおそれがあります。",
    ),
    "malware": (
        "Whoever opens it may let a stranger into the computer and the network behind it.",
        "開くと、パソコンやその先のネットワークに侵入されるおそれがあります。",
    ),
    "credentials": (
        (
            "Whoever enters a password there gives it away: the account, and every other that uses the same password, can "
            "be taken over and used against others."
        ),
        (
            "パスワードを入力すると、そのまま相手に渡ります。アカウントが乗っ取られるだけでなく、同じパスワードを使う"
            "ほかのサービスにも入られ、さらに別の人を欺くために使われるおそれがあります。"
        ),
    ),
    "card": (
        "Whoever enters card details there must expect purchases in their name.",
        "カード情報を入力すると、身に覚えのない買い物に使われるおそれがあります。",
    ),
    "money": (
        "Money that was sent is seldom recovered.",
        "一度送った金銭は、取り戻せないことがほとんどです。",
    ),
    "details": (
        "Whoever answers must expect that the details are used or sold for further fraud.",
        "答えた情報は、別の詐欺に使われたり売られたりするおそれがあります。",
    ),
    "unwanted": (
        "A reply or a click shows that the address is read, and brings more of the same.",
        "返信したり開いたりすると「読まれているアドレス」と知られ、同じようなメールが増えます。",
    ),
}

READERS: dict[str, tuple[Pair, ...]] = {
    "extortion": (
        (
            "Do not pay. If a password of yours is quoted in it, change it wherever you use it.",
            "支払わないでください。実際に使っているパスワードが書かれていた場合は、使っている先すべてで変更してください。",
        ),
    ),
    "malware": (
        (
            "If you have opened it: take the computer off the network and tell whoever looks after it. Do not switch it off.",
            "開いてしまった場合は、ネットワークから切り離し、電源は切らずに、管理者へすぐ知らせてください。",
        ),
    ),
    "credentials": (
        (
            (
                "If you have entered a password: change it at once at the real service, and wherever else you use it; end all "
                "other sessions and turn on two-factor authentication."
            ),
            (
                "入力してしまった場合は、本物のサービス上ですぐにパスワードを変更してください。同じパスワードを使うほかの"
                "サービスも変更し、ほかの端末のログインを解除して、二要素認証を有効にしてください。"
            ),
        ),
    ),
    "card": (
        (
            "If you have entered card details: call the number on the back of the card and have it blocked.",
            "カード情報を入力してしまった場合は、カード裏面の番号へすぐ電話し、利用停止を依頼してください。",
        ),
    ),
    "money": (
        (
            "If you have paid: tell your bank and the police at once.",
            "支払ってしまった場合は、すぐに金融機関と警察へ連絡してください。",
        ),
    ),
    "details": (
        (
            "If you have answered: be prepared for calls and mails that know your details.",
            "答えてしまった場合は、その情報を使った電話やメールに注意してください。",
        ),
    ),
}

OFFICE: Pair = (
    "If a colleague, a superior or a supplier seems to ask, call them on a number that you already know.",
    "上司や同僚、取引先からの依頼に見えるときは、以前から知っている番号へ電話して確かめてください。",
)
"""Advice where somebody of the reader's own office or its suppliers seems to ask for something."""


def kinds(report: Report) -> list[str]:
    """What the mail is after, the weightiest first; empty where we cannot say."""
    present = {finding.id for finding in report.findings if finding.weight > 0}
    found = [kind for kind, ids in _BY_FINDING if present.intersection(ids)]
    found += [_BY_ASK[ask.id] for ask in report.lure.asks if ask.id in _BY_ASK]
    ordered = list(dict.fromkeys(found))
    if "credentials" in ordered and not present.intersection(_PROGRAMS):
        # A login page that comes attached is opened, too: what it wants is the login.
        ordered = [kind for kind in ordered if kind != "malware"]
    if "extortion" in ordered:
        # Its threat is the way to the money: one fact, said once.
        ordered = [kind for kind in ordered if kind != "money"]
    return [kind for kind in ordered if kind != "unwanted"] or ordered


def loss(report: Report, kind: str) -> Pair:
    """What happens to those who fall for it."""
    target = report.lure.target
    server = target == "server_administrator" or (
        target in ("", "anyone") and any(ask.id == "server_login" for ask in report.lure.asks)
    )
    return SERVER_LOSS if kind == "credentials" and server else LOSSES[kind]
