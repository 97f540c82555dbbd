"""The `from` clause of a Received field: who the peer said it is, what its address resolves to, and its address.

Each server software writes these three in its own order. Two rules hold for all: the peer's address is the one that the
server itself put down, in the last comment that has the form of an address; and what follows HELO or EHLO is the peer's
own claim, an address literal included, and is never taken for that address.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache

import msgspec

_UNKNOWN = frozenset({"unknown", "unverified", "unavailable", "no.rdns", "localhost.localdomain.", "[unavailable]"})
_ASIDE = (
    "using ",
    "client ",
    "no client",
    "version=",
    "tls",
    "ssl",
    "cipher",
    "envelope-",
    "may be forged",
    "verified",
)
"""How comments begin that describe the session: a client certificate's name in one is the peer's own text."""
_SMTP_AUTH = "SMTP-AUTH"
_HELO_FIRST = frozenset({"postfix", "sendmail", "exchange", "gmail", "qmail", "opensmtpd"})
"""Dialects that put the greeting first, so that an address there is a claim even where no other is given."""


class Peer(msgspec.Struct):
    """The peer as the server wrote it. `form` names the dialect where the clause gives it away.

    `rest` holds comments and words that no rule here knows.
    """

    helo: str = ""
    reverse_name: str = ""
    ip: str = ""
    auth_account: str = ""
    auth_method: str = ""
    form: str = ""
    local_user: bool = False
    rest: tuple[str, ...] = ()


@lru_cache(maxsize=4_096)
def _address(text: str) -> str:
    numbers = text.split(".")
    if len(numbers) == 4 and ":" not in text:
        plain = all(number.isdecimal() and number.isascii() and len(number) <= 3 for number in numbers)
        return text if plain and all(str(int(number)) == number and int(number) < 256 for number in numbers) else ""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return ""
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)


def address(text: str) -> str:
    """An IP address in any form that a Received field has it, normalised, or "".

    Takes `1.2.3.4`, `1.2.3.4:25`, `[1.2.3.4]:25`, `IPv6:2001:db8::1`, `::ffff:1.2.3.4` (given as IPv4), `fe80::1%eth0`.
    """
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    if text[:5].lower() == "ipv6:":
        text = text[5:]
    text = text.partition("%")[0]
    if not text or len(text) > 60 or text[0] not in "0123456789:abcdefABCDEF":
        return ""
    host, colon, port = text.partition(":")
    if colon and port.isdigit() and host.count(".") == 3:
        text = host
    return _address(text)


def _name(text: str) -> str:
    """A host name that a server looked up; "" where it says that there is none."""
    text = text.strip("<>").rstrip(".").lower()
    return "" if text in _UNKNOWN or address(text) else text


def _claim(text: str) -> str:
    return text.strip("<>").rstrip(".")


def read_peer(words: list[str], comments: list[str], dialect: str) -> Peer:
    """Read the words and comments of a `from` clause as the software named by `dialect` writes it ("" if not known)."""
    peer = Peer(form=dialect)
    for comment in comments:
        _read_comment(comment.strip(), peer)
    _read_names(words, peer)
    return peer


def _read_names(names: list[str], peer: Peer) -> None:
    """The words outside comments: a name or literal first, in some dialects the peer's address behind it."""
    if not names:
        return
    if names[:3] == ["mail", "pickup", "service"]:  # IIS: handed in on the machine itself
        peer.local_user = True
        return
    name, literal = names[0], address(names[0])
    for word in names[1:]:
        found = address(word) if word.startswith("[") else ""
        if found and not peer.ip:
            peer.ip = found
        elif not found:
            peer.rest += (word,)
    if peer.helo:  # a comment had the greeting, so this is what the server looked up
        if literal and not peer.ip:
            peer.ip = literal
        peer.reverse_name = peer.reverse_name or _name(name)
        return
    if literal and not peer.ip and peer.form not in _HELO_FIRST:
        peer.ip = literal
    elif peer.form == "exim" and not literal:
        peer.reverse_name = _name(name)  # Exim writes one name where the greeting is the name that it looked up
    peer.helo = _claim(name)


def _read_comment(comment: str, peer: Peer) -> None:
    lowered = comment.lower()
    if lowered.startswith(("helo ", "ehlo ", "lhlo ")):
        peer.helo = _claim(comment[5:].partition(" ")[0])
        peer.form = peer.form or ("qmail" if lowered.startswith("helo ") else "")
    elif lowered.startswith(_ASIDE) or lowered.endswith(" encrypted"):
        return
    elif lowered.startswith(("authenticated", "auth:", "smtp-auth", "account ")) or " authenticated " in lowered:
        _read_authentication(comment, lowered, peer)
    elif "helo=" in lowered or "ehlo=" in lowered or lowered.startswith("port="):
        _read_pairs(comment, peer)
    elif not _read_address(comment, peer):
        peer.rest += (comment,)


def _read_authentication(comment: str, lowered: str, peer: Peer) -> None:
    account, method = account_in(comment, lowered)
    peer.auth_account = peer.auth_account or account
    peer.auth_method = peer.auth_method or method
    if lowered.startswith("account ") and " helo " in lowered:  # CommuniGate Pro: (account NAME HELO [192.0.2.1])
        peer.helo = _claim(comment[lowered.index(" helo ") + 6 :].partition(" ")[0])


def account_in(comment: str, lowered: str) -> tuple[str, str]:
    """The account and the method in a comment about SMTP-AUTH (RFC 4954), each "" where it is not said.

    Postfix `Authenticated sender: NAME`, Courier `AUTH: LOGIN NAME, SSL: ...`, Exim `authenticated as NAME`,
    sendmail `authenticated bits=0`, webmail `SquirrelMail authenticated user NAME`, CommuniGate `account NAME HELO ...`.
    """
    if lowered.startswith("authenticated sender:"):
        return comment[21:].strip().strip("<>"), "Authenticated sender"
    if lowered.startswith(("auth:", "smtp-auth:")):
        words = comment.partition(":")[2].partition(",")[0].split()
        return (words[-1].strip("<>"), words[0]) if len(words) > 1 else ("", " ".join(words) or "AUTH")
    if lowered.startswith("account "):
        return comment[8:].strip().partition(" ")[0], _SMTP_AUTH
    for mark in ("authenticated user:", "authenticated user ", "authenticated as ", "authenticated by "):
        found = lowered.find(mark)
        if found >= 0:
            words = comment[found + len(mark) :].replace(",", " ").split()
            return (words[0].strip("<>") if words else ""), comment[: found + len(mark)].strip(" :")
    return ("", comment[:80]) if lowered.startswith("authenticated") else ("", "")


def _read_pairs(comment: str, peer: Peer) -> None:
    """Exim's and its kin's `[192.0.2.1]:25 helo=[name] ident=user`, the address in front or outside."""
    peer.form = peer.form or "exim"
    for place, word in enumerate(comment.split()):
        lowered = word.lower()
        if lowered.startswith(("helo=", "ehlo=")):
            peer.helo = _claim(word[5:])
        elif not place and (found := address(word)):
            peer.ip = found


def _read_address(comment: str, peer: Peer) -> bool:
    """`rdns [ip] (may be forged)`, `[ip]`, `[ip] rdns`, `ip`, `user@rdns [ip]`, `unknown ip`, `account@domain@ip`."""
    words = comment.split(maxsplit=4)
    if words[-1:] == ["[local]"]:  # OpenSMTPD
        peer.local_user = True
        return True
    for place, word in enumerate(words[:2]):
        opened = word.find("[")
        found = address(word[opened:]) if opened >= 0 else ""
        if found:
            before = word[:opened] if opened else ("" if not place else words[0])
            peer.ip, peer.reverse_name = found, _looked_up(before or _after(words, place))
            return True
    if not words:
        return True
    account, at, host = words[0].rpartition("@")
    found = address(host)
    if found and len(words) <= 3:
        peer.ip = found
        if at and account:
            _take_account(account, words, peer)
        return True
    if len(words) == 2 and (found := address(words[1])):
        peer.ip, peer.reverse_name = found, _looked_up(words[0])
        return True
    if at and len(words) == 1:  # sendmail's `user@localhost`: handed in on the machine itself
        peer.local_user = host.lower() in ("localhost", "localhost.localdomain")
        return True
    return len(words) == 1 and (words[0].lower() in _UNKNOWN or bool(_peer_name(words[0], peer)))


def _peer_name(word: str, peer: Peer) -> str:
    if "." in word and not peer.reverse_name:
        peer.reverse_name = _name(word)
    return peer.reverse_name


def _looked_up(before: str) -> str:
    return _name(before.rpartition("@")[2])


def _after(words: list[str], place: int) -> str:
    """ZoneMTA writes the name behind the address."""
    name = words[place + 1] if len(words) > place + 1 else ""
    return name if "." in name and name[0] not in "([" and "=" not in name else ""


def _take_account(account: str, words: list[str], peer: Peer) -> None:
    """QUIRK: qmail with SMTP-AUTH writes account@address, where the account itself holds an @: the last one counts.

    The same place holds the answer of an ident server (RFC 1413), so a bare name may be either.
    """
    method = " ".join(words[1:3]) or (_SMTP_AUTH if "@" in account else f"{_SMTP_AUTH} or ident")
    peer.auth_account, peer.auth_method, peer.form = account, method, peer.form or "qmail"
