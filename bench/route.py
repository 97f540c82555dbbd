"""The way of the mails in the corpora: fields parsed, lines drawn, accounts, roles, origins, signs of forgery.

Reads headers only: no file is opened, nobody is asked. `python -m bench.route [--own-host HOST] [FOLDER ...]`
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.corpora import corpora, folders_of
from bench.folder import mails_in
from bench.tables import share, table
from sabaki import pipeline, registry
from sabaki.facts import bodies
from sabaki.mail import message as mail
from sabaki.mail.limits import Budget
from sabaki.model.case import Case, Source, Trust, Vantage
from sabaki.protocols.resolver import Offline

_FORGED = ("route/forged_hop", "route/impossible_", "route/odd_hops")
"""What says of a hop that it is made up."""


class Way(msgspec.Struct):
    """What the ways of a folder's mails have in common: counts of mails, but `fields`, `parsed`, `above` and `roles` of hops."""

    name: str
    mails: int = 0
    with_hops: int = 0
    fields: int = 0
    parsed: int = 0
    above: int = 0
    accounts_above: int = 0
    accounts_below: int = 0
    origins: int = 0
    claimed: int = 0
    clients: int = 0
    forged: int = 0
    bases: Counter[str] = msgspec.field(default_factory=Counter)
    roles: Counter[str] = msgspec.field(default_factory=Counter)
    signs: Counter[str] = msgspec.field(default_factory=Counter)
    findings: Counter[str] = msgspec.field(default_factory=Counter)
    raised: list[str] = msgspec.field(default_factory=list)
    unparsed: list[str] = msgspec.field(default_factory=list)
    lineless: list[str] = msgspec.field(default_factory=list)

    def add(self, case: Case, findings: set[str]) -> None:
        """Count one mail."""
        self.mails += 1
        self.with_hops += bool(case.hops)
        self.fields += len(case.hops)
        self.parsed += sum(not hop.unparsed for hop in case.hops)
        self.above += case.trust.above
        self.bases[case.trust.basis] += 1
        claimed = [hop for hop in case.hops if hop.trust is Trust.CLAIMED]
        self.accounts_above += bool(case.origin.auth_account)
        self.accounts_below += any(hop.auth_account for hop in claimed)
        self.origins += bool(case.origin.ip)
        self.claimed += case.origin.claimed is not None
        self.clients += bool(case.origin.clients)
        self.roles.update(hop.role.value for hop in case.hops)
        self.signs.update({sign.id for hop in case.hops for sign in hop.signs})
        self.findings.update(findings)
        self.forged += any(id.startswith(_FORGED) for id in findings)
        self.unparsed += [f"{case.source.name}: {hop.unparsed}" for hop in case.hops if hop.unparsed]
        self.lineless += [case.source.name] if case.hops and not case.origin.ip else []


def read(raw: bytes, name: str, vantage: Vantage) -> Case:
    """The facts of one mail, without the files that come with it."""
    budget = Budget()
    message = mail.read(raw, budget)
    source = Source(name, message.sha256, len(raw))
    text = bodies.read(message, budget)
    return pipeline.understand(message, text, source=source, vantage=vantage, budget=budget, resolver=Offline())


def travel(folder: Path, vantage: Vantage) -> Way:
    """Count over one folder. What raises is noted, and the rest goes on."""
    checks = tuple(check for check in registry.checks() if check.id.startswith("route/"))
    way = Way(folder.name)
    for path in mails_in(folder):
        if path.suffix.lower() not in ("", ".eml"):
            continue
        try:
            case = read(path.read_bytes(), path.name, vantage)
            way.add(case, {finding.id for finding in pipeline.examine(case, checks)[0]})
        except Exception as error:  # noqa: BLE001  # an exception is a result here: it is counted and shown
            way.raised.append(f"{path.name}: {type(error).__name__}: {error}")
    return way


def lines(ways: Sequence[Way]) -> str:
    """A row a folder: fields, lines, accounts, origins."""
    header = [
        "folder", "mails", "with Received", "fields", "parsed", "named", "mx", "inferred", "none", "hops above",
        "account above", "account below", "origin address", "claimed origin", "client fields",
    ]  # fmt: skip
    rows = [
        [
            way.name,
            str(way.mails),
            share(way.with_hops, way.mails),
            str(way.fields),
            share(way.parsed, way.fields),
            *(str(way.bases[basis]) for basis in ("named", "mx", "inferred", "none")),
            f"{way.above / max(1, way.with_hops):.2f}",
            *(
                share(count, way.mails)
                for count in (way.accounts_above, way.accounts_below, way.origins, way.claimed, way.clients)
            ),
        ]
        for way in ways
    ]
    return table(header, rows)


def counts(ways: Sequence[Way], what: str, totals: Sequence[int]) -> str:
    """A row for each kind of thing that was counted (`what`: "roles", "signs", "findings"), a column a folder."""
    counted = [getattr(way, what) for way in ways]
    ids = sorted({id for each in counted for id in each}, key=lambda name: (-sum(each[name] for each in counted), name))
    return table(
        [what, *(way.name for way in ways)],
        [[id, *(share(each[id], total) for each, total in zip(counted, totals, strict=True))] for id in ids],
    )


def show(ways: Sequence[Way], listed: int) -> str:
    """All the tables."""
    mails, fields = [way.mails for way in ways], [way.fields for way in ways]
    forged = table(
        ["folder", "mails with a forged hop found"], [[way.name, share(way.forged, way.mails)] for way in ways]
    )
    sections = [
        ("Lines, accounts, origins (of the mails)", lines(ways)),
        ("What the hops are", counts(ways, "roles", fields)),
        ("Signs of forgery below the line (mails with one)", counts(ways, "signs", mails)),
        ("Findings about the way (mails)", counts(ways, "findings", mails)),
        ("Hops called forged", forged),
    ]
    text = "\n".join(f"\n{heading}\n\n{body}" for heading, body in sections)
    for way in ways:
        text += "".join(f"\nnot parsed: {way.name}/{line}" for line in way.unparsed[:listed])
        text += "".join(f"\nno origin address: {way.name}/{name}" for name in way.lineless[:listed])
        text += "".join(f"\nraised: {way.name}/{line}" for line in way.raised)
    return text


def main(arguments: list[str] | None = None) -> int:
    """Run over the corpora. 1 when anything raised, 0 otherwise."""
    parser = argparse.ArgumentParser(prog="bench.route", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="*", metavar="FOLDER", help="only these folders of the corpora")
    parser.add_argument("--own-host", action="append", default=[], metavar="HOST", help="a server that is the reader's")
    parser.add_argument("--own-domain", action="append", default=[], metavar="DOMAIN", help="a domain of the reader's")
    parser.add_argument(
        "--list", type=int, default=0, metavar="N", help="list N unparsed fields and N mails without an origin"
    )
    options = parser.parse_args(arguments)
    vantage = Vantage(own_hosts=tuple(options.own_host), own_domains=tuple(options.own_domain))
    ways = [travel(path, vantage) for path in folders_of(corpora(), options.folders)]
    print(show(ways, options.list))
    return int(any(way.raised for way in ways))


if __name__ == "__main__":
    sys.exit(main())
