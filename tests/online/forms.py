"""What the servers say when they are well: registrations in the registries' own shapes. Persons and organisations are invented."""

from __future__ import annotations

import json
from typing import Any

from tests.online.places import ARIN_WHOIS, DOMAIN, HOSTED_AT, IANA, JPRS, ORG_WHOIS, REGISTRAR, SCHOOL, SENT_FROM

Json = dict[str, Any]
SCHOOL_NAME = "学校法人れい学園 こども専門学校"
CLOUD, HOSTER = "Rei Cloud Corporation", "Rei Hosting LLC"

_JPRS = f"""\
[ JPRS database provides information on network administration. Its use is    ]
[ restricted to network administration purposes. For further information,     ]
[ use 'whois -h whois.jprs.jp help'. To suppress Japanese output, add'/e'     ]
[ at the end of command, e.g. 'whois -h whois.jprs.jp xxx/e'.                 ]

Domain Information: [ドメイン情報]
a. [ドメイン名]                 {SCHOOL.upper()}
e. [そしきめい]                 がっこうほうじんれいがくえん こどもせんもんがっこう
f. [組織名]                     {SCHOOL_NAME}
g. [Organization]               Rei Gakuen Kodomo College
k. [組織種別]                   専修学校
l. [Organization Type]          Special Training School
m. [登録担当者]                 XX0000JP
n. [技術連絡担当者]             YY0000JP
p. [ネームサーバ]               ns1.{SCHOOL}
p. [ネームサーバ]               ns2.{SCHOOL}
s. [署名鍵]
[状態]                          Connected (2027/03/31)
[ロック状態]                    AgentChangeLocked
[登録年月日]                    1999/04/01
[接続年月日]                    1999/04/15
[最終更新]                      2026/04/01 01:05:35 (JST)

"""
_JPRS_E = f"""\
[ JPRS database provides information on network administration. Its use is    ]
[ restricted to network administration purposes. For further information,     ]

Domain Information:
a. [Domain Name]                {SCHOOL.upper()}
g. [Organization]               Rei Gakuen Kodomo College
l. [Organization Type]          Special Training School
m. [Administrative Contact]     XX0000JP
n. [Technical Contact]          YY0000JP
p. [Name Server]                ns1.{SCHOOL}
[State]                         Connected (2027/03/31)
[Registered Date]               1999/04/01
[Last Update]                   2026/04/01 01:05:35 (JST)

"""
_ORG = f"""\
Domain Name: {DOMAIN}
Registry Domain ID: 0a0a0a0a0a0a0a-LROR
Registrar WHOIS Server: whois.touroku.example
Registrar: Touroku Example, Inc.
Registrar IANA ID: 9004
Creation Date: 2022-06-20T14:11:09Z
Registry Expiry Date: 2027-06-20T14:11:09Z
Domain Status: clientTransferProhibited https://icann.org/epp#clientTransferProhibited
Registrant Organization: REDACTED FOR PRIVACY
Registrant State/Province: La Paz
Registrant Country: BO
Name Server: ns1.touroku.example
Name Server: ns2.touroku.example
>>> Last update of WHOIS database: 2026-11-24T00:00:00Z <<<
"""
_NET = """\
NetRange:       {first} - {last}
CIDR:           {cidr}
NetName:        {name}
NetHandle:      NET-{handle}-1
Organization:   {holder}
RegDate:        2017-10-18
Updated:        2021-12-14

OrgName:        {holder}
City:           {city}
StateProv:      {region}
Country:        US
"""
_NETS = {
    SENT_FROM: {
        "first": "20.33.0.0",
        "last": "20.128.255.255",
        "cidr": "20.64.0.0/10, 20.128.0.0/16, 20.48.0.0/12, 20.33.0.0/16, 20.34.0.0/15, 20.36.0.0/14, 20.40.0.0/13",
        "name": "REI-CLOUD",
        "handle": "20-33-0-0",
        "holder": CLOUD,
        "city": "Redmond",
        "region": "WA",
    },
    HOSTED_AT: {
        "first": "99.198.96.0",
        "last": "99.198.127.255",
        "cidr": "99.198.96.0/19",
        "name": "REI-HOSTING",
        "handle": "99-198-96-0",
        "holder": HOSTER,
        "city": "Chicago",
        "region": "IL",
    },
}


def whois(host: str, query: str) -> bytes:
    """The answer of a WHOIS server to a line, in the charset that the server uses."""
    asked, _, form = query.partition("/")
    asked = asked.split()[-1].lower() if asked.split() else ""
    if host == JPRS:
        text = (_JPRS_E if form == "e" else _JPRS) if asked == SCHOOL else "No match!!\n"
        return text.encode("iso-2022-jp")
    if host == IANA:
        refer = ORG_WHOIS if asked == "org" else ARIN_WHOIS if asked in _NETS else ""
        more = f"refer:        {refer}\n" if refer else "% This query returned 0 objects.\n"
        return f"% IANA WHOIS server\n\n{more}".encode()
    if asked == DOMAIN:
        return _ORG.encode()
    return _NET.format(**_NETS[asked]).encode() if asked in _NETS else b"No match found.\n"


def card(*properties: list[Any]) -> list[Any]:
    """A jCard (RFC 7095)."""
    return ["vcard", [["version", {}, "text", "4.0"], *properties]]


def entity(role: str, *properties: list[Any], **more: Any) -> Json:
    """An entity of RDAP (RFC 9083 section 5.1)."""
    return {"objectClassName": "entity", "roles": [role], "vcardArray": card(*properties), **more}


def _text(name: str, value: Any) -> list[Any]:
    return [name, {}, "text", value]


_ABUSE = entity("abuse", _text("fn", "Abuse"), _text("email", "abuse@touroku.example"))
_EVENTS = [
    {"eventAction": "registration", "eventDate": "2022-06-20T14:11:09.151Z"},
    {"eventAction": "expiration", "eventDate": "2027-06-20T14:11:09.151Z"},
    {"eventAction": "last changed", "eventDate": "2026-06-21T14:11:09.151Z"},
]


def registry(related: str = f"https://{REGISTRAR}/rdap/domain/{DOMAIN}") -> Json:
    """The registry of .org as of late: who the registrant is stays with the registrar, to whom it refers."""
    return {
        "rdapConformance": ["icann_rdap_response_profile_0", "rdap_level_0"],
        "objectClassName": "domain",
        "handle": "0a0a0a0a0a0a0a-LROR",
        "ldhName": DOMAIN,
        "links": [{"value": "x", "rel": "related", "href": related, "type": "application/rdap+json"}],
        "status": ["client transfer prohibited"],
        "events": _EVENTS,
        "entities": [
            entity(
                "registrar",
                _text("fn", "Touroku Example, Inc."),
                handle="9004",
                publicIds=[{"type": "IANA Registrar ID", "identifier": "9004"}],
                entities=[_ABUSE],
            )
        ],
        "nameservers": [
            {"objectClassName": "nameserver", "ldhName": f"ns{number}.touroku.example"} for number in (1, 2)
        ],
        "secureDNS": {"delegationSigned": False},
    }


def registrar() -> Json:
    """The registrar's own answer: the registrant's country and state, his name redacted (RFC 9537)."""
    registrant = entity(
        "registrant",
        _text("fn", ""),
        ["adr", {"cc": "BO"}, "text", ["", "", "", "", "La Paz", "", ""]],
        ["contact-uri", {}, "uri", "https://touroku.example/contact"],
        handle="1",
    )
    redacted = [{"name": {"type": "Registrant Name"}, "method": "emptyValue", "pathLang": "jsonpath"}]
    return {"objectClassName": "domain", "ldhName": DOMAIN, "entities": [registrant], "redacted": redacted}


def network(ip: str) -> Json:
    """ARIN's form of a network."""
    facts = _NETS[ip]
    label = f"One Rei Way\n{facts['city']}\n{facts['region']}\n98052\nUnited States"
    address = ["adr", {"label": label}, "text", [""] * 7]
    holder = entity("registrant", _text("fn", facts["holder"]), address, _text("kind", "org"), handle="REI-1")
    prefixes = [each.split("/") for each in facts["cidr"].split(", ")]
    return {
        "rdapConformance": ["nro_rdap_profile_0", "rdap_level_0", "cidr0", "arin_originas0"],
        "objectClassName": "ip network",
        "handle": f"NET-{facts['handle']}-1",
        "startAddress": facts["first"],
        "endAddress": facts["last"],
        "ipVersion": "v4",
        "name": facts["name"],
        "type": "DIRECT ALLOCATION",
        "cidr0_cidrs": [{"v4prefix": prefix, "length": int(length)} for prefix, length in prefixes],
        "status": ["active"],
        "events": [{"eventAction": "registration", "eventDate": "2017-10-18T10:00:00-04:00"}],
        "entities": [holder | {"entities": [entity("abuse", _text("email", "abuse@rei.example"))]}],
        "port43": ARIN_WHOIS,
    }


def autonomous_system(number: str) -> Json:
    """ARIN's form of an AS number."""
    holder = entity("registrant", _text("fn", CLOUD), _text("kind", "org"), handle="REI-1")
    return {
        "rdapConformance": ["nro_rdap_profile_0", "rdap_level_0", "nro_rdap_profile_asn_flat_0"],
        "objectClassName": "autnum",
        "handle": f"AS{number}",
        "startAutnum": int(number),
        "endAutnum": int(number),
        "name": "REI-CLOUD-AS",
        "status": ["active"],
        "entities": [holder],
    }


def rdap(host: str, path: str) -> tuple[int, bytes]:
    """Status and body of an RDAP server's answer to a path."""
    kind, _, value = path.rpartition("/")
    kind = kind.rpartition("/")[2]
    document: Json | None = None
    if kind == "domain" and value == DOMAIN:
        document = registrar() if host == REGISTRAR else registry()
    elif kind == "ip" and value in _NETS:
        document = network(value)
    elif kind == "autnum":
        document = autonomous_system(value)
    if document is None:
        return 404, json.dumps({"errorCode": 404, "title": "Not Found"}).encode()
    return 200, json.dumps(document).encode()
