from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from sabaki.model.finding import State
from sabaki.model.lookup import Answer, Lookup
from sabaki.protocols import resolver
from sabaki.sources import dns
from sabaki.sources.outside import Outside
from sabaki.sources.source import Failed


class Asker:
    """Stands in for the DNS."""

    asked: list[tuple[str, str]] = []  # noqa: RUF012  # one list for all, on purpose

    def __init__(self, servers: Any, timeout: float, silence: dns.Silence) -> None:
        self.sent = 0

    def lookup(self, name: str, type: str) -> Lookup:
        self.asked.append((name, type))
        self.sent += 1
        if name == "down.example":
            return Lookup(name, type, Answer.TEMPERROR, detail="SERVFAIL")
        if name == "half.example" and type == "A":
            return Lookup(name, type, Answer.TEMPERROR, detail=resolver.TOO_LARGE)
        if name == "half.example":
            return Lookup(name, type, Answer.NODATA)
        return Lookup(name, type, Answer.ANSWER, ("127.0.0.1",)) if type == "A" else Lookup(name, type, Answer.NODATA)


@pytest.fixture(autouse=True)
def asker(monkeypatch: pytest.MonkeyPatch) -> type[Asker]:
    monkeypatch.setattr(dns, "Live", Asker)
    Asker.asked = []
    return Asker


def test_the_same_question_is_asked_once(asker: type[Asker]) -> None:
    async def go() -> int:
        world = Outside(SimpleNamespace(), [])
        await asyncio.gather(*(world.lookup("a.example", "A") for _ in range(20)), world.lookup("A.example.", "a"))
        await world.close()
        return world.questions

    assert asyncio.run(go()) == 1
    assert asker.asked == [("a.example", "A")]


def test_what_the_dns_leads_inside_is_refused() -> None:
    async def go(host: str) -> None:
        world = Outside(SimpleNamespace(), [])
        try:
            await world.egress.fetch(f"http://{host}/")
        finally:
            await world.close()

    with pytest.raises(Failed, match="not globally routable"):
        asyncio.run(go("rebinding.example"))
    with pytest.raises(Failed) as caught:
        asyncio.run(go("down.example"))
    assert caught.value.state is State.TEMPERROR
    with pytest.raises(Failed, match="too large") as caught:
        asyncio.run(go("half.example"))
    assert "大きすぎ" in caught.value.reason_ja


def test_what_was_asked_is_known() -> None:
    async def go() -> None:
        world = Outside(SimpleNamespace(), [])
        assert world.known("a.example", "A") is None
        await world.lookup("a.example", "A")
        assert world.known("A.example.", "a") == await world.lookup("a.example", "A")
        await world.close()

    asyncio.run(go())
