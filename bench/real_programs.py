"""Programs that make real files: found where they are installed, never installed, run without a network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_PATIENCE = 120
_ASKED = {
    "7z": [],
    "zip": ["-v"],
    "rar": [],
    "jlha": [],
    "openssl": ["version"],
    "lzip": ["--version"],
    "java": ["-version"],
}
"""How a program is asked for its version, where it is not --version."""
_VERSION = re.compile(r"\d+\.\d+(?:\.\d+)*")
PYTHON = os.environ.get("REAL_PYTHON", sys.executable)
"""The Python whose packages make files: name one where XlsxWriter, openpyxl, pylnk3 ... are installed."""


class Missing(Exception):
    """What would make the file is not here. The message says what is missing."""


def program(name: str) -> str:
    """Where a program is. Raises Missing."""
    found = shutil.which(name)
    if not found:
        raise Missing(f"{name} is not installed")
    return found


@cache
def version(name: str) -> str:
    """A program's name and version."""
    done = subprocess.run(
        [program(name), *_ASKED.get(name, ["--version"])],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=_PATIENCE,
    )
    found = _VERSION.search(done.stdout) or _VERSION.search(done.stderr)
    return f"{name} {found[0]}" if found else name


def run(*command: str, folder: Path, stdin: bytes = b"") -> bytes:
    """Run a program in a folder; what it printed. Raises Missing where it is not installed or does not do it."""
    try:
        done = subprocess.run(
            [program(command[0]), *command[1:]],
            cwd=folder,
            input=stdin,
            capture_output=True,
            check=True,
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired as error:
        raise Missing(f"{command[0]} did not end in {_PATIENCE} s") from error
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout).decode("utf-8", "replace").strip().splitlines() or ["nothing"]
        raise Missing(f"{command[0]} failed: {said[-1][:100]}") from error
    return done.stdout


@cache
def package(name: str) -> str:
    """A Python package's name and version. Raises Missing where the Python that makes files has none."""
    asked = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
    done = subprocess.run([PYTHON, "-c", asked, name], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"the Python package {name} is not installed")
    return f"{name} {done.stdout.strip()}"


def python(name: str, code: str, *arguments: str, folder: Path) -> str:
    """Run code that needs a Python package; the package's name and version."""
    made_by = package(name)
    run(PYTHON, "-c", code, *arguments, folder=folder)
    return made_by


@cache
def _source(project: str, folder: Path) -> Path:
    """A project's source distribution, for the sample files in it."""
    into = folder / f"source-{project}"
    asked = ["--no-deps", "--no-binary", ":all:", "--dest", str(into), project]
    run(sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "download", *asked, folder=folder)
    return next(into.iterdir())


def sample(project: str, ending: str, folder: Path) -> tuple[bytes, str]:
    """A file out of a project's source distribution, and what to call where it is from. Raises Missing."""
    try:
        source = _source(project, folder)
    except Missing as error:
        raise Missing(f"the samples of {project} could not be had ({error})") from error
    made_by = f"sample of {source.name.removesuffix('.zip').removesuffix('.tar.gz')}"
    if source.suffix == ".zip":
        with zipfile.ZipFile(source) as box:
            name = next((name for name in box.namelist() if name.endswith(ending)), None)
            if name:
                return box.read(name), made_by
    else:
        with tarfile.open(source) as tape:
            member = next((member for member in tape if member.isfile() and member.name.endswith(ending)), None)
            held = tape.extractfile(member) if member else None
            if held:
                return held.read(), made_by
    raise Missing(f"{source.name} holds no {ending}")


def without_network() -> Sequence[str]:
    """What to put before a command so that it has no network."""
    program("unshare")
    return ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]


def print_page(page: Path) -> tuple[bytes, str]:
    """A web page of ours, printed to PDF by Chromium without a network; and its version."""
    target = page.with_suffix(".pdf")
    # Its own sandbox wants another user than root. The page is ours, and there is no network.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    run(
        *without_network(),
        program("chromium"),
        "--headless",
        *sandbox,
        "--disable-gpu",
        "--no-pdf-header-footer",
        f"--user-data-dir={page.parent / 'chromium'}",
        f"--print-to-pdf={target}",
        page.as_uri(),
        folder=page.parent,
    )
    if not target.exists():
        raise Missing("chromium printed nothing")
    return target.read_bytes(), version("chromium")


def office(source: Path, kind: str, *, export: str = "", infilter: str = "") -> tuple[bytes, str]:
    """A file converted by LibreOffice, and its version."""
    run(
        "soffice",
        f"-env:UserInstallation={(source.parent / 'office').as_uri()}",
        "--headless",
        *([f"--infilter={infilter}"] if infilter else []),
        "--convert-to",
        f"{kind}:{export}" if export else kind,
        "--outdir",
        str(source.parent / "converted"),
        str(source),
        folder=source.parent,
    )
    target = source.parent / "converted" / f"{source.stem}.{kind}"
    if not target.exists():
        raise Missing(f"LibreOffice wrote no {kind} of {source.name}")
    return target.read_bytes(), version("soffice").replace("soffice", "LibreOffice")


def windows_program() -> bytes:
    """A real program for Windows: the launcher that pip or setuptools bring along."""
    for base in (sys.prefix, sys.base_prefix):
        for place in Path(base).glob("lib/python3*/site-packages"):
            for name in ("setuptools/cli-64.exe", "setuptools/cli.exe", "pip/_vendor/distlib/w64.exe"):
                if (place / name).exists():
                    return (place / name).read_bytes()
    raise Missing("no program for Windows lies about here")
