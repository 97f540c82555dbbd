"""The one way to the DNS: a Resolver is handed in, so that protocols stay synchronous, and replay from what was recorded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from sabaki.mail.domains import to_ascii
from sabaki.mail.limits import Budget
from sabaki.model.lookup import Answer, Lookup

OFFLINE = "offline"
NOT_RECORDED = "not in the record"
OVER_BUDGET = "the mail's budget of questions is used up"
OUT_OF_TIME = "the mail's time for questions is used up"
NO_ANSWER = "no usable answer came in time"
SERVFAIL = "the server could not find out (SERVFAIL)"
REFUSED = "the server refuses to answer (REFUSED)"
BROKEN = "the answer is broken"
TOO_LARGE = "the answer is too large"
RESTING = "the server did not answer before, and is left alone for a while"
UNREACHABLE = "the server cannot be reached"
NOT_FOLLOWED = "the server leaves it to us to ask further"

_LONGEST = 500
"""Characters of a name that are kept: the DNS has none longer than 253 (RFC 1035), and an attacker's may have a million."""

_WHY = {
    OFFLINE: ("offline: nobody was asked", "オフラインのため、DNSに問い合わせていません"),
    NOT_RECORDED: ("the record of answers does not hold it", "記録された回答の中にありません"),
    OVER_BUDGET: (
        "the limit of questions to the DNS for one mail was reached",
        "メール1通あたりのDNS問い合わせの上限に達しました",
    ),
    OUT_OF_TIME: (
        "the time for questions to the DNS for one mail was used up",
        "メール1通あたりのDNS問い合わせの制限時間を使い切りました",
    ),
    NO_ANSWER: ("the DNS gave no usable answer in time", "DNSサーバーから時間内に使える回答がありませんでした"),
    SERVFAIL: (
        "the DNS server could not find out (SERVFAIL)",
        "DNSサーバーが調べられませんでした（SERVFAIL）",
    ),
    REFUSED: ("the DNS server refused to answer (REFUSED)", "DNSサーバーに回答を拒否されました（REFUSED）"),
    BROKEN: ("the answer of the DNS was broken", "DNSの回答が壊れていました"),
    TOO_LARGE: ("the answer of the DNS was too large", "DNSの回答が大きすぎました"),
    RESTING: (
        "the DNS server had stopped answering, and was not asked again yet",
        "DNSサーバーが応答しなくなったため、しばらく問い合わせを控えています",
    ),
    UNREACHABLE: ("the DNS server could not be reached", "DNSサーバーに接続できませんでした"),
    NOT_FOLLOWED: (
        "the DNS server does not follow aliases and referrals: it is no resolver",
        "DNSサーバーが別名や委任をたどりません（リゾルバーではありません）",
    ),
}


class Resolver(Protocol):
    """Whatever answers questions to the DNS. Never raises on what it was asked or answered: a failure is a status."""

    def lookup(self, name: str, type: str) -> Lookup:
        """Ask for the records of a type ("TXT", "A" ...) at a name, in A-labels or U-labels."""
        ...  # pragma: no cover


def key(name: str, type: str) -> tuple[str, str]:
    """How a question is told from another: case, the final dot and the spelling (A-labels, U-labels) make no difference."""
    plain = name[:_LONGEST].lower().removesuffix(".")
    return to_ascii(plain) or plain, type.upper()


def why(lookup: Lookup) -> tuple[str, str]:
    """Why a question has no answer, in English and in Japanese, to stand behind a colon or in brackets."""
    return _WHY.get(lookup.detail) or (
        (lookup.detail or "the DNS gave no answer", "DNSから回答が得られませんでした")
        if lookup.status is Answer.TEMPERROR
        else (lookup.detail or "the DNS was not asked", "DNSに問い合わせていません")
    )


class Offline:
    """Asks nobody."""

    def lookup(self, name: str, type: str) -> Lookup:
        """Always "not asked"."""
        return Lookup(*key(name, type), Answer.NOT_ASKED, detail=OFFLINE)


class Recorded:
    """Answers from a report's own record, and says "not asked" to everything else."""

    def __init__(self, lookups: Iterable[Lookup]) -> None:
        self._answers = {key(each.name, each.type): each for each in lookups}

    def lookup(self, name: str, type: str) -> Lookup:
        """The answer of then."""
        asked = key(name, type)
        return self._answers.get(asked) or Lookup(*asked, Answer.NOT_ASKED, detail=NOT_RECORDED)


class Recording:
    """Asks another resolver, each question once, and keeps every answer; with a budget no more than its `dns_queries`.

    What was left out for the budget is not kept: in a replay it is left out again.
    """

    def __init__(self, inner: Resolver, budget: Budget | None = None) -> None:
        self._inner = inner
        self._budget = budget
        self._answers: dict[tuple[str, str], Lookup] = {}

    def lookup(self, name: str, type: str) -> Lookup:
        """The answer; "not asked" once the mail has used up its questions."""
        asked = key(name, type)
        if asked not in self._answers:
            if self._budget and not self._budget.spend("dns_queries", where=f"{asked[1]} {asked[0][:80]}"):
                return Lookup(*asked, Answer.NOT_ASKED, detail=OVER_BUDGET)
            self._answers[asked] = self._inner.lookup(*asked)
        return self._answers[asked]

    @property
    def lookups(self) -> tuple[Lookup, ...]:
        """All that was asked, in order."""
        return tuple(self._answers.values())
