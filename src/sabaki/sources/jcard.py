"""jCard: the business card in an RDAP answer (RFC 7095, RFC 9083 section 5.1), as registries and registrars really write it.

Every value may have been typed by the registrant: plain text of bounded length, nothing in it is followed or believed.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from sabaki.sources.countries import country_code

LONGEST = 300
"""Characters of a value that are kept."""
_PROPERTIES = 100
_VALUES = 20


class Card(msgspec.Struct, frozen=True):
    """What a card says. `emails` are mailboxes, the preferred first. `country` is ISO 3166-1 alpha-2. "" is: not given."""

    name: str = ""
    organization: str = ""
    kind: str = ""
    emails: tuple[str, ...] = ()
    phone: str = ""
    country: str = ""
    region: str = ""
    city: str = ""
    url: str = ""


class _Property(msgspec.Struct, frozen=True):
    name: str
    parameters: dict[str, object]
    values: tuple[object, ...]


def plain(value: object) -> str:
    """A value as text of bounded length: a list's parts joined, anything else that is no text or number is "".

    Control characters stay; half a surrogate pair, which JSON can spell and no text can hold, becomes a question mark.
    """
    if isinstance(value, str):
        return value[:LONGEST].strip().encode("utf-8", "replace").decode()
    if isinstance(value, list):
        parts = [plain(each) for each in value[:_VALUES] if isinstance(each, str)]
        return ", ".join(part for part in parts if part)[:LONGEST]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def listed(value: object, most: int) -> list[object]:
    """A list's first elements; a single value that should have been a list of one is taken as that."""
    if isinstance(value, list):
        return value[:most]
    return [] if value is None or value == "" else [value]


def mailbox(text: str) -> str:
    """A mailbox, or "": a web form, a sentence or a placeholder in its place is none."""
    if text[:7].lower() == "mailto:":
        text = text[7:].partition("?")[0]
    local, at, domain = text.rpartition("@")
    odd = any(character.isspace() or ord(character) < 33 or character in '@<>(),;:"\\' for character in local + domain)
    return text if at and local and "." in domain and not odd and len(text) <= 254 else ""


def read(value: object) -> Card:
    """The card in a `vcardArray`, whatever is missing or odd in it."""
    properties = tuple(_properties(value))
    fn, n, org = (_first(properties, name) for name in ("fn", "n", "org"))
    country, region, city = _place(properties)
    return Card(
        name=_value(fn) or _structured_name(n),
        organization=_organization(org),
        kind=_value(_first(properties, "kind")).lower(),
        emails=_emails(properties),
        phone=_phone(properties),
        country=country,
        region=region,
        city=city,
        url=_value(_first(properties, "url")) or _value(_first(properties, "contact-uri")),
    )


def _properties(value: object) -> Iterator[_Property]:
    if not isinstance(value, list):
        return
    # QUIRK: the marker "vcard" is left out, and the properties follow at once.
    marked = bool(value) and isinstance(value[0], str)
    found = value[1] if marked and len(value) > 1 else value
    for each in found[:_PROPERTIES] if isinstance(found, list) else ():
        if isinstance(each, list) and len(each) >= 4 and isinstance(each[0], str):
            name = each[0][:40].lower().rpartition(".")[2]  # RFC 7095 section 7.1: a group may stand before it
            parameters = each[1] if isinstance(each[1], dict) else {}
            yield _Property(
                name, {str(key).lower(): item for key, item in parameters.items()}, tuple(each[3:][:_VALUES])
            )


def _first(properties: tuple[_Property, ...], name: str) -> _Property | None:
    """The first such property that says something."""
    return next((each for each in properties if each.name == name and _value(each)), None)


def _value(property: _Property | None) -> str:
    return plain(property.values[0]) if property else ""


def _structured_name(property: _Property | None) -> str:
    """RFC 6350 section 6.2.2: family names, given names, and what comes with them."""
    if property is None:
        return ""
    value = property.values[0]
    if not isinstance(value, list):
        return plain(value)
    family, given = (plain(value[place]) if len(value) > place else "" for place in (0, 1))
    return f"{given} {family}".strip()


def _organization(property: _Property | None) -> str:
    """RFC 6350 section 6.6.4: the organisation's name, then its units."""
    if property is None:
        return ""
    value = property.values[0]
    return plain(value[0]) if isinstance(value, list) and value else plain(value)


def _emails(properties: tuple[_Property, ...]) -> tuple[str, ...]:
    emails = sorted((each for each in properties if each.name == "email"), key=_preference)
    values = (value for each in emails for one in each.values for value in listed(one, _VALUES))
    return tuple(dict.fromkeys(box for value in values if (box := mailbox(plain(value)))))


def _preference(property: _Property) -> int:
    """RFC 6350 section 5.3: 1 is the most preferred."""
    text = plain(property.parameters.get("pref"))
    return int(text) if text.isdecimal() and len(text) < 4 else 100


def _phone(properties: tuple[_Property, ...]) -> str:
    for each in properties:
        kinds = [plain(kind).lower() for kind in listed(each.parameters.get("type"), _VALUES)]
        if each.name == "tel" and "fax" not in kinds and _value(each):
            return _value(each).removeprefix("tel:").partition(";")[0]
    return ""


def _place(properties: tuple[_Property, ...]) -> tuple[str, str, str]:
    """Country (as a code), region and city of the first address that has any of them."""
    for each in properties:
        if each.name == "adr":
            place = _address(each)
            if any(place):
                return place
    return "", "", ""


def _address(property: _Property) -> tuple[str, str, str]:
    """RFC 6350 section 6.3.1: box, extension, street, city, region, code, country; RFC 8605 has the code of the country in CC."""
    value = property.values[0]
    parts = [plain(part) for part in value[:7]] if isinstance(value, list) else []
    parts += [""] * (7 - len(parts))
    country = country_code(plain(property.parameters.get("cc"))) or country_code(parts[6])
    if any(parts):
        return country, parts[4], parts[3]
    # Without parts the whole address is a text: in the parameter `label`, or (QUIRK) as the value.
    label = property.parameters.get("label") or (value if isinstance(value, str) else "")
    found, region, city = _label(label)
    return country or found, region, city


def _label(label: object) -> tuple[str, str, str]:
    """Country, region and city of a written address. ARIN writes city, state's letters, code and country each on a line of its own.

    Others write as they like: only the country at the end is taken.
    """
    lines = label if isinstance(label, list) else str(label)[:1_000].replace("\\n", "\n").split("\n")
    lines = [plain(line) for line in lines[:_VALUES]]
    lines = [line for line in lines if line]
    country = country_code(lines[-1]) if lines else ""
    if country and len(lines) >= 4 and any(map(str.isdigit, lines[-2])) and _is_state(lines[-3]):
        return country, lines[-3], lines[-4]
    return country, "", ""


def _is_state(text: str) -> bool:
    return 2 <= len(text) <= 3 and text.isascii() and text.isalpha() and text.isupper()
