"""The story on one page: read, understand, check, judge, report."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

import msgspec

from sabaki import registry
from sabaki._version import VERSION
from sabaki.facts import authentication, bodies, brands, freemail, links, lure, origin, places, sender, stamps, trust
from sabaki.judge import verdict
from sabaki.mail import message as mail
from sabaki.mail import received
from sabaki.mail.limits import Budget, Limits
from sabaki.model.case import Case, Source, Stamp, Subject, Vantage
from sabaki.model.finding import Finding, Outcome, State
from sabaki.model.message import Message
from sabaki.model.report import Report, Tool

_UNASKED: tuple[tuple[str, str, str], ...] = (
    ("protocol:spf", "needs DNS", "DNSへの問い合わせが必要です"),
    ("protocol:dkim", "the signer's key is in DNS", "署名の鍵はDNSにあります"),
    ("protocol:dmarc", "the domain's policy is in DNS", "ドメインのポリシーはDNSにあります"),
    (
        "source:registration",
        "who registered the domains needs RDAP or WHOIS",
        "ドメインの登録者を知るにはRDAPかWHOISが必要です",
    ),
    (
        "source:place",
        "where the addresses are needs a geolocation database",
        "IPアドレスの所在を知るには位置情報データベースが必要です",
    ),
    (
        "source:reputation",
        "whether the links are known to be dangerous needs a reputation service",
        "リンクが危険と知られているかは、評価サービスに尋ねないと分かりません",
    ),
    ("visit", "what the site shows today needs a visit", "サイトが今どうなっているかは、訪問しないと分かりません"),
)


def dissect(raw: bytes, *, name: str = "", vantage: Vantage | None = None, limits: Limits | None = None) -> Report:
    """Take one mail apart. Never raises on content, touches no network, reads no clock.

    `name` is what to call the input, `vantage` says which servers, domains and mailboxes are the reader's own.
    """
    case = understand(raw, name=name, vantage=vantage or Vantage(), budget=Budget(limits))
    findings, outcomes = examine(case)
    outcomes = (*outcomes, *_not_asked())
    return Report(
        **{field: getattr(case, field) for field in case.__struct_fields__},
        tool=Tool("sabaki", VERSION, _data_versions()),
        findings=findings,
        outcomes=outcomes,
        verdict=verdict.judge(case, findings, outcomes),
    )


def understand(raw: bytes, *, name: str, vantage: Vantage, budget: Budget) -> Case:
    """Bytes to Case: what the mail says and who vouches for it, nothing judged yet."""
    message = mail.read(raw, budget)
    hops, line = trust.draw(received.hops(message, budget), vantage)
    author = sender.read(message, budget)
    to = sender.recipients(message, hops, budget)
    vantage = sender.infer_domains(vantage, to, freemail.domains())
    text = bodies.read(message, budget)
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
        source=Source(name, message.sha256, len(raw)),
        vantage=vantage,
        subject=subject,
        sender=author,
        recipients=to,
        trust=line,
        origin=origin.find(hops, line),
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
def _not_asked() -> tuple[Outcome, ...]:
    return tuple(
        Outcome(step, State.SKIPPED, f"not checked: offline, and {en}", f"確認していません（オフライン）。{ja}")
        for step, en, ja in _UNASKED
    )


@cache
def _data_versions() -> dict[str, str]:
    return {"brands": brands.version(), "public_suffix_list": version("publicsuffixlist")}


def rejudge(report: Report, findings: tuple[Finding, ...]) -> Report:
    """The same report with other findings, judged anew: what a rule contributes is seen by leaving it out."""
    return msgspec.structs.replace(report, findings=findings, verdict=verdict.judge(report, findings, report.outcomes))
