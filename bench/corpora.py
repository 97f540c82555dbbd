"""Runs Sabaki over known mail and prints what it called it, how fast, and beside which parsers.

Reads ../shared/corpora, or the directory that SABAKI_CORPORA names: one folder for each kind of mail; a folder whose
name begins with "ham" or "wanted" holds wanted mail. Mails are read in place, never copied, links never followed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec

from bench import tables
from bench.folder import Folder
from bench.parsers import PARSERS

_PROJECT = Path(__file__).resolve().parent.parent
_BENCH_PYTHON = _PROJECT / ".venv-bench" / "bin" / "python"

Times = dict[str, dict[str, dict[str, float]]]


def corpora() -> Path:
    """The directory with the folders of mail."""
    return Path(os.environ.get("SABAKI_CORPORA") or _PROJECT.parent / "shared" / "corpora")


def folders_of(root: Path, only: list[str]) -> list[Path]:
    """The folders to run over. Exits with a clear line when there are none."""
    if not root.is_dir():
        sys.exit(
            f"bench: no corpora at {os.path.relpath(root)}: put folders of mail there, or name them with SABAKI_CORPORA"
        )
    found = sorted(path for path in root.iterdir() if path.is_dir() and (not only or path.name in only))
    if not found:
        sys.exit(f"bench: no folder {'of that name ' if only else ''}in {os.path.relpath(root)}")
    return found


def dissect(folder: Path, left_out: list[str]) -> Folder:
    """Dissect a folder in a process of its own."""
    command = [sys.executable, "-m", "bench.folder", str(folder), *left_out]
    done = subprocess.run(command, cwd=_PROJECT, stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Folder)


def parse(folder: Path) -> dict[str, dict[str, float]]:
    """The time of merely parsing a folder, for each of the other parsers."""
    times = {}
    for name in PARSERS:
        command = [str(_BENCH_PYTHON), str(_PROJECT / "bench" / "parsers.py"), name, str(folder)]
        done = subprocess.run(command, cwd=_PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
        times[name] = json.loads(done.stdout.splitlines()[-1])
    return times


def show(folders: list[Folder], times: Times, options: argparse.Namespace) -> None:
    """Print the tables."""
    sections = [("What was called what", tables.verdicts(folders))]
    sections += [(f"The same without {prefix}*", tables.verdicts(folders, prefix)) for prefix in options.without]
    sections.append(("What it costs, on one core", tables.costs(folders)))
    if times:
        sections.append(("Mails a second, the whole dissection beside mere parsing", tables.parsers(folders, times)))
    if options.checks:
        sections.append(("How often the strongest twenty checks fire", tables.strongest(folders)))
    for heading, text in sections:
        print(f"\n{heading}\n\n{text}")
    if options.misses:
        print("\nMisses")
        for folder in folders:
            print("\n" + tables.misses(folder, options.misses))
    for folder in folders:
        for raised in folder.raised:
            print(f"\nraised: {folder.name}/{raised.name}: {raised.error}")
        for step, count in folder.faulty_checks.items():
            print(f"\nfaulty: {folder.name}: {step} on {count} mails")


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.corpora", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="*", metavar="FOLDER", help="only these folders of the corpora")
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="list the N worst misses of each folder")
    parser.add_argument("--checks", action="store_true", help="print how often the strongest twenty checks fire")
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="PREFIX",
        help="judge again without findings of this id prefix",
    )
    parser.add_argument("--no-parsers", action="store_true", help="leave out the comparison with other parsers")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every result there")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the bench. 1 when any dissection raised or any check failed, 0 otherwise."""
    options = _options(arguments)
    folders, times = [], {}
    for path in folders_of(corpora(), options.folders):
        print(f"{path.name} ...", file=sys.stderr)
        folders.append(dissect(path, options.without))
        if not options.no_parsers and _BENCH_PYTHON.exists():
            times[path.name] = parse(path)
    if not options.no_parsers and not times:
        print("bench: no .venv-bench here, so no comparison with other parsers (make bench makes it)", file=sys.stderr)
    show(folders, times, options)
    if options.json:
        document = {"folders": folders, "parsers": times, "python": sys.version.split()[0]}
        options.json.write_bytes(msgspec.json.encode(document))
    return int(any(folder.raised or folder.faulty_checks for folder in folders))


if __name__ == "__main__":
    sys.exit(main())
