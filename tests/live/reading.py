"""What Sabaki is asked, and its answers in few words, for the tests and for the table."""

from __future__ import annotations

from pathlib import Path

from sabaki.model.case import Hop, Vantage
from sabaki.model.report import Report
from sabaki.pipeline import dissect
from sabaki.protocols.resolver import Recorded
from sabaki.sources.dns import Live, Server
from tests.live import places
from tests.live.letters import BY_NAME


def vantage(name: str) -> Vantage:
    """Whose mailbox the letter came into: the office's, or the university's."""
    if BY_NAME[name].to.endswith("@gakuin.example"):
        return Vantage(own_hosts=(places.GAKUIN,), own_domains=("gakuin.example",))
    return Vantage(own_hosts=(places.MX, places.MX2), own_domains=("jimusho.example",))


def read_live(found: dict[str, bytes], out: Path) -> None:
    """Dissect every mail, asking the network's own DNS, and write the reports."""
    live = Live([Server("127.0.0.1")])
    live.check()
    for name, raw in found.items():
        report = dissect(raw, name=f"{name}.eml", vantage=vantage(name), resolver=live.for_mail())
        (out / f"{name}.json").write_bytes(report.to_json())


def replay(report: Report, raw: bytes) -> Report:
    """The same mail dissected again from what the report recorded, with nobody to ask."""
    name = report.source.name.removesuffix(".eml")
    answers = Recorded(report.verification.lookups)
    return dissect(raw, name=report.source.name, vantage=vantage(name), resolver=answers)


def hop(found: Hop) -> str:
    """A hop in one line: peer, server, protocol, TLS, account, and on which side of the line."""
    words = (found.ip, ">", found.by, found.protocol, found.tls_version, found.auth_account, found.trust)
    return " ".join(word for word in words if word)


def spf(report: Report) -> str:
    """Result and domain for the envelope sender's identity (MAIL FROM), or for the greeting where there is nothing else."""
    ranked = sorted(report.verification.spf, key=lambda each: each.scope != "mailfrom")
    return f"{ranked[0].result} {ranked[0].domain}".rstrip() if ranked else ""


def dkim(report: Report) -> tuple[str, ...]:
    """Result and signing domain of each signature."""
    return tuple(f"{each.result} {each.domain}" for each in report.verification.dkim)


def dmarc(report: Report) -> str:
    """The result for the author domain."""
    return report.verification.dmarc.result if report.verification.dmarc else ""
