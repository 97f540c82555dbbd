"""`sabaki replay`: judge a report's case once more from what was recorded in it. Nobody is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from sabaki import pipeline
from sabaki._version import VERSION
from sabaki.cli import exits, lookups, output
from sabaki.model.report import Report
from sabaki.render import escape


@click.command(
    epilog="""Examples:

\b
  sabaki replay report.json                     (is it the same today?)
  sabaki replay reports.jsonl --json > now.jsonl
  sabaki replay report.json --html report.html --lang ja

Exit codes: 0 the same byte for byte, 12 something differs.
"""
)
@click.argument("cases", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="CASE...")
@click.option("--lang", type=click.Choice(["ja", "en"]), help="Language of what is shown; default: your locale's.")
@click.option("--json", "as_json", is_flag=True, help="Print the reports as JSON; of several one a line.")
@click.option("--html", "html_file", type=click.Path(path_type=Path), help="Write the article as one HTML file.")
@click.option("--markdown", "markdown_file", type=click.Path(path_type=Path), help="Write the article as Markdown.")
@click.option("--redact/--no-redact", default=None, help="Mask the victim; default: in articles only.")
@click.pass_context
def replay(
    ctx: click.Context,
    cases: tuple[Path, ...],
    lang: str | None,
    as_json: bool,
    html_file: Path | None,
    markdown_file: Path | None,
    redact: bool | None,
) -> None:
    """Check and judge again what reports hold, with the answers of then, and say whether the conclusion is the same.

    CASE is a report as `sabaki dissect --json` prints it, or several, one a line. Nothing leaves this machine.
    """
    lang = lang or output.locale_language()
    reports = [report for case in cases for report in lookups.read(case, "CASE")]
    several = len(reports) > 1
    articles = {kind: file for kind, file in (("html", html_file), ("markdown", markdown_file)) if file}
    output.check_targets(articles, several)
    show = output.shower(lang, as_json=as_json, several=several, quiet=False, redact=bool(redact))
    differing = 0
    for then in reports:
        now = pipeline.reexamine(then)
        for kind, file in articles.items():
            into = output.target(kind, file, now.source.name, several)
            output.write(kind, now, lang, into, masked=redact is not False)
        if as_json:
            show(now)
        found = list(differences(then, now))
        differing += bool(found)
        for line in found or ["the same, byte for byte"]:
            click.echo(escape.terminal(f"{then.source.name}: {line}"), err=as_json)
    if differing:
        ctx.exit(exits.DIFFERS)


def differences(then: Report, now: Report) -> Iterator[str]:
    """What is not the same in two reports of one case, in words."""
    if then.to_json() == now.to_json():
        return
    if then.tool.version != VERSION:
        yield f"written by sabaki {then.tool.version}, judged again by {VERSION}"
    if then.tool.data != now.tool.data:
        yield "our tables (brands, public suffixes) are of another date"
    if then.verdict.label != now.verdict.label or then.verdict.score != now.verdict.score:
        yield (
            f"verdict {then.verdict.label} ({then.verdict.score:g} points), "
            f"now {now.verdict.label} ({now.verdict.score:g} points)"
        )
    old = {(each.id, each.title): each.weight for each in then.findings}
    new = {(each.id, each.title): each.weight for each in now.findings}
    for key in dict.fromkeys([*old, *new]):
        if key not in new:
            yield f"no longer found: {key[0]} ({key[1]})"
        elif key not in old:
            yield f"newly found: {key[0]} ({key[1]})"
        elif old[key] != new[key]:
            yield f"weighs {new[key]:g} instead of {old[key]:g}: {key[0]}"
    if then.outcomes != now.outcomes:
        yield "the steps that ran, or the words for them, are others"
