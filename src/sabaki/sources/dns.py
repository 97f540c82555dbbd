"""The DNS, asked live. Only the servers that the reader names are ever sent anything, or else those of the system."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import msgspec

from sabaki.model.lookup import Answer, Lookup
from sabaki.protocols import resolver
from sabaki.sources import doh

TYPES = ("A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "TXT")
TIMEOUT = 5.0
"""Seconds for one question, all servers and repetitions together."""
SECONDS = 60.0
"""Seconds for all questions of one mail."""
QUESTIONS = 200
"""Questions sent for one mail at most, those for the mails that it passes on included."""

_RESOLV_CONF = Path("/etc/resolv.conf")
_MOST_SERVERS = 3
_ROUNDS = 2
_CACHED = 20_000
_KEPT = 600.0
_KEPT_FAILURE = 60.0
_SILENT = 3
_REST = 30.0
_PAYLOAD = 1_232
"""Bytes of a UDP answer that pass unfragmented nearly everywhere; a larger one comes by TCP."""
_RECORDS = 200
_CHARACTERS = 32_768
_LOCAL = frozenset(("local", "localhost", "onion", "invalid"))
"""Top labels that are never asked for: RFC 6761, RFC 6762, RFC 7686."""
_NO_EDNS = frozenset((dns.rcode.FORMERR, dns.rcode.NOTIMP, dns.rcode.BADVERS))
_ERRORS = (dns.exception.DNSException, OSError, EOFError, ValueError)


class NoServer(Exception):
    """There is nobody to ask: none is set, or none answers. The message says what, why and what to do."""


class Server(msgspec.Struct, frozen=True):
    """A DNS server: its IP address and port, or the `url` of one that is asked over HTTPS (RFC 8484)."""

    address: str
    port: int = 53
    url: str = ""

    def __str__(self) -> str:
        if self.url:
            return self.url
        if self.port == 53:
            return self.address
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


def server(text: str) -> Server:
    """Read "192.0.2.53", "192.0.2.53:5353", "[2001:db8::53]:5353" or "https://dns.example/dns-query". Raises NoServer."""
    bare = text.strip()
    if bare.startswith("https://"):
        host = _host(bare)
        if not host:
            raise NoServer(_not_a_server(text))
        return Server(host, 443, bare)
    address, port = bare, ""
    if bare.startswith("["):
        address, _, port = bare[1:].partition("]")
        port = port.removeprefix(":")
    elif bare.count(":") == 1:
        address, _, port = bare.partition(":")
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        raise NoServer(_not_a_server(text)) from None
    number = int(port) if port.isascii() and port.isdecimal() and len(port) <= 5 else 53
    if (port and str(number) != port) or not 0 < number < 65_536 or parsed.is_multicast or parsed.is_unspecified:
        raise NoServer(_not_a_server(text))
    return Server(str(parsed), number)


def _not_a_server(text: str) -> str:
    return (
        f"{text[:100]}: is no address of a DNS server; "
        "name one by its IP address, such as 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:5353, "
        "or by its URL, such as https://dns.example/dns-query"
    )


def _host(url: str) -> str:
    """The host of a URL that can be asked; "" for any other."""
    try:
        parts = urlsplit(url)
        return "" if parts.username is not None or parts.fragment or parts.port == 0 else parts.hostname or ""
    except ValueError:
        return ""


def of_the_system(file: Path = _RESOLV_CONF) -> tuple[Server, ...]:
    """The servers that the system asks. Raises NoServer."""
    try:
        lines = file.read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    words = (line.split() for line in lines)
    found = [word[1] for word in words if len(word) > 1 and word[0] == "nameserver"]
    servers = []
    for text in found[:_MOST_SERVERS]:
        try:
            servers.append(server(text))
        except NoServer:
            continue
    if not servers:
        raise NoServer(f"{file} names no DNS server; name one with --dns ADDRESS, or do without --online")
    return tuple(servers)


class Silence(msgspec.Struct):
    """How the servers have been silent of late. Several that ask the same servers share one: what one waited for, the others need not."""

    count: int = 0
    rests_until: float = 0.0


class Live:
    """Asks the servers given, in turn, and keeps what it was told for the mails that follow.

    `sent` counts the questions that were sent. What went wrong is a status of the Lookup; nothing is raised by it.
    """

    def __init__(self, servers: Sequence[Server], *, timeout: float = TIMEOUT, silence: Silence | None = None) -> None:
        self._servers = list(servers)
        self._timeout = timeout
        self._cache: OrderedDict[tuple[str, str], tuple[float, Lookup]] = OrderedDict()
        self._silence = silence or Silence()
        self.sent = 0

    def check(self) -> None:
        """Ask every server for the root, until one says anything at all. Raises NoServer."""
        root = dns.message.make_query(dns.name.root, "NS", payload=_PAYLOAD)
        reasons = {str(each): reason for each in self._servers if (reason := self._probe(each, root))}
        if len(reasons) < len(self._servers):
            return
        told = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
        raise NoServer(
            f"no DNS server answers ({told}); check the network, name another server with --dns ADDRESS, "
            "or do without --online"
        )

    def _probe(self, asked: Server, query: dns.message.Message) -> str:
        try:
            _exchange(query, asked, self._timeout / 2)
        except (dns.exception.Timeout, TimeoutError):
            return f"no usable answer within {self._timeout / 2:g} seconds"
        except _ERRORS as error:
            return (getattr(error, "strerror", None) or type(error).__name__).lower()
        return ""

    def for_mail(self, *, seconds: float = SECONDS, questions: int = QUESTIONS) -> OneMail:
        """A Resolver for one mail, with so many seconds and questions."""
        return OneMail(self, seconds, questions)

    def lookup(self, name: str, type: str) -> Lookup:
        """The answer, from memory or from a server."""
        return self.known(name, type) or self.ask(name, type)

    def known(self, name: str, type: str) -> Lookup | None:
        """What is known without asking: an answer that is still fresh, or that such a name cannot be asked for."""
        asked = resolver.key(name, type)
        if asked[1] not in TYPES:
            return Lookup(*asked, Answer.NOT_ASKED, detail="no type that is asked for")
        reason = _unaskable(asked[0])
        if reason:
            return Lookup(*asked, Answer.NXDOMAIN, detail=reason)
        until, found = self._cache.get(asked, (0.0, None))
        if found is None or until < time.monotonic():
            return None
        self._cache.move_to_end(asked)
        return found

    def ask(self, name: str, type: str, *, seconds: float = TIMEOUT) -> Lookup:
        """Ask the servers, within `seconds` or the time that is set, whichever is less."""
        asked = resolver.key(name, type)
        if time.monotonic() < self._silence.rests_until:
            return Lookup(*asked, Answer.TEMPERROR, detail=resolver.RESTING)
        allowed = min(seconds, self._timeout)
        found = self._asked_around(asked, allowed)
        self._note(found)
        # What was cut short says nothing about the next mail's question.
        if found.known or allowed == self._timeout:
            kept = max(_KEPT, found.ttl or 0) if found.known else _KEPT_FAILURE
            self._cache[asked] = (time.monotonic() + kept, found)
            if len(self._cache) > _CACHED:
                self._cache.popitem(last=False)
        return found

    def _asked_around(self, asked: tuple[str, str], seconds: float) -> Lookup:
        self.sent += 1
        at = datetime.now(UTC).isoformat(timespec="seconds")
        until = time.monotonic() + seconds
        turns = self._servers * _ROUNDS
        found = Lookup(*asked, Answer.TEMPERROR, detail=resolver.NO_ANSWER)
        while turns and (left := until - time.monotonic()) > 0:
            each = turns.pop(0)
            found = msgspec.structs.replace(_ask(asked, each, left / (len(turns) + 1)), asked_at=at, server=str(each))
            if found.known:
                break
            if found.detail != resolver.NO_ANSWER:
                turns = [other for other in turns if other != each]  # it has spoken
            elif self._servers[0] == each:
                self._servers.append(self._servers.pop(0))  # the next question goes elsewhere first
        return found

    def _note(self, found: Lookup) -> None:
        """After some silence see whether it is the server: one that has gone would be waited for again and again."""
        if found.detail not in (resolver.NO_ANSWER, resolver.UNREACHABLE):
            self._silence.count = 0
            return
        self._silence.count += 1
        if self._silence.count < _SILENT:
            return
        self._silence.count = 0
        try:
            self.check()
        except NoServer:
            self._silence.rests_until = time.monotonic() + _REST


class Asker(Protocol):
    """Whoever asks the DNS for many mails."""

    def known(self, name: str, type: str) -> Lookup | None:
        """What is known without asking."""
        ...  # pragma: no cover

    def ask(self, name: str, type: str, *, seconds: float) -> Lookup:
        """Ask, within `seconds`."""
        ...  # pragma: no cover


class OneMail:
    """A Resolver for one mail: within its seconds and its number of questions; answers from memory cost nothing."""

    def __init__(self, live: Asker, seconds: float = SECONDS, questions: int = QUESTIONS) -> None:
        self._live = live
        self._until = time.monotonic() + seconds
        self._questions = questions

    def lookup(self, name: str, type: str) -> Lookup:
        """The answer; "not asked" once time or questions are used up."""
        found = self._live.known(name, type)
        if found is not None:
            return found
        left = self._until - time.monotonic()
        if left <= 0:
            return Lookup(*resolver.key(name, type), Answer.NOT_ASKED, detail=resolver.OUT_OF_TIME)
        if self._questions <= 0:
            return Lookup(*resolver.key(name, type), Answer.NOT_ASKED, detail=resolver.OVER_BUDGET)
        self._questions -= 1
        return self._live.ask(name, type, seconds=left)


def _unaskable(name: str) -> str:
    """Why a name can have no answer, "" where it may have one. Such a name is not sent anywhere."""
    labels = name.split(".")
    if not name.isascii() or len(name) > 253 or not all(0 < len(label) <= 63 for label in labels):
        return "no name of the DNS (RFC 1035)"
    return "no name of the public DNS (RFC 6761)" if labels[-1] in _LOCAL else ""


def _ask(asked: tuple[str, str], who: Server, seconds: float) -> Lookup:
    """One question to one server."""
    # Made of labels and not parsed: a backslash or "@" out of a mail is a letter like any other.
    name = dns.name.Name([*(label.encode("ascii") for label in asked[0].split(".")), b""])
    query = dns.message.make_query(name, asked[1], payload=_PAYLOAD)
    until = time.monotonic() + seconds
    try:
        response = _exchange(query, who, seconds)
        if response.rcode() in _NO_EDNS:
            query = dns.message.make_query(name, asked[1], use_edns=False)
            response = _exchange(query, who, max(0.1, until - time.monotonic()))
        return _read(asked, response)
    except (dns.exception.Timeout, TimeoutError):
        return Lookup(*asked, Answer.TEMPERROR, detail=resolver.NO_ANSWER)
    except OSError:
        return Lookup(*asked, Answer.TEMPERROR, detail=resolver.UNREACHABLE)
    except _ERRORS:
        return Lookup(*asked, Answer.TEMPERROR, detail=resolver.BROKEN)


def _exchange(query: dns.message.Message, who: Server, seconds: float) -> dns.message.Message:
    """Send and wait. What comes from elsewhere, does not fit the question or cannot be read is passed over."""
    if who.url:
        return doh.exchange(query, who.url, seconds)
    until = time.monotonic() + seconds
    try:
        return dns.query.udp(
            query,
            who.address,
            seconds,
            who.port,
            ignore_unexpected=True,
            raise_on_truncation=True,
            ignore_errors=True,
        )
    except dns.message.Truncated:
        return dns.query.tcp(query, who.address, max(0.1, until - time.monotonic()), who.port)


def _read(asked: tuple[str, str], response: dns.message.Message) -> Lookup:
    """What an answer says. Raises what dnspython raises for one that contradicts itself."""
    code = response.rcode()
    if code not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        detail = {dns.rcode.SERVFAIL: resolver.SERVFAIL, dns.rcode.REFUSED: resolver.REFUSED}
        return Lookup(*asked, Answer.TEMPERROR, detail=detail.get(code, resolver.BROKEN))
    if not isinstance(response, dns.message.QueryMessage):
        return Lookup(*asked, Answer.TEMPERROR, detail=resolver.BROKEN)
    chain = response.resolve_chaining()
    led_to = _name(chain.canonical_name)
    canonical = led_to if chain.cnames and led_to != asked[0] else ""
    records = tuple(sorted({_presented(rdata) for rdata in chain.answer or ()}, key=_order))
    if len(records) > _RECORDS or sum(map(len, records)) > _CHARACTERS:
        return Lookup(*asked, Answer.TEMPERROR, detail=resolver.TOO_LARGE)
    if records:
        status = Answer.ANSWER
    elif code == dns.rcode.NXDOMAIN:
        # RFC 8020 would let us conclude for the names below, too; servers that get it wrong are why each is asked.
        status = Answer.NXDOMAIN
    elif _speaks_for_it(response, followed=bool(chain.cnames)):
        status = Answer.NODATA
    else:
        return Lookup(*asked, Answer.TEMPERROR, detail=resolver.NOT_FOLLOWED)
    return Lookup(*asked, status, records, ttl=chain.minimum_ttl, canonical_name=canonical)


def _speaks_for_it(response: dns.message.Message, *, followed: bool) -> bool:
    """Whether "nothing here" is an answer, and not a referral to others or an alias that was not followed."""
    if response.flags & dns.flags.RA or any(rrset.rdtype == dns.rdatatype.SOA for rrset in response.authority):
        return True
    return bool(response.flags & dns.flags.AA) and not followed


def _name(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


def _presented(rdata: dns.rdata.Rdata) -> str:
    """A record as Lookup wants it."""
    match rdatatype := dns.rdatatype.to_text(rdata.rdtype):
        case "TXT":
            return b"".join(rdata.strings).decode("latin-1")  # type: ignore[attr-defined]
        case "MX":
            return f"{rdata.preference} {_name(rdata.exchange)}"  # type: ignore[attr-defined]
        case "PTR" | "NS" | "CNAME":
            return _name(rdata.target)  # type: ignore[attr-defined]
        case "A" | "AAAA":
            return str(ipaddress.ip_address(rdata.address))  # type: ignore[attr-defined]
        case _:
            assert rdatatype in TYPES, "nothing else is asked for"
            return rdata.to_text()


def _order(record: str) -> tuple[int, str]:
    """By number where one stands first (the preference of an MX), and then by letters."""
    first, space, _ = record.partition(" ")
    return (int(first) if space and first.isascii() and first.isdecimal() and len(first) <= 5 else -1), record
