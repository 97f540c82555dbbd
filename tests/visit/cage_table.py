"""`python -m tests.visit.cage_table [OUT [NAME...]]`: visit every site of the cage, and show what was found as a table.

Screenshots are in OUT, as SITE-VIEW.png. Exit code 1 where something was found otherwise than expected, 77 where there is no cage to be had.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from tests.visit import cage
from tests.visit.sites.expected import EXPECTED


def main() -> int:
    """See the module."""
    reason = cage.why_not()
    if reason:
        print(f"the sites cannot be visited: {reason}", file=sys.stderr)  # noqa: T201
        return cage.CANNOT
    out = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="cage-"))
    out.mkdir(parents=True, exist_ok=True)
    visits = cage.run(out, sys.argv[2:] or tuple(EXPECTED))
    wrong = 0
    for name, visited in visits.items():
        lines, as_expected = _lines(name, visited), cage.differences(EXPECTED[name], visited)
        wrong += bool(as_expected)
        print("\n".join((*lines, *(f"    NOT AS EXPECTED: {each}" for each in as_expected))), flush=True)  # noqa: T201
        _screenshots(out, name, visited)
    seconds = sorted(visited.seconds for visited in visits.values())
    middle, most = seconds[len(seconds) // 2], seconds[-1]
    print(f"{len(visits)} visits, {wrong} not as expected; seconds: median {middle}, most {most}")  # noqa: T201
    print(f"screenshots: {out}")  # noqa: T201
    return int(wrong > 0)


def _lines(name: str, visited: cage.Visited) -> list[str]:
    visit = visited.visit
    lines = [
        f"{name:34} {visit.state:12} {visited.seconds:5.1f} s  {', '.join(visit.limits)}",
        f"    {visit.state_reason}",
    ]
    lines.append(f"    {visit.state_reason_ja}")
    for view in visit.views:
        asks = ",".join(dict.fromkeys(each for form in view.forms for each in form.asks))
        way = " ".join(f"{step.how}:{step.status}" for step in view.steps[:8])
        lines.append(
            f"    {view.name:8} {view.state:12} {way}  asks={asks or '-'}  traits={','.join(each.id for each in view.traits) or '-'}  "
            f"brands={','.join(view.brands) or '-'}  dialogs={len(view.dialogs)} downloads={len(view.downloads)} {view.error}"
        )
    if visit.refusals:
        lines.append(
            f"    refused: {'; '.join(f'{each.host}:{each.port} {each.reason}' for each in visit.refusals[:3])}"
        )
    return lines


def _screenshots(out: Path, name: str, visited: cage.Visited) -> None:
    for artifact in visited.visit.artifacts:
        if artifact.kind in ("screenshot", "screenshot_full"):
            kind = "-full" if artifact.kind.endswith("full") else ""
            shutil.copy(
                out / artifact.sha256, out / f"{name.replace(' ', '_').replace(',', '')}-{artifact.viewport}{kind}.png"
            )


if __name__ == "__main__":
    sys.exit(main())
