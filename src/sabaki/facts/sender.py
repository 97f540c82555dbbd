"""What the mail says about who sent it, and to whom: all of it self-declared, read into one place."""

from __future__ import annotations

import re

from msgspec.structs import replace

from sabaki.facts import mailers
from sabaki.mail import addresses, authors, dates
from sabaki.mail.limits import Budget
from sabaki.model.case import Hop, Recipients, Sender, Vantage
from sabaki.model.message import Message
from sabaki.model.observable import EmailAddr

_BULK = frozenset({"bulk", "list", "junk"})
_LONGEST_LIST = 4_000
_HOST = re.compile(r"https?://([a-z0-9.-]{1,253}+)", re.IGNORECASE)


def _mailboxes(message: Message, keys: tuple[str, ...], budget: Budget) -> tuple[EmailAddr, ...]:
    found = [
        box for key in keys for field in message.all(key) for box in addresses.parse_mailboxes(field.raw_value, budget)
    ]
    return tuple(dict.fromkeys(found))


def _first(message: Message, key: str, budget: Budget) -> EmailAddr | None:
    return next(iter(_mailboxes(message, (key,), budget)), None)


def message_id_domain(value: str) -> str:
    """The right-hand side of a Message-ID (RFC 5322 section 3.6.4), lower case, or ""."""
    inner = value.strip().strip("<>")
    return inner.rpartition("@")[2].strip().lower() if "@" in inner else ""


def _dkim_domains(message: Message) -> tuple[str, ...]:
    domains = []
    for field in message.all("dkim-signature"):
        for tag in field.raw_value.split(";"):
            name, _, value = tag.partition("=")
            if name.strip() == "d" and value.strip():
                domains.append("".join(value.split()).lower())
    return tuple(dict.fromkeys(domains))


def _behind_list(message: Message, author: tuple[EmailAddr, ...], budget: Budget) -> EmailAddr | None:
    """The author that a mailing list moved out of From: "JCB via Users <users@lists.example>"."""
    if not message.first("list-id") or not author:
        return None
    munged = " via " in author[0].display_name
    for key in ("x-original-from", "x-mailfrom") if not munged else ("x-original-from", "reply-to"):
        box = _first(message, key, budget)
        if box and munged and box.address != author[0].address:
            return box
    return None


def _authors(message: Message, budget: Budget) -> tuple[EmailAddr, ...]:
    """Every mailbox that some program takes for the author: of true From fields first, then of lost ones.

    Where there is no From of any kind, what programs show instead.
    """
    bodies = [body for _, body in authors.from_bodies(message.fields)]
    instead = authors.shown_instead(message.fields) if not bodies else None
    if instead:
        bodies.append(instead.raw_value)
    return tuple(dict.fromkeys(box for body in bodies for box in addresses.parse_mailboxes(body, budget)))


def _unsubscribe_hosts(message: Message) -> tuple[str, ...]:
    return tuple(
        match[1].lower()
        for field in message.all("list-unsubscribe")
        for match in _HOST.finditer(field.value[:_LONGEST_LIST])
    )


def read(message: Message, budget: Budget) -> Sender:
    """Read the sender fields. Where a field stands more than once, all its mailboxes are kept, in order."""
    author = _authors(message, budget)
    id_field = message.first("message-id")
    message_id = id_field.value if id_field else ""
    date = message.first("date")
    list_id = message.first("list-id")
    precedence = message.first("precedence")
    return_path = _first(message, "return-path", budget)
    signers = _dkim_domains(message)
    made_at = message_id_domain(message_id)
    envelope = return_path.domain if return_path else ""
    mailer = mailers.marked(message.fields, (*signers, envelope, made_at, *_unsubscribe_hosts(message)))
    bulk = bool(
        list_id
        or message.first("list-unsubscribe")
        or (precedence and precedence.value.strip().lower() in _BULK)
        or (mailer and mailer.bulk)
    )
    return Sender(
        author=author,
        sender=_first(message, "sender", budget),
        reply_to=_mailboxes(message, ("reply-to",), budget),
        return_path=return_path,
        via_list=_behind_list(message, author, budget),
        message_id=message_id,
        message_id_domain=made_at,
        date=dates.parse(date.value) if date else None,
        dkim_domains=signers,
        list_id=list_id.value if list_id else "",
        bulk=bulk,
        mailer=mailer.id if mailer else "",
    )


def recipients(message: Message, hops: tuple[Hop, ...], budget: Budget) -> Recipients:
    """To whom the mail says it goes, and to whom the delivering servers say they delivered it."""
    delivered = list(_mailboxes(message, ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to"), budget))
    for recipient in dict.fromkeys(hop.recipient for hop in hops if hop.recipient):
        delivered.extend(addresses.parse_mailboxes(recipient, budget))
    return Recipients(
        to=_mailboxes(message, ("to",), budget),
        cc=_mailboxes(message, ("cc",), budget),
        delivered_to=tuple(dict.fromkeys(delivered)),
    )


def infer_domains(vantage: Vantage, to: Recipients, freemail: frozenset[str]) -> Vantage:
    """Take the domains of the recipients as the reader's where the reader named none; public mail providers are not."""
    if vantage.own_domains:
        return vantage
    boxes = to.delivered_to or to.to
    domains = dict.fromkeys(box.domain for box in boxes if "." in box.domain and box.domain not in freemail)
    return replace(vantage, inferred_domains=tuple(domains))
