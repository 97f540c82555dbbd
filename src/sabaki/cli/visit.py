"""`sabaki visit`: a browser that is shut in goes to one link, and what it saw comes back."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from sabaki import settings
from sabaki.cli import exits, going, lookups
from sabaki.cli.output import locale_language
from sabaki.facts import pagestate
from sabaki.mail import urls
from sabaki.model.finding import State
from sabaki.model.visit import Artifact, Mode, Step, View, Visit
from sabaki.render import defang, escape

_PLACES = {"ja": ("ja-JP", "Asia/Tokyo"), "en": ("en-US", "America/New_York")}
_ENDINGS = {"image/png": ".png", "application/json": ".json"}
"""Of the files that are written; whatever else came from the page gets .txt: nothing of it runs when it is opened."""
_VIEWS = {"both": ("desktop", "phone"), "desktop": ("desktop",), "phone": ("phone",)}
_LONGEST = 300


@click.command(
    epilog="""Examples:

\b
  sabaki visit https://login.example/x
  sabaki visit 'https://login.example/#dGFyb0BleGFtcGxlLmpw' --recipient taro@example.jp --out found/
  sabaki visit https://login.example/x --upstream socks5://127.0.0.1:9050 --json | jq .state
  sabaki visit https://login.example/x --mode verbatim --yes

Exit codes: 0 visited, 2 wrong usage, or a link that is never visited, 5 no page is visited on this machine.
"""
)
@click.argument("url")
@click.option(
    "--mode",
    type=click.Choice([mode.value for mode in Mode]),
    default=Mode.STRIPPED.value,
    show_default=True,
    help="stripped: what tells the recipient is replaced by something of the same shape; verbatim: as it stands.",
)
@click.option("--yes", is_flag=True, help="With --mode verbatim: the sender may learn that the address is read; go.")
@click.option(
    "--recipient",
    multiple=True,
    metavar="ADDRESS",
    help="Whom the link may tell; the settings' mailboxes too (repeat).",
)
@click.option("--view", type=click.Choice(list(_VIEWS)), default="both", show_default=True, help="Who looks.")
@click.option("--locale", metavar="TAG", help="The visitor's language, such as ja-JP. Default: by --lang.")
@click.option("--zone", metavar="ZONE", help="The visitor's time zone, such as Asia/Tokyo. Default: by --lang.")
@click.option("--user-agent", default="", metavar="TEXT", help="Another User-Agent than Chromium's usual one.")
@click.option(
    "--upstream", default="", metavar="URL", help="Go through this proxy: socks5://HOST:PORT or http://HOST:PORT."
)
@click.option("--insecure", is_flag=True, help="Go on where the certificate is none that a browser accepts.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write what was found into this folder.")
@click.option(
    "--dns", multiple=True, metavar="SERVER", help="Whom to ask for names: an IP address, or [IP]:PORT (repeat)."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON, for machines.")
@click.option("--lang", type=click.Choice(["ja", "en"]), help="Language; default: the settings', else your locale's.")
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path),
    envvar="SABAKI_SETTINGS",
    help="A settings file (TOML). [env: SABAKI_SETTINGS]",
)
def visit(url: str, mode: str, yes: bool, as_json: bool, lang: str | None, out: Path | None, **options: Any) -> None:
    """Go to a link with a browser that is shut in, as a desktop and as a phone, and say what stands there, what it asks for and where that would go."""
    chosen = _load(options["settings_file"])
    lang = lang or chosen.language or locale_language()
    wanted = _wanted(url, Mode(mode), chosen, lang, options)
    if wanted.mode is Mode.VERBATIM and not yes:
        _confirm(lang)
    kept: dict[str, bytes] = {}
    click.echo(
        _say(lang, "sabaki: on the way; this takes up to a minute", "sabaki: 訪問中です（長くて1分ほど）"), err=True
    )
    done = asyncio.run(_go(url, wanted, chosen, options["dns"], kept))
    if out is not None and done.outcome is State.RAN:
        _write(out, done, kept)
    if as_json:
        click.echo(escape.json_text(msgspec.json.format(msgspec.json.encode(done), indent=2).decode()))
    else:
        for line in lines(done, lang):
            click.echo(escape.terminal(line))
    sys.exit(exits.OK if done.outcome is State.RAN else exits.CANNOT_VISIT)


def _load(file: Path | None) -> settings.Settings:
    try:
        chosen = settings.load(file) if file else settings.Settings()
    except settings.SettingsError as error:
        raise click.UsageError(str(error)) from error
    going.may_go(chosen)
    return chosen


def _wanted(url: str, mode: Mode, chosen: settings.Settings, lang: str, options: dict[str, Any]) -> Any:
    """How to go. Raises click.UsageError for a link that is none, or is never visited."""
    from sabaki.visit import cancels, strip, upstream
    from sabaki.visit import visit as visiting

    found = urls.parse(url.strip(), "text")
    if found is None or found.scheme not in ("http", "https") or not (found.host or found.ip):
        raise click.UsageError(f"{url[:100]}: is no http or https link with a host; such as https://login.example/x")
    if cancels.cancels(found):
        raise click.UsageError(
            f"{url[:100]}: seems to cancel a subscription; such a link is never visited, since to fetch it acts for the recipient"
        )
    try:
        upstream.parse(options["upstream"])
    except upstream.NotAnUpstream as error:
        raise click.UsageError(f"--upstream: {error}") from error
    addresses = tuple(box.lower() for box in (*options["recipient"], *(chosen.mailboxes or ())) if "@" in box)
    visited, sent = found.value, addresses
    if mode is Mode.STRIPPED:
        known = strip.of_addresses(addresses, chosen.vantage.own_domains)
        stripped = strip.strip(found.value, known, secrets.token_bytes(16))
        visited, sent = stripped.url, stripped.sent
        if stripped.told_by_host:
            click.echo(
                _say(
                    lang,
                    "sabaki: the host's name itself tells the recipient; it is left as it is, since another one would lead elsewhere",
                    "sabaki: ホスト名そのものに受信者を示す部分がありますが、変えると別の場所になるため、そのままにしています",
                ),
                err=True,
            )
    locale, zone = _PLACES[lang]
    return visiting.Wanted(
        visited=visited,
        mode=mode,
        sent=sent,
        locale=options["locale"] or locale,
        zone=options["zone"] or zone,
        views=_VIEWS[options["view"]],
        agent=options["user_agent"],
        upstream=options["upstream"],
        insecure=options["insecure"],
    )


def _confirm(lang: str) -> None:
    asked = _say(
        lang,
        "The link is visited as it stands: its sender may learn that the address is read. Go?",
        "リンクをそのまま開きます。送信者に「このアドレスは読まれている」と知られるおそれがあります。訪問しますか",
    )
    if not sys.stdin.isatty():
        raise click.UsageError(
            "--mode verbatim: the sender may learn that the address is read; if that is wanted, add --yes"
        )
    click.confirm(asked, abort=True, err=True)


async def _go(url: str, wanted: Any, chosen: settings.Settings, dns: tuple[str, ...], kept: dict[str, bytes]) -> Visit:
    from sabaki.sources.egress import Guard
    from sabaki.sources.outside import Outside
    from sabaki.visit import proxy
    from sabaki.visit import visit as visiting

    def keep(content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        kept[digest] = content
        return digest

    world = Outside(chosen, [] if wanted.upstream else lookups.servers(chosen, dns))
    try:
        return await visiting.visit(url, wanted, guard=Guard(world.addresses, ports=proxy.PORTS), keep=keep)
    finally:
        await world.close()


def _write(out: Path, done: Visit, kept: dict[str, bytes]) -> None:
    """Everything that was kept, under names of our own, and the visit itself. Raises click.UsageError where that cannot be."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        for each in done.artifacts:
            (out / _file(each)).write_bytes(kept[each.sha256])
        (out / "visit.json").write_bytes(msgspec.json.format(msgspec.json.encode(done), indent=2))
    except OSError as error:
        raise click.UsageError(f"--out {out}: cannot be written ({error.strerror})") from error


def _file(each: Artifact) -> str:
    ending = ".har" if each.kind == "har" else _ENDINGS.get(each.media_type, ".txt")
    return f"{each.viewport or 'all'}-{each.kind}{ending}"


# -- the lines


def lines(done: Visit, lang: str) -> Iterator[str]:
    """A visit as lines of text. What the page wrote is cut and defanged, and still to be escaped for a terminal."""
    if done.outcome is not State.RAN:
        yield _say(lang, done.reason, done.reason_ja)
        return
    state = pagestate.STATES[done.state][lang == "ja"]
    yield f"{state}: {defang.prose(_say(lang, done.state_reason, done.state_reason_ja))}"
    circumstances = f"{done.browser}, {done.vantage}, {done.locale}, {done.zone}, {done.seconds:g} s"
    yield _say(
        lang,
        f"  {done.mode}: {defang.url(done.visited)} ({circumstances})",
        f"  {done.mode}: {defang.url(done.visited)}（{circumstances}）",
    )
    for view in done.views:
        yield from _view(view, lang)
    for each in done.refusals:
        said = f"{defang.host(each.host)}:{each.port} ×{each.count}"
        yield _say(
            lang,
            f"  not let through: {said} ({defang.prose(each.reason)})",
            f"  遮断: {said}（{defang.prose(each.reason)}）",
        )
    if done.limits:
        yield _say(lang, f"  limits reached: {', '.join(done.limits)}", f"  上限に達した項目: {'、'.join(done.limits)}")


def _view(view: View, lang: str) -> Iterator[str]:
    state = pagestate.STATES[view.state][lang == "ja"]
    yield f"{view.name}: {state}: {defang.prose(_cut(view.title))}"
    for step in view.steps:
        yield f"  {_step(step)}"
    for form in view.forms:
        asks = ", ".join(form.asks) or _say(lang, "nothing known", "判別できる項目なし")
        elsewhere = _say(lang, " (another site)", "（別のサイト）") if form.elsewhere else ""
        to = f"{form.method.upper()} {defang.url(_cut(form.action))}{elsewhere}"
        yield _say(lang, f"  form: asks for {asks}; would go to {to}", f"  フォーム: 求める情報 {asks}、送信先 {to}")
    for file in view.downloads:
        said = f"{_cut(file.name)} ({file.size:,} bytes, sha256 {file.sha256 or '-'})"
        yield _say(lang, f"  file: {said}", f"  ファイル: {said}")
    for trait in view.traits:
        yield _say(
            lang,
            f"  trait: {trait.id} {defang.prose(_cut(trait.detail))}",
            f"  特徴: {trait.id} {defang.prose(_cut(trait.detail))}",
        )
    if view.brands:
        yield _say(lang, f"  brands: {', '.join(view.brands)}", f"  ブランド: {'、'.join(view.brands)}")
    if view.icon_hash is not None:
        yield f"  favicon: mmh3 {view.icon_hash}, sha256 {view.icon}"
    if view.dialogs:
        first = defang.prose(_cut(view.dialogs[0]))
        yield _say(
            lang,
            f"  dialogs: {len(view.dialogs)}, the first: {first}",
            f"  ダイアログ: {len(view.dialogs)} 件、最初は「{first}」",
        )


def _step(step: Step) -> str:
    told = [str(step.status or "-"), step.address and defang.host(step.address)]
    if step.tls is not None:
        told += [
            step.tls.protocol,
            step.tls.issuer and f"{step.tls.issuer} {step.tls.not_before or ''}".strip(),
            step.tls.error,
        ]
    return f"{step.how}: {defang.url(_cut(step.url))} ({', '.join(each for each in told if each)})"


def _cut(text: str) -> str:
    return " ".join(text[:_LONGEST].split()) + ("…" if len(text) > _LONGEST else "")


def _say(lang: str, en: str, ja: str) -> str:
    return ja if lang == "ja" else en
