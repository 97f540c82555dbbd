"""Starting the network from outside, and ending it whatever happens."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parent.parent.parent
UNPACKED = PROJECT / ".venv" / "servers" / "root"
CANNOT = 77
_APART = (
    *("setpriv", "--pdeathsig", "KILL"),  # whatever ends the tests, even a SIGKILL, ends this too
    *("unshare", "--net", "--mount", "--pid", "--ipc", "--uts", "--mount-proc", "--fork", "--kill-child"),
)


class CannotRun(Exception):
    """The live test cannot be run on this machine; the message is the reason."""


class WentWrong(Exception):
    """It ran and failed; the message holds what the servers said."""


def why_not() -> str:
    """Why the live test cannot run here; "" where it can."""
    if os.geteuid() != 0:
        return "needs root: it makes a network of its own"
    missing = [program for program in ("setpriv", "unshare") if not shutil.which(program)]
    if missing:
        return f"{missing[0]} is not installed"
    if not (UNPACKED.parent / ".done").exists():
        return "the servers are not there (make live fetches them where apt-get is)"
    done = subprocess.run([*_APART, "true"], capture_output=True, text=True, check=False)
    return f"no network of one's own here: {done.stderr.strip()}" if done.returncode else ""


def run(out: Path, module: str = "tests.live.inside", *arguments: str, seconds: float = 120) -> None:
    """Run the module in there once; what it leaves, with the servers' logs, is in `out` afterwards. Raises CannotRun and WentWrong."""
    reason = why_not()
    if reason:
        raise CannotRun(reason)
    command = [*_APART, sys.executable, "-m", module, str(out), str(UNPACKED), *arguments]
    inside = subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        said, _ = inside.communicate(timeout=seconds)
    finally:
        # With unshare its child ends (--kill-child), and with that, process 1 of its namespace, everything in there.
        inside.kill()
        inside.wait()
    if inside.returncode == CANNOT:
        raise CannotRun((out / "cannot").read_text())
    if inside.returncode:
        raise WentWrong(f"{said.decode('utf-8', 'replace')}\n{logs(out)}")


def logs(out: Path) -> str:
    """The ends of the servers' logs."""
    return "\n".join(
        f"== {path.name}\n{path.read_text('utf-8', 'replace')[-4000:]}" for path in sorted((out / "logs").glob("*.log"))
    )
