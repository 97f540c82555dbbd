"""Words of a mail that may be the password of what is attached to it."""

from __future__ import annotations

import re2

_LOOK = 20_000
_LONGEST = 64
_NAMED = re2.compile(
    r"(?i)(?:解凍|展開|開封|閲覧|添付|ZIP|zip|PDF)?(?:パスワード|ﾊﾟｽﾜｰﾄﾞ|パスコード|暗証番号|密码|密碼|비밀번호)"
    r"|\bpass ?(?:words?|codes?|phrase)\b|\bpwd?\b|\bpw\b|\bcontraseña\b|\bmot de passe\b|\bkennwort\b|\bpasswort\b"
)
_BETWEEN = re2.compile(
    r"(?i)^(?:\s|は|を|が|の|：|:|=|＝|-|→|>|is\b|are\b|for\b|the\b|to open\b|file\b|ファイル|以下|次|通り|下記|です|【|「|『|\[|\(|（|\"|'|`|“|‘|\*)*"
)
_WORD = re2.compile(r"[!-~]{3,64}")
_EDGES = "\"'`“”‘’「」『』【】（）()[]<>*,.;:。、"


def candidates(text: str, most: int) -> tuple[str, ...]:
    """What may be a password, the likeliest first: what follows the word for it, then any token that mixes letters and digits.

    At most `most`, out of the first 20,000 characters.
    """
    text = text[:_LOOK]
    found: dict[str, None] = {}
    for named in _NAMED.finditer(text):
        rest = text[named.end() : named.end() + 200]
        between = _BETWEEN.match(rest)
        for word in _WORD.findall(rest[between.end() if between else 0 :])[:2]:
            _add(found, word)
        if len(found) >= most:
            break
    if found:
        for word in _WORD.findall(text):
            if any(character.isdigit() for character in word) and any(character.isalpha() for character in word):
                _add(found, word)
            if len(found) >= most:
                break
    return tuple(found)[:most]


def _add(found: dict[str, None], word: str) -> None:
    """The word as it stands, and without what punctuation may have been added."""
    bare = word.strip(_EDGES)
    for form in (bare, word):
        if 3 <= len(form) <= _LONGEST and "://" not in form:
            found.setdefault(form)
