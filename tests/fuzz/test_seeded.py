from __future__ import annotations

from pathlib import Path

import pytest

from fuzz import seeded

BUGS = sorted(seeded._BUGS.glob("*.patch"))


def test_there_are_ten() -> None:
    assert len(BUGS) >= 10


@pytest.mark.parametrize("path", BUGS, ids=lambda path: path.stem)
def test_a_bug_says_what_it_is_and_still_applies(path: Path) -> None:
    patch = path.read_text("utf-8")
    why, _, rest = patch.partition("\n\n")
    assert why.endswith(".")
    changed = next(line[6:] for line in rest.splitlines() if line.startswith("+++ b/"))
    source = (seeded._PROJECT / changed).read_text("utf-8")
    removed = [line[1:] for line in rest.splitlines() if line.startswith("-") and not line.startswith("---")]
    assert removed
    assert [line for line in removed if line not in source] == []
