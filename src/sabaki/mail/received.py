"""Received fields (RFC 5321 section 4.4) into hops: the clauses by one tokenizer, the peer by the dialects of real servers.

Nothing here is believed or disbelieved; facts.trust draws the line. What does not parse is kept in `Hop.unparsed`.
"""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from sabaki.mail import dates, lexer
from sabaki.mail.lexer import Kind, Token
from sabaki.mail.limits import Budget, Limits
from sabaki.mail.peers import Peer, account_in, address, read_peer
from sabaki.model.case import Hop
from sabaki.model.message import Field, Message

_LONGEST = Limits().field_interpreted
_CLAUSES = frozenset({"from", "by", "via", "with", "id", "for"})
_SOFTWARE = {
    "postfix": "postfix",
    "exim": "exim",
    "gmexim": "exim",
    "ecelerity": "exim",
    "qmail": "qmail",
    "amavisd": "amavis",
    "opensmtpd": "opensmtpd",
    "communigate": "communigate",
    "coremail": "coremail",
    "lotus": "domino",
    "hcl": "domino",
    "mdaemon": "mdaemon",
    "haraka": "haraka",
    "fetchmail": "fetchmail",
    "zimbra": "zimbra",
    "google": "gmail",
}
"""The word by which a server names itself in a comment behind `by` or `with`. A peer cannot write there."""
_FIRST_WORD = re.compile(r"[a-z]{1,20}")
_PROTOCOLS = (
    ("microsoft", "exchange"),
    ("mapi", "exchange"),
    ("mailenable", "mailenable"),
    ("qmail-scanner", "qmail"),
)
_LOCAL = frozenset({"local", "local-esmtp", "local-bsmtp", "bsmtp", "lmtp", "lmtpa", "pipe", "stdio", "mapi"})
_AUTHENTICATED = frozenset(
    {"ESMTPA", "ESMTPSA", "LMTPA", "LMTPSA", "SMTPA", "SMTPSA", "UTF8SMTPA", "UTF8SMTPSA", "ASMTP"}
)
"""RFC 3848 and RFC 6531: the A says that the client authenticated; and what is written instead."""
_SENDMAIL = re.compile(r"8\.\d{1,2}\.\d{1,2}[^/]{0,20}/")
_TRAILING_DATE = re.compile(r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), |\d{4}-\d\d-\d\d )\d.{0,60}$")
_SESSION = ("using ", "tls", "ssl", "version=", "cipher")
_HANDED_IN = (
    (", from userid ", "userid "),
    (" invoked by uid ", "uid "),
    (" invoked by ", ""),
    (" invoked from ", ""),
    (" invoked for ", ""),
)
_SPOOLERS = ("qmail", "postfix", "nullmailer")
_COMMENT, _ATOM, _LITERAL = Kind.COMMENT, Kind.ATOM, Kind.LITERAL


class _Clauses(msgspec.Struct, gc=False):
    """The words and the comments of each clause ("" is what stood before any), and the date's text.

    Adjoining tokens are one word (`<a@b>`, `2001:db8::1`); literals keep their brackets. `every` are all comments in
    their order, `own` those that the server wrote about itself, not about the peer.
    """

    words: dict[str, list[str]]
    comments: dict[str, list[str]]
    date: str
    every: list[str]
    own: list[str]


def _split_date(text: str) -> tuple[list[Token], str]:
    """The tokens before the last ";" that stands outside comments and quotes, and the text behind it."""
    end = text.rfind(";")
    if end < 0:
        return _split_trailing_date(text, lexer.tokenize(text))
    date = text[end + 1 :]
    closed = date.find(")")
    if '"' not in date and "]" not in date and (closed < 0 or 0 <= date.find("(") < closed):
        return lexer.tokenize(text[:end]), date.strip()
    tokens = lexer.tokenize(text)
    at = next((place for place in range(len(tokens) - 1, -1, -1) if tokens[place].is_special(";")), None)
    if at is None:
        return _split_trailing_date(text, tokens)
    return tokens[:at], text[tokens[at].end :].strip()


def _split_trailing_date(text: str, tokens: list[Token]) -> tuple[list[Token], str]:
    """QUIRK: some servers leave the ";" out."""
    match = _TRAILING_DATE.search(text, max(0, len(text) - 90))
    if not match:
        return tokens, ""
    return [token for token in tokens if token.start < match.start()], match.group()


def _clauses(text: str) -> _Clauses:
    tokens, date = _split_date(text)
    words: list[str] = []
    comments: list[str] = []
    found = _Clauses({"": words}, {"": comments}, date, [], [])
    value_due, last, name = False, -1, ""
    for place, token in enumerate(tokens):
        kind, written = token.kind, token.text
        if kind is _COMMENT:
            comments.append(written)
            found.every.append(written)
            if name != "from":
                found.own.append(written)
            continue
        if kind is _ATOM and len(written) <= 4 and (keyword := written.lower()) in _CLAUSES:
            if keyword == name == "by" and _starts_again(tokens, place, found):
                words, comments = found.words["by"], found.comments["by"]
                value_due, last = True, -1
                continue
            # Each clause opens once, "from" only in front, and the first word of a clause is its value: a peer that
            # greets with "by" opens nothing.
            opens = keyword not in found.words and (keyword != "from" or not name)
            if opens and not (value_due and _is_value(tokens, place)):
                words, comments, name = (
                    found.words.setdefault(keyword, []),
                    found.comments.setdefault(keyword, []),
                    keyword,
                )
                value_due, last = True, -1
                continue
        if kind is _LITERAL:
            written = f"[{written}]"
        if token.start == last and words:
            words[-1] += written
        else:
            words.append(written)
        value_due, last = False, token.end
    return found


def _starts_again(tokens: list[Token], place: int, found: _Clauses) -> bool:
    """A second "by" right after the first, which then was the peer's own word: what it took in goes back to `from`."""
    after = tokens[place + 1].text.lower() if place + 1 < len(tokens) else ""
    if "from" not in found.words or not found.words["by"] or after == "uid":  # qmail-scanner: `by host by uid 1005`
        return False
    found.words["from"] += ["by", *found.words["by"]]
    found.comments["from"] += found.comments["by"]
    found.own.clear()
    found.words["by"], found.comments["by"] = [], []
    return True


def _is_value(tokens: list[Token], place: int) -> bool:
    """Whether a clause's name, right behind another's, is that one's value: a comment or "by" follows it."""
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    return after is None or after.kind is _COMMENT or after.text.lower() in _CLAUSES


def _dialect(found: _Clauses, protocol: str, host: str) -> str:
    """The software, as far as its own words tell: never by what the peer said."""
    lowered = protocol.lower()
    for mark, name in _PROTOCOLS:
        if lowered.startswith(mark):
            return name
    for comment in found.own:
        match: re.Match[str] | None = _FIRST_WORD.match(comment[:20].lower())
        word = match.group() if match else ""
        if word in _SOFTWARE:
            return _SOFTWARE[word]
        if _SENDMAIL.match(comment):
            return "sendmail"
    if host.endswith((".google.com", ".gmail.com")) or ("from" not in found.words and _is_gmail(found, host)):
        return "gmail"
    if lowered == "https" and host.endswith((".outlook.com", ".exchangelabs.com")):
        return "exchange"
    return ""


def _is_gmail(found: _Clauses, host: str) -> bool:
    """Gmail hands over inside with `by 2002:a05:... with SMTP id ...`, naming no peer."""
    return "id" in found.words and bool(address(host))


def _tls(comments: list[str], protocol: str) -> str:
    for comment in comments:
        lowered = comment[:200].lower()
        if lowered.startswith(_SESSION) or lowered.endswith(" encrypted"):
            return comment
        if ", ssl:" in lowered or ", cipher" in lowered:
            return comment
    return protocol if "/" in protocol and "TLS" in protocol.upper() else ""


def _auth(found: _Clauses, peer: Peer, protocol: str) -> tuple[str, str]:
    """The SMTP-AUTH account, and the method or keyword that shows that there was one (RFC 4954, RFC 3848)."""
    account, method = peer.auth_account, peer.auth_method
    for comment in found.own:
        lowered = comment[:400].lower()
        if "auth" in lowered:
            said, how = account_in(comment, lowered)
            account, method = account or said, method or how
    keyword = next((word for word in protocol.upper().split() if word in _AUTHENTICATED), "")
    if keyword and (not method or method.endswith("ident")):
        method = keyword
    words = found.words.get("id", ())
    if "auth=yes" in words:  # OpenSMTPD: `id 3ccd6a2f (TLSv1.2...) auth=yes user=NAME`
        account = account or next((word[5:] for word in words if word.startswith("user=")), "")
        method = method or "auth=yes"
    return account, method


def _angle(words: list[str]) -> str:
    """An address in angle brackets or bare; the first of several."""
    text = "".join(words[:3])
    if text.startswith("<"):
        return text[1:].partition(">")[0]
    return words[0] if words and "@" in words[0] else ""


def _envelope_from(comments: list[str], date: str) -> str:
    opened = date.find("(envelope-")
    if opened >= 0:
        comments = [*comments, date[opened + 1 :].partition(")")[0]]
    for comment in comments:
        if comment[:15].lower().startswith(("envelope-from", "envelope-sender")):
            return comment.partition(" ")[2].strip().strip("<>")
    return ""


def _by(words: list[str], comments: list[str]) -> tuple[str, str]:
    """The name of the receiving host, and its address where the field says it."""
    name = words[0] if words else ""
    bare = address(name)
    if bare:
        return "", bare
    literal = address(words[1]) if len(words) > 1 else ""
    return name.lower().rstrip("."), literal or (address(comments[0]) if comments else "")


def _via(found: _Clauses) -> str:
    """The `via` clause; or how a local program handed the mail in, which Postfix and qmail put into a comment."""
    if "via" in found.words:
        return " ".join(found.words["via"])
    for comment in found.comments[""] + found.comments.get("by", []):
        for mark, kept in _HANDED_IN:
            before, said, rest = comment.partition(mark)
            if said and before.lower().startswith(_SPOOLERS):
                return kept + rest.partition("[")[0]
    return ""


def _internal(found: _Clauses, protocol: str, peer: Peer, dialect: str, via: str) -> bool:
    """Whether this is a hand-over inside one machine or system rather than from a peer."""
    kind = protocol.partition(" ")[0].lower()
    if kind in _LOCAL or peer.local_user or peer.ip.startswith("127.") or peer.ip == "::1":
        return True
    if dialect == "exchange" and peer.ip.startswith("fe80:"):
        return True
    if "from" in found.words:
        return False
    # Without a peer it is local, unless the server hides the peer: `by host (Postfix) with ESMTPSA`.
    return bool(via) or not protocol or dialect == "gmail" or kind.startswith("http")


def _rest(found: _Clauses, peer: Peer, via: str) -> list[str]:
    """What no rule here took in."""
    loose = found.comments[""]
    known = via or (loose and loose[0][:5].lower() == "from ")
    return [*([] if known else loose), *found.words[""], *peer.rest, *found.words.get("by", [])[1:]]


def _date(text: str) -> str | None:
    """The date; the zone's name behind its offset, `+0900 (JST)`, adds nothing."""
    plain, _, comment = text.partition(" (")
    return dates.parse(plain if comment and plain[-5:-4] in ("+", "-") else text) if text else None


def parse(field: Field) -> Hop:
    """One Received field as a hop; its trust is left to facts.trust. Never raises."""
    found = _clauses(field.raw_value[:_LONGEST])
    words, comments = found.words, found.every
    name = next(iter(words.get("by", ())), "")
    protocol = " ".join(words.get("with", [])[:5])
    via = _via(found)
    dialect = _dialect(found, protocol, name.lower())
    peer = read_peer(words.get("from", []), found.comments.get("from", []), dialect)
    account, method = _auth(found, peer, protocol)
    host, by_ip = _by(words.get("by", []), found.comments.get("by", []))
    date = _date(found.date)
    rest = _rest(found, peer, via)
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
        id=next(iter(words.get("id", ())), "").strip("<>"),
        recipient=_angle(words.get("for", [])),
        envelope_from=_envelope_from(comments, found.date),
        date=date,
        tls=_tls(comments, protocol),
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
