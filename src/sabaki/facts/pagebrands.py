"""Whose name a visited page carries: in its title, its headline, its logo, its forms, against the host that shows it; and its language."""

from __future__ import annotations

from collections.abc import Iterator

import re2
from msgspec import Struct

from sabaki.facts import brands
from sabaki.facts.folding import clean, fold
from sabaki.facts.pagestate import Seen
from sabaki.mail import urls

_HEADLINE = 400
"""Characters at the top of a page, where it says who it is."""
_FOOT = 600
_TITLE, _LABELS, _ALTS, _TEXT = 500, 2_000, 50, 40_000
_MANY = 3
"""So many brands in one place are a list (of cards accepted, of shops, of news), and none of them is the page's."""
_SIGN_IN_WITH = re2.compile(
    r"(?i)(?:sign|log) ?(?:in|on|up)? ?(?:with|via|using|through) (?:your )?[\w .&-]{2,25}|continue with [\w .&-]{2,25}|"
    r"(?:google|apple|line|yahoo! ?japan|yahoo|facebook|x|twitter|microsoft|amazon|楽天|dアカウント|github)(?: ?id)?(?:アカウント)?(?:で|を使って|から)(?:ログイン|登録|サインイン|続行|続ける)|"
    r"(?:follow us on|find us on|download on the|get it on|available on|app store|google play|google maps?|google analytics|recaptcha|google の?プライバシー|"
    r"(?:powered|protected|hosted|built) (?:by|with|on))[\w .&-]{0,25}"
)
_COPYRIGHT = re2.compile(r"(?i)(?:©|\(c\)|copyright|all rights reserved|無断転載)[^\n]{0,120}")
_KANA = re2.compile(r"[\x{3041}-\x{3096}\x{30a1}-\x{30fa}]")
_HANGUL = re2.compile(r"[\x{ac00}-\x{d7a3}]")
_HAN = re2.compile(r"[\x{4e00}-\x{9fff}]")
_CYRILLIC = re2.compile(r"[\x{0400}-\x{04ff}]")
_ARABIC = re2.compile(r"[\x{0600}-\x{06ff}]")
_THAI = re2.compile(r"[\x{0e00}-\x{0e7f}]")
_LETTERS = re2.compile(r"\pL")
_SAMPLE = 8_000
_COMMON = {
    tag: frozenset(fold(words).split())
    for tag, words in {
        "en": "the and your to of you for is please with this account password enter sign log in",
        "de": "der die und sie ist nicht mit ihr ihre für bitte passwort anmelden konto ein das",
        "fr": "le la les et vous votre est pour de des veuillez mot passe compte une connexion",
        "es": "el la los de su para usted por favor contraseña cuenta una con iniciar sesión que",
        "it": "il la di per il tuo accedi password conto una con che non sono inserisci",
        "pt": "o a de seu sua para senha conta uma com que não por favor entrar você",
        "nl": "de het een uw en van voor wachtwoord inloggen met niet is je account",
    }.items()
}


class Sighting(Struct, frozen=True):
    """A brand seen on a page. `where` is "title", "headline", "picture", "form" or "foot"; `text` quotes it; `own` is whether the host is the brand's."""

    id: str
    where: str
    text: str
    own: bool = False


def sightings(seen: Seen) -> tuple[Sighting, ...]:
    """The brands that a page speaks for, each with the place that says it loudest. Names in lists and in "sign in with" are left out."""
    owner = _owner(seen.url)
    found: dict[str, Sighting] = {}
    for where, written in _places(seen):
        text = _sound(written)
        mentioned = brands.mentions(
            _SIGN_IN_WITH.sub(" ", text), "subject" if where in ("title", "headline") else "body"
        )
        if where != "title" and len(mentioned) >= _MANY:
            continue
        for mention in mentioned:
            found.setdefault(mention.id, Sighting(mention.id, where, mention.text[:80], mention.id == owner))
    return tuple(found.values())


def of(seen: Seen) -> tuple[str, ...]:
    """The ids of the brands that a page speaks for, as model.visit.View.brands takes them."""
    return tuple(sighting.id for sighting in sightings(seen))


def posed_as(seen: Seen) -> tuple[Sighting, ...]:
    """Those of them that the host does not belong to."""
    return tuple(sighting for sighting in sightings(seen) if not sighting.own)


def language(seen: Seen) -> str:
    """The language of what a person reads there, by its script or its commonest words; what the page says of itself decides the rest.

    A tag of two letters ("ja"), "" where nothing tells.
    """
    text = _sound(f"{seen.title[:_TITLE]} {seen.text[:_SAMPLE]}")
    letters = _count(_LETTERS, text)
    if not letters:
        return _tag(seen.language)
    if _count(_KANA, text) * 20 >= letters or _count(_KANA, text) >= 30:
        return "ja"
    for tag, script in (("ko", _HANGUL), ("zh", _HAN), ("ru", _CYRILLIC), ("ar", _ARABIC), ("th", _THAI)):
        if _count(script, text) * 3 >= letters:
            return "ja" if tag == "zh" and _tag(seen.language) == "ja" else tag
    words = frozenset(fold(clean(text)).split())
    best = max(_COMMON, key=lambda tag: len(_COMMON[tag] & words))
    return best if len(_COMMON[best] & words) >= 2 else _tag(seen.language)


def _places(seen: Seen) -> Iterator[tuple[str, str]]:
    yield "title", seen.title[:_TITLE]
    yield "headline", seen.text[:_HEADLINE]
    yield "picture", "\n".join(alt[:100] for alt in seen.alts[:_ALTS])
    labels = (field.label for form in seen.forms[:_ALTS] for field in form.fields[:_ALTS] if not field.hidden)
    yield "form", "\n".join(labels)[:_LABELS]
    yield "foot", "\n".join(match[0] for match in _COPYRIGHT.finditer(_sound(seen.text[:_TEXT][-_FOOT:])))


def _sound(text: str) -> str:
    """The text without halves of surrogate pairs, which a script can put there and RE2 does not take."""
    return text.encode("utf-8", "replace").decode()


def _owner(url: str) -> str:
    found = urls.parse(url[:4_000], "visit")
    brand = brands.owner_of(found.host) if found and found.host else None
    return brand.id if brand else ""


def _count(pattern: re2._Regexp, text: str) -> int:
    return sum(1 for _ in pattern.finditer(text))


def _tag(written: str) -> str:
    first = written.strip().lower()[:20].replace("_", "-").partition("-")[0]
    return first if len(first) in (2, 3) and first.isascii() and first.isalpha() else ""
