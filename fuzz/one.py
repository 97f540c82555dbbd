"""Fuzzes one target in this process, or replays inputs through it: `python -m fuzz.one TARGET [libFuzzer's arguments]`.

With `--replay FOLDER` as second argument nothing is fuzzed: every file of the folder is read once under coverage, and
the share of the target's lines that ran is printed as JSON.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from pathlib import Path

from fuzz.targets import TARGETS, Target


def target(name: str) -> Target:
    """The target of that name. Raises KeyError."""
    return {one.name: one for one in TARGETS}[name]


def _files_of(modules: tuple[str, ...]) -> list[str]:
    specs = [importlib.util.find_spec(module) for module in modules]
    return [spec.origin for spec in specs if spec and spec.origin]


def fuzz(name: str, arguments: list[str]) -> None:
    """Hand the process to libFuzzer; it ends with it."""
    import atheris

    with atheris.instrument_imports(include=["sabaki"], enable_loader_override=False):
        check = target(name).load()
    atheris.Setup([f"fuzz-{name}", *arguments], check)
    atheris.Fuzz()


def replay(name: str, folder: Path) -> float:
    """The share of the lines of the target's modules that the inputs in `folder` reach, in percent."""
    import coverage

    files = _files_of(target(name).counted)
    measured = coverage.Coverage(data_file=None, include=files, messages=False)
    measured.start()
    # What ran at import counts: a module of tables is covered by that.
    check = target(name).load()
    for path in sorted(folder.iterdir()):
        try:
            check(path.read_bytes())
        except Exception as error:  # noqa: BLE001  # it was reported when it was found
            print(f"{path.name}: {type(error).__name__}: {error}", file=sys.stderr)
    measured.stop()
    lines = ran = 0
    for file in files:
        _, statements, _, missing, _ = measured.analysis2(file)
        lines, ran = lines + len(statements), ran + len(statements) - len(missing)
    return 100 * ran / lines if lines else 0.0


if __name__ == "__main__":
    if sys.argv[2:3] == ["--replay"]:
        print(json.dumps(replay(sys.argv[1], Path(sys.argv[3]))))
    else:
        fuzz(sys.argv[1], sys.argv[2:])
