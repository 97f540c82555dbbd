"""The story on one page: read, understand, check, judge, report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import cache
from importlib.metadata import version
from typing import Literal

import msgspec

from sabaki import registry
from sabaki._version import VERSION
from sabaki.facts import (
    answers,
    authentication,
    bodies,
    brands,
    enclosures,
    forgery,
    forwards,
    freemail,
    identity,
    links,
    lure,
    mailservers,
    origin,
    places,
    roles,
    sender,
    stamps,
    subjects,
    trust,
    verification,
)
from sabaki.facts.readings import MARGINS
from sabaki.files.cell import Cell
from sabaki.files.unpack import Unpacked
from sabaki.judge import verdict
from sabaki.mail import message as mail
from sabaki.mail import received
from sabaki.mail.limits import Budget, Limits
from sabaki.model.case import Case, Holder, Source, Stamp, Subject, Vantage
from sabaki.model.finding import Finding, Outcome, State
from sabaki.model.knowledge import Knowledge
from sabaki.model.knowledge import Subject as Asked
from sabaki.model.message import Message
from sabaki.model.report import Label, Report, Tool
from sabaki.model.visit import Visit
from sabaki.protocols import arc
from sabaki.protocols.resolver import Offline, Recording, Resolver

_FORWARDS = 4
"""A mail forwarded more often than that is dissected at this depth."""
_NO_FILES = frozenset(
    "application/pkcs7-signature application/x-pkcs7-signature application/pgp-signature text/vcard text/x-vcard "
    "message/feedback-report".split()
)

Go = Callable[[Case], tuple[Visit, ...]]
"""Visits what a case leads to (visit/), or takes what was recorded."""
Gather = Callable[[tuple[Asked, ...]], tuple[Knowledge, ...]]
"""Asks the world about the subjects of a case (sources/gather.py), or takes what was recorded."""


def dissect(
    raw: bytes,
    *,
    name: str = "",
    vantage: Vantage | None = None,
    limits: Limits | None = None,
    cell: Cell | None = None,
    original: Literal["auto", "inner", "outer"] = "auto",
    holders: tuple[Holder, ...] = (),
    converted: bool = False,
    resolver: Resolver | None = None,
    gather: Gather | None = None,
    visit: Go | None = None,
) -> Report:
    """Take one mail apart. Never raises on content, reads no clock, and touches no network but through `resolver`.

    `name` is what to call the input, `vantage` says which servers, domains and mailboxes are the reader's own.
    `cell` is where the files that come with it are opened (for many mails, start one and pass it along). Of a mail that
    passes another one on, `original` says which is dissected: by default the one inside, unless the mail around looks
    bad by itself. `holders` is what the mail was taken out of, `converted` that its bytes were written by us.
    `resolver` answers the questions to the DNS that SPF, DKIM, ARC and DMARC need, `gather` says what is known of the addresses,
    domains and links; by default nobody is asked. `visit` goes to where the links lead; by default nobody goes.
    """
    asked = Recording(resolver or Offline())
    with nullcontext(cell) if cell else Cell(limits) as opener:
        work = _Work(vantage or Vantage(), limits or Limits(), opener, original, asked)
        case = _dissect(raw, Source(name, "", len(raw), holders, converted), Budget(limits), work)
    # With what was asked for the mail around it too: it decided which mail was dissected.
    verified = msgspec.structs.replace(case.verification, lookups=asked.lookups if resolver else ())
    known = gather(subjects.of(case)) if gather else ()
    case = msgspec.structs.replace(case, verification=verified, knowledge=known)
    return report(msgspec.structs.replace(case, visits=visit(case)) if visit else case)


class _Work(msgspec.Struct, frozen=True):
    """What stays the same while a mail and the mail inside it are taken apart."""

    vantage: Vantage
    limits: Limits
    cell: Cell
    original: str
    resolver: Resolver

    def convert(self, content: bytes, name: str) -> bytes | None:
        """The mail in an attached container (an Outlook message)."""
        return next((found.raw for found in list(self.cell.unpack(content, name)) if isinstance(found, Unpacked)), None)


def _dissect(raw: bytes, source: Source, budget: Budget, work: _Work) -> Case:
    message = mail.read(raw, budget)
    source = msgspec.structs.replace(source, sha256=message.sha256)
    text = bodies.read(message, budget)
    asked = Recording(work.resolver, budget)
    case = understand(message, text, source=source, vantage=work.vantage, budget=budget, resolver=asked)
    if work.original != "outer" and len(source.holders) < _FORWARDS and forwards.possible(message):
        found = _passed_on(message, case, budget, work)
        if found is not None:
            return found
    case = enclose(case, message, text, work.cell, budget)
    return authenticate(case, message, asked, budget)


def _passed_on(message: Message, case: Case, budget: Budget, work: _Work) -> Case | None:
    """The case of the mail inside, if there is one and nothing speaks against the mail around it; of several the worst."""
    # Several attached mails are all looked at in the mail that was handed over, but not in each of them again.
    deep = any(holder.reason for holder in case.source.holders)
    passed = forwards.find(message, case, work.convert, 1 if deep else forwards.MOST)
    if passed is None:
        return None
    if work.original == "auto" and _lures(_around(passed.around, case, budget, work)):
        return None
    found: list[Case] = []
    for raw, place in ((passed.raw, passed.place), *passed.others):
        # What one of them used up is gone for the next: all together are still one mail.
        budget = budget.heir()
        found.append(_dissect(raw, _inside(case, passed, raw, place), budget, work))
    return max(found, key=lambda each: report(each).verdict.score) if len(found) > 1 else found[0]


def _inside(case: Case, passed: forwards.Original, raw: bytes, place: str) -> Source:
    source = case.source
    holder = Holder(
        passed.kind,
        source.name,
        place,
        source.sha256,
        source.size,
        reporter=case.author,
        subject=case.subject.text,
        reason=passed.reason,
        reason_ja=passed.reason_ja,
    )
    return Source(source.name, "", len(raw), (*source.holders, holder), passed.kind != "mail")


def _around(message: Message, case: Case, budget: Budget, work: _Work) -> Case:
    """The mail around, without what it passes on, its own files opened."""
    own = Budget(work.limits)
    own.settle({"cell_seconds": budget.spent("cell_seconds")})
    text = bodies.read(message, own)
    asked = Recording(work.resolver, own)
    around = understand(message, text, source=case.source, vantage=work.vantage, budget=own, resolver=asked)
    around = enclose(around, message, text, work.cell, own)
    around = authenticate(around, message, asked, own)
    budget.settle({"cell_seconds": own.spent("cell_seconds")})
    return around


def _lures(case: Case) -> bool:
    """Whether the mail around looks bad and wants something itself: then what it carries is no reason to look away from it."""
    if any(url.source in MARGINS for url in case.urls):
        return True  # no reporter's program puts links where no program shows them
    author = case.author.domain if case.author else ""
    wants = (
        case.lure.asks
        or any(url.clickable for url in case.urls)
        or any(body.forms for body in case.bodies)
        or any(file.part not in _small_print(case) for file in case.files)
        or any(not identity.related(box.domain, author) for box in case.sender.reply_to)
    )
    return bool(wants) and report(case).verdict.label in (Label.SUSPICIOUS, Label.MALICIOUS)


def _small_print(case: Case) -> frozenset[str]:
    """Parts that come with anyone's mail: signatures, cards, a report's own, pictures of the layout."""
    return frozenset(
        part.path
        for part in case.parts
        if part.content_type in _NO_FILES or (part.content_type.startswith("image/") and part.content_id)
    )


def report(case: Case) -> Report:
    """Run the checks, judge, and freeze it all."""
    findings, outcomes = examine(case)
    outcomes = (*outcomes, *verification.outcomes(case.verification), *_unread(case), *answers.outcomes(case))
    return Report(
        **{field: getattr(case, field) for field in case.__struct_fields__},
        tool=Tool("sabaki", VERSION, _data_versions()),
        findings=findings,
        outcomes=outcomes,
        verdict=verdict.judge(case, findings, outcomes),
    )


def understand(
    message: Message, text: bodies.Read, *, source: Source, vantage: Vantage, budget: Budget, resolver: Resolver
) -> Case:
    """Message to Case: what the mail says and who vouches for it, nothing judged and no file opened yet."""
    hops = received.hops(message, budget)
    author = sender.read(message, budget)
    to = sender.recipients(message, hops, budget)
    vantage = sender.infer_domains(vantage, to, freemail.domains())
    receivers = mailservers.of(vantage.own_domains or vantage.inferred_domains, resolver)
    chain = arc.verify(message, resolver) if vantage.trusted_sealers else None
    hops, line = trust.draw(hops, vantage, receivers, chain)
    hops = forgery.mark(roles.assign(hops, message), message)
    marks = stamps.find(message, hops, line)
    subject = _subject(message, marks)
    found = links.collect(
        [(body.part, body.text) for body in text.bodies if body.kind == "text"],
        list(text.pages.items()),
        subject.text,
        budget,
    )
    urls = places.locate(tuple(links.dissect(url, vantage, to, brands.in_host) for url in found), message)
    return Case(
        source=source,
        vantage=vantage,
        subject=subject,
        sender=author,
        recipients=to,
        trust=line,
        origin=origin.find(hops, line, message),
        hops=hops,
        stamps=marks,
        authentication=authentication.read(message, hops, line),
        bodies=text.bodies,
        urls=urls,
        lure=lure.read(subject.text, text.bodies, author, urls, vantage),
        fields=message.fields,
        parts=message.parts,
        defects=(*message.defects, *text.defects),
        limits=budget.reached,
    )


def authenticate(case: Case, message: Message, asked: Recording, budget: Budget) -> Case:
    """The case with what SPF, DKIM, ARC and DMARC show."""
    verified = verification.verify(message, case, asked, budget)
    return msgspec.structs.replace(case, verification=verified, limits=budget.reached)


def enclose(case: Case, message: Message, text: bodies.Read, cell: Cell, budget: Budget) -> Case:
    """The case with the files that came with the mail, opened, and the links and texts out of them."""
    found = enclosures.open_all(message, text, cell, budget)
    if not found.files:
        return case
    urls = (links.dissect(url, case.vantage, case.recipients, brands.in_host) for url in found.urls)
    return msgspec.structs.replace(
        case,
        files=found.files,
        urls=(*case.urls, *urls),
        bodies=(*case.bodies, *found.bodies),
        limits=budget.reached,
    )


def _unread(case: Case) -> Iterator[Outcome]:
    for file in case.files:
        if file.state is not State.RAN:
            yield Outcome(f"file:{file.path}", file.state, file.reason, file.reason_ja)


def _subject(message: Message, marks: tuple[Stamp, ...]) -> Subject:
    field = message.first("subject")
    if field is None:
        return Subject("")
    stamp = next((mark for mark in marks if mark.kind == "subject"), None)
    return Subject(
        field.value, charset=field.charset, charset_how=field.charset_how, location=field.location, stamp=stamp
    )


def examine(
    case: Case, checks: tuple[registry.Check, ...] | None = None
) -> tuple[tuple[Finding, ...], tuple[Outcome, ...]]:
    """Run every check. One that raises is recorded as permerror: not checked, which is never clean."""
    findings: list[Finding] = []
    outcomes: list[Outcome] = []
    for check in registry.checks() if checks is None else checks:
        try:
            findings.extend(check.findings(case))
            outcomes.append(_ran(check.id))
        except Exception as error:  # noqa: BLE001  # the one place: a faulty check must not take the report with it
            outcomes.append(_failed(check.id, error))
    return tuple(sorted(findings, key=_by_weight)), tuple(outcomes)


@cache
def _ran(id: str) -> Outcome:
    return Outcome(f"check:{id}", State.RAN)


def _failed(id: str, error: Exception) -> Outcome:
    reason = f"{type(error).__name__}: {error}"
    return Outcome(f"check:{id}", State.PERMERROR, f"the check failed: {reason}", f"検査が失敗しました: {reason}")


def _by_weight(finding: Finding) -> tuple[float, str]:
    return -finding.weight, finding.id


@cache
def _data_versions() -> dict[str, str]:
    return {"brands": brands.version(), "public_suffix_list": version("publicsuffixlist")}


def reexamine(report_: Report) -> Report:
    """Check and judge a report's case again, with all that was recorded in it: the same Sabaki gives the same report."""
    return report(Case(**{field: getattr(report_, field) for field in Case.__struct_fields__}))


def rejudge(report: Report, findings: tuple[Finding, ...]) -> Report:
    """The same report with other findings, judged anew: what a rule contributes is seen by leaving it out."""
    return msgspec.structs.replace(report, findings=findings, verdict=verdict.judge(report, findings, report.outcomes))
