"""`sabaki dissect`: mails in, reports out."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Callable
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import track

from sabaki import pipeline, settings
from sabaki.cli import exits, inputs
from sabaki.model.report import Label, Report
from sabaki.redact import identifiers, mask, scan
from sabaki.render import escape, html, line, markdown, terminal

_VERDICT_EXITS = {Label.SUSPICIOUS: exits.SUSPICIOUS, Label.MALICIOUS: exits.MALICIOUS}
_ARTICLES: dict[str, Callable[..., str]] = {"html": html.render, "markdown": markdown.render}
_SUFFIXES = {"html": ".html", "markdown": ".md"}


class Leak(click.ClickException):
    """A finished article still shows the victim: it is not written."""

    exit_code = exits.LEAK


class NoMail(click.ClickException):
    """Nothing that was named could be read as a mail."""

    exit_code = exits.INPUT


def _locale_language() -> str:
    named = next((os.environ[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(key)), "")
    named = named or (locale.getlocale()[0] or "")
    return "ja" if named.lower().startswith(("ja", "japanese")) else "en"


@click.command(
    epilog="""Examples:

\b
  sabaki dissect mail.eml --own-domain example.jp --own-host mx.example.jp
  sabaki dissect mail.eml --html report.html --lang ja
  sabaki dissect inbox/ --json > reports.jsonl      (a report a line)
  sabaki dissect inbox/ --html reports/             (a page a mail)
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
    redact: bool | None,
    exit_verdict: bool,
    settings_file: Path | None,
) -> None:
    """Take mails apart: who sent it, what it wants, who vouches for each clue, and what we conclude.

    PATH is a mail (.eml), a directory of mails, or - for standard input.
    """
    chosen = _settings(settings_file, own_hosts, own_domains, mailboxes)
    lang = lang or chosen.language or _locale_language()
    sources = _sources(paths)
    several = len(sources) > 1
    articles = {kind: file for kind, file in (("html", html_file), ("markdown", markdown_file)) if file}
    _check_targets(articles, several)
    show = _shower(lang, as_json=as_json, several=several, quiet=bool(articles), redact=bool(redact))
    labels: list[Label] = []
    for source in track(
        sources, "dissecting", console=Console(stderr=True), disable=not (several and sys.stderr.isatty())
    ):
        report = _dissect(source, chosen)
        if report is None:
            continue
        labels.append(report.verdict.label)
        for kind, file in articles.items():
            _write(kind, report, lang, _target(kind, file, source, several), masked=redact is not False)
        show(report)
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


def _dissect(source: inputs.Input, chosen: settings.Settings) -> Report | None:
    try:
        raw = inputs.read(source, chosen.limits.message_size)
    except inputs.Unreadable as error:
        click.echo(f"sabaki: {escape.terminal(str(error))}", err=True)
        return None
    return pipeline.dissect(raw, name=source.name, vantage=chosen.vantage, limits=chosen.limits)


def _check_targets(articles: dict[str, Path], several: bool) -> None:
    for kind, file in articles.items():
        if several and file.exists() and not file.is_dir():
            raise click.UsageError(f"--{kind} {file}: for several mails name a directory")
        parent = file if several else file.parent
        if several:
            file.mkdir(parents=True, exist_ok=True)
        elif file.is_dir() or not parent.is_dir():
            raise click.UsageError(f"--{kind} {file}: name a file in a directory that exists")


def _target(kind: str, file: Path, source: inputs.Input, several: bool) -> Path:
    return file / f"{source.name.replace('/', '_')}{_SUFFIXES[kind]}" if several else file


def _write(kind: str, report: Report, lang: str, file: Path, *, masked: bool) -> None:
    shown = mask.redact(report) if masked else report
    article = _ARTICLES[kind](shown, lang, redacted=masked)
    leaks = scan.leaks(article, identifiers.of(report)) if masked else ()
    if leaks:
        raise Leak(
            f"{file} was not written: it would still show {len(leaks)} of the victim's identifiers, "
            f"the first {leaks[0]}; please report this mail, or write it with --no-redact for your own eyes"
        )
    partial = file.with_name(f"{file.name}.partial")
    partial.write_text(article, "utf-8")
    partial.replace(file)


def _shower(lang: str, *, as_json: bool, several: bool, quiet: bool, redact: bool) -> Callable[[Report], None]:
    def masked(report: Report) -> Report:
        return mask.redact(report) if redact else report

    def json_(report: Report) -> None:
        document = masked(report).to_json()
        text = (document if several else msgspec.json.format(document, indent=2)).decode()
        click.echo(escape.json_text(text))

    if as_json:
        return json_
    console = Console(highlight=False)
    if several or quiet:
        return lambda report: line.render(masked(report), lang, console)
    return lambda report: terminal.render(masked(report), lang, console)
