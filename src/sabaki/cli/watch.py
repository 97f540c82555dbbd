"""`sabaki watch`: what a mail leads to is looked at again and again, ever more seldom; a diary is kept, and changes are told."""

from __future__ import annotations

import secrets
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from sabaki import settings
from sabaki.cli import exits, lookups
from sabaki.cli.output import Leak, locale_language
from sabaki.facts import schedule
from sabaki.model.watch import Diary, Watch, Way
from sabaki.render import diary as told
from sabaki.render import escape, html, markdown
from sabaki.sources.inside import data_directory
from sabaki.store.watches import Damaged, Known, Watches

FILE = "watches.sqlite"
_SETTINGS = click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path),
    envvar="SABAKI_SETTINGS",
    help="A settings file (TOML). [env: SABAKI_SETTINGS]",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="As JSON, for machines.")
_LANG = click.option(
    "--lang", type=click.Choice(["ja", "en"]), help="Language; default: the settings', else your locale's."
)


class NoWatch(click.ClickException):
    """What was named is not there, or the store of the watches cannot be used."""

    exit_code = exits.INPUT


@click.group(
    epilog="""Examples:

\b
  sabaki watch add report.json                       (where a mail leads: by DNS and registration)
  sabaki watch add https://login.example/x --http    (look at the page, too)
  sabaki watch run                                   (what is due now; for cron or a timer)
  sabaki watch run --stay                            (until Ctrl-C)
  sabaki watch show login.example --html diary.html
"""
)
def watch() -> None:
    """Look again at where a mail leads, ever more seldom, keep a diary, and tell what changed."""


def _load(file: Path | None) -> settings.Settings:
    try:
        chosen = settings.load(file) if file else settings.Settings()
        schedule.steps(chosen.watch_steps)
    except settings.SettingsError as error:
        raise click.UsageError(str(error)) from error
    except ValueError as error:
        raise click.UsageError(f"the setting watch_steps: {error}") from error
    return chosen


@contextmanager
def _store(chosen: settings.Settings) -> Iterator[Watches]:
    """The watches. What is wrong with their file ends the command with what to do."""
    try:
        store = Watches(data_directory(chosen) / FILE)
        with closing(store):
            yield store
    except Damaged as error:
        raise NoWatch(str(error)) from error


def _now() -> datetime:
    return datetime.now(UTC)


def _say(text: str) -> None:
    click.echo(f"sabaki: {escape.terminal(text)}", err=True)


@watch.command(epilog="Example: sabaki watch add report.json --http")
@click.argument("what", nargs=-1, required=True, metavar="CASE|URL|HOST...")
@click.option("--name", help="What to call it; default: its host. For one link or host.")
@click.option(
    "--http", is_flag=True, help="Look at the page and its certificate, too: its owner sees that somebody comes."
)
@click.option("--visit", is_flag=True, help="Visit the page with a browser that is shut in.")
@click.option(
    "--verbatim",
    is_flag=True,
    help="Ask for a mail's link as it stands: its sender may learn that the address is read.",
)
@_SETTINGS
def add(
    what: tuple[str, ...], name: str | None, http: bool, visit: bool, verbatim: bool, settings_file: Path | None
) -> None:
    """Watch where a mail leads (CASE: a report in JSON), a link, a host or an IP address. Nothing is looked at before `watch run`."""
    from sabaki.watch import masked, picked

    chosen = _load(settings_file)
    ways = (Way.DNS, Way.REGISTRATION, *((Way.HTTP,) if http else ()), *((Way.VISIT,) if visit else ()))
    going = http or visit
    if name and len(what) > 1:
        raise click.UsageError("--name is for one link or host")
    with _store(chosen) as store:
        for each in what:
            try:
                made = list(_chosen(each, ways, name or "", store, chosen, strip=going and not verbatim))
            except picked.Unwatchable as error:
                raise NoWatch(str(error)) from error
            for found, victim in made:
                try:
                    store.add(found, _now(), masked.packed(victim))
                except Known:
                    raise click.UsageError(f"{found.name}: is watched already; choose another --name") from None
                click.echo(escape.terminal(_line(found)))


def _chosen(
    what: str, ways: tuple[Way, ...], name: str, store: Watches, chosen: settings.Settings, *, strip: bool
) -> Iterator[tuple[Watch, Any]]:
    """The watches that a word on the command line means, each with what must not be shown of it."""
    from sabaki.redact import identifiers
    from sabaki.watch import picked

    if "://" in what or not Path(what).is_file():
        own = identifiers.Identifiers(
            addresses=tuple(box.lower() for box in chosen.mailboxes or () if "@" in box),
            domains=chosen.vantage.own_domains,
        )
        yield picked.of_text(what, ways, _now(), store.names(), name), own
        return
    taken = set(store.names())
    for report in lookups.read(Path(what), "watch add"):
        stripping = _stripping(report) if strip else None
        for found in picked.of_report(report, ways, _now(), taken, stripping):
            taken.add(found.name)
            yield found, identifiers.of(report)


def _stripping(report: Any) -> Callable[[str], str]:
    """Replaces in a link what tells the recipient; what stands for it is drawn once, and then stays."""
    from sabaki.cli import going
    from sabaki.visit.strip import strip

    recipient, seed = going.recipient(report), secrets.token_bytes(16)
    return lambda url: strip(url, recipient, seed).url


def _line(watch: Watch) -> str:
    from sabaki.render import defang

    where = defang.url(watch.url) if watch.url else defang.host(watch.host)
    return f"{watch.name}  {where}  [{', '.join(watch.ways)}]"


@watch.command("list", epilog="Example: sabaki watch list --json | jq .name")
@_JSON
@_SETTINGS
def list_(as_json: bool, settings_file: Path | None) -> None:
    """List what is watched, the next due first."""
    with _store(_load(settings_file)) as store:
        listed = store.list()
    for each in listed:
        if as_json:
            click.echo(escape.json_text(msgspec.json.encode(each).decode()))
        else:
            checked = each.checked or "never"
            click.echo(escape.terminal(f"{_line(each.watch)}  due {each.due}  last {checked}  events {each.events}"))
    if not listed and not as_json:
        _say("nothing is watched; begin with: sabaki watch add REPORT.json")


@watch.command(epilog="Example: sabaki watch remove login.example")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@_SETTINGS
def remove(names: tuple[str, ...], settings_file: Path | None) -> None:
    """Stop watching, and forget the diary."""
    with _store(_load(settings_file)) as store:
        missing = [name for name in names if not store.remove(name)]
    if missing:
        raise NoWatch(f"{', '.join(missing)}: not watched; see: sabaki watch list")


@watch.command(epilog="Example: sabaki watch show login.example --lang ja --html diary.html")
@click.argument("name")
@_LANG
@_JSON
@click.option("--html", "html_file", type=click.Path(path_type=Path), help="Write the diary as one HTML file.")
@click.option("--markdown", "markdown_file", type=click.Path(path_type=Path), help="Write the diary as Markdown.")
@click.option("--redact/--no-redact", default=None, help="Mask the victim; default: in files, not on the terminal.")
@_SETTINGS
def show(
    name: str,
    lang: str | None,
    as_json: bool,
    html_file: Path | None,
    markdown_file: Path | None,
    redact: bool | None,
    settings_file: Path | None,
) -> None:
    """Show the diary of one watch, with its timeline."""
    from sabaki.watch import masked

    chosen = _load(settings_file)
    lang = lang or chosen.language or locale_language()
    with _store(chosen) as store:
        diary, victim = store.diary(name), masked.unpacked(store.victim(name))
    if diary is None:
        raise NoWatch(f"{name}: is not watched; see: sabaki watch list")
    in_files = redact is not False
    for file, page in ((html_file, html.page), (markdown_file, markdown.page)):
        if file:
            shown = masked.mask(diary, victim) if in_files else diary
            _write(file, page(told.article(shown, lang, masked=in_files)), victim if in_files else None)
    if html_file or markdown_file:
        return
    shown = masked.mask(diary, victim) if redact else diary
    _print(shown, lang, as_json=as_json)


def _print(diary: Diary, lang: str, *, as_json: bool) -> None:
    from rich.console import Console

    if as_json:
        click.echo(escape.json_text(msgspec.json.format(msgspec.json.encode(diary), indent=2).decode()))
        return
    for line in told.lines(diary, lang, min(100, Console().width)):
        click.echo(escape.terminal(line))


def _write(file: Path, text: str, victim: Any) -> None:
    """Write an article, unless it would still show the victim."""
    from sabaki.redact import scan

    leaks = scan.leaks(text, victim) if victim is not None else ()
    if leaks:
        raise Leak(
            f"{file} was not written: it would still show {len(leaks)} of the victim's identifiers, the first {leaks[0]}"
        )
    if not file.parent.is_dir() or file.is_dir():
        raise click.UsageError(f"{file}: name a file in a directory that exists")
    partial = file.with_name(f"{file.name}.partial")
    partial.write_text(text, "utf-8")
    partial.replace(file)


@watch.command(epilog="Example: sabaki watch run --stay --dns 192.0.2.53")
@click.option("--stay", is_flag=True, help="Go on until Ctrl-C, looking at each when it is due.")
@click.option(
    "--dns", multiple=True, metavar="SERVER", help="Whom to ask for names: an IP address, or [IP]:PORT (repeat)."
)
@_LANG
@_JSON
@_SETTINGS
def run(stay: bool, dns: tuple[str, ...], lang: str | None, as_json: bool, settings_file: Path | None) -> None:
    """Look at what is due, write it down, and tell what changed. Goes online, as far as each watch and the settings allow."""
    from sabaki.cli import rounds

    chosen = _load(settings_file)
    lang = lang or chosen.language or locale_language()
    with _store(chosen) as store:
        work = rounds.Work(chosen, dns, store, lang, as_json=as_json, now=_now)
        before = signal.signal(signal.SIGTERM, _interrupt)
        try:
            work.go(stay=stay)
        except KeyboardInterrupt:
            _say("interrupted; what was seen so far is written down")
            sys.exit(exits.INTERRUPTED)
        finally:
            signal.signal(signal.SIGTERM, before)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
