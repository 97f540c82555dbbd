"""What the world said of the things in a mail, each answer with the part that its subject plays there, and dates to compare with.

An answer about something that is not in the mail counts for nothing, and neither does a date that cannot be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Generic, NamedTuple, TypeVar

import msgspec

from sabaki.facts import identity
from sabaki.mail.domains import as_ip, registrable_domain, to_ascii
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import State
from sabaki.model.knowledge import Certificates, Knowledge, Listing, Names, Network, Place, Registration

NOT_REGISTERED = "not registered"
"""The one status of a name that the registry says nobody holds."""
_LONGEST_DATE = 40
_BASES = {
    "arrived": ("when the mail came", "メールの受信時点"),
    "dated": ("at the date that the mail bears", "メールが名乗る日付の時点"),
    "asked": ("when it was asked about", "照会の時点"),
}
_Item = TypeVar("_Item", Names, Registration, Place, Network, Listing, Certificates)


class Told(NamedTuple, Generic[_Item]):
    """An answer, who gave it, and the parts that its subject plays in the mail, the most telling first.

    "link": a click leads there. "sender": the address that a server saw the mail come from. "named": the mail calls its sender's.
    "account": of the SMTP account that sent it. "site": an address behind a link's name. "client": an address in a field.
    """

    by: Knowledge
    item: _Item
    parts: tuple[str, ...]

    @property
    def subject(self) -> str:
        """What was asked about, short enough to be shown."""
        return short(self.by.subject.value)


class Age(msgspec.Struct, frozen=True):
    """Days from a date to the mail. `basis` is what the mail's date is: "arrived", "dated" or "asked" (none but that of the question).

    `asked` are the days until the question, None where that has no date. Negative: the date lies after the mail. `grade` is that of the
    weaker date.
    """

    days: int
    basis: str
    grade: Grade
    asked: int | None = None

    @property
    def words(self) -> tuple[str, str]:
        """What the days were counted to."""
        return _BASES[self.basis]


def told(case: Case, type: type[_Item], *kinds: str) -> Iterator[Told[_Item]]:
    """The answers of one type about subjects of these kinds (of any, where none is named) that are in the mail."""
    answers = [
        (piece, item)
        for piece in case.knowledge
        if piece.state is State.RAN and (not kinds or piece.subject.kind in kinds)
        for item in piece.known
        if isinstance(item, type)
    ]
    roles = parts(case) if answers else {}
    for piece, item in answers:
        played = roles.get((piece.subject.kind, _key(piece.subject.value)))
        if played:
            yield Told(piece, item, played)


def parts(case: Case) -> dict[tuple[str, str], tuple[str, ...]]:
    """By kind and value, what the subjects in a mail are in it (see `Told`). What is the reader's own is left out."""
    found: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for url in case.urls:
        if url.clickable and url.host and url.scheme in ("http", "https") and not identity.own(case, url.host):
            found["url", url.value]["link"] = None
            _put(found, "ip" if url.ip else "host", url.ip or url.host, "link")
            _put(found, "domain", registrable_domain(url.host), "link")
    _put(found, "ip", case.origin.ip if case.origin.grade is not Grade.SELF_DECLARED else "", "sender")
    for name in _named(case):
        domain = registrable_domain(name)
        _put(found, "domain", None if domain and identity.own(case, domain) else domain, "named")
    account = registrable_domain(case.origin.auth_domain)
    _put(found, "domain", None if account and identity.own(case, account) else account, "account")
    for piece in case.knowledge:
        if piece.subject.kind == "host" and ("host", _key(piece.subject.value)) in found:
            for ip in (ip for item in piece.known if isinstance(item, Names) for ip in item.addresses):
                _put(found, "ip", as_ip(ip), "site")
    for client in case.origin.clients:
        _put(found, "ip", client.ip, "client")
    return {subject: tuple(played) for subject, played in found.items()}


def _put(found: defaultdict[tuple[str, str], dict[str, None]], kind: str, value: str | None, part: str) -> None:
    if value:
        found[kind, _key(value)][part] = None


def _key(value: str) -> str:
    """A name as A-labels without its root dot; anything else, and what no name can be, as it is."""
    return to_ascii(value.rstrip(".")) if not value.isascii() and len(value) <= 1_000 else value.rstrip(".")


def _named(case: Case) -> tuple[str, ...]:
    sender = case.sender
    path = (sender.return_path.domain,) if sender.return_path else ()
    return (*(box.domain for box in (*sender.author, *sender.reply_to)), *path)


def about(
    knowledge: tuple[Knowledge, ...], kind: str, value: str, type: type[_Item]
) -> Iterator[tuple[Knowledge, _Item]]:
    """The answers of one type about one subject."""
    return (
        (piece, item)
        for piece in knowledge
        if piece.state is State.RAN and piece.subject.kind == kind and piece.subject.value == value
        for item in piece.known
        if isinstance(item, type)
    )


def senders(case: Case) -> tuple[str, ...]:
    """The addresses that the mail came from: the one that a server saw, then those that fields name."""
    named = (case.origin.ip, *(client.ip for client in case.origin.clients))
    return tuple(dict.fromkeys(ip for ip in named if ip))


def hosts(case: Case, most: int | None = None) -> tuple[str, ...]:
    """The hosts that the links lead to, names or addresses, each once, the reader's own left out."""
    named = (url.ip or url.host for url in case.urls if url.clickable and url.scheme in ("http", "https"))
    foreign = (host for host in dict.fromkeys(named) if host and not identity.own(case, host))
    return tuple(islice(foreign, most))


def domains(case: Case, most: int | None = None) -> dict[str, tuple[str, ...]]:
    """The registrable domains that matter, the most telling first, with their parts: "link", "account", "named".

    `most` is how many hosts of links are looked at.
    """
    found: dict[str, list[str]] = {}
    for part, names in (("link", hosts(case, most)), ("account", (case.origin.auth_domain,)), ("named", _named(case))):
        for name in names:
            domain = registrable_domain(name)
            if domain and not identity.own(case, domain) and part not in found.setdefault(domain, []):
                found[domain].append(part)
    return {domain: tuple(roles) for domain, roles in found.items()}


def addresses(knowledge: tuple[Knowledge, ...], host: str) -> tuple[str, ...]:
    """The addresses of a host as the DNS gave them; of an address, itself."""
    found = [ip for _, names in about(knowledge, "host", host, Names) for ip in names.addresses]
    asked = any(piece.subject.kind == "ip" and piece.subject.value == host for piece in knowledge)
    return tuple(dict.fromkeys([*([host] if asked else []), *found]))


def uses(networks: Iterable[Network]) -> dict[str, str]:
    """What networks are known for ("cloud", "vpn" ...), each with the words of whoever says so."""
    said = (use for network in networks for use in network.uses)
    return {use.partition(":")[0].strip().lower(): short(use, 120) for use in said}


def moment_of(date: str | None) -> datetime | None:
    """A date or time of RFC 3339, as exact as it is written, in UTC; None where it is none."""
    if not date or len(date) > _LONGEST_DATE:
        return None
    try:
        moment = datetime.fromisoformat(date)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # the zone can push the first and the last day out of all years
        return None


def arrival(case: Case) -> datetime | None:
    """When a server above the trust line took the mail in; None where none says. The mail's own Date is not asked."""
    return moment_of(case.origin.date) if case.origin.grade is not Grade.SELF_DECLARED else None


def age(case: Case, by: Knowledge, date: str | None) -> Age | None:
    """How long before the mail a date lies that an answer gives.

    The mail's date is that of its arrival; where no server tells it, its own Date. A mail that would have come after the question was asked
    is counted to the question, and so is one without a date. None for a date that is none, or after the question.
    """
    at, asked = moment_of(date), moment_of(by.obtained_at)
    if at is None or (asked and _days(at, asked) < 0):
        return None
    came, written = arrival(case), moment_of(case.sender.date)
    then, basis, grade = asked, "asked", by.grade
    if came or written:
        then, basis, grade = (came, "arrived", case.origin.grade) if came else (written, "dated", Grade.SELF_DECLARED)
    if then and asked and asked < then:
        then, basis, grade = asked, "asked", by.grade
    return Age(_days(at, then), basis, weakest(by.grade, grade), _days(at, asked) if asked else None) if then else None


def weakest(*grades: Grade) -> Grade:
    """The grade of what rests on all of these."""
    return max(grades, key=list(Grade).index)


def _days(first: datetime, second: datetime) -> int:
    """Days from one to the other by the calendar. One day too early is none: zones differ, and some dates have no time."""
    days = (second.date() - first.date()).days
    return 0 if days == -1 else days


def soon(case: Case, by: Knowledge, days: int) -> bool:
    """Whether a question was asked at most so many days after the mail came: what it found was so, more or less, at that time.

    False where no server says when the mail came: an old mail's site may have gone in years.
    """
    came, asked = arrival(case), moment_of(by.obtained_at)
    return bool(came and asked and abs(_days(came, asked)) <= days)


def short(text: str, longest: int = 80) -> str:
    """Somebody else's words on one line, at a length that people read."""
    cut = text[:longest]
    plain = "".join(letter if letter.isprintable() else " " for letter in cut)
    return f"{plain}…" if len(text) > longest else plain
