"""Which walls hold on this machine, found out by putting them up: what is inside looks around, and the kernel is asked from outside."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from sabaki.sources.egress import Guard
from sabaki.visit import processes, proxy, relay, walls
from sabaki.visit.cgroup import Cgroup
from sabaki.visit.limits import VisitLimits
from sabaki.visit.walls import CannotShut

_SECONDS = 20.0
_SYSCTL = Path("/proc/sys")
_FONTS = Path("/usr/share/fonts")
_JAPANESE = re.compile(r"cjk|ipa|takao|vl-?gothic|mplus|japan|gothic|mincho", re.IGNORECASE)

_LOOK = f"""
import json, os, sys
def lines(name):
    try:
        return open("/proc/net/" + name).read().splitlines()
    except OSError:
        return []
status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
seen = {{
    "uid": os.getuid(),
    "interfaces": sorted({{line.split()[0] for line in lines("route")[1:]}} | {{line.split()[-1] for line in lines("ipv6_route")}}),
    "top": sorted(os.listdir("/")),
    **{{name: status[name].strip() for name in ("CapEff", "CapPrm", "CapBnd", "NoNewPrivs")}},
}}
import socket
try:
    with socket.create_connection(("127.0.0.1", {relay.PORT}), 10) as way:
        way.sendall(b"GET http://inside.example/ HTTP/1.1\\r\\n\\r\\n")
        seen["answer"] = way.recv(200).decode("latin-1")
except OSError as error:
    seen["answer"] = str(error)
os.write(4, json.dumps(seen).encode() + b"\\n")
os.read(3, 1)
"""
"""What the probe inside looks at. It waits at its end, so that it can be looked at from outside too."""

_EXPECTED_TOP = frozenset("bin dev downloads etc lib lib32 lib64 proc profile run sbin tmp usr".split())


class Layer(msgspec.Struct, frozen=True):
    """One wall. Where `holds` is False and it is `required`, no page is visited. The reasons say what was seen, or what to do."""

    id: str
    reason: str
    reason_ja: str
    holds: bool = True
    required: bool = True


def layers() -> tuple[Layer, ...]:
    """Put up all walls once, with a probe and with Chromium inside, and say of each whether it holds. Takes a few seconds; no packet is sent."""
    found = [*_around()]
    stands = all(layer.holds for layer in found)
    found += _chromium(stands=stands)
    return (*found, *_bounds(), _fonts())


def require() -> None:
    """Put up the walls with a probe inside, without Chromium. Raises CannotShut with the first reason why they do not hold."""
    walls.browser()
    for layer in _around():
        if not layer.holds:
            raise CannotShut(layer.reason, layer.reason_ja)


# -- the walls without the browser


def _around() -> list[Layer]:
    try:
        seen, outside = asyncio.run(_probed())
    except CannotShut as error:
        return [Layer("bubblewrap", error.reason, error.reason_ja, holds=False)]
    except _DidNotStart as error:
        return [_namespaces(str(error))]
    version = _version(["bwrap", "--version"])
    users = sorted({process.uid for process in outside})
    zero = all(int(seen[name], 16) == 0 for name in ("CapEff", "CapPrm", "CapBnd"))
    interfaces = ", ".join(seen["interfaces"]) or "-"
    strange = sorted(set(seen["top"]) - _EXPECTED_TOP - {folder.split("/")[1] for folder in walls.folders()})
    refused = "Sabaki-Proxy: refused" in seen["answer"]
    return [
        Layer("user_namespaces", "user namespaces can be made", "ユーザー名前空間を作れます"),
        Layer("bubblewrap", version, version),
        Layer(
            "network",
            f"no route leads out of it (routes: {interfaces})",
            f"外へ出る経路はありません（経路: {interfaces}）",
            holds=set(seen["interfaces"]) <= {"lo"},
        ),
        Layer(
            "user",
            f"runs as user {seen['uid']} inside, {', '.join(map(str, users))} outside",
            f"実行ユーザーは、中では {seen['uid']}、外から見て {'、'.join(map(str, users))} です",
            holds=seen["uid"] == walls.USER and 0 not in users and bool(users),
        ),
        Layer(
            "capabilities",
            f"CapEff {seen['CapEff']}, CapBnd {seen['CapBnd']}, NoNewPrivs {seen['NoNewPrivs']}",
            f"CapEff {seen['CapEff']}、CapBnd {seen['CapBnd']}、NoNewPrivs {seen['NoNewPrivs']}",
            holds=zero and seen["NoNewPrivs"] == "1",
        ),
        Layer(
            "files",
            f"more is to be seen than should be: {', '.join(strange)}" if strange else "no file of yours is to be seen",
            f"見えてはならないものが見えます: {'、'.join(strange)}" if strange else "利用者のファイルは見えません",
            holds=not strange,
        ),
        Layer(
            "proxy",
            "the proxy is reached, and refuses a name that leads to this machine" if refused else _odd(seen["answer"]),
            "プロキシにつながり、この機械自身を指す名前は拒まれます" if refused else _odd(seen["answer"]),
            holds=refused,
        ),
    ]


def _odd(answer: str) -> str:
    return f"proxy: {answer[:100]!r}"


def _namespaces(said: str) -> Layer:
    """Why bubblewrap could not do its work: what the kernel's switches say, or else its own words."""
    for name, wrong, hint in (
        ("user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=10000"),
        ("kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "allow it for bwrap and Chromium in an AppArmor profile"),
    ):
        with contextlib.suppress(OSError):
            if (_SYSCTL / name).read_text().strip() == wrong:
                return Layer(
                    "user_namespaces",
                    f"user namespaces are switched off ({name} is {wrong}): {hint}",
                    f"ユーザー名前空間が無効です（{name} が {wrong}）: {hint}",
                    holds=False,
                )
    return Layer(
        "user_namespaces",
        f"bubblewrap cannot do its work here: {said or 'it says nothing'}",
        f"bubblewrapが動きません: {said or '（理由は表示されませんでした）'}",
        holds=False,
    )


class _DidNotStart(Exception):
    """What was to run inside did not; the message is its last words."""


async def _probed() -> tuple[dict[str, Any], tuple[processes.Process, ...]]:
    """What the probe saw inside, with a proxy whose only name leads to this machine, and the processes as seen from outside."""

    async def leads_here(host: str) -> tuple[str, ...]:
        return ("127.0.0.1",)

    async with proxy.Proxy(Guard(leads_here), VisitLimits(seconds=_SECONDS)) as way_out:
        return await asyncio.to_thread(_look, way_out.socket)


def _look(socket: Path) -> tuple[dict[str, Any], tuple[processes.Process, ...]]:
    with _running(walls.probe(_LOOK), socket) as (started, answers):
        said = answers.readline()
        if not said:
            raise _DidNotStart(_last_words(started))
        return json.loads(said), processes.below(started.pid)


@contextlib.contextmanager
def _running(inside: Sequence[str], socket: Path) -> Iterator[tuple[subprocess.Popen[bytes], Any]]:
    """Something behind the walls, with the pipes that a browser gets; killed at the end."""
    theirs, ours = os.pipe()
    answers, answered = os.pipe()
    command = walls.command(inside, socket, pipes=(theirs, answered))
    started = subprocess.Popen(  # noqa: S603  # our own command line
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=(theirs, answered),
        env={"PATH": os.environ.get("PATH", "/usr/bin")},
    )
    os.close(theirs)
    os.close(answered)
    try:
        with os.fdopen(answers, "rb") as reader:
            yield started, reader
    finally:
        os.close(ours)
        started.kill()
        started.wait()
        if started.stderr is not None:
            started.stderr.close()


def _last_words(started: subprocess.Popen[bytes]) -> str:
    with contextlib.suppress(subprocess.TimeoutExpired):
        started.wait(_SECONDS)
    said = os.read(started.stderr.fileno(), 65_536) if started.stderr is not None else b""
    lines = [line for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""


# -- the browser inside


def _chromium(*, stands: bool) -> list[Layer]:
    try:
        path = walls.browser()
    except CannotShut as error:
        return [Layer("chromium", error.reason, error.reason_ja, holds=False)]
    version = _version([path, "--version"])
    said = version or f"{path} does not start", version or f"{path} が起動しません"
    found = Layer("chromium", *said, holds=bool(version))
    if not stands or not version:
        said = "not looked at: the walls around it do not stand", "調べていません（外側の壁が立っていません）"
        return [found, Layer("chromium_sandbox", *said, holds=False)]
    return [found, _sandbox(path)]


def _sandbox(path: str) -> Layer:
    """Start Chromium behind the walls, and read what its renderer may do from /proc."""
    flags = (*walls.FLAGS, "--headless", "--disable-gpu", "--remote-debugging-pipe", "about:blank")
    found: tuple[processes.Process, ...] = ()
    with _running([path, *flags], Path("/dev/null")) as (started, _):
        until = time.monotonic() + _SECONDS
        while not processes.sandboxed(found) and started.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
            found = processes.below(started.pid)
        renderers = [each for each in found if each.kind == "renderer"]
        if not renderers:
            words = _last_words(started) if started.poll() is not None else "no renderer"
            said = f"Chromium does not run: {words}", f"Chromiumが動きません: {words}"
            return Layer("chromium_sandbox", *said, holds=False)
    states = "; ".join(
        f"renderer: Seccomp {each.seccomp} ({each.filters}), NoNewPrivs {int(each.no_new_privs)}, CapEff {each.capabilities:016x}"
        for each in renderers[:1]
    )
    return Layer("chromium_sandbox", states, states, holds=processes.sandboxed(found))


# -- limits and fonts


def _bounds() -> list[Layer]:
    """Who holds the limits on all processes together. The watchdog looks several times a second, and sees what processes have."""
    with Cgroup(VisitLimits()) as made:
        return [
            Layer(
                id,
                "held by a cgroup" if id in made.holds else "held by a watchdog: no cgroup may be made here",
                "cgroupで制限します" if id in made.holds else "監視プロセスで制限します（ここではcgroupを作れません）",
                required=False,
            )
            for id in ("memory", "processes")
        ]


def _fonts() -> Layer:
    """Whether Japanese can be drawn: without a font a screenshot shows boxes."""
    names = (path.name for path in _FONTS.rglob("*") if path.suffix.lower() in (".ttc", ".ttf", ".otf"))
    font = next((name for name in names if _JAPANESE.search(name)), "")
    if font:
        return Layer(
            "fonts", f"Japanese fonts are there ({font})", f"日本語フォントがあります（{font}）", required=False
        )
    return Layer(
        "fonts",
        "no Japanese font: screenshots show boxes; install fonts-noto-cjk",
        "日本語フォントがなく、画面の写しで文字が四角になります。fonts-noto-cjk をインストールしてください",
        holds=False,
        required=False,
    )


def _version(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip().splitlines()[0][:100] if done.stdout.strip() else ""
