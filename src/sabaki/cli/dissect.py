"""`sabaki dissect`: mails in, reports out."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Literal

import click
import msgspec
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from sabaki import settings
from sabaki.cli import bench, exits, going, inputs, lookups, output
from sabaki.files.cell import Cell
from sabaki.model.report import Label, Report
from sabaki.model.visit import Mode
from sabaki.render import escape

_VERDICT_EXITS = {Label.SUSPICIOUS: exits.SUSPICIOUS, Label.MALICIOUS: exits.MALICIOUS}
AT_ONCE = 32
"""Mails that are worked on at once with --online: nearly all of their time is waiting for answers."""
_HALF_SHUT = (
    "files were opened with limits on memory and time only: bubblewrap is not installed, or may make no namespaces here; "
    "install it (apt install bubblewrap) to shut them in"
)


class NoMail(click.ClickException):
    """Nothing that was named could be read as a mail."""

    exit_code = exits.INPUT


@click.command(
    epilog="""Examples:

\b
  sabaki dissect mail.eml --own-domain example.jp --own-host mx.example.jp
  sabaki dissect mail.eml --html report.html --lang ja
  sabaki dissect inbox/ --json > reports.jsonl      (a report a line)
  sabaki dissect inbox/ --html reports/             (a page a mail)
  sabaki dissect reported.msg archive.mbox mails.zip (any mix of containers)
  sabaki dissect mail.eml --online --json > report.json
  sabaki dissect mail.eml --replay report.json      (the same again, nobody asked)
  sabaki dissect mail.eml --online --visit stripped --html report.html
"""
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--own-host", "own_hosts", multiple=True, metavar="HOST", help="A mail server that you trust (repeat).")
@click.option("--own-domain", "own_domains", multiple=True, metavar="DOMAIN", help="A domain that is yours (repeat).")
@click.option(
    "--mailboxes", metavar="FILE|LIST", help="The addresses that exist: a file, one a line, or a list with commas."
)
@click.option("--lang", type=click.Choice(["ja", "en"]), help="Language; default: the settings', else your locale's.")
@click.option("--json", "as_json", is_flag=True, help="Print reports as JSON; for several mails one a line.")
@click.option("--html", "html_file", type=click.Path(path_type=Path), help="Write the article as one HTML file.")
@click.option("--markdown", "markdown_file", type=click.Path(path_type=Path), help="Write the article as Markdown.")
@click.option(
    "--original",
    type=click.Choice(["auto", "inner", "outer"]),
    default="auto",
    show_default=True,
    help="Of a mail passed on to you: dissect the one inside, the one around it, or decide by what they show.",
)
@click.option(
    "--online", is_flag=True, help="Ask the world; `sabaki sources` says who gets what. Default: nothing leaves."
)
@click.option(
    "--dns",
    multiple=True,
    metavar="SERVER",
    help="Whom --online asks: an IP address, [IP]:PORT, or https://... (repeat).",
)
@click.option(
    "--replay",
    type=click.Path(path_type=Path),
    metavar="REPORT",
    help="Take the answers out of an earlier JSON report of the same mail; nobody is asked.",
)
@click.option(
    "--visit",
    "visit_mode",
    type=click.Choice(["none", *(mode.value for mode in Mode)]),
    default="none",
    show_default=True,
    help="Let a shut-in browser go to where the links lead: without what tells the recipient, or as they stand.",
)
@click.option("--yes", is_flag=True, help="With --visit verbatim: the sender may learn that the address is read; go.")
@click.option("--artifacts", type=click.Path(path_type=Path), help="Keep what visits find in this folder, by hash.")
@click.option("--redact/--no-redact", default=None, help="Mask the victim; default: in articles, not on the terminal.")
@click.option("--exit-verdict", is_flag=True, help="Exit with 10 if the worst mail is suspicious, 11 if malicious.")
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path),
    envvar="SABAKI_SETTINGS",
    help="A settings file (TOML). [env: SABAKI_SETTINGS]",
)
@click.pass_context
def dissect(
    ctx: click.Context,
    paths: tuple[str, ...],
    own_hosts: tuple[str, ...],
    own_domains: tuple[str, ...],
    mailboxes: str | None,
    lang: str | None,
    as_json: bool,
    html_file: Path | None,
    markdown_file: Path | None,
    original: Literal["auto", "inner", "outer"],
    online: bool,
    dns: tuple[str, ...],
    replay: Path | None,
    visit_mode: str,
    yes: bool,
    artifacts: Path | None,
    redact: bool | None,
    exit_verdict: bool,
    settings_file: Path | None,
) -> None:
    """Take mails apart: who sent it, what it wants, who vouches for each clue, and what we conclude.

    PATH is a mail (.eml, .msg), an mbox, a Maildir or another directory, an archive of mails (zip, 7z, tar, gzip),
    or - for standard input. A mail that was passed on, attached or inline, is taken out and dissected itself.
    """
    chosen = _settings(settings_file, own_hosts, own_domains, mailboxes)
    lang = lang or chosen.language or output.locale_language()
    sources = _sources(paths)
    articles = {kind: file for kind, file in (("html", html_file), ("markdown", markdown_file)) if file}
    _check_rules(chosen.rules)
    mode = going.confirm(visit_mode, yes=yes)
    visits = going.Going(chosen, dns, mode, artifacts) if mode else None
    labels: list[Label] = []
    with (
        lookups.choose(chosen, dns, replay, online=online) as answers,
        Cell(chosen.limits) as unpacker,
        bench.Bench(
            chosen,
            answers,
            original,
            at_once=AT_ONCE if online and not visits else 1,
            visit=visits.visit if visits else None,
        ) as workers,
    ):
        more, mails = _counted(_mails(sources, unpacker, chosen))
        several = more or len(sources) > 1
        output.check_targets(articles, several)
        show = output.shower(lang, as_json=as_json, several=several, quiet=bool(articles), redact=bool(redact))
        for found, report in _watched(workers.dissect(mails), shown=several or online or bool(visits)):
            labels.append(report.verdict.label)
            for kind, file in articles.items():
                into = output.target(kind, file, found.name, several)
                masked = redact is not False
                pictures = visits.pictures(report, masked=masked) if visits else {}
                output.write(kind, report, lang, into, masked=masked, pictures=pictures)
            show(report)
        if (workers.opened or unpacker.used) and unpacker.shut == "limits":
            _say(_HALF_SHUT)
        told = answers.told
    if told:
        _say(told)
    if not labels:
        raise NoMail("no mail could be read")
    if exit_verdict:
        ctx.exit(max(_VERDICT_EXITS.get(label, 0) for label in labels))


def _settings(
    file: Path | None, own_hosts: tuple[str, ...], own_domains: tuple[str, ...], mailboxes: str | None
) -> settings.Settings:
    try:
        chosen = settings.load(file) if file else settings.Settings()
        boxes = _mailboxes(mailboxes) if mailboxes else chosen.mailboxes
    except (settings.SettingsError, OSError, UnicodeDecodeError) as error:
        raise click.UsageError(str(error)) from error
    return msgspec.structs.replace(
        chosen,
        own_hosts=(*chosen.own_hosts, *own_hosts),
        own_domains=(*chosen.own_domains, *own_domains),
        mailboxes=boxes,
    )


def _check_rules(directory: str) -> None:
    """Say at once what is wrong with the reader's rules: in the cell nobody would hear it."""
    if not directory:
        return
    try:
        from sabaki.files import rules

        rules.compile(Path(directory))
    except ImportError as error:
        raise click.UsageError(
            "the settings name rules, but yara-x is not installed: pip install 'sabaki[yara]'"
        ) from error
    except (OSError, ValueError) as error:
        raise click.UsageError(f"the rules in {directory} cannot be used: {error}") from error


def _mailboxes(value: str) -> tuple[str, ...]:
    path = Path(value)
    text = path.read_text("utf-8") if path.is_file() else value.replace(",", "\n")
    return tuple(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def _sources(paths: tuple[str, ...]) -> list[inputs.Input]:
    try:
        sources = list(inputs.collect(paths))
    except inputs.Unreadable as error:
        raise NoMail(str(error)) from error
    if not sources:
        raise NoMail(f"{', '.join(paths)}: no file in there; name a mail (.eml) or a directory that holds some")
    return sources


def _mails(sources: list[inputs.Input], unpacker: Cell, chosen: settings.Settings) -> Iterator[inputs.Mail]:
    """Every mail of every input; what gives none is said on standard error, and the rest goes on."""
    for source in sources:
        found: Counter[str] = Counter()
        passed = 0
        try:
            for item in inputs.mails(source, unpacker, chosen.limits):
                if isinstance(item, inputs.Mail):
                    found[" in ".join(holder.kind for holder in reversed(item.holders))] += 1
                    yield item
                else:
                    passed += 1
                    _say(f"{item.name}: passed over: {item.reason}")
        except inputs.Unreadable as error:
            _say(str(error))
        holders = {kinds: count for kinds, count in found.items() if kinds}
        if holders:
            counted = ", ".join(f"{count} mail{'s'[: count != 1]} in {kinds}" for kinds, count in holders.items())
            _say(f"{source.name}: {counted}" + (f"; {passed} passed over" if passed else ""))


def _say(text: str) -> None:
    click.echo(f"sabaki: {escape.terminal(text)}", err=True)


def _counted(mails: Iterator[inputs.Mail]) -> tuple[bool, Iterator[inputs.Mail]]:
    """Whether there is more than one mail, and all of them: an mbox of one is shown like a mail."""
    first = list(islice(mails, 2))
    return len(first) > 1, chain(first, mails)


def _watched(done: Iterator[tuple[inputs.Mail, Report]], *, shown: bool) -> Iterator[tuple[inputs.Mail, Report]]:
    """The mails with their reports, with a count of them on the terminal while they are worked on."""
    with Progress(
        SpinnerColumn(),
        TextColumn("dissecting: {task.completed:,.0f} mails"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not (shown and sys.stderr.isatty()),
        transient=True,
    ) as progress:
        yield from progress.track(done, total=None)
