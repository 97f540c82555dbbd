"""The author domain's own server took the mail in from outside."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity
from sabaki.facts.networks import is_inside
from sabaki.model.case import Case, Hop, Role
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_HANDED_IN = frozenset({Role.SUBMISSION, Role.WEBMAIL, Role.LOCAL, Role.LIST, Role.FETCH})
_LOGGED_IN = frozenset({"esmtpa", "esmtpsa", "lmtpa", "lmtpsa", "utf8smtpa", "utf8smtpsa", "http", "https"})


def _entry(case: Case, domain: str) -> Hop | None:
    """The hop at which a server of the domain took the mail from a stranger without a login."""
    for hop in case.hops[case.trust.above :]:
        if not hop.ip or is_inside(hop.ip) or not identity.related(hop.by.lower(), domain):
            continue
        if hop.auth_account or hop.role in _HANDED_IN or hop.protocol.lower() in _LOGGED_IN:
            continue
        named = hop.reverse_name or hop.helo
        if "." in named and not any(identity.related(name.lower(), domain) for name in (hop.reverse_name, hop.helo)):
            return hop
    return None


@check(severity=Severity.LOW, weight=12, references=("RFC 7960 section 3.2.1",))
def entered_from_outside(case: Case) -> Iterator[Hit]:
    """From is in the domain of the machines that brought the mail, yet these say that they had it from outside, without a login.

    A forwarder or an alias passes on, and may sign, what anyone sends with its own name in From. Not said of mailing lists.
    """
    author, origin = case.author, case.origin
    if not author or not author.domain or case.sender.list_id or case.trust.basis == "none":
        return
    if not any(identity.related(name.lower(), author.domain) for name in (origin.reverse_name, origin.helo)):
        return
    hop = _entry(case, author.domain)
    if hop:
        peer = hop.reverse_name or hop.helo
        yield Hit(
            f"{hop.by} had the mail from {peer}, not from somebody of {author.domain}",
            f"{hop.by} はこのメールを、{author.domain} の利用者からではなく {peer} から受け取っています",
            Grade.SELF_DECLARED,
            (cite.hop(hop), *(cite.field(field) for field in case.all("from"))),
            "A forwarder passes on what anyone sends, and a signature that it adds on the way vouches for nobody.",
            "転送サービスは誰からのメールでも転送します。途中で付いた署名は、差出人の裏付けになりません。",
        )
