"""The words of the page that belong to no story: labels, grades, severities, traits, in English and Japanese."""

from __future__ import annotations

from sabaki.model.case import Trust
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.model.report import Label

Pair = tuple[str, str]
"""English, Japanese."""

VERDICTS: dict[Label, Pair] = {
    Label.MALICIOUS: ("Malicious", "悪意あり"),
    Label.SUSPICIOUS: ("Suspicious", "疑わしい"),
    Label.UNDETERMINED: ("Undetermined", "判定できず"),
    Label.BENIGN: ("Nothing found against it", "不審な点なし"),
}
GRADES: dict[Grade, Pair] = {
    Grade.VERIFIED: ("verified", "自ら確認"),
    Grade.ATTESTED: ("attested", "自サーバーの記録"),
    Grade.THIRD_PARTY: ("third party", "第三者の情報"),
    Grade.INFERRED: ("inferred", "推定"),
    Grade.SELF_DECLARED: ("self-declared", "自己申告"),
}
GRADES_EXPLAINED: dict[Grade, Pair] = {
    Grade.VERIFIED: (
        "We checked it ourselves, by cryptography or by looking at the bytes of the mail.",
        "署名の検証や、メールそのものの内容を見ることで、私たち自身が確かめたことです。",
    ),
    Grade.ATTESTED: (
        "A server that the recipient named as trusted wrote it, where the sender cannot reach.",
        "受信者が信頼すると指定したサーバーが、送信者の手の届かない場所に記録したことです。",
    ),
    Grade.THIRD_PARTY: (
        "Somebody else says so; the source and the time are given.",
        "第三者がそう述べていることです。出典と時点を添えます。",
    ),
    Grade.INFERRED: (
        "A rule of ours concludes it from the rest. It is probable, not proven.",
        "ほかの事実から規則に従って導いた結論です。確からしいものの、証明ではありません。",
    ),
    Grade.SELF_DECLARED: (
        "The sender wrote it and could have written anything. It proves nothing about who sent the mail.",
        "送信者が書いたもので、どのようにでも書けます。誰が送ったかの証拠にはなりません。",
    ),
}
SEVERITIES: dict[Severity, Pair] = {
    Severity.CRITICAL: ("critical", "重大"),
    Severity.HIGH: ("high", "高"),
    Severity.MEDIUM: ("medium", "中"),
    Severity.LOW: ("low", "低"),
    Severity.INFO: ("info", "参考"),
}
TRUSTS: dict[Trust, Pair] = {
    Trust.OURS: ("a server of the receiving side", "受信側のサーバー"),
    Trust.VOUCHED: ("vouched for by the server after it", "次のサーバーが裏付け"),
    Trust.CLAIMED: ("only claimed", "自己申告のみ"),
}
TRAITS: dict[str, Pair] = {
    "own_domain_subdomain": (
        "the recipient's own domain stands in front as bait",
        "受信者自身のドメインが、前半に餌として置かれています",
    ),
    "own_domain_in_path": (
        "the recipient's own domain stands in the path",
        "受信者自身のドメインがパスに含まれています",
    ),
    "recipient_in_url": (
        "carries the recipient's address: a click tells the sender that the mailbox is read",
        "受信者のアドレスが埋め込まれており、開くと「読まれている」ことが相手に伝わります",
    ),
    "token_in_url": (
        "carries a token that may identify the recipient",
        "受信者を識別しうる符号が含まれています",
    ),
    "brand_in_host": (
        "a well-known name in a host that is not its owner's",
        "有名な名称を含みますが、その持ち主のホストではありません",
    ),
    "lookalike_host": ("looks like another host name", "別のホスト名に似せてあります"),
    "mixed_script": (
        "letters of several scripts mixed in one label",
        "異なる文字体系の文字が一つの名前に混在しています",
    ),
    "punycode": ("an internationalised name", "国際化ドメイン名です"),
    "text_mismatch": (
        "the text shown names another host than the link leads to",
        "表示されている文字と実際のリンク先が異なります",
    ),
    "ip_host": ("a bare IP address instead of a name", "名前ではなくIPアドレスが直接書かれています"),
    "odd_ip": ("an IP address in an unusual notation", "IPアドレスが通常と異なる書き方で隠されています"),
    "odd_syntax": (
        "spelt in a way that programs read differently",
        "ソフトによって解釈が分かれる書き方です",
    ),
    "idn_dots": ("dots that are not full stops", "ピリオドではない文字が区切りに使われています"),
    "userinfo": (
        "text before an @ that has nothing to do with the destination",
        "＠の前に、行き先とは無関係な文字が置かれています",
    ),
    "nonstandard_port": ("an unusual port", "通常と異なるポート番号です"),
    "shortener": (
        "a shortened link: the destination does not show",
        "短縮URLのため、行き先が見えません",
    ),
    "free_hosting": (
        "a page that anyone can put up at a hosting service",
        "誰でもページを置けるホスティングサービス上にあります",
    ),
    "tracker": ("the click counter of a bulk mailer", "一斉配信サービスのクリック計測を経由します"),
    "wrapped": (
        "rewritten by a mail gateway",
        "メールゲートウェイによって書き換えられたリンクです",
    ),
    "open_redirect": (
        "leads on to another site through a redirect",
        "転送機能を経由して別のサイトへ導かれます",
    ),
    "embedded_url": ("carries another address inside", "別のURLが中に含まれています"),
    "risky_tld": ("a top-level domain that is often abused", "悪用の多いトップレベルドメインです"),
    "random_host": ("looks machine-made", "機械的に作られたような名前です"),
    "long_host": ("an unusually long host name", "ホスト名が異常に長くなっています"),
    "many_subdomains": ("unusually many labels", "サブドメインの段数が異常に多くなっています"),
    "cms_path": (
        "a path inside somebody's web site software: often a site that was broken into",
        "サイト構築ソフトの内部のパスです。改ざんされたサイトによく見られます",
    ),
    "download": ("leads to a program or archive", "プログラムや圧縮ファイルが置かれています"),
    "data_uri": ("the page is inside the link itself", "ページの中身がリンク自体に埋め込まれています"),
    "script_scheme": ("runs a script", "スクリプトを実行させるリンクです"),
    "http_only": ("not encrypted (http)", "暗号化されていません（http）"),
}
STEPS: dict[str, Pair] = {
    "protocol:spf": ("our own SPF look-up", "SPF（自ら行う照会）"),
    "protocol:dkim": ("our own DKIM verification", "DKIM（自ら行う署名検証）"),
    "protocol:arc": ("our own ARC verification", "ARC（自ら行う署名検証）"),
    "protocol:dmarc": ("our own DMARC look-up", "DMARC（自ら行う照会）"),
    "source:registration": ("who registered the domains", "ドメインの登録者"),
    "source:place": ("where the IP addresses are", "IPアドレスの所在"),
    "source:reputation": ("whether the links are known to be dangerous", "リンクの危険性の評価"),
    "visit": ("the site itself", "リンク先のサイト"),
}
SOURCES: dict[str, Pair] = {
    "abuseipdb": ("AbuseIPDB", "AbuseIPDB"),
    "ct": ("search for certificates", "証明書の検索（CTログ）"),
    "dnsbl": ("blocklists in the DNS", "DNSブロックリスト"),
    "feeds": ("lists on this machine", "手元のリスト"),
    "names": ("DNS", "DNS"),
    "network": ("table of networks", "ネットワークの一覧"),
    "otx": ("LevelBlue OTX", "LevelBlue OTX"),
    "place": ("geolocation database", "位置情報データベース"),
    "rdap": ("RDAP", "RDAP"),
    "safe_browsing": ("Google Safe Browsing", "Google セーフ ブラウジング"),
    "urlscan": ("urlscan.io", "urlscan.io"),
    "virustotal": ("VirusTotal", "VirusTotal"),
    "web_risk": ("Google Web Risk", "Google Web Risk"),
    "whois": ("WHOIS", "WHOIS"),
}
"""What the sources are called, by their ids."""


def pick(pair: Pair, lang: str) -> str:
    """The Japanese or the English half."""
    return pair[1] if lang == "ja" else pair[0]


def trait(id: str, lang: str) -> str:
    """What a link's trait means; the id itself where it has no words yet."""
    return pick(TRAITS.get(id, (id, id)), lang)


FILE_TRAITS: dict[str, Pair] = {
    "macro": ("macros", "マクロ"),
    "macro_autorun": ("runs when opened", "開くと自動実行"),
    "macro_suspicious": ("calls the system", "システムを操作する命令"),
    "xlm_macro": ("Excel 4 macros", "Excel 4.0マクロ"),
    "dde": ("starts a program by a field", "DDEフィールド"),
    "remote_template": ("loads a template from the net", "外部テンプレートの読み込み"),
    "external_link": ("loads something from the net", "外部データの読み込み"),
    "embedded_object": ("embedded object", "埋め込みオブジェクト"),
    "equation_editor": ("old equation editor", "旧式の数式エディター"),
    "activex": ("ActiveX", "ActiveX"),
    "javascript": ("script", "スクリプト"),
    "launch": ("starts a program", "プログラムの起動"),
    "open_action": ("acts when opened", "開いたときの動作"),
    "submit_form": ("sends what is typed", "入力内容の送信"),
    "embedded_file": ("holds a file", "ファイルの埋め込み"),
    "rich_media": ("rich media", "リッチメディア"),
    "command": ("runs a command", "コマンドの実行"),
    "remote_target": ("leads to a server", "外部サーバーへの接続"),
    "icon_disguise": ("borrowed icon", "アイコンの偽装"),
    "script": ("script", "スクリプト"),
    "form": ("form", "入力フォーム"),
    "password_form": ("asks for a password", "パスワード入力欄"),
    "smuggling": ("builds a file by script", "スクリプトによるファイル生成"),
    "redirect": ("leads on by itself", "自動転送"),
    "obfuscated": ("disguised code", "難読化"),
    "damaged": ("damaged", "破損"),
    "bomb": ("unpacks to absurdly much", "異常な膨張"),
    "unsafe_path": ("name leads out of the folder", "展開先を外れる名前"),
    "overlapping": ("members overlap", "重なり合う収録データ"),
    "hidden_file": ("hidden", "隠しデータ"),
    "absurd_padding": ("padded", "水増し"),
    "polyglot": ("two kinds at once", "二種類を兼ねる形式"),
    "page_link": ("a page is one link", "ページ全体がリンク"),
    "qr": ("QR code", "QRコード"),
    "yara": ("a rule matches", "ルールに一致"),
}


def source(id: str, lang: str) -> str:
    """What a source is called; its id where it has no words."""
    named = id[:40].replace("_", " ")
    return pick(SOURCES.get(id, (named, named)), lang)


def step(id: str, lang: str) -> str:
    """What a step of the dissection is called; checks keep their id."""
    if id.startswith("source:") and id not in STEPS:
        return source(id.removeprefix("source:"), lang)
    if id.startswith("file:"):
        return f"ファイル {id[5:]} の中身" if lang == "ja" else f"the content of file {id[5:]}"
    return pick(STEPS.get(id, (id.removeprefix("check:"), id.removeprefix("check:"))), lang)


def when(date: str | None) -> str:
    """An RFC 3339 time as people read it, its zone kept; "" where there is none."""
    if not date:
        return ""
    day, _, rest = date.partition("T")
    return f"{day} {rest.replace('+', ' +').replace('-', ' −').replace('Z', ' UTC')}"


def duration(seconds: float, lang: str) -> str:
    """A delay in words. A negative one means that two clocks disagree."""
    whole = round(abs(seconds))
    if whole >= 172_800:
        amount = f"{whole // 86_400} 日" if lang == "ja" else f"{whole // 86_400} days"
    elif whole >= 7_200:
        amount = f"{whole // 3_600} 時間" if lang == "ja" else f"{whole // 3_600} h"
    elif whole >= 120:
        amount = f"{whole // 60} 分" if lang == "ja" else f"{whole // 60} min"
    else:
        amount = f"{whole} 秒" if lang == "ja" else f"{whole} s"
    if seconds >= 0:
        return amount
    return f"−{amount}（時計のずれか虚偽）" if lang == "ja" else f"−{amount} (clocks disagree, or a false time)"


def size(count: int, lang: str) -> str:
    """A size in bytes, in words."""
    if count >= 1_000_000:
        return f"{count / 1_000_000:.1f} MB"
    if count >= 1_000:
        return f"{count / 1_000:.1f} kB"
    return f"{count} バイト" if lang == "ja" else f"{count} bytes"
