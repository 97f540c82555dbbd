"""What is said about a signature or a chain of seals, in English and in Japanese."""

from __future__ import annotations

from collections.abc import Sequence

from sabaki.model.authentication import KEY_GONE, UNCHECKED

Words = tuple[str, str]
_MOST = 100
_MOST_NAMES = 8
_FIRST = ("from", "subject", "to", "date", "reply-to", "content-type")
_SPELLED = {"message-id": "Message-ID", "mime-version": "MIME-Version", "list-id": "List-ID"}

_FAULTS: dict[str, Words] = {
    "too_long": ("it is absurdly long", "異常な長さです"),
    "control": ("it holds a control character", "制御文字が含まれています"),
    "no_tag": ("something in it is no tag", "タグの書式になっていない箇所があります"),
    "tag_twice": ("a tag stands in it twice", "同じタグが重複しています"),
    "tag_missing": ("a tag is missing", "必須のタグがありません"),
    "version": ("it is of another version", "バージョンが異なります"),
    "algorithm": ("the algorithm is unknown", "アルゴリズムが不明です"),
    "base64": ("a value is no base64", "値がBase64になっていません"),
    "empty": ("a value is empty", "値が空です"),
    "number": ("a value is no number", "値が数値になっていません"),
    "domain": ("a value is no domain name", "値がドメイン名になっていません"),
    "name_too_long": ("the name of the key is longer than the DNS allows", "鍵の名前がDNSの上限を超えています"),
    "identity": ("the identity is no address", "署名者の識別子がアドレスになっていません"),
    "identity_outside": (
        "the identity lies outside the signing domain",
        "署名者の識別子が、署名ドメインの外にあります",
    ),
    "field_name": ("it names a field that cannot be", "ありえないフィールド名が含まれています"),
    "from_not_signed": (
        "it does not cover From, which the standard demands",
        "規格上必須のFromが署名対象に入っていません",
    ),
    "canonicalization": ("the canonicalisation is unknown", "正規化の方式が不明です"),
    "query": ("no way to the key that anybody knows", "鍵の取得方法が不明です"),
    "expires_before": ("it expires before it was made", "有効期限が署名日時より前になっています"),
    "instance": ("the instance is no number from 1 to 50", "連番が1から50の数値になっていません"),
    "not_in_seal": ("it holds a tag that a seal must not have", "封印にあってはならないタグがあります"),
    "seal_signed": (
        "it covers ARC-Seal, which the standard forbids",
        "規格に反して、ARC-Sealが署名対象に入っています",
    ),
    "chain_validation": (
        "what it says about the chain is none of the three words",
        "連鎖の検証結果が規定の語ではありません",
    ),
}
_KEYS: dict[str, Words] = {
    "key_faulty": (
        "the key at {name} is broken",
        "鍵（{name}）が壊れています",
    ),
    "key_revoked": (
        "the domain has revoked the key {name}",
        "鍵（{name}）は、ドメインによって失効させられています",
    ),
    "key_type": ("the key at {name} is of another kind", "鍵（{name}）の種類が署名と合いません"),
    "key_hash": (
        "the key at {name} does not allow the hash of the signature",
        "鍵（{name}）は、署名のハッシュ方式を認めていません",
    ),
    "key_service": ("the key at {name} is not for mail", "鍵（{name}）はメール用ではありません"),
    "key_strict": (
        "the key at {name} does not allow a subdomain in the identity",
        "鍵（{name}）は、サブドメインの識別子を認めていません",
    ),
}
_REFUSED: dict[str, Words] = {
    "sha1": (
        "it uses SHA-1, which must not be accepted any more (RFC 8301): it proves nothing",
        "すでに受け入れてはならないSHA-1が使われており（RFC 8301）、何の証明にもなりません",
    ),
    "public_suffix": (
        "it is in the name of {domain}, under which anybody can have a domain: not accepted",
        "署名ドメインが {domain} です。その下には誰でもドメインを持てるため、受け入れません",
    ),
    "short_key": (
        "it fits, but its key has only {bits} bits, which must not be accepted (RFC 8301): whoever breaks the key signs as he likes",
        "署名自体は合いますが、鍵が{bits}ビットしかなく、受け入れてはならないものです（RFC 8301）。鍵を破れば誰でも署名できます",
    ),
    "from": (
        "it fits, but another From stands in the mail that is not signed, and that may be the one shown",
        "署名自体は合いますが、署名されていないFromが別にあり、そちらが表示されるおそれがあります",
    ),
    "odd_header": (
        "it fits, but the header holds a line that is no field or ends oddly: programs differ in what they show as text from there on",
        "署名自体は合いますが、ヘッダーにフィールドでない行や変則的な改行があり、そこから先を本文として表示するソフトがあります",
    ),
    "expired": (
        "it fits, but had expired when the mail came ({time})",
        "署名自体は合いますが、メールの到着時点で期限切れでした（{time}）",
    ),
}
QUOTING: Words = (
    '; it fits once the ">" is taken away that mailbox files put before "From "',
    "（メールボックス形式が「From 」の前に付けた「>」を除くと一致します）",
)
TOO_LARGE: Words = (
    "not checked: the mail is larger than what is read of it",
    "メールが大きく、全体を読み取っていないため検証していません",
)
ODD_HEADER: Words = (
    "it does not fit as the header is read here; but that holds a line that is no field or ends oddly, and can be read otherwise",
    "署名は合いません。ただし、ヘッダーにフィールドでない行や変則的な改行があり、別の読み方もできます",
)
ALTERED: Words = (
    "it does not hold: the body is not the one that was signed (altered since, as lists, filters and redactions do, or from another mail)",
    "署名は成り立ちません。本文が署名時のものと異なります（配信リスト・フィルター・伏せ字処理などによる変更か、別のメールの署名です）",
)
BROKEN: Words = (
    "it does not hold: a signed field was altered, or it was made with another key",
    "署名は成り立ちません。署名対象のフィールドが変わったか、別の鍵で作られています",
)
CUT: Words = (
    "it is for {length} bytes of body, and only {size} are there: cut off, or from another mail",
    "署名の対象は本文{length}バイトですが、{size}バイトしかありません。途中で切れたか、別のメールの署名です",
)
_ENDS: dict[str, Words] = {
    "end": (
        "{left} bytes at the end of the body are not signed: anybody could have added them",
        "本文末尾の{left}バイトは署名の範囲外で、誰でも書き足せます",
    ),
    "end_shown": (
        "{left} bytes at the end of the body are not signed, nor is Content-Type: what is shown need not be what was signed at all",
        "本文末尾の{left}バイトもContent-Typeも署名の範囲外です。署名された部分を隠し、別の内容を見せることができます",
    ),
    "future": ("it is dated later than the mail came", "署名の日時がメールの到着より後です"),
    "testing": ("the domain says that it is only testing", "ドメインは試験中と宣言しています"),
    "expiry_unknown": (
        "whether it had expired when the mail came is not known",
        "到着時点で有効期限内だったかは分かりません",
    ),
}


def spelled(name: str) -> str:
    """A field's name as people write it."""
    return _SPELLED.get(name) or "-".join(word.capitalize() for word in name[:_MOST].split("-"))


def _listed(names: Sequence[str]) -> Words:
    first = sorted(names, key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))
    shown = [spelled(name) for name in first[:_MOST_NAMES]]
    more = len(names) - len(shown)
    return (
        ", ".join(shown) + (f", {more} more" if more else ""),
        "、".join(shown) + (f"ほか{more}件" if more else ""),
    )


def faulty(problem: str, where: str) -> Words:
    """The field cannot be a signature."""
    en, ja = _FAULTS[problem]
    place = f" ({where[:_MOST]})" if where else ""
    return f"it cannot be a valid signature: {en}{place}", f"有効な署名になりえません。{ja}{place}"


def key(problem: str, name: str) -> Words:
    """The key cannot be used."""
    en, ja = _KEYS[problem]
    return en.format(name=name[:_MOST]), ja.format(name=name[:_MOST])


def refused(why: str, **words: object) -> Words:
    """It is not accepted whether it fits or not."""
    en, ja = _REFUSED[why]
    return en.format(**words), ja.format(**words)


def unknown(result: str, name: str, why: Words, reach: Words) -> Words:
    """The key is not known; `reach` is what the signature would vouch for."""
    shown = name[:_MOST]
    if result == KEY_GONE:
        return (
            f"the key {shown} is no longer in the DNS, or never was: it can no longer be checked",
            f"鍵（{shown}）がDNSにありません。削除されたか、初めから存在しなかったもので、もう検証できません",
        )
    what = "not checked" if result == UNCHECKED else "the key is not known for now"
    what_ja = "検証していません" if result == UNCHECKED else "鍵を確認できませんでした"
    if not reach[0]:
        return f"{what} ({why[0]})", f"{what_ja}（{why[1]}）"
    return (
        f"{what} ({why[0]}); the body is the one it speaks of, and if it holds it vouches for {reach[0]}",
        f"{what_ja}（{why[1]}）。本文は署名の記載と一致しています。署名が有効なら、保証の対象は{reach[1]}です",
    )


def reach(names: Sequence[str], covered: int, size: int) -> Words:
    """What a signature covers."""
    en, ja = _listed(names)
    return (
        f"{en} and {covered:,} of {size:,} bytes of the body"
        if names
        else f"{covered:,} of {size:,} bytes of the body",
        f"{ja}と、本文{size:,}バイト中の{covered:,}バイト" if names else f"本文{size:,}バイト中の{covered:,}バイト",
    )


def holds(what: Words) -> Words:
    """It holds, and covers `what`."""
    return f"it holds, and vouches for {what[0]}", f"署名は有効です。保証の対象は{what[1]}です"


def appended(signed: int, size: int) -> Words:
    """The body begins as it was signed, and something was put behind."""
    return (
        f"it does not hold: the first {signed:,} bytes of the body are as signed, {size - signed:,} were added behind (lists do so)",
        f"署名は成り立ちません。本文の最初の{signed:,}バイトは署名時のままで、後ろに{size - signed:,}バイトの追加があります（配信リストなど）",
    )


def left_open(uncovered: Sequence[str], duplicates: Sequence[str]) -> Words:
    """Which fields it does not vouch for."""
    en = ja = ""
    if duplicates:
        twice, twice_ja = _listed(duplicates)
        en += f"; {twice} stands in the mail more than once, and the one shown need not be the one signed"
        ja += f"。{twice_ja}は重複しており、表示されるものが署名されたものとは限りません"
    once = [name for name in uncovered if name not in duplicates]
    if once:
        names, names_ja = _listed(once)
        en += f"; not for {names}"
        ja += f"。{names_ja}は対象外です"
    return en, ja


def more(what: str, **words: object) -> Words:
    """A further thing to know about it."""
    en, ja = _ENDS[what]
    return "; " + en.format(**words), "。" + ja.format(**words)


_CHAIN: dict[str, Words] = {
    "none": ("the mail bears no ARC seals", "ARCの封印はありません"),
    "too_many": ("it has more than 50 sets", "50組を超えています"),
    "faulty": ("{field} of set {i}: {why}", "{i}組目の{field}: {why_ja}"),
    "faulty_field": ("one {field} cannot be read: {why}", "読み取れない{field}があります。{why_ja}"),
    "incomplete": ("set {i} is not complete: {field} is missing", "{i}組目に{field}がありません"),
    "twice": ("set {i} has more than one {field}", "{i}組目の{field}が重複しています"),
    "says_fail": (
        "whoever sealed last ({domain}) says that it was broken already",
        "最後に封印した{domain}が、その時点で連鎖が壊れていたと記しています",
    ),
    "wrong_word": (
        "what set {i} says of the chain before it cannot be",
        "{i}組目に記された、それまでの連鎖の検証結果がありえません",
    ),
    "suffix": (
        "set {i} is sealed in the name of {domain}, under which anybody can have a domain",
        "{i}組目の封印が{domain}名義です。その下には誰でもドメインを持てます",
    ),
    "message": (
        "the mail is not the one that was sealed last, by {domain}: {why}",
        "最後に{domain}が封印したメールと異なります。{why_ja}",
    ),
    "from_added": (
        "a From stands in the mail that was not there when it was sealed",
        "封印された後に加えられたFromがあります",
    ),
    "seal": ("the seal of set {i} ({domain}) does not hold", "{i}組目の封印（{domain}）が成り立ちません"),
    "weak_seal": (
        "the seal of set {i} ({domain}) uses SHA-1 or a key that is too short",
        "{i}組目の封印（{domain}）に、SHA-1か短すぎる鍵が使われています",
    ),
    "key": ("the key of set {i} cannot be used: {why}", "{i}組目の鍵が使えません。{why_ja}"),
    "pass": (
        "all {count} seals hold; the mail is as {domain} sealed it last, and {reach}",
        "封印{count}件はすべて有効です。メールは、最後に{domain}が封印した時のままです。{reach_ja}",
    ),
    "oldest_all": ("as the first sealer had it, too", "最初の封印時からも変わっていません"),
    "oldest_some": (
        "it was altered before set {oldest}",
        "ただし{oldest}組目より前に変更が加えられています",
    ),
    "open": ("it is not known whether it holds: {why}", "成り立つかどうか分かりません。{why_ja}"),
}


def chain(what: str, **words: object) -> Words:
    """What a chain of seals comes to, and why."""
    en, ja = _CHAIN[what]
    return en.format(**words), ja.format(**words)


def broken_chain(why: Words) -> Words:
    """The chain does not hold."""
    return f"the chain does not hold: {why[0]}", f"連鎖が成り立ちません。{why[1]}"


def joined(*pieces: Words) -> Words:
    """Pieces of a sentence put together."""
    return "".join(en for en, _ in pieces), "".join(ja for _, ja in pieces)
