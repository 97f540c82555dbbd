"""A link leads to a provider's default name for an address."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import re2

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_OCTETS = re2.compile(r"(?:^|[.-])(?:ip-?|host-?|static-?)?\d{1,3}[.-]\d{1,3}[.-]\d{1,3}[.-]\d{1,3}(?:[.-]|$)")


@lru_cache(maxsize=4_096)
def _is_default_name(host: str) -> bool:
    return _OCTETS.search(host) is not None


@check(severity=Severity.MEDIUM, weight=24, family="host")
def rdns_host(case: Case) -> Iterator[Hit]:
    """The host of a link is the name that a provider gives to a bare address (203-0-113-5.static.example): a machine without a name."""
    found = [url for url in case.urls if url.clickable and not url.ip and _is_default_name(url.host)]
    if found:
        yield Hit(
            f"a link leads to a machine that has only its provider's default name ({found[0].host})",
            f"リンク先は、事業者がIPアドレスに自動で付けた名前（{found[0].host}）のままの機器です",
            Grade.VERIFIED,
            tuple(cite.url(url) for url in found[:3]),
        )
