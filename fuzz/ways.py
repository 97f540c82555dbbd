"""Targets about the way of a mail and who is behind it: hops, the trust line, authors, what servers wrote, and who vouches.

As in targets.py nothing of sabaki is imported at the top: what is imported before the fuzzer has put its counters in is not counted.
"""

from __future__ import annotations

from typing import Any

import msgspec

_DATE = "8 Aug 2022 05:07:31 +0900"
_SERVERS = (
    "from {} (unknown [198.51.100.7]) by mx.own.example (Postfix) with ESMTP id 4M1abc for <a@own.example>; {}",
    "from {} ([198.51.100.7]) by mx.own.example (8.14.4/8.14.4) with ESMTP id g6A1r9T18415; {}",
    "from unknown (HELO {}) (198.51.100.7) by mx.own.example with SMTP; {}",
    "from [198.51.100.7] (helo={}) by mx.own.example with esmtp (Exim 4.95) id 1qzm0d-0004U7-SJ; {}",
    "from {} (198.51.100.7) by mx.own.example (10.0.0.1) with Microsoft SMTP Server id 15.1.225.42; {}",
    "from {} ([198.51.100.7]) by mx.google.com with ESMTP id u12si9722779fah.16; {}",
)
"""What servers would write if they passed a greeting on as it is."""
_NAMES = ("mx.own.example", "mx.google.com", "")
_HOP = b"Received: from mail.peer.example (mail.peer.example [198.51.100.7])\n\tby mx.own.example (Postfix) with ESMTP id 4Z5; 8 Aug 2022 05:07:31 +0900\n"
_RESULTS = b"Authentication-Results: mx.own.example; dkim=none\n"


def _read(raw: bytes) -> Any:
    from sabaki.mail import message
    from sabaki.mail.limits import Budget

    return message.read(raw, Budget())


def _vantages() -> tuple[Any, ...]:
    from sabaki.model.case import Vantage

    return (
        Vantage(),
        Vantage(own_hosts=("mx.own.example",), own_domains=("own.example",)),
        Vantage(own_hosts=("*.own.example", "192.0.2.25")),
        Vantage(own_domains=("jimusho.example",), trusted_sealers=("list.example",)),
        Vantage(inferred_domains=("jimusho.example",)),
    )


_MX = ((), ("mx.own.example",), ("mx.jimusho.example", "mx2.provider.example"))


def received(reader: Any, data: bytes) -> None:
    """Any field, and any greeting in the field of a server: no greeting becomes an address, an account, a name or a date."""
    from sabaki.mail.limits import Budget, Limits

    body = data.replace(b"\n\n", b"\n ").replace(b"\r", b" ")
    hops = reader.hops(_read(b"Received: " + body + b"\n\n"), Budget())
    assert len(hops) <= Limits().hops
    for hop in hops:
        assert not hop.ip or ":" in hop.ip or hop.ip.count(".") == 3
    msgspec.json.encode(hops)
    greeting = data[:300].decode("latin-1").translate({10: " ", 13: " "}).strip() or "x"
    if "envelope-" in greeting:  # looks like a sender that breaks out of its comment, which real servers let happen
        return
    for server in _SERVERS:
        raw = f"Received: {server.replace('{}', greeting, 1).replace('{}', _DATE)}\n\n"
        (hop,) = reader.hops(_read(raw.encode("latin-1", "replace")), Budget())
        assert hop.ip in ("198.51.100.7", ""), "the address is what the server saw"
        assert not hop.auth_account, "nobody signs in with a greeting"
        assert hop.by in _NAMES, "the server's name is its own"
        assert hop.date in ("2022-08-08T05:07:31+09:00", None), "so is its date"


def trust(_: Any, data: bytes) -> None:
    """The first two octets choose the reader's vantage and the MX, the rest is a header."""
    from sabaki.facts import forgery, origin, roles, trust
    from sabaki.mail import received
    from sabaki.mail.limits import Budget
    from sabaki.model.case import Trust
    from sabaki.model.evidence import Grade

    chosen = data[:2].ljust(2, b"\0")
    vantage, mx = _vantages()[chosen[0] % 5], _MX[chosen[1] % 3]
    header = data[2:].replace(b"\n\n", b"\n")
    message = _read(header + b"\n\nx\n")
    hops, line = trust.draw(received.hops(message, Budget()), vantage, mx)
    hops = forgery.mark(roles.assign(hops, message), message)
    found = origin.find(hops, line, message)
    msgspec.json.encode((hops, line, found))

    above = [hop.index for hop in hops if hop.trust is not Trust.CLAIMED]
    assert above == list(range(above[0], above[0] + len(above))) if above else True, (
        "below a claimed hop nothing is attested"
    )
    assert line.above == len(above)
    grades = [hop.grade for hop in hops if hop.trust is not Trust.CLAIMED]
    assert grades == sorted(grades, key="VATIS".index), "further down nothing is surer"
    assert line.basis == "named" or Grade.ATTESTED not in grades, "attested is what the reader named"
    for hop in hops:
        claimed = hop.trust is Trust.CLAIMED
        assert claimed == (hop.grade is Grade.SELF_DECLARED)
        assert not hop.signs or (claimed and hop.index > max(above, default=-1)), "signs are looked for below the line"
    if not above or line.basis == "none":
        assert (found.grade, found.ip, found.auth_account, found.hop) == (Grade.SELF_DECLARED, "", "", None)
    else:
        last = hops[above[-1]]
        assert (found.grade, found.hop) == (last.grade, last.index)
        assert found.ip in (last.ip, ""), "the origin is what the lowest attested hop saw"
    if above and above[-1] < len(hops) - 1:
        _cannot_be_moved(message, header, hops, vantage, mx)


def _cannot_be_moved(message: Any, header: bytes, hops: Any, vantage: Any, mx: tuple[str, ...]) -> None:
    """Where the line ends at a hop, one more field at the bottom changes nothing above."""
    from sabaki.facts import trust
    from sabaki.mail import received
    from sabaki.mail.limits import Budget

    if not message.fields or message.fields[-1].key != "received" or len(hops) > 90:
        return
    longer = received.hops(_read(header.rstrip(b"\r\n") + b"\n" + _HOP + b"\nx\n"), Budget())
    if len(longer) != len(hops) + 1:
        return
    again, _ = trust.draw(longer, vantage, mx)
    assert [hop.grade for hop in again] == [*(hop.grade for hop in hops), "S"]


def authors(reader: Any, data: bytes) -> None:
    """Any body of From."""
    from sabaki.mail.limits import Budget
    from sabaki.protocols import authordomain

    text = data.decode("latin-1")
    reading = reader.read(text, Budget())
    assert reading is None or (len(reading.others) <= 50 and (reading.tricks or reading.others))
    author = authordomain.parse(text)
    msgspec.json.encode((reading, author))
    assert bool(author.domain) != bool(author.problem), "a domain, or why there is none"
    if author.domain:
        assert authordomain.dns_name(author.domain) == author.domain
        assert author.mailboxes
    message = _read(b"From: " + data.replace(b"\n\n", b"\n ") + b"\nSubject: x\n\nx\n")
    read = authordomain.read(message)
    assert not read.domain or len(message.all("from")) == 1
    for field in message.fields:
        lost = reader.lost_from(field)
        assert lost is None or isinstance(lost, str)


def authres(parser: Any, data: bytes) -> None:
    """Any body of the result fields; and as facts, the field standing below the reader's hop, and above it in another's name."""
    from sabaki.facts import authentication, trust
    from sabaki.mail import received
    from sabaki.mail.limits import Budget

    text = data.decode("latin-1")
    for parse in (parser.parse, parser.parse_arc, parser.parse_received_spf, parser.parse_spam_tests):
        msgspec.json.encode(parse(text))
    parser.parse_single("dkim", text)
    body = data.replace(b"\n\n", b"\n ").replace(b"\r", b" ").replace(b"\n", b"\n ")
    written = b"".join(
        name + b": " + body + b"\n" for name in (b"Authentication-Results", b"Received-SPF", b"X-Spam-Status")
    )
    for below in (True, False):
        # Below a field of the server's own, so that it does not stand where milters write.
        raw = _HOP + b"Subject: x\n" + written if below else written + _HOP
        message = _read(raw + b"From: a@peer.example\n\nx\n")
        hops, line = trust.draw(received.hops(message, Budget()), _vantages()[1])
        found = authentication.read(message, hops, line)
        msgspec.json.encode(found)
        for result in found:
            if below:
                assert result.grade == "S", "the sender wrote it"
            elif "." in result.authserv_id and not _is_own(result.authserv_id):
                assert result.grade in ("S", "I")
                assert result.grade == "S" or result.properties.get("field"), (
                    "another's name above the line is not ours"
                )


def _is_own(name: str) -> bool:
    return f".{name.lower().rstrip('.')}".endswith(".own.example")


def standing(_: Any, data: bytes) -> None:
    """A line of records for the DNS, then a mail below the reader's own hop."""
    from fuzz.proofs import Answers
    from sabaki import pipeline
    from sabaki.facts import bodies, standing
    from sabaki.mail.limits import Budget
    from sabaki.model.case import Source
    from sabaki.protocols.resolver import Offline, Recording

    record, _, rest = data.partition(b"\n")
    message = _read(_RESULTS + _HOP + rest)
    for resolver in (Answers([record]), Offline()):
        budget = Budget()
        asked = Recording(resolver, budget)
        text = bodies.read(message, budget)
        case = pipeline.understand(
            message, text, source=Source("x", "", 0), vantage=_vantages()[1], budget=budget, resolver=asked
        )
        case = pipeline.authenticate(case, message, asked, budget)
        found = standing.standing(case)
        msgspec.json.encode((case, found))
        assert all(standing.reach(found))
        assert bool(found.by) == (found.grade != "S"), "who vouches is known better than by the sender's word"
        assert found.by not in ("dkim", "dmarc") or (found.signature and found.signature.result == "pass")
        assert not found.firm or len(case.all("from")) == 1
        if isinstance(resolver, Offline):
            assert found.by == "", "nobody was asked, and the reader's server saw no signature"
