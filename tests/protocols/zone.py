"""A Resolver over a zone in memory: `{"example.jp": [("A", "192.0.2.1"), ("TXT", "v=spf1 -all")], "gone.example": "TIMEOUT"}`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sabaki.model.lookup import Answer, Lookup
from sabaki.protocols.resolver import NO_ANSWER, key

Records = Sequence[tuple[str, str]]


class Zone:
    """Answers out of a zone, follows CNAME, and remembers what it was asked. A name may be "TIMEOUT", and so may a type."""

    def __init__(self, zone: Mapping[str, Records | str]) -> None:
        self._zone = {name.lower().rstrip("."): records for name, records in zone.items()}
        self.asked: list[tuple[str, str]] = []

    def lookup(self, name: str, type: str) -> Lookup:
        asked = key(name, type)
        self.asked.append(asked)
        owner = asked[0]
        for _ in range(8):
            records = self._zone.get(owner)
            if records is None:
                return Lookup(*asked, Answer.NXDOMAIN)
            if isinstance(records, str) or ("TIMEOUT", "") in records or (asked[1], "TIMEOUT") in records:
                found = [] if isinstance(records, str) else [text for kind, text in records if kind == asked[1]]
                if not found or "TIMEOUT" in found:
                    return Lookup(*asked, Answer.TEMPERROR, detail=NO_ANSWER)
            found = sorted(text for kind, text in records if kind == asked[1])
            if found:
                return Lookup(*asked, Answer.ANSWER, tuple(found), canonical_name=owner if owner != asked[0] else "")
            aliases = [text for kind, text in records if kind == "CNAME"]
            if not aliases:
                return Lookup(*asked, Answer.NODATA)
            owner = aliases[0].lower().rstrip(".")
        return Lookup(*asked, Answer.TEMPERROR, detail="CNAME loop")
