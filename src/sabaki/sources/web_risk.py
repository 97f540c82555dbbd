"""Google Web Risk: Safe Browsing's lists for commercial use. Only the first four bytes of hashes leave, never the link."""

from __future__ import annotations

import asyncio
import binascii
from base64 import b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from urllib.parse import urlencode

import msgspec

from sabaki.model.finding import State
from sabaki.model.knowledge import Known, Subject
from sabaki.sources import sbwords, urlhash
from sabaki.sources.sbproto import HASH_BYTES, Detail, Found, FullHash
from sabaki.sources.sbservice import Service, service, unreadable
from sabaki.sources.source import Failed, World, source

BASE = "https://webrisk.googleapis.com"
LIST = "Google Web Risk"
THREATS = ("MALWARE", "SOCIAL_ENGINEERING", "UNWANTED_SOFTWARE", "SOCIAL_ENGINEERING_EXTENDED_COVERAGE")
_AT_ONCE = 6
_MOST_SECONDS = 86_400.0


class _Threat(msgspec.Struct, rename="camel"):
    hash: str
    threat_types: tuple[str, ...] = ()
    expire_time: str | None = None


class _Answer(msgspec.Struct, rename="camel"):
    threats: tuple[_Threat, ...] = ()
    negative_expire_time: str | None = None


@source(
    accepts=("url",),
    sends="hash-prefix",
    to="Google Web Risk",
    to_ja="Google Web Risk",
    keeps=0,
    timeout=20.0,
    needs="web_risk_key",
    default=False,
    terms="Billed by question: up to 30 for a link. A warning says that it is a suspicion and that it comes from Google.",
)
async def ask(subject: Subject, world: World) -> tuple[Known, ...]:
    """Whether Google Web Risk lists a link, the directories it is in or its site. Sends hash prefixes of four bytes only."""
    wanted = urlhash.expressions(subject.value)
    if not wanted:
        raise Failed(State.SKIPPED, "not a web address", "Webのアドレスではありません")
    base = (getattr(world.settings, "web_risk_url", "") or BASE).rstrip("/")
    server = service(world, LIST)
    key = str(getattr(world.settings, "web_risk_key", ""))

    async def search(prefixes: tuple[bytes, ...]) -> dict[bytes, Found]:
        at_once = asyncio.Semaphore(_AT_ONCE)

        async def one(prefix: bytes) -> Found:
            async with at_once:
                return await _search(world, server, base, key, prefix)

        answers = await asyncio.gather(*map(one, prefixes), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return {prefix: known for prefix, known in zip(prefixes, answers, strict=True) if isinstance(known, Found)}

    answers = await server.answers(world, (each.prefix for each in wanted), search)
    oldest = min(known.asked for known in answers.values())
    return (sbwords.listing(LIST, sbwords.matches(wanted, answers), oldest),)


async def _search(world: World, server: Service, base: str, key: str, prefix: bytes) -> Found:
    query = [("hashPrefix", urlsafe_b64encode(prefix).decode()), *(("threatTypes", each) for each in THREATS)]
    response = await server.call(world, f"{base}/v1/hashes:search?{urlencode(query)}", key, "web_risk_key")
    try:
        return read(response.body, world.now())
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise unreadable(str(error)[:200]) from error


def read(body: bytes, now: datetime) -> Found:
    """A SearchHashesResponse in JSON. Raises ValueError, also where it does not say for how long it holds: a real one does."""
    answer = msgspec.json.decode(body, type=_Answer)
    ends = [each.expire_time for each in answer.threats] or [answer.negative_expire_time]
    if None in ends:
        raise ValueError("the answer does not say for how long it holds")
    seconds = min((_time(end) - now).total_seconds() for end in ends if end is not None)
    hashes = tuple(FullHash(_hash(each.hash), tuple(map(_detail, each.threat_types))) for each in answer.threats)
    return Found(hashes, min(max(seconds, 0.0), _MOST_SECONDS))


def _detail(threat: str) -> Detail:
    return Detail(threat if threat in THREATS else "")


def _hash(text: str) -> bytes:
    try:
        raw = b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("a hash that is not base64") from None
    if len(raw) != HASH_BYTES:
        raise ValueError(f"a hash of {len(raw)} bytes")
    return raw


def _time(text: str) -> datetime:
    """RFC 3339, with as many digits of a second as it likes."""
    at = datetime.fromisoformat(text.strip())
    return at if at.tzinfo else at.replace(tzinfo=UTC)
