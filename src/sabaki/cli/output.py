"""What commands give out: reports on the terminal or as JSON, articles into files; masked, and never with a leak."""

from __future__ import annotations

import locale
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import click
import msgspec
from rich.console import Console

from sabaki.cli import exits
from sabaki.model.report import Report
from sabaki.redact import identifiers, mask, scan
from sabaki.render import escape, html, line, markdown, terminal

_ARTICLES: dict[str, Callable[..., str]] = {"html": html.render, "markdown": markdown.render}
_PICTURE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=]*+")
_SUFFIXES = {"html": ".html", "markdown": ".md"}


class Leak(click.ClickException):
    """A finished article still shows the victim: it is not written."""

    exit_code = exits.LEAK


def locale_language() -> str:
    """The language that the locale asks for."""
    named = next((os.environ[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(key)), "")
    named = named or (locale.getlocale()[0] or "")
    return "ja" if named.lower().startswith(("ja", "japanese")) else "en"


def check_targets(articles: dict[str, Path], several: bool) -> None:
    """See that the articles can be written where they are wanted. Raises click.UsageError."""
    for kind, file in articles.items():
        if several and file.exists() and not file.is_dir():
            raise click.UsageError(f"--{kind} {file}: for several mails name a directory")
        parent = file if several else file.parent
        if several:
            file.mkdir(parents=True, exist_ok=True)
        elif file.is_dir() or not parent.is_dir():
            raise click.UsageError(f"--{kind} {file}: name a file in a directory that exists")


def target(kind: str, file: Path, name: str, several: bool) -> Path:
    """Where an article goes. The mail's name may come out of an archive: only its letters are used."""
    safe = "".join(character if character.isalnum() or character in "-_.#@" else "_" for character in name)
    return file / f"{safe.lstrip('.')[-120:] or 'mail'}{_SUFFIXES[kind]}" if several else file


def write(
    kind: str, report: Report, lang: str, file: Path, *, masked: bool, pictures: Mapping[str, bytes] | None = None
) -> None:
    """Write an article. `pictures` are masked already, where that is wanted. Raises Leak where it would still show the victim.

    Then nothing is written.
    """
    shown = mask.redact(report) if masked else report
    article = _ARTICLES[kind](shown, lang, redacted=masked, pictures=pictures)
    # What stands in a picture's pixels was masked by its own means (redact.picture); its bytes are no text.
    leaks = scan.leaks(_PICTURE.sub("", article), identifiers.of(report)) if masked else ()
    if leaks:
        raise Leak(
            f"{file} was not written: it would still show {len(leaks)} of the victim's identifiers, "
            f"the first {leaks[0]}; please report this mail, or write it with --no-redact for your own eyes"
        )
    partial = file.with_name(f"{file.name}.partial")
    partial.write_text(article, "utf-8")
    partial.replace(file)


def shower(lang: str, *, as_json: bool, several: bool, quiet: bool, redact: bool) -> Callable[[Report], None]:
    """What shows each report: in full, in a line where there are several or articles are written, or as JSON."""

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
