"""Targets about what is verified: DKIM, ARC, SPF, DMARC, against a DNS that says what the input wants, and the DNS's own packets.

As in targets.py nothing of sabaki is imported at the top: what is imported before the fuzzer has put its counters in is not counted.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import msgspec

_OTHER_KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
"""A key (that of RFC 8463) that made no signature here."""
_RESULTS = {"pass", "fail", "softfail", "neutral", "none", "policy", "temperror", "permerror", "unchecked", "key_gone"}
_STATES = {"": "nodata", "!": "nxdomain", "?": "temperror", "-": "not_asked"}


class Answers:
    """Answers each new question with the next of the lines given, in turn: records with "|" between, or a sign for none."""

    def __init__(self, lines: list[bytes]) -> None:
        self._lines = [line.decode("latin-1") for line in lines] or [""]
        self._given: dict[tuple[str, str], Any] = {}
        self.states: set[str] = set()

    def lookup(self, name: str, type: str) -> Any:
        """A Lookup, the same for the same question."""
        from sabaki.model.lookup import Answer, Lookup
        from sabaki.protocols.resolver import key

        asked = key(name, type)
        if asked not in self._given:
            line = self._lines[len(self._given) % len(self._lines)]
            state = _STATES.get(line, "answer")
            records = tuple(line.split("|")) if state == "answer" else ()
            self._given[asked] = Lookup(*asked, Answer(state), records)
        self.states.add(str(self._given[asked].status))
        return self._given[asked]

    def known(self, type: str) -> bool:
        """Whether every question of that type was answered."""
        return all(lookup.known for (_, asked), lookup in self._given.items() if asked == type)

    @property
    def count(self) -> int:
        """How many questions were asked."""
        return len(self._given)


def _read(raw: bytes) -> Any:
    from sabaki.mail import message
    from sabaki.mail.limits import Budget

    return message.read(raw, Budget())


def dkim(_: Any, data: bytes) -> None:
    """A line that is the record at every name, then a mail. What passes must pass for this key and this mail only."""
    from sabaki.protocols import arc, dkim
    from sabaki.protocols.resolver import Offline

    record, _, raw = data.partition(b"\n")
    message = _read(raw)
    signatures = dkim.verify(message, Answers([record]), at="2025-03-03T01:15:04Z")
    chain = arc.verify(message, Answers([record]))
    assert msgspec.json.encode((signatures, chain)) == msgspec.json.encode(
        (dkim.verify(message, Answers([record]), at="2025-03-03T01:15:04Z"), arc.verify(message, Answers([record])))
    ), "the same twice"
    assert len(signatures) <= 5
    for signature in signatures:
        assert signature.result in _RESULTS
        assert signature.reason
        assert signature.reason_ja
        assert signature.result != "pass" or _is_sound(signature)
    for resolver in (Offline(), Answers([_OTHER_KEY.encode()]), Answers([b"?"]), Answers([b"!"])):
        assert all(each.result != "pass" for each in dkim.verify(message, resolver)), "no pass without its key"
        assert arc.verify(message, resolver).result != "pass"
    if chain.result == "pass":
        assert all(each.seal == "pass" for each in chain.sets)
        assert [each.instance for each in chain.sets] == list(range(1, len(chain.sets) + 1))
    if any(each.result == "pass" for each in signatures):
        _breaks(message, raw, record, signatures)


def _is_sound(signature: Any) -> bool:
    whole = "body_part" in signature.weaknesses or "no_body" in signature.weaknesses
    return (
        signature.grade == "V"
        and signature.body_matches is True
        and (whole or signature.body_covered == signature.body_size)
        and "from" in signature.covered_names
        and "from" not in signature.uncovered
        and (signature.key_type != "rsa" or signature.key_bits >= 1_024)
        and not {"sha1", "short_key", "expired", "odd_header"} & set(signature.weaknesses)
    )


def _breaks(message: Any, raw: bytes, record: bytes, signatures: Any) -> None:
    """A letter changed in a signed field, or a further From, breaks what passed."""
    from sabaki.protocols import dkim

    passed = [place for place, each in enumerate(signatures) if each.result == "pass"]
    for place in passed:
        signed = [field for field in message.fields if field.index in signatures[place].covers and field.key == "from"]
        end = signed[0].location.end
        letter = raw[end - 1 : end]
        changed = raw[: end - 1] + (b"Q" if letter != b"Q" else b"R") + raw[end:]
        if letter.isalnum():
            again = dkim.verify(_read(changed), Answers([record]))
            assert again[place].result != "pass", "a signed letter was changed"
    second = dkim.verify(_read(b"From: a@other.example\n" + raw), Answers([record]), at="2025-03-03T01:15:04Z")
    assert all(each.result != "pass" for each in second), "a From was put on top"


def spf(protocol: Any, data: bytes) -> None:
    """Lines: the sender, the greeting, the client's address, and what the DNS answers, in turn."""
    lines = data.split(b"\n")
    sender, helo, ip, *rest = [*lines, b"", b"", b""] if len(lines) < 3 else lines
    given = [each.decode("latin-1") for each in (ip, sender, helo)]
    answers = Answers(rest)
    found = protocol.evaluate(answers, *given)
    assert found == protocol.evaluate(Answers(rest), *given), "the same twice"
    msgspec.json.encode(found)
    assert found.result in _RESULTS - {"policy", "key_gone"}
    assert found.reason
    assert found.reason_ja
    assert answers.count <= protocol.QUESTIONS
    assert found.lookups <= protocol.TERMS
    assert found.void_lookups <= protocol.VOID + 1
    assert found.result != "pass" or (found.record and "answer" in answers.states), "a pass needs a policy that says so"
    assert "not_asked" not in answers.states or found.result == "unchecked", "what was not asked is not known"
    assert protocol.evaluate(Answers([b"-"]), *given).result in ("unchecked", "none")


def dmarc(protocol: Any, data: bytes) -> None:
    """Lines: the author's domain, one that SPF and one that DKIM passed for, and what the DNS answers, in turn."""
    from sabaki.model.authentication import Signature, Spf
    from sabaki.model.evidence import Grade
    from sabaki.protocols.authordomain import dns_name

    protocol.parse(data.decode("latin-1"))
    author, first, second, *rest = [*data.split(b"\n"), b"", b"", b""]
    names = [each.decode("utf-8", "replace") for each in (author, first, second)]
    spf = Spf(result="pass", domain=names[1], grade=Grade.ATTESTED)
    signature = Signature(result="pass", domain=names[2], grade=Grade.VERIFIED)
    answers = Answers(rest[:-3] or [b""])
    found = protocol.evaluate(answers, names[0], [spf], [signature])
    assert found == protocol.evaluate(Answers(rest[:-3] or [b""]), names[0], [spf], [signature]), "the same twice"
    msgspec.json.encode(found)
    assert found.result in _RESULTS
    assert found.reason
    assert found.reason_ja
    assert answers.count <= 3 * (protocol.MOST_LABELS + 1) + 1
    assert (found.result == "pass") == bool(found.aligned)
    assert found.result not in ("pass", "fail") or found.policy in ("none", "quarantine", "reject")
    known = answers.known("TXT")  # whether the author's domain exists only decides which policy applies
    top = dns_name(names[0]).rpartition(".")[2]
    kin = [name for name in map(dns_name, names[1:]) if name and name.rpartition(".")[2] == top]
    assert found.result != "fail" or known or not kin, "a failure needs all to be known"
    nothing = protocol.evaluate(answers, names[0], [], [])
    assert nothing.result != "pass", "nothing passed, so nothing aligns"


def dns(source: Any, data: bytes) -> None:
    """Any packet, as an answer to a question of each type; and any text as the address of a server or as a name to ask for."""
    from dns.message import from_wire

    from sabaki.protocols.resolver import key

    text = data[:600].decode("utf-8", "replace")
    name, _ = key(text, "TXT")
    if not source._unaskable(name):
        labels = [*(label.encode("ascii") for label in name.split(".")), b""]
        assert source.dns.name.Name(labels).is_absolute()
    with suppress(source.NoServer):
        assert source.server(text).port
    try:
        response = from_wire(data)
    except source._ERRORS:
        return
    for type in source.TYPES:
        try:
            found = source._read(("own.example", type), response)
        except source._ERRORS:
            continue
        msgspec.json.encode(found)
        assert len(found.records) <= 200
        assert sum(map(len, found.records)) <= 32_768
        assert bool(found.records) == (found.status == "answer")
