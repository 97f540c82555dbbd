"""The scenarios that run in a network of their own: `python -m tests.watch.inside SCENARIO DIRECTORY`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from sabaki.cli.rounds import Work
from sabaki.facts import liveness
from sabaki.model.watch import Watch, Way
from sabaki.settings import Settings
from sabaki.sources import dns as live
from sabaki.sources import outside
from sabaki.store.watches import Watches
from sabaki.watch.looker import Looker
from tests.watch.cage import DOMAIN, FIRST, HOST, REGISTRY, SECOND, Cage, caged, registration

LOGIN = """<!doctype html><html lang="ja"><title>ログイン - 会員サービス</title>
<h1>会員サービス</h1><p>パスワードを入力してください。</p><form action="/p"><input name="id"><input type="password" name="pw"></form>""".encode()
GONE = b"<title>404 Not Found</title><h1>Not Found</h1><p>The requested URL was not found on this server.</p>"
SUSPENDED = (
    b"<title>Account Suspended</title><h1>This account has been suspended</h1><p>Contact your hosting provider.</p>"
)
BEGIN = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.time = BEGIN

    def __call__(self) -> datetime:
        return self.time

    def on(self, **more: float) -> None:
        self.time += timedelta(**more)


def shows(cage: Cage, status: int, body: bytes, **headers: str) -> None:
    cage.pages = lambda host, path: (status, headers, body)


def diary(out: Path) -> None:
    """A site that goes 404, comes back, moves, is suspended, put on hold, and comes back once more."""
    with caged(out) as cage, closing(Watches(out / "watches.sqlite")) as store:
        clock = Clock()
        chosen = Settings(dns_servers=(f"127.0.0.1:{cage.dns}",), data=str(out))
        ways = (Way.DNS, Way.REGISTRATION, Way.HTTP)
        store.add(
            Watch(
                name=HOST,
                host=HOST,
                domain=DOMAIN,
                url=f"http://{HOST}/login",
                ways=ways,
                added_at="2026-11-01T09:00:00Z",
            ),
            clock(),
        )
        work = Work(chosen, (), store, "ja", as_json=True, now=clock)
        shows(cage, 200, LOGIN)
        cage.registration = registration("2026-10-30T00:00:00Z", "active")

        def look(times: int = 1, **more: float) -> None:
            for _ in range(times):
                work.go(stay=False)
                clock.on(**(more or {"hours": 8}))

        look(3)
        shows(cage, 404, GONE)
        look(3, hours=26)
        shows(cage, 200, LOGIN)
        look(2, hours=8)
        cage.zone(f"www A {SECOND}", name_server="ns2")
        look(2, days=2)
        shows(cage, 200, SUSPENDED)
        look(1, hours=30)
        cage.registration = registration("2026-10-30T00:00:00Z", "client hold")
        cage.zone("other A 127.0.0.1", name_server="ns2")
        look(3, days=4)
        cage.registration = registration("2026-10-30T00:00:00Z", "active")
        cage.zone(f"www A {FIRST}", name_server="ns2")
        shows(cage, 200, LOGIN)
        look(2, hours=20)
        (out / "asked.json").write_text(json.dumps(cage.asked))
        (out / "diary.json").write_bytes(msgspec.json.encode(store.diary(HOST)))


def _begin(out: Path, cage: Cage, command: tuple[str, ...]) -> tuple[Path, list[str]]:
    """Twelve watches that were looked at two hours ago, when all was well. The settings file, and how to run the program."""
    clock = Clock()
    clock.time = datetime.now(UTC) - timedelta(hours=3)
    names = [f"www{number:02}" for number in range(12)]
    cage.zone("\n".join(f"{name} A {FIRST}" for name in names))
    cage.registration = registration("2026-10-30T00:00:00Z", "active")
    shows(cage, 200, LOGIN)
    chosen = Settings(dns_servers=(f"127.0.0.1:{cage.dns}",), data=str(out))
    with closing(Watches(out / "watches.sqlite")) as store:
        for name in names:
            host = f"{name}.{DOMAIN}"
            ways = (Way.DNS, Way.REGISTRATION, Way.HTTP)
            store.add(Watch(name=name, host=host, domain=DOMAIN, url=f"http://{host}/", ways=ways), clock())
        Work(chosen, (), store, "en", as_json=False, now=clock).go(stay=False)
    told = ", ".join(json.dumps(each) for each in command)
    file = out / "sabaki.toml"
    file.write_text(f'dns_servers = ["127.0.0.1:{cage.dns}"]\ndata = "{out}"\nwatch_command = [{told}]\n')
    return file, [sys.executable, "-m", "sabaki", "watch", "run", "--settings", str(file), "--lang", "en"]


def _counts(out: Path) -> dict[str, Any]:
    with closing(Watches(out / "watches.sqlite")) as store:
        diaries = [store.diary(each.watch.name) for each in store.list()]
    looks = {each.watch.name: sum(seen.way is Way.HTTP for seen in each.observations) for each in diaries if each}
    notices = [notice for each in diaries if each for notice in each.notices]
    told = (out / "told.txt").read_text().split() if (out / "told.txt").exists() else []
    states = {state: sum(notice.state == state for notice in notices) for state in ("waiting", "sent", "given_up")}
    return {"looks": looks, "notices": states, "told": told, "ids": sorted(notice.id for notice in notices)}


def kill(out: Path) -> None:
    """kill -9 in the middle of a round, then a restart; then kill -9 in the middle of telling, and a restart."""
    script = out / "tell.py"
    script.write_text(_TELL)
    with caged(out) as cage:
        _, command = _begin(out, cage, (sys.executable, str(script), str(out / "told.txt"), str(out / "murder")))
        stuck, go_on = threading.Event(), threading.Event()

        def pages(host: str, path: str) -> tuple[int, dict[str, str], bytes]:
            if host.startswith("www05."):
                stuck.set()
                go_on.wait(60)
            return 404, {}, GONE

        cage.pages = pages
        said = [f"$ {' '.join(command[2:])} &"]
        first = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert stuck.wait(60)
        steps: dict[str, Any] = {}
        for _ in range(600):
            steps["under way"] = _counts(out)
            if sum(steps["under way"]["looks"].values()) == 23:
                break
            time.sleep(0.1)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        said += [f"$ kill -9   (11 of 12 looked at, the twelfth waits for its server) -> {first.returncode}"]
        steps["killed"] = _counts(out)
        go_on.set()
        (out / "murder").write_text("3")
        said += ["$ sabaki watch run   (ended by kill -9 again, while it tells the third notice)"]
        second = subprocess.run(command, capture_output=True, text=True)
        steps["killed again"] = _counts(out)
        said += [second.stdout + second.stderr, f"-> {second.returncode}"]
        third = subprocess.run(command, capture_output=True, text=True)
        said += ["$ sabaki watch run", third.stdout + third.stderr, f"-> {third.returncode}"]
        steps["restarted"] = _counts(out)
        later = Clock()
        later.time = datetime.now(UTC) + timedelta(minutes=6)
        chosen = msgspec.convert({"dns_servers": [f"127.0.0.1:{cage.dns}"], "data": str(out), "watch_command": [sys.executable, str(script), str(out / "told.txt"), str(out / "murder")]}, Settings)  # fmt: skip
        with closing(Watches(out / "watches.sqlite")) as store:
            Work(chosen, (), store, "en", as_json=False, now=later).go(stay=False)
        steps["six minutes later"] = _counts(out)
        (out / "steps.json").write_text(json.dumps(steps))
        (out / "said.txt").write_text("\n".join(said))


_TELL = """\
import json, os, signal, sys
id = json.load(sys.stdin)["id"]
told, murder = sys.argv[1], sys.argv[2]
with open(told, "a") as file:
    file.write(id + "\\n")
if os.path.exists(murder) and len(open(told).read().split()) == int(open(murder).read()):
    os.remove(murder)
    os.kill(os.getppid(), signal.SIGKILL)
"""


def two(out: Path) -> None:
    """Two runs at once."""
    with caged(out) as cage:
        _, command = _begin(out, cage, (sys.executable, "-c", "pass"))
        shows(cage, 404, GONE)
        cage.asked.clear()
        both = [
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for _ in range(2)
        ]
        said = [each.communicate()[0] for each in both]
        (out / "steps.json").write_text(json.dumps({"counts": _counts(out), "asked": cage.asked, "said": said}))


def pages(out: Path) -> None:
    """Redirects, sizes, addresses inside, certificates."""
    with caged(out) as cage:
        chosen = Settings(dns_servers=(f"127.0.0.1:{cage.dns}",), data=str(out))
        replies = {
            "/start": (302, {"Location": "/one"}, b""),
            "/one": (301, {"Location": f"http://{HOST}/two?x=\u3042".encode().decode("latin-1")}, b""),
            "/large": (200, {}, b"<title>x</title>" + b"a " * 500_000),
            "/loop": (302, {"Location": "/loop"}, b""),
            "/inside": (302, {"Location": "http://127.0.0.1/"}, b""),
            "/odd": (
                200,
                {"Content-Type": "text/html; charset=nonsense"},
                "<title>\x1b[2J</title><p>text</p>".encode("utf-16"),
            ),
        }

        def answer(host: str, path: str) -> tuple[int, dict[str, str], bytes]:
            return replies.get(path, (200, {}, "<title>二</title><p>本文</p>".encode()))

        cage.pages = answer
        server = live.server(f"127.0.0.1:{cage.dns}")
        looker = Looker(_Nobody(), _Nobody(), lambda: outside.Outside(chosen, [server]), Clock())

        def looked(url: str) -> list[Any]:
            made = Watch(name="w", host=HOST, url=url, ways=(Way.HTTP,))
            return list(looker.look(made))

        found: dict[str, Any] = {
            name: msgspec.to_builtins(looked(f"http://{HOST}/{path}")[-1].seen)
            for name, path in (
                ("redirected", "start"),
                ("large", "large"),
                ("loop", "loop"),
                ("inside", "inside"),
                ("odd", "odd"),
            )
        }
        first = looked(f"https://{HOST}/")
        cage.certificate("Test CA Two")
        second = looked(f"https://{HOST}/")
        found["untrusted"] = msgspec.to_builtins(second[-1].seen)
        found["certificates"] = [msgspec.to_builtins(each[0].seen) for each in (first, second)]
        found["events"] = [str(each.kind) for each in liveness.events("w", [first[0], second[0]])]
        found["agent"] = cage.agents[-1]
        (out / "found.json").write_text(json.dumps(found))


class _Nobody:
    def gather(self, subjects: Any) -> tuple[()]:
        return ()


def silence(out: Path) -> None:
    """The site's server goes away; then everything does."""
    with caged(out) as cage, closing(Watches(out / "watches.sqlite")) as store:
        clock = Clock()
        chosen = Settings(dns_servers=(f"127.0.0.1:{cage.dns}",), data=str(out), dns_timeout=1)
        shows(cage, 200, LOGIN)
        cage.registration = registration("2026-10-30T00:00:00Z", "active")
        ways = (Way.DNS, Way.REGISTRATION, Way.HTTP)
        store.add(Watch(name="w", host=HOST, domain=DOMAIN, url=f"http://{HOST}/", ways=ways), clock())
        server = live.server(f"127.0.0.1:{cage.dns}")
        work = Work(chosen, (), store, "en", as_json=True, now=clock, outside=lambda: outside.Outside(chosen, [server]))

        def looked() -> list[Any]:
            work.go(stay=False)
            clock.on(days=1)
            found = store.diary("w")
            assert found is not None
            return [each for each in found.observations if each.at == found.observations[-1].at]

        looked()
        subprocess.run(["ip", "addr", "del", f"{FIRST}/32", "dev", "lo"], check=True)
        seen = looked()
        found: dict[str, Any] = {"others answer": seen[-1].seen.state}
        subprocess.run(["ip", "addr", "del", f"{REGISTRY}/32", "dev", "lo"], check=True)
        seen = looked()
        found["nobody answers"] = [seen[-1].state, seen[-1].seen]
        os.kill(int((cage.at / "nsd.pid").read_text()), signal.SIGTERM)
        time.sleep(0.5)
        seen = looked()
        found["no dns"] = [[each.way, each.state] for each in seen if each.way is not Way.REGISTRATION]
        diary = store.diary("w")
        assert diary is not None
        found["events"] = [str(each.kind) for each in diary.events]
        (out / "found.json").write_text(json.dumps(found))


if __name__ == "__main__":
    {"diary": diary, "kill": kill, "two": two, "pages": pages, "silence": silence}[sys.argv[1]](Path(sys.argv[2]))
