"""Somebody in a registration, put together from labelled values and from the bare lines of an address."""

from __future__ import annotations

import re

import msgspec

from sabaki.model.knowledge import Contact
from sabaki.sources import countries, privacy, whoislabels
from sabaki.sources.whoistext import Block

_EMPTY = frozenset(
    {"", "-", "--", "n/a", "n.a.", "na", "none", "null", "nil", ".", "no data", "not available", "not applicable"}
)
_HIDDEN = re.compile(
    r"\W{0,3}(?:hidden(?:!| details)|not (?:shown|disclosed|public|published)|select request|personal data|no registrar listed|no registration status|data restricted|visit www\.)",
    re.IGNORECASE,
)
"""Words of registries that RDAP does not have (see privacy.py)."""
_PRIVATE = re.compile(r"private regist|公開代行", re.IGNORECASE)
_MAIL = re.compile(r"[^\s<>()\[\]:;,@]{1,64}@[^\s<>()\[\]:;,@]{1,253}")
_PHONE = re.compile(r"(?:tel\S{0,8}\s?)?\+?\(?[0-9][0-9 ().x/-]{5,30}", re.IGNORECASE)
_FIRM = re.compile(
    r"\b(?:inc|llc|ltd|limited|gmbh|corp|corporation|company|co|s\.a|srl|s\.r\.l|b\.v|bv|nv|ag|k\.k|plc|pty|llp|oy|ab|a/s|sarl|sas|university)\.?$",
    re.IGNORECASE,
)
"""How the name of a firm ends: registrars put the person above it as often as below."""
_WIDE = re.compile(r"\t|\s{2}")
_CODED = re.compile(r"\(([A-Z]{2})\)$")


class Party(msgspec.Struct):
    """A person or organisation as the registry has it. `lines` are the bare lines of its record, `hidden` whether values are withheld."""

    role: str = ""
    name: str = ""
    organization: str = ""
    email: str = ""
    phone: str = ""
    country: str = ""
    region: str = ""
    city: str = ""
    address: list[str] = []
    lines: list[str] = []
    handle: str = ""
    hidden: bool = False

    def add(self, attribute: str, value: str) -> None:
        """Take a value in; the first that says something counts. Address lines add up."""
        shown = clean(value)
        self.hidden = self.hidden or bool(value and not shown and value.strip().lower() not in _EMPTY)
        if not shown:
            return
        if attribute == "address":
            self.address.append(shown)
        elif attribute == "email":
            found = _MAIL.search(shown)
            self.email = self.email or (found.group() if found else "")
        elif attribute == "country":
            self.country = self.country or country(shown)
        elif not getattr(self, attribute):
            setattr(self, attribute, shown)

    def settle(self) -> None:
        """Read what the bare lines give: the name first, the country last (shown by its code or its name), a mailbox anywhere."""
        for line in self.lines:
            self.add("email", line)
            self.add("phone", line if _PHONE.fullmatch(line) else "")
        names = [
            _MAIL.sub("", _WIDE.split(line)[0]).strip(" ,") for line in self.lines[:2] if not _PHONE.fullmatch(line)
        ]
        if not (self.name or self.organization):
            firm = next((each for each in names if _FIRM.search(each)), "")
            self.add("organization", firm)
            self.add("name", "" if names[:1] == [firm] else next(iter(names), ""))
        if not self.country:
            self.country = _country_of([*self.address, *self.lines[1:]])

    @property
    def shown(self) -> str:
        """The name to show: the organisation's, else the person's."""
        return self.organization or self.name

    @property
    def service(self) -> bool:
        """Whether it is a service that stands in for somebody."""
        return any(privacy.is_service(each) or _PRIVATE.search(each) for each in (self.name, self.organization))

    def contact(self) -> Contact:
        """It, as the model has it."""
        return Contact(
            role=self.role,
            name=self.name,
            organization=self.organization,
            email=self.email,
            phone=self.phone,
            country=self.country,
            region=self.region,
            city=self.city,
        )


def of(block: Block, role: str) -> Party:
    """The party that a block is about."""
    party = Party(role)
    for entry in block.entries[1 if block.entries and block.entries[0].label == "contact" else 0 :]:
        owner, attribute = whoislabels.attribute(entry.label)
        if attribute and owner in ("", role):
            party.add(attribute, entry.value)
        elif whoislabels.LABELS.get(entry.label) == "abuse_email":
            party.add("email", entry.value)
    party.lines = [line for line in block.lines if not hides(line)]
    party.hidden = party.hidden or len(party.lines) < len(block.lines)
    party.settle()
    return party


def clean(value: str) -> str:
    """The value, "" where it says nothing or says that it is withheld."""
    value = value.strip()
    return "" if value.lower() in _EMPTY or hides(value) else value


def hides(value: str) -> bool:
    """Whether a value only says that there is one."""
    return _HIDDEN.match(value) is not None or privacy.is_placeholder(value.strip(" <>*()!."))


def country(text: str) -> str:
    """ISO 3166-1 alpha-2 for a country's code or name, "Hong Kong (HK)" included; "" for what is none."""
    coded = _CODED.search(text)
    return (countries.country_code(coded[1]) if coded else "") or countries.country_code(text.partition("(")[0])


def _country_of(address: list[str]) -> str:
    """The country at the end of an address: a line of its own, the name behind the last comma, or a code set off by spaces."""
    for line in reversed(address[-6:]):
        tail = line.rpartition(",")[2]
        # "Mountain View, CA" is not in Canada: behind a comma only a name counts.
        if (
            found := country(line)
            or (country(tail) if len(tail.strip()) > 3 else "")
            or country(line.rpartition("  ")[2])
        ):
            return found
    return ""
