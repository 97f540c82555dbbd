"""One frozen Settings, read once and passed down. No globals.

Read from `sabaki.toml` (or the file that `--settings` or `SABAKI_SETTINGS` names); flags add to it.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from sabaki.mail.limits import Limits
from sabaki.model.case import Vantage


class SettingsError(Exception):
    """The settings file cannot be used; the message says why and what to do."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the reader has set.

    `own_hosts` are names (or addresses) of servers whose Received lines you trust, `own_domains` the domains that are
    yours, `mailboxes` the addresses that exist in them (leave it out if you do not want that judged).
    `rules` is a directory of YARA rules that are applied to every file that comes with a mail; empty: none.
    `trusted_sealers` are domains of forwarders and mailing lists whose ARC seals you believe.
    `dns_servers` are the resolvers that are asked with `--online` (addresses, with ":port" where it is not 53); empty: the system's.
    `dns_timeout` is for how many seconds one question may take, all servers together.
    `language` is that of the output where `--lang` names none; empty: the locale's.
    """

    own_hosts: tuple[str, ...] = ()
    own_domains: tuple[str, ...] = ()
    mailboxes: tuple[str, ...] | None = None
    language: Literal["", "ja", "en"] = ""
    rules: str = ""
    trusted_sealers: tuple[str, ...] = ()
    dns_servers: tuple[str, ...] = ()
    dns_timeout: Annotated[float, msgspec.Meta(ge=0.1, le=60)] = 5.0
    limits: Limits = Limits()

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
