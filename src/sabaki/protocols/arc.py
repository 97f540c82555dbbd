"""ARC (RFC 8617): who passed the mail on, and whether their seals hold together.

A chain that holds says who handled the mail and that nobody changed it since the last of them; what they say that they found is
worth as much as they are.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

import msgspec

from sabaki.mail import lexer
from sabaki.model.authentication import KEY_GONE, UNCHECKED, ArcChain, ArcSet, Signature
from sabaki.model.evidence import Grade
from sabaki.model.message import Message
from sabaki.protocols import authres, canonical, dkimwords
from sabaki.protocols.dkim import LEAST_BITS, Checked, Verifier, is_suffix
from sabaki.protocols.dkimwords import Words
from sabaki.protocols.resolver import Resolver
from sabaki.protocols.signature import MOST_INSTANCES, Kind, Parsed

_RESULTS, _MESSAGE, _SEAL = "arc-authentication-results", "arc-message-signature", "arc-seal"
_NAMES = {_RESULTS: "ARC-Authentication-Results", _MESSAGE: "ARC-Message-Signature", _SEAL: "ARC-Seal"}
_INSTANCE = re.compile(r"\s{0,100}[iI]\s{0,100}=\s{0,100}([1-9][0-9]?)\s{0,100};")
_LONGEST_BEGINNING = 2_000
_MOST_MESSAGES = 10
_OPEN = ("temperror", UNCHECKED, KEY_GONE)
"""Results that leave it open whether a chain holds, the ones that may yet be cleared up first."""


class _Broken(Exception):
    """The chain does not hold; carries the reason in both languages."""

    def __init__(self, why: Words) -> None:
        super().__init__(*why)
        self.why = why


class _Set(msgspec.Struct):
    """One set while it is put together: places of its fields in the header, and what was read there."""

    instance: int
    places: dict[str, int] = {}
    authserv_id: str = ""
    message: Parsed | None = None
    seal: Parsed | None = None
    signature: Signature | None = None
    sealed: Checked | None = None


def verify(message: Message, resolver: Resolver, *, at: str | None = None) -> ArcChain:
    """Validate the chain (RFC 8617 section 5.2). Never raises.

    `at` is when the mail was received (RFC 3339) or None; no result depends on a clock.
    """
    if not any(field.key in _NAMES for field in message.fields):
        why = dkimwords.chain("none")
        return ArcChain(result="none", reason=why[0], reason_ja=why[1])
    chain = _Chain(Verifier(message, resolver, at))
    try:
        result, why, oldest = chain.validate()
    except _Broken as broken:
        result, why, oldest = "fail", dkimwords.broken_chain(broken.why), None
    grade = Grade.VERIFIED if result in ("pass", "fail") else Grade.SELF_DECLARED
    return ArcChain(result=result, oldest_pass=oldest, sets=chain.told(), reason=why[0], reason_ja=why[1], grade=grade)


def _broken(what: str, **words: Any) -> _Broken:
    return _Broken(dkimwords.chain(what, **words))


class _Chain:
    """One message's chain."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self._sets: dict[int, _Set] = {}
        self._newest_first: list[_Set] = []

    def told(self) -> tuple[ArcSet, ...]:
        """The sets as far as they were read, the oldest first."""
        return tuple(self._told(self._sets[instance]) for instance in sorted(self._sets))

    def _told(self, each: _Set) -> ArcSet:
        place = next((each.places[name] for name in (_SEAL, _MESSAGE, _RESULTS) if name in each.places), None)
        seal = each.seal or Parsed()
        return ArcSet(
            instance=each.instance,
            domain=seal.domain,
            selector=seal.selector,
            authserv_id=each.authserv_id,
            chain_validation=seal.chain_validation,
            seal=each.sealed.result if each.sealed else UNCHECKED,
            message=each.signature,
            location=None if place is None else self._verifier.header.fields[place].location,
        )

    def validate(self) -> tuple[str, Words, int | None]:
        """The result, the reason and the oldest instance whose message signature fits. Raises _Broken."""
        places = {name: self._verifier.places(name) for name in _NAMES}
        if any(len(found) > MOST_INSTANCES for found in places.values()):
            raise _broken("too_many")
        self._collect(places)
        self._check_structure()
        newest = self._newest_first[0]
        self._check_message(newest)
        open_ = self._check_seals(newest)
        if open_:
            return open_
        oldest = self._oldest()
        reach = dkimwords.chain("oldest_some" if oldest else "oldest_all", oldest=oldest)
        domain = newest.seal.domain if newest.seal else ""
        words = {"count": len(self._sets), "domain": domain, "reach": reach[0], "reach_ja": reach[1]}
        return "pass", dkimwords.chain("pass", **words), oldest

    # -- structure (section 5.2 steps 1 to 3)

    def _collect(self, places: dict[str, list[int]]) -> None:
        for name, found in places.items():
            for place in found:
                self._take(name, place)

    def _take(self, name: str, place: int) -> None:
        """Put a field into its set; a field without an instance breaks the chain."""
        if name == _RESULTS:
            value = self._verifier.header.fields[place].raw_value
            read_instance, parsed = authres.parse_arc(value)
            begins = _INSTANCE.match(lexer.without_comments(value[:_LONGEST_BEGINNING]))
            # What reads the results elsewhere must see the same instance.
            if begins is None or begins[1] != read_instance or int(begins[1]) > MOST_INSTANCES:
                why = dkimwords.faulty("instance", "i")
                raise _broken("faulty_field", field=_NAMES[name], why=why[0], why_ja=why[1])
            self._place(int(begins[1]), name, place).authserv_id = parsed.authserv_id
            return
        read = self._verifier.read(place, Kind.SEAL if name == _SEAL else Kind.MESSAGE)
        if not read.instance:
            why = dkimwords.faulty(read.problem, read.where)
            raise _broken("faulty_field", field=_NAMES[name], why=why[0], why_ja=why[1])
        into = self._place(read.instance, name, place)
        if name == _SEAL:
            into.seal = read
        else:
            into.message = read

    def _place(self, instance: int, name: str, place: int) -> _Set:
        into = self._sets.setdefault(instance, _Set(instance, {}))
        if name in into.places:
            raise _broken("twice", i=instance, field=_NAMES[name])
        into.places[name] = place
        return into

    def _check_structure(self) -> None:
        last = max(self._sets)
        newest = self._sets[last].seal
        if newest is not None and newest.chain_validation == "fail":
            raise _broken("says_fail", domain=newest.domain)
        for instance in range(1, last + 1):
            each = self._sets.get(instance) or _Set(instance, {})
            missing = next((name for name in _NAMES if name not in each.places), None)
            if missing:
                raise _broken("incomplete", i=instance, field=_NAMES[missing])
            assert each.seal is not None, "its place was noted together with it"
            assert each.message is not None, "its place was noted together with it"
            for field, read in ((_SEAL, each.seal), (_MESSAGE, each.message)):
                if read.problem:
                    why = dkimwords.faulty(read.problem, read.where)
                    raise _broken("faulty", i=instance, field=_NAMES[field], why=why[0], why_ja=why[1])
                if is_suffix(read.domain):
                    raise _broken("suffix", i=instance, domain=read.domain)
            if each.seal.chain_validation != ("pass" if instance > 1 else "none"):
                raise _broken("wrong_word", i=instance)
        self._newest_first = [self._sets[instance] for instance in range(last, 0, -1)]

    # -- signatures (steps 4 to 6)

    def _signature(self, each: _Set) -> Signature:
        if each.signature is None:
            each.signature = self._verifier.check(each.places[_MESSAGE], Kind.MESSAGE, each.message)
        return each.signature

    def _check_message(self, newest: _Set) -> None:
        """The newest message signature must fit."""
        found = self._signature(newest)
        if "from" in found.uncovered and "from" in found.covered_names:
            raise _broken("from_added")
        if found.result != "pass" and found.result not in _OPEN:
            raise _broken("message", domain=found.domain, why=found.reason, why_ja=found.reason_ja)

    def _check_seals(self, newest: _Set) -> tuple[str, Words, int | None] | None:
        """Every seal must hold, the newest first; None where they do, else what leaves it open."""
        assert newest.signature is not None, "checked before"
        trouble: list[tuple[str, Words]] = []
        if newest.signature.result != "pass":
            trouble.append((newest.signature.result, (newest.signature.reason, newest.signature.reason_ja)))
        digests = self._digests()
        for each in self._newest_first:
            assert each.seal is not None, "the structure was checked"
            if each.seal.digest == "sha1":
                raise _broken("weak_seal", i=each.instance, domain=each.seal.domain)
            found = each.sealed = self._verifier.check_key(each.seal, Kind.SEAL, digests[each.instance])
            if found.result in _OPEN:
                trouble.append((found.result, found.words))
            elif found.result == "permerror":
                raise _broken("key", i=each.instance, why=found.words[0], why_ja=found.words[1])
            elif found.result != "pass":
                raise _broken("seal", i=each.instance, domain=each.seal.domain)
            elif each.seal.key_type == "rsa" and (found.bits or 0) < LEAST_BITS:
                raise _broken("weak_seal", i=each.instance, domain=each.seal.domain)
        if not trouble:
            return None
        result, why = min(trouble, key=lambda each: _OPEN.index(each[0]))
        return result, dkimwords.chain("open", why=why[0], why_ja=why[1]), None

    def _digests(self) -> dict[int, bytes]:
        """What each seal signs: all sets up to its own, the oldest first, itself last without its value (section 5.1.1).

        What they have in common is hashed once, so that fifty sets cost no more than their length.
        """
        hasher = hashlib.sha256()
        header = self._verifier.header
        digests: dict[int, bytes] = {}
        for each in reversed(self._newest_first):
            assert each.seal is not None, "the structure was checked"
            for name in (_RESULTS, _MESSAGE):
                hasher.update(header.canonical(each.places[name], canonical.RELAXED))
            own = hasher.copy()
            own.update(canonical.field(each.seal.unsigned, canonical.RELAXED).removesuffix(b"\r\n"))
            digests[each.instance] = own.digest()
            hasher.update(header.canonical(each.places[_SEAL], canonical.RELAXED))
        return digests

    def _oldest(self) -> int:
        """The lowest instance whose message signature still fits, 0 where all do (section 5.2 step 5).

        Only so many are looked at: of older ones it is then not said that they fit.
        """
        for each in self._newest_first[:_MOST_MESSAGES]:
            if self._signature(each).result != "pass":
                return each.instance + 1
        left = len(self._newest_first) - _MOST_MESSAGES
        return left + 1 if left > 0 else 0
