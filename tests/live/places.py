"""Who lives in the test's network: organisations, hosts, addresses, accounts, and the DNS that they publish."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

WORK = "/var/spool"
"""Where the servers keep their files: a tmpfs that only they see and that goes with them. No checkout stands there."""
KEYS = Path(WORK) / "keys"

# The university: its people send with an account, or from inside. Its mail is signed.
GAKUIN = "smtp.gakuin.example"
GAKUIN_IP = "192.0.2.25"
DESK_IP = "192.0.2.77"
HOTEL_IP = "198.51.100.99"
ACCOUNTS = {"office": "hirake-goma", "sensei": "kokuban"}
SELECTOR = "s1"

# The forwarder: old addresses that lead on, and a list that puts a line under what it passes on.
TSUUKA = "relay.tsuuka.example"
TSUUKA_IP = "198.51.100.25"
MEIBO = "list.tsuuka.example"
MEIBO_IP = "198.51.100.26"
SEALER = "fuuin.tsuuka.example"
SEALER_IP = "198.51.100.27"

# The reader: an MX that notes what it finds, and a second one that hands on to it.
MX = "mx.jimusho.example"
MX_IP, MX_IP6 = "203.0.113.25", "2001:db8:cb::25"
MX2 = "mx2.jimusho.example"
MX2_IP = "203.0.113.26"

# Outsiders: a shop with a server of its own, and one who has no right to any name but his own.
KOURI = "mail.kouri.example"
KOURI_IP, KOURI_IP6 = "192.0.2.130", "2001:db8:66::66"
FURIN = "mail.furin.example"
FURIN_IP = "198.51.100.66"

ADDRESSES = {
    GAKUIN_IP: GAKUIN,
    DESK_IP: "desk.gakuin.example",
    HOTEL_IP: "guest99.yado.example",
    TSUUKA_IP: TSUUKA,
    MEIBO_IP: MEIBO,
    SEALER_IP: SEALER,
    MX_IP: MX,
    MX_IP6: MX,
    MX2_IP: MX2,
    KOURI_IP: KOURI,
    KOURI_IP6: KOURI,
    FURIN_IP: FURIN,
}
"""Every address in the network with its name: A or AAAA, and PTR."""

_ZONE = """\
$TTL 300
@ IN SOA ns.example. hostmaster.example. 1 3600 900 86400 300
@ NS ns.example.
ns.example. A 127.0.0.1
gakuin.example. MX 10 smtp.gakuin.example.
gakuin.example. TXT "v=spf1 ip4:192.0.2.25 -all"
_dmarc.gakuin.example. TXT "v=DMARC1; p=reject; adkim=s"
tsuuka.example. MX 10 relay.tsuuka.example.
meibo.tsuuka.example. MX 10 list.tsuuka.example.
tsuuka.example. TXT "v=spf1 ip4:198.51.100.24/29 ~all"
jimusho.example. MX 10 mx.jimusho.example.
jimusho.example. MX 20 mx2.jimusho.example.
jimusho.example. TXT "v=spf1 mx -all"
ginkou.example. MX 10 mail.ginkou.example.
mail.ginkou.example. A 192.0.2.200
ginkou.example. TXT "v=spf1 a:mail.ginkou.example -all"
_dmarc.ginkou.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@ginkou.example"
kouri.example. MX 10 mail.kouri.example.
kouri.example. TXT "v=spf1 ip6:2001:db8:66::/64 include:_spf.kouri.example ~all"
_spf.kouri.example. TXT "v=spf1 ip4:192.0.2.130 -all"
_dmarc.kouri.example. TXT "v=DMARC1; p=none"
furin.example. MX 10 mail.furin.example.
furin.example. TXT "v=spf1 +all"
"""


def zone(keys: dict[str, str]) -> str:
    """The root zone, all of it: `keys` are TXT records of DKIM keys by their names."""
    lines = [_ZONE]
    for address, name in ADDRESSES.items():
        lines.append(f"{name}. {'AAAA' if ':' in address else 'A'} {address}")
        lines.append(f"{reverse(address)}. PTR {name}.")
    for name, record in keys.items():
        strings = " ".join(f'"{record[start : start + 200]}"' for start in range(0, len(record), 200))
        lines.append(f"{name}. TXT {strings}")
    return "\n".join(lines) + "\n"


def reverse(address: str) -> str:
    """The name under which an address has its PTR record (RFC 1035 section 3.5, RFC 3596 section 2.5)."""
    return ip_address(address).reverse_pointer
