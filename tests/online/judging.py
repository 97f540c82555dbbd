"""What must hold of every run, whatever went wrong: nothing called clean, nothing believed that is not so, nobody hit, nothing used up."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from sabaki.model.finding import State
from sabaki.model.knowledge import Knowledge, Listing, Registration
from sabaki.model.report import Label, Report
from tests.online import places
from tests.online.outside import World
from tests.online.scenarios import Scenario

WITHIN = 100.0
"""Seconds: 60 for a mail's questions to the DNS and 30 for all others (the budgets), and the start."""
_MOST_MEMORY = 250.0
"""Megabytes at the peak, where a run without trouble has some 85."""
_MOST_TAKEN = 150_000_000
"""Bytes that all servers together got rid of, where each has a gigabyte: what they could put into buffers is among them."""
_SOURCES = {"dns": "names", "rdap": "rdap", "whois": "whois", "safe_browsing": "safe_browsing"}
_NO_REPORT = {Scenario("dns", "down"), Scenario("dns", "slow: never answers")}
"""Without any DNS the command line refuses to begin, and says what to do."""
_ANSWERED = {
    Scenario("rdap", "lying: nobody has it"),
    Scenario("rdap", "lying: nonsense of the right types"),
    Scenario("rdap", "lying: a registrar on loopback"),
    Scenario("whois", "lying: nobody has it"),
    Scenario("whois", "referring to loopback"),
    Scenario("whois", "referring to the cloud's metadata"),
    Scenario("whois", "referring to a private address"),
    Scenario("whois", "referring to a bare address"),
    Scenario("safe_browsing", "lying: nothing is listed"),
}
"""Where an answer is one in form, so that it can only be told with whose it is."""
_OTHERS = ("ginkou", "betsu", "203.0.113.0", "somebody-else")
_NOT_PRINTED = ("\x1b", "\u202e")
_SECRET = ("admin@", "info@", "uid=", "kagoya", "notes", places.VICTIM)


def faults(world: World) -> tuple[str, ...]:
    """What does not hold; nothing where all is as it must be."""
    return (*_wire(world), *_spent(world), *_said(world))


def overtime(world: World) -> tuple[str, ...]:
    """Whether the run took longer than the budgets allow: said by `make online`, and no test's business on a busy machine."""
    seconds = world.run().seconds
    return (f"took {seconds:.0f} s",) if seconds > WITHIN else ()


def _wire(world: World) -> Iterator[str]:
    run = world.run()
    if run.trapped:
        yield f"connected to {', '.join(run.trapped)}"
    forbidden = {places.LOOPBACK, places.LOOPBACK6, places.METADATA, places.PRIVATE, *places.NEVER}
    for each in run.record.connections:
        address, _, port = each.rpartition(":")
        if address in forbidden and (address, port) != (places.LOOPBACK, "53"):
            yield f"knocked at {each}"
    if run.record.lost or run.record.others:
        yield f"unexplained packets: {run.record.lost} unseen, {run.record.others[:3]}"
    for heard in run.heard:
        told = [word for word in _SECRET if word in heard.text and heard.port != 53]
        if told:
            yield f"{heard.address} was told {', '.join(told)}"


def _spent(world: World) -> Iterator[str]:
    run = world.run()
    if run.peak_mb > _MOST_MEMORY:
        yield f"used {run.peak_mb:.0f} MB"
    if run.poured > _MOST_TAKEN:
        yield f"took {run.poured:,} bytes"


def _said(world: World) -> Iterator[str]:
    run, scenario = world.run(), world.scenario
    if scenario in _NO_REPORT:
        if run.exit != 2 or world.printed() or "no DNS server answers" not in world.told():
            yield f"ended with {run.exit}: {world.told()[:200]}"
        return
    if run.exit:
        yield f"ended with {run.exit}: {world.told()[-300:]}"
        return
    yield from (f"printed {mark!r}" for mark in _NOT_PRINTED if mark in world.printed())
    held, quiet = world.reports()
    if held.verdict.label is not Label.MALICIOUS:
        yield f"the published case is called {held.verdict.label}"
    if quiet.verdict.label is Label.BENIGN:
        yield "the quiet mail is called benign"
    for report in (held, quiet):
        yield from _believed(report)
        for source in _silent(scenario):
            yield from _clean(report, source)


def _silent(scenario: Scenario) -> tuple[str, ...]:
    """The sources that can have nothing to say. A DNS that lies about servers is found out by TLS, which WHOIS does not have."""
    if scenario in _ANSWERED:
        return ()
    return ("rdap", "safe_browsing") if scenario.server == "dns" else (_SOURCES[scenario.server],)


def _believed(report: Report) -> Iterator[str]:
    taken = b"".join(msgspec.json.encode(each.known) for each in report.knowledge).decode()
    yield from (f"believed about {word}" for word in _OTHERS if word in taken)


def _clean(report: Report, source: str) -> Iterator[str]:
    """That a failure is kept, and stands among what was not checked, unless another source told it instead."""
    asked = [each for each in report.knowledge if each.source == source]
    failed = [each for each in asked if each.state is not State.RAN]
    if not failed or len(failed) != len(asked):
        yield f"{source} is said to have answered {len(asked) - len(failed)} of {len(asked)} questions"
    if any(not each.reason or not each.reason_ja for each in failed):
        yield f"{source}: no reason given"
    instead = source == "rdap" and all(_stood_in(each, report) for each in failed)
    if f"source:{source}" not in report.verdict.not_checked and not instead:
        yield f"{source} is not among what was not checked"


def _stood_in(failed: Knowledge, report: Report) -> bool:
    return any(
        each.source == "whois" and each.subject == failed.subject and each.state is State.RAN
        for each in report.knowledge
    )


def outcome(world: World) -> str:
    """What the report on the published case says of the source in question, in a line."""
    if world.scenario in _NO_REPORT:
        return world.told().rpartition("Error: ")[2].strip()
    report = world.reports()[0]
    source = _SOURCES[world.scenario.server]
    asked = [each for each in report.knowledge if each.source == source and "no RDAP server" not in each.reason]
    failed = [each for each in asked if each.state is not State.RAN]
    parts = []
    if failed:
        reasons = list(dict.fromkeys(each.reason for each in failed))
        more = f" (and {len(reasons) - 1} like it)" if len(reasons) > 1 else ""
        parts.append(f"{len(failed)} of {len(asked)} not answered: {reasons[0]}{more}")
    if source == "rdap" and failed and all(_stood_in(each, report) for each in failed):
        parts.append("WHOIS stood in")
    if world.scenario.server == "dns":
        parts += (_failure(report, each) for each in ("rdap", "safe_browsing"))
    else:
        parts += (_answer(each) for each in asked if each.state is State.RAN)
    return "; ".join(dict.fromkeys(part for part in parts if part))


def _failure(report: Report, source: str) -> str:
    failed = [each.reason for each in report.knowledge if each.source == source and "no RDAP server" not in each.reason]
    return f"{source}: {failed[0]}" if failed and failed[0] else ""


def _answer(known: Knowledge) -> str:
    """An answer in a few words."""
    for each in known.known:
        if isinstance(each, Listing):
            return "listed" if each.listed else "not listed, which is said not to make it harmless"
        if isinstance(each, Registration):
            words = (each.holder_ja or each.holder, each.country, *each.status[:1], each.registrar)
            note = next((line for line in each.text.splitlines() if "not connected" in line), "")
            told = ", ".join(word.encode("ascii", "backslashreplace").decode()[:40] for word in words if word)
            return f"{known.subject.value}: {told} (by {each.server}){' ' + note if note else ''}"
    return ""
