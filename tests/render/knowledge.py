"""What the world said of the seed case and of mails built by hand: answers in the shapes that the sources give."""

from __future__ import annotations

from typing import Any

import msgspec

from sabaki.model.finding import State
from sabaki.model.knowledge import (
    Certificate,
    Certificates,
    Contact,
    Knowledge,
    Known,
    Listing,
    Names,
    Network,
    Place,
    Registration,
    Subject,
)
from sabaki.model.report import Report
from tests.render import cases

SENDER, SITE = "20.63.138.218", "99.198.113.170"
HOST = "support.jimusho.example.circulo.test"
LICENCE = "IP Geolocation by DB-IP (db-ip.com), CC BY 4.0"
TOKYO = Place(
    latitude=35.676,
    longitude=139.650,
    radius_km=50.0,
    city="Tokyo",
    region="Tokyo",
    country="JP",
    database="DB-IP City Lite",
    database_date="2026-11-01",
    licence=LICENCE,
)
NORCROSS = msgspec.structs.replace(
    TOKYO, latitude=33.977, longitude=-84.212, city="Norcross", region="Georgia", country="US"
)


def known(source: str, kind: str, value: str, *items: Known, **more: Any) -> Knowledge:
    given = {"state": State.RAN, "obtained_at": "2026-11-24T10:00:00Z", "known": items, **more}
    return Knowledge(source=source, subject=Subject(kind, value), **given)


def azure() -> Network:
    return Network(
        asn=8075,
        name="MICROSOFT-CORP-MSN-AS-BLOCK",
        prefix="20.63.0.0/16",
        uses=("cloud: Microsoft Azure (list of 2026-11-24)",),
        database="AS table",
        database_date="2026-11-20",
    )


def owner() -> Registration:
    return Registration(
        holder="Circulo Achocalla",
        country="BO",
        region="La Paz",
        registrar="Example Registrar, Inc.",
        registrar_id="9999",
        created="2016-03-01T00:00:00Z",
        expires="2023-03-01T00:00:00Z",
        status=("client transfer prohibited",),
        name_servers=("ns1.hosting.example", "ns2.hosting.example"),
        contacts=(Contact("abuse", email="abuse@registrar.example"),),
        server="rdap.registry.example",
    )


def school() -> Registration:
    return Registration(
        holder="Gakuin College",
        holder_ja="学校法人 学院",
        country="JP",
        created="1999-04-01",
        protocol="whois",
        server="whois.registry.example",
    )


def listed() -> Listing:
    return Listing(
        list="Google Safe Browsing",
        listed=True,
        threats=("SOCIAL_ENGINEERING",),
        meaning="Google suspects that this page deceives its visitors.",
        meaning_ja="訪問者をだます行為の疑いがあります。",
        matched="circulo.test/",
        list_date="2026-11-24T09:59:00Z",
    )


def seed() -> tuple[Knowledge, ...]:
    return (
        known("place", "ip", SENDER, TOKYO),
        known("network", "ip", SENDER, azure()),
        known("names", "ip", SENDER, Names(reverse_names=("vm.cloud.example",))),
        known("rdap", "domain", "circulo.test", owner(), to="rdap.registry.example", sent="circulo.test"),
        known("whois", "domain", "gakuin.example", school(), to="whois.registry.example", sent="gakuin.example"),
        known("names", "host", HOST, Names(addresses=(SITE,))),
        known("place", "ip", SITE, NORCROSS),
        known("safe_browsing", "url", cases.LINK, listed(), to="Google Safe Browsing", sent="0a1b2c3d"),
        known(
            "ct", "host", HOST, Certificates(certificates=(Certificate((HOST,), "Example CA", "2022-08-01"),), total=3)
        ),
        known(
            "web_risk",
            "url",
            cases.LINK,
            state=State.SKIPPED,
            reason="no key",
            reason_ja="APIキーがありません",
            obtained_at=None,
        ),
    )


def report(knowledge: tuple[Knowledge, ...] | None = None, base: Report | None = None, **changes: Any) -> Report:
    told = seed() if knowledge is None else knowledge
    return cases.replaced(base or cases.seed_report(), knowledge=told, **changes)


BAD = "<script>alert(1)</script>\x1b]0;x\x07\u202egpj\x9b|`*[x](http://evil.test/)` \"' {{7*7}}\n# head"


def hostile() -> Report:
    """The seed case, with markup and controls in every text that a server could have sent."""

    def spoilt(value: Any, path: str = "") -> Any:
        if isinstance(value, str):
            keep = (
                "kind",
                "value",
                "source",
                "obtained_at",
                "state",
                "grade",
                "country",
                "created",
                "list_date",
                "role",
            )
            return value if path in keep or path in ("addresses",) else BAD
        if isinstance(value, tuple):
            return tuple(spoilt(item, path) for item in value)
        if isinstance(value, msgspec.Struct):
            changes = {name: spoilt(getattr(value, name), name) for name in value.__struct_fields__ if name != "state"}
            changes.pop("grade", None)
            return msgspec.structs.replace(value, **changes)
        return value

    return report(tuple(spoilt(piece) for piece in seed()))
