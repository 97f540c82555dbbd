"""Known brands: where a text names one, whose a domain is, and whose name a host borrows."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise

import re2
from msgspec import Struct

from sabaki.facts.folding import clean, fold
from sabaki.facts.literals import Words, pairs_in, words
from sabaki.facts.lookalikes import japanese_shapes, loosely, skeleton, within_one_edit, without_slips
from sabaki.mail.domains import public_suffix, registrable_domain, to_unicode
from sabaki.model.case import BrandMention

_LONGEST_TEXT = 40_000
_LONGEST_HOST = 512
_LONGEST_NAME = 500
_SHORTEST_SHAPE = 4
"""A Japanese name needs so many characters to be known by its looks."""
_IN_SIGHT = ("display_name", "subject")
_MAILBOXES_SKIPPED = 5
_LETTERS = string.ascii_letters + string.digits
_DISTINCTIVE = 6
"""A token of so many letters counts inside a longer word ("myamazonlogin"); a shorter one only as a piece."""
_LONGEST_PLACE = 4
_SHORTEST_LABEL, _LOOSE_LABEL, _ONE_OFF = 4, 6, 8
_END = 3
"""The name of a brand's domain needs so many letters to be known by its looks, without its hyphens, and with one letter wrong."""
_DISGUISED, _MISSPELT = 5, 6
"""A name disguised with digits needs so many letters, one of letters alone so many ("appie" is another name)."""
_TLD_BRANDS_SHUN = frozenset(
    {"cn", "top", "xyz", "icu", "cc", "tk", "ml", "ga", "cf", "gq", "ru", "su", "buzz", "click", "shop", "club", "vip"}
    | {"online", "site", "live", "fun", "space", "website", "cyou", "cfd", "sbs", "bond", "rest", "monster", "lol"}
)
_COMPANY_SUFFIXES = frozenset({"co.jp", "go.jp", "ac.jp", "lg.jp", "ed.jp", "ad.jp", "gov", "mil", "edu", "gov.uk"})
"""Suffixes under which a registrant must be the organisation it says it is."""

_COMPANIONS = frozenset(
    "login signin account accounts id secure security verify verification support service services update customer "
    "billing payment pay help member members mypage my auth confirm online card bank portal alert notice info mail "
    "webmail office reset unlock recovery web app wallet track tracking parcel delivery package post com co jp net "
    "konto kunde kunden kundencenter kundenservice sicherheit zahlung rechnung paket sendung anmelden banking tan "
    "compte client clients espace securite paiement facture colis livraison connexion cuenta cliente clientes seguro seguridad "
    "acceso pago pagos envio conto clienti sicurezza accesso verifica pagamento pacco spedizione conta acesso seguranca "
    "entrega fatura mijn klant klanten veilig betaling pakket bezorging inloggen".split()
)
_FEDERATIONS = {"sparkasse": "sparkasse", "volksbank": "volksbank"}
"""Brands whose hundreds of local institutes each have a domain of their own, by the word that their names share."""
_FEDERATION_SUFFIXES = frozenset({"de", "at"})
_NO_PLACES = frozenset(
    "push s aktuell aktualisierung aktualisieren bestaetigen bestaetigung update daten nachricht nachrichten postfach "
    "verifizierung verifizieren legitimation mitteilung hilfe id check direkt mobil neu registrierung freischaltung sperre "
    "entsperren verfahren pushtan finanz internet filiale portal meine mein ihre app".split()
)
_STRICT_BEFORE = r"(?:^|[\[【「『(<\"'|:/*]|\bdear |\byour |\bfrom |\bmy )[\s.*_~-]{0,4}"
_STRICT_AFTER = (
    r"[\s.*_~,™®©:-]{0,6}(?:$|[\]】」』)>\"'|]|(?:support|team|security|account|accounts|service|services|customer|"
    r"bank|card|id|online|notification|notifications|notice|alert|alerts|wallet|help|helpdesk|center|centre|department|"
    r"delivery|billing|member|membership|mail|verification|update|user|client|kundenservice|klantenservice|info|"
    r"no-?reply|administrator|admin|express|store|reward|rewards|finance|live|via)\b|"
    r"カード|銀行|アカウント|サポート|カスタマー|会員|お客様|事務局|運営|公式|株式会社|ペイ|マイレージ|サービス|からの|より|お知らせ|メール|センター|id|\()"
)


class Brand(Struct, frozen=True):
    """A brand. `aliases` are folded and matched anywhere, `strict` only where nothing else can be meant.

    `tokens` stand for it in host names, `weak_tokens` only beside a companion such as "login".
    `domains` are its own registrable domains.
    """

    id: str
    name: str
    name_ja: str
    sector: str
    aliases: tuple[str, ...] = ()
    strict: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    weak_tokens: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


class _Alias(Struct, frozen=True):
    text: str
    brand: Brand
    strict: bool

    @property
    def pattern(self) -> str:
        """What a strict alias must stand between."""
        return f"{_STRICT_BEFORE}{re2.escape(self.text)}{_STRICT_AFTER}"


class _Table(Struct, frozen=True):
    brands: tuple[Brand, ...]
    by_domain: dict[str, Brand]
    by_token: dict[str, Brand]
    by_weak_token: dict[str, Brand]
    long_tokens: tuple[str, ...]
    by_looks: dict[str, Brand]
    by_label: dict[str, Brand]
    by_label_looks: dict[str, Brand]
    by_shape: dict[str, _Alias]
    by_word: dict[str, tuple[_Alias, ...]]
    by_pair: dict[int, tuple[_Alias, ...]]
    shared: frozenset[str]
    version: str


def mentions(text: str, where: str) -> tuple[BrandMention, ...]:
    """The brands that a text names, each once, in the order of their first place. `where` is passed through.

    The text quoted is as written, a lookalike letter in it kept.
    """
    plain = clean(text[:_LONGEST_TEXT])
    folded = fold(plain)
    return named(plain, folded, words(folded), where)


def named(plain: str, folded: str, text: Words, where: str) -> tuple[BrandMention, ...]:
    """As `mentions`, for text that is cleaned, folded and taken into words already."""
    table = _table()
    candidates = [alias for word in table.by_word.keys() & text.words for alias in table.by_word[word]]
    candidates += [alias for pair in table.by_pair.keys() & text.pairs for alias in table.by_pair[pair]]
    found: dict[str, tuple[int, int, Brand]] = {}
    for alias in candidates:
        place = _place(alias, folded)
        if place and (alias.brand.id not in found or place < found[alias.brand.id][:2]):
            found[alias.brand.id] = (*place, alias.brand)
    if where in _IN_SIGHT and not folded.isascii():
        for start, end, brand in _in_shape(folded, table):
            found.setdefault(brand.id, (start, end, brand))
    ordered = sorted(found.values(), key=lambda hit: (hit[0], -hit[1], hit[2].id))
    return tuple(_mention(brand, plain[start:end], where) for start, end, brand in _outermost(ordered))


def _in_shape(folded: str, table: _Table) -> Iterator[tuple[int, int, Brand]]:
    """Where a Japanese name stands by its looks only: 楽天力ード with the kanji 力."""
    shapes = japanese_shapes(folded)
    starts = _by_first_two()
    called = {place for first, second in pairwise(shapes) for place in starts.get(first + second, ())}
    for _, shape in sorted(called):
        start, alias = shapes.find(shape), table.by_shape[shape]
        if start >= 0 and alias.text not in folded:
            yield start, start + len(shape), alias.brand


@cache
def _by_first_two() -> dict[str, list[tuple[int, str]]]:
    """The shapes of Japanese names, each with its place in the table, by their first two letters."""
    found: dict[str, list[tuple[int, str]]] = {}
    for place, shape in enumerate(_table().by_shape):
        found.setdefault(shape[:2], []).append((place, shape))
    return found


def disguised(text: str) -> tuple[Brand, str] | None:
    """A brand whose Japanese name is written in characters that only look like its own, and what is written; None if there is none.

    Dashes for long vowels and hiragana for katakana of the same shape are no disguise.
    """
    if text.isascii():
        return None
    plain = clean(text[:_LONGEST_NAME])
    folded = fold(plain)
    for start, end, brand in _in_shape(folded, _table()):
        written = without_slips(folded[start:end])
        if not any(written == without_slips(alias) for alias in brand.aliases):
            return brand, plain[start:end]
    return None


def _place(alias: _Alias, folded: str) -> tuple[int, int] | None:
    """Where an alias stands; what follows an "@" is a mailbox at a provider, and no claim to be it."""
    if alias.text not in folded:
        return None
    if not alias.strict:
        return _place_anywhere(alias.text, folded)
    offset = 0
    for _ in range(_MAILBOXES_SKIPPED):
        match = _compiled(alias.pattern).search(folded[offset:])
        if not match:
            return None
        start = folded.find(alias.text, offset + match.start(), offset + match.end())
        if start == 0 or folded[start - 1] != "@":
            return start, start + len(alias.text)
        offset = start + len(alias.text)
    return None


def _place_anywhere(name: str, folded: str) -> tuple[int, int] | None:
    """As `_place`, for a name that may stand anywhere as a whole word (where it begins or ends with a letter of ASCII)."""
    skipped = 0
    start = folded.find(name)
    while start >= 0 and skipped < _MAILBOXES_SKIPPED:
        end = start + len(name)
        if _goes_on(name[0], folded[max(0, start - 1) : start]) or _goes_on(name[-1], folded[end : end + 1]):
            start = folded.find(name, start + 1)
            continue
        if start == 0 or folded[start - 1] != "@":
            return start, end
        skipped += 1
        start = folded.find(name, end)
    return None


def _goes_on(letter: str, beside: str) -> bool:
    """Whether a word goes on beyond its outermost letter; Japanese has no bounds of words."""
    return beside != "" and letter in _LETTERS and (beside in _LETTERS or beside == "_")


def _outermost(hits: list[tuple[int, int, Brand]]) -> list[tuple[int, int, Brand]]:
    """Without those that stand inside a longer name: 楽天 in 楽天銀行 is not the shop."""
    kept: list[tuple[int, int, Brand]] = []
    for start, end, brand in hits:
        if not any(first <= start and end <= last and last - first > end - start for first, last, _ in kept):
            kept.append((start, end, brand))
    return kept


def _mention(brand: Brand, text: str, where: str) -> BrandMention:
    return BrandMention(brand.id, brand.name, brand.name_ja, brand.sector, text, where, brand.domains)


def owner_of(domain: str) -> Brand | None:
    """The brand whose a domain or host is: one of its domains, or below one. None where anybody can publish there."""
    name = domain.lower().rstrip(".")[:_LONGEST_HOST]
    table = _table()
    labels = name.split(".")
    for depth in range(len(labels) - 1):
        parent = ".".join(labels[depth:])
        if parent in table.shared or (depth and f".{parent}" in table.shared):
            return None
        if parent in table.by_domain:
            return table.by_domain[parent]
    return None


def in_host(host: str) -> Brand | None:
    """The brand whose name a host carries although the host is no known brand's.

    A name counts as a whole label, as a piece between hyphens and digits, as one of the brand's domains inside the
    host ("amazon.co.jp.example.top"), and inside a longer word when it is long enough to mean nothing else; and where
    a label or a piece between hyphens only looks like it ("paypa1"), or the registrable name looks like one of the brand's
    domains ("аmazon.com" with a Cyrillic а, "rnufg.jp", "smbccard.com").
    """
    return _in_host(host[:_LONGEST_HOST].lower())


@lru_cache(maxsize=4_096)
def _in_host(host: str) -> Brand | None:
    written = to_unicode(host).rstrip(".")
    name = fold(clean(written))
    if "." not in name or owner_of(written):
        return None
    if posing := owner_of(name):
        return posing
    table = _table()
    published = _published_below(name, table.shared)
    if published is not None:
        return _in_pieces(published, table, frozenset(_pieces(published))) if published else None
    suffix = public_suffix(name) or name.rpartition(".")[2]
    own = registrable_domain(name) or name
    label = own.removesuffix("." + suffix)
    below = name.removesuffix(own).rstrip(".")
    if _local_institute(label, suffix):
        return None
    inside = _domain_inside(name.removesuffix("." + suffix), table)
    if inside:
        return inside
    companions = frozenset(_pieces(name.removesuffix("." + suffix)))
    by_itself = _in_pieces(below, table, companions) if below else None
    if by_itself or suffix in _COMPANY_SUFFIXES:
        return by_itself
    # A brand's name alone under an ordinary suffix is most often the brand's own, in a country that we do not know.
    if label in table.by_token and suffix not in _TLD_BRANDS_SHUN:
        return None
    return _in_pieces(label, table, companions) or _like_a_domain(label, table)


def misspelt(domain: str) -> Brand | None:
    """The brand of one of whose domains a name is one letter off, in names of eight or more; not where only the end differs."""
    label = _registered_label(domain.lower())
    if len(label) < _ONE_OFF or owner_of(domain):
        return None
    table, ends = _table(), _by_ends()
    # One edit touches two neighbours at most: in a name of eight letters either the first three or the last three are left.
    for _, known in sorted({*ends.get(label[:_END], ()), *ends.get(f"~{label[-_END:]}", ())}):
        if known == label:
            return None
        if within_one_edit(known, label):
            return None if known.startswith(label) or label.startswith(known) else table.by_label[known]
    return None


@cache
def _by_ends() -> dict[str, tuple[tuple[int, str], ...]]:
    """The names of the brands' domains that may be misspelt, each with its place, by their first letters and (behind "~") last."""
    found: dict[str, list[tuple[int, str]]] = {}
    for place, label in enumerate(_table().by_label):
        for end in (label[:_END], f"~{label[-_END:]}") if len(label) >= _ONE_OFF else ():
            found.setdefault(end, []).append((place, label))
    return {end: tuple(labels) for end, labels in found.items()}


def _like_a_domain(label: str, table: _Table) -> Brand | None:
    """The brand whose domain's name looks like a label that is not it, hyphens and doublings overlooked in longer names.

    A short name that differs by one plain letter is another name ("appie"); one in which two letters pose as one is not ("rnufg").
    """
    looks = skeleton(label)
    shortest = _DISGUISED if not label.isalpha() or len(looks) != len(label) else _MISSPELT
    if label in table.by_label or len(label) < shortest:
        return None
    return table.by_label_looks.get(looks) or table.by_label_looks.get(f"~{loosely(looks)}")


def _registered_label(domain: str) -> str:
    own = registrable_domain(domain) or domain
    return to_unicode(own.removesuffix(f".{public_suffix(own)}"))


def of_local_institute(domain: str, brand_id: str) -> bool:
    """Whether a domain is named as the local institutes of a federation name theirs ("sparkasse-musterstadt.de")."""
    own = registrable_domain(domain) or domain
    suffix = public_suffix(own) or own.rpartition(".")[2]
    return (
        brand_id in _FEDERATIONS and _local_institute(own.removesuffix(f".{suffix}"), suffix) == _FEDERATIONS[brand_id]
    )


def _local_institute(label: str, suffix: str) -> str | None:
    """The federation's word, where a label is that word and a place, and no word of bait ("sparkasse-kundenservice")."""
    pieces = label.split("-")
    if suffix not in _FEDERATION_SUFFIXES or not 2 <= len(pieces) <= _LONGEST_PLACE:
        return None
    word = next((word for word in _FEDERATIONS.values() if word in (pieces[0], pieces[-1])), None)
    places = [piece for piece in pieces if piece != word]
    named = word and places and all(piece.isalpha() and piece not in _COMPANIONS | _NO_PLACES for piece in places)
    return word if named else None


def _published_below(name: str, shared: frozenset[str]) -> str | None:
    """What its publisher chose of a host on a shared platform; None where the host is on none."""
    labels = name.split(".")
    for depth in range(len(labels) - 1):
        parent = ".".join(labels[depth:])
        if parent in shared or f".{parent}" in shared:
            return ".".join(labels[:depth])
    return None


def _pieces(text: str) -> list[str]:
    return "".join(char if char.isalpha() else " " for char in text).split()


def _domain_inside(front: str, table: _Table) -> Brand | None:
    labels = front.split(".")
    for start in range(len(labels)):
        for length in (2, 3, 4):
            inside = ".".join(labels[start : start + length])
            if start + length <= len(labels) and inside in table.by_domain:
                return table.by_domain[inside]
    return None


def _in_pieces(text: str, table: _Table, companions: frozenset[str]) -> Brand | None:
    for label in text.split("."):
        for part in (label, *label.split("-"), *_pieces(label)):
            if part in table.by_token:
                return table.by_token[part]
            if part in table.by_weak_token and (companions - {part}) & _COMPANIONS:
                return table.by_weak_token[part]
        for token in table.long_tokens:
            if token in label:
                return table.by_token[token]
        for part in (label, *label.split("-")):
            if brand := _looking_like(part, table):
                return brand
    return None


def _looking_like(part: str, table: _Table) -> Brand | None:
    """The brand whose name a piece looks like without being it."""
    if part in table.by_weak_token or len(part) < (_MISSPELT if part.isalpha() else _DISGUISED):
        return None
    return table.by_looks.get(skeleton(part))


def version() -> str:
    """The state of our table of brands."""
    return _table().version


def known() -> tuple[Brand, ...]:
    """Every brand of the table."""
    return _table().brands


@cache
def _compiled(pattern: str) -> re2._Regexp:
    return re2.compile(pattern)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(", ") if part.strip())


def _brand(id: str, sector: str, row: list[str]) -> Brand:
    name, name_ja, aliases, tokens, domains = row
    listed = _listed(aliases)
    strict = {fold(clean(alias[1:])) for alias in listed if alias.startswith("^")}
    plain = {fold(clean(alias)) for alias in (name, name_ja, *listed) if alias and not alias.startswith("^")} - strict
    return Brand(
        id,
        name,
        name_ja,
        sector,
        tuple(sorted(plain)),
        tuple(sorted(strict)),
        tuple(token for token in tokens.split() if not token.startswith("?")),
        tuple(token[1:] for token in tokens.split() if token.startswith("?")),
        tuple(domains.split()),
    )


def _read() -> tuple[list[Brand], frozenset[str], str]:
    document = tomllib.loads(resources.files("sabaki.data").joinpath("brands.toml").read_text("utf-8"))
    state = document.pop("version")
    shared = frozenset(document.pop("shared")["hosts"].split())
    found = [_brand(id, sector, row) for sector, rows in document.items() for id, row in rows.items()]
    return found, shared, state


def _most_telling_word(alias: _Alias) -> str:
    return max(words(alias.text).words, key=len, default="")


def _by_looks(found: list[Brand]) -> dict[str, Brand]:
    tokens = [(token, brand) for brand in reversed(found) for token in (*brand.weak_tokens, *brand.tokens)]
    return {skeleton(token): brand for token, brand in tokens if len(token) >= _DISGUISED and token.isalpha()}


def _labels(found: list[Brand]) -> tuple[dict[str, Brand], dict[str, Brand]]:
    """The names of the brands' domains, and what they look like (behind "~": without hyphens and doublings)."""
    labels: dict[str, Brand] = {}
    for brand in found:
        for domain in brand.domains:
            label = _registered_label(domain)
            if len(label) >= _SHORTEST_LABEL:
                labels.setdefault(label, brand)
    looks = {skeleton(label): brand for label, brand in labels.items()}
    looks |= {f"~{loosely(skeleton(label))}": brand for label, brand in labels.items() if len(label) >= _LOOSE_LABEL}
    return labels, looks


@cache
def _table() -> _Table:
    found, shared, state = _read()
    aliases = [_Alias(text, brand, strict=False) for brand in found for text in brand.aliases]
    aliases += [_Alias(text, brand, strict=True) for brand in found for text in brand.strict]
    by_word: dict[str, list[_Alias]] = {}
    by_pair: dict[int, list[_Alias]] = {}
    for alias in aliases:
        if alias.text.isascii():
            by_word.setdefault(_most_telling_word(alias), []).append(alias)
        else:
            by_pair.setdefault(next(iter(pairs_in(alias.text[:2]))), []).append(alias)
    by_token: dict[str, Brand] = {}
    by_domain: dict[str, Brand] = {}
    for brand in found:
        for token in brand.tokens:
            by_token.setdefault(token, brand)
        for domain in brand.domains:
            by_domain.setdefault(domain, brand)
    return _Table(
        tuple(found),
        by_domain,
        by_token,
        {token: brand for brand in reversed(found) for token in brand.weak_tokens},
        tuple(token for token in by_token if len(token) >= _DISTINCTIVE),
        _by_looks(found),
        *_labels(found),
        {
            japanese_shapes(alias.text): alias
            for alias in reversed(aliases)
            if not alias.strict and not alias.text.isascii() and len(alias.text) >= _SHORTEST_SHAPE
        },
        {word: tuple(listed) for word, listed in by_word.items()},
        {pair: tuple(listed) for pair, listed in by_pair.items()},
        shared,
        state,
    )
