"""`sabaki replay`: judge a report's case once more from what was recorded in it. Nobody is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from sabaki import pipeline
from sabaki._version import VERSION
from sabaki.cli import exits, lookups, output
from sabaki.model.finding import Finding
from sabaki.model.report import Report
from sabaki.render import escape, words


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
    same = True
    for then in reports:
        now = pipeline.reexamine(then)
        for kind, file in articles.items():
            into = output.target(kind, file, now.source.name, several)
            output.write(kind, now, lang, into, masked=redact is not False)
        if as_json:
            show(now)
        found = [text[lang == "ja"] for text in differences(then, now)]
        same = same and not found
        for line in found or [("the same, byte for byte", "1バイトも違わず同じです")[lang == "ja"]]:
            click.echo(escape.terminal(f"{then.source.name}: {line}"), err=as_json)
    if not same:
        ctx.exit(exits.DIFFERS)


def differences(then: Report, now: Report) -> Iterator[words.Pair]:
    """What is not the same in two reports of one case, in English and Japanese; nothing only where every byte is the same."""
    if then.to_json() == now.to_json():
        return
    if then.tool.version != VERSION:
        yield (
            f"written by sabaki {then.tool.version}, judged again by {VERSION}",
            f"報告を書いたのは sabaki {then.tool.version}、今回は {VERSION} です",
        )
    if then.tool.data != now.tool.data:
        yield (
            "our tables (brands, public suffixes) are of another date",
            "内蔵の表（ブランド名、公開サフィックス）の版が違います",
        )
    old, new = then.verdict, now.verdict
    if (old.label, old.score) != (new.label, new.score):
        before, after = words.VERDICTS[old.label], words.VERDICTS[new.label]
        yield (
            f"verdict: {before[0]} ({old.score:g} points), now {after[0]} ({new.score:g} points)",
            f"判定: {before[1]}（{old.score:g} 点）、今回は {after[1]}（{new.score:g} 点）",
        )
    yield from _findings(then.findings, now.findings)
    others = [
        name for name in Report.__struct_fields__ if name != "findings" and getattr(then, name) != getattr(now, name)
    ]
    if others:
        named = ", ".join(others)
        yield f"not the same in the JSON: {named}", f"JSONで異なる項目: {named}"
    elif then.findings == now.findings:
        yield "the same content, written in another way", "内容は同じですが、書き表し方が違います"


def _findings(old: tuple[Finding, ...], new: tuple[Finding, ...]) -> Iterator[words.Pair]:
    """Findings that are there once only, with another weight, or in other words. Several of one check are told apart by their titles."""
    lost, found = Counter(old) - Counter(new), Counter(new) - Counter(old)
    if old != new and not lost and not found:
        yield "the same findings in another order", "所見は同じで、並び順だけが違います"
    for each in found:
        before = next((one for one in lost if (one.id, one.title) == (each.id, each.title) and lost[one]), None)
        if before is None:
            yield f"newly found: {each.id} ({each.title})", f"今回のみ: {each.id}（{each.title_ja}）"
            continue
        lost[before] -= 1
        if before.weight != each.weight:
            yield (
                f"weighs {each.weight:g} instead of {before.weight:g}: {each.id}",
                f"重みが {before.weight:g} から {each.weight:g} に: {each.id}",
            )
        else:
            yield (
                f"found as before, told or evidenced otherwise: {each.id}",
                f"同じ所見で、説明か根拠が異なる: {each.id}",
            )
    for each in lost.elements():
        yield f"no longer found: {each.id} ({each.title})", f"前回のみ: {each.id}（{each.title_ja}）"
