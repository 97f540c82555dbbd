"""The house is in order: structure, names and promises that no other test would miss."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
import pytest
from click.testing import CliRunner

import sabaki
from sabaki.cli import catalogue, dissect, exits, refresh, replay

PROJECT = Path(__file__).parent.parent
PACKAGE = PROJECT / "src" / "sabaki"
TESTS = PROJECT / "tests"

MAX_FUNCTION = 70
MAX_FILE = 500

# Put together from pieces, so that this file does not hold what it forbids.
REGISTRIES = ("pypi" + ".org", "python" + "hosted", "test." + "pypi", "pkg." + "dev", "conda." + "anaconda")
MACHINE_PATHS = ("/" + "work/", "/" + "root/", "/" + "home/", "/" + "opt/")
FOREIGN_WORDS = (r"\bissue\s+#?\d+", r"\bthis\s+sess" + r"ion\b", r"\bagent\s+sess" + r"ion\b")

OUTSIDE = {".git", ".venv", ".venv-bench", "out", "site", "dist"}


def modules() -> Iterator[Path]:
    yield from sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)


def sources() -> Iterator[Path]:
    for folder in ("src", "tests", "bench", "samples"):
        yield from sorted(path for path in (PROJECT / folder).rglob("*.py") if "__pycache__" not in path.parts)


def tracked() -> list[Path]:
    """The files that git holds or would take in; all files where this is no checkout."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, check=False)
    if done.returncode == 0:
        names = done.stdout.decode().split("\0")
        return sorted(PROJECT / name for name in names if name and (PROJECT / name).is_file())
    return sorted(
        path
        for path in PROJECT.rglob("*")
        if path.is_file()
        and OUTSIDE.isdisjoint(path.relative_to(PROJECT).parts)
        and not any(part.endswith(("cache__", "_cache")) for part in path.parts)
    )


def texts() -> Iterator[tuple[Path, str]]:
    for path in tracked():
        raw = path.read_bytes()
        if b"\0" not in raw and path.suffix not in (".eml", ".png"):
            yield path, raw.decode("utf-8", "replace")


def name_of(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Every function of a file with its length in lines."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_every_module_has_a_test_file_of_the_same_name() -> None:
    exempt = {"__init__.py", "__main__.py", "_version.py"}
    missing = []
    for path in modules():
        inside = path.relative_to(PACKAGE)
        # model/ is types only; checks/ have their examples (below).
        if path.name in exempt or inside.parts[0] in ("data", "checks", "model"):
            continue
        test = TESTS / inside.parent / f"test_{path.name}"
        if not test.exists():
            missing.append(name_of(test))
    assert missing == []


def test_every_check_has_its_examples() -> None:
    checks = [path.relative_to(PACKAGE) for path in modules() if path.relative_to(PACKAGE).parts[0] == "checks"]
    missing = [
        name_of(TESTS / path.with_suffix(".yml"))
        for path in checks
        if path.name != "__init__.py" and not (TESTS / path.with_suffix(".yml")).exists()
    ]
    assert missing == []


def test_every_example_has_its_check() -> None:
    examples = sorted((TESTS / "checks").rglob("*.yml"))
    orphans = [
        name_of(path) for path in examples if not (PACKAGE / path.relative_to(TESTS)).with_suffix(".py").exists()
    ]
    assert orphans == []


def test_functions_and_files_are_of_a_size_to_read() -> None:
    long_functions = [
        f"{name_of(path)}: {name} has {length} lines"
        for path in sources()
        for name, length in functions(path)
        if length > MAX_FUNCTION
    ]
    long_files = [
        f"{name_of(path)} has {count} lines"
        for path in sources()
        if (count := len(path.read_text("utf-8").splitlines())) > MAX_FILE
    ]
    assert long_functions + long_files == []


@pytest.mark.parametrize("forbidden", [*REGISTRIES, *MACHINE_PATHS])
def test_no_registry_and_no_path_of_a_machine_is_named(forbidden: str) -> None:
    pattern = re.compile(rf"(?<![\w.-]){re.escape(forbidden)}")
    assert [name_of(path) for path, text in texts() if pattern.search(text)] == []


@pytest.mark.parametrize("forbidden", FOREIGN_WORDS)
def test_nothing_speaks_of_how_the_work_was_organised(forbidden: str) -> None:
    pattern = re.compile(forbidden, re.IGNORECASE)
    assert [name_of(path) for path, text in texts() if pattern.search(text)] == []


def test_the_readmes_commands_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE))
    used = set()
    for page in (PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *sorted((PROJECT / "docs").rglob("*.md"))):
        used |= set(re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE))
    assert used
    assert used <= targets


def test_links_between_pages_lead_somewhere() -> None:
    pages = (*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"), *(PROJECT / "samples").glob("*.md"))
    broken = [
        f"{name_of(page)} -> {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
        if not re.match(r"[a-z]+:", target) and not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_public_face_is_pinned() -> None:
    assert sabaki.__all__ == [
        "Evidence",
        "Finding",
        "Grade",
        "Label",
        "Limits",
        "Report",
        "Vantage",
        "Verdict",
        "dissect",
    ]
    assert all(getattr(sabaki, name) is not None for name in sabaki.__all__)


def test_no_catch_all_names() -> None:
    vague = re.compile(r"(Manager|Helper|Util|Utils|Processor)$")
    classes = [
        f"{name_of(path)}: {node.name}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and vague.search(node.name)
    ]
    files = [name_of(path) for path in modules() if path.stem in ("util", "utils", "helpers", "misc", "common")]
    assert classes + files == []


def test_the_network_is_imported_in_the_sources_alone() -> None:
    networked = {
        "socket",
        "ssl",
        "http",
        "urllib.request",
        "ftplib",
        "smtplib",
        "imaplib",
        "requests",
        "httpx",
        "aiohttp",
        "httpcore",
    }
    offenders = []
    for path in modules():
        if path.relative_to(PACKAGE).parts[0] == "sources":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                named = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            offenders += [f"{name_of(path)}: {name}" for name in named if networked & {name, name.split(".")[0]}]
    assert offenders == []


def test_every_dependency_is_pinned_with_its_hash() -> None:
    declared = re.search(r"^dependencies = \[(.*?)^\]", (PROJECT / "pyproject.toml").read_text("utf-8"), re.M | re.S)
    assert declared
    wanted = {name.lower() for name in re.findall(r'"([A-Za-z0-9_-]+)', declared[1])}
    for lock in ("core", "dev"):
        blocks = re.split(r"\n(?=\S)", (PROJECT / "requirements" / f"{lock}.lock").read_text("utf-8").strip())
        pinned = {re.split("[=[]", block)[0].lower() for block in blocks}
        assert wanted <= pinned
        assert all("--hash=sha256:" in block for block in blocks)


def test_every_option_and_exit_code_is_documented() -> None:
    page = (PROJECT / "docs" / "cli.md").read_text("utf-8")
    commands = (
        dissect.dissect,
        replay.replay,
        refresh.refresh,
        catalogue.checks,
        catalogue.schema,
        catalogue.completion,
    )
    options = [
        option
        for command in commands
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in (*parameter.opts, *parameter.secondary_opts)
    ]
    codes = [value for name, value in vars(exits).items() if name.isupper()]
    assert options
    assert codes
    assert [option for option in options if f"`{option}" not in page] == []
    assert [code for code in codes if f"| {code} |" not in page] == []


def test_every_limit_and_every_key_of_a_report_is_documented() -> None:
    limits = (PROJECT / "docs" / "limits.md").read_text("utf-8")
    for name, value in msgspec.structs.asdict(sabaki.Limits()).items():
        assert f"| `{name}` | {value:,} |" in limits
    keys = (PROJECT / "docs" / "json.md").read_text("utf-8")
    assert [name for name in sabaki.Report.__struct_fields__ if f"`{name}`" not in keys] == []


def test_the_catalogue_in_the_documentation_is_current() -> None:
    page = CliRunner().invoke(catalogue.checks, ["--markdown"])
    assert page.exit_code == 0
    assert page.output == (PROJECT / "docs" / "checks.md").read_text("utf-8"), "run: make catalogue"


def test_every_page_of_the_documentation_is_in_its_navigation() -> None:
    navigation = (PROJECT / "mkdocs.yml").read_text("utf-8")
    pages = [path.relative_to(PROJECT / "docs").as_posix() for path in (PROJECT / "docs").rglob("*.md")]
    assert [page for page in pages if page not in navigation] == []
