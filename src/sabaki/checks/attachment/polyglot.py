"""A file is two files."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.MEDIUM, weight=30, references=("MITRE ATT&CK T1036.008",))
def polyglot(case: Case) -> Iterator[Hit]:
    """A file is of two kinds at once: what one program shows as a picture another opens as an archive or program."""
    # A program with an archive behind it is an installer, which unpacks itself: it is judged as a program.
    found = [pair for pair in carried.traits(case, "polyglot") if pair[0].family != "program"]
    if found:
        en, ja = carried.place(case, found[0][0])
        yield Hit(
            f"{en} is a {found[0][0].kind} and a {found[0][1].detail[:40]} at once",
            f"{ja} は、{found[0][0].kind}であると同時に{found[0][1].detail[:40]}でもあります",
            Grade.VERIFIED,
            tuple(carried.evidence(case, file, trait) for file, trait in found[:5]),
            "Such files are made to get past checks that look at the beginning only.",
            "先頭だけを見る検査をすり抜けるために作られる形です。",
        )
