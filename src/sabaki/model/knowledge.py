"""What the world says of the domains, addresses and links in a mail: each answer with who gave it, when, and what was sent for it."""

from __future__ import annotations

import msgspec

from sabaki.model.evidence import Grade
from sabaki.model.finding import State
from sabaki.model.lookup import Lookup


class Subject(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """Something that is asked about. `value` is normalised.

    `kind` is "host" (a full name), "domain" (a registrable domain, which somebody registered), "ip", "url", "asn" ("64500") or
    "mailbox". A name is in A-labels, lower case. `private` marks a value that tells who the recipient is: it is never sent as it stands.
    """

    kind: str
    value: str
    private: bool = False


class Names(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """What the DNS says of a name or an address.

    `confirmed_name` is the reverse name of an address that leads back to it (RFC 1912 section 2.1), "" where none does.
    """

    lookups: tuple[Lookup, ...] = ()
    addresses: tuple[str, ...] = ()
    canonical_name: str = ""
    reverse_names: tuple[str, ...] = ()
    confirmed_name: str = ""


class Contact(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody named in a registration. `role` is as RDAP has it ("registrant", "abuse", "registrar", "technical" ...)."""

    role: str
    name: str = ""
    organization: str = ""
    email: str = ""
    phone: str = ""
    country: str = ""
    region: str = ""
    city: str = ""
    url: str = ""


class Registration(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Who registered a domain, an address block or an AS number (RFC 9083, or WHOIS where there is no RDAP).

    `country` is ISO 3166-1 alpha-2, `region` the state or prefecture as written; both of the registrant (of the network's holder for
    addresses). Dates are RFC 3339, as exact as the registry gives them. `holder` is the registrant's name, `holder_ja` its Japanese name
    where the registry has both. `network` is the block, in CIDR or as a range. `protocol` is "rdap" or "whois", `server` who answered last.
    `status` are the registry's words. `withheld` says that the registrant is hidden (privacy service, or redacted: RFC 9537).
    """

    handle: str = ""
    holder: str = ""
    holder_ja: str = ""
    country: str = ""
    region: str = ""
    city: str = ""
    registrar: str = ""
    registrar_id: str = ""
    created: str | None = None
    updated: str | None = None
    expires: str | None = None
    status: tuple[str, ...] = ()
    name_servers: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    network: str = ""
    network_name: str = ""
    withheld: bool = False
    protocol: str = "rdap"
    server: str = ""
    text: str = ""

    @property
    def abuse(self) -> tuple[str, ...]:
        """The mailboxes for abuse, each once."""
        return tuple(dict.fromkeys(each.email for each in self.contacts if each.role == "abuse" and each.email))


class Place(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Where a database puts an address: where its network is registered or used, never where a person is.

    Degrees of WGS 84; `radius_km` is how far off it may well be. `database` and `database_date` (RFC 3339 date) are printed with it.
    """

    latitude: float | None = None
    longitude: float | None = None
    radius_km: float | None = None
    city: str = ""
    region: str = ""
    country: str = ""
    country_name: str = ""
    country_name_ja: str = ""
    database: str = ""
    database_date: str = ""
    licence: str = ""


class Network(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Whose network an address is in. `uses` are what it is known for: "cloud", "cdn", "hosting", "vpn", "tor", "mobile", "proxy".

    Each use in `uses` says by whose published list ("cloud: Azure, AzureCloud.japaneast, 2026-11-02"): then a pin says little.
    """

    asn: int | None = None
    name: str = ""
    prefix: str = ""
    country: str = ""
    uses: tuple[str, ...] = ()
    database: str = ""
    database_date: str = ""
    licence: str = ""


class Listing(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """What a list says. `listed` is None where the answer does not settle it. Not listed is not clean.

    `list` names it, `threats` are its own words ("SOCIAL_ENGINEERING"), `meaning` what they mean. `matched` is the expression that was
    found. `allow` marks a list of well-known hosts: it explains, and never whitewashes. `list_date` is when the list was made.
    """

    list: str
    listed: bool | None
    threats: tuple[str, ...] = ()
    meaning: str = ""
    meaning_ja: str = ""
    matched: str = ""
    allow: bool = False
    list_date: str = ""
    url: str = ""


class Certificate(msgspec.Struct, frozen=True, omit_defaults=True):
    """A certificate as a transparency log has it (RFC 6962)."""

    names: tuple[str, ...]
    issuer: str = ""
    not_before: str | None = None
    not_after: str | None = None
    logged_at: str | None = None


class Certificates(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """The certificates that were issued for a host, the newest first; `total` counts also those not kept."""

    certificates: tuple[Certificate, ...] = ()
    total: int = 0
    first_seen: str | None = None


Known = Names | Registration | Place | Network | Listing | Certificates


class Knowledge(msgspec.Struct, frozen=True, kw_only=True):
    """One question to one source and what came of it. Failures are kept too: what was not answered is not clean.

    `sent` is what left the machine, and `to` whom it went to ("" and "" where nothing left); of a question that failed, what may have
    left before it did. `obtained_at` is RFC 3339;
    `cached` marks an answer that was asked for earlier, at `obtained_at`.
    """

    source: str
    subject: Subject
    state: State
    reason: str = ""
    reason_ja: str = ""
    sent: str = ""
    to: str = ""
    obtained_at: str | None = None
    cached: bool = False
    grade: Grade = Grade.THIRD_PARTY
    known: tuple[Known, ...] = ()
