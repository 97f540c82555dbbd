"""YARA rules of the reader's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from sabaki.files import rules

MARK = 'rule mark { strings: $a = "SABAKI-EXAMPLE-MARKER" condition: $a }'


def test_rules_of_a_directory_match_by_name(tmp_path: Path) -> None:
    (tmp_path / "b.yar").write_text(MARK)
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a.yara").write_text("rule large { condition: filesize > 100 }")
    (tmp_path / "notes.txt").write_text("no rule")
    compiled = rules.compile(tmp_path)
    assert [trait.detail for trait in compiled.match(b"x SABAKI-EXAMPLE-MARKER x")] == ["b:mark"]
    assert [trait.detail for trait in compiled.match(b"x" * 101)] == ["a:large"]
    assert compiled.match(b"") == []


@pytest.mark.parametrize(("text", "says"), [("rule broken {", "b.yar"), ("", "holds no rules")])
def test_faulty_rules_are_named(tmp_path: Path, text: str, says: str) -> None:
    if text:
        (tmp_path / "b.yar").write_text(text)
    with pytest.raises(rules.Faulty, match=says):
        rules.compile(tmp_path)
