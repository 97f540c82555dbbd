"""What the blocks of a WHOIS answer say of a domain."""

from __future__ import annotations

import re

import msgspec

from sabaki.mail import domains
from sabaki.model.knowledge import Contact, Registration
from sabaki.sources import whoisdates, whoislabels, whoisparty
from sabaki.sources.whoisparty import Party
from sabaki.sources.whoistext import Block, Entry, blocks

_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.){1,10}[a-z][a-z0-9-]{0,62}", re.IGNORECASE)
_TAG = re.compile(r"\s*\[Tag = [^\]]{1,40}\]$")
_PAGE = re.compile(r"\s*\(\s?https?:[^()]{0,200}\)$")
_HANDLE = re.compile(r"[\w./-]{0,40}[0-9][\w./-]{0,40}")
"""A key of the registry's database, which is no name."""
_MOST = 30
"""Name servers, status words and contacts kept, each."""
_PARTIES = ("registrant", "administrative", "technical", "billing", "registrar", "abuse")
FREE = frozenset({"free", "available", "not registered", "no object found"})
"""Words in place of a status for a name that nobody has."""
_NEVER_DISCLOSED = re.compile(r"(?:never|doesn't|does not)[\s%]{1,8}disclose", re.IGNORECASE)


class Form(msgspec.Struct):
    """What was read. `named` is whether the answer names a domain at all, `about` whether it names
    the one that was asked for, `other` another one that it names."""

    named: bool = False
    about: bool = False
    other: str = ""
    values: dict[str, list[str]] = {}
    parties: dict[str, Party] = {}
    objects: dict[str, Party] = {}

    def put(self, field: str, value: str) -> None:
        """Keep a value of the domain."""
        kept = self.values.setdefault(field, [])
        if value and value not in kept and len(kept) < _MOST:
            kept.append(value)

    def first(self, field: str) -> str:
        """The first value of a field."""
        return next(iter(self.values.get(field, ())), "")

    def party(self, role: str) -> Party:
        """The party in a role, new if need be."""
        return self.parties.setdefault(role, Party(role))


def read(text: str, name: str) -> tuple[Registration, Form]:
    """The registration of `name` (A-labels) in an answer, and the form that it was read from."""
    form = Form()
    for block in _about(blocks(text), name, form):
        _take(block, form, name)
    return _registration(form, text), form


def _about(found: list[Block], name: str, form: Form) -> list[Block]:
    """The blocks on the domain that was asked for: from where it is named to where another one is.

    What comes before the first name counts too: some registrars begin with the registrant.
    """
    kept: list[Block] = []
    other = False
    for block in found:
        named = _named(block)
        if named:
            form.named = True
            other = not any(_same(each, name) for each in named)
            form.about = form.about or not other
            form.other = form.other or (named[0] if other else "")
        if not other and not any(each.label == "server name" for each in block.entries[:1]):
            kept.append(block)
    return kept


def _named(block: Block) -> list[str]:
    role = whoislabels.HEADINGS.get(block.heading, "")
    if role == "domain":
        return (block.lines or [value for value in (block.first("domain"), block.first("name")) if value])[:1]
    if role:
        return []
    return [each.value for each in block.entries if whoislabels.LABELS.get(each.label) == "domain" and each.value]


def _same(written: str, name: str) -> bool:
    """Whether a registry means the domain asked for; some answer for the name above it, and .eu used to leave its own out."""
    words = written.split()
    plain = domains.to_ascii(words[0].strip(".").lower()) if words else ""
    return bool(plain) and (name == plain or ("." in plain and name.endswith("." + plain)) or name == plain + ".eu")


def _take(block: Block, form: Form, name: str) -> None:
    role = whoislabels.HEADINGS.get(block.heading, "")
    if role == "server":
        for value in [each.value for each in block.entries if each.label != "handle"] + block.lines:
            _server(form, value, name)
    elif role == "status":
        for line in block.lines:
            _status(form, line)
    elif role == "address":
        party = form.party("registrant")
        party.country = party.country or whoisparty.country(block.lines[-1] if block.lines else "")
    elif role in _PARTIES:
        _merge(form, whoisparty.of(block, role), role)
    elif _is_object(block):
        party = whoisparty.of(block, "")
        if handle := _handle(block):
            form.objects.setdefault(handle.lower(), party)
        if block.entries[0].label == "registrar":
            _merge(form, party, "registrar")
            form.put("registrar", block.entries[0].value)
    if role not in ("server", "reseller"):
        _entries(block, role, form, name)


def _is_object(block: Block) -> bool:
    """Whether a block is the record of a person or a registrar, and not of the domain."""
    if block.heading or not block.entries or _named(block):
        return False
    labels = {each.label for each in block.entries}
    return (
        block.entries[0].label in ("contact", "nic-hdl", "person", "personname", "registrar", "role", "organisation")
        or "nic-hdl" in labels
    )


def _handle(block: Block) -> str:
    return block.first("nic-hdl", "nic-hdl-br") or block.entries[0].value


def _entries(block: Block, role: str, form: Form, name: str) -> None:
    alone = role in ("", "domain", "dates", "status")
    own = alone and not _is_object(block) and block.entries[:1] and block.entries[0].label not in ("nsset", "keyset")
    speaking = "registrant"
    described = False
    for entry in block.entries:
        field = whoislabels.LABELS.get(entry.label, "")
        owner, attribute = whoislabels.attribute(entry.label)
        if entry.inside and role in (*_PARTIES, "address"):
            # A line of somebody's address cannot date the domain ("Creation Date: 1999-01-01").
            continue
        if field and (own or entry.label not in whoislabels.AMBIGUOUS):
            _field(form, field, entry, name)
        elif not own:
            continue
        elif entry.label in whoislabels.ROLES:
            speaking = whoislabels.ROLES[entry.label]
            form.party(speaking).add("handle", entry.value)
        elif entry.label == "descr":
            # RPSL: the first line is the name, those below it the address.
            form.party("registrant").add("address" if described else "organization", entry.value)
            described = True
        elif owner or (attribute and role != "domain" and attribute != "handle"):
            form.party(owner or speaking).add(attribute, entry.value)


def _merge(form: Form, party: Party, role: str) -> None:
    """The first record in a role counts, what it lacks is taken from the next."""
    there = form.party(role)
    for attribute in ("name", "organization", "email", "phone", "country", "region", "city"):
        if not getattr(there, attribute):
            setattr(there, attribute, getattr(party, attribute))
    there.hidden = there.hidden or party.hidden


def _field(form: Form, field: str, entry: Entry, name: str) -> None:
    value = whoisparty.clean(entry.value)
    if field == "server":
        _server(form, value, name)
    elif field == "status":
        _status(form, entry.value)
    elif field in ("created", "expires", "updated"):
        # Israel keeps a line for every change, and the first is the registration.
        if date := whoisdates.parse(value):
            first = "(assigned)" in value.lower()
            form.put("created" if first else "changed" if entry.label == "changed" else field, date)
    elif field in ("abuse_email", "abuse_phone"):
        form.party("abuse").add(field.removeprefix("abuse_"), value)
    elif field != "domain":
        form.put(field, value)


def _server(form: Form, value: str, name: str) -> None:
    """A name server in a value: "ns1.example.net [192.0.2.1]", or the last field of a line of a zone."""
    for each in value.split(","):
        words = each.split()
        if "NS" in words:
            words = words[words.index("NS") + 1 :]
        host = next((word.strip(".").lower() for word in words if _HOST.fullmatch(word.strip("."))), "")
        if host and host != name:
            form.put("server", host)


def _status(form: Form, value: str) -> None:
    """The registry's words, without the page that explains them."""
    if value.lower().startswith("no registration status"):
        return
    plain = value.partition(" http")[0].partition(" - ")[0].strip(" .")
    words = [each.strip() for each in plain.split(",")]
    for each in words if all(" " not in word for word in words) else [plain]:
        form.put("status", each)


def _registration(form: Form, text: str) -> Registration:
    registrant = _registrant(form)
    registrar = form.parties.get("registrar", Party("registrar"))
    hidden = registrant.hidden and not registrant.shown
    if not registrant.shown and _NEVER_DISCLOSED.search(text):
        hidden = True
    return Registration(
        handle=form.first("handle"),
        holder=registrant.shown,
        country=registrant.country,
        region=registrant.region,
        city=registrant.city,
        registrar=_registrar(form, registrar),
        registrar_id=form.first("registrar_id"),
        created=form.first("created") or None,
        updated=max(form.values.get("changed", ()), default=form.first("updated")) or None,
        expires=form.first("expires") or None,
        status=tuple(form.values.get("status", ())),
        name_servers=tuple(form.values.get("server", ())),
        contacts=_contacts(form, registrant),
        withheld=hidden or registrant.service,
        protocol="whois",
    )


def _registrant(form: Form) -> Party:
    """The registrant; where the domain's record only refers to one, the record with that handle."""
    party = form.parties.get("registrant", Party("registrant"))
    referred = form.objects.get(party.handle.lower())
    if referred:
        referred.role = "registrant"
        return referred
    if not party.shown and not _HANDLE.fullmatch(party.handle):
        party.add("name", party.handle)
    party.settle()
    return party


def _registrar(form: Form, party: Party) -> str:
    named = form.first("registrar")
    shown = party.shown
    # A label with a name says it best, unless it is only a handle that the registrar's own record explains.
    if shown and (not named or (" " not in named and not named.lower().endswith(shown.lower()))):
        named = shown
    return _PAGE.sub("", _TAG.sub("", named))


def _contacts(form: Form, registrant: Party) -> tuple[Contact, ...]:
    found: list[Contact] = []
    for role in _PARTIES:
        party = registrant if role == "registrant" else form.parties.get(role)
        if party is None:
            continue
        party = form.objects.get(party.handle.lower(), party) if role != "registrant" else party
        party.role = role
        if not party.shown and role != "registrant" and not _HANDLE.fullmatch(party.handle):
            party.add("name", party.handle)
        contact = party.contact()
        if contact != Contact(role=role):
            found.append(contact)
    return tuple(found[:_MOST])
