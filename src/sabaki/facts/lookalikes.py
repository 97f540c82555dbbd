"""Characters that look like others: folding them for comparison, and telling disguise from ordinary writing."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import groupby, pairwise

from sabaki.mail.domains import public_suffix, registrable_domain, to_unicode

_LONGEST = 2_000
_LOOSE = 5
"""A name needs so many letters for hyphens and doubled letters to be overlooked: short names meet by chance."""

# What a person takes for a Latin letter. Not the whole table of UTS 39: only what passes at a glance.
_TWINS = {
    "a": "аɑα", "b": "Ьƅ", "c": "сϲƈ", "d": "ԁɗժ", "e": "еҽ", "f": "ғƒ", "g": "ɡԍց", "h": "һհ", "i": "іıɩι",
    "j": "јϳ", "k": "κк", "l": "ӏⅼǀ", "m": "мⅿ", "n": "ոпη", "o": "оοօσ", "p": "рρ", "q": "ԛգ", "r": "гꭇ",
    "s": "ѕꜱʂ", "t": "τт", "u": "υսʋ", "v": "νѵ", "w": "ԝѡω", "x": "хχ", "y": "уүγ", "z": "ᴢʐ",
}  # fmt: skip
_FOLDED = {twin: letter for letter, twins in _TWINS.items() for twin in twins}
_TWIN_OF = dict(_FOLDED)
# Small Cyrillic letters of the shape of Latin capitals.
_FOLDED |= {"в": "b", "н": "h"}
# One shape, several characters, in Japanese. Each folds to the one on the left.
_JAPANESE = {
    "ン": "ソﾝｿ", "ニ": "二", "ロ": "口囗", "カ": "力", "エ": "工", "タ": "夕", "ー": "一‐‑–—―─", "ハ": "八", "ト": "卜",
    "ミ": "三", "チ": "千", "オ": "才", "ヘ": "へ", "ベ": "べ", "ペ": "ぺ", "リ": "り", "ツ": "シ", "イ": "亻",
}  # fmt: skip
_FOLDED |= {twin: shape for shape, twins in _JAPANESE.items() for twin in twins}
_FOLD_JAPANESE = str.maketrans({twin: shape for shape, twins in _JAPANESE.items() for twin in twins})
# Of these, what honest writers and old character tables mix up without any intent.
_SLOPPY = str.maketrans(
    {"-": "ー"} | {twin: shape for shape in "ーヘベペリ" for twin in _JAPANESE[shape] if twin not in "一"}
)
_FOLDED |= {"0": "o", "1": "l", "|": "l", "i": "l", "!": "l", "$": "s", "@": "a"}
_CAPITALS = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕКМНОРСТХУЅІЈ", "abezhikmnoptyxabekmhopctxysij")
_STRIP_MARKS = re.compile("[\u0300-\u036f]")
_FOLD = str.maketrans(_FOLDED)
_PAIRS = (("rn", "m"), ("vv", "w"))

ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u180e\u00ad\u034f\u2061\u2062\u2063\u2064"
_DROP_ZERO_WIDTH = dict.fromkeys(map(ord, ZERO_WIDTH))
_DROP_ZERO_WIDTH |= dict.fromkeys((*range(0x200E, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A)))

_LATIN = "A-Za-z\u00c0-\u024f"
_GREEK = "\u0370-\u03ff"
_CYRIL = "\u0400-\u052f"
_SPLIT_WORD = re.compile(
    rf"[{_LATIN}{_GREEK}{_CYRIL}0-9\u3041-\u30ff\u4e00-\u9fff]"
    rf"[\u200b\u200c\u200d\u2060\ufeff\u180e\u034f\u2061-\u2064]{{1,20}}[{_LATIN}{_GREEK}{_CYRIL}\u3041-\u30ff\u4e00-\u9fff]"
)
_SOFT_HYPHENS = re.compile(rf"[{_LATIN}\u00ad]{{2,60}}")
_INVISIBLE_BREAK = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u180e\u034f\u2061-\u2064]")
_OTHER_ALPHABET = re.compile(rf"[{_GREEK}{_CYRIL}]")
_WORD = re.compile(rf"[{_LATIN}{_GREEK}{_CYRIL}0-9]{{2,80}}")
_STYLED = re.compile("[\U0001d400-\U0001d7cb\u24b6-\u24e9\U0001f130-\U0001f189\u1d00-\u1d22]{3,}")
_OVERRIDE = re.compile("[\u202d\u202e]")
# Letters that no eye tells from Latin ones in the usual typefaces; a stricter set than the twins above.
_STRICT_CYRILLIC = frozenset("аеорсухіѕјһԁԛԝӏАВЕКМНОРСТХУЅІЈ")
_STRICT_GREEK_CAPITALS = frozenset("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")
_STRICT_GREEK = frozenset("οαιν")
_STRICT_LATIN = frozenset("aeopcyxisjABEKMHOPCTXYSIJ")


def normalise(text: str) -> str:
    """Text for matching: compatibility forms as plain ones (NFKC), nothing invisible, lower case. Looks are kept."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text.translate(_DROP_ZERO_WIDTH)).lower()


def skeleton(text: str) -> str:
    """What text looks like: two texts that a person may take for each other have one skeleton.

    For comparing only; both sides must be folded. Looks at the first 2,000 characters.
    """
    return _skeleton(text[:_LONGEST])


@lru_cache(maxsize=4_096)
def _skeleton(text: str) -> str:
    folded = normalise(text.translate(_CAPITALS))
    if not folded.isascii():
        # Marks of Latin, Greek and Cyrillic letters only: the voicing marks of kana make other letters.
        folded = unicodedata.normalize("NFC", _STRIP_MARKS.sub("", unicodedata.normalize("NFD", folded)))
    folded = folded.translate(_FOLD)
    for pair, letter in _PAIRS:
        folded = folded.replace(pair, letter)
    return folded


def japanese_shapes(text: str) -> str:
    """Text with Japanese characters of one shape as one, character for character: "力ード" (with the kanji 力) is "カード"."""
    return text.translate(_FOLD_JAPANESE).replace("-", "ー")


def without_slips(text: str) -> str:
    """As `japanese_shapes`, but only what honest writers mix up as well: dashes for the long vowel, hiragana へ for katakana ヘ."""
    return text.translate(_SLOPPY)


def within_one_edit(first: str, second: str) -> bool:
    """Whether one letter added, dropped, changed, or two neighbours swapped, makes one text the other (or none does)."""
    if first == second:
        return True
    if len(first) > len(second):
        first, second = second, first
    if len(second) - len(first) > 1 or len(second) > _LONGEST:
        return False
    start = next((i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), len(first))
    if len(first) < len(second):
        return first[start:] == second[start + 1 :]
    if first[start + 1 :] == second[start + 1 :]:
        return True
    return first[start : start + 2] == second[start : start + 2][::-1] and first[start + 2 :] == second[start + 2 :]


def resembles(host: str, domain: str) -> str | None:
    """Why a host may be taken for another domain; None where it is that domain, or unlike it.

    "confusable" (the names look alike; in names of five or more hyphens and doubled letters make no difference), "one_letter"
    (one letter off, in names of six or more) or "other_suffix" (the same name under another public suffix).
    """
    mine, theirs = registrable_domain(domain), registrable_domain(host)
    return None if not mine or not theirs or mine == theirs else _resembles(theirs, mine)


@lru_cache(maxsize=4_096)
def _resembles(theirs: str, mine: str) -> str | None:
    name, other = _own_label(mine), _own_label(theirs)
    if name == other:
        return "other_suffix" if len(name) >= 4 else None
    looks, other_looks = skeleton(name), skeleton(other)
    if looks == other_looks or (len(name) >= _LOOSE and loosely(looks) == loosely(other_looks)):
        return "confusable"
    return "one_letter" if len(looks) >= 6 and within_one_edit(looks, other_looks) else None


def loosely(looks: str) -> str:
    """A skeleton without hyphens, a letter that is doubled only once: nobody misses either at a glance."""
    return "".join(letter for letter, _ in groupby(looks.replace("-", "")))


def _own_label(domain: str) -> str:
    suffix = public_suffix(domain)
    return to_unicode(domain.removesuffix("." + suffix))


def has_disguise(text: str) -> str | None:
    """How a line of text (a subject, a name) deceives the eye or a filter; None for ordinary writing.

    "zero-width characters inside words", "mixed alphabets inside a word", "styled letters" (mathematical, enclosed)
    or "reversed direction". Words wholly in one script are ordinary, whatever the script.
    """
    if text.isascii():
        return None
    if _OVERRIDE.search(text):
        return "reversed direction"
    if _SPLIT_WORD.search(text) or _has_soft_hyphens(text):
        return "zero-width characters inside words"
    if _OTHER_ALPHABET.search(text) and any(is_mixed(word) for word in _WORD.findall(text)):
        return "mixed alphabets inside a word"
    return "styled letters" if _STYLED.search(text) else None


def disguised_words(text: str) -> tuple[str, ...]:
    """The words of a text that are broken up by invisible characters or written in mixed alphabets, each once."""
    if text.isascii():
        return ()
    found: list[str] = []
    if _INVISIBLE_BREAK.search(text):
        found += [text[max(0, match.start() - 10) : match.end() + 10] for match in _SPLIT_WORD.finditer(text)]
    if _OTHER_ALPHABET.search(text):
        found += [word for word in _WORD.findall(text) if is_mixed(word)]
    return tuple(dict.fromkeys(found))


def _has_soft_hyphens(text: str) -> bool:
    """Soft hyphens belong into long words; in a short one they are there for a filter."""
    if "\u00ad" not in text:
        return False
    return any("\u00ad" in word.strip("\u00ad") and len(word) <= 12 for word in _SOFT_HYPHENS.findall(text))


def is_mixed(word: str) -> bool:
    """Whether Latin stands with Cyrillic or Greek in one word so that the word passes for one alphabet.

    "аmazon" with a Cyrillic а does; "TNFα", "µTorrent" and "SMSка" are honest.
    """
    if word.isascii():
        return False
    latin = [c for c in word if (c.isascii() and c.isalpha()) or "\u00c0" <= c <= "\u024f"]
    if not latin:
        return False
    cyrillic = [c for c in word if "\u0400" <= c <= "\u052f"]
    if cyrillic:
        return all(c in _STRICT_CYRILLIC for c in cyrillic) or (
            len(latin) < len(cyrillic) and all(c in _STRICT_LATIN for c in latin)
        )
    return any(_is_posing(word, index) for index, c in enumerate(word) if "\u0370" <= c <= "\u03ff")


def _is_posing(word: str, index: int) -> bool:
    """Whether the Greek letter there poses as a Latin one: a capital of one shape, or a small one between Latin letters."""
    if word[index] in _STRICT_GREEK_CAPITALS:
        return len(word) > 2
    inside = 0 < index < len(word) - 1
    return word[index] in _STRICT_GREEK and inside and word[index - 1].isascii() and word[index + 1].isascii()


_VOWELS = frozenset("aeiouy")
_CLUSTERS = re.compile("www|sch|tz|ch|ck|th|sh|ph|ght|st|mc|ll|tt|ss|nn|pp|rr")
"""Consonants that spell one sound, or that stand together in many names."""


def looks_random(label: str) -> bool:
    """Whether a host's label is a jumble that no person would choose. Conservative: names of people and products pass.

    Long runs of consonants, or letters and digits that change again and again.
    """
    return _looks_random(label.lower()) if 7 <= len(label) <= 63 else False


@lru_cache(maxsize=4_096)
def _looks_random(label: str) -> bool:
    if not label.isascii() or label.startswith("xn--"):
        return False
    return any(_is_jumble(piece) for piece in label.split("-") if len(piece) >= 7)


def _is_jumble(piece: str) -> bool:
    letters = sum(character.isalpha() for character in piece)
    digits = len(piece) - letters
    if letters < 4:
        return False
    kinds = [character.isdigit() for character in piece]
    changes = sum(before != after for before, after in pairwise(kinds))
    if digits >= 2 and changes >= 4 and len(piece) >= 8:
        return True
    longest = run = 0
    for character in _CLUSTERS.sub("t", piece):
        run = run + 1 if character.isalpha() and character not in _VOWELS else 0
        longest = max(longest, run)
    vowels = sum(character in _VOWELS for character in piece)
    if longest >= 6 and vowels / letters < 0.25:
        return True
    return letters >= 10 and vowels / letters < 0.15


def plain(text: str) -> str:
    """The Latin reading of text written in twins of Latin letters ("аррӏе" is "apple"); a gentler fold than `skeleton`."""
    folded = normalise(text.translate(_CAPITALS)) if not text.isascii() else text.lower()
    return "".join(_TWIN_OF.get(character, character) for character in folded)


def poses_as_latin(label: str) -> bool:
    """Whether every letter of a word that is not ASCII has a Latin twin: it can be read as a Latin word."""
    return not label.isascii() and plain(label).isascii()


def has_invisible(text: str) -> bool:
    """Whether text holds characters that take no room."""
    return not text.isascii() and any(character in text for character in ZERO_WIDTH)
