"""`sabaki lookup`, `sabaki sources`, `sabaki data`: what the world knows of one thing, who is asked for it, and what lies here."""

from __future__ import annotations

import asyncio
import ipaddress
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from sabaki import settings
from sabaki.cli import exits, lookups
from sabaki.mail import urls
from sabaki.mail.domains import registrable_domain, to_ascii
from sabaki.model.finding import State
from sabaki.model.knowledge import Knowledge, Subject
from sabaki.render import escape

_SETTINGS = click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path),
    envvar="SABAKI_SETTINGS",
    help="A settings file (TOML). [env: SABAKI_SETTINGS]",
)
_STATES = {State.SKIPPED: "not asked", State.TEMPERROR: "no answer", State.PERMERROR: "failed"}


class NoData(click.ClickException):
    """A database could not be fetched."""

    exit_code = exits.INPUT


def subjects(value: str) -> tuple[Subject, ...]:
    """What a word on the command line may be asked as: an address, an AS number, a link, a mailbox, a host. Raises click.UsageError."""
    text = value.strip()
    if text[:2].upper() == "AS" and text[2:].isdecimal():
        return (Subject("asn", text[2:]),)
    try:
        return (Subject("ip", str(ipaddress.ip_address(text.strip("[]")))),)
    except ValueError:
        pass
    if "://" in text:
        found = urls.parse(text, "text")
        if found is None or not found.host:
            raise click.UsageError(f"{text[:100]}: is no link with a host")
        return (Subject("url", found.value), *subjects(found.ip or found.host))
    host = to_ascii(text.rpartition("@")[2].rstrip(".").lower())
    domain = registrable_domain(host) if host else None
    if not host or not domain:
        raise click.UsageError(
            f"{text[:100]}: is no IP address, AS number, link, mailbox or registrable domain; "
            "such as 192.0.2.1, AS64500, https://example.jp/x, a@example.jp, www.example.jp"
        )
    return Subject("host", host), Subject("domain", domain)


def _load(file: Path | None) -> settings.Settings:
    try:
        return settings.load(file) if file else settings.Settings()
    except settings.SettingsError as error:
        raise click.UsageError(str(error)) from error


@click.command(
    epilog="""Examples:

\b
  sabaki lookup 20.63.138.218                 (only what lies on this machine)
  sabaki lookup 20.63.138.218 --online
  sabaki lookup https://example.jp/login --online --json
"""
)
@click.argument("value")
@click.option(
    "--online", is_flag=True, help="Ask others too; `sabaki sources` says who gets what. Default: nothing leaves."
)
@click.option(
    "--dns",
    multiple=True,
    metavar="SERVER",
    help="Whom --online asks: an IP address, [IP]:PORT, or https://... (repeat).",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON, for machines.")
@_SETTINGS
def lookup(value: str, online: bool, dns: tuple[str, ...], as_json: bool, settings_file: Path | None) -> None:
    """Ask what is known of one IP address, AS number, domain, link or mailbox. Not known is not harmless."""
    chosen = _load(settings_file)
    asked = subjects(value)
    with lookups.outside(chosen, dns) if online else lookups.inside(chosen) as gatherer:
        found = gatherer.gather(asked)
    if as_json:
        click.echo(escape.json_text(msgspec.json.format(msgspec.json.encode(found), indent=2).decode()))
        return
    for known in found:
        for line in _lines(known):
            click.echo(escape.terminal(line))
    if not online:
        click.echo("nobody was asked: this is what lies on this machine; add --online to ask others", err=True)


def _lines(known: Knowledge) -> Iterator[str]:
    """An answer as lines: what was asked of whom, then what was said."""
    when = f", {known.obtained_at}" if known.obtained_at else ""
    head = f"{known.source}: {known.subject.kind} {known.subject.value}"
    if known.state is not State.RAN:
        yield f"{head}: {_STATES[known.state]}: {known.reason}"
        return
    yield f"{head} [{known.grade}{when}{', kept from earlier' if known.cached else ''}]"
    if not known.known:
        yield "    nothing is known of it there, which does not make it harmless"
    for each in known.known:
        for name, value in msgspec.to_builtins(each).items():
            if value not in (None, "", [], False) and name not in ("type", "text", "lookups"):
                yield f"    {name.replace('_', ' ')}: {_plain(value)}"


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_plain(each) for each in value[:12]) + (" …" if len(value) > 12 else "")
    if isinstance(value, dict):
        return " ".join(f"{key}={_plain(each)}" for key, each in value.items() if each)
    return str(value)


@click.command(epilog="Example: sabaki sources --json | jq '.[] | {id, sends, to}'")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for machines.")
@_SETTINGS
def sources(as_json: bool, settings_file: Path | None) -> None:
    """List the sources: what each sends, to whom, and whether `--online` asks it."""
    from sabaki.sources.source import registered

    chosen = _load(settings_file)
    rows = []
    for each in registered().values():
        ready = not each.needs or bool(getattr(chosen, each.needs, ""))
        leaves = {each.leaves(kind) for kind in each.accepts}
        state = "with --online" if lookups.is_asked(each, chosen) else "not asked"
        state = "always" if each.sends == "nothing" and each.id not in chosen.not_asked else state
        if not chosen.leaving.union({""}) & leaves:
            state = "not asked: the settings do not let it leave (may_send, tlp)"
        elif not ready:
            state = f"not asked: the setting {each.needs} is missing"
        rows.append({"id": each.id, "accepts": each.accepts, "sends": each.sends, "to": each.to, "to_ja": each.to_ja})
        rows[-1] |= {"state": state, "description": each.description, "terms": each.terms}
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['id']:14} {row['state']}")
        click.echo(f"{'':14} {row['description']}")
        click.echo(f"{'':14} sends: {row['sends']}" + (f", to {row['to']}" if row["to"] else ""))
        if row["terms"]:
            click.echo(f"{'':14} terms: {row['terms']}")


@click.group(epilog="Example: sabaki data pull")
def data() -> None:
    """The databases of places and networks that lie on this machine."""


@data.command(epilog="Example: sabaki data refresh --dns 192.0.2.53")
@click.option(
    "--dns",
    multiple=True,
    metavar="SERVER",
    help="Whom to ask for names: an IP address, [IP]:PORT, or https://... (repeat).",
)
@_SETTINGS
def refresh(dns: tuple[str, ...], settings_file: Path | None) -> None:
    """Fetch anew which RDAP server is responsible for what (from IANA), and Safe Browsing's lists where its key is set."""
    chosen = _load(settings_file)
    said, failed = asyncio.run(_refreshed(chosen, lookups.servers(chosen, dns)))
    for line in said:
        click.echo(escape.terminal(line))
    if failed:
        raise NoData("; ".join(failed) + "; what was there before stays")


async def _refreshed(chosen: settings.Settings, servers: Any) -> tuple[list[str], list[str]]:
    """What was fetched, and what was not: one that fails does not keep the other back."""
    from sabaki.sources import bootstrap, outside, safe_browsing
    from sabaki.sources.source import Failed

    world = outside.Outside(chosen, servers)
    said, failed = [], []
    try:
        for name, content in (await bootstrap.refresh(world)).items():
            target = world.data / name
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_suffix(".partial")
            partial.write_bytes(content)
            partial.replace(target)
            said.append(f"{name}: {len(content):,} bytes")
    except Failed as error:
        failed.append(str(error))
    try:
        if chosen.safe_browsing_key:
            lists = await safe_browsing.pull(world)
            said += [
                f"Safe Browsing {head.name}: {head.count:,} entries of {head.fetched:%Y-%m-%d %H:%M}" for head in lists
            ]
    except Failed as error:
        failed.append(str(error))
    await world.close()
    return said, failed


@data.command(epilog="Example: sabaki data index --settings sabaki.toml")
@_SETTINGS
def index(settings_file: Path | None) -> None:
    """Index the local lists: those of the settings, and what lies in feeds/ and allow/ of the directory of data."""
    from sabaki.sources import feeds, inside

    chosen = _load(settings_file)
    directory = inside.data_directory(chosen)
    directory.mkdir(parents=True, exist_ok=True)
    for feed in feeds.index(directory, chosen):
        unread = f", {feed.unread:,} not understood" if feed.unread else ""
        click.echo(escape.terminal(f"{feed.name} of {feed.date or 'unknown date'}: {feed.entries:,} entries{unread}"))


@data.command(epilog="Example: sabaki data pull --from @ip-location-db/asn=asn.tgz")
@click.option(
    "--from", "archives", multiple=True, metavar="PACKAGE=FILE", help="A package that was fetched elsewhere (repeat)."
)
@_SETTINGS
def pull(archives: tuple[str, ...], settings_file: Path | None) -> None:
    """Fetch the databases with npm, verify them, and say what they are. What was there before stays until the new one is read."""
    from sabaki.sources import inside
    from sabaki.sources import pull as pulling

    given = {}
    for text in archives:
        package, equals, file = text.rpartition("=")
        if not equals or package not in (pulling.CITY, pulling.ASN):
            raise click.UsageError(f"--from {text}: name {pulling.CITY}=FILE or {pulling.ASN}=FILE")
        given[package] = Path(file)
    directory = inside.data_directory(_load(settings_file))
    click.echo(f"into {directory}", err=True)
    try:
        for done in pulling.pull(directory, given):
            click.echo(f"{done.name} of {done.date}, {done.size / 1e6:.0f} MB ({done.file}). {done.licence}")
    except pulling.PullError as error:
        raise NoData(str(error)) from error
