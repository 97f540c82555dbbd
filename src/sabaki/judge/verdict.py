"""Findings to verdict: a sum with floors, never an average, every weight shown.

- Each finding adds its weight. Findings of one family see the same thing from several sides, so in a family the
  strongest counts whole, each further one half of the one before.
- Words alone do not accuse: what the mail claims, presses and asks for adds at most 26 points, less than a suspicion.
- What speaks for the mail (negative weights) can lower a suspicion, never below zero, and never lifts a floor.
- A floor is a combination that settles the label at least at its level, whatever the sum says.
- BENIGN needs proof that someone the reader trusts has given, and nothing of weight against it. Everything else that
  is not suspicious is UNDETERMINED: unknown is never clean.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sabaki import registry
from sabaki.judge import conclusion
from sabaki.judge.floors import FLOORS
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Finding, Outcome, State
from sabaki.model.report import Contribution, Floor, Label, Verdict

THRESHOLDS = {"suspicious": 30.0, "malicious": 70.0}
"""The score, in points, from which a label applies."""

PROOF = -10.0
"""A finding of at most this weight, attested or verified, is proof that speaks for the mail."""

WORDS_ALONE = 26.0
"""What claims, pressure and requests can add together: honest banks write like that too, so words alone do not accuse."""

_WORDS = frozenset({"claim", "pressure", "ask"})
_ORDER = (Label.BENIGN, Label.UNDETERMINED, Label.SUSPICIOUS, Label.MALICIOUS)


def judge(case: Case, findings: tuple[Finding, ...], outcomes: Iterable[Outcome]) -> Verdict:
    """Weigh the findings. The same findings give the same verdict."""
    contributions = weigh(findings)
    score = round(max(0.0, sum(item.counted for item in contributions)), 1)
    floors = tuple(floor for rule in FLOORS if (floor := rule.apply(findings)))
    label = max((by_score(score), *(floor.label for floor in floors)), key=_ORDER.index)
    if label is Label.UNDETERMINED and _proven_benign(findings, score):
        label = Label.BENIGN
    summary, summary_ja = conclusion.summarise(case, label, findings)
    return Verdict(
        label=label,
        score=score,
        thresholds=THRESHOLDS,
        contributions=contributions,
        floors=floors,
        not_checked=tuple(outcome.step for outcome in outcomes if outcome.state is not State.RAN),
        summary=summary,
        summary_ja=summary_ja,
    )


def by_score(score: float) -> Label:
    """The label that the score alone gives."""
    if score >= THRESHOLDS["malicious"]:
        return Label.MALICIOUS
    return Label.SUSPICIOUS if score >= THRESHOLDS["suspicious"] else Label.UNDETERMINED


def weigh(findings: tuple[Finding, ...]) -> tuple[Contribution, ...]:
    """What each finding adds: in a family whole, then half, then a quarter ..., the strongest first."""
    families = registry.families()
    seen: defaultdict[str, int] = defaultdict(int)
    words = WORDS_ALONE
    weighed = []
    for finding in sorted(findings, key=lambda finding: (-abs(finding.weight), finding.id)):
        if not finding.weight:
            continue
        family = families.get(finding.id, finding.id)
        counted = finding.weight / 2 ** seen[family]
        if family in _WORDS:
            counted = min(counted, words)
            words -= counted
        weighed.append(Contribution(finding.id, finding.weight, round(counted, 2)))
        seen[family] += 1
    return tuple(weighed)


def _proven_benign(findings: tuple[Finding, ...], score: float) -> bool:
    vouched = any(finding.weight <= PROOF and finding.grade in (Grade.ATTESTED, Grade.VERIFIED) for finding in findings)
    return vouched and score == 0 and not any(finding.weight > PROOF * -1 for finding in findings)


__all__ = ["PROOF", "THRESHOLDS", "Floor", "by_score", "judge", "weigh"]
