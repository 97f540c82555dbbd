"""Starting and ending the browser, and what it may take."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sabaki.visit import browser as module
from sabaki.visit import walls
from sabaki.visit.browser import FLAGS, Browser
from sabaki.visit.devtools import Gone
from sabaki.visit.limits import VisitLimits
from sabaki.visit.processes import Process

EACH = Process(5, "", 0, no_new_privs=False, capabilities=0, uid=1, threads=1, memory=500)


@pytest.fixture
def python_instead(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No browser and no walls, but a program that speaks the protocol's first words and then waits."""
    source = (
        "import json, os, sys, time\n"
        "asked = json.loads(os.read(int(sys.argv[1]), 100000).rstrip(b'\\0'))\n"
        "os.write(int(sys.argv[2]), json.dumps({'id': asked['id'], 'result': {'product': 'HeadlessChrome/156.0'}}).encode() + b'\\0')\n"
        "time.sleep(60)\n"
    )
    program = ["/usr/bin/env", "python3", "-c", source]

    def command(browser: Any, proxy: Path, limits: Any, pipes: tuple[int, int], cgroups: Any = ()) -> list[str]:
        return [*program, *map(str, pipes)]

    monkeypatch.setattr(walls, "browser", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(walls, "command", command)
    return program


def started(work: Any, limits: VisitLimits | None = None) -> Browser:
    made = Browser(Path("none"), limits or VisitLimits(), lambda *_: None)

    async def go() -> None:
        async with made:
            await work(made)

    asyncio.run(asyncio.wait_for(go(), 60))
    return made


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_says_what_it_is_and_is_ended(python_instead: list[str]) -> None:
    async def work(made: Browser) -> None:
        assert made.version == "Chrome/156.0"
        assert alive(made._started.pid)
        assert not made.ended

    made = started(work)
    assert not alive(made._started.pid)
    assert made.ended


def test_it_is_ended_whatever_happens_here(python_instead: list[str]) -> None:
    pids = []

    async def work(made: Browser) -> None:
        pids.append(made._started.pid)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        started(work)
    assert not alive(pids[0])


def test_one_that_does_not_start_is_no_browser(python_instead: list[str]) -> None:
    python_instead[:] = ["/bin/true"]

    async def work(made: Browser) -> None:
        raise AssertionError

    with pytest.raises(walls.CannotShut):
        started(work)


@pytest.mark.parametrize(("limit", "most"), [("memory", 999), ("processes", 1)])
def test_the_watchdog_ends_one_that_takes_too_much(
    python_instead: list[str], monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    running: list[Process] = []
    monkeypatch.setattr(module.processes, "below", lambda pid: tuple(running))

    async def work(made: Browser) -> None:
        running.extend((EACH, EACH))
        with pytest.raises((Gone, TimeoutError)):
            await made.devtools.call("A.a", seconds=20)

    made = started(work, VisitLimits(**{limit: most}))
    assert made.reached == [limit]
    assert made.memory == 1_000


def test_where_its_files_are_seen(python_instead: list[str]) -> None:
    async def work(made: Browser) -> None:
        kinds = ((os.getpid(), ""), (2**22 + 1, ""), (made._started.pid, "renderer"))
        made.processes = tuple(msgspec.structs.replace(EACH, pid=pid, kind=kind) for pid, kind in kinds)
        assert made.root is None  # ours is none of the browser's

    started(work)


def test_no_flag_weakens_it() -> None:
    assert not {flag.partition("=")[0] for flag in FLAGS} & {
        "--no-sandbox", "--disable-features", "--disable-web-security", "--remote-debugging-port", "--ignore-certificate-errors",
        "--disable-setuid-sandbox", "--proxy-server", "--allow-file-access-from-files", "--disable-site-isolation-trials",
    }  # fmt: skip
