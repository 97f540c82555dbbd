"""`sabaki dissect --visit`: goes to where a mail's links lead, and keeps the pictures for its article."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from sabaki.cli import lookups
from sabaki.facts import brands, identity
from sabaki.model.case import Case
from sabaki.model.finding import State
from sabaki.model.observable import Url
from sabaki.model.report import Report
from sabaki.model.visit import Mode, Visit
from sabaki.settings import Settings

_MOST = 2
"""Links of one mail that are visited: one of each site."""
_TOLD = (
    "not visited: the host's name itself tells who the recipient is (--visit verbatim goes there all the same)",
    "ホスト名そのものに受信者を示す情報が含まれるため、訪問していません（--visit verbatim なら訪問します）",
)
_PLACES = {"ja": ("ja-JP", "Asia/Tokyo")}
_ELSEWHERE = ("en-US", "America/New_York")


class Going:
    """Visits the links of mails. `folder` is where what was found is kept, each file named by its hash; None: only for the article.

    Raises click.UsageError where the settings let no link leave.
    """

    def __init__(self, chosen: Settings, dns: Sequence[str], mode: Mode, folder: Path | None) -> None:
        may_go(chosen)
        self._chosen = chosen
        self._servers = lookups.servers(chosen, dns)
        self._mode = mode
        self._folder = folder
        self._kept: dict[str, bytes] = {}

    def visit(self, case: Case) -> tuple[Visit, ...]:
        """Where the links of a case lead today. What was kept of the mail before is let go."""
        self._kept.clear()
        return tuple(asyncio.run(self._go(case, url)) for url in links(case)[:_MOST])

    async def _go(self, case: Case, url: Url) -> Visit:
        from sabaki.sources.egress import Guard
        from sabaki.sources.outside import Outside
        from sabaki.visit import proxy
        from sabaki.visit import visit as going

        wanted = self._wanted(case, url)
        if wanted is None:
            return Visit(url=url.value, mode=self._mode, outcome=State.SKIPPED, reason=_TOLD[0], reason_ja=_TOLD[1])
        world = Outside(self._chosen, self._servers)
        try:
            guard = Guard(world.addresses, ports=proxy.PORTS)
            return await going.visit(url.value, wanted, guard=guard, keep=self._keep)
        finally:
            await world.close()

    def _wanted(self, case: Case, url: Url) -> Any:
        """How to go; None where even the host's name tells the recipient, and another name would lead elsewhere."""
        from sabaki.visit import strip
        from sabaki.visit import visit as going

        told = recipient(case)
        visited, sent = url.value, told.addresses
        if self._mode is Mode.STRIPPED:
            stripped = strip.strip(url.value, told, secrets.token_bytes(16))
            tells = url.trait("recipient_in_url")
            if tells and tells.where == "host":
                return None  # the reader's domain alone as bait tells nobody which mailbox was read
            visited, sent = stripped.url, stripped.sent
        locale, zone = _PLACES.get(case.lure.language, _ELSEWHERE)
        return going.Wanted(visited=visited, mode=self._mode, sent=sent, locale=locale, zone=zone)

    def _keep(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        self._kept[digest] = content
        if self._folder is not None:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                (self._folder / digest).write_bytes(content)
            except OSError as error:
                raise click.UsageError(f"--artifacts {self._folder}: cannot be written ({error.strerror})") from error
        return digest

    def pictures(self, report: Report, *, masked: bool) -> Mapping[str, bytes]:
        """The screenshots of a report that may be shown, by the hash of the original; masked ones where that is wanted.

        A screenshot that cannot be masked is left out: an article without it is better than one that shows the victim.
        """
        try:
            from sabaki.redact import picture
        except ImportError:
            return {}
        shown: dict[str, bytes] = {}
        for visit in report.visits if report.visits and self._kept else ():
            layouts = {each.viewport: each.sha256 for each in visit.artifacts if each.kind == "layout"}
            for each in visit.artifacts:
                if each.kind != "screenshot" or each.sha256 not in self._kept:
                    continue
                try:
                    content, layout = self._kept[each.sha256], self._kept.get(layouts.get(each.viewport, ""), b"")
                    shown[each.sha256] = picture.masked(content, layout, report) if masked else picture.plain(content)
                except picture.CannotMask:
                    continue
        return shown


def may_go(chosen: Settings) -> None:
    """Raises click.UsageError where the settings let no link leave: then nothing is visited."""
    if "url" not in chosen.leaving:
        raise click.UsageError("the settings do not let links leave (may_send, tlp), so nothing is visited")


def recipient(case: Case) -> Any:
    """What in a link would tell whom the mail was sent to: all that an article masks."""
    from sabaki.redact import identifiers
    from sabaki.visit.strip import Recipient

    known = identifiers.of(case)
    return Recipient(known.addresses, known.domains, known.words, known.tokens, known.names)


def links(case: Case) -> list[Url]:
    """The links that are worth a visit, the first of each site: never the reader's own, a known brand's, or one that cancels something."""
    from sabaki.visit import cancels

    listed = [field.value for field in case.all("list-unsubscribe")]
    first: dict[str, Url] = {}
    for url in case.urls:
        site = url.registrable_domain or url.host
        if not (url.clickable and url.host and url.scheme in ("http", "https")) or identity.own(case, url.host):
            continue
        if brands.owner_of(site) is None and not cancels.cancels(url, listed):
            first.setdefault(site, url)
    return list(first.values())


def confirm(mode: str, *, yes: bool) -> Mode | None:
    """The mode of `--visit`, None for none. Raises click.UsageError where what it means was not confirmed."""
    if mode == "none":
        return None
    if mode == Mode.VERBATIM and not yes:
        raise click.UsageError(
            "--visit verbatim: the sender may learn that the address is read; if that is wanted, add --yes"
        )
    return Mode(mode)
