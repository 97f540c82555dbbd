"""The sending server's address has no name that leads back to it."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, known
from sabaki.model.case import Case, Role
from sabaki.model.finding import Severity
from sabaki.model.knowledge import Names
from sabaki.registry import Hit, check

_BY_PEOPLE = frozenset({Role.SUBMISSION, Role.WEBMAIL, Role.LOCAL, Role.FETCH})
_SOON = 60


@check(severity=Severity.LOW, weight=4, references=("RFC 1912 section 2.1", "RFC 8601 section 2.7.3"))
def unconfirmed_sender(case: Case) -> Iterator[Hit]:
    """By our own look-up the address that handed the mail over has no reverse name, or none that leads back to it. Not said of people who
    sign in, whose lines need no name, nor more than 60 days after the mail, nor where the DNS did not answer all that was asked."""
    origin = case.origin
    hop = next((hop for hop in case.hops if hop.index == origin.hop), None)
    if origin.auth_account or hop is None or hop.role in _BY_PEOPLE:
        return
    for found in known.told(case, Names, "ip"):
        item = found.item
        settled = bool(item.lookups) and all(each.known for each in item.lookups)
        if "sender" not in found.parts or item.confirmed_name or not settled or not known.soon(case, found.by, _SOON):
            continue
        names = ", ".join(known.short(name) for name in item.reverse_names[:3])
        why = f"its name {names} does not lead back to it" if names else "it has no name in the DNS"
        why_ja = f"逆引き名 {names} から、このアドレスに戻れません" if names else "逆引き名がありません"
        yield Hit(
            f"the sending address {found.subject} is not confirmed by a name: {why}",
            f"送信元 {found.subject} の名前を確認できません。{why_ja}",
            found.by.grade,
            (cite.answer(found.by, names or "no PTR record"), cite.hop(hop)),
            "Servers that send mail are expected to have one, and large receivers insist on it. Many honest small servers have none.",
            "メールサーバーには備わっているべきもので、大手の受信側は必須としています。ただし、正当な小規模サーバーにもないことがよくあります。",
        )
        return
