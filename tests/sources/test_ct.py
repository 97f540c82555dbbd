from __future__ import annotations

from typing import Any

import pytest

from sabaki.model.finding import State
from sabaki.model.knowledge import Certificates, Subject
from sabaki.sources import ct
from sabaki.sources.source import Failed, registered

from .services import World, ask_with, reply

ISSUER = "C=US, O=Let's Encrypt, CN=R11"
PRE = {
    "issuer_ca_id": 295810,
    "issuer_name": ISSUER,
    "common_name": "evil.example",
    "name_value": "*.evil.example\nevil.example",
    "id": 2,
    "entry_timestamp": "2026-11-20T08:30:12.345",
    "not_before": "2026-11-20T07:30:11",
    "not_after": "2027-02-18T07:30:10",
    "serial_number": "04aabb",
    "result_count": 3,
}
LEAF = PRE | {"id": 1, "entry_timestamp": "2026-11-20T08:31:00"}
OLD = PRE | {"serial_number": "03", "not_before": "2025-01-01T00:00:00", "entry_timestamp": "2025-01-01T01:00:00.1"}
OLD |= {"name_value": "login.bank.evil.example", "common_name": None, "issuer_name": 'C=AT, O="ZeroSSL, GmbH", CN=Z'}
FOREIGN = PRE | {"serial_number": "9", "name_value": "notevil.example\nadmin@evil.example", "common_name": ""}


def ask(answer: Any) -> tuple[Any, World]:
    world = World()
    (found,) = ask_with(ct.ask, Subject("domain", "evil.example"), lambda _: answer, world, "ct_url")
    return (found if isinstance(found, Failed) else found[0]), world


def test_it_is_off_unless_somebody_is_named() -> None:
    source = registered()["ct"]
    assert (source.default, source.needs, source.sends) == (False, "ct_url", "domain")


def test_a_certificate_and_what_was_logged_before_its_signing_are_one() -> None:
    found, world = ask(reply(200, [OLD, LEAF, PRE, FOREIGN]))
    assert isinstance(found, Certificates)
    assert world.asked[0].query == {"q": ["evil.example"], "output": ["json"]}
    assert (found.total, found.first_seen) == (2, "2025-01-01T01:00:00Z")
    new, old = found.certificates
    assert new.names == ("*.evil.example", "evil.example")
    assert new.issuer == "Let's Encrypt R11"
    assert (new.not_before, new.logged_at) == ("2026-11-20T07:30:11Z", "2026-11-20T08:30:12Z")
    assert old.names == ("login.bank.evil.example",)


def test_no_certificate_is_an_answer() -> None:
    assert ask(reply(200, []))[0] == Certificates()


def test_what_is_kept_is_bounded() -> None:
    rows = [PRE | {"serial_number": str(n), "name_value": "\n".join(["evil.example"] * 500)} for n in range(300)]
    found, _ = ask(reply(200, rows))
    assert (len(found.certificates), found.total) == (100, 300)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (reply(502, b"<html>"), State.TEMPERROR),
        (reply(404, b"<html>"), State.TEMPERROR),
        (reply(403, {}), State.PERMERROR),
        (reply(200, b"<html>Sorry, something went wrong"), State.TEMPERROR),
        (reply(200, {"a": 1}), State.TEMPERROR),
        (reply(200, b"[" * 100_000), State.TEMPERROR),
    ],
)
def test_a_search_that_fails_is_not_an_answer(answer: Any, state: State) -> None:
    failure, _ = ask(answer)
    assert isinstance(failure, Failed)
    assert failure.state is state


def test_a_hostile_row_does_no_harm() -> None:
    row = {"name_value": "\x1b[31m.evil.example\n<b>.evil.example\nevil.example", "issuer_name": "x" * 10_000 + "\x9b"}
    found, _ = ask(reply(200, [row | {"not_before": "9" * 100, "serial_number": ""}]))
    (certificate,) = found.certificates
    assert certificate.names == ("evil.example",)
    assert (certificate.not_before, len(certificate.issuer)) == (None, 60)
