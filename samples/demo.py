"""Dissects the sample mails: the first one in full, the others a line each. What `make demo` runs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import yaml

import sabaki
from sabaki.files.cell import Cell

_HERE = Path(__file__).resolve().parent
_PROJECT = _HERE.parent
_OUT = _PROJECT / "out"
_SABAKI = Path(sys.executable).parent / "sabaki"


def load() -> dict[str, Any]:
    """What samples.yml says."""
    return dict(yaml.safe_load((_HERE / "samples.yml").read_text("utf-8")))


def mailboxes(name: str) -> tuple[str, ...]:
    """The mailboxes that exist, out of the file of that name."""
    lines = (_HERE / name).read_text("utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def vantage(said: dict[str, Any]) -> sabaki.Vantage:
    """The samples' readers: their servers, domains and mailboxes."""
    return sabaki.Vantage(
        own_hosts=tuple(said["own_hosts"]),
        own_domains=tuple(said["own_domains"]),
        mailboxes=mailboxes(said["mailboxes"]),
    )


def flags(said: dict[str, Any]) -> list[str]:
    """The same for the command line."""
    domains = [flag for domain in said["own_domains"] for flag in ("--own-domain", domain)]
    hosts = [flag for host in said["own_hosts"] for flag in ("--own-host", host)]
    return [*domains, *hosts, "--mailboxes", f"samples/{said['mailboxes']}"]


def run(*arguments: str, output: Path | None = None) -> None:
    """Run the command `sabaki`, its output to the terminal or into a file. Ends the demo when it fails."""
    command = [str(_SABAKI), *arguments]
    if output:
        with output.open("wb") as file:
            done = subprocess.run(command, cwd=_PROJECT, check=False, stdout=file)
    else:
        done = subprocess.run(command, cwd=_PROJECT, check=False)
    if done.returncode:
        sys.exit(f"demo: sabaki {' '.join(arguments)} ended with {done.returncode}")


def show_first(path: str, own: list[str]) -> None:
    """The first sample, in full on the terminal and as HTML, Markdown and JSON."""
    print("$ sabaki dissect", path, " ".join(own), "\n", flush=True)
    run("dissect", path, *own)
    stem = Path(path).stem
    for lang in ("ja", "en"):
        html, markdown = f"out/{stem}.{lang}.html", f"out/{stem}.{lang}.md"
        run("dissect", path, *own, "--lang", lang, "--html", html, "--markdown", markdown, output=Path(os.devnull))
    run("dissect", path, *own, "--json", output=_OUT / f"{stem}.json")


def line(sample: dict[str, Any], report: sabaki.Report) -> str:
    """One sample on one line, marked where the verdict is not one of the right ones."""
    label = report.verdict.label.value
    wrong = "" if label in sample["right"] else f"   (right would be {' or '.join(sample['right'])})"
    return f"  {label:<13}{report.verdict.score:>6g}  {sample['file']:<28}{sample['about']}{wrong}"


def main() -> None:
    """Run the demo."""
    _OUT.mkdir(exist_ok=True)
    said = load()
    first, *others = said["samples"]
    show_first(f"samples/{first['file']}", flags(said["vantage"]))
    print("\nThe other samples (verdict, score, file):\n")
    start = time.perf_counter()
    with Cell() as cell:
        for sample in others:
            report = sabaki.dissect(
                (_HERE / sample["file"]).read_bytes(), name=sample["file"], vantage=vantage(said["vantage"]), cell=cell
            )
            (_OUT / sample["file"]).with_suffix(".json").write_bytes(report.to_json())
            print(line(sample, report))
    print(f"\n{len(others)} mails in {1000 * (time.perf_counter() - start):.0f} ms, offline. Reports are in out/:")
    print(
        "  " + "  ".join(sorted(path.name for path in _OUT.iterdir() if path.stem.startswith(Path(first["file"]).stem)))
    )


if __name__ == "__main__":
    main()
