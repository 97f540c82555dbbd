"""What identifies the victim, gathered out of a Report."""

from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import msgspec

from sabaki.facts import freemail
from sabaki.mail.domains import organizational_domain, to_ascii, to_unicode
from sabaki.model.case import Case, Hop, Trust
from sabaki.model.observable import EmailAddr

_SHORTEST_WORD = 6
"""From this length on a word identifies wherever it stands; a shorter one only as a word of its own."""
_SHORTEST_TOKEN = {"label": 3, "local": 5, "name": 4}
_LOOPBACK = ("127.0.0.1", "::1")


class Identifiers(msgspec.Struct, frozen=True):
    """What must not be seen. All lower case.

    `addresses` whole, those of the delivery first; `domains` own domains and host names, in both IDN forms.
    `words` identify wherever they stand, inside a longer word too: the name part of an own domain, local parts.
    `tokens` are the short ones of them, which identify only as words of their own.
    `ips` are the victim's own servers, `names` the display names of recipients and their parts. `organizations` are the domains that
    somebody registered for the own ones: not looked for, but what is said of them is said of the victim.
    """

    addresses: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()


@cache
def plain_words() -> frozenset[str]:
    """Words that stand in any article or name a role: by themselves they identify nobody (data/plain_words.txt)."""
    text = files("sabaki.data").joinpath("plain_words.txt").read_text("utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def of(report: Case) -> Identifiers:
    """The victim's identifiers: what the reader named as theirs, the recipients, and the servers that are theirs."""
    recipients = _recipients(report)
    mailboxes = [box.lower() for box in report.vantage.mailboxes or () if "@" in box]
    free = freemail.domains()
    own = _ordered(
        [
            *report.vantage.own_domains,
            *report.vantage.inferred_domains,
            *(box.rpartition("@")[2] for box in mailboxes),
        ]
    )
    mine = [name for domain in own if (name := domain.lower().strip("*.")) and name not in free]
    addresses = [form for box in recipients for form in _addresses(box.address)]
    posing = [box.address for box in _claimed(report) if any(_under(box.domain, domain) for domain in mine)]
    boxes = _ordered([*addresses, *mailboxes, *map(str.lower, posing)])
    bare = [*_labels(mine), *_locals(boxes)]
    return Identifiers(
        addresses=boxes,
        domains=_ordered(
            form for domain in (*mine, *_hosts(report, free)) for form in (to_ascii(domain), to_unicode(domain))
        ),
        words=_ordered(word for word in bare if len(word) >= _SHORTEST_WORD),
        ips=_ordered(form for ip in _ips(report) for form in _spellings(ip)),
        names=_ordered(name for box in recipients for name in _names(box.display_name)),
        tokens=_ordered(word for word in bare if len(word) < _SHORTEST_WORD),
        organizations=_ordered(_organizations(mine)),
    )


def _ordered(values: Iterable[str]) -> tuple[str, ...]:
    """Each once, in order; a mask is no identifier, so that what is masked can be masked again."""
    return tuple(dict.fromkeys(value for value in values if value.strip("*.@- ")))


def _recipients(report: Case) -> list[EmailAddr]:
    to = report.recipients
    envelope = [hop.recipient.lower() for hop in report.hops if "@" in hop.recipient]
    delivered = [*to.delivered_to, *(EmailAddr(box, *box.rpartition("@")[::2]) for box in envelope)]
    # Who names himself as the recipient and reaches the real ones unseen is no victim, unless the domain is the reader's.
    authors = {box.address.lower() for box in report.sender.author} if delivered else set()
    named = [
        box
        for box in (*to.to, *to.cc)
        if box.address.lower() not in authors or any(_under(box.domain, own) for own in report.vantage.own_domains)
    ]
    passed_on = [holder.reporter for holder in report.source.holders if holder.reporter]
    return [box for box in (*delivered, *named, *passed_on) if box.address]


def _addresses(address: str) -> tuple[str, ...]:
    """The address, and the mailbox behind a tag (`taro+shop@` is taro's)."""
    lower = address.lower()
    local, _, domain = lower.rpartition("@")
    base = local.partition("+")[0]
    return (lower, f"{base}@{domain}") if base and base != local else (lower,)


def _claimed(report: Case) -> list[EmailAddr]:
    sender = report.sender
    boxes = [*sender.author, *sender.reply_to, sender.sender, sender.return_path, sender.via_list]
    return [box for box in boxes if box is not None]


def _under(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _our_hops(report: Case) -> list[Hop]:
    """The hops down to the lowest attested one; what stands above that came later, on the victim's side as well."""
    lowest = max((hop.index for hop in report.hops if hop.trust is not Trust.CLAIMED), default=-1)
    return [hop for hop in report.hops if hop.index <= lowest]


def _hosts(report: Case, free: frozenset[str]) -> list[str]:
    """The servers that are the victim's: named, or above the line; a public provider's name nobody."""
    named = [host for host in report.vantage.own_hosts if not _is_ip(host)]
    attested = [hop.by for hop in _our_hops(report)]
    peers = [
        name for hop in _our_hops(report) if hop.index != report.origin.hop for name in (hop.helo, hop.reverse_name)
    ]
    hosts = [host.strip("*.").lower() for host in (*named, *attested, *peers)]
    return [
        host for host in hosts if "." in host and not _is_ip(host) and (organizational_domain(host) or host) not in free
    ]


def _is_ip(text: str) -> bool:
    return text[:1] == "[" or (text[:1].isdigit() and not any(char.isalpha() for char in text)) or ":" in text


def _ips(report: Case) -> list[str]:
    """The addresses of the victim's own servers: peers above the line other than the origin, and named ones."""
    peers = [ip for hop in _our_hops(report) for ip in (hop.by_ip, hop.ip if hop.index != report.origin.hop else "")]
    named = [host.strip("[]") for host in report.vantage.own_hosts if _is_ip(host)]
    return [ip.lower() for ip in (*peers, *named) if ip and ip != report.origin.ip and ip not in _LOOPBACK]


def _spellings(ip: str) -> tuple[str, ...]:
    """An address as it is also written: an IPv6 one in full, an IPv4 one as reverse names, mapped and as one number."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return (ip,)
    if address.version == 6:
        return ip, address.compressed, address.exploded
    octets, number = ip.split("."), int(address)
    mapped = f"::ffff:{number >> 16:x}:{number & 0xFFFF:x}"
    return (
        ip,
        "-".join(octets),
        ".".join(reversed(octets)),
        "-".join(reversed(octets)),
        mapped,
        str(number),
        hex(number),
    )


def _tells(word: str, kind: str) -> bool:
    return len(word) >= _SHORTEST_TOKEN[kind] and word not in plain_words() and not word.isdigit()


def _organizations(domains: list[str]) -> list[str]:
    organizations = [organizational_domain(domain) or domain for domain in domains]
    return [form for domain in organizations for form in (to_ascii(domain), to_unicode(domain))]


def _labels(domains: list[str]) -> list[str]:
    return [label for form in _organizations(domains) if _tells(label := form.partition(".")[0], "label")]


def _locals(addresses: tuple[str, ...]) -> list[str]:
    """Local parts that stand for somebody: a role or an ordinary word does not."""
    found = [address.rpartition("@")[0].strip('"') for address in addresses]
    return [local for local in found if _tells(local, "local") and not _plain_compound(local)]


def _plain_compound(local: str) -> bool:
    """`web-master`, `no.reply`, `info2`: nothing but ordinary words and digits."""
    words = "".join(char if char.isalpha() else " " for char in local).split()
    return all(len(word) < 3 or word in plain_words() for word in words)


def _names(display_name: str) -> list[str]:
    """A recipient's name, whole and its parts, as far as they are no ordinary words."""
    name = unicodedata.normalize("NFKC", display_name).lower().strip(" \"'")
    if "@" in name or len(name) < 2:
        return []
    parts = name.replace("　", " ").replace(",", " ").split()
    telling = [part for part in parts if not _ordinary(part)]
    if not telling:
        return []
    return [name, *(part for part in telling if len(part) >= (_SHORTEST_TOKEN["name"] if part.isascii() else 2))]


def _ordinary(part: str) -> bool:
    return part in plain_words() or any(part == f"{word}{end}" for word in _ADDRESSED for end in _POLITE)


_ADDRESSED = (
    "お客",
    "お客様",
    "会員",
    "ご利用者",
    "利用者",
    "管理者",
    "担当者",
    "ご担当者",
    "受信者",
    "関係者",
    "皆",
    "各位",
)
_POLITE = ("", "様", "さま", "各位", "の皆様", "殿", "御中")
