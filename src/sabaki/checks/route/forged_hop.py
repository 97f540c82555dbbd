"""A hop below the trust line claims to be one of ours."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity
from sabaki.model.case import Case, Hop, Role, Trust
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_SENT_ON = (Role.LIST, Role.FORWARD, Role.FETCH)


@check(severity=Severity.HIGH, weight=25, family="made_up_hop", references=("RFC 5321 section 4.4",))
def forged_hop(case: Case) -> Iterator[Hit]:
    """Below the line stands a Received field that claims to be by the reader's own server: the sender made it up."""
    if case.trust.basis != "named" or case.origin.hop is None:
        return
    for place in range(case.origin.hop + 1, len(case.hops)):
        hop = case.hops[place]
        if hop.trust is Trust.CLAIMED and _is_own(case, hop.by):
            led_out = place - 1 > case.origin.hop and _left_from_us(case, case.hops[place - 1])
            came_back = _came_back(case)
            if led_out and came_back:
                return
            weak = led_out or came_back
            yield Hit(
                f"a Received field below the trust line claims to be by your own {hop.by}",
                f"信頼線より下のReceivedが、あなた自身のサーバー {hop.by} を名乗っています",
                Grade.INFERRED,
                (cite.hop(hop),),
                "Mail that your server passed on to the outside and got back looks the same.",
                "自分のサーバーからいったん外へ出て戻ってきたメールでも、同じ形になります。",
                severity=Severity.LOW if weak else None,
                weight=8 if weak else None,
            )
            return


def _is_own(case: Case, host: str) -> bool:
    return bool(host) and (host in case.vantage.own_hosts or identity.own(case, host))


def _came_back(case: Case) -> bool:
    """Whether a mailing list or a forwarder had it in between: what the reader's own people posted comes back that way."""
    below = case.hops[(case.origin.hop or 0) :]
    return bool(case.sender.list_id) or any(hop.role in _SENT_ON for hop in below)


def _left_from_us(case: Case, hop: Hop) -> bool:
    """Whether the hop above says that it had the mail from a host of the reader's: then the way at least holds together."""
    return any(_is_own(case, name.lower()) for name in (hop.helo, hop.reverse_name))
