"""SMTP-AUTH accounts: whose an account is by its name, how it fits the author, and who is to be told."""

from __future__ import annotations

from enum import Enum

import msgspec

from sabaki.facts import brands, freemail, identity
from sabaki.facts.accountnames import domain_in
from sabaki.mail.domains import organizational_domain
from sabaki.model.case import Case, Origin
from sabaki.model.evidence import Grade

_ROLES = frozenset(
    "info admin administrator office support sales contact mail webmaster postmaster noreply no-reply service billing "
    "account accounts help helpdesk news newsletter notice shop order security team".split()
)
_SERVICE = frozenset({"apikey", "api-key", "api"})
"""User names by which sending services know a key, not a person."""


class Fit(Enum):
    """How an account fits the author that the mail names."""

    OWN = "own"
    """The same organisation, or both the reader's."""
    ORDINARY = "ordinary"
    """A customer's account at a provider, a service's key: people send for their own domain with these every day."""
    POSSIBLE = "possible"
    """Another organisation's, and yet there is a usual reason that cannot be ruled out."""
    STRANGE = "strange"
    """Somebody else's altogether."""


class Account(msgspec.Struct, frozen=True):
    """An account and whose it is. `completed`: the name has no domain, so that of the server that took it in stands in."""

    name: str
    domain: str
    completed: bool = False


def of(name: str, method: str, by: str) -> Account | None:
    """The account in a hop by the server `by`; None where nobody can say whose it is.

    A bare name where qmail also puts the answer of the peer's own ident server (RFC 1413) is no account of anybody's.
    """
    domain = domain_in(name)
    if domain:
        return Account(name, domain)
    organization = organizational_domain(by)
    if not name or not organization or "ident" in method:
        return None
    return Account(name, organization, completed=True)


def fit(case: Case, account: Account, by: str) -> Fit:
    """How an account, used at the server `by`, fits the mail's author."""
    author = case.author.domain if case.author else ""
    if not author:
        return Fit.ORDINARY
    own = identity.own(case, account.domain)
    if (
        identity.related(account.domain, author)
        or (own and identity.own(case, author))
        or _of_one_brand(account, author)
    ):
        return Fit.OWN
    customers = not own and (account.completed or identity.related(account.domain, by))
    if customers or account.domain in freemail.domains() or account.name.partition("@")[0].lower() in _SERVICE:
        # Only a name that no customer there can have tells it from ordinary use.
        brand = author not in freemail.domains() and brands.owner_of(author) is not None
        posing = brand or (not customers and identity.own(case, author))
        return Fit.STRANGE if posing and not identity.vouched(case) else Fit.ORDINARY
    if own or identity.vouched(case) or _is_list(case, account) or _is_same_person(case, account):
        return Fit.POSSIBLE
    return Fit.STRANGE


def of_origin(case: Case) -> Fit | None:
    """How the account that a server above the line noted fits the author; None where none was noted."""
    origin = case.origin
    if origin.grade is Grade.SELF_DECLARED:
        return None
    by = server_of(case, origin)
    account = of(origin.auth_account, origin.auth_method, by)
    return fit(case, account, by) if account else None


def _of_one_brand(account: Account, author: str) -> bool:
    """Whether account and author are of one company that goes by several domains (yahoo.com and yahoo.co.jp are two)."""
    brand = brands.owner_of(account.domain)
    return brand is not None and brands.owner_of(author) == brand


def _is_same_person(case: Case, account: Account) -> bool:
    """Whether the mailbox is called as the account is, and not as every company's are: somebody with two domains."""
    local = account.name.partition("@")[0].lower()
    author = case.author.local.lower() if case.author else ""
    return author == local and len(local) > 3 and local not in _ROLES


def _is_list(case: Case, account: Account) -> bool:
    """Whether the mail bears a mailing list of the account's own organisation, whose program signs in to send it on."""
    return any(identity.related(account.domain, word.strip("<>")) for word in case.sender.list_id.split()[-1:])


def to_tell(account: Account, by: str) -> tuple[str, ...]:
    """The role mailboxes that should hear of it (RFC 2142): of the account's domain, and of the server that took the mail in.

    Never the account itself: whoever took it over reads its mail.
    """
    domain = organizational_domain(account.domain)
    roles = ("abuse",) if account.domain in freemail.domains() else ("abuse", "postmaster")
    found = [f"{role}@{domain}" for role in roles] if domain else []
    server = organizational_domain(by)
    if server:
        found += [f"abuse@{server}", f"postmaster@{server}"]
    return tuple(dict.fromkeys(found))


def server_of(case: Case, origin: Origin) -> str:
    """The name of the server that recorded the origin's account; "" where no field tells.

    Where it calls itself by no full name ("by 0"), the first hop above that had the mail from another machine names it.
    """
    named = ""
    for hop in case.hops:
        if hop.index == origin.hop:
            return hop.by if "." in hop.by else named
        if not hop.internal:
            named = hop.reverse_name or hop.helo
        elif "." in hop.by:
            named = hop.by
    return ""
