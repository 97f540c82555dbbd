"""What a careful visit to a page brought back: where it led, what stood there, what it asked for; each piece with its time."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from sabaki.model.finding import State


class Mode(StrEnum):
    """How a link is visited."""

    STRIPPED = "stripped"
    """What tells the recipient is replaced by random characters of the same shape; the fragment stays."""
    VERBATIM = "verbatim"
    """As it stands in the mail: the sender may learn that the address is read."""


class PageState(StrEnum):
    """What has become of the page. One look never proves that it is gone for good."""

    ALIVE = "alive"
    """It shows a page of its own."""
    NOT_FOUND = "not_found"
    """404 or the like to this visitor, now: kits answer that per visitor."""
    GONE = "gone"
    """410, or nothing there for several visits over several days."""
    PARKED = "parked"
    """A page of a registrar or of a seller of domains."""
    CHALLENGE = "challenge"
    """A CAPTCHA or the like stands before it."""
    DECOY = "decoy"
    """It shows something harmless, or sends elsewhere, and there are signs that others get to see more."""
    SUSPENDED = "suspended"
    """The host has shut it down and says so."""
    FORBIDDEN = "forbidden"
    """401, 403, 429, 451: it is there and does not let this visitor in."""
    BROKEN = "broken"
    """5xx: the server has an error."""
    EMPTY = "empty"
    """A page with nothing on it, or a server's default page."""
    NO_NAME = "no_name"
    """The name does not resolve any more."""
    TLS_FAILURE = "tls_failure"
    """No certificate that a browser accepts."""
    UNREACHABLE = "unreachable"
    """No connection, or no answer in time."""
    REFUSED = "refused"
    """We did not go there: the address is none that may be visited."""
    UNKNOWN = "unknown"
    """What came back settles nothing."""


class Tls(msgspec.Struct, frozen=True, omit_defaults=True):
    """The certificate and the session, as the browser saw them. Dates are RFC 3339; `error` is the browser's word for what is wrong with it."""

    protocol: str = ""
    cipher: str = ""
    subject: str = ""
    issuer: str = ""
    names: tuple[str, ...] = ()
    not_before: str | None = None
    not_after: str | None = None
    error: str = ""


class Step(msgspec.Struct, frozen=True):
    """One page on the way. `how` says what led there: "start", "http" (a redirect), "meta", "script", "refresh" (a header), "form",
    "window" (one that the page wanted to open; it was closed, and nobody went there).

    `status` is 0 where no answer came; `address` is where the proxy connected to.
    """

    url: str
    how: str
    status: int = 0
    address: str = ""
    server: str = ""
    content_type: str = ""
    location: str = ""
    tls: Tls | None = None
    at: str = ""


class Artifact(msgspec.Struct, frozen=True):
    """Something that was kept, as a file named by its hash. `kind` is "screenshot", "screenshot_full", "layout" and "layout_full" (where each
    piece of text stands on them, in their pixels), "dom", "text", "har", "favicon", "log". `size` is in bytes, `at` RFC 3339, `viewport`
    whose view it is ("" where it is of all).
    """

    kind: str
    sha256: str
    size: int
    media_type: str
    at: str
    viewport: str = ""
    width: int = 0
    height: int = 0


class FormField(msgspec.Struct, frozen=True, omit_defaults=True):
    """A field of a form. `asks` is what it wants: "password", "login", "email", "card_number", "card_code", "card_expiry",
    "one_time_code", "pin", "name", "address", "birth_date", "phone", "account_number", "my_number", "file" ..., "" for the rest.
    """

    name: str = ""
    type: str = ""
    label: str = ""
    asks: str = ""
    value: str = ""
    hidden: bool = False


class Form(msgspec.Struct, frozen=True):
    """A form, and where it would post. `elsewhere` is set where that is another site than the page's. Fields outside of any form are one too."""

    action: str
    method: str = "get"
    fields: tuple[FormField, ...] = ()
    elsewhere: bool = False

    @property
    def asks(self) -> tuple[str, ...]:
        """What it wants, each once."""
        return tuple(dict.fromkeys(field.asks for field in self.fields if field.asks))


class Resource(msgspec.Struct, frozen=True):
    """What was loaded from one host. `addresses` are those that were connected to, `size` is in bytes, `refused` counts what our proxy did not let through."""

    host: str
    requests: int = 0
    size: int = 0
    addresses: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    refused: int = 0


class Download(msgspec.Struct, frozen=True):
    """A file that the page wanted to save. Hashed and thrown away, never opened. `complete` is False where the limit cut it off."""

    url: str
    name: str
    size: int
    sha256: str
    media_type: str = ""
    complete: bool = True


class Cookie(msgspec.Struct, frozen=True, omit_defaults=True):
    """A cookie that was set; its value is not kept."""

    name: str
    domain: str
    secure: bool = False
    http_only: bool = False
    same_site: str = ""
    expires: str | None = None


class Trait(msgspec.Struct, frozen=True, omit_defaults=True):
    """A trait of a phishing kit that was seen: which rule (data/kits.toml), and the piece that shows it."""

    id: str
    detail: str = ""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """The page as one visitor got it. `name` is "desktop" or "phone".

    `url` is where it ended, `status` that page's, `text` what a person reads there (cut), `icon` the favicon's sha256.
    `brands` are ids of known brands in title, text or form; `dialogs` what its alerts said; `console` the first lines of it.
    """

    name: str
    url: str = ""
    status: int = 0
    title: str = ""
    language: str = ""
    text: str = ""
    steps: tuple[Step, ...] = ()
    forms: tuple[Form, ...] = ()
    resources: tuple[Resource, ...] = ()
    downloads: tuple[Download, ...] = ()
    cookies: tuple[Cookie, ...] = ()
    console: tuple[str, ...] = ()
    dialogs: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    traits: tuple[Trait, ...] = ()
    icon: str = ""
    icon_hash: int | None = None
    """MurmurHash3 of the favicon in base64, as search engines for hosts use it."""
    state: PageState = PageState.UNKNOWN
    reason: str = ""
    reason_ja: str = ""
    error: str = ""
    """The browser's word for what went wrong ("net::ERR_NAME_NOT_RESOLVED")."""


class Refusal(msgspec.Struct, frozen=True):
    """Something that the page wanted and our proxy did not let through."""

    host: str
    port: int
    reason: str
    count: int = 1


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One visit: a browser, shut in, went to a link.

    `url` is the link as in the mail, `visited` what was really asked for (`mode`). `outcome` is RAN where a browser went; otherwise
    `reason` says why not, and nothing is known. `vantage` is "direct" or the kind of the upstream proxy ("socks5", "http").
    `state` is that of all views together. `refusals` is what the proxy did not let through, `limits` names the limits that were reached.
    """

    url: str
    visited: str = ""
    mode: Mode = Mode.STRIPPED
    outcome: State
    reason: str = ""
    reason_ja: str = ""
    state: PageState = PageState.UNKNOWN
    state_reason: str = ""
    state_reason_ja: str = ""
    started_at: str | None = None
    seconds: float = 0.0
    vantage: str = "direct"
    locale: str = ""
    zone: str = ""
    browser: str = ""
    views: tuple[View, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    limits: tuple[str, ...] = ()
