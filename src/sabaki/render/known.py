"""What the world said, by whom it was asked about, and the words for who said it and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import TypeVar

from sabaki.mail.domains import registrable_domain
from sabaki.model.case import Case
from sabaki.model.finding import State
from sabaki.model.knowledge import Certificates, Knowledge, Listing, Names, Network, Place, Registration
from sabaki.render import words
from sabaki.render.voice import Voice, cut

MOST = 8
"""How many addresses, domains or links of one kind are told of."""
_SOURCES: dict[str, words.Pair] = {
    "names": ("DNS", "DNS"),
    "rdap": ("RDAP", "RDAP"),
    "whois": ("WHOIS", "WHOIS"),
    "place": ("geolocation database", "位置情報データベース"),
    "network": ("table of networks", "ネットワークの一覧"),
    "safe_browsing": ("Google Safe Browsing", "Google セーフ ブラウジング"),
    "web_risk": ("Google Web Risk", "Google Web Risk"),
}
_Item = TypeVar("_Item", Names, Registration, Place, Network, Listing, Certificates)


def about(
    knowledge: tuple[Knowledge, ...], kind: str, value: str, type: type[_Item]
) -> Iterator[tuple[Knowledge, _Item]]:
    """The answers of one type about one subject, the first `MOST` of them."""
    answers = (
        (piece, item)
        for piece in knowledge
        if piece.state is State.RAN and piece.subject.kind == kind and piece.subject.value == value
        for item in piece.known
        if isinstance(item, type)
    )
    return islice(answers, MOST)


def senders(case: Case) -> tuple[str, ...]:
    """The addresses that the mail came from: the one that a server saw, then those that fields name."""
    named = (case.origin.ip, *(client.ip for client in case.origin.clients))
    return tuple(dict.fromkeys(ip for ip in named if ip))


def hosts(case: Case) -> tuple[str, ...]:
    """The hosts that the links lead to, names or addresses, each once, the reader's own left out."""
    named = (url.ip or url.host for url in case.urls if url.clickable and url.scheme in ("http", "https"))
    return tuple(host for host in dict.fromkeys(named) if host and not _own(case, host))[:MOST]


def _own(case: Case, host: str) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in case.own_domains)


def domains(case: Case) -> dict[str, tuple[str, ...]]:
    """The registrable domains that matter, the most telling first, with their parts: "link", "account", "named"."""
    author = (box.domain for box in (*case.sender.author, *case.sender.reply_to))
    path = (case.sender.return_path.domain,) if case.sender.return_path else ()
    parts: dict[str, list[str]] = {}
    for part, names in (("link", hosts(case)), ("account", (case.origin.auth_domain,)), ("named", (*author, *path))):
        for name in names:
            domain = registrable_domain(name)
            if domain and not _own(case, domain) and part not in parts.setdefault(domain, []):
                parts[domain].append(part)
    return {domain: tuple(roles) for domain, roles in parts.items()}


def addresses(knowledge: tuple[Knowledge, ...], host: str) -> tuple[str, ...]:
    """The addresses of a host as the DNS gave them; of an address, itself."""
    found = [ip for _, names in about(knowledge, "host", host, Names) for ip in names.addresses]
    asked = any(piece.subject.kind == "ip" and piece.subject.value == host for piece in knowledge)
    return tuple(dict.fromkeys([*([host] if asked else []), *found]))[:MOST]


def source(id: str, lang: str) -> str:
    """What a source is called; its id where it has no words."""
    return words.pick(_SOURCES.get(id, (id.replace("_", " "), id.replace("_", " "))), lang)


def when(date: str | None) -> str:
    """A time as people read it, to the second."""
    if date is None:
        return ""
    moment = moment_of(date)
    return (
        words.when(cut(date, 40)).strip()
        if moment is None or "T" not in date
        else moment.strftime("%Y-%m-%d %H:%M:%S UTC")
    )


def moment_of(date: str | None) -> datetime | None:
    """A date or time of RFC 3339, as exact as it is written, in UTC; None where it is none."""
    try:
        moment = datetime.fromisoformat(date or "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # the zone can push the first and the last day out of all years
        return None


def credit(voice: Voice, piece: Knowledge, more: str = "") -> str:
    """Who said it and when: "RDAP (rdap.example), 2026-11-24 10:00:00 UTC"."""
    name = source(piece.source, voice.lang)
    who = more or piece.to
    named = name if who in ("", *_SOURCES.get(piece.source, ())) else f"{name} ({cut(who, 100)})"
    at = when(piece.obtained_at)
    kept = voice.say(", kept from then", "（その時点の回答を保存したもの）") if piece.cached and at else ""
    return ", ".join(text for text in (named, at) if text) + kept
