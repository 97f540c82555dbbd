"""A watch over a link's host: what is looked at, what was seen each time, and what happened in between."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from sabaki.model.evidence import Grade
from sabaki.model.finding import State
from sabaki.model.visit import PageState


class Way(StrEnum):
    """How a watched host is looked at, from the one that tells its owner least to the one that tells most."""

    DNS = "dns"
    REGISTRATION = "registration"
    CERTIFICATE = "certificate"
    """A TLS handshake with the host itself; done where HTTP is allowed."""
    HTTP = "http"
    VISIT = "visit"


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """What is watched. `name` is unique. `host` is in A-labels or an IP address, `domain` what somebody registered for it ("" for an address).

    `url` is the link as it is asked for ("" where only the host is known), `ways` what is allowed, `verbatim` that the link is asked for as
    it stood in the mail. `added_at` is RFC 3339; `mail` is the sha256 of the mail that the link came out of, "" for none.
    """

    name: str
    host: str
    domain: str = ""
    url: str = ""
    ways: tuple[Way, ...] = (Way.DNS, Way.REGISTRATION)
    verbatim: bool = False
    added_at: str = ""
    mail: str = ""


class Resolution(msgspec.Struct, frozen=True, tag=True, kw_only=True, omit_defaults=True):
    """What the DNS says. `exists` is whether the name leads anywhere. `networks` names the network of each address ("AS64500 Example"), where known.

    `name_servers` are those of the registrable domain, None where nobody answered.
    """

    exists: bool
    addresses: tuple[str, ...] = ()
    canonical_name: str = ""
    name_servers: tuple[str, ...] | None = None
    networks: tuple[str, ...] = ()


class Registered(msgspec.Struct, frozen=True, tag=True, kw_only=True, omit_defaults=True):
    """What the registry says. `status` are its words; dates are RFC 3339. `registered` is False where it does not have the name."""

    registered: bool
    status: tuple[str, ...] = ()
    created: str | None = None
    expires: str | None = None
    registrar: str = ""
    server: str = ""


class Leaf(msgspec.Struct, frozen=True, tag=True, kw_only=True, omit_defaults=True):
    """The certificate that the host shows. `fingerprint` is the SHA-256 of the whole, dates are RFC 3339. It was not verified here."""

    fingerprint: str
    issuer: str = ""
    serial: str = ""
    not_before: str | None = None
    not_after: str | None = None
    names: tuple[str, ...] = ()


class Page(msgspec.Struct, frozen=True, tag=True, kw_only=True, omit_defaults=True):
    """What stands at the link. `url` is where it ended, `redirects` how many there were, `sha256` and `size` (bytes) the body's, as far as it was read.

    `asks` is what its forms ask for. `reason` says why it has this state.
    """

    state: PageState
    url: str = ""
    status: int = 0
    title: str = ""
    server: str = ""
    redirects: int = 0
    sha256: str = ""
    size: int = 0
    asks: tuple[str, ...] = ()
    reason: str = ""
    reason_ja: str = ""


Seen = Resolution | Registered | Leaf | Page


class Observation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One look in one way. `seen` is None where it could not be looked at: that says something about us, and nothing about the site.

    `at` is RFC 3339, `source` who told it, `vantage` from where it was looked at.
    """

    at: str
    way: Way
    state: State
    seen: Seen | None = None
    reason: str = ""
    reason_ja: str = ""
    source: str = ""
    grade: Grade = Grade.VERIFIED
    vantage: str = "direct"


class Kind(StrEnum):
    """What may happen to a watched site."""

    ALIVE = "alive"
    """It is there: at the first look, or open to us again."""
    APPEARED = "appeared"
    """There for the first time since we look."""
    REVIVED = "revived"
    """There again after it was not."""
    NOT_FOUND = "not_found"
    """Not there now. That proves nothing for tomorrow."""
    UNREACHABLE = "unreachable"
    NO_NAME = "no_name"
    GONE = "gone"
    """Not there at several looks over several days."""
    SUSPENDED = "suspended"
    PARKED = "parked"
    CLOSED = "closed"
    """It is there and does not let us see it."""
    MOVED = "moved"
    """To other addresses."""
    NAME_SERVERS = "name_servers"
    CERTIFICATE = "certificate"
    """A certificate that was not seen here before."""
    REDIRECTED = "redirected"
    """It leads to another host than before."""
    CONTENT = "content"
    HOLD = "hold"
    """The registry or the registrar took it out of the DNS."""
    HOLD_LIFTED = "hold_lifted"
    PENDING_DELETE = "pending_delete"
    EXPIRED = "expired"
    DELETED = "deleted"
    REREGISTERED = "reregistered"
    """The registration is a new one."""


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happened between two looks. `at` is when we saw it, `since` the look before: it happened between the two.

    `before` and `after` are what was seen, as it was written there. `id` is the same whenever it is derived again.
    """

    id: str
    kind: Kind
    way: Way
    at: str
    since: str = ""
    before: str = ""
    after: str = ""
    grade: Grade = Grade.VERIFIED


class Notice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Word of one event to one receiver. `channel` is "command", "webhook" or "mail"; `state` "waiting", "sent" or "given_up".

    `id` is the same at every try, so that a receiver can tell a repetition. `tries` counts the attempts, `reason` is why the last one failed.
    """

    id: str
    watch: str
    channel: str
    event: Event
    state: str = "waiting"
    tries: int = 0
    reason: str = ""


class Diary(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of a watched site. Observations and events are in the order in which they were made.

    `due` is when it is looked at next (RFC 3339), `notices` how the word of it went.
    """

    watch: Watch
    observations: tuple[Observation, ...] = ()
    events: tuple[Event, ...] = ()
    due: str = ""
    notices: tuple[Notice, ...] = ()
