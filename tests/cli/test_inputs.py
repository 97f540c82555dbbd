from __future__ import annotations

from pathlib import Path

import pytest

from sabaki.cli.inputs import Input, Unreadable, collect, read

MAIL = b"From: a@example.jp\n\nhello\n"


def test_a_directory_gives_its_files_in_order_and_skips_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.eml", "a.eml", ".hidden", "sub/c.eml", ".git/d.eml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(MAIL)
    assert [source.name for source in collect([str(tmp_path)])] == ["a.eml", "b.eml", "sub/c.eml"]


def test_a_fifo_in_a_directory_is_not_waited_for(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe")
    assert list(collect([str(tmp_path)])) == []


def test_reading_stops_one_byte_beyond_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "large.eml"
    file.write_bytes(MAIL + b"x" * 1000)
    assert len(read(Input("large.eml", file), 100)) == 101


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no such file"):
        list(collect([str(tmp_path / "none.eml")]))
