from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from sabaki.store import holders

_PROJECT = Path(__file__).parents[2] / "src"


def test_each_token_is_another_and_this_process_runs() -> None:
    one, two = holders.me(), holders.me()
    assert one != two
    assert not holders.is_gone(one)


def test_a_process_that_ended_is_gone() -> None:
    command = [sys.executable, "-c", "from sabaki.store import holders; print(holders.me())"]
    token = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(_PROJECT)}, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert holders.is_gone(token)


def test_a_number_that_another_process_has_now_is_not_the_same_process() -> None:
    machine, process, begun, rest = holders.me().split(" ")
    assert holders.is_gone(f"{machine} {process} {int(begun) - 1} {rest}")


def test_of_others_nothing_is_certain() -> None:
    machine, process, begun, rest = holders.me().split(" ")
    for token in (f"elsewhere {process} {begun} {rest}", f"{machine} x {begun} {rest}", rest, "", "a b c"):
        assert not holders.is_gone(token)
