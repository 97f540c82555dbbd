"""The `from` clause of a Received field: who the peer said it is, what its address resolves to, and its address.

Each server software writes these three in its own order. Two rules hold for all: the peer's address is the one that the
server itself put down, in the last comment that has the form of an address (in the first for software that begins with
it); and what follows HELO or EHLO is the peer's own claim, an address literal included, and is never taken for that
address. What stands before the server's own comment is part of the greeting, whatever it looks like.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

import msgspec

from sabaki.mail import accounts, lexer, sessions
from sabaki.mail.accounts import SMTP_AUTH

_UNKNOWN = frozenset(
    "unknown unverified verified unavailable [unavailable] no.rdns unknownhost unresolved localhost.localdomain. "
    "<unknown> nohostname no-reverse-dns".split()
)
_ASIDE = (
    "client ", "no client", "may be forged", "verified", "proxying for ", "ident: ", "no tls", "misconfigured sender", "mailfrom:",
)  # fmt: skip
"""How comments begin that describe the session: a client certificate's name in one is the peer's own text."""
_GREETINGS = ("helo ", "ehlo ", "lhlo ")
_HELO_FIRST = frozenset({"postfix", "sendmail", "exchange", "gmail", "qmail", "opensmtpd"})
"""Dialects that put the greeting first, so that an address there is a claim even where no other is given."""
_NO_GREETING = frozenset({"horde", "roundcube"})
"""Webmails, which begin with the name that they looked up."""
_NO_HELO_COMMENT = _HELO_FIRST - {"qmail"}
"""Those that never write `(HELO name)`, so that one is the peer's own."""
_ADDRESS_FIRST = frozenset({"exim", "communigate", "momentum"})
"""Dialects that begin with the address, so that all that looks like one behind it is the peer's own."""
_ABOUT_ACCOUNT = re.compile(r"(?:authenticated(?:[ :]|$)|auth: |smtp-auth[: ]|account |user=)")
_IDENT_BEFORE_ADDRESS = (_HELO_FIRST | _ADDRESS_FIRST) - {"qmail"}
"""Dialects in which `name@address` holds an answer of the peer's ident server, never an account."""
_NOWHERE = frozenset({"local", "unix socket", "localhost", ""})
_LONGEST_ADDRESS = 80
_BEGINS_ADDRESS = frozenset("0123456789:abcdefABCDEF[iI \t")
_USUAL = re.compile(r"(?:([^\s()\[\]\"\\<>@=:]{1,255}+) )?\[?((?:(?i:ipv6:))?[0-9A-Fa-f:.]{2,45}+)\]?")
"""`rdns.example [192.0.2.1]`, `[192.0.2.1]` and `192.0.2.1`, which are nearly all."""


class Peer(msgspec.Struct):
    """What a `from` clause says; "" where it says nothing. `form` is the dialect, if the clause gives it away.

    `sessions` are comments on the session. `rest` holds comments and words that no rule here knows, and those that the
    peer itself has written in the form of a server's.
    """

    helo: str = ""
    reverse_name: str = ""
    ip: str = ""
    auth_account: str = ""
    auth_method: str = ""
    form: str = ""
    local_user: bool = False
    rest: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()


def _normal(text: str) -> str:
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
    return _address(text) if text and text[0] in _BEGINS_ADDRESS and len(text) <= _LONGEST_ADDRESS else ""


@lru_cache(maxsize=8_192)
def _address(text: str) -> str:
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    if text[:5].lower() == "ipv6:":
        text = text[5:]
    text = text.partition("%")[0]
    if not text or text[0] not in "0123456789:abcdefABCDEF":
        return ""
    host, colon, port = text.partition(":")
    if colon and port.isdigit() and host.count(".") == 3:
        text = host
    return _normal(text)


def _name(text: str) -> str:
    """A host name that a server looked up; "" where it says that there is none."""
    text = text.strip("<>").rstrip(".").lower()
    return "" if text in _UNKNOWN or address(text) else text


def _claim(text: str) -> str:
    return text.strip("<>").rstrip(".")


def read_peer(words: list[str], comments: list[str], dialect: str, *, over_smtp: bool = False) -> Peer:
    """Read the words and comments of a `from` clause as the software named by `dialect` writes it ("" if not known).

    `over_smtp` says that the mail came by SMTP: then a lone address in front is the greeting, unless the dialect is one
    that begins with the address.
    """
    reader = _Reader(dialect)
    peer = reader.peer
    if words and dialect in _ADDRESS_FIRST and words[0].startswith("["):
        reader.begin(address(words[0]))
    for comment in comments:
        reader.comment(comment.strip())
    reader.close()
    _read_names(words, peer, over_smtp=over_smtp or reader.nowhere, named=reader.named)
    return peer


class _Reader:
    """Goes through the comments in their order. `named` is set where one gives a looked-up name, or says that there is none."""

    __slots__ = ("_by_peer", "_so_far", "_taken", "dialect", "named", "nowhere", "peer")

    def __init__(self, dialect: str) -> None:
        self.peer = Peer(form=dialect)
        self.dialect = dialect
        self.named = False
        self.nowhere = False
        self._taken = False
        self._so_far: list[str] = []
        self._by_peer: list[str] = []

    def comment(self, comment: str) -> None:
        match = _USUAL.fullmatch(comment)
        if match and ("." in (before := match[1] or ".") or before in _UNKNOWN) and (ip := address(match[2])):
            if self._take(ip, comment):
                self._looked_up(match[1] or "")
            return
        lowered = accounts.lower(comment)
        peer = self.peer
        if lowered.startswith(_GREETINGS):
            if self.dialect in _NO_HELO_COMMENT:
                self._by_peer.append(comment)
                return
            peer.helo = _claim(comment[5:].partition(" ")[0])
            peer.form = peer.form or ("qmail" if lowered.startswith("helo ") else "")
        elif lowered.startswith(_ASIDE):
            return
        elif "helo=" in lowered or "ehlo=" in lowered or lowered.startswith(("port=", "ident=")):
            self._pairs(comment)
        elif not (_ABOUT_ACCOUNT.match(lowered) and self._account(comment, lowered)) and not self._address(comment):
            self._other(comment, lowered)

    def begin(self, ip: str) -> None:
        """Take the address that stands before all comments."""
        self.peer.ip, self._taken = ip, bool(ip)

    def close(self) -> None:
        if self._by_peer:
            self.peer.rest = (*self._by_peer, *self.peer.rest)

    def _other(self, comment: str, lowered: str) -> None:
        peer = self.peer
        if self._account(comment, lowered):
            return
        if sessions.read(comment)[0]:
            peer.sessions += (comment,)
            self._so_far.append(comment)
        elif lowered.startswith("uid ") and lowered[4:].isdigit():  # Courier and DMA: handed in on the machine itself
            peer.local_user = True
        elif not self._lone_name(comment):
            peer.rest += (comment,)

    def _account(self, comment: str, lowered: str) -> bool:
        peer = self.peer
        account, method = accounts.in_comment(comment)
        if not account and not method:
            return False
        if self.dialect == "communigate" and (peer.helo or not lowered.startswith("account ")):
            self._by_peer.append(comment)  # its greeting stands in front of nothing of its own
            return True
        if account or not peer.auth_method:
            peer.auth_account, peer.auth_method = peer.auth_account or account, method
        self._so_far.append(comment)
        if lowered.startswith("account ") and " helo " in lowered:  # CommuniGate Pro: (account NAME HELO [192.0.2.1])
            peer.helo = _claim(comment[lowered.index(" helo ") + 6 :].partition(" ")[0])
        session, _, _ = sessions.read(comment)
        if session:
            peer.sessions += (comment,)
        return True

    def _take(self, ip: str, comment: str) -> bool:
        """Take the address of a comment. What looked like the server's before it was the peer's; or the other way round."""
        peer = self.peer
        if self.dialect in _ADDRESS_FIRST and self._taken:
            self._by_peer.append(comment)
            return False
        if self._so_far and self.dialect not in _ADDRESS_FIRST:
            self._by_peer += self._so_far
            self._so_far.clear()
            peer.auth_account = peer.auth_method = peer.reverse_name = peer.helo = ""
            peer.sessions, peer.form = (), self.dialect
        peer.ip, self._taken = ip, True
        self._so_far.append(comment)
        return True

    def _pairs(self, comment: str) -> None:
        """Exim's and its kin's `[192.0.2.1]:25 helo=[name] ident=user`, the address in front or outside."""
        peer = self.peer
        words = comment.split()
        found = address(words[0])
        again = found == peer.ip and not peer.helo  # Momentum: `[192.0.2.1] ([192.0.2.1:25] helo=name)`
        if found and not again and not self._take(found, comment):
            return
        peer.form = peer.form or "exim"
        if not found:
            self._so_far.append(comment)
        helo = next((word[5:] for word in words if word[:5].lower() in ("helo=", "ehlo=")), "")
        peer.helo = peer.helo or _claim(helo)

    def _address(self, comment: str) -> bool:
        """`rdns [ip] (may be forged)`, `[ip]`, `[ip] rdns`, `ip`, `user@rdns [ip]`, `unknown ip`, `account@domain@ip`."""
        if '"' in comment or "(" in comment:
            return self._tokens(comment)
        words = comment.split(maxsplit=4)
        if not words:
            return True
        return self._literal(words, comment) or self._bare(words, comment)

    def _tokens(self, comment: str) -> bool:
        """One that holds quoted strings or comments: ZMailer's `[ip]:port "EHLO name" rhost-flags`, `rdns [ip] (AS64500)`.

        An account may hold quoted strings too: `"taro yamada"@example.jp@192.0.2.1`.
        """
        account, at, host = comment.rpartition("@")
        found = address(host) if at and account else ""
        if found and "(" not in account:
            if self._take(found, comment):
                self._account_at(account, "")
            return True
        tokens = lexer.tokenize(comment)
        words = [
            f"[{token.text}]" if token.kind is lexer.Kind.LITERAL else token.text
            for token in tokens
            if token.kind in _PLAIN
        ]
        if not self._literal(words[:1] if comment.startswith("[") else words[:5], comment):
            return False
        said = next((token.text for token in tokens if token.kind is lexer.Kind.QUOTED), "")
        if said[:5].lower() in _GREETINGS:
            self.peer.helo, self.peer.form = _claim(said[5:]), self.peer.form or "zmailer"
        return True

    def _literal(self, words: list[str], comment: str) -> bool:
        """An address in brackets: the last one, for what stands before it may be the peer's looked-up name."""
        for place in range(len(words) - 1, -1, -1):
            opened = words[place].find("[")
            inner = words[place][opened + 1 :].partition("]")[0].lower() if opened >= 0 else None
            if inner is None or "=" in words[place][:opened]:
                continue
            before, found = words[place][:opened], address(words[place][opened:])
            if not found and (inner in _NOWHERE or " ".join(words[place:])[1:].startswith("unix socket")):
                self.nowhere = True
                self.peer.local_user = self.peer.local_user or inner not in ("", "localhost")
                return True
            if not found:
                continue
            if not self._take(found, comment):
                return True
            if before.endswith("@"):
                if before != "@":
                    self._account_at(before[:-1], "")
            else:
                self._looked_up(before or (words[place - 1] if place else _after(words, place)))
            return True
        return False

    def _bare(self, words: list[str], comment: str) -> bool:
        """An address without brackets, behind an account perhaps."""
        account, at, host = words[0].rpartition("@")
        found = address(host)
        if found and (len(words) == 1 or words[1].lower() == "with"):
            mechanism = words[2] if len(words) > 2 else ""
            if self._take(found, comment) and ((at and account) or mechanism):  # Yahoo: `192.0.2.1 with plain`
                self._account_at(account, mechanism)
            return True
        if len(words) == 2 and (found := address(words[1])):
            if self._take(found, comment):
                self._looked_up(words[0])
            return True
        if at and account and len(words) == 1 and host.lower() in ("localhost", "localhost.localdomain"):
            self.peer.local_user = True  # sendmail's `user@localhost`: handed in on the machine itself
            return True
        return False

    def _looked_up(self, before: str) -> None:
        if before:
            self.named = True
        self.peer.reverse_name = _name(before.rpartition("@")[2])

    def _account_at(self, account: str, mechanism: str) -> None:
        """QUIRK: qmail with SMTP-AUTH writes account@address, where the account itself holds an @: the last one counts.

        The same place holds the answer of an ident server (RFC 1413), so a bare name may be either.
        """
        if self.dialect in _IDENT_BEFORE_ADDRESS:
            return
        method = mechanism or (SMTP_AUTH if "@" in account else f"{SMTP_AUTH} or ident")
        self.peer.auth_account, self.peer.auth_method = account, method
        self.peer.form = self.peer.form or "qmail"

    def _lone_name(self, comment: str) -> bool:
        """A comment that is only a name, or says that there is none."""
        if comment.lower() in _UNKNOWN:
            self.named = True
            return True
        if " " in comment or "=" in comment:
            return False
        if "@" in comment:  # sendmail's, with the answer of an ident server (RFC 1413)
            return "." in comment.rpartition("@")[2]
        if "." in comment and not self.peer.reverse_name:
            self.peer.reverse_name = _name(comment)
            self.named = True
            return bool(self.peer.reverse_name)
        return False


_PLAIN = frozenset({lexer.Kind.ATOM, lexer.Kind.LITERAL})


def _after(words: list[str], place: int) -> str:
    """ZoneMTA writes the name behind the address."""
    name = words[place + 1] if len(words) > place + 1 else ""
    return name if "." in name and name[0] not in "([" and "=" not in name else ""


def _read_names(names: list[str], peer: Peer, *, over_smtp: bool, named: bool) -> None:
    """The words outside comments: a name or literal first, in some dialects the peer's address behind it."""
    if not names:
        return
    if names[:3] == ["mail", "pickup", "service"]:  # IIS: handed in on the machine itself
        peer.local_user = True
        return
    if names[1:] == ["named", "unknown"]:  # Gmail's programming interface: the number of the project
        names = names[:1]
    name, literal = names[0] if names[0] != "<unknown>" else "", address(names[0])
    last = address(names[-1]) if len(names) > 1 and names[-1].startswith("[") and peer.form not in _HELO_FIRST else ""
    if last and not peer.ip:
        peer.ip = last
        names = names[:-1]
    peer.rest += tuple(names[1:])
    if peer.form in _NO_GREETING and not literal:
        peer.reverse_name = peer.reverse_name or _name(name)
        return
    if peer.helo:  # a comment had the greeting, so this is what the server looked up
        if literal and not peer.ip:
            peer.ip = literal
        if not named:
            peer.reverse_name = peer.reverse_name or _name(name)
        return
    if literal and not peer.ip and peer.form not in _HELO_FIRST and not over_smtp:  # nobody greets over HTTP
        peer.ip = literal
        return
    if literal and literal == peer.ip and peer.form in _ADDRESS_FIRST:
        return
    if peer.form == "exim" and peer.ip and not literal:
        peer.reverse_name = _name(name)  # Exim writes one name where the greeting is the name that it looked up
    peer.helo = _claim(name)
