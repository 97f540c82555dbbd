"""The local lists of Safe Browsing v5: kept in files that are looked up where they lie, and brought up to date piece by piece.

A file is a line of magic, a line of JSON (`Head`), then the hashes, sorted, without gaps. It is replaced as a whole, so that a
reader sees the old list or the new one; its checksum, the server's own, is verified whenever it is opened.
"""

from __future__ import annotations

import asyncio
import hashlib
import mmap
import os
import tempfile
from base64 import urlsafe_b64encode
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

import msgspec

from sabaki.model.finding import State
from sabaki.sources import sbproto, sbrice
from sabaki.sources.sbproto import Garbled, ListUpdate
from sabaki.sources.sbservice import Service, unreadable
from sabaki.sources.source import Failed, World
from sabaki.sources.urlhash import Expression

THREATS = ("se-4b", "mw-4b", "uws-4b", "uwsa-4b", "pha-4b")
"""Deception, malware, unwanted software (for desktops and for Android), harmful apps: prefixes of four bytes."""
LIKELY_SAFE = "gc-32b"
"""The global cache: full hashes of what is probably harmless, for which the local lists are good enough."""
NAMES = (*THREATS, LIKELY_SAFE)
DIRECTORY = "safe-browsing"
OLDEST = timedelta(hours=24)
"""A list that is older settles nothing: most phishing pages do not live that long."""
_MAGIC = b"sabaki hash list 1\n"
_PIECE = 262_144
"""Entries of a list that are asked for at a time; each piece is stored, so that an interrupted fetch goes on from there."""
_ROUNDS = 100
_MOST_BYTES = 32_000_000
_MOST_ENTRIES = 8_000_000
_SECONDS = 60.0
_LONGEST_WAIT = 86_400.0
_LONGEST_VERSION = 2_048


class Head(msgspec.Struct, frozen=True):
    """What a file says of its list. `due` is when the server may be asked again, `complete` whether it has sent all of it."""

    name: str
    version: bytes
    width: int
    count: int
    checksum: bytes
    fetched: datetime
    due: datetime
    complete: bool


class HashList:
    """A list in its file, mapped into memory: a look-up touches a few pages. Raises OSError or ValueError where it is damaged."""

    def __init__(self, file: Path) -> None:
        with file.open("rb") as opened:
            mapped = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        end = mapped.find(b"\n", len(_MAGIC), len(_MAGIC) + 4 * _LONGEST_VERSION)
        if mapped[: len(_MAGIC)] != _MAGIC or end < 0:
            raise ValueError(f"{file.name} is no list of hashes")
        self.head = msgspec.json.decode(mapped[len(_MAGIC) : end], type=Head)
        self._start, self._width, self._mapped = end + 1, self.head.width, mapped
        expected = self._start + self.head.count * self._width
        if self._width not in sbrice.PARAMETERS or self.head.count < 0 or len(mapped) != expected:
            raise ValueError(f"{file.name} is not of the length that it says")
        self._starts = range(self._start, len(mapped), self._width)
        if hashlib.sha256(memoryview(mapped)[self._start :]).digest() != self.head.checksum:
            raise ValueError(f"{file.name} does not match its checksum")

    def __len__(self) -> int:
        return self.head.count

    def __iter__(self) -> Iterator[bytes]:
        body, width = self.body, self._width
        return (body[at : at + width] for at in range(0, len(body), width))

    def __contains__(self, hash: bytes) -> bool:
        """Whether a full hash, or its beginning, is in the list."""
        width, mapped = self._width, self._mapped
        entry = hash[:width]
        at = bisect_left(self._starts, entry, key=lambda start: mapped[start : start + width])
        return at < len(self._starts) and mapped[self._starts[at] : self._starts[at] + width] == entry

    @property
    def body(self) -> bytes:
        """All hashes, one after the other."""
        return self._mapped[self._start :]


class Lists(msgspec.Struct, frozen=True):
    """All threat lists, complete and fresh, and the global cache where that is too. `date` is the oldest list's."""

    threats: tuple[HashList, ...]
    likely_safe: HashList | None
    date: datetime

    def suspects(self, wanted: Iterable[Expression]) -> tuple[Expression, ...]:
        """Those whose prefix is in a threat list: only the server knows whether the whole hash is."""
        return tuple(each for each in wanted if any(each.hash in known for known in self.threats))

    def likely(self, wanted: Iterable[Expression]) -> bool:
        """Whether the global cache knows one of them."""
        return self.likely_safe is not None and any(each.hash in self.likely_safe for each in wanted)


def opened(data: Path, name: str) -> HashList | None:
    """A list as it lies there, verified once for each file; None where there is none or it is damaged (the next update mends it)."""
    file = data / DIRECTORY / f"{name}.list"
    try:
        stat = file.stat()
        return _opened(file, (stat.st_ino, stat.st_size, stat.st_mtime_ns))
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


@lru_cache(maxsize=32)
def _opened(file: Path, stamp: tuple[int, int, int]) -> HashList:  # the stamp tells one version of a file from the next
    return HashList(file)


def fresh(data: Path, now: datetime, oldest: timedelta = OLDEST) -> Lists | None:
    """The lists that may be relied on at a time; None where one of the threat lists is missing, incomplete or older than `oldest`."""

    def usable(name: str) -> HashList | None:
        known = opened(data, name)
        return known if known is not None and known.head.complete and now - known.head.fetched < oldest else None

    threats = tuple(known for name in THREATS if (known := usable(name)) is not None)
    if len(threats) < len(THREATS):
        return None
    return Lists(threats, usable(LIKELY_SAFE), min(known.head.fetched for known in threats))


def overdue(data: Path, now: datetime, names: Iterable[str] = NAMES) -> tuple[str, ...]:
    """The lists that the server may be asked for: missing, damaged, incomplete, or past the wait that it asked for."""
    return tuple(name for name in names if (known := opened(data, name)) is None or known.head.due <= now)


async def update(
    world: World, server: Service, base: str, key: str, names: tuple[str, ...] = NAMES, seconds: float = _SECONDS
) -> tuple[Head, ...]:
    """Bring lists up to date where they are due. Each piece is verified and stored as it comes. Raises Failed; what is stored stays.

    A piece that does not fit what is here (the server's checksum tells) makes that list be fetched anew, once.
    """
    async with server.updating:
        anew: set[str] = set()
        for _ in range(_ROUNDS):
            due = overdue(world.data, world.now(), names)
            if not due:
                break
            for piece in await _fetch(world, server, base, key, due, anew, seconds):
                try:
                    await asyncio.to_thread(_store, world.data, piece, world.now(), anew=piece.name in anew)
                except Garbled as error:
                    if piece.name in anew:
                        raise unreadable(f"{piece.name}: {error}") from error
                    anew.add(piece.name)
                except OSError as error:
                    raise _not_kept(error) from error
                else:
                    anew.discard(piece.name)
        else:
            raise unreadable("the lists do not come to an end")
        return tuple(known.head for name in names if (known := opened(world.data, name)) is not None)


async def _fetch(
    world: World, server: Service, base: str, key: str, due: tuple[str, ...], anew: set[str], seconds: float
) -> tuple[ListUpdate, ...]:
    """A piece of each list that is due: as many, and of those names."""
    held = [known for name in due if name not in anew and (known := opened(world.data, name)) is not None]
    query = [
        *(("names", name) for name in due),
        *(("version", urlsafe_b64encode(known.head.version).decode()) for known in held),
        ("sizeConstraints.maxUpdateEntries", str(_PIECE)),
        ("alt", "proto"),
    ]
    url = f"{base}/v5/hashLists:batchGet?{urlencode(query)}"
    response = await server.call(world, url, key, "safe_browsing_key", seconds=seconds, most=_MOST_BYTES)
    try:
        pieces = await asyncio.to_thread(sbproto.lists, response.body)
    except Garbled as error:
        raise unreadable(str(error)) from error
    if sorted(piece.name for piece in pieces) != sorted(due):
        raise unreadable("other lists than those that were asked for")
    return pieces


def _store(data: Path, update: ListUpdate, now: datetime, *, anew: bool) -> None:
    """Apply an update and put the list in place. Raises Garbled, and leaves what is there, where it does not come out right."""
    held = None if anew else opened(data, update.name)
    width = int(update.name.rpartition("-")[2].removesuffix("b"))
    if len(update.version) > _LONGEST_VERSION:
        raise Garbled(f"a version of {len(update.version)} bytes")
    unchanged = not (update.additions or update.removals or update.checksum)
    if unchanged:
        if held is None or not (update.partial or update.version in (b"", held.head.version)):
            raise Garbled("nothing sent of a list that is not here")
        body, checksum = held.body, held.head.checksum
    else:
        body, checksum = b"".join(applied(held, update, width)), update.checksum
        if hashlib.sha256(body).digest() != checksum:
            raise Garbled("the checksum does not match")
    head = Head(
        name=update.name,
        version=update.version or (held.head.version if held else b""),
        width=width,
        count=len(body) // width,
        checksum=checksum,
        fetched=now,
        due=now + timedelta(seconds=min(update.wait, _LONGEST_WAIT)),
        complete=update.wait > 0,
    )
    _write(data / DIRECTORY, head, body)


def applied(held: Iterable[bytes] | None, update: ListUpdate, width: int) -> list[bytes]:
    """The hashes after an update: removals first, by their place, then additions. Raises Garbled."""
    if update.partial and held is None:
        raise Garbled("a change to a list that is not here")
    kept = list(held or ()) if update.partial else []
    if update.removals is not None:
        gone = set(sbrice.decode(update.removals))
        if max(gone) >= len(kept):
            raise Garbled("a removal of what is not there")
        kept = [entry for at, entry in enumerate(kept) if at not in gone]
    if update.additions is not None:
        if update.additions.width != width:
            raise Garbled(f"hashes of {update.additions.width} bytes")
        if len(kept) + update.additions.count >= _MOST_ENTRIES:
            raise Garbled(f"more than {_MOST_ENTRIES:,} entries")
        kept += [number.to_bytes(width, "big") for number in sbrice.decode(update.additions)]
        kept.sort()
    return kept


def _write(directory: Path, head: Head, body: bytes) -> None:
    """Atomically: written beside it, made durable, then moved into place."""
    directory.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f"{head.name}.", suffix=".partial", dir=directory)
    try:
        with os.fdopen(handle, "wb") as out:
            out.writelines((_MAGIC, msgspec.json.encode(head), b"\n", body))
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(directory / f"{head.name}.list")
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _not_kept(error: OSError) -> Failed:
    reason = error.strerror or type(error).__name__
    return Failed(State.PERMERROR, f"the lists cannot be stored here: {reason}", f"リストを保存できません（{reason}）")


async def current(world: World, server: Service, base: str, key: str, seconds: float) -> Lists:
    """The threat lists, brought up to date first where they are due. Old ones do for a day where that fails; raises Failed beyond."""
    try:
        if overdue(world.data, world.now(), THREATS):
            await update(world, server, base, key, THREATS, seconds)
    except Failed:
        if fresh(world.data, world.now()) is None:
            raise
    lists = fresh(world.data, world.now())
    if lists is None:
        raise Failed(State.TEMPERROR, "the local lists are not complete yet", "ローカルのリストがまだ揃っていません")
    return lists


def rfc3339(at: datetime) -> str:
    """RFC 3339, UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
