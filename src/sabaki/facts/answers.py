"""How far the world was asked about a case, and why no further. What nobody answered is not known, and never clean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sabaki.model.case import Case
from sabaki.model.finding import Outcome, State
from sabaki.model.knowledge import Knowledge, Listing
from sabaki.model.visit import Visit

REPUTATION = ("safe_browsing", "web_risk", "feeds", "dnsbl", "virustotal", "urlscan", "abuseipdb", "otx")
"""The sources that know what is dangerous."""
_TOPICS: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    (
        "registration",
        ("rdap", "whois"),
        "who registered the domains needs RDAP or WHOIS",
        "ドメインの登録者を知るにはRDAPかWHOISが必要です",
    ),
    (
        "place",
        ("place",),
        "where the addresses are needs a geolocation database",
        "IPアドレスの所在を知るには位置情報データベースが必要です",
    ),
    (
        "reputation",
        REPUTATION,
        "whether the links are known to be dangerous needs a reputation service",
        "リンクが危険と知られているかは、評価サービスに尋ねないと分かりません",
    ),
)
_VISIT = Outcome(
    "visit",
    State.SKIPPED,
    "not checked: what the site shows today needs a visit",
    "確認していません。サイトが今どうなっているかは、訪問しないと分かりません",
)
_WORST = (State.PERMERROR, State.TEMPERROR, State.SKIPPED)
_INSTEAD = frozenset({"rdap", "whois"})
"""Where one of these answers, the silence of the other leaves nothing open."""


def unanswered(knowledge: tuple[Knowledge, ...]) -> tuple[Knowledge, ...]:
    """The questions that nobody answered; where another source told the same, nothing is open."""
    answered = {known.subject for known in knowledge if known.source in _INSTEAD and known.state is State.RAN}
    return tuple(
        known
        for known in knowledge
        if known.state is not State.RAN and not (known.source in _INSTEAD and known.subject in answered)
    )


def outcomes(case: Case) -> tuple[Outcome, ...]:
    """One for each source that was asked, one for each topic that none was asked about, and the visit."""
    by_source: defaultdict[str, list[Knowledge]] = defaultdict(list)
    for known in case.knowledge:
        by_source[known.source].append(known)
    gaps = unanswered(case.knowledge)
    asked = tuple(
        _of_source(source, len(answers), [known for known in gaps if known.source == source])
        for source, answers in sorted(by_source.items())
    )
    return (*asked, *_unasked(case.knowledge), _of_visits(case.visits))


def _of_visits(visits: tuple[Visit, ...]) -> Outcome:
    """How the visits went: the first that failed names the reason."""
    if not visits:
        return _VISIT
    failed = next((each for each in visits if each.outcome is not State.RAN), None)
    return Outcome("visit", failed.outcome, failed.reason, failed.reason_ja) if failed else Outcome("visit", State.RAN)


def _of_source(source: str, asked: int, failed: list[Knowledge]) -> Outcome:
    step = f"source:{source}"
    if not failed:
        return Outcome(step, State.RAN)
    worst = min(failed, key=lambda known: _WORST.index(known.state))
    count = f"{len(failed)} of {asked}"
    count_ja = f"{asked} 件中 {len(failed)} 件"
    return Outcome(
        step, worst.state, f"{count} not answered: {worst.reason}", f"{count_ja}の回答なし: {worst.reason_ja}"
    )


def _unasked(knowledge: tuple[Knowledge, ...]) -> Iterator[Outcome]:
    """The topics that nobody was asked about; who was asked and failed has an outcome of his own."""
    asked = {known.source for known in knowledge if known.source not in REPUTATION or _settles(known)}
    for topic, sources, en, ja in _TOPICS:
        if not asked.intersection(sources):
            yield Outcome(f"source:{topic}", State.SKIPPED, f"not checked: {en}", f"確認していません。{ja}")


def _settles(known: Knowledge) -> bool:
    """Whether a list of what is dangerous has spoken, or its failure is told: a list of well-known hosts knows nothing of danger."""
    if known.state is not State.RAN:
        return True
    return any(isinstance(each, Listing) and not each.allow and each.listed is not None for each in known.known)
