"""Starts the browser behind the walls, watches what it takes, and ends it: all of its processes, whatever happens here."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
from pathlib import Path
from types import TracebackType

from sabaki.visit import processes, walls
from sabaki.visit.cgroup import Cgroup
from sabaki.visit.devtools import Devtools, Event, Gone
from sabaki.visit.limits import VisitLimits

FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--mute-audio",
    "--hide-scrollbars",
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-hang-monitor",
    "--disable-popup-blocking",
    "--disable-prompt-on-repost",
    "--disable-blink-features=AutomationControlled",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
    "about:blank",
)
"""What looking asks of the command line; containment's flags are `walls.FLAGS`."""
_LOOK_EVERY = 0.25
_START_SECONDS = 20.0


class Browser:
    """A browser that runs. `events`: see Devtools. `reached` names the limits that ended it. Use it in an `async with`; raises walls.CannotShut."""

    def __init__(self, proxy: Path, limits: VisitLimits, events: Event) -> None:
        self._proxy = proxy
        self._limits = limits
        self._events = events
        self.reached: list[str] = []
        self.memory = 0
        """The most that all its processes had resident, in bytes."""
        self.processes: tuple[processes.Process, ...] = ()
        """As seen last."""

    async def __aenter__(self) -> Browser:
        inward, ours_out = os.pipe()
        ours_in, outward = os.pipe()
        self._cgroup = Cgroup(self._limits)
        try:
            program = [walls.browser(), *walls.FLAGS, *FLAGS]
            command = walls.command(program, self._proxy, self._limits, (inward, outward), self._cgroup.folders)
            self._started = await asyncio.create_subprocess_exec(
                *command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(inward, outward),
                env={"PATH": os.environ.get("PATH", "/usr/bin")},
                start_new_session=True,
            )
        except BaseException:
            self._cgroup.remove()
            for each in (ours_in, ours_out):
                os.close(each)
            raise
        finally:
            for each in (inward, outward):
                os.close(each)
        self.devtools = await _connected(ours_in, ours_out, self._events)
        self._watching = asyncio.create_task(self._watch())
        try:
            version = await self.devtools.call("Browser.getVersion", seconds=_START_SECONDS)
        except (Gone, TimeoutError) as error:
            await self.close()
            raise walls.CannotShut(
                "Chromium did not start behind its walls; `sabaki doctor` shows which of them holds",
                "Chromiumが隔離環境の中で起動しませんでした。`sabaki doctor` でどの層が働いているか確認できます",
            ) from error
        self.version = str(version.get("product", "")).removeprefix("Headless")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def ended(self) -> bool:
        """Whether it runs no more, or was made to end."""
        return bool(self.reached) or self.devtools.ended

    @property
    def root(self) -> Path | None:
        """Its file system as the kernel shows it to us, where its downloads are; None where it has none any more."""
        ours = Path("/").stat()
        for each in self.processes:
            root = Path("/proc") / str(each.pid) / "root"
            with contextlib.suppress(OSError):
                # Bubblewrap's outer process still has the machine's own.
                if not each.kind and (root.stat().st_dev, root.stat().st_ino) != (ours.st_dev, ours.st_ino):
                    return root
        return None

    async def close(self) -> None:
        """End it. Bubblewrap is process 1 of its namespace: with it go all the others."""
        self._watching.cancel()
        await asyncio.gather(self._watching, return_exceptions=True)
        self._kill()
        await self._started.wait()
        self.reached += [each for each in self._cgroup.reached if each not in self.reached]
        await asyncio.to_thread(self._cgroup.remove)
        await self.devtools.close()

    def _kill(self) -> None:
        # Not by Process.kill, which may reap it behind asyncio's back.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._started.pid, signal.SIGKILL)

    async def _watch(self) -> None:
        """What the kernel does not bound for all processes together is bounded by looking."""
        while True:
            self.processes = await asyncio.to_thread(processes.below, self._started.pid)
            used = sum(each.memory for each in self.processes)
            self.memory = max(self.memory, used)
            over = [
                name
                for name, is_over in (
                    ("memory", used > self._limits.memory),
                    ("processes", len(self.processes) > self._limits.processes),
                )
                if is_over
            ]
            if over:
                self.reached += over
                self._kill()
                return
            await asyncio.sleep(_LOOK_EVERY)


async def _connected(incoming: int, outgoing: int, events: Event) -> Devtools:
    """A connection over the two pipes."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(incoming, "rb", 0))
    transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, os.fdopen(outgoing, "wb", 0))
    return Devtools(reader, asyncio.StreamWriter(transport, protocol, reader, loop), events)
