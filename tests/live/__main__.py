"""The table: `make live` sends the letters once and prints what Sabaki says of each."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from sabaki.model.report import Report
from tests.live import outside, reading
from tests.live.expected import EXPECTED
from tests.live.letters import LETTERS, Letter


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        try:
            outside.run(Path(folder))
        except outside.CannotRun as reason:
            click.echo(f"skipped: {reason}")
            return 0
        except outside.WentWrong as said:
            click.echo(said, err=True)
            return 1
        wrong = sum(_show(letter, Path(folder)) for letter in LETTERS)
    click.echo(f"\n{len(LETTERS)} mails, {len(LETTERS) - wrong} as expected")
    return 1 if wrong else 0


def _show(letter: Letter, folder: Path) -> bool:
    document = (folder / f"{letter.name}.json").read_bytes()
    report = Report.from_json(document)
    again = reading.replay(report, (folder / f"{letter.name}.eml").read_bytes()).to_json() == document
    expected = EXPECTED[letter.name]
    said = (
        ("hops", tuple(map(reading.hop, report.hops)), expected.hops),
        ("account", (report.origin.auth_account,), (expected.account,)),
        ("SPF", (reading.spf(report),), (expected.spf,)),
        ("DKIM", reading.dkim(report), expected.dkim),
        ("ARC", (report.verification.arc.result,), (expected.arc,)),
        ("DMARC", (reading.dmarc(report),), (expected.dmarc,)),
        ("replay", ("same bytes" if again else "differs",), ("same bytes",)),
    )
    click.echo(f"\n{letter.name}: {letter.what}")
    for name, found, wanted in said:
        note = "" if found == wanted else f"   <- expected {', '.join(wanted) or 'none'}"
        click.echo(f"  {name:8}" + "\n          ".join(each or "-" for each in found or ("none",)) + note)
    click.echo(f"  verdict {report.verdict.label.value}")
    return any(found != wanted for _, found, wanted in said)


if __name__ == "__main__":
    sys.exit(main())
