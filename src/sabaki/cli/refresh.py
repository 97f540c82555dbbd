"""`sabaki refresh`: ask the world about a case once more, and say what has changed since."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from sabaki import pipeline, settings
from sabaki.cli import lookups, output
from sabaki.facts import changes, subjects
from sabaki.facts.changes import Change
from sabaki.model.report import Report
from sabaki.render import escape

_KINDS = {"new": ("new", "新規"), "changed": ("changed", "変化"), "lost": ("no answer now", "今回は回答なし")}


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
@click.option("--lang", type=click.Choice(["ja", "en"]), help="Language of what is shown; default: your locale's.")
@click.option("--json", "as_json", is_flag=True, help="One object a case: source, changes, verdict before and after.")
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

    CASE is a report as `sabaki dissect --json` prints it, or several, one a line. The same is sent as with `dissect --online`.
    What SPF, DKIM, ARC and DMARC said stays as it was then: the mail itself is not needed here.
    """
    lang = lang or output.locale_language()
    try:
        chosen = settings.load(settings_file) if settings_file else settings.Settings()
    except settings.SettingsError as error:
        raise click.UsageError(str(error)) from error
    reports = [report for case in cases for report in lookups.read(case, "CASE")]
    renewed: list[Report] = []
    with lookups.outside(chosen, dns, fresh=True) as gatherer:
        for then in reports:
            known = gatherer.gather(subjects.of(then))
            now = pipeline.reexamine(msgspec.structs.replace(then, knowledge=known))
            renewed.append(now)
            found = changes.between(then.knowledge, known)
            for line in _as_json(then, now, found) if as_json else _lines(then, now, found, lang):
                click.echo(line)
    if write is not None:
        _write(renewed, write)


def _as_json(then: Report, now: Report, found: tuple[Change, ...]) -> Iterator[str]:
    document = {
        "source": then.source,
        "changes": found,
        "verdict_before": {"label": then.verdict.label, "score": then.verdict.score},
        "verdict": {"label": now.verdict.label, "score": now.verdict.score},
    }
    yield escape.json_text(msgspec.json.encode(document).decode())


def _lines(then: Report, now: Report, found: tuple[Change, ...], lang: str) -> Iterator[str]:
    ja = lang == "ja"
    name = escape.terminal(then.source.name)
    if not found:
        yield f"{name}: " + ("前回から変化はありません" if ja else "nothing has changed since")
    for each in found:
        kind = _KINDS[each.kind][ja]
        said = f": {each.before or '-'} -> {each.after or '-'}" if each.field else f": {each.after}"
        yield escape.terminal(f"{then.source.name}: [{kind}] {each.source} {each.subject.value} {each.field}{said}")
    if (then.verdict.label, then.verdict.score) != (now.verdict.label, now.verdict.score):
        before, after = f"{then.verdict.label} ({then.verdict.score:g})", f"{now.verdict.label} ({now.verdict.score:g})"
        yield f"{name}: " + (f"判定: {before} → {after}" if ja else f"verdict: {before} -> {after}")


def _write(reports: list[Report], file: Path) -> None:
    """One document, or one a line; whole or not at all."""
    if len(reports) == 1:
        text = msgspec.json.format(reports[0].to_json(), indent=2) + b"\n"
    else:
        text = b"".join(report.to_json() + b"\n" for report in reports)
    partial = file.with_name(f"{file.name}.{os.getpid()}.partial")
    partial.write_bytes(text)
    partial.replace(file)
