"""Makes a real file of each kind with a real program, gives it to the command line, and prints what comes back.

`python -m bench.real [WORD ...]` takes those whose name holds one of the words. Nothing is installed: what a program
is missing for is passed over, and why is said. Some formats that no free program writes come out of the source
distributions of projects that carry samples. REAL_PYTHON names a Python with packages that write files (XlsxWriter,
python-docx, pylnk3 ...). 1 is the exit code where something expected is missing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from bench import real_documents, real_mails, real_packs, real_pages
from bench.real_programs import Missing
from bench.real_recipes import RECIPES, Made, Recipe, Wanted

MODULES = (real_mails, real_packs, real_documents, real_pages)
"""Whose recipes there are."""
_SABAKI = Path(sys.executable).parent / "sabaki"
_PATIENCE = 180
_SHOWN = 6
_WEIGHS = 10.0
"""Points from which a finding about a harmless file is wrong."""

Report = dict[str, Any]


class Came(msgspec.Struct):
    """What came back for a file: each list in the order of the reports, without doubles."""

    mails: int = 0
    holders: list[list[str]] = []
    subject: str = ""
    kinds: list[str] = []
    traits: list[str] = []
    findings: dict[str, float] = {}
    hosts: list[str] = []
    passwords: list[str] = []
    texts: str = ""
    unread: list[str] = []


def dissect(made: Made) -> list[Report]:
    """The reports of the command line. Raises RuntimeError where there is none."""
    done = subprocess.run(
        [_SABAKI, "dissect", made.path, "--json"], capture_output=True, text=True, timeout=_PATIENCE, check=False
    )
    reports = list(_documents(done.stdout))
    if done.returncode or not reports:
        said = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
        raise RuntimeError(said[-1][:150])
    return reports


def _documents(text: str) -> Iterator[Report]:
    decoder, position = json.JSONDecoder(), 0
    while position < len(text):
        document, position = decoder.raw_decode(text, position)
        yield document
        position += len(text[position:]) - len(text[position:].lstrip())


def gather(reports: list[Report]) -> Came:
    """What all the reports say together."""
    files = [file for report in reports for file in report["files"]]
    findings: dict[str, float] = {}
    for report in reports:
        for finding in report["findings"]:
            findings[finding["id"]] = max(findings.get(finding["id"], 0.0), finding["weight"])
    texts = [body["text"] for report in reports for body in report["bodies"]]
    return Came(
        mails=len(reports),
        holders=[[holder["kind"] for holder in report["source"]["holders"]] for report in reports],
        subject=reports[0]["subject"]["text"],
        kinds=_once(file.get("kind", "unknown") for file in files),
        traits=_once(trait["id"] for file in files for trait in file.get("traits", ())),
        findings=findings,
        hosts=_once(url["host"] for report in reports for url in report["urls"] if url["host"]),
        passwords=_once(file["password"] for file in files if file.get("password")),
        texts="\n".join([*texts, *(file.get("text", "") for file in files)]),
        unread=_once(file.get("reason", "") for file in files if file.get("state", "ran") != "ran"),
    )


def _once(words: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(words))


def lacks(wanted: Wanted, came: Came) -> list[str]:
    """What was expected and did not come, in words."""
    missing = [f"kind {kind}" for kind in wanted.kinds if kind not in came.kinds]
    missing += [f"trait {trait}" for trait in wanted.traits if trait not in came.traits]
    missing += [f"finding {id}" for id in wanted.findings if id not in came.findings]
    missing += [f"link to {host}" for host in wanted.hosts if host not in came.hosts]
    if wanted.mails != came.mails:
        missing.append(f"{wanted.mails} mails, not {came.mails}")
    if wanted.holders is not None and any(tuple(held) != wanted.holders for held in came.holders):
        missing.append(f"holders {' '.join(wanted.holders) or 'none'}")
    if wanted.subject and came.subject != wanted.subject:
        missing.append(f"the subject, not {came.subject!r}")
    if wanted.password and wanted.password not in came.passwords:
        missing.append("opening it by its password")
    if wanted.text and wanted.text not in came.texts:
        missing.append(f"the text {wanted.text!r}")
    wrong = [
        id for id, weight in came.findings.items() if id in wanted.without or (wanted.harmless and _accuses(id, weight))
    ]
    if wrong:
        missing.append(f"silence about what is harmless ({' '.join(wrong)})")
    if bool(came.unread) != wanted.unread:
        missing.append("some file left shut" if wanted.unread else f"every file read ({came.unread[0]})")
    return missing


def _accuses(id: str, weight: float) -> bool:
    return id.startswith("attachment/") and weight >= _WEIGHS


def row(recipe: Recipe, by: str, came: Came, missing: list[str]) -> str:
    """The lines of the table for one file."""
    held = next(iter(came.holders), [])
    what = " > ".join(held) + (": " if held else "") + (" ".join(came.kinds) or "mail")
    what += f" x{came.mails}" if came.mails > 1 else ""
    # Findings about the files first.
    order = sorted(came.findings, key=lambda name: (not name.startswith("attachment/"), -came.findings[name]))
    found = [f"{id} {came.findings[id]:g}" for id in order if came.findings[id] > 0 or id.startswith("attachment/")]
    more = f" +{len(found) - _SHOWN}" if len(found) > _SHOWN else ""
    state = came.unread[0][:40] if came.unread else "ran"
    links = " ".join(came.hosts[:3]) or "-"
    lines = [
        f"{'! ' if missing else '  '}{recipe.kind:46.46} {by:34.34} {what:26.26} {links:36.36} {state}",
        f"    {', '.join(found[:_SHOWN]) or 'no finding'}{more}",
    ]
    if missing:
        lines.append(f"    missing: {'; '.join(missing)}")
    return "\n".join(lines)


def main(words: list[str]) -> int:
    """Run. 1 where something expected is missing."""
    chosen = [recipe for recipe in RECIPES if not words or any(word in recipe.kind for word in words)]
    print(f"  {'file':46} {'made by':34} {'Sabaki says it is':26} {'links':36} state\n    findings (weight)")
    right, passed, wrong = 0, 0, 0
    with tempfile.TemporaryDirectory(prefix="sabaki-real-") as place:
        for number, recipe in enumerate(chosen):
            folder = Path(place) / str(number)
            folder.mkdir()
            try:
                made = recipe.make(folder)
                came = gather(dissect(made))
            except Missing as error:
                passed += 1
                print(f"- {recipe.kind:46.46} passed over: {error}", flush=True)
                continue
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                wrong += 1
                print(f"! {recipe.kind:46.46} no report: {error}", flush=True)
                continue
            missing = lacks(recipe.wanted, came)
            right, wrong = right + (not missing), wrong + bool(missing)
            print(row(recipe, made.by, came, missing), flush=True)
    print(f"\n{right} as expected of {right + wrong}; {passed} passed over")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
