"""What is said, in both languages."""

from __future__ import annotations

import re

import pytest

from sabaki.model.authentication import KEY_GONE, UNCHECKED
from sabaki.protocols import arc, dkim, dkimwords, keys, signature, tags

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def sources(*modules: object) -> str:
    from pathlib import Path

    return "".join(Path(str(vars(module)["__file__"])).read_text("utf-8") for module in modules)


@pytest.mark.parametrize("table", ["_FAULTS", "_KEYS", "_REFUSED", "_ENDS", "_CHAIN"])
def test_every_sentence_has_its_twin_and_the_same_gaps(table: str) -> None:
    for id, (en, ja) in getattr(dkimwords, table).items():
        assert JAPANESE.search(ja), id
        assert not JAPANESE.search(en), id
        gaps = re.findall(r"\{(\w+?)(?:_ja)?\}", en)
        assert sorted(gaps) == sorted(re.findall(r"\{(\w+?)(?:_ja)?\}", ja)), id


def test_every_problem_has_words() -> None:
    for id in re.findall(r'Faulty\(\s*"(\w+)"', sources(tags, signature)):
        assert dkimwords.faulty(id, "x")[0]
    for id in re.findall(r'"(key_\w+)"', sources(keys, dkim)):
        if id not in ("key_type", "key_gone"):
            assert dkimwords.key(id, "s1._domainkey.shop.example")[1]
    for id in re.findall(r'_broken\("(\w+)"', sources(arc)):
        assert id in dkimwords._CHAIN


def test_lists_of_names() -> None:
    names = ["x-a", "to", "list-id", "message-id", "mime-version", "subject", "from", "x-b", "x-c", "x-d"]
    en, ja = dkimwords.reach(names, 1_000, 20_000)
    assert en == (
        "From, Subject, To, X-A, List-ID, Message-ID, MIME-Version, X-B, 2 more and 1,000 of 20,000 bytes of the body"
    )
    assert ja.endswith("X-Bほか2件と、本文20,000バイト中の1,000バイト")
    assert dkimwords.reach([], 0, 5)[0] == "0 of 5 bytes of the body"


def test_what_is_unknown() -> None:
    assert "no longer" in dkimwords.unknown(KEY_GONE, "n", ("", ""), ("", ""))[0]
    assert dkimwords.unknown(UNCHECKED, "n", ("offline", "オフライン"), ("", "")) == (
        "not checked (offline)",
        "検証していません（オフライン）",
    )
    assert "for now" in dkimwords.unknown("temperror", "n", ("a", "b"), ("From", "From"))[0]
