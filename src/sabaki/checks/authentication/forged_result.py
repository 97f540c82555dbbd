"""The mail brought along a result in the name of the reader's own server."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity
from sabaki.facts.trust import attested, writer
from sabaki.model.case import AuthResult, Case, Hop
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_BROUGHT = frozenset(
    "received from to cc subject date message-id mime-version content-type reply-to sender references in-reply-to "
    "dkim-signature list-id".split()
)
"""Fields that a mail has when it comes: what stands above all of them may be by a filter of the server that took it in."""


@check(severity=Severity.MEDIUM, weight=16, family="authentication", references=("RFC 8601 section 5",))
def forged_result(case: Case) -> Iterator[Hit]:
    """Below the trust line stands a result that passed, in the very name of a server above it, and nothing in the way that the mail
    came shows that it ever was there before: the sender made it up."""
    above = attested(case.hops)
    if not above or case.trust.basis == "none":
        return
    ours = {hop.by.lower() for hop in above if "." in hop.by} | set(case.vantage.own_hosts)
    for result in case.authentication:
        if result.result != "pass" or result.authserv_id not in ours or "arc.i" in result.properties:
            continue
        if _is_below(case, result, above[-1]) and not _was_here_before(case, result.authserv_id):
            yield Hit(
                f"the mail brought along {result.method}=pass in the name of your own {result.authserv_id}",
                f"このメールは、あなたの {result.authserv_id} の名による{result.method}=passを、届いた時点で既に持っていました",
                above[-1].grade,
                (cite.auth(result),),
                "Below the trust line anyone can write such a field, and this one cannot be by your server: the mail had not been "
                "there. Servers should take such fields away (RFC 8601 section 5).",
                "信頼線より下には誰でもこのような行を書けます。それまでの経路にあなたのサーバーはなく、その判定ではありえません。"
                "受信サーバーは、こうした行を取り除くのが本来です（RFC 8601 5節）。",
            )
            return


def _is_below(case: Case, result: AuthResult, lowest: Hop) -> bool:
    """Whether the sender's side wrote the field: below the lowest hop to be believed, and below something that the mail brought."""
    field, hop = result.location, lowest.location.field
    if result.grade is not Grade.SELF_DECLARED or field is None or field.field is None or hop is None:
        return False
    if writer(case.hops, field.field) is not None or field.field < hop:
        return False
    return any(each.key in _BROUGHT for each in case.fields[hop + 1 : field.field])


def _was_here_before(case: Case, name: str) -> bool:
    """Whether the mail, by its own word, passed the same organisation before: out to a list or a forwarder and back again.

    A sender can write such a hop too; that one is a matter of its own (route/forged_hop).
    """
    peer = (case.origin.helo, case.origin.reverse_name)
    claimed = [part for hop in case.hops[case.trust.above :] for part in (hop.by, hop.helo, hop.reverse_name)]
    return any(identity.related(part.lower(), name) for part in (*peer, *claimed) if "." in part)
