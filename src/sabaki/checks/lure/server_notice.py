"""The mail poses as a notice of the reader's own mail server."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_IDS = frozenset({"mailbox_full", "held_messages", "mail_server_notice", "password_expiry"})


@check(severity=Severity.MEDIUM, weight=16, family="claim")
def server_notice(case: Case) -> Iterator[Hit]:
    """It claims to come from the mail server: mailbox full, messages held back, password expiring."""
    found = [phrase for phrase in case.lure.claims if phrase.id in _IDS]
    if found:
        yield Hit(
            f"it reads as a notice of the mail server: “{found[0].text}”",
            f"メールサーバーからの通知という体裁です（「{found[0].text}」）",
            Grade.INFERRED,
            tuple(cite.phrase(phrase) for phrase in found[:5]),
            "A real server has no need of a link to deliver what it holds.",
            "本物のサーバーが、リンクを押させて保留メールを届けることはまずありません。",
        )
