"""The source against WHOIS servers of the test's own on loopback: it asks the right one, in its form, and says what went wrong."""

from __future__ import annotations

import asyncio
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sabaki.model.finding import State
from sabaki.model.knowledge import Registration, Subject
from sabaki.model.lookup import Answer, Lookup
from sabaki.sources import whois
from sabaki.sources.egress import Egress, Guard
from sabaki.sources.source import Failed, registered

FORMS = tomllib.loads((Path(__file__).parent / "whois" / "forms.toml").read_text("utf-8"))["form"]
NETS = tomllib.loads((Path(__file__).parent / "whois" / "nets.toml").read_text("utf-8"))["form"]


def form(name: str) -> bytes:
    found = next(each for each in FORMS if each["name"] == name)
    return bytes(found["text"].lstrip("\n").encode(found.get("charset", "utf-8")))


def net(registry: str) -> bytes:
    found = next(each for each in NETS if each["registry"] == registry and each["kind"] == "ip")
    return bytes(found["text"].lstrip("\n").encode(found.get("charset", "utf-8")))


class World:
    """Name servers by host name, all on loopback, each on a port of its own; port 43 leads to the host's."""

    settings = None
    data = Path("nowhere")

    def __init__(self, answers: dict[str, bytes | float], addresses: dict[str, str] | None = None) -> None:
        self._answers = answers
        self._addresses = addresses or {}
        self._ports: dict[str, int] = {}
        self._servers: list[asyncio.Server] = []
        self.asked: list[tuple[str, bytes]] = []
        self.egress: Any = self
        self._inner = Egress(Guard(self._resolve, ("127.0.0.1",), None))

    async def __aenter__(self) -> World:
        for host in self._answers:
            server = await asyncio.start_server(lambda r, w, host=host: self._serve(host, r, w), "127.0.0.1", 0)
            self._servers.append(server)
            self._ports[host] = server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in self._servers:
            server.close()

    async def _serve(self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append((host, await reader.readline()))
        answer = self._answers[host]
        try:
            if isinstance(answer, bytes):
                writer.write(answer.replace(b"\n", b"\r\n"))
                await writer.drain()
            else:
                await asyncio.sleep(answer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _resolve(self, host: str) -> tuple[str, ...]:
        return (self._addresses.get(host, "127.0.0.1" if host in self._answers else ""),)

    async def exchange(
        self, host: str, port: int, request: bytes, *, seconds: float = 10.0, most: int = 200_000
    ) -> bytes:
        assert port == 43
        return await self._inner.exchange(host, self._ports.get(host, 43), request, seconds=min(seconds, 2), most=most)

    async def fetch(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("WHOIS is no HTTP")

    async def lookup(self, name: str, type: str) -> Lookup:
        return Lookup(name, type, Answer.NOT_ASKED)

    def now(self) -> datetime:
        return datetime(2026, 11, 24, tzinfo=UTC)


def inquire(
    kind: str,
    value: str,
    answers: dict[str, bytes | float],
    addresses: dict[str, str] | None = None,
) -> tuple[Registration, list[tuple[str, bytes]]]:
    async def run() -> tuple[Registration, list[tuple[str, bytes]]]:
        async with World(answers, addresses) as world:
            try:
                (found,) = await whois.inquire(Subject(kind, value), world)
            except Failed as failure:
                failure.asked = world.asked  # type: ignore[attr-defined]
                raise
            assert isinstance(found, Registration)
            return found, world.asked

    return asyncio.run(run())


def failure(kind: str, value: str, answers: dict[str, bytes | float], **more: Any) -> Failed:
    with pytest.raises(Failed) as raised:
        inquire(kind, value, answers, **more)
    assert raised.value.reason_ja
    return raised.value


def test_jprs_is_asked_once_and_the_schools_name_comes_in_both_scripts() -> None:
    found, asked = inquire("domain", "example.ac.jp", {"whois.jprs.jp": form("example.ac.jp")})
    assert asked == [("whois.jprs.jp", b"example.ac.jp\r\n")]
    assert found.holder_ja == "学校法人れい学園 がくいん専門学校"
    assert found.holder == "Gakuin Vocational College"
    assert (found.expires, found.server, found.protocol) == ("2027-03-31", "whois.jprs.jp", "whois")


@pytest.mark.parametrize(
    ("name", "server", "request_"),
    [
        ("example.co.jp", "whois.jprs.jp", b"example.co.jp\r\n"),
        ("example.tokyo.jp", "whois.jprs.jp", b"example.tokyo.jp\r\n"),
        ("example.de", "whois.denic.de", b"-T dn,ace example.de\r\n"),
        ("example.dk", "whois.punktum.dk", b"--charset=utf-8 --show-handles example.dk\r\n"),
        ("example.ru", "whois.tcinet.ru", b"example.ru\r\n"),
        ("example.su", "whois.tcinet.ru", b"example.su\r\n"),
        ("example.com.tr", "whois.trabis.gov.tr", b"example.com.tr\r\n"),
        ("example.co.kr", "whois.kr", b"example.co.kr\r\n"),
    ],
)
def test_each_registry_is_asked_in_its_form(name: str, server: str, request_: bytes) -> None:
    assert inquire("domain", name, {server: form(name)})[1] == [(server, request_)]


def test_it_stands_in_for_rdap() -> None:
    assert registered()["whois"].instead_of == "rdap"


def test_iana_names_the_server_of_what_is_not_in_the_table() -> None:
    answers: dict[str, bytes | float] = {
        "whois.iana.org": b"refer:        whois.nic.example\n\ndomain:       EXAMPLE\n",
        "whois.nic.example": b"Domain Name: test.example\nRegistrar: A\nCreation Date: 2026-11-01T00:00:00Z\n",
    }
    found, asked = inquire("domain", "test.example", answers)
    assert asked == [("whois.iana.org", b"example\r\n"), ("whois.nic.example", b"test.example\r\n")]
    assert (found.registrar, found.server) == ("A", "whois.nic.example")


@pytest.mark.parametrize(
    "refer", ["", "127.0.0.1", "localhost", "whois.example:4321", "http://whois.example/", "-x.example", "a b.example"]
)
def test_what_iana_cannot_have_meant_is_not_connected_to(refer: str) -> None:
    failed = failure("domain", "test.example", {"whois.iana.org": f"refer: {refer}\n".encode()})
    assert failed.state is State.PERMERROR
    assert len(failed.asked) == 1  # type: ignore[attr-defined]


def test_a_name_that_nobody_has_is_not_registered() -> None:
    found, _ = inquire("domain", "example.or.jp", {"whois.jprs.jp": form("example.or.jp")})
    assert (found.status, found.text, found.server) == (("not registered",), "No match!!", "whois.jprs.jp")


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        (b"", State.TEMPERROR, "closed without an answer"),
        (b"Query rate limit exceeded. Please try again.\n", State.TEMPERROR, "later"),
        (b"% Access denied\n", State.PERMERROR, "refuses"),
        (b"<html>\n", State.PERMERROR, "cannot be read"),
        (b"\xff\xfe\x00\x01" * 100, State.PERMERROR, "cannot be read"),
        (b"Domain Name: example.com\nRegistrar: Forged\n", State.PERMERROR, "something else"),
        (b"x" * 300_000, State.PERMERROR, "larger than"),
        (30.0, State.TEMPERROR, "no answer"),
    ],
)
def test_what_goes_wrong_is_said_and_never_taken_for_an_answer(answer: bytes | float, state: State, words: str) -> None:
    failed = failure("domain", "example.ru", {"whois.tcinet.ru": answer})
    assert failed.state is state
    assert words in failed.reason


def test_a_server_on_an_address_of_the_house_is_refused() -> None:
    failed = failure("domain", "example.ru", {}, addresses={"whois.tcinet.ru": "10.0.0.1"})
    assert failed.state is State.PERMERROR
    assert "not globally routable" in failed.reason


@pytest.mark.parametrize("name", ["example.vn", "example.com.ph", "example.es"])
def test_a_registry_without_a_server_is_said_to_have_none(name: str) -> None:
    failed = failure("domain", name, {})
    assert (failed.state, failed.asked) == (State.PERMERROR, [])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("domain", "co.jp"),
        ("domain", "www.example.jp"),
        ("domain", "example.jp\r\nhelp.jp"),
        ("domain", "-h evil.jp"),
        ("domain", "例え.jp"),
        ("domain", "a" * 64 + ".jp"),
        ("ip", "192.0.2.1\r\n"),
        ("ip", "fe80::1%eth0"),
        ("asn", "64500 x"),
        ("asn", "6450000000000"),
    ],
)
def test_nothing_but_a_plain_value_goes_on_the_line(kind: str, value: str) -> None:
    failed = failure(kind, value, {"whois.jprs.jp": form("example.jp"), "whois.iana.org": b"refer: whois.jprs.jp\n"})
    assert failed.state in (State.SKIPPED, State.PERMERROR)
    assert failed.asked == []  # type: ignore[attr-defined]


REGISTRAR = b"Domain Name: example.io\nCreation Date: 1999-01-01\nRegistrar: Forged\nRegistrant Phone: 1\nAdmin Email: a@example.io\n"


def test_the_registrars_server_is_asked_once_and_fills_gaps_only() -> None:
    thin = b"Domain Name: example.io\nRegistrar WHOIS Server: whois.registrar.example\nRegistrar: A\nCreation Date: 2026-10-15T08:00:00Z\n"
    thick = (
        REGISTRAR
        + b"Registrant Organization: B Ltd\nRegistrant Country: BO\nRegistrar WHOIS Server: whois.third.example\n"
    )
    found, asked = inquire("domain", "example.io", {"whois.nic.io": thin, "whois.registrar.example": thick})
    assert [host for host, _ in asked] == ["whois.nic.io", "whois.registrar.example"]
    assert (found.created, found.registrar, found.server) == ("2026-10-15T08:00:00Z", "A", "whois.registrar.example")
    assert (found.holder, found.country) == ("B Ltd", "BO")
    assert {each.role for each in found.contacts} == {"registrant", "administrative"}


def test_where_the_registry_has_the_holder_the_registrar_cannot_move_him() -> None:
    registry = b"Domain Name: example.io\nRegistrar WHOIS Server: whois.registrar.example\nRegistrant Name: A\n"
    found, _ = inquire(
        "domain",
        "example.io",
        {"whois.nic.io": registry, "whois.registrar.example": REGISTRAR + b"Registrant Country: JP\n"},
    )
    assert (found.holder, found.country) == ("A", "")


@pytest.mark.parametrize("second", [b"", b"Domain Name: other.io\nRegistrant Name: X\n", b"limit exceeded\n", 30.0])
def test_when_the_registrar_fails_the_registrys_answer_stays(second: bytes | float) -> None:
    thin = b"Domain Name: example.io\nRegistrar WHOIS Server: whois.registrar.example\nRegistrar: A\n"
    found, _ = inquire("domain", "example.io", {"whois.nic.io": thin, "whois.registrar.example": second})
    assert (found.registrar, found.holder, found.server) == ("A", "", "whois.nic.io")


def test_a_referral_into_the_house_is_not_followed() -> None:
    thin = b"Domain Name: example.io\nRegistrar WHOIS Server: whois.registrar.example\nRegistrar: A\n"
    found, asked = inquire(
        "domain", "example.io", {"whois.nic.io": thin}, addresses={"whois.registrar.example": "169.254.169.254"}
    )
    assert (found.registrar, len(asked)) == ("A", 1)
    assert "169.254.169.254 is not globally routable" in found.text


def test_an_address_in_japan_is_followed_to_jpnic() -> None:
    answers: dict[str, bytes | float] = {
        "whois.iana.org": b"refer:        whois.apnic.net\n\ninetnum: 203.0.0.0 - 203.255.255.255\n",
        "whois.apnic.net": net("APNIC"),
        "whois.nic.ad.jp": net("JPNIC"),
    }
    found, asked = inquire("ip", "203.0.113.77", answers)
    assert [host for host, _ in asked] == ["whois.iana.org", "whois.apnic.net", "whois.nic.ad.jp"]
    assert (found.holder_ja, found.country, found.network) == (
        "株式会社れいネットワーク",
        "JP",
        "203.0.113.0 - 203.0.113.255",
    )
    assert found.abuse == ("hostmaster@example.jp",)


def test_arin_is_asked_for_the_whole_record() -> None:
    answers: dict[str, bytes | float] = {"whois.iana.org": b"refer: whois.arin.net\n", "whois.arin.net": net("ARIN")}
    found, asked = inquire("ip", "198.51.100.9", answers)
    assert asked[1] == ("whois.arin.net", b"n + 198.51.100.9\r\n")
    assert found.holder == "Sample Hosting LLC"


def test_the_table_is_in_order() -> None:
    table = whois.servers()
    assert table.date
    assert table.source
    hosts = set(table.domains.values())
    assert all(host == host.lower() and host.count(".") >= 1 for host in hosts)
    assert not set(table.none) & set(table.domains)
    assert table.domains["jp"] == "whois.jprs.jp"
    wanted = "cn ru su kr tw hk eu be at se nu dk ie pt it tr kz ir mx co cl pe ve ec cr my th us io me ws to st ly la cc tv".split()
    assert [suffix for suffix in wanted if suffix not in table.domains] == []
    assert {key.split()[0] for key in table.forms} <= hosts | {"whois.arin.net"}
    assert all("{}" in each for each in table.forms.values())


def test_it_is_a_source_that_says_what_it_sends() -> None:
    known = registered()["whois"]
    assert known.accepts == ("domain", "ip", "asn")
    assert known.sends
    assert known.to
    assert known.to_ja
