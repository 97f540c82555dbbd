"""What is said about an SPF result, in English and in Japanese. The policy is always today's, and that is said."""

from __future__ import annotations

Words = tuple[str, str]
_MOST = 120
_MOST_TERMS = 4

NO_ADDRESS: Words = (
    "which address delivered the mail is not known, so no policy can be applied",
    "メールを渡してきたIPアドレスが分からないため、ポリシーに照らせません",
)
EVERYONE: Words = (
    "; but the policy lets in practically anyone, so this says nothing",
    "。ただし、このポリシーは事実上誰にでも送信を認めているため、合格に意味はありません",
)

_DECIDED: dict[str, Words] = {
    "pass": (
        "{domain} allows {ip} to send, by its policy of today",
        "{domain}の現在のポリシーは、{ip}からの送信を認めています",
    ),
    "fail": (
        "{domain} does not allow {ip} to send, by its policy of today",
        "{domain}の現在のポリシーは、{ip}からの送信を認めていません",
    ),
    "softfail": (
        "{ip} is probably not allowed to send for {domain}, by its policy of today",
        "{domain}の現在のポリシーでは、{ip}はおそらく正当な送信元ではありません",
    ),
    "neutral": (
        "{domain} neither allows nor forbids {ip} to send, by its policy of today",
        "{domain}の現在のポリシーは、{ip}からの送信の可否を示していません",
    ),
}
_LIMITS: dict[str, Words] = {
    "terms": (
        "the policy needs more than {limit} look-ups, which the standard forbids",
        "ポリシーの評価に、規格の上限（{limit}回）を超えるDNS参照が必要です",
    ),
    "void": (
        "the policy leads to more than {limit} names that have no record, which the standard forbids",
        "ポリシーが参照する名前のうち、レコードのないものが規格の上限（{limit}件）を超えています",
    ),
    "mx": (
        "the policy leads to a domain with more than {limit} mail servers, which the standard forbids",
        "ポリシーが参照するドメインのメールサーバーが、規格の上限（{limit}台）を超えています",
    ),
}


def _short(text: str) -> str:
    return text if len(text) <= _MOST else text[:_MOST] + "…"


def decided(result: str, domain: str, ip: str, terms: tuple[str, ...], record_of: str) -> Words:
    """Why a policy gives its result: `terms` lead to the mechanism that fits, which stands in the record of `record_of`."""
    en, ja = (words.format(domain=_short(domain), ip=ip) for words in _DECIDED[result])
    if not terms:
        return f"{en}: no mechanism fits", f"{ja}（当てはまる項目なし）"
    shown = terms if len(terms) <= _MOST_TERMS else (*terms[: _MOST_TERMS - 1], "…", terms[-1])
    way = " > ".join(map(_short, shown))
    if record_of == domain:
        return f"{en}: {way}", f"{ja}（該当項目: {way}）"
    return (
        f"{en}: {way} (in the record of {_short(record_of)})",
        f"{ja}（該当項目: {way}、{_short(record_of)}のレコード内）",
    )


def no_domain(domain: str) -> Words:
    """There is no domain that could have a policy."""
    shown = _short(domain)
    if not shown:
        return "there is no domain that could have a policy", "ポリシーを調べるドメインがありません"
    return f"{shown} is no domain that could have a policy", f"{shown}は、ポリシーを持てるドメイン名ではありません"


def no_policy(domain: str) -> Words:
    """The domain has no policy."""
    return f"{_short(domain)} has no SPF policy today", f"{_short(domain)}には現在、SPFポリシーがありません"


def several(domain: str) -> Words:
    """The domain has several policies."""
    return (
        f"{_short(domain)} has several SPF policies today, which makes all of them void",
        f"{_short(domain)}には現在、SPFポリシーが複数あり、どれも無効です",
    )


def faulty(domain: str, term: str) -> Words:
    """The policy does not follow the grammar."""
    if not term:
        return (
            f"the policy of {_short(domain)} of today holds characters that no policy may hold",
            f"{_short(domain)}の現在のポリシーに、使えない文字が含まれています",
        )
    return (
        f"the policy of {_short(domain)} of today is faulty at: {_short(term)}",
        f"{_short(domain)}の現在のポリシーに誤りがあります（{_short(term)}）",
    )


def unknown(name: str, reason: Words) -> Words:
    """The DNS did not say what is needed."""
    return (
        f"what the DNS has for {_short(name)} is not known: {reason[0]}",
        f"{_short(name)}のDNSレコードを確認できていません（{reason[1]}）",
    )


def too_many(most: int) -> Words:
    """The policy asks for more than we are ready to ask."""
    return (
        f"left off after {most} questions to the DNS: the policy needs more than any usual one",
        f"ポリシーが通常より多くのDNS問い合わせを必要とするため、{most}回で打ち切りました",
    )


def over_limit(limit: str, value: int) -> Words:
    """A limit of RFC 7208 section 4.6.4 is exceeded."""
    en, ja = _LIMITS[limit]
    return en.format(limit=value), ja.format(limit=value)


def missing(by: str, target: str) -> Words:
    """An include or redirect leads to a domain without a policy."""
    return (
        f"the policy refers ({by}) to {_short(target) or 'an empty name'}, which has no policy today",
        f"ポリシーの参照先（{by}）{_short(target) or '（空の名前）'}に、現在ポリシーがありません",
    )
