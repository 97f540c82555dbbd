"""Things that can be looked up or blocked, named as STIX 2.1 names them, and what we see in them."""

from __future__ import annotations

import msgspec

from sabaki.model.evidence import Grade, Location


class EmailAddr(msgspec.Struct, frozen=True):
    """A mailbox (RFC 5322 section 3.4). `domain` is lower case; an internationalised one is given as U-labels."""

    address: str
    local: str
    domain: str
    display_name: str = ""


class UrlTrait(msgspec.Struct, frozen=True):
    """Something noteworthy in a URL. `id` is stable ("own_domain_subdomain"), `detail` the piece that shows it.

    `where` says in which component it stands: userinfo, host, path, query, fragment, text.
    """

    id: str
    detail: str = ""
    where: str = ""


class Url(msgspec.Struct, frozen=True):
    """A link as found, and as a browser would read it (WHATWG URL Standard).

    `raw` is as written, `value` the browser's serialisation, the fragment kept. `host` is ASCII (A-labels),
    `host_unicode` what a person sees. `registrable_domain` is the public suffix plus one label
    (None for an IP address or a bare suffix). `source` says where it was found: "text", "html:a", "html:form",
    "html:img", "html:area", "html:meta", "html:base", "html:style", "html:script", "html:other" (in the markup, but
    where no reader follows it), "preamble" and "epilogue" (text outside the parts), "subject", "field", "unwrapped";
    in a file that came with the mail "qr", "pdf:link" and so on, and `file` is then that file's path.
    `text` is the text that a person sees on it. A link in the mail is our own observation of the bytes.
    """

    raw: str
    value: str
    source: str
    scheme: str = ""
    host: str = ""
    host_unicode: str = ""
    port: int | None = None
    path: str = ""
    query: str = ""
    fragment: str = ""
    userinfo: str = ""
    registrable_domain: str | None = None
    public_suffix: str = ""
    ip: str = ""
    text: str = ""
    clickable: bool = True
    traits: tuple[UrlTrait, ...] = ()
    grade: Grade = Grade.VERIFIED
    location: Location | None = None
    file: str = ""

    def trait(self, id: str) -> UrlTrait | None:
        """The first trait of that id, or None."""
        return next((trait for trait in self.traits if trait.id == id), None)
