"""Certificate transparency: which certificates were issued for a domain, by the logs (RFC 6962) that crt.sh or the like searches.

The domain goes to a third party, so nobody is asked unless the setting `ct_url` names whom ("https://crt.sh").
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

import msgspec

from sabaki.mail.domains import to_ascii
from sabaki.model.finding import State
from sabaki.model.knowledge import Certificate, Certificates, Known, Subject
from sabaki.sources.feedindex import clean
from sabaki.sources.source import Failed, Response, World, source

_MOST = 20_000_000
_SECONDS = 25.0
_KEPT = 100
_NAMES = 100
_NAME = 253


class _Row(msgspec.Struct):
    """One entry of a log, in the form of crt.sh's JSON. Times are UTC without saying so."""

    name_value: str = ""
    common_name: str | None = None
    issuer_name: str = ""
    serial_number: str = ""
    not_before: str | None = None
    not_after: str | None = None
    entry_timestamp: str | None = None


@source(
    accepts=("domain",),
    sends="domain",
    to="the certificate search of the setting ct_url",
    to_ja="設定 ct_url の証明書検索サービス",
    keeps=86_400,
    timeout=30.0,
    needs="ct_url",
    default=False,
    terms="crt.sh is Sectigo's, free of charge and often slow: ask it sparingly.",
)
async def ask(subject: Subject, world: World) -> tuple[Known, ...]:
    """Certificates issued for a domain and the names in them, from certificate transparency logs: when it was first prepared."""
    base = str(getattr(world.settings, "ct_url", "")).rstrip("/")
    url = f"{base}/?q={quote(subject.value, safe='')}&output=json"
    headers = {"Accept": "application/json"}
    response = await world.egress.fetch(url, headers=headers, seconds=_SECONDS, most=_MOST, redirects=2)
    if response.status != 200:
        raise _refused(response)
    try:
        rows = msgspec.json.decode(response.body, type=list[_Row])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Failed(
            State.TEMPERROR,
            f"the certificate search's answer cannot be read: {error}"[:300],
            f"証明書検索の応答を読み取れません（{error}）"[:300],
        ) from error
    return (merged(rows, subject.value),)


def _refused(response: Response) -> Failed:
    # crt.sh answers 404 where its database was too slow for it.
    again = response.status in (404, 408, 429) or response.status >= 500
    return Failed(
        State.TEMPERROR if again else State.PERMERROR,
        f"the certificate search did not answer (HTTP {response.status})",
        f"証明書検索が応答しませんでした（HTTP {response.status}）",
    )


def merged(rows: Iterable[_Row], domain: str) -> Certificates:
    """The certificates for a domain or names under it. Each is logged twice, before and after its signing: those are one."""
    found: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        if any(_is_under(name, domain) for name in _names(row)):
            found.setdefault((row.issuer_name, row.serial_number or f"{row.not_before} {row.name_value}"), []).append(
                row
            )
    certificates = sorted(map(_certificate, found.values()), key=lambda each: each.not_before or "", reverse=True)
    seen = [time for each in certificates for time in (each.logged_at or each.not_before,) if time]
    return Certificates(
        certificates=tuple(certificates[:_KEPT]), total=len(certificates), first_seen=min(seen, default=None)
    )


def _certificate(rows: list[_Row]) -> Certificate:
    first = rows[0]
    names = dict.fromkeys(name for row in rows for name in _names(row))
    logged = [time for row in rows if (time := _time(row.entry_timestamp))]
    return Certificate(
        names=tuple(names)[:_NAMES],
        issuer=_issuer(first.issuer_name),
        not_before=_time(first.not_before),
        not_after=_time(first.not_after),
        logged_at=min(logged, default=None),
    )


def _names(row: _Row) -> list[str]:
    """The DNS names, wildcards kept. Mailboxes and what is no name are left out."""
    written = [*row.name_value.split("\n", _NAMES)[:_NAMES], row.common_name or ""]
    names = (to_ascii(each.strip()) for each in written if len(each) <= _NAME)
    return [name for name in names if "." in name and all(letter.isalnum() or letter in "-._*" for letter in name)]


def _is_under(name: str, domain: str) -> bool:
    bare = name.removeprefix("*.")
    return bare == domain or bare.endswith(f".{domain}")


def _issuer(name: str) -> str:
    """The common name and organisation out of a distinguished name."""
    parts = dict(part.strip().partition("=")[::2] for part in reversed(name[:500].replace(r"\,", " ").split(",")))
    organisation, common = parts.get("O", "").strip('" '), parts.get("CN", "").strip('" ')
    return clean(" ".join(dict.fromkeys(each for each in (organisation, common) if each)) or name)


def _time(text: str | None) -> str | None:
    """RFC 3339, UTC."""
    if not text or len(text) < 10 or len(text) > 40 or not text[:4].isdecimal():
        return None
    return text.partition(".")[0].rstrip("Z") + ("Z" if "T" in text else "")
