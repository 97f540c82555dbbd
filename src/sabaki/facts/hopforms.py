"""What the software that a hop claims never writes.

Only what public source code, vendors' pages or many real fields bear out is here, and only forms that the server itself
writes: a greeting may hold anything. How lines are folded is no sign, for whoever passes a mail on may fold it anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sabaki.facts import hoptimes
from sabaki.facts.networks import is_inside
from sabaki.mail.domains import has_known_suffix, organizational_domain
from sabaki.mail.peers import address
from sabaki.model.case import Hop, Sign

_DATE_FOR_ADDRESS = re.compile(r"[(\[](?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d")
_BUILD = re.compile(r"\d{1,2}\.\d{1,2}\.\d{1,5}(?:\.\d{1,5})?")
_REGION = re.compile(r"[a-z0-9]{2,5}pr(\d\d)mb\d{1,5}\.[a-z]{3,4}prd(\d\d)\.prod\.outlook\.com")
_PACIFIC = frozenset({-420, -480})
_PLAIN = frozenset("SMTP SMTPS SMTPA SMTPSA ESMTP ESMTPS ESMTPA ESMTPSA LMTP LMTPS QMQP ASMTP LOCAL NNFMP".split())
"""Keywords that other servers write and Exchange Online does not."""
_OUTLOOK = (".prod.outlook.com", ".protection.outlook.com", ".outlook.office365.com")
_GOOGLE = (".google.com", ".gmail.com")


def signs(hop: Hop) -> Iterator[Sign]:
    """Everything in the field's form that does not fit what it says to be."""
    before, _, after = hop.text.partition(" by ")
    if after and (match := _DATE_FOR_ADDRESS.search(before[:1000])):
        yield Sign("date_for_address", match.group(), strong=True)
    yield from _protocol(hop)
    if hop.by.endswith(_OUTLOOK):
        yield from _outlook(hop)
    elif hop.by.endswith(_GOOGLE):
        yield from _google(hop)
    elif hop.protocol.startswith("Microsoft SMTP Server") and hop.id and not _BUILD.fullmatch(hop.id):
        yield Sign("id_form", hop.id, strong=True)
    elif hop.dialect == "postfix" and "(Postfix)" in hop.text:
        yield from _postfix(hop)
    elif hop.dialect == "unknown" or (hop.dialect == "qmail" and hop.ip):
        yield from _bare(hop)


def _protocol(hop: Hop) -> Iterator[Sign]:
    """Keywords of one program in a field that is not by it, or where they make no sense."""
    protocol = hop.protocol.lower()
    date = hoptimes.written(hop)
    if protocol == "nnfmp" and organizational_domain(hop.by) != "yahoo.com":
        yield Sign("protocol_elsewhere", "NNFMP", strong=True)
    elif hop.id:
        return
    elif protocol == "local" and _is_elsewhere(hop.ip or hop.helo):
        yield Sign(
            "protocol_elsewhere", "local", strong=True
        )  # Exim's, with its id, for what never came over a network
    elif protocol == "asmtp" and hop.helo:
        yield Sign("protocol_elsewhere", "asmtp", strong=True)  # Exim's too
    elif protocol == "qmqp" and date and (date.weekday or date.offset):
        yield Sign("protocol_elsewhere", "QMQP", strong=bool(date.weekday))  # qmail's, whose dates have no day's name


def _is_elsewhere(peer: str) -> bool:
    """Whether a peer is another machine: an address outside, or a full host name."""
    literal = address(peer)
    return not is_inside(literal) if literal else has_known_suffix(peer)


def _outlook(hop: Hop) -> Iterator[Sign]:
    """Exchange Online: its own SMTP, always UTC, and host names that name their region twice."""
    date = hoptimes.written(hop)
    if hop.protocol.partition(" ")[0].upper() in _PLAIN:
        yield Sign("provider_form", f"with {hop.protocol[:40]}", strong=True)
    if hop.id and not _BUILD.fullmatch(hop.id):
        yield Sign("id_form", hop.id, strong=True)
    if date and date.offset:
        yield Sign("provider_form", hop.text.rpartition(";")[2].strip()[:60], strong=True)
    region = _REGION.fullmatch(hop.by)
    if region and region.group(1) != region.group(2):
        yield Sign("provider_form", hop.by, strong=True)


def _google(hop: Hop) -> Iterator[Sign]:
    """Google's servers keep California's time."""
    date = hoptimes.written(hop)
    if hop.protocol.upper().startswith("HTTP") or not date:
        return
    if date.offset is not None and date.offset not in _PACIFIC:
        yield Sign("provider_form", hop.text.rpartition(";")[2].strip()[:60], strong=True)
    elif hop.protocol and not hop.id:
        yield Sign("provider_form", f"with {hop.protocol[:40]}")


def _postfix(hop: Hop) -> Iterator[Sign]:
    """`from GREETING (NAME [ADDRESS])`, "unknown" for a missing name, and the zone's name behind the date."""
    date = hoptimes.written(hop)
    if hop.text.startswith("from ") and hop.ip and "([" in hop.text.partition(" by ")[0]:
        yield Sign("peer_form", hop.text[:80])
    if date and date.offset is not None and not date.zone:
        yield Sign("date_style", hop.text.rpartition(";")[2].strip()[:60])


def _bare(hop: Hop) -> Iterator[Sign]:
    """No software, no id, no recipient, and a day's name before the date: what mailing programs make up."""
    date = hoptimes.written(hop)
    if not date or not date.weekday or hop.id or hop.recipient or not hop.ip or is_inside(hop.ip) or "." not in hop.by:
        return
    if hop.protocol.lower() in ("smtp", "esmtp") and "(" not in hop.text.partition(" by ")[2].partition(";")[0]:
        yield Sign("bare_form", hop.protocol)
