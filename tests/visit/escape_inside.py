"""The escape attempts of one caller, inside the namespace: each page in a walled browser, at a canary and at a control, then without walls."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import msgspec

from sabaki.sources.egress import Guard
from sabaki.visit import processes, proxy, walls
from sabaki.visit.limits import VisitLimits
from tests.visit import escape_browser, escape_world
from tests.visit.escape_channels import CHANNELS, Channel
from tests.visit.escape_world import World, number_of, target

SECONDS = 2.4
AT_ONCE = 6
BATCH = 31
LIMITS = VisitLimits(
    **dict.fromkeys(("requests", "redirects", "hosts", "connections"), 100_000), seconds=600, size=10**9, sent=10**9
)
NOBODY = "60123"
"""The user who starts the browser that has no walls: it has Chromium's sandbox, and the namespace around it."""
_SECURE = ",".join(("http://page.test", *(f"http://control-{number}.test" for number in range(len(CHANNELS)))))
_HEADLESS = (
    *("--headless", "--disable-gpu", "--remote-debugging-pipe", "--no-startup-window", "--ignore-certificate-errors"),
    *("--autoplay-policy=no-user-gesture-required", "--disable-popup-blocking"),
    f"--unsafely-treat-insecure-origin-as-secure={_SECURE}",
)
_BARE = (
    *("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--allow-loopback-in-peer-connection", "--no-proxy-server", "--disable-quic-x"),
    "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,HttpsUpgrades,WebRtcHideLocalIpsWithMdns",
)
_LAUNCH = """
import fcntl, os, sys
high = [fcntl.fcntl(int(pipe), fcntl.F_DUPFD, 10) for pipe in sys.argv[1:3]]
for target, source in zip((3, 4), high):
    os.dup2(source, target)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Row(msgspec.Struct):
    """What came of one channel. `canary` are those who came where nobody may (must be 0), `refused` what the proxy did not let
    through, `control` who came to the allowed address by the same page, `bare` who came to the canary without walls.
    """

    channel: str
    canary: int = 0
    refused: int = 0
    control: int = 0
    bare: int = 0

    @property
    def proven(self) -> bool:
        """Whether the channel is one at all: by the same page somebody is reached where that is allowed, or without walls."""
        return bool(self.control or self.bare)


def address(channel: Channel, number: int, *, control: bool) -> str:
    """Where the page of a channel is."""
    host = "page.test" if channel.host == "page" else f"{'control' if control else channel.host}-{number}.test"
    return f"http://{host}/c/{number}?to={quote(target(channel, number, control=control), safe='')}"


async def attempts(browser: escape_browser.Browser, some: Sequence[int], *, control: bool) -> Counter[int]:
    """Visit the pages; how many tabs ended at a place where no page may lead."""
    gate = asyncio.Semaphore(AT_ONCE)
    ended: Counter[int] = Counter()

    async def one(number: int) -> None:
        channel = CHANNELS[number]
        async with gate:
            places = await browser.visited(address(channel, number, control=control), SECONDS)
        if channel.seen == "place":
            scheme = channel.target.partition(":")[0] + ":"
            ended[number] += sum(place.startswith(scheme) for place in places)

    await asyncio.gather(*(one(number) for number in some))
    return ended


async def walled(world: World, some: Sequence[int], rows: list[Row]) -> list[str]:
    """A batch behind the walls; what the kernel says of the renderers."""
    program = walls.browser()
    guard = Guard(escape_world.Resolver(), ports=proxy.PORTS)
    async with proxy.Proxy(guard, LIMITS) as way_out:

        def command(pipes: tuple[int, int]) -> list[str]:
            return walls.command([program, *walls.FLAGS, *_HEADLESS], way_out.socket, LIMITS, pipes)

        async with escape_browser.started(command) as (browser, pid):
            for control in (False, True):
                world.forget()
                looking = asyncio.ensure_future(_seen(pid))
                ended = await attempts(browser, some, control=control)
                states = await looking
                for number in some:
                    if control:
                        rows[number].control += world.control[number]
                    else:
                        rows[number].canary += world.canary[number] + world.asked[number] + ended[number]
                if not control:
                    rows[-1].canary += world.canary[-1] + world.asked[-1] + world.leaks
        for refusal in way_out.refusals:
            rows[number_of(refusal.host)].refused += refusal.count
    return states


async def _seen(pid: int) -> list[str]:
    """What the kernel says of the browser's processes, while pages are open."""
    await asyncio.sleep(SECONDS / 2)
    return [
        f"{each.kind}: Seccomp {each.seccomp} ({each.filters} filters), NoNewPrivs {int(each.no_new_privs)}, CapEff {each.capabilities:016x}, uid {each.uid}"
        for each in processes.below(pid)
        if each.kind
    ]


async def bare(world: World, some: Sequence[int], rows: list[Row]) -> None:
    """A batch without walls, as a plain user: what the same pages do where nothing holds them."""
    program = walls.browser()
    drop = ["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(dir=Path(sys.argv[1]).parent, ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o777)  # noqa: PTH101  # nothing waits for it

        def command(pipes: tuple[int, int]) -> list[str]:
            launch = [*drop, "/usr/bin/python3", "-I", "-S", "-c", _LAUNCH, *map(str, pipes)]
            return [*launch, program, *_BARE, *_HEADLESS, f"--user-data-dir={folder}"]

        async with escape_browser.started(command) as (browser, _):
            world.forget()
            ended = await attempts(browser, some, control=False)
            for number in some:
                channel = CHANNELS[number]
                rows[number].bare += world.canary[number] + ended[number]
                rows[number].bare += world.asked[number] if channel.seen == "dns" else 0


async def run(numbers: Sequence[int]) -> tuple[list[Row], list[str]]:
    """All attempts; the last row counts whom no channel can be told of."""
    world = World()
    await world.open()
    rows = [*(Row(channel.id) for channel in CHANNELS), Row("(no channel can be told)")]
    states: list[str] = []
    try:
        for some in (numbers[at : at + BATCH] for at in range(0, len(numbers), BATCH)):
            states += await walled(world, some, rows)
            await bare(world, some, rows)
    finally:
        world.close()
    return [row for number, row in enumerate(rows) if number in numbers or number == len(CHANNELS)], states


def interfaces() -> list[str]:
    """The network's interfaces, loopback apart."""
    lines = Path("/proc/net/dev").read_text().splitlines()[2:]
    return [name for line in lines if (name := line.split(":")[0].strip()) != "lo"]


def main() -> None:
    """Arguments: where to write, and the numbers of the channels."""
    assert not interfaces(), f"there is a network here: {interfaces()}"
    rows, states = asyncio.run(run([int(each) for each in sys.argv[2].split(",")]))
    document = {"rows": msgspec.to_builtins(rows), "states": sorted(Counter(states).items())}
    Path(sys.argv[1]).write_text(json.dumps(document))


if __name__ == "__main__":
    main()
