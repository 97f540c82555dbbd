"""What the mail claims and what it wants: the lexicon and the brands, read over name, subject and text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

import re2
from msgspec import Struct

from sabaki.facts import brands, freemail
from sabaki.facts.folding import clean, fold
from sabaki.facts.lexicon import Lexicon, lexicon
from sabaki.facts.literals import Words, words
from sabaki.model.case import Body, BrandMention, Lure, Phrase, Sender, Vantage
from sabaki.model.observable import EmailAddr, Url

_LONGEST_TEXT = 24_000
_UP_FRONT = 8_000
"""A lure is up front; further down, newsletters and digests have any number of topics."""
_OVERLAP = 300
_ENOUGH_SAID = 60
_MOST_PLACES = 12
_SERVICES_OF_SERVERS = frozenset({"hosting", "webmail"})
_SERVER_CLAIMS = frozenset({"held_messages", "mailbox_full", "mail_server_notice", "password_expiry", "domain_renewal"})
_CUSTOMER_SECTORS = frozenset(
    "bank card securities shop courier telecom transport government tax utility crypto payment point cloud social "
    "streaming security travel insurance".split()
)
_WEIGHT = {"display_name": 4.0, "address": 1.5, "link": 1.0, "subject": 2.0, "body": 1.0}
_ENOUGH_WEIGHT = 1.5
_LINK_ASKS = frozenset({"click", "account_login"})
_ADMINISTRATOR = re2.compile(
    r"(?i)(サーバー?|メール|システム|ドメイン)管理者|管理者(様|各位|宛)|server admin|hosting|domain (owner|admin)|webmaster|"
    r"postmaster|hostmaster|cpanel|plesk|control ?panel|コントロールパネル|サーバーパネル|レンタルサーバー?"
)
_MAIL_ADMINISTRATOR = re2.compile(
    r"web ?mail|mail ?(server|admin\w*|support|system|service)|mailbox|it (support|help ?desk|department|admin\w*|service ?desk)|"
    r"system admin\w*|メール(サーバー?)?管理者|メールサーバー?|メールシステム|システム管理者|サーバー?管理者|postmaster"
)
_ROLE_ACCOUNT = re2.compile(
    r"(?i)\b(admin|administrator|postmaster|webmaster|hostmaster|root|sysadmin|it|support|abuse|noc)(@|%40)"
)

_KANA = re.compile("[\u3041-\u30ff]")
_HAN = re.compile("[\u4e00-\u9fff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_SCRIPTS = re.compile("[\u0400-\u04ff\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
_COMMON = {
    "en": frozenset("the and you your to of is for this with are have we be on that not from will please our".split()),
    "de": frozenset("der die das und sie ihr ihre ist nicht mit fur ein eine wir zu auf von werden haben den".split()),
    "nl": frozenset("de het een en van uw je op is niet voor met wij zijn dat te aan hebben deze naar".split()),
    "fr": frozenset("le la les des et vous votre est une pour nous dans que vos sur pas avec ce du au".split()),
    "es": frozenset("el la los las de y su usted es una para que por con del no en tu sus este".split()),
    "pt": frozenset("o a os as de e seu sua voce uma para que por com do da nao em no na seus".split()),
    "it": frozenset("il la di e che per un una del non con suo sua gli le nel della sono questo tuo".split()),
}
_ENOUGH_WORDS = 3


class _Text(Struct, frozen=True):
    """A text as it is quoted, as it is matched, and its words."""

    where: str
    plain: str
    folded: str
    words: Words


def read(subject: str, bodies: tuple[Body, ...], sender: Sender, urls: tuple[Url, ...], vantage: Vantage) -> Lure:
    """Read the lure by the rules of the lexicon; never raises.

    What is shown counts as far as its first 8,000 characters; text for the machine wherever it stands, what is hidden
    and what is not shown included, in the first 24,000 of each.
    """
    author = sender.via_list or next(iter(sender.author), None)
    texts = _texts(subject, bodies, author)
    found = _phrases(texts, lexicon())
    named = (*_named(texts), *_borrowed(author, urls))
    claims, asks = found["claim"], found["ask"]
    service = _service(claims + asks, named, texts, lexicon())
    asks = _with_server_login(asks, claims, service, urls)
    return Lure(
        claims=tuple(claims),
        pressure=tuple(found["pressure"]),
        asks=tuple(asks),
        unwanted=tuple(found["unwanted"]),
        addressed_to_machine=tuple(found["machine"] or _for_machine(bodies, lexicon())),
        brands=named,
        service=service,
        target=_target(claims, asks, service, texts, urls, _own(author, vantage), lexicon()),
        language=_language(texts),
    )


def _made(where: str, text: str) -> _Text:
    plain = clean(text[:_LONGEST_TEXT])
    folded = fold(plain)
    return _Text(where, plain, folded, words(folded))


def _texts(subject: str, bodies: tuple[Body, ...], author: EmailAddr | None) -> list[_Text]:
    body = "\n".join(_own_words(body.text[:_UP_FRONT]) for body in bodies if body.shown)[:_UP_FRONT]
    texts = [
        _made("display_name", author.display_name if author else ""),
        _made("subject", subject),
        _made("body", body),
    ]
    return [text for text in texts if text.plain]


def _own_words(text: str) -> str:
    """The text without lines quoted with ">", which somebody else wrote; all of it where little else is said."""
    if ">" not in text:
        return text
    own = [line for line in text.split("\n") if not line.lstrip().startswith(">")]
    return "\n".join(own) if sum(map(len, own)) >= _ENOUGH_SAID else text


def _for_machine(bodies: tuple[Body, ...], rules: Lexicon) -> list[Phrase]:
    """What speaks to the machine where no person reads: far down, hidden, in a title or in an alternative not shown."""
    places = {body.hidden[:_LONGEST_TEXT]: "hidden text" for body in bodies}
    places |= {body.title[:_LONGEST_TEXT]: "title" for body in bodies}
    for body in bodies:
        start = _UP_FRONT - _OVERLAP if body.shown else 0
        places.setdefault(body.text[start : start + _LONGEST_TEXT], "body")
    for text, where in list(places.items())[:_MOST_PLACES]:
        if not rules.may_address_machine(text):
            continue
        plain = clean(text)
        for hit in rules.find_for_machine(fold(plain)):
            return [Phrase(hit.id, plain[hit.start : hit.end], where)]
    return []


def _phrases(texts: list[_Text], rules: Lexicon) -> dict[str, list[Phrase]]:
    """Phrases by kind: each rule once, where it weighs most (name, then subject, then body)."""
    found: dict[str, list[Phrase]] = {"claim": [], "pressure": [], "ask": [], "unwanted": [], "machine": []}
    seen: set[tuple[str, str]] = set()
    for text in texts:
        for hit in rules.find(text.folded, text.words, subject=text.where == "subject"):
            if (hit.kind, hit.id) not in seen:
                seen.add((hit.kind, hit.id))
                found[hit.kind].append(Phrase(hit.id, text.plain[hit.start : hit.end], text.where))
    return found


def _named(texts: list[_Text]) -> list[BrandMention]:
    return [mention for text in texts for mention in brands.named(text.plain, text.folded, text.words, text.where)]


def _borrowed(author: EmailAddr | None, urls: tuple[Url, ...]) -> list[BrandMention]:
    """Brands that stand in the author's address or in the links, theirs or not."""
    found: dict[tuple[str, str], BrandMention] = {}
    hosts = [("address", author.domain)] if author and author.domain not in freemail.domains() else []
    hosts += [("link", url.host) for url in urls[:200] if url.clickable and url.host]
    for where, host in dict.fromkeys(hosts):
        brand = brands.owner_of(host) or brands.in_host(host)
        if brand:
            mention = BrandMention(brand.id, brand.name, brand.name_ja, brand.sector, host, where, brand.domains)
            found.setdefault((brand.id, where), mention)
    return list(found.values())


def _service(phrases: Iterable[Phrase], named: tuple[BrandMention, ...], texts: list[_Text], rules: Lexicon) -> str:
    """The sector that weighs most; the mail's name for itself counts more than its subject, that more than its text."""
    score: dict[str, float] = {}
    phrases = tuple(phrases)
    for where in _WEIGHT:
        for sector in {mention.sector for mention in named if mention.where == where}:
            score[sector] = score.get(sector, 0) + _WEIGHT[where]
    for phrase in phrases:
        keys = [key for key in (("claim", phrase.id), ("ask", phrase.id)) if key in rules.rules]
        service = next((rules.rules[key].service for key in keys), "")
        if service:
            score[service] = score.get(service, 0) + _WEIGHT[phrase.where] + 0.5
    if any(text.where == "display_name" and _MAIL_ADMINISTRATOR.search(text.folded) for text in texts):
        score["webmail"] = score.get("webmail", 0) + _WEIGHT["display_name"] / 2
    if not score:
        return ""
    best, weight = max(score.items(), key=lambda item: (item[1], item[0]))
    # A brand that is merely named somewhere in the text makes no pretence, unless the text wants something.
    return best if weight >= _ENOUGH_WEIGHT or (phrases and len(score) == 1) else ""


def _with_server_login(asks: list[Phrase], claims: list[Phrase], service: str, urls: tuple[Url, ...]) -> list[Phrase]:
    """A notice of the hoster or mail server with a link to follow is after the login there, said or not."""
    if service not in _SERVICES_OF_SERVERS or any(ask.id == "server_login" for ask in asks):
        return asks
    claim = next((claim for claim in claims if claim.id in _SERVER_CLAIMS), None)
    linked = any(url.clickable for url in urls) or any(ask.id in _LINK_ASKS for ask in asks)
    if not claim or not linked:
        return asks
    follow = next((ask for ask in asks if ask.id in _LINK_ASKS), claim)
    return [Phrase("server_login", follow.text, follow.where), *asks]


def _own(author: EmailAddr | None, vantage: Vantage) -> bool:
    mine = vantage.own_domains or vantage.inferred_domains
    return author is not None and any(author.domain == own or author.domain.endswith(f".{own}") for own in mine)


def _target(
    claims: list[Phrase],
    asks: list[Phrase],
    service: str,
    texts: list[_Text],
    urls: tuple[Url, ...],
    from_own: bool,
    rules: Lexicon,
) -> str:
    ids = {claim.id for claim in claims}
    wants = ids | {ask.id for ask in asks}
    if service in _SERVICES_OF_SERVERS and wants & (_SERVER_CLAIMS | {"server_login"}):
        heads = " ".join(text.folded for text in texts if text.where != "body")
        to_role = any(_ROLE_ACCOUNT.search(f"{url.query[:500]} {url.fragment[:500]}") for url in urls[:50])
        if service == "hosting" or to_role or (from_own and _ADMINISTRATOR.search(heads)):
            return "server_administrator"
        return "mailbox_user"
    targets = [rules.rules["claim", claim.id].target for claim in claims]
    for target in ("employee", "server_administrator", "mailbox_user", "customer"):
        if target in targets:
            return target
    if service in _CUSTOMER_SECTORS and (claims or asks):
        return "customer"
    if service == "payroll":
        return "employee"
    return "anyone" if "anyone" in targets else ""


def _has(letters: re.Pattern[str], text: str, enough: int) -> bool:
    return sum(1 for _ in islice(letters.finditer(text), enough)) == enough


def _language(texts: list[_Text]) -> str:
    """The language by script, or by its commonest words; "" when the text is too short to tell."""
    plain = " ".join(text.plain for text in texts)[:4_000]
    if not plain.isascii() and _SCRIPTS.search(plain):
        if _has(_KANA, plain, _ENOUGH_WORDS):
            return "ja"
        if _has(_HANGUL, plain, _ENOUGH_WORDS):
            return "ko"
        if _has(_HAN, plain, _ENOUGH_WORDS + 1):
            return "zh"
        if _has(_CYRILLIC, plain, len(plain) // 2 + 1):
            return "ru"
    found = frozenset().union(*(text.words.words for text in texts)) if texts else frozenset()
    best = max(_COMMON, key=lambda language: len(_COMMON[language] & found))
    return best if len(_COMMON[best] & found) >= _ENOUGH_WORDS else ""
