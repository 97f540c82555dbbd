"""The real world for the sources: the DNS servers of the settings, the guarded way out, the clock, the directory of data."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sabaki.model.finding import State
from sabaki.model.lookup import Answer, Lookup
from sabaki.protocols import resolver
from sabaki.sources import dns
from sabaki.sources.egress import PORTS, Egress, Guard
from sabaki.sources.inside import data_directory
from sabaki.sources.source import Failed

ASKERS = 64
"""Questions to the DNS that are under way at once: each waits in a thread of its own."""


class Outside:
    """See `source.World`. `allow` and `ports` are for tests' own servers on loopback."""

    def __init__(
        self,
        settings: Any,
        servers: Sequence[dns.Server],
        *,
        data: Path | None = None,
        allow: tuple[str, ...] = (),
        ports: frozenset[int] | None = PORTS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.settings = settings
        self.data = data or data_directory(settings)
        self._servers = tuple(servers)
        self._timeout = float(getattr(settings, "dns_timeout", dns.TIMEOUT))
        self._free: list[dns.Live] = []
        self._silence = dns.Silence()
        # Python's own pool has a few threads more than the machine has cores, far too few for waiting.
        self._threads = ThreadPoolExecutor(ASKERS, thread_name_prefix="sabaki-dns")
        self._asking = asyncio.Semaphore(ASKERS)
        self._flights: dict[tuple[str, str], asyncio.Task[Lookup]] = {}
        self.egress = Egress(Guard(self.addresses, allow, ports), tls)

    async def lookup(self, name: str, type: str) -> Lookup:
        """Ask the DNS; who asks the same shares the answer."""
        key = resolver.key(name, type)
        if key not in self._flights:
            self._flights[key] = asyncio.create_task(self._ask(*key))
        return await asyncio.shield(self._flights[key])

    async def _ask(self, name: str, type: str) -> Lookup:
        async with self._asking:
            asker = (
                self._free.pop()
                if self._free
                else dns.Live(self._servers, timeout=self._timeout, silence=self._silence)
            )
            try:
                return await asyncio.get_running_loop().run_in_executor(self._threads, asker.lookup, name, type)
            finally:
                self._free.append(asker)

    async def addresses(self, host: str) -> tuple[str, ...]:
        """The addresses of a host, A and AAAA; empty where there are none. Raises Failed where the DNS gave no answer."""
        found = await asyncio.gather(self.lookup(host, "A"), self.lookup(host, "AAAA"))
        records = tuple(record for each in found for record in each.records)
        silent = next((each for each in found if not each.known), None)
        if silent is not None and not records:
            reason, reason_ja = resolver.why(silent)
            state = State.TEMPERROR if silent.status is Answer.TEMPERROR else State.SKIPPED
            raise Failed(state, f"{host} cannot be resolved: {reason}", f"{host} の名前解決ができません（{reason_ja}）")
        return records

    def known(self, name: str, type: str) -> Lookup | None:
        """The answer of an earlier question."""
        flight = self._flights.get(resolver.key(name, type))
        return flight.result() if flight and flight.done() and not flight.cancelled() else None

    @property
    def questions(self) -> int:
        """Questions that were sent to the DNS."""
        return sum(each.sent for each in self._free)

    def now(self) -> datetime:
        """The clock of this machine, UTC."""
        return datetime.now(UTC)

    async def close(self) -> None:
        """Close what is open."""
        await self.egress.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
