"""What an answer is: a registration, "nobody has it", "not so fast", a refusal, or nothing that can be read."""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec

from sabaki.model.knowledge import Registration, Subject
from sabaki.sources import whoisdomain, whoisjp, whoislabels, whoisnet, whoisparty, whoistext

_KEPT = 20_000
"""Characters of an answer that are kept with the registration."""
_HEAD = 400
_SHORT = 200
"""A line longer than this is small print."""
_MARKS = re.compile(r"[\s%#*>!\"'().:\[\]_-]{1,200}")
_FREE = (
    "no match",
    "not found",
    "no entries found",
    "no found",
    "nothing found",
    "no data found",
    "no data was found",
    "no object found",
    "no matching record",
    "no matching objects found",
    "no information available about domain name",
    "no such domain",
    "domain not found",
    "domain name not found",
    "domain unknown",
    "domain status no object found",
    "object does not exist",
    "the queried object does not exist",
    "the domain has not been registered",
    "this domain is available",
    "this domain name has not been registered",
    "above domain name is not registered",
    "is not registered",
    "is free",
    "is available",
    "not registered",
    "does not exist",
    "error 101 no entries found",
    "error101 no entries found",
    "no se encontraron objetos",
    "object not found",
    "available for registration",
    "domain is not registered",
    "domain name does not exist",
    "domain does not exist",
    "該当するデータがありません",
)
_LIMITED = (
    "limit exceeded",
    "quota exceeded",
    "has been exceeded",
    "have exceeded",
    "exceeded the",
    "exceeds the",
    "too many",
    "per hour reached",
    "per day reached",
    "queries reached",
    "try again",
    "retry later",
    "temporarily",
    "quota for",
    "excessive querying",
    "queried interval is too short",
    "lookup quota",
    "アクセスが集中",
    "しばらくしてから",
)
_REFUSED = (
    "access denied",
    "not authorized",
    "not authorised",
    "permission denied",
    "blacklisted",
    "is blocked",
    "access restricted",
    "forbidden",
)


class Kind(StrEnum):
    """How a server answered."""

    REGISTERED = "registered"
    FREE = "free"
    LIMITED = "limited"
    REFUSED = "refused"
    OTHER = "other"
    """On another name than the one that was asked about."""
    UNREADABLE = "unreadable"
    EMPTY = "empty"


class Answer(msgspec.Struct, frozen=True):
    """What a server said. `referral` is the server that it names for more, as written. `line` is the words that decided it."""

    kind: Kind
    registration: Registration | None = None
    referral: str = ""
    line: str = ""


def read(data: bytes, subject: Subject, charset: str = "") -> Answer:
    """Read an answer on a domain, an address or an AS number. Values decide before words do: a name like "No Match Ltd" is no "no match"."""
    text = whoistext.decode(data, charset).replace("\0", "")
    if not text.strip():
        return Answer(Kind.EMPTY)
    if whoisjp.is_form(text):
        answer = _japanese(text, subject)
    elif subject.kind == "domain":
        answer = _domain(text, subject.value)
    else:
        answer = _network(text, subject)
    return answer or _words(text, subject.value)


def delegation(data: bytes) -> str:
    """The server that IANA's answer names ("refer:" or "whois:"), "" for none."""
    for line in whoistext.lines(whoistext.decode(data, "")):
        label, value = whoislabels.split(line, 40)
        if label in ("refer", "whois") and value:
            return value
    return ""


def _kept(registration: Registration, text: str) -> Registration:
    return msgspec.structs.replace(registration, text=text[:_KEPT])


def _japanese(text: str, subject: Subject) -> Answer | None:
    form = whoisjp.read(text)
    if not form.kind:
        return None
    registration = whoisjp.registration(form)
    if subject.kind == "domain":
        named = form.first("domain").lower()
        about = named == subject.value or ("." in named and subject.value.endswith("." + named))
    else:
        named = registration.network
        about = (
            whoisnet.covers(named, subject.value)
            if subject.kind == "ip"
            else named.upper().removeprefix("AS") == subject.value
        )
    if not about:
        return Answer(Kind.OTHER, line=named[:_SHORT])
    return Answer(Kind.REGISTERED, _kept(registration, text))


def _domain(text: str, name: str) -> Answer | None:
    registration, form = whoisdomain.read(text, name)
    if not form.about:
        return Answer(Kind.OTHER, line=form.other[:_SHORT]) if form.named else None
    words = {each.lower() for each in registration.status}
    says = registration.created or registration.expires or registration.name_servers
    if words & whoisdomain.FREE and not says:
        return Answer(Kind.FREE, line=registration.status[0])
    if says or words or registration.registrar or registration.holder:
        return Answer(Kind.REGISTERED, _kept(registration, text), form.first("referral"))
    return None


def _network(text: str, subject: Subject) -> Answer | None:
    found = whoisnet.read(text, subject.kind, subject.value)
    if found is None:
        return None
    registration, block = found
    # APNIC keeps Japan's networks for JPNIC, which has the holder's name in Japanese.
    japan = any(
        "JPNIC" in each.upper()
        for label in ("mnt-by", "mnt-irt", "admin-c", "mnt-lower")
        for each in block.get(label, ())
    )
    return Answer(Kind.REGISTERED, _kept(registration, text), "whois.nic.ad.jp" if japan else "")


def _words(text: str, name: str) -> Answer:
    """An answer without values: what its lines say."""
    lines = [line.strip() for line in whoistext.lines(text) if line.strip() and len(line) < _SHORT]
    for line in lines:
        if _MARKS.sub(" ", _without(line, name)).strip().startswith(_FREE):
            return Answer(Kind.FREE, line=line)
    for phrases, kind in ((_LIMITED, Kind.LIMITED), (_REFUSED, Kind.REFUSED)):
        for line in lines:
            if any(phrase in line.lower() for phrase in phrases):
                return Answer(kind, line=line)
    return Answer(Kind.UNREADABLE, line=whoisparty.clean(lines[0])[:_HEAD] if lines else "")


def _without(line: str, name: str) -> str:
    """A line without the name that was asked about and the words that go with it."""
    plain = line.lower().replace(name, " ")
    for word in ("the domain name", "domain name", "the domain", "domain"):
        if plain.lstrip(" %#*\"'").startswith(word) and not plain.lstrip(" %#*\"'").startswith(_FREE):
            plain = plain.replace(word, " ", 1)
    return plain
