"""The rounds of `sabaki watch run`: who is asked, what is printed, and how long it goes on."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sabaki.cli import lookups
from sabaki.facts import schedule
from sabaki.model.visit import Mode, Visit
from sabaki.model.watch import Watch
from sabaki.render import diarywords, escape
from sabaki.settings import Settings
from sabaki.sources import dns as live
from sabaki.sources.egress import Guard
from sabaki.sources.gather import Gatherer
from sabaki.sources.outside import Outside
from sabaki.sources.source import registered
from sabaki.store.watches import Watches
from sabaki.watch.looker import Looker, Visitor
from sabaki.watch.notices import Teller, channels
from sabaki.watch.rounds import Done, Rounds, Told

_NAMES = ("names", "network")
_REGISTRIES = ("rdap", "whois")
VISITED = frozenset({80, 443, 8080, 8443})
"""Ports that a visit may go to."""
_REST = 60.0
"""Seconds until it is tried again where nobody answered."""


class Work:
    """Makes rounds as the settings say. `outside` makes a world (tests have one of their own), `visitor` visits a link with a browser."""

    def __init__(
        self,
        chosen: Settings,
        dns: Sequence[str],
        store: Watches,
        lang: str,
        *,
        as_json: bool,
        now: Callable[[], datetime],
        outside: Callable[[], Any] | None = None,
        visitor: Visitor | None = None,
    ) -> None:
        self._chosen, self._dns, self._store, self._lang, self._as_json = chosen, dns, store, lang, as_json
        self._now, self._visitor = now, visitor or self._visit
        self._one_browser = threading.Lock()
        self._outside = outside or self._world
        self._counted: Counter[str] = Counter()

    def go(self, *, stay: bool) -> None:
        """One round, or with `stay` one after the other until interrupted. Raises click.UsageError where nobody can be asked."""
        rounds = Rounds(
            self._store,
            Teller(self._chosen, self._lang, self._outside, self._now),
            self._now,
            steps=schedule.steps(self._chosen.watch_steps),
            channels=channels(self._chosen),
        )
        while True:
            rest = 0.0
            try:
                self._round(rounds)
            except click.UsageError as error:
                if not stay:
                    raise
                self._say(str(error))
                rest = _REST
            if not stay:
                self._say(self._summary())
                return
            if not rounds.pause(at_least=rest):
                return

    def _round(self, rounds: Rounds) -> None:
        if not rounds.waits:
            return
        with self._looker() as looker, closing(rounds.run(looker.look)) as done, self._shown(done) as shown:
            for each in shown:
                self._print(each)

    @contextmanager
    def _looker(self) -> Iterator[Looker]:
        """Who looks, for one round: each has its own answers, none from an earlier one."""
        chosen = self._chosen
        if chosen.tlp == "red":
            raise click.UsageError("the settings say TLP:RED: nothing leaves, so nothing can be watched")
        if "name" in chosen.leaving and self._outside == self._world:
            try:
                live.Live(self._servers(), timeout=chosen.dns_timeout).check()
            except live.NoServer as error:
                raise click.UsageError(f"{error}; nothing was looked at, and nothing is lost by that") from error
        every = {id: each for id, each in registered().items() if lookups.is_asked(each, chosen)}
        # The reverse names of its addresses are no part of a watch: nobody is asked for them.
        names = {id: every[id] for id in _NAMES if id in every}
        if "names" in names:
            names["names"] = msgspec.structs.replace(names["names"], accepts=("host", "domain"))
        registries = {id: every[id] for id in _REGISTRIES if id in every}
        with Gatherer(self._outside(), names) as near, Gatherer(self._outside(), registries) as far:
            yield Looker(near, far, self._outside, self._now, self._visitor, may_go="url" in chosen.leaving)

    def _servers(self) -> Any:
        return lookups.servers(self._chosen, self._dns)

    def _world(self) -> Outside:
        return Outside(self._chosen, self._servers())

    def _visit(self, watch: Watch) -> Visit:
        """Visit a link; one browser at a time. Where its walls do not stand the visit says so, and nobody goes."""
        from sabaki.visit import visit

        mode = Mode.VERBATIM if watch.verbatim else Mode.STRIPPED

        async def go() -> Visit:
            world = self._outside()
            try:
                return await visit.visit(
                    watch.url,
                    visit.Wanted(visited=watch.url, mode=mode),
                    guard=Guard(world.addresses, ports=VISITED),
                    keep=_hash,
                )
            finally:
                await world.close()

        with self._one_browser:
            return asyncio.run(go())

    @contextmanager
    def _shown(self, done: Iterable[Done | Told]) -> Iterator[Iterable[Done | Told]]:
        """The same, with a bar on the terminal while it goes on."""
        with Progress(
            TextColumn("looking"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
            transient=True,
        ) as progress:
            yield progress.track(done, total=max(1, self._store.due(self._now())))

    def _print(self, each: Done | Told) -> None:
        if isinstance(each, Told):
            self._counted["told" if each.notice.state == "sent" else "not told"] += 1
            if each.notice.state != "sent":
                how = "given up" if each.notice.state == "given_up" else "tried again later"
                self._say(f"notice {each.notice.id} by {each.notice.channel}: {each.notice.reason} ({how})")
            return
        if each.lost:
            return
        self._counted["looked at"] += 1
        self._counted["changed"] += bool(each.events)
        self._counted["not checked"] += each.failed
        if self._as_json:
            click.echo(escape.json_text(msgspec.json.encode(each).decode()))
            return
        for event in each.events:
            click.echo(escape.terminal(f"{each.watch.name}: {diarywords.told(event, self._lang)} [{event.grade}]"))

    def _summary(self) -> str:
        said = ", ".join(f"{count} {what}" for what, count in self._counted.items() if count) or "nothing was due"
        due = self._store.next_due()
        return f"{said}; next due {due:%Y-%m-%d %H:%M} UTC" if due else f"{said}; nothing is watched"

    def _say(self, text: str) -> None:
        click.echo(f"sabaki: {escape.terminal(text)}", err=True)


def _hash(content: bytes) -> str:
    """Nothing of a page is kept by a watch but what its diary says."""
    return sha256(content).hexdigest()
