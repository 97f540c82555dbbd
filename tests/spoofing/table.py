"""The table of shapes: python -m tests.spoofing.table"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from sabaki.files.cell import Cell
from sabaki.model.report import Report
from tests.spoofing import stage

_SHOWN = 3
_WIDTH = 180


def said(report: Report, named: tuple[str, ...] = ()) -> list[str]:
    """The findings that name the trick, then the strongest others that are about who sent it."""
    groups = ("sender/", "authentication/", "route/", "reading/")
    found = [finding for finding in report.findings if finding.id.startswith(groups)]
    return [
        f"{finding.id}: {finding.title}"
        for finding in sorted(found, key=lambda each: (each.id not in named, -abs(each.weight)))
    ]


def rows() -> Iterator[str]:
    """For each vector its shape, its source, what the spoof shows, what Sabaki says."""
    with Cell() as cell:
        for vector in stage.vectors():
            report = stage.dissect(vector, cell)
            yield f"{vector.id}: {vector.shape}"
            yield f"    source {vector.source}"
            yield f"    shows  {vector.shown}; really {vector.really}"
            yield f"    says   {report.verdict.label.value}, {report.verdict.score:g} points"
            yield from (f"           {line}"[:_WIDTH] for line in said(report, vector.says)[:_SHOWN])


if __name__ == "__main__":
    for row in rows():
        sys.stdout.write(f"{row}\n")
