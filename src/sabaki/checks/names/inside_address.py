"""The name of a link leads to an address inside of a network."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, known
from sabaki.facts.networks import is_inside
from sabaki.mail.domains import as_ip
from sabaki.model.case import Case
from sabaki.model.finding import Severity
from sabaki.model.knowledge import Names
from sabaki.registry import Hit, check

_NOWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  # the addresses of no machine (RFC 1122 section 3.2.1.3)


@check(severity=Severity.LOW, weight=3, references=("RFC 1918", "RFC 6761"))
def inside_address(case: Case) -> Iterator[Hit]:
    """The host of a link has a private or loopback address in the DNS: nobody outside can reach it, and a click leads into the reader's own
    network."""
    for found in known.told(case, Names, "host"):
        inside = [ip for each in found.item.addresses if (ip := as_ip(each)) and (ip in _NOWHERE or is_inside(ip))]
        if inside and "link" in found.parts:
            yield Hit(
                f"the host of a link, {found.subject}, has an address inside of networks: {inside[0]}",
                f"リンク先 {found.subject} は、内部ネットワーク用のアドレス {inside[0]} を指しています",
                found.by.grade,
                (cite.answer(found.by, ", ".join(inside[:4])),),
                "A resolver that blocks the site answers like that, and so do internal sites and names that are parked. In the hands of an "
                "attacker it sends a browser to machines of the reader's own (DNS rebinding).",
                "サイトを遮断するDNSの応答、社内向けサイト、休止中のドメインでも起こります。悪用されると、閲覧者自身の内部ネットワークにある機器へ"
                "ブラウザを誘導します（DNSリバインディング）。",
            )
            return
