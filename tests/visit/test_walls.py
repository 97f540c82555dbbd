from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sabaki.visit import processes, relay, walls
from sabaki.visit.limits import VisitLimits
from tests import patience
from tests.visit import escapes

CALLERS = escapes.CALLERS


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """All programs are there, whatever this machine has."""
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(walls, "_python", lambda: ("/usr/bin/python3", ()))


def joined(command: list[str]) -> str:
    return " ".join(each for each in command if "\n" not in each)


@pytest.mark.usefixtures("tools")
def test_the_command_line_holds_what_the_contract_asks_for() -> None:
    text = joined(walls.command(["chromium", "x"], Path("/run/s"), VisitLimits(downloads=2, download_size=1_000)))
    for wanted in (
        *("--unshare-all", "--unshare-user", "--uid 65534", "--gid 65534", "--cap-drop ALL", "--die-with-parent"),
        *("--new-session", "--clearenv", "--size 256000000 --perms 0700 --tmpfs /profile"),
        *("--size 2000 --perms 0700 --tmpfs /downloads", "--size 512000000 --perms 1777 --tmpfs /dev/shm"),
        *("--ro-bind /run/s /run/proxy", "--remount-ro /", "RLIMIT_CORE=0", "-- chromium x"),
    ):
        assert wanted in text
    for never in ("--no-sandbox", "--disable-userns", "--share-net", "--bind /", "--dev-bind", "--unshare-user-try"):
        assert never not in text


@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize(("caller", "first"), [(0, "/usr/bin/setpriv"), (1_000, "/usr/bin/bwrap")])
def test_root_does_not_go_in(monkeypatch: pytest.MonkeyPatch, caller: int, first: str) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: caller)
    command = walls.command(["chromium"], Path("/run/s"))
    assert command[0] == first
    assert ("--reuid 65534 --regid 65534 --clear-groups" in joined(command)) is (caller == 0)


@pytest.mark.usefixtures("tools")
def test_the_browsers_pipes_are_handed_over() -> None:
    command = walls.command(["chromium"], Path("/run/s"), pipes=(17, 19))
    at = command.index(Path(relay.__file__).read_text("utf-8"))
    assert command[at + 1 : at + 3] == ["17", "19"]


def test_containments_flags() -> None:
    flags = dict(flag.partition("=")[::2] for flag in walls.FLAGS)
    assert flags["--proxy-server"] == f"http://127.0.0.1:{relay.PORT}"
    assert flags["--proxy-bypass-list"] == "<-loopback>"
    assert flags["--force-webrtc-ip-handling-policy"] == "disable_non_proxied_udp"
    assert {"--disable-background-networking", "--disable-extensions", "--disable-breakpad", "--disable-quic"} <= set(
        flags
    )
    assert "--no-sandbox" not in flags
    assert len(flags) == len(walls.FLAGS), "Chromium takes the last of two"


@pytest.mark.parametrize("missing", ["bwrap", "setpriv"])
def test_without_a_tool_there_is_no_command(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name: None if name == missing else f"/usr/bin/{name}")
    with pytest.raises(walls.CannotShut) as caught:
        walls.command(["chromium"], Path("/run/s"))
    assert missing in caught.value.reason
    assert "install" in caught.value.reason
    assert "インストール" in caught.value.reason_ja


def test_without_chromium_there_is_no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walls, "_is_program", lambda path: False)
    with pytest.raises(walls.CannotShut, match="Chromium is not installed"):
        walls.browser()


def test_a_python_that_only_its_owner_can_read_does_not_go_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hidden = tmp_path / "mine" / "python3"
    hidden.parent.mkdir(mode=0o700)
    hidden.write_text("")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(sys, "executable", str(hidden))
    monkeypatch.setattr(walls, "_is_program", lambda path: True)
    assert walls._python()[0].startswith("/usr/bin/python3")
    monkeypatch.setattr(walls, "_is_program", lambda path: False)
    with pytest.raises(walls.CannotShut, match="install the package python3"):
        walls._python()


@pytest.mark.parametrize("caller", CALLERS)
def test_a_program_in_the_browsers_place_gets_at_nothing(caller: str) -> None:
    """The control: outside of the walls the same program gets at all of it."""
    if reason := escapes.why_not():
        pytest.skip(reason)
    python = [sys.executable] if caller == "root" else [*escapes.as_plain_user(), *escapes.plain_python()]
    done = subprocess.run(
        [*python, "-m", "tests.visit.escape_probe"],
        cwd=escapes.PROJECT,
        env={**os.environ, "PYTHONPATH": f"{escapes.PROJECT / 'src'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {name for name, said in found["outside"].items() if said != "got through"} == set()
    inside = found["inside"]
    assert len(inside) > 40
    # Chromium makes its own sandbox out of namespaces of its own.
    assert inside.pop("a namespace of its own") == "got through"
    assert {name for name, said in inside.items() if said == "got through"} == set()


def test_whoever_started_it_may_be_killed_and_it_ends(tmp_path: Path) -> None:
    if reason := escapes.why_not():
        pytest.skip(reason)
    starter = (
        "import subprocess, sys\nfrom pathlib import Path\nfrom sabaki.visit import walls\n"
        "command = walls.command(['/usr/bin/sh', '-c', 'echo; exec sleep 987654'], Path('/dev/null'), pipes=(0, 1))\n"
        "subprocess.run(command)"
    )
    command = [sys.executable, "-c", starter]
    environment = {**os.environ, "PYTHONPATH": f"{escapes.PROJECT / 'src'}"}
    started = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=environment)
    assert started.stdout is not None
    started.stdout.readline()
    inside = [each.pid for each in processes.below(started.pid)]
    assert len(inside) >= 3
    started.kill()
    started.wait()
    started.stdout.read()  # it ends when the last of them has closed it
    started.stdout.close()
    until = time.monotonic() + patience.BLOWN_UP
    while any(_runs(pid) for pid in inside):
        assert time.monotonic() < until
        time.sleep(0.01)


def _runs(pid: int) -> bool:
    """Whether it still does anything; one that waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False
