"""One frozen Settings, read once and passed down. No globals.

Read from `sabaki.toml` (or the file that `--settings` or `SABAKI_SETTINGS` names); flags add to it.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from sabaki.facts.schedule import STEPS
from sabaki.mail.limits import Limits
from sabaki.model.case import Vantage

_AMBER = frozenset({"hash-prefix"})


class SettingsError(Exception):
    """The settings file cannot be used; the message says why and what to do."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the reader has set.

    `own_hosts` are names (or addresses) of servers whose Received lines you trust, `own_domains` the domains that are
    yours, `mailboxes` the addresses that exist in them (leave it out if you do not want that judged).
    `rules` is a directory of YARA rules that are applied to every file that comes with a mail; empty: none.
    `trusted_sealers` are domains of forwarders and mailing lists whose ARC seals you believe.
    `dns_servers` are the resolvers that are asked with `--online` (addresses, with ":port" where it is not 53, or URLs of DNS over HTTPS); empty: the system's.
    `dns_timeout` is for how many seconds one question may take, all servers together.
    `data` is the directory with the databases that `sabaki data pull` fetches, `place_files` are geolocation databases (MMDB) of your
    own, which then go first. `safe_browsing_key` and `web_risk_key` are keys of these services; without one it is not asked.
    `feeds` and `allow_lists` are files of local lists, `feed_days` the age from which a feed is called old (0: each list's own);
    `dnsbl` are the zones of DNS lists to ask. `ct_url` and the other `..._key` name services that are asked only where they are given.
    `safe_browsing_mode` is "realtime" or "local"; the `..._url` are base URLs, empty for the services' own.
    `may_send` is what may leave with `--online`, by kind ("name" is a question to the DNS); `not_asked` names sources that are never asked,
    `tlp` is the Traffic Light Protocol's level for all mails: with "amber" no more than hash prefixes leave, with "red" nothing does.
    `watch_steps` is how long `sabaki watch` waits for its next look, after each that saw nothing new, the last one over and over. Changes are told to
    `watch_command` (a program and its arguments, which gets the notice as JSON on standard input), `watch_webhook` (a URL that it is posted to)
    and `watch_mail_to` by way of the submission server `watch_mail_server` ("localhost:25"), as `watch_mail_from`.
    `language` is that of the output where `--lang` names none; empty: the locale's.
    """

    own_hosts: tuple[str, ...] = ()
    own_domains: tuple[str, ...] = ()
    mailboxes: tuple[str, ...] | None = None
    language: Literal["", "ja", "en"] = ""
    rules: str = ""
    trusted_sealers: tuple[str, ...] = ()
    dns_servers: tuple[str, ...] = ()
    data: str = ""
    place_files: tuple[str, ...] = ()
    safe_browsing_key: str = ""
    safe_browsing_mode: Literal["realtime", "local"] = "realtime"
    safe_browsing_url: str = ""
    web_risk_key: str = ""
    web_risk_url: str = ""
    dnsbl: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    allow_lists: tuple[str, ...] = ()
    feed_days: int = 0
    ct_url: str = ""
    virustotal_key: str = ""
    virustotal_url: str = ""
    urlscan_key: str = ""
    urlscan_url: str = ""
    abuseipdb_key: str = ""
    abuseipdb_url: str = ""
    otx_key: str = ""
    otx_url: str = ""
    may_send: tuple[Literal["hash-prefix", "name", "ip", "domain", "asn", "url", "mailbox"], ...] = (
        "hash-prefix",
        "name",
        "ip",
        "domain",
        "asn",
        "url",
        "mailbox",
    )
    not_asked: tuple[str, ...] = ()
    tlp: Literal["", "clear", "green", "amber", "amber+strict", "red"] = ""
    watch_steps: tuple[str, ...] = STEPS
    watch_command: tuple[str, ...] = ()
    watch_webhook: str = ""
    watch_mail_server: str = ""
    watch_mail_from: str = ""
    watch_mail_to: tuple[str, ...] = ()
    dns_timeout: Annotated[float, msgspec.Meta(ge=0.1, le=60)] = 5.0
    limits: Limits = Limits()

    @property
    def leaving(self) -> frozenset[str]:
        """The kinds that may leave, the TLP level above all."""
        allowed = {"red": frozenset[str](), "amber": _AMBER, "amber+strict": _AMBER}.get(self.tlp)
        return frozenset(self.may_send) if allowed is None else allowed.intersection(self.may_send)

    @property
    def vantage(self) -> Vantage:
        """Where the reader stands: what is theirs."""
        return Vantage(
            own_hosts=tuple(host.strip(" .").lower() for host in self.own_hosts),
            own_domains=tuple(domain.strip(" .@").lower() for domain in self.own_domains),
            mailboxes=None if self.mailboxes is None else tuple(box.strip().lower() for box in self.mailboxes),
            trusted_sealers=tuple(domain.strip(" .@").lower() for domain in self.trusted_sealers),
        )


def load(path: Path) -> Settings:
    """Read a settings file (TOML). Raises SettingsError."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Settings)
    except OSError as error:
        raise SettingsError(f"cannot read the settings file {path.name}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(f"the settings file {path.name} is not valid: {error}") from error
