"""Who lives in this network: the servers that the bundled tables name, at addresses that lead nowhere, and the DNS that leads to them.

The addresses are out of 192.175.48.0/24 and 192.31.196.0/24 (RFC 7534, RFC 7535): globally routable, and nobody's. The names are the
published case's own and those of the registries; the network has no way out, so none of it reaches anyone.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address

DOMAIN = "circuloachocalla.org"
LINK_HOST = f"support.jimusho.example.{DOMAIN}"
LINK = f"http://{LINK_HOST}/kagoya?uid=admin@jimusho.example"
SCHOOL = "kobe-kodomo.ac.jp"
SENT_FROM, HOSTED_AT = "20.63.138.218", "99.198.113.170"
REVERSE = "server.kyaku.example"
VICTIM = "jimusho.example"
OWN_HOSTS = ("mx.hosting.example", "mbox.hosting.example")

PIR, ARIN, REGISTRAR = "rdap.publicinterestregistry.org", "rdap.arin.net", "rdap.touroku.example"
GOOGLE = "safebrowsing.googleapis.com"
JPRS, IANA = "whois.jprs.jp", "whois.iana.org"
ORG_WHOIS, ARIN_WHOIS = "whois.publicinterestregistry.org", "whois.arin.net"

RDAP = {PIR: "192.175.48.10", ARIN: "192.175.48.11", REGISTRAR: "192.175.48.12"}
SAFE_BROWSING = {GOOGLE: "192.175.48.20"}
WHOIS = {JPRS: "192.31.196.10", IANA: "192.31.196.11", ORG_WHOIS: "192.31.196.12", ARIN_WHOIS: "192.31.196.13"}
SERVERS = {**RDAP, **SAFE_BROWSING, **WHOIS}

LOOPBACK, METADATA, PRIVATE, LOOPBACK6 = "127.0.0.1", "169.254.169.254", "10.0.0.1", "::1"
TRAPS = {"loop.example": LOOPBACK, "meta.example": METADATA, "inside.example": PRIVATE, "six.example": LOOPBACK6}
"""Names that lead where nothing may be connected to. Somebody listens there, and must never hear anything."""
STRANGER = "192.175.48.99"
"""Where a lying DNS leads: somebody else's server."""
NEVER = (SENT_FROM, HOSTED_AT)
"""The attacker's own: never visited."""
ADDRESSES = (*SERVERS.values(), METADATA, PRIVATE, STRANGER, *NEVER)

_TOP = """\
$TTL 300
@ IN SOA ns.example. hostmaster.example. 1 3600 900 86400 300
@ NS ns.example.
"""
_ROOT = f"""\
ns.example. A 127.0.0.1
{ip_address(HOSTED_AT).reverse_pointer}. PTR {REVERSE}.
{REVERSE}. A {HOSTED_AT}
jimusho.example. MX 10 mx.hosting.example.
jimusho.example. TXT "v=spf1 ip4:203.0.113.25 -all"
mx.hosting.example. A 203.0.113.25
"""
_OTHERS = {
    DOMAIN: f"""\
@ NS ns1.touroku.example.
@ NS ns2.touroku.example.
@ A {HOSTED_AT}
@ MX 0 {DOMAIN}.
@ TXT "v=spf1 +a +mx ~all"
{LINK_HOST}. A {HOSTED_AT}
""",
    SCHOOL: f"""\
@ NS ns1.{SCHOOL}.
@ MX 10 mail.{SCHOOL}.
@ TXT "v=spf1 ip4:203.0.113.200 ~all"
""",
}
Zones = dict[str, str]


def zones(servers: Mapping[str, str] = SERVERS, type: str = "A") -> Zones:
    """All that the DNS has, by zone: the servers' names with the records given."""
    named = (f"{name}. {type} {value}\n" for name, value in servers.items())
    traps = (f"{name}. {'AAAA' if ':' in at else 'A'} {at}\n" for name, at in TRAPS.items())
    return {".": "".join((_TOP, _ROOT, *named, *traps)), **{name: _TOP + text for name, text in _OTHERS.items()}}
