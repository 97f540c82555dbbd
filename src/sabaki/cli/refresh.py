"""`sabaki refresh`: ask the world about a case once more, and say what has changed since."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import msgspec

from sabaki import pipeline, settings
from sabaki.cli import lookups, output
from sabaki.facts import answers, changes, subjects
from sabaki.facts.changes import Change
from sabaki.model.finding import State
from sabaki.model.knowledge import Knowledge
from sabaki.model.report import Report
from sabaki.render import changes as told
from sabaki.render import escape

_AT_ONCE = 32
"""Cases that are asked about at once: what they have in common is asked once."""


@click.command(
    epilog="""Examples:

\b
  sabaki refresh report.json
  sabaki refresh report.json --write today.json
  sabaki refresh reports.jsonl --json | jq 'select(.changes != [])'
"""
)
@click.argument("cases", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="CASE...")
@click.option("--dns", multiple=True, metavar="SERVER", help="Whom to ask: an IP address, [IP]:PORT, or https://... .")
@click.option("--lang", type=click.Choice(["ja", "en"]), help="Language; default: the settings', else your locale's.")
@click.option("--json", "as_json", is_flag=True, help="One object a case: changes, what was not answered, verdicts.")
@click.option("--write", type=click.Path(path_type=Path), help="Write the new reports (of several one a line).")
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path),
    envvar="SABAKI_SETTINGS",
    help="A settings file (TOML). [env: SABAKI_SETTINGS]",
)
def refresh(
    cases: tuple[Path, ...],
    dns: tuple[str, ...],
    lang: str | None,
    as_json: bool,
    write: Path | None,
    settings_file: Path | None,
) -> None:
    """Ask again what the world knows of the addresses, domains and links in a report, and show what is not as it was.

    CASE is a report as `sabaki dissect --json` prints it, or several, one a line. The same is sent as with `dissect --online`, also where
    an answer is kept from earlier. What SPF, DKIM, ARC and DMARC said stays as it was then: the mail itself is not needed here.
    """
    try:
        chosen = settings.load(settings_file) if settings_file else settings.Settings()
    except settings.SettingsError as error:
        raise click.UsageError(str(error)) from error
    lang = lang or chosen.language or output.locale_language()
    if write is not None and (write.is_dir() or not write.parent.is_dir()):
        raise click.UsageError(f"--write {write}: name a file in a directory that exists")
    reports = [report for case in cases for report in lookups.read(case, "CASE")]
    renewed: list[Report] = []
    with lookups.outside(chosen, dns, fresh=True) as gatherer:
        for then, known in _asked(gatherer.gather, reports):
            now = pipeline.reexamine(msgspec.structs.replace(then, knowledge=known))
            renewed.append(now)
            found = changes.between(then.knowledge, known)
            silent = tuple(each for each in answers.unanswered(known) if each.state is not State.SKIPPED)
            for line in _as_json(then, now, found, silent) if as_json else told.lines(then, now, found, silent, lang):
                click.echo(line)
    click.echo(told.kept(lang), err=as_json)
    if write is not None:
        _write(renewed, write)


def _asked(gather: pipeline.Gather, reports: list[Report]) -> Iterator[tuple[Report, tuple[Knowledge, ...]]]:
    """Each report with what the world says today, in their order."""
    asking = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="sabaki-refresh")
    try:
        yield from zip(reports, asking.map(gather, map(subjects.of, reports)), strict=True)
    finally:
        asking.shutdown(cancel_futures=True)


def _as_json(then: Report, now: Report, found: tuple[Change, ...], silent: tuple[Knowledge, ...]) -> Iterator[str]:
    document = {
        "source": then.source,
        "changes": found,
        "not_answered": silent,
        "verdict_before": {"label": then.verdict.label, "score": then.verdict.score},
        "verdict": {"label": now.verdict.label, "score": now.verdict.score},
    }
    yield escape.json_text(msgspec.json.encode(document).decode())


def _write(reports: list[Report], file: Path) -> None:
    """One document, or one a line; whole or not at all."""
    if len(reports) == 1:
        text = msgspec.json.format(reports[0].to_json(), indent=2) + b"\n"
    else:
        text = b"".join(report.to_json() + b"\n" for report in reports)
    partial = file.with_name(f"{file.name}.{os.getpid()}.partial")
    partial.write_bytes(text)
    partial.replace(file)
