"""Whether the mail is addressed to the mailbox that got it, and if not, whether it is a signed mail that somebody sent on."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.mail.domains import registrable_domain, to_ascii
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.observable import EmailAddr


def not_named(case: Case) -> EmailAddr | None:
    """The mailbox that the mail was delivered to, where To and Cc name none of those; None where they do or nothing is known."""
    to = case.recipients
    named = {box.address.lower() for box in (*to.to, *to.cc)}
    delivered = [box for box in to.delivered_to if "@" in box.address]
    if not delivered or named & {box.address.lower() for box in delivered}:
        return None
    return delivered[0]


def sent_on(case: Case) -> bool:
    """Whether the author's domain signed the mail, somebody else's machine brought it, and it is not addressed to who got it.

    Whoever once got a signed mail can send it to anybody, and the signature still holds (RFC 6376 section 8.6). Forwarders do
    this too. No machine is known to be the author's but by SPF or by its name.
    """
    author, origin = case.author, case.origin
    if not author or not author.domain or origin.grade is Grade.SELF_DECLARED or not not_named(case):
        return False
    brought = any(_same(name, author.domain) for name in (*_passes(case, "spf"), origin.reverse_name))
    return not brought and any(_same(name, author.domain) for name in _passes(case, "dkim"))


def _passes(case: Case, method: str) -> Iterator[str]:
    """The domains for which SPF or DKIM passes, by our own verification or by a server above the line."""
    verified = case.verification.dkim if method == "dkim" else case.verification.spf
    yield from (each.domain for each in verified if each.result == "pass" and each.grade is not Grade.SELF_DECLARED)
    key = {"dkim": "header.d", "spf": "smtp.mailfrom"}[method]
    for result in case.authentication:
        if result.method == method and result.result == "pass" and result.grade is not Grade.SELF_DECLARED:
            yield result.properties.get(key, "").strip('"<>').rpartition("@")[2]


def _same(first: str, second: str) -> bool:
    one, other = to_ascii(first.rstrip(".")), to_ascii(second.rstrip("."))
    return bool(one and other) and (registrable_domain(one) or one) == (registrable_domain(other) or other)
