"""What registries call things: the labels and headings of their forms, in the languages in which they answer."""

from __future__ import annotations

import re

_ORNAMENT = " \t.:*-_#%>[]()'\"|"
_PARENTHESES = re.compile(r"\([^()]{0,190}\)")
_SPACES = re.compile(r"[\s_]{1,200}")
_DOTS = re.compile(r"\.{2,80}")


def _table(**lists: str) -> dict[str, str]:
    return {label: field for field, labels in lists.items() for label in labels.split("|")}


LABELS = _table(
    domain="domain|dominio|nombre del dominio|domain name|domainname|nombre de dominio|nome de domínio|complete domain name|domain idn|query name",
    created="creation date|registration date|registered date|registered on|created on|created date|record created|domain created"
    "|domain registered|domain name commencement date|domain record activated|registration time|fecha de creacion|data de registo"
    "|domain registration date|fecha de activacion|fecha de activación|original created|registered|created|creation-date|activation date|record created on|fecha de registro",
    expires="expiration date|expiry date|expires|expires on|expire|expire date|expire-date|expiration time|registry expiry date"
    "|registrar registration expiration date|record expires|valid until|valid-until|paid-till|renewal date|exp date|domain expires"
    "|expiration|validity|expiration date time|fecha de vencimiento|data de expiração|domain expiration date|record expires on|paid till"
    "|domain record expires|expires at|fecha de corte|fecha de expiración|domain valid until|record expired|fecha de expiracion",
    updated="updated date|last updated date|last updated on|last updated|last update|last-update|last modified|modification date"
    "|modified|changed|updated|record updated|record last updated on|last-updated|domain last updated date|ultima actualizacion"
    "|last updated date|domain record last updated|updated on|ultima modificacion",
    status="domain status|registration status|status|state|eppstatus|epp status|estado|estatus del dominio|domain state"
    "|registry lock status",
    server="name server|nameserver|nserver|name servers|nameservers|dns|hostname|host name|domain servers|domain name servers"
    "|name server information|primary server|secondary server|dns servers|ns|ns 1|ns 2|name server 1|name server 2|host"
    "|primary name server|secondary name server|servidor dns|nameserver information",
    registrar="registrar|registrar-name|sponsoring registrar|registrar name|registration service provider|authorized agency|current registar"
    "|current registrar|registrar handle|registrar organization|sponsoring registrar organization|registar name",
    registrar_id="registrar iana id|sponsoring registrar iana id",
    referral="registrar whois server|whois server|whois|refer|registrar whois",
    handle="registry domain id|domain id|roid|registry code",
    abuse_email="registrar abuse contact email|abuse-email|abuse contact email|abuse-mailbox|abuse email|registrar abuse email"
    "|abuse-contact",
    abuse_phone="registrar abuse contact phone|abuse-phone|abuse contact phone|abuse phone",
)
"""Labels of the domain itself."""

AMBIGUOUS = frozenset(
    "created|created on|created date|registered|changed|updated|updated date|last update|last-update|last updated|last modified|modified|expires"
    "|status|state|eppstatus|epp status|host|hostname|domain|validity".split("|")
)
"""Labels that also stand in the record of a person or a registrar, and then do not speak of the domain."""

ROLES = _table(
    registrant="registrant|holder|domain holder|owner|owner name|registrant contact|holder-c|titular|domain owner|registrant id"
    "|registrant handle|domain name holder|registrant name/company|registrant-c|registrant contact id",
    administrative="admin contact|administrative contact|admin-c|admin|administrator|ac|responsible person|owner-c"
    "|contacto administrativo|administrative contact/agent",
    technical="tech contact|technical contact|tech-c|tech|contacto tecnico|zone-c|technical contacts|tecnico",
    billing="billing contact|billing-c|billing|contacto de cobranza|bill",
)
"""Labels whose value names somebody, or whose record it is."""

HEADINGS = {
    **ROLES,
    **_table(
        registrant="organization using domain name|registrant contact information|registrant organization information|registrant details"
        "|registrant contact details|domain holder details|entidade titular|holder of domain name|registrant information|ownership information"
        "|titular / registrant|organisation using domain name|owner contact",
        address="registrant's address|registrant address",
        administrative="administrative contact information|admin contact information|administrative contacts|administrative contact, technical contact"
        "|administrative contact details|gestor|entidade gestora|administrative, technical contact",
        technical="technical contact information|tech-contact|technical contact, zone contact|registrar technical contacts"
        "|technical contact details|responsável técnico|onsite technical contacts|onsite(s)",
        billing="billing contact information|billing contact details",
        registrar="registrar|registrar information|sponsoring registrar|registrar details",
        reseller="reseller|reseller information|registration service provider",
        abuse="abuse contact|registrar abuse contact",
        server="nameservers|nservers|name servers|domain nameservers|domain servers|name servers information|nameserver|nameserver information"
        "|domain servers in listed order|name servers in the listed order|nameserver in listed order|nameservers in listed order"
        "|domain name servers|servidor de nombres|servidores de nombres de dominio|dns servers|primary name server|secondary name server"
        "|servidor es de nombres de dominio|servidor de nombres de dominio|name servers in listed order|dns|domain name system",
        dates="relevant dates|whois|important dates|additional info|dates",
        status="registration status|flags",
        dnssec="dnssec|keys|key|dnskey",
        domain="domain name|domain|domain information",
    ),
}

PARTY = _table(
    name="name|contact name|full name|nombre|personname|person|person-loc|contact|given name|first name|nome|contact person|role",
    organization="organization|organizacion|organización|descr|contact organization|organisation|org|organization name|company|company name|company english name|orgname|organization-loc"
    "|org-name|organization name english|business name|entity name|organisation name|owner org",
    email="email|e-mail|email address|mail|e mail|email 1|contact email",
    phone="phone|telefono|telephone|tel|phone number|phone 1|voice|telephone number",
    country="country|pais|país|country code|countrycode|country-loc|location|country/economy|countryc",
    region="state|state/province|province|region|state or province|st/prov",
    city="city|ciudad|locality|town|address city|city/locality",
    address="address|street|street address|address-loc|postal address|street 1|street1|address line 1|mailing address",
    handle="nic-hdl|nic handle|handle|contact id|contactid|nic-hdl-br|contact handle|pid|id",
)
"""Labels of a person or an organisation, alone or behind a role ("registrant country")."""

_PREFIXES = (
    ("registrant contact ", "registrant"),
    ("registrant's ", "registrant"),
    ("registrant ", "registrant"),
    ("domain holder ", "registrant"),
    ("holder ", "registrant"),
    ("org-", "registrant"),
    ("adm-", "administrative"),
    ("owner ", "registrant"),
    ("administrative contact ", "administrative"),
    ("admin contact ", "administrative"),
    ("administrative ", "administrative"),
    ("admin ", "administrative"),
    ("ac ", "administrative"),
    ("technical contact ", "technical"),
    ("tech contact ", "technical"),
    ("technical ", "technical"),
    ("tech ", "technical"),
    ("billing contact ", "billing"),
    ("billing ", "billing"),
    ("registrar ", "registrar"),
)

OBJECTS = frozenset({"contact", "nsset", "keyset", "server name"})
"""Labels that begin an object even without an empty line before it (the registry software FRED: .cz, .cr ...)."""


def normalised(label: str) -> str:
    """A label as the tables have it: lower case, without ornament, explanation in parentheses, and the language before a slash."""
    plain = _SPACES.sub(" ", _PARENTHESES.sub(" ", _DOTS.sub(" ", label))).strip(_ORNAMENT).lower()
    # Portugal writes each label twice: "Estado / Status".
    return plain.rpartition(" / ")[2]


def split(line: str, longest: int) -> tuple[str, str]:
    """The normalised label and the value of "label: value"; ("", "") where there is no label."""
    place = line.find(":", 0, longest)
    if place < 1:
        return "", ""
    return normalised(line[:place]), line[place + 1 :].strip()


def known(label: str) -> bool:
    """Whether a label means something here."""
    return label in LABELS or label in ROLES or label in OBJECTS or attribute(label) != ("", "")


def attribute(label: str) -> tuple[str, str]:
    """("registrant", "country") for "registrant country"; ("", "country") for "country"; ("", "") for neither."""
    if label in PARTY:
        return "", PARTY[label]
    for prefix, role in _PREFIXES:
        if label.startswith(prefix):
            rest = PARTY.get(label[len(prefix) :], "")
            if rest or role != "registrar":
                return (role, rest) if rest else ("", "")
    return "", ""
