"""Every sign has words in both languages, and every sign in the code has its place here."""

from __future__ import annotations

import re
from pathlib import Path

from sabaki.facts import signwords

FACTS = Path(signwords.__file__).parent


def test_the_table_and_the_code_name_the_same_signs() -> None:
    named = set()
    for module in ("forgery", "hopforms", "hopnames", "hoptimes", "queueids"):
        text = (FACTS / f"{module}.py").read_text("utf-8")
        named |= set(re.findall(r'Sign\("([a-z_]+)"', text))
        named |= set(re.findall(r'Sign\("([a-z_]+)" if \w+ else "[a-z_]+"', text))
        named |= set(re.findall(r'Sign\("[a-z_]+" if \w+ else "([a-z_]+)"', text))
    assert named == set(signwords.SIGNS)


def test_both_languages() -> None:
    for id, meaning in signwords.SIGNS.items():
        assert meaning.en, id
        assert meaning.en.isascii(), id
        assert meaning.ja, id
        assert not meaning.ja.isascii(), id
