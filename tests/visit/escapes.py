"""`python -m tests.visit.escapes`: every channel, by root and by a plain user, as a table. Exit code 1 where somebody got out.

Everything runs in a network namespace that has loopback alone; without the right to make one it says so and ends with 77.
"""

from __future__ import annotations

import json
import os
import shutil
import site
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from sabaki.visit import walls
from tests.visit import escape_world
from tests.visit.escape_channels import CHANNELS
from tests.visit.escape_inside import NOBODY, Row

PROJECT = Path(__file__).parents[2]
CALLERS = ("root", "plain user")
CANNOT = 77
APART = (
    *("setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "--pid", "--ipc", "--uts"),
    *("--mount-proc", "--fork", "--kill-child"),
)
_SETTLE = """
set -e
printf '%s\\n' "$ROUTES" | ip -batch -
echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start
printf 'nameserver 127.0.0.1\\noptions timeout:1 attempts:1\\n' > "$FOLDER/resolv.conf"
mount --bind "$FOLDER/resolv.conf" "$(readlink -f /etc/resolv.conf)"
exec "$@"
"""


class Outcome(msgspec.Struct):
    """The rows of one caller, and what the kernel said of the browser's processes."""

    rows: list[Row]
    states: list[tuple[str, int]]


def why_not() -> str:
    """Why the attempts cannot be made here, "" where they can."""
    if os.geteuid() != 0:
        return "needs root: it makes a network of its own"
    missing = [tool for tool in ("setpriv", "unshare", "ip", "bwrap") if not shutil.which(tool)]
    if missing:
        return f"{missing[0]} is not installed"
    try:
        walls.browser()
    except walls.CannotShut as error:
        return str(error)
    if not plain_python():
        return "a plain user cannot run Python here"
    done = subprocess.run([*APART, "true"], capture_output=True, text=True, check=False)
    return f"no network of one's own here: {done.stderr.strip()}" if done.returncode else ""


def plain_python() -> list[str]:
    """How somebody else than root runs this Python with its packages; empty where that does not work."""
    packages = [path for path in (*site.getsitepackages(), *sys.path) if path.endswith("site-packages")]
    path = ":".join(dict.fromkeys((str(PROJECT / "src"), str(PROJECT), *packages)))
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}", "/usr/bin/python3"):
        command = ["env", "-i", "PATH=/usr/bin:/bin:/usr/sbin", f"PYTHONPATH={path}", "HOME=/tmp", python]
        done = subprocess.run(
            [*as_plain_user(), *command, "-c", "import msgspec, dns, re2, tests.visit.escape_inside"],
            capture_output=True,
            check=False,
            cwd="/",
        )
        if done.returncode == 0:
            return command
    return []


def as_plain_user() -> list[str]:
    return ["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--inh-caps=-all", "--"]


def apart(caller: str, module: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a module of the tests in a network namespace with loopback alone, as root or as a plain user."""
    python = [sys.executable] if caller == "root" else [*as_plain_user(), *plain_python()]
    folder.chmod(0o777)
    return subprocess.run(
        [*APART, "sh", "-c", _SETTLE, "sh", *python, "-m", module, *arguments],
        cwd=PROJECT,
        env={**os.environ, "ROUTES": "\n".join(escape_world.routes()), "FOLDER": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=1_500,
    )


def attempt(caller: str, numbers: Sequence[int]) -> Outcome:
    """Make the attempts of one caller. Raises RuntimeError with what was said where they could not be made."""
    with tempfile.TemporaryDirectory(prefix="escapes-", dir="/tmp") as name:
        found = Path(name) / "found.json"
        said = apart(caller, "tests.visit.escape_inside", str(found), ",".join(map(str, numbers)), folder=Path(name))
        if said.returncode or not found.exists():
            raise RuntimeError(f"{caller}: {said.returncode}\n{said.stdout}\n{said.stderr}")
        return msgspec.convert(json.loads(found.read_text()), Outcome)


def table(outcomes: dict[str, Outcome]) -> list[str]:
    """The rows of all callers, channel by channel."""
    head = f"{'channel':38} {'caller':11} {'canary':>6} {'refused':>8} {'control':>8} {'no walls':>9}"
    lines = [head, "-" * len(head)]
    for rows in zip(*(outcome.rows for outcome in outcomes.values()), strict=True):
        for caller, row in zip(outcomes, rows, strict=True):
            proof = "" if row.proven else "  (no proof that this reaches anything)"
            numbers = f"{row.canary:6} {row.refused:8} {row.control:8} {row.bare:9}"
            lines.append(f"{row.channel[:38]:38} {caller:11} {numbers}{proof}")
    for caller, outcome in outcomes.items():
        proven = sum(row.proven for row in outcome.rows)
        refused = sum(row.refused for row in outcome.rows)
        out = sum(row.canary for row in outcome.rows)
        lines.append(f"{caller}: {proven} channels proven, {refused} refusals by the proxy, {out} hits at the canaries")
        lines += [f"    {count} x {state}" for state, count in outcome.states]
    return lines


def main() -> int:
    """See the module; the names of channels may be given."""
    reason = why_not()
    if reason:
        print(f"the escape attempts cannot be made: {reason}", file=sys.stderr)  # noqa: T201
        return CANNOT
    wanted = [number for number, each in enumerate(CHANNELS) if not sys.argv[1:] or each.id in sys.argv[1:]]
    with ThreadPoolExecutor() as both:
        outcomes = dict(zip(CALLERS, both.map(attempt, CALLERS, (wanted, wanted)), strict=True))
    print("\n".join(table(outcomes)))  # noqa: T201
    return int(any(row.canary for outcome in outcomes.values() for row in outcome.rows))


if __name__ == "__main__":
    sys.exit(main())
