from __future__ import annotations

from pathlib import Path

from sabaki.cli import exits


def test_every_exit_code_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "cli.md").read_text("utf-8")
    for name, code in vars(exits).items():
        if name.isupper():
            assert f"| {code} |" in page, name
