"""Received fields (RFC 5321 section 4.4) into hops: the clauses by one tokenizer, the peer by the dialects of real servers.

Nothing here is believed or disbelieved; facts.trust draws the line. What does not parse is kept in `Hop.unparsed`.
"""

from __future__ import annotations

import contextlib
import re
from datetime import datetime

import msgspec

from sabaki.mail import accounts, clauses, dates, servers, sessions
from sabaki.mail.clauses import Clauses
from sabaki.mail.limits import Budget, Limits
from sabaki.mail.peers import Peer, address, read_peer
from sabaki.model.case import Hop
from sabaki.model.message import Field, Message

_LONGEST = Limits().field_interpreted
_LOCAL = frozenset(
    {"local", "local-esmtp", "local-bsmtp", "bsmtp", "lmtp", "lmtpa", "lmtps", "lmtpsa", "pipe", "stdio", "mapi"}
)
_DAY_FIRST = re.compile(r"(\d\d)/(\d\d)/(\d{4})\s{1,40}+(\d\d:\d\d:\d\d)")
_SMTP = ("smtp", "esmtp", "asmtp", "utf8smtp")
_NOTES_AUTH_IN_PROTOCOL = frozenset({"exim", "opensmtpd", "stalwart"})
"""Dialects that write RFC 3848's A wherever there was an account, so that an account without it is the peer's own text."""
_HANDED_IN = (
    (", from userid ", "userid "),
    (" invoked by uid ", "uid "),
    (" invoked by ", ""),
    (" invoked from ", ""),
    (" invoked for ", ""),
)
_NOTES = ("EGP: ", '"Tessian ')
_SPOOLERS = ("qmail", "postfix", "nullmailer", "apache")


def _auth(found: Clauses, peer: Peer, protocol: str, dialect: str) -> tuple[str, str]:
    """The SMTP-AUTH account, and the method or keyword that shows that there was one (RFC 4954, RFC 3848)."""
    keyword = next((word for word in protocol.upper().split() if word in accounts.AUTHENTICATED), "")
    account, method = peer.auth_account, peer.auth_method
    if account and not keyword and dialect in _NOTES_AUTH_IN_PROTOCOL:
        peer.rest += (f"{method} {account}",)
        account = method = ""
    for comment in found.own:
        said, how = accounts.in_comment(comment)
        if said and not account:
            account, method = said, how
        method = method or how
    words = found.words.get("id", ())
    if "auth=yes" in words:  # OpenSMTPD: `id 3ccd6a2f (TLSv1.2...) auth=yes user=NAME`
        account = account or next((word[5:] for word in words if word.startswith("user=")), "")
        method = method or "auth=yes"
    if keyword and (not method or method.endswith("ident")):
        method = keyword
    return account, method


def _by_program(found: Clauses, peer: Peer, dialect: str) -> tuple[str, str]:
    """The account that a program of the service's own writes in front, where no peer greets: Coremail's, AOL's, Alibaba's."""
    if "by" in found.words and dialect not in ("coremail", "aol"):
        return "", ""
    first = found.first("from")
    by = found.first("by").lower()
    if dialect == "coremail" and by.startswith("ajax-webmail") and ("$" in first or "@" in first):
        account, _, domain = first.replace("$", "@").rpartition("@")
        return f"{account}@{domain}", "webmail"
    if dialect == "aol" and by.startswith("imo-") and "@" in first:
        return first, "AOL"
    if first == "WS-web" and "by" not in found.words:
        said = next((comment for comment in found.comments["from"] if "@" in comment and "[" in comment), "")
        peer.rest = tuple(rest for rest in peer.rest if rest != said)
        return said.partition("[")[0], "webmail"
    return "", ""


def _note(found: Clauses, peer: Peer) -> bool:
    """Whether the field is nothing but a note of mess822's submission program, `(ofmipd 192.0.2.1)`: then its peer is read."""
    loose = found.comments[""]
    if found.words.keys() != {""} or not loose or not loose[0].startswith("ofmipd "):
        return False
    peer.ip, peer.form = address(loose[0][7:]), "qmail"
    return bool(peer.ip)


def _angle(words: list[str]) -> str:
    """An address in angle brackets or bare; the first of several."""
    text = "".join(words[:3])
    if text.startswith("<"):
        return text[1:].partition(">")[0]
    return words[0].rstrip(",") if words and "@" in words[0] else ""


def _envelope_from(found: Clauses) -> str:
    if "envelope-from" in found.words:
        return _angle(found.words["envelope-from"])
    if found.envelope:
        return found.envelope[0].partition(" ")[2].strip().strip("<>")
    behind = found.words.get("for", [])
    return _angle(behind[behind.index("from") + 1 :]) if "from" in behind else ""  # XMail


def _by(words: list[str], comments: list[str]) -> tuple[str, str, list[str]]:
    """The name of the receiving host, its address where the field says it, and the words left over."""
    name, rest = (words[0], words[1:]) if words else ("", [])
    bare = address(name)
    if bare:
        return "", bare, rest
    literal = address(rest[0]) if rest else ""
    if literal:
        rest = rest[1:]
    elif rest[:2] == ["by", "uid"] or name.lower() == "simscan":  # qmail-scanner
        rest = []
    elif rest and "." not in name:  # software that gives its own name for a host's: `by Forcepoint Email`
        name, rest = " ".join(words[:5]), []
    return name.lower().rstrip("."), literal or (address(comments[0]) if comments else ""), rest


def _via(found: Clauses) -> str:
    """The `via` clause; or how a local program handed the mail in, which Postfix and qmail put into a comment."""
    if "via" in found.words:
        return " ".join(found.words["via"])
    by = found.words.get("by", [])
    if by[1:3] == ["by", "uid"] and len(by) > 3:  # qmail-scanner
        return f"uid {by[3]}"
    if found.words.keys() == {""} and found.comments[""]:  # filters that note only their names
        for mark in _NOTES:
            if found.comments[""][0].startswith(mark):
                return mark.strip('": ')
    for comment in found.comments[""] + found.comments.get("by", []):
        if comment.startswith("via "):  # GMX: `by host (via HTTP)`
            return comment[4:]
        for mark, kept in _HANDED_IN if comment[:10].lower().startswith(_SPOOLERS) else ():
            _, said, rest = comment.partition(mark)
            if said:
                return kept + rest.partition("[")[0].strip()
    return ""


def _protocol(words: list[str]) -> str:
    """What stands behind `with`, as written, without the cipher that some servers put there."""
    if "with" in words:  # Mimecast: `with ESMTP with STARTTLS`
        words = words[: words.index("with")]
    if "encrypted" in words[1:2]:  # `with DHE-RSA-AES256-SHA encrypted SMTP`
        words = words[2:]
    protocol = " ".join(words[:5])
    return protocol.partition("/")[0] if protocol.lower().startswith(("esmtp/", "smtp/")) else protocol


def _internal(found: Clauses, protocol: str, peer: Peer, dialect: str, via: str) -> bool:
    """Whether this is a hand-over inside one machine or system rather than from a peer."""
    kind = protocol.partition(" ")[0].lower()
    if kind in _LOCAL or peer.local_user or peer.ip.startswith("127.") or peer.ip == "::1":
        return True
    if dialect == "exchange" and peer.ip.startswith("fe80:"):
        return True
    if "from" in found.words or peer.ip:
        return False
    # Without a peer it is local, unless the server hides the peer: `by host (Postfix) with ESMTPSA`.
    return bool(via) or not protocol or dialect == "gmail" or kind.startswith("http")


def _rest(found: Clauses, peer: Peer, via: str, left: list[str]) -> list[str]:
    """What no rule here took in."""
    loose = found.comments[""]
    known = (
        via
        or _note(found, peer)
        or (loose and (loose[0][:5].lower() == "from " or ("by" in found.words and "@" in loose[0])))
    )
    rest = [*([] if known else loose), *found.words[""], *peer.rest, *left]
    return [*rest, found.unread] if found.unread else rest


def _date(text: str, protocol: str) -> str | None:
    """The date; the zone's name behind its offset, `+0900 (JST)`, adds nothing.

    QUIRK: qmail-scanner wrote `24/09/2002 12:29:38` before its version 1, the day first.
    """
    if protocol.startswith("qmail-scanner-0.") and (match := _DAY_FIRST.match(text)):
        text = f"{match[3]}-{match[2]}-{match[1]} {match[4]}"
    plain, _, comment = text.partition(" (")
    return dates.parse(plain if comment and plain[-5:-4] in ("+", "-") else text) if text else None


def _text(raw: str) -> str:
    """A field's raw value, which has one character a byte, as text where it is UTF-8 (RFC 6531)."""
    if not raw.isascii():
        with contextlib.suppress(UnicodeEncodeError, UnicodeDecodeError):
            return raw.encode("latin-1").decode("utf-8")
    return raw


def parse(field: Field) -> Hop:
    """One Received field as a hop; its trust is left to facts.trust. Never raises."""
    found = clauses.split(_text(field.raw_value[:_LONGEST]))
    words = found.words
    by_words, with_words = words.get("by", []), words.get("with", [])
    host, by_ip, left = _by(by_words, found.comments.get("by", []))
    protocol, via = _protocol(with_words), _via(found)
    dialect = servers.name(
        found.own,
        " ".join(with_words[:5]),
        host,
        id=found.first("id").strip("<>") if "id" in words else None,
        has_from="from" in words,
        by_address=not host and bool(by_ip),
    )
    over_smtp = protocol.lower().startswith(_SMTP)
    peer = read_peer(words.get("from", []), found.comments.get("from", []), dialect, over_smtp=over_smtp)
    account, method = _auth(found, peer, protocol, dialect)
    if not account and (by_program := _by_program(found, peer, dialect))[0]:
        (account, method), peer.helo = by_program, ""
    tls, version, cipher = sessions.of([*peer.sessions, *found.own, *found.late], with_words, found.first("tls"))
    date = _date(found.date, protocol)
    rest = _rest(found, peer, via, left)
    if found.date and not date:
        rest.append(found.date)
    return Hop(
        index=field.index,
        text=field.value,
        location=field.location,
        helo=peer.helo,
        reverse_name=peer.reverse_name,
        ip=peer.ip,
        by=host,
        by_ip=by_ip,
        via=via,
        protocol=protocol,
        id=found.first("id").strip("<>"),
        recipient=_angle(words.get("for", [])),
        envelope_from=_envelope_from(found),
        date=date,
        tls=tls,
        tls_version=version,
        tls_cipher=cipher,
        auth_account=account,
        auth_method=method,
        dialect=dialect or peer.form or "unknown",
        unparsed=" ".join(rest),
        internal=_internal(found, protocol, peer, dialect, via),
    )


def _seconds(later: str | None, earlier: str | None) -> float | None:
    if not later or not earlier:
        return None
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def hops(message: Message, budget: Budget) -> tuple[Hop, ...]:
    """All Received fields as hops, the topmost first, `index` counted among them, with the delay since the hop below."""
    found: list[Hop] = []
    for field in message.all("received"):
        if not budget.spend("hops", where=f"field {field.index}"):
            break
        found.append(parse(field))
    below: str | None = None
    for index in range(len(found) - 1, -1, -1):
        hop = found[index]
        found[index] = msgspec.structs.replace(hop, index=index, delay=_seconds(hop.date, below))
        below = hop.date or below
    return tuple(found)
