"""What in a case is worth asking the world about, the most telling first; what is the victim's own is never asked about."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import freemail, identity
from sabaki.facts.networks import is_inside
from sabaki.mail.domains import registrable_domain, to_ascii
from sabaki.model.case import Case
from sabaki.model.knowledge import Subject
from sabaki.model.observable import Url

_MOST_LINKS = 20


def of(case: Case) -> tuple[Subject, ...]:
    """The sending address and account, the links, the domains that the mail names as its sender. Each once, in that order."""
    return tuple(dict.fromkeys((*_origin(case), *_links(case), *_sender(case))))


def _address(case: Case, ip: str) -> Iterator[Subject]:
    if ip and not is_inside(ip) and ip not in case.vantage.own_hosts:
        yield Subject("ip", ip)


def _name(case: Case, host: str) -> Iterator[Subject]:
    """A host and the domain that somebody registered for it; nothing for the reader's own."""
    host = to_ascii(host.lower().rstrip(".")) or ""
    domain = registrable_domain(host)
    if not domain or identity.own(case, host) or _is_ours(case, domain):
        return
    yield Subject("host", host)
    yield Subject("domain", domain)


def _origin(case: Case) -> Iterator[Subject]:
    origin = case.origin
    yield from _address(case, origin.ip)
    yield from _registered(case, origin.auth_domain)
    for client in origin.clients:
        yield from _address(case, client.ip)


def _links(case: Case) -> Iterator[Subject]:
    links = [url for url in case.urls if url.clickable and url.host and url.scheme in ("http", "https")]
    for url in _spread(links)[:_MOST_LINKS]:
        tells = url.trait("recipient_in_url")
        if url.ip:
            yield from _address(case, url.ip)
        else:
            # A name with the recipient in it is told to its owner by the very question: only what is registered is asked about.
            yield from _name(case, (url.registrable_domain or "") if tells and tells.where == "host" else url.host)
        if not identity.own(case, url.host):
            yield Subject("url", url.value, private=bool(tells or url.trait("token_in_url")))


def _is_ours(case: Case, domain: str) -> bool:
    """Whether a registered domain is the reader's, or one of theirs stands below it: who asks about the parent tells of the child."""
    return identity.own(case, domain) or any(identity.under(own, domain) for own in case.own_domains)


def _spread(links: list[Url]) -> list[Url]:
    """One link of each site first: twenty harmless ones to one site hide no other."""
    first = {url.registrable_domain or url.host: url for url in reversed(links)}
    leading = list(reversed(first.values()))
    seen = {id(url) for url in leading}
    return [*leading, *(url for url in links if id(url) not in seen)]


def _registered(case: Case, domain: str) -> Iterator[Subject]:
    """A domain whose holder matters, its host names not; a public mail provider's holder tells nothing."""
    registered = registrable_domain(to_ascii(domain.lower()) or "")
    if registered and registered not in freemail.domains() and not _is_ours(case, registered):
        yield Subject("domain", registered)


def _sender(case: Case) -> Iterator[Subject]:
    sender = case.sender
    for box in (*sender.author, *sender.reply_to, *((sender.return_path,) if sender.return_path else ())):
        yield from _registered(case, box.domain)
