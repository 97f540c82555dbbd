"""The Message-ID or Return-Path was made under a jumbled or impossible domain."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity, lookalikes
from sabaki.mail.domains import has_known_suffix
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_RESERVED = frozenset(
    {"example", "test", "invalid", "localhost", "local", "localdomain", "internal", "lan", "home", "corp", "mail"}
)


def _impossible(domain: str) -> bool:
    last = domain.rpartition(".")[2]
    return "." in domain and last.isalpha() and last not in _RESERVED and not has_known_suffix(domain)


@check(severity=Severity.LOW, weight=12, family="machine-made", references=("RFC 5322 section 3.6.4",))
def random_message_id(case: Case) -> Iterator[Hit]:
    """The domain in Message-ID or Return-Path is a jumble, or under a top-level domain that does not exist: bulk-sending kits invent them."""
    path = case.sender.return_path
    candidates = (("message-id", case.sender.message_id_domain), ("return-path", path.domain if path else ""))
    for key, domain in candidates:
        if not domain or domain.startswith("["):
            continue
        label = identity.organizational(domain).partition(".")[0]
        if _impossible(domain) or lookalikes.looks_random(label):
            fields = case.all(key)
            yield Hit(
                f"{fields[0].name if fields else key} was made under an invented domain ({domain})",
                f"{fields[0].name if fields else key} に、でたらめに作られたドメイン（{domain}）が使われています",
                Grade.INFERRED,
                tuple(cite.field(field) for field in fields),
                weight=None if lookalikes.looks_random(label) else 6,
            )
            return
