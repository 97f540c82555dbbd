"""What a source is: what it accepts, the grade it gives, what it sends and to whom; and the world that it may use."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec

from sabaki.model.evidence import Grade
from sabaki.model.finding import State
from sabaki.model.knowledge import Known, Subject
from sabaki.model.lookup import Lookup


class Failed(Exception):
    """The source gave no usable answer. TEMPERROR: ask again later; PERMERROR: it will not answer; SKIPPED: it was not asked.

    `sent` is whether anything may have left the machine for it.
    """

    def __init__(self, state: State, reason: str, reason_ja: str, *, sent: bool = True) -> None:
        super().__init__(reason)
        self.state, self.reason, self.reason_ja = state, reason, reason_ja
        self.sent = sent and state is not State.SKIPPED


class Declined(Exception):
    """The question is none for this source: nothing was asked, and nothing is left open by that."""


class Response(msgspec.Struct, frozen=True):
    """An HTTP response, its body bounded. `url` is the last one after redirects, each of which was checked."""

    status: int
    headers: dict[str, str]
    body: bytes
    url: str


class Egress(Protocol):
    """The only way out (sources/egress.py). Names are resolved, every answer checked, and the checked address is connected to.

    Each call raises `Failed`: refused by the guard, over its bytes or its time, no connection, a broken answer.
    """

    async def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        seconds: float = 10.0,
        most: int = 1_000_000,
        redirects: int = 5,
        cut: bool = False,
    ) -> Response:
        """An HTTP request within `seconds`, redirects included; at most `most` bytes of body are read, and more is a failure.

        With `redirects` -1 none is followed and none is a failure: the answer is handed out as it came. Then `cut` takes the beginning of
        a body that is too large.
        """
        ...  # pragma: no cover

    async def exchange(
        self, host: str, port: int, request: bytes, *, seconds: float = 10.0, most: int = 200_000
    ) -> bytes:
        """Connect by TCP, send, and read until the other side closes (WHOIS: RFC 3912)."""
        ...  # pragma: no cover

    async def certificate(self, host: str, port: int = 443, *, seconds: float = 10.0) -> bytes:
        """The certificate that a host shows in a TLS handshake, in DER, not verified; nothing else is sent."""
        ...  # pragma: no cover


class World(Protocol):
    """What a source may use. Handed in, so that tests and replay have a world of their own."""

    settings: Any
    data: Path
    """The directory with the databases and lists that `sabaki data pull` fetched."""

    @property
    def egress(self) -> Egress:
        """The way out."""
        ...  # pragma: no cover

    async def lookup(self, name: str, type: str) -> Lookup:
        """Ask the DNS."""
        ...  # pragma: no cover

    def now(self) -> datetime:
        """The time, UTC."""
        ...  # pragma: no cover


Ask = Callable[[Subject, World], Awaitable[tuple[Known, ...]]]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A registered source. `accepts` are kinds of Subject. `sends` says what leaves: "nothing",
    "hash-prefix", or which kinds of subject ("domain, ip, asn").

    `to` says who gets it. `keeps` is for how many seconds an answer may be reused, `timeout` seconds for one question.
    `needs` names the setting without which it is not asked ("safe_browsing_key"), "" for none. `default` is whether `--online` asks it.
    `instead_of` names a source that goes first: this one is asked only where that one had nothing to say.
    """

    id: str
    ask: Ask
    accepts: tuple[str, ...]
    grade: Grade
    sends: str
    to: str = ""
    to_ja: str = ""
    keeps: int = 86_400
    timeout: float = 10.0
    needs: str = ""
    default: bool = True
    instead_of: str = ""
    description: str = ""
    terms: str = ""

    def leaves(self, kind: str) -> str:
        """What leaves the machine for a subject of that kind: "" for nothing, else "hash-prefix", "name", or the kind itself."""
        if self.sends == "nothing":
            return ""
        return self.sends if self.sends in ("hash-prefix", "name") else kind


LOCAL = ("feeds", "network", "place")
"""The sources that send nothing; they load quickly, and without the others."""
_sources: dict[str, Source] = {}


def source(
    *,
    accepts: tuple[str, ...],
    sends: str,
    to: str,
    to_ja: str,
    grade: Grade = Grade.THIRD_PARTY,
    keeps: int = 86_400,
    timeout: float = 10.0,
    needs: str = "",
    default: bool = True,
    instead_of: str = "",
    terms: str = "",
) -> Callable[[Ask], Ask]:
    """Register a source: one function in one file of `sources/`, its id the file's name. `terms` is what its operator asks of users."""

    def register(function: Ask) -> Ask:
        id = function.__module__.rpartition(".")[2]
        description = " ".join((function.__doc__ or "").split())
        _sources[id] = Source(
            id=id,
            ask=function,
            accepts=accepts,
            grade=grade,
            sends=sends,
            to=to,
            to_ja=to_ja,
            keeps=keeps,
            timeout=timeout,
            needs=needs,
            default=default,
            instead_of=instead_of,
            description=description,
            terms=terms,
        )
        return function

    return register


def local() -> dict[str, Source]:
    """The sources that send nothing, by id."""
    package = __name__.rpartition(".")[0]
    for id in LOCAL:
        importlib.import_module(f"{package}.{id}")
    return {id: _sources[id] for id in LOCAL}


def registered() -> dict[str, Source]:
    """All sources, by id: every module of this package is looked through. Loads heavy ones; ask only when something is asked."""
    package = importlib.import_module(__name__.rpartition(".")[0])
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    return dict(sorted(_sources.items()))
