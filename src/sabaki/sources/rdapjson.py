"""RDAP answers (RFC 9083): a domain, an address block or an AS number to a Registration, in every registry's dialect.

Nothing here fails on odd content: what is not understood is left out. Only an answer that is no RDAP object, or is about something
else than was asked, is refused (`Unusable`).
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator
from datetime import datetime

import msgspec

from sabaki.mail.domains import to_ascii
from sabaki.model.knowledge import Contact, Registration, Subject
from sabaki.sources import jcard, privacy
from sabaki.sources.countries import country_code
from sabaki.sources.jcard import Card, listed, plain

Object = dict[str, object]

_ENTITIES = 100
_DEPTH = 4
_CONTACTS = 40
_LISTED = 50
_CLASSES = {"domain": "domain", "ip": "ip network", "asn": "autnum"}
_ELSEWHERE = ("NON-RIPE-NCC", "IANA-NETBLOCK", "IANA-BLOCK", "IANA-BLK", "ERX-NETBLOCK", "STUB-")
"""Names of blocks with which a registry says that another one has the addresses."""
_FIRST_YEAR = 1980
"""Nothing was registered before: year 1 and 1970 are what programs write for "no date"."""
_HIDING_STATUS = frozenset({"private", "obscured", "removed"})


class Unusable(ValueError):
    """The answer cannot be used; the message says why, `ja` the same in Japanese."""

    def __init__(self, reason: str, ja: str) -> None:
        super().__init__(reason)
        self.ja = ja


class _Party(msgspec.Struct, frozen=True):
    """An entity (RFC 9083 section 5.1). `depth` is 0 for one of the object's own; `hidden`: its server says that it withholds."""

    roles: tuple[str, ...]
    card: Card
    handle: str
    identifier: str
    url: str
    hidden: bool
    lent: bool
    depth: int


def decode(body: bytes) -> Object:
    """The JSON object in a body. Raises Unusable where there is none.

    Bytes that are no UTF-8 become U+FFFD, and control characters in strings are let through: some registries write both.
    """
    text = body.decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        document = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        kind = "a web page" if text.lstrip()[:1] == "<" else "no JSON"
        raise Unusable(f"the answer is {kind}", "応答がRDAPの形式（JSON）ではありません") from error
    if not isinstance(document, dict):
        raise Unusable("the answer is no JSON object", "応答がRDAPのオブジェクトではありません")
    return document


def error_code(document: Object) -> int | None:
    """The code of an error answer (RFC 9083 section 6), which some servers send with HTTP 200; None where it is none."""
    if "objectClassName" in document:
        return None
    code = plain(document.get("errorCode"))
    return int(code) if code.isascii() and code.isdigit() and len(code) == 3 else None


def parse(document: Object, subject: Subject) -> Registration:
    """What an answer says of a "domain", "ip" or "asn". Raises Unusable where it is about something else."""
    named = plain(document.get("objectClassName")).lower()
    if named and named != _CLASSES[subject.kind]:
        raise Unusable(f"the answer is about: {named[:40]}", "応答が、尋ねたものとは別の種類の対象についてのものです")
    parties = tuple(_parties(document))
    known = _domain(document, subject, parties) if subject.kind == "domain" else _numbers(document, subject, parties)
    dates = _dates(document)
    return msgspec.structs.replace(
        known,
        handle=plain(document.get("handle")),
        created=dates.get("registration"),
        updated=dates.get("last changed"),
        expires=dates.get("expiration"),
        status=_texts(document.get("status")),
        contacts=_contacts(parties),
    )


def _domain(document: Object, subject: Subject, parties: tuple[_Party, ...]) -> Registration:
    if _name(document) != subject.value:
        raise Unusable(
            "the answer is about another name than the one asked for",
            "応答が、尋ねたものとは別の名前についてのものです",
        )
    owner = _owner(parties)
    holder = _holder(owner.card) if owner else ""
    registrar = next((each for each in parties if "registrar" in each.roles and not each.depth), None)
    card = owner.card if owner else Card()
    return Registration(
        holder=holder,
        country=card.country,
        region=_shown(card.region),
        city=_shown(card.city),
        registrar=registrar.card.organization or registrar.card.name or registrar.handle if registrar else "",
        registrar_id=registrar.identifier if registrar else "",
        name_servers=_name_servers(document),
        withheld=_is_withheld(document, owner, holder),
    )


def _numbers(document: Object, subject: Subject, parties: tuple[_Party, ...]) -> Registration:
    network = _block(document, subject) if subject.kind == "ip" else _range(document, subject)
    name = plain(document.get("name"))
    owner = _owner(parties)
    card = owner.card if owner and not _is_maintainer(owner) else Card()
    # A holder may call his network so; the registries' own blocks of this kind have no holder.
    if name.upper().startswith(_ELSEWHERE) and not _holder(card):
        raise Unusable(
            f"the registry asked does not manage it ({name[:60]})", f"問い合わせ先の登録機関の管理外です（{name[:60]}）"
        )
    holder = _holder(card) or _described(document) or (_holder(owner.card) if owner else "")
    country = country_code(plain(document.get("country"))) or card.country
    same = country == card.country
    return Registration(
        holder=holder,
        country=country,
        region=_shown(card.region) if same else "",
        city=_shown(card.city) if same else "",
        network=network,
        network_name=name,
        withheld=_is_withheld(document, owner, holder),
    )


def _name(document: Object) -> str:
    """The name that the answer is about, as A-labels. QUIRK: `ldhName` in capitals, with the root's dot, or in Unicode."""
    written = plain(document.get("ldhName")) or plain(document.get("unicodeName"))
    return to_ascii(written.rstrip(".").lower())


def _block(document: Object, subject: Subject) -> str:
    """The block with the address in it, as CIDR where it is one."""
    try:
        first, last = (ipaddress.ip_address(plain(document.get(key))) for key in ("startAddress", "endAddress"))
        asked = ipaddress.ip_address(subject.value)
        if first.version != asked.version or not int(first) <= int(asked) <= int(last) or last.version != first.version:
            raise ValueError
    except ValueError:
        raise Unusable(
            "the answer is about a block without the address asked for",
            "応答が、尋ねたIPアドレスを含まない範囲についてのものです",
        ) from None
    size = int(last) - int(first) + 1
    if size & (size - 1) == 0 and int(first) % size == 0:
        return f"{first}/{first.max_prefixlen - size.bit_length() + 1}"
    return f"{first} - {last}"


def _range(document: Object, subject: Subject) -> str:
    first, last = (document.get(key) for key in ("startAutnum", "endAutnum"))
    # QUIRK: numbers as texts, and one number without its end.
    start, end = plain(first).upper().removeprefix("AS"), plain(last).upper().removeprefix("AS")
    end = end or start
    if not (_is_number(start) and _is_number(end) and int(start) <= int(subject.value) <= int(end)):
        raise Unusable("the answer is about other AS numbers", "応答が、尋ねたAS番号についてのものではありません")
    return f"AS{start}" if start == end else f"AS{start}-AS{end}"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10


def _parties(document: Object) -> Iterator[_Party]:
    """The entities, those in entities after them; at most so many and so deep."""
    waiting = [(each, 0) for each in listed(document.get("entities"), _ENTITIES)]
    for count, (entity, depth) in enumerate(waiting):
        if count >= _ENTITIES:
            return
        if not isinstance(entity, dict):
            continue
        yield _party(entity, depth)
        if depth < _DEPTH:
            waiting += [(each, depth + 1) for each in listed(entity.get("entities"), _ENTITIES)]


def _party(entity: Object, depth: int) -> _Party:
    roles = tuple(role.lower() for role in _texts(entity.get("roles")))
    status = {each.lower() for each in _texts(entity.get("status"))}
    remarks = [plain(each.get("type")).lower() for each in _objects(entity.get("remarks"))]
    links = [plain(each.get("href")) for each in _objects(entity.get("links")) if plain(each.get("rel")) == "about"]
    card = jcard.read(entity.get("vcardArray"))
    return _Party(
        roles=roles,
        card=card,
        handle=plain(entity.get("handle")),
        identifier=_identifier(entity),
        url=card.url or next(iter(links), ""),
        hidden=bool(status & _HIDING_STATUS) or any("authorization" in each or "redacted" in each for each in remarks),
        lent="proxy" in status,
        depth=depth,
    )


def _identifier(entity: Object) -> str:
    """The number that IANA gave a registrar, or another public identifier of it."""
    ids = [
        (plain(each.get("type")).lower(), plain(each.get("identifier"))) for each in _objects(entity.get("publicIds"))
    ]
    iana = next((identifier for type, identifier in ids if "iana" in type and identifier), "")
    return iana or next((identifier for _, identifier in ids if identifier), "")


def _owner(parties: tuple[_Party, ...]) -> _Party | None:
    """The registrant. RIPE names the maintainer of the record a registrant too, by its handle only: an organisation goes before it."""
    owners = [each for each in parties if "registrant" in each.roles and not each.depth]
    return min(owners, key=lambda each: (not _holder(each.card), _is_maintainer(each)), default=None)


def _is_maintainer(party: _Party) -> bool:
    """Whether this is who may edit the record: in the database's form it has a handle for a name."""
    named = party.card.name.upper() == party.handle.upper() and party.card.kind != "org"
    return named or party.handle.upper().endswith(("-MNT", "-MAINT"))


def _holder(card: Card) -> str:
    """The organisation, or else the person."""
    return _shown(card.organization) or _shown(card.name)


def _shown(text: str) -> str:
    return "" if privacy.is_placeholder(text) else text


def _is_withheld(document: Object, owner: _Party | None, holder: str) -> bool:
    """Whether the registrant is hidden: by the registry's own words or marks, by RFC 9537, or behind a service's name."""
    if holder:
        return privacy.is_service(holder) or bool(owner and (owner.lent or privacy.is_service(owner.card.name)))
    if owner and (owner.hidden or owner.lent or owner.card.name or owner.card.organization):
        return True
    return any("registrant" in text for text in _redactions(document))


def _redactions(document: Object) -> Iterator[str]:
    """What RFC 9537 says was taken out: its name and where it was, in lower case."""
    for each in _objects(document.get("redacted")):
        name = each.get("name")
        words = [plain(name.get(key)) for key in ("type", "description")] if isinstance(name, dict) else [plain(name)]
        paths = [plain(each.get(key)) for key in ("prePath", "postPath", "replacementPath")]
        yield " ".join((*words, *paths)).lower()


def _described(document: Object) -> str:
    """The first line of a block's description: older records of APNIC and RIPE name their holder only there."""
    for each in _objects(document.get("remarks")):
        if plain(each.get("title")).lower() in ("description", "descr"):
            return next((line for line in _texts(each.get("description")) if _shown(line)), "")
    return ""


def _contacts(parties: tuple[_Party, ...]) -> tuple[Contact, ...]:
    """One for each role; for abuse one for each mailbox. Of an entity's own entities only who takes its abuse reports."""
    contacts: dict[Contact, None] = {}
    for party in parties:
        for role in party.roles if not party.depth else tuple(set(party.roles) & {"abuse"}):
            boxes = party.card.emails[:5] if role == "abuse" else party.card.emails[:1]
            contacts.update(dict.fromkeys(_contact(party, role, box) for box in boxes or ("",)))
    return tuple(each for each in contacts if msgspec.structs.asdict(each) != _nobody(each.role))[:_CONTACTS]


def _contact(party: _Party, role: str, email: str) -> Contact:
    card = party.card
    return Contact(
        role=role[:60],
        name=_shown(card.name),
        organization=_shown(card.organization),
        email=email,
        phone=_shown(card.phone),
        country=card.country,
        region=_shown(card.region),
        city=_shown(card.city),
        url=party.url,
    )


def _nobody(role: str) -> dict[str, object]:
    return msgspec.structs.asdict(Contact(role))


def _name_servers(document: Object) -> tuple[str, ...]:
    names = []
    for each in listed(document.get("nameservers"), _LISTED):
        # QUIRK: a name where an object with a name should be.
        written = (
            plain(each.get("ldhName")) or plain(each.get("unicodeName")) if isinstance(each, dict) else plain(each)
        )
        names.append(written.rstrip(".").lower())
    return tuple(dict.fromkeys(name for name in names if name))


def _dates(document: Object) -> dict[str, str]:
    """When what happened (RFC 9083 section 4.5), the first of each kind."""
    dates: dict[str, str] = {}
    for event in _objects(document.get("events")):
        when = date(plain(event.get("eventDate")))
        if when:
            dates.setdefault(plain(event.get("eventAction")).lower(), when)
    return dates


def date(text: str) -> str | None:
    """A time as RFC 3339; a time without its zone is cut to its date. None where it is none."""
    if not 8 <= len(text) <= 40:
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    if when.year < _FIRST_YEAR:
        return None
    if len(text) <= 10 or when.tzinfo is None:
        return when.date().isoformat()
    return when.isoformat().replace("+00:00", "Z")


def related(document: Object) -> str:
    """The base URL of the registrar's RDAP server, where the registry names one; "" where not. HTTPS only."""
    for link in _objects(document.get("links")):
        href, type = plain(link.get("href")), plain(link.get("type")).lower()
        relations = plain(link.get("rel")).lower().split()
        if "related" in relations and href.startswith("https://") and (not type or "json" in type):
            # The name is put there anew by whoever asks: QUIRK: some write it in capitals, some leave the path out.
            place = href.lower().find("/domain/", 8)
            base = href[:place] if place > 0 else href.partition("?")[0].partition("#")[0]
            return base.rstrip("/") + "/"
    return ""


def merge(registry: Registration, registrar: Registration) -> Registration:
    """The registry's facts, and from the registrar what the registry does not say: above all who the registrant is.

    Where they differ the registry is right. A place is taken whole from one of them.
    """
    holder = registry.holder or registrar.holder
    placed = registry if registry.country or registry.region or registry.city else registrar
    contacts = dict.fromkeys((*registry.contacts, *registrar.contacts))
    return msgspec.structs.replace(
        registry,
        holder=holder,
        country=placed.country,
        region=placed.region,
        city=placed.city,
        registrar=registry.registrar or registrar.registrar,
        registrar_id=registry.registrar_id or registrar.registrar_id,
        created=registry.created or registrar.created,
        updated=registry.updated or registrar.updated,
        expires=registry.expires or registrar.expires,
        status=registry.status or registrar.status,
        name_servers=registry.name_servers or registrar.name_servers,
        contacts=tuple(contacts)[:_CONTACTS],
        withheld=registry.withheld if registry.holder else registrar.withheld or (registry.withheld and not holder),
        server=registrar.server,
    )


def _objects(value: object) -> list[Object]:
    return [each for each in listed(value, _LISTED) if isinstance(each, dict)]


def _texts(value: object) -> tuple[str, ...]:
    texts = (plain(each) for each in listed(value, _LISTED))
    return tuple(dict.fromkeys(text for text in texts if text))
