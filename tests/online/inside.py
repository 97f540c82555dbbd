"""What runs inside: see that there is no way out, start the servers, run the command line, write down what went over the wire.

Started by tests.live.outside with a folder, the unpacked servers, the directory of databases and the scenario. Exit code 77: cannot run.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path

import msgspec

from sabaki.model.case import Vantage
from tests.live import namespace
from tests.live.outside import CANNOT, PROJECT
from tests.online import letters, places, recorder, scenarios, screenshots, servers
from tests.online.scenarios import Scenario

DEADLINE = 400
"""Seconds after which this ends by itself, should whoever started it be gone."""
SABAKI = (sys.executable, "-m", "sabaki")
_OURS = ("--own-domain", places.VICTIM, *(word for host in places.OWN_HOSTS for word in ("--own-host", host)))


class Run(msgspec.Struct):
    """One run of the command line: how long, how much memory at its peak, how it ended, and all that went over the wire for it."""

    command: tuple[str, ...]
    exit: int
    seconds: float
    peak_mb: float
    packets: int
    record: recorder.Record
    heard: list[servers.Heard]
    trapped: list[str]
    poured: int


def alone(kernel: Path = Path("/proc/net")) -> None:
    """See that loopback is all there is, and that no route leads away. Raises CannotRun."""
    lines = (kernel / "dev").read_text().splitlines()[2:]
    others = [name for line in lines if (name := line.partition(":")[0].strip()) != "lo"]
    if others or len((kernel / "route").read_text().splitlines()) > 1:
        raise namespace.CannotRun(f"not alone: there is {', '.join(others) or 'a route'}, so nothing is started")


def vantage() -> Vantage:
    """Where the reader stands, as the command line is told."""
    return Vantage(own_hosts=places.OWN_HOSTS, own_domains=(places.VICTIM,))


def main(out: Path, unpacked: Path, data: str, scenario: Scenario) -> int:
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("it took too long"))
    signal.alarm(DEADLINE)
    try:
        alone()
        namespace.settle(unpacked, places.ADDRESSES)
    except namespace.CannotRun as reason:
        (out / "cannot").write_text(str(reason))
        return CANNOT
    try:
        authority = servers.Authority(out)
        settings = f'safe_browsing_key = "test-key"\ndata = {json.dumps(data)}\n'
        (out / "settings.toml").write_text(settings)
        (out / "held.eml").write_bytes(letters.seed())
        (out / "quiet.eml").write_bytes(letters.QUIET)
        with scenarios.world(scenario, out, authority):
            time.sleep(0.5)  # what looked whether they are there has gone
            (gone_wrong if scenario.server else plain)(out)
    except Exception:  # noqa: BLE001  # whatever it was, it is told
        traceback.print_exc()
        return 1
    return 0


def gone_wrong(out: Path) -> None:
    """Both mails at once, with one server gone wrong."""
    run(out, "online", "dissect", "held.eml", "quiet.eml", "--online", "--json", *_OURS, seconds=300)


def plain(out: Path) -> None:
    """The case as it should be; then what else the command line has for it, and the pictures."""
    run(out, "default", "dissect", "held.eml", "--json", *_OURS)
    run(out, "online", "dissect", "held.eml", "--online", "--json", *_OURS)
    run(out, "replay", "dissect", "held.eml", "--replay", "online.out", "--json", *_OURS)
    for lang in ("ja", "en"):
        run(
            out,
            lang,
            "dissect",
            "held.eml",
            "--online",
            "--html",
            f"{lang}.html",
            "--lang",
            lang,
            "--no-redact",
            *_OURS,
        )
    run(out, "red", "dissect", "held.eml", "--online", "--json", *_OURS, tlp="red")
    run(out, "amber", "dissect", "held.eml", "--online", "--json", *_OURS, tlp="amber")
    run(out, "sources", "sources", "--json")
    run(out, "asn", "lookup", "AS8075", "--online", "--json")
    screenshots.take(out)


def run(out: Path, name: str, *words: str, seconds: float = 100, **settings: str) -> None:
    """Run the command line; what it printed goes to NAME.out and NAME.err, what went over the wire to NAME.json."""
    more = "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
    file = out / f"{name}.toml"
    file.write_text((out / "settings.toml").read_text() + more)
    cache = out / "cache" / (name if settings else "all")
    environment = _environment(out, cache, file)
    servers.LOG.heard, servers.LOG.trapped, servers.LOG.poured = [], [], 0
    with recorder.Recorder() as recording:
        before, began = recorder.counted(), time.monotonic()
        ended, peak = _spent(out, name, words, environment, seconds)
        took = time.monotonic() - began
        time.sleep(0.2)
        packets = recorder.counted() - before
    log = servers.LOG
    result = Run(words, ended, took, peak, packets, recording.record, log.heard, log.trapped, log.poured)
    (out / f"{name}.json").write_bytes(msgspec.json.encode(result))


def _environment(out: Path, cache: Path, file: Path) -> Mapping[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(out),
        "LANG": "C.UTF-8",
        "XDG_CACHE_HOME": str(cache),
        "SABAKI_SETTINGS": str(file),
        "SSL_CERT_FILE": str(out / "authority.pem"),
        "PYTHONPATH": str(PROJECT / "src"),
    }


def _spent(
    out: Path, name: str, words: tuple[str, ...], environment: Mapping[str, str], seconds: float
) -> tuple[int, float]:
    """Exit code, and the peak of memory in megabytes."""
    with (out / f"{name}.out").open("wb") as said, (out / f"{name}.err").open("wb") as told:
        running = subprocess.Popen(
            [*SABAKI, *words], cwd=out, env=dict(environment), stdin=subprocess.DEVNULL, stdout=said, stderr=told
        )
        until = time.monotonic() + seconds
        while True:
            pid, status, usage = os.wait4(running.pid, os.WNOHANG)
            if pid:
                running.returncode = os.waitstatus_to_exitcode(status)
                return running.returncode, usage.ru_maxrss / 1024
            if time.monotonic() > until:
                running.kill()
            time.sleep(0.02)


if __name__ == "__main__":
    out_, unpacked_, data_, scenario_ = sys.argv[1:]
    sys.exit(main(Path(out_), Path(unpacked_), data_, msgspec.json.decode(scenario_, type=Scenario)))
