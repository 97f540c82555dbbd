"""DKIM (RFC 6376, with RFC 8301, 8463 and 8616): is a signature good, and what exactly does it vouch for?

What needs no key is said offline, too: what is signed, and whether the body is still the one that was signed. A signature that
fits but must not be accepted (SHA-1, short keys, a second From, expired on arrival) has the result "policy" (RFC 8601 section 2.7.1).
Nothing looks at a clock: `at` is when the mail was received.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable

import msgspec

from sabaki.mail.domains import organizational_domain
from sabaki.model.authentication import Signature
from sabaki.model.evidence import Grade
from sabaki.model.message import Message
from sabaki.protocols import canonical, dkimwords, keys, signature
from sabaki.protocols.coverage import Coverage, Header
from sabaki.protocols.dkimwords import Words
from sabaki.protocols.resolver import Resolver
from sabaki.protocols.signature import Kind, Parsed

LEAST_BITS = 1_024
"""RFC 8301 section 3.2: a signature with a shorter RSA key is not valid."""

_LINE_ENDS = (b"\r\n", b"\n")
_LONGEST_SHOWN = 320
_CLOCKS = 3_600
"""Seconds by which the clocks of signer and receiver may differ before a signature is dated in the future."""


def verify(message: Message, resolver: Resolver, *, at: str | None = None, most: int = 5) -> tuple[Signature, ...]:
    """Verify the first `most` DKIM-Signature fields from the top. Never raises.

    `at` is when the mail was received (RFC 3339), as an attested hop has it, None where that is not known.
    """
    if not count(message):
        return ()
    verifier = Verifier(message, resolver, at)
    return tuple(verifier.check(place, Kind.DKIM) for place in verifier.places("dkim-signature")[:most])


def count(message: Message) -> int:
    """How many DKIM-Signature fields the message has."""
    return len(message.all("dkim-signature"))


class Checked(msgspec.Struct, frozen=True):
    """Whether a hash was signed with the key of a signature: `result` "pass" or one that says why not, and the reason."""

    result: str
    words: Words = ("", "")
    bits: int | None = None
    testing: bool = False


class Verifier:
    """One message, whose fields and body several signatures are checked against."""

    def __init__(self, message: Message, resolver: Resolver, at: str | None = None) -> None:
        self._resolver = resolver
        self._at = _seconds(at)
        root = message.parts[0]
        self.header = Header(message.raw, message.fields)
        self.body = canonical.Body(message.raw, root.body.start, root.body.end)
        self._found: dict[str, keys.Found] = {}
        last = message.fields[-1].location.end if message.fields else root.header.start
        # Beyond a limit fields or the end of the body were not read, so that nothing can be said about them.
        self.is_whole = root.body.end == len(message.raw) and not message.raw[last : root.header.end].strip()
        between = (message.raw[last : root.header.end], message.raw[root.header.end : root.body.start])
        ended = all(each in _LINE_ENDS for each in between) or root.body.start == len(message.raw)
        self.is_regular = self.header.is_regular and ended

    def places(self, name: str) -> list[int]:
        """Where the fields of that name stand."""
        return [place for place, field in enumerate(self.header.fields) if field.key == name]

    def read(self, place: int, kind: Kind) -> Parsed:
        """Read the signature field there."""
        return signature.read(self.header.octets(place), kind)

    def check(self, place: int, kind: Kind, parsed: Parsed | None = None) -> Signature:
        """Verify the DKIM-Signature or ARC-Message-Signature that stands at that place."""
        parsed = parsed or self.read(place, kind)
        told = Signature(
            result="permerror",
            domain=parsed.domain,
            selector=parsed.selector,
            identity=parsed.identity[:_LONGEST_SHOWN],
            algorithm=parsed.algorithm,
            canonicalization=f"{parsed.header_how}/{parsed.body_how}" if parsed.names else "",
            signed_at=_time(parsed.signed_at),
            expires_at=_time(parsed.expires_at),
            location=self.header.fields[place].location,
        )
        if parsed.problem:
            return _ended(told, "permerror", dkimwords.faulty(parsed.problem, parsed.where))
        if not self.is_whole:
            return _ended(told, "unchecked", dkimwords.TOO_LARGE)
        return self._judged(told, parsed, place, kind)

    def _judged(self, told: Signature, parsed: Parsed, place: int, kind: Kind) -> Signature:
        coverage = self.header.coverage(parsed.names, place)
        told, quoting = self._with_body(told, parsed)
        weak = self._weaknesses(told, parsed, coverage)
        told = msgspec.structs.replace(
            told,
            covers=coverage.covers,
            covered_names=coverage.names,
            uncovered=coverage.uncovered,
            weaknesses=tuple(weak),
        )
        if parsed.length is not None and parsed.length > told.body_size:
            words = {"length": f"{parsed.length:,}", "size": f"{told.body_size:,}"}
            return _ended(told, "permerror", (dkimwords.CUT[0].format(**words), dkimwords.CUT[1].format(**words)))
        if not told.body_matches:
            return self._failed(told, self._altered(parsed))
        if is_suffix(parsed.domain):
            return _ended(told, "policy", dkimwords.refused("public_suffix", domain=parsed.domain))
        if parsed.digest == "sha1":
            return _ended(told, "policy", dkimwords.refused("sha1"))
        reach = dkimwords.reach(coverage.names, told.body_covered, told.body_size)
        checked = self.check_key(parsed, kind, self._digest(parsed, place), reach)
        told = _with_key(told, parsed, checked)
        if checked.result == "fail":
            return self._failed(told, checked.words)
        if checked.result != "pass":
            return _ended(told, checked.result, checked.words)
        return self._passed(told, parsed, coverage, dkimwords.joined(reach, quoting))

    def _with_body(self, told: Signature, parsed: Parsed) -> tuple[Signature, Words]:
        """How much of the body is signed and whether it fits, if need be once the ">From " of mailbox files is undone."""
        plain = body = self.body.digest(parsed.body_how, parsed.digest, parsed.length)
        quoting = ("", "")
        if body.octets != parsed.body_hash and self.body.may_be_quoted:
            body = self.body.digest(parsed.body_how, parsed.digest, parsed.length, unquoted=True)
            quoting = dkimwords.QUOTING
        fits = body.octets == parsed.body_hash and (parsed.length or 0) <= body.size
        body = body if fits else plain
        told = msgspec.structs.replace(told, body_size=body.size, body_covered=body.covered, body_matches=fits)
        return told, quoting if fits else ("", "")

    def _failed(self, told: Signature, reason: Words) -> Signature:
        """It does not fit; where programs read the header in different ways, it may fit as another one reads it."""
        if not self.is_regular:
            return _ended(told, "permerror", dkimwords.ODD_HEADER)
        return _ended(told, "fail", reason)

    def _altered(self, parsed: Parsed) -> Words:
        """Why the body does not fit: most often a list put its footer behind it, and that can be seen."""
        signed = None
        if parsed.length is None:
            signed = self.body.signed_part(parsed.body_how, parsed.digest, parsed.body_hash)
        if signed is None:
            return dkimwords.ALTERED
        size = self.body.digest(parsed.body_how, parsed.digest).size
        return dkimwords.appended(signed, size)

    def _weaknesses(self, told: Signature, parsed: Parsed, coverage: Coverage) -> Iterable[str]:
        """What is weak about a signature before its key is known."""
        if told.body_covered < told.body_size:
            yield "body_part" if told.body_covered else "no_body"
        for name in ("subject", "to", "date", "reply-to", "content-type"):
            if name in coverage.uncovered and name not in coverage.duplicates:
                yield f"unsigned_{name.replace('-', '_')}"
        if coverage.duplicates:
            yield "duplicate_field"
        if coverage.addable:
            yield "addable_field"
        if not self.is_regular:
            yield "odd_header"
        if parsed.digest == "sha1":
            yield "sha1"
        if self._at is not None:
            if parsed.expires_at is not None and parsed.expires_at < self._at:
                yield "expired"
            if parsed.signed_at is not None and parsed.signed_at > self._at + _CLOCKS:
                yield "future"
        if self.header.names_recipient(parsed.selector):
            yield "selector_like_recipient"

    def _digest(self, parsed: Parsed, place: int) -> bytes:
        """The hash of the signed fields, the signature itself last, without its value and its line end (section 3.7)."""
        hasher = hashlib.sha256()
        for chosen in self.header.choose(parsed.names, place):
            hasher.update(self.header.canonical(chosen, parsed.header_how))
        hasher.update(canonical.field(parsed.unsigned, parsed.header_how).removesuffix(b"\r\n"))
        return hasher.digest()

    def check_key(self, parsed: Parsed, kind: Kind, digest: bytes, reach: Words = ("", "")) -> Checked:
        """Whether one of the keys at the signature's name made it, over data with that hash."""
        name = parsed.key_name
        if name not in self._found:
            self._found[name] = keys.fetch(self._resolver, name)
        found = self._found[name]
        if found.trouble:
            return Checked(found.trouble, dkimwords.unknown(found.trouble, name, found.why, reach))
        tried = [_check(record, parsed, kind, digest) for record in found.records]
        return min(tried, key=lambda each: ("pass", "fail", "permerror").index(each.result))

    def _passed(self, told: Signature, parsed: Parsed, coverage: Coverage, reach: Words) -> Signature:
        """The signature fits: what is there to be said, and is it to be accepted?"""
        if "short_key" in told.weaknesses:
            return _ended(told, "policy", dkimwords.refused("short_key", bits=told.key_bits))
        if not self.is_regular:
            return _ended(told, "policy", dkimwords.refused("odd_header"))
        if "from" in coverage.duplicates:
            return _ended(told, "policy", dkimwords.refused("from"))
        if "expired" in told.weaknesses:
            return _ended(told, "policy", dkimwords.refused("expired", time=told.expires_at or parsed.expires_at))
        pieces = [dkimwords.holds(reach)]
        left = told.body_size - told.body_covered
        if left:
            hidden = "unsigned_content_type" in told.weaknesses
            pieces.append(dkimwords.more("end_shown" if hidden else "end", left=f"{left:,}"))
        pieces.append(dkimwords.left_open(coverage.uncovered, coverage.duplicates))
        pieces += [dkimwords.more(weak) for weak in ("future", "testing") if weak in told.weaknesses]
        if parsed.expires_at is not None and self._at is None:
            pieces.append(dkimwords.more("expiry_unknown"))
        return _ended(told, "pass", dkimwords.joined(*pieces))


def is_suffix(domain: str) -> bool:
    """Whether nobody in particular owns a domain ("co.jp", "jp", "localhost"): section 6.1.1 lets a verifier refuse it."""
    return "." not in domain or organizational_domain(domain) is None


def _check(record: keys.KeyRecord, parsed: Parsed, kind: Kind, digest: bytes) -> Checked:
    problem = record.hindrance(parsed, kind)
    public = None
    if not problem:
        from sabaki.protocols import publickey  # noqa: PLC0415  # heavy, and needed only where there is a key

        public = publickey.load(record.type, record.octets)
    if public is None:
        return Checked("permerror", dkimwords.key(problem or "key_faulty", parsed.key_name), testing=record.testing)
    fits = public.fits(parsed.value, digest)
    return Checked("pass" if fits else "fail", ("", "") if fits else dkimwords.BROKEN, public.bits, record.testing)


def _with_key(told: Signature, parsed: Parsed, checked: Checked) -> Signature:
    if checked.bits is None:
        return told
    weak = list(told.weaknesses)
    if parsed.key_type == "rsa" and checked.bits < LEAST_BITS:
        weak.append("short_key")
    if checked.testing:
        weak.append("testing")
    return msgspec.structs.replace(told, key_type=parsed.key_type, key_bits=checked.bits, weaknesses=tuple(weak))


def _ended(told: Signature, result: str, reason: Words) -> Signature:
    """The result with its reason. What is decided we saw ourselves; what is open stays the sender's word."""
    grade = Grade.VERIFIED if result in ("pass", "fail", "policy", "permerror") else Grade.SELF_DECLARED
    return msgspec.structs.replace(told, result=result, reason=reason[0], reason_ja=reason[1], grade=grade)


def _seconds(at: str | None) -> float | None:
    try:
        moment = datetime.datetime.fromisoformat(at) if at else None
        return moment.timestamp() if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _time(seconds: int | None) -> str | None:
    """Seconds since 1970 as RFC 3339, None beyond the year 9999."""
    if seconds is None or seconds > 253_402_300_799:
        return None
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat().replace("+00:00", "Z")
