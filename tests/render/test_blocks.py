from __future__ import annotations

from typing import get_args

from sabaki.render import blocks


def test_every_block_names_its_kind() -> None:
    kinds = [block.kind for block in get_args(blocks.Block)]
    assert len(set(kinds)) == len(kinds) == 12
