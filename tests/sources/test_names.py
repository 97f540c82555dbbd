from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sabaki.model.finding import State
from sabaki.model.knowledge import Names, Subject
from sabaki.model.lookup import Answer, Lookup
from sabaki.protocols import resolver
from sabaki.sources import names
from sabaki.sources.source import Failed


class Zone:
    """A world in which the DNS says what it is told to."""

    def __init__(self, **records: str) -> None:
        self.records = {tuple(key.rsplit("__", 1)): value.split() for key, value in records.items()}
        self.down = False

    async def lookup(self, name: str, type: str) -> Lookup:
        if self.down:
            return Lookup(name, type, Answer.TEMPERROR, detail="SERVFAIL")
        found = self.records.get((name.replace(".", "_").replace("-", "_"), type))
        return Lookup(name, type, Answer.ANSWER if found else Answer.NXDOMAIN, tuple(found or ()))


def ask(kind: str, value: str, zone: Any) -> Names:
    (found,) = asyncio.run(names.ask(Subject(kind, value), zone))
    assert isinstance(found, Names)
    return found


def test_a_host_has_addresses_of_both_kinds() -> None:
    found = ask("host", "a.example", Zone(a_example__A="203.0.113.5 203.0.113.6", a_example__AAAA="2001:db8::5"))
    assert found.addresses == ("203.0.113.5", "203.0.113.6", "2001:db8::5")


def test_a_name_that_leads_back_is_confirmed() -> None:
    pointer = {"5_113_0_203_in_addr_arpa__PTR": "other.example mx.example"}
    found = ask("ip", "203.0.113.5", Zone(**pointer, other_example__A="192.0.2.1", mx_example__A="203.0.113.5"))
    assert found.reverse_names == ("other.example", "mx.example")
    assert found.confirmed_name == "mx.example"


def test_a_name_that_does_not_lead_back_is_not() -> None:
    found = ask("ip", "203.0.113.5", Zone(**{"5_113_0_203_in_addr_arpa__PTR": "bank.example"}))
    assert found.reverse_names == ("bank.example",)
    assert found.confirmed_name == ""


def test_no_answer_is_a_failure_and_no_such_name_an_answer() -> None:
    zone = Zone()
    assert ask("host", "gone.example", zone).addresses == ()
    zone.down = True
    with pytest.raises(Failed) as caught:
        ask("host", "gone.example", zone)
    assert caught.value.state is State.TEMPERROR


def test_silence_on_one_half_is_not_nothing() -> None:
    class Half(Zone):
        async def lookup(self, name: str, type: str) -> Lookup:
            if type == "A":
                return Lookup(name, type, Answer.TEMPERROR, detail=resolver.TOO_LARGE)
            return await super().lookup(name, type)

    with pytest.raises(Failed) as caught:
        ask("host", "a.example", Half())
    assert caught.value.state is State.TEMPERROR
    assert "too large" in caught.value.reason
    assert "大きすぎ" in caught.value.reason_ja
    assert ask("host", "a.example", Half(a_example__AAAA="2001:db8::5")).addresses == ("2001:db8::5",)
