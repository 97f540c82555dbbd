from __future__ import annotations

import msgspec

import sabaki
from sabaki.facts import answers
from sabaki.model.finding import Outcome, State
from sabaki.model.knowledge import Knowledge, Listing, Registration, Subject


def known(source: str, value: str, state: State = State.RAN, reason: str = "") -> Knowledge:
    held = (Registration(holder="A"),) if state is State.RAN else ()
    return Knowledge(
        source=source, subject=Subject("domain", value), state=state, reason=reason, reason_ja=reason, known=held
    )


def outcomes(*knowledge: Knowledge) -> dict[str, Outcome]:
    report = sabaki.dissect(b"From: a@example.jp\n\nx\n")
    return {each.step: each for each in answers.outcomes(msgspec.structs.replace(report, knowledge=tuple(knowledge)))}


def test_what_nobody_was_asked_about_is_open() -> None:
    found = outcomes()
    assert {step: each.state for step, each in found.items()} == dict.fromkeys(
        ("source:registration", "source:place", "source:reputation", "visit"), State.SKIPPED
    )
    assert all("確認していません" in each.reason_ja for each in found.values())


def test_an_answer_settles_its_topic_and_a_failure_is_told() -> None:
    found = outcomes(known("rdap", "a.example"), known("place", "x", State.SKIPPED, "no database"))
    assert "source:registration" not in found
    assert found["source:rdap"].state is State.RAN
    assert found["source:place"] == Outcome(
        "source:place",
        State.SKIPPED,
        "1 of 1 not answered: no database",
        "1 件中 1 件の回答なし: no database",
    )


def test_the_worst_failure_names_the_source_s_state() -> None:
    found = outcomes(
        known("ct", "a.example"),
        known("ct", "b.example", State.SKIPPED, "later"),
        known("ct", "c.example", State.PERMERROR, "broken"),
    )
    assert (found["source:ct"].state, found["source:ct"].reason) == (State.PERMERROR, "2 of 3 not answered: broken")


def test_where_whois_answers_the_silence_of_rdap_is_no_gap() -> None:
    missing = known("rdap", "a.example", State.SKIPPED, "no server")
    assert outcomes(missing, known("whois", "a.example"))["source:rdap"].state is State.RAN
    assert outcomes(missing, known("whois", "b.example"))["source:rdap"].state is State.SKIPPED


def test_only_what_nobody_told_is_unanswered() -> None:
    missing, late = known("rdap", "a.example", State.SKIPPED), known("ct", "a.example", State.TEMPERROR)
    assert answers.unanswered((missing, late, known("whois", "a.example"))) == (late,)
    assert answers.unanswered((missing, late, known("place", "a.example"))) == (missing, late)


def test_a_list_of_well_known_hosts_says_nothing_of_danger() -> None:
    def feeds(*known: Listing) -> Knowledge:
        subject = Subject("host", "a.example")
        return Knowledge(source="feeds", subject=subject, state=State.RAN, known=known)

    for told in (feeds(), feeds(Listing(list="top", listed=True, allow=True)), feeds(Listing(list="x", listed=None))):
        assert outcomes(told)["source:reputation"].state is State.SKIPPED
    assert "source:reputation" not in outcomes(feeds(Listing(list="x", listed=False)))
    assert "source:reputation" not in outcomes(known("safe_browsing", "a.example", State.TEMPERROR, "down"))
