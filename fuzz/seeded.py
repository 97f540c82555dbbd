"""Puts known bugs into a copy of the tree, one at a time, and sees whether the tests catch each.

`python -m fuzz.seeded [WORD ...]` runs the patches of fuzz/bugs/ whose name holds one of the words. A bug that no test
catches shows which test is missing. 1 is the exit code then, and where a patch does not apply any more.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_PROJECT = Path(__file__).resolve().parent.parent
_BUGS = Path(__file__).resolve().parent / "bugs"
_COPIED = ("src", "tests", "samples", "bench", "docs", "pyproject.toml")
_TESTS = ("tests/mail", "tests/facts", "tests/protocols", "tests/files", "tests/test_properties.py")
_WORK = _PROJECT / ".fuzz"
_PATIENCE = 900


@dataclasses.dataclass
class Outcome:
    """What became of a bug: `caught` by the test named, or not; `broken` where the patch does not apply."""

    name: str
    why: str
    seconds: float = 0.0
    caught: str = ""
    broken: str = ""


def _tests_for(patch: str) -> list[str]:
    """The tests that exist, those beside the changed module first: most bugs fall there."""
    changed = next(line[6:] for line in patch.splitlines() if line.startswith("+++ b/"))
    beside = Path("tests") / Path(changed).relative_to("src/sabaki").parent / f"test_{Path(changed).name}"
    wanted = [str(beside), *_TESTS]
    return [test for test in wanted if (_PROJECT / test).exists()]


def copy_tree(into: Path) -> None:
    """A copy of what the tests need."""
    skipped = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in _COPIED:
        source = _PROJECT / name
        if source.is_dir():
            shutil.copytree(source, into / name, ignore=skipped)
        else:
            shutil.copy2(source, into / name)


def try_bug(path: Path, tree: Path, left_out: list[str]) -> Outcome:
    """Apply one patch in `tree`, run the tests, and take it out again."""
    patch = path.read_text("utf-8")
    outcome = Outcome(path.stem, patch.partition("\n")[0])
    applied = subprocess.run(
        ["patch", "--strip=1", "--silent", "--no-backup-if-mismatch"], cwd=tree, input=patch.encode(), check=False
    )
    if applied.returncode:
        outcome.broken = "the patch does not apply"
        return outcome
    start = time.monotonic()
    tests = _tests_for(patch)
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-header", *tests]
    command += [f"--deselect={test}" for test in left_out]
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ran = subprocess.run(command, cwd=tree, env=environment, capture_output=True, check=False, timeout=_PATIENCE)
        output = ran.stdout.decode("utf-8", "replace")
        failed = [line for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))]
        outcome.caught = failed[0].split(" - ")[0][7:90] if ran.returncode == 1 and failed else ""
        if ran.returncode not in (0, 1):
            outcome.broken = f"the tests did not run (exit {ran.returncode})"
    except subprocess.TimeoutExpired:
        outcome.caught = "the tests never ended"
    outcome.seconds = time.monotonic() - start
    subprocess.run(
        ["patch", "--strip=1", "--silent", "--reverse", "--no-backup-if-mismatch"],
        cwd=tree,
        input=patch.encode(),
        check=True,
    )
    return outcome


def fails_anyway(tree: Path) -> list[str]:
    """The tests that fail without any bug: they catch nothing, and are left out. Raises RuntimeError if none ran."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header"]
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    tests = [test for test in _TESTS if (tree / test).exists()]
    ran = subprocess.run([*command, *tests], cwd=tree, env=environment, capture_output=True, check=False)
    output = ran.stdout.decode("utf-8", "replace")
    if ran.returncode not in (0, 1):
        raise RuntimeError(f"the tests did not run (exit {ran.returncode}):\n{output[-2_000:]}")
    return [
        line.split(" - ")[0].split(" ", 1)[1] for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))
    ]


def main(words: list[str]) -> int:
    """Run. 1 when a bug got through."""
    paths = [path for path in sorted(_BUGS.glob("*.patch")) if not words or any(word in path.stem for word in words)]
    outcomes = []
    _WORK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="seeded-", dir=_WORK) as folder:
        tree = Path(folder)
        copy_tree(tree)
        left_out = fails_anyway(tree)
        for test in left_out:
            print(f"fails without any bug, left out: {test}", flush=True)
        for path in paths:
            one = try_bug(path, tree, left_out)
            outcomes.append(one)
            mark = "caught " if one.caught else "MISSED "
            print(f"{mark} {one.name:28} {one.seconds:6.1f} s  {one.caught or one.broken or one.why}", flush=True)
    caught = sum(bool(one.caught) for one in outcomes)
    print(f"\n{caught} of {len(outcomes)} caught")
    return int(caught < len(outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
