"""The mail came through a network that hides where it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import accounts, cite, known
from sabaki.facts.accounts import Fit
from sabaki.facts.known import Told
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.model.knowledge import Network
from sabaki.registry import Hit, check

_HIDING = {"tor": ("Tor", "Tor"), "proxy": ("an open proxy", "公開プロキシ"), "vpn": ("a VPN", "VPN")}


@check(severity=Severity.LOW, weight=6)
def hidden_origin(case: Case) -> Iterator[Hit]:
    """The sending address, or the one that a field names as the sender's machine, is known as an exit of Tor, a proxy or a VPN: where it
    lies says nothing of where the sender is. It weighs more with an account that is not the author's."""
    for found in known.told(case, Network, "ip"):
        use = next((use for use in _HIDING if use in known.uses((found.item,))), "")
        part = next((part for part in found.parts if part in ("sender", "client")), "")
        if use and part:
            yield _hit(case, found, use, part)
            return


def _weight(case: Case, use: str, part: str) -> float:
    more = 4.0 if use == "tor" else 0.0
    if part == "client":
        return 3.0 + more
    fit = accounts.of_origin(case)
    return more + (3.0 if fit is Fit.OWN else 10.0 if fit in (Fit.STRANGE, Fit.POSSIBLE) else 6.0)


def _hit(case: Case, found: Told[Network], use: str, part: str) -> Hit:
    name, name_ja = _HIDING[use]
    said = known.uses((found.item,))[use]
    grade = case.origin.grade if part == "sender" else Grade.SELF_DECLARED
    return Hit(
        f"the mail came through {name} ({found.subject})",
        f"メールは{name_ja}（{found.subject}）を経由しています",
        known.weakest(found.by.grade, grade),
        (cite.answer(found.by, said, _table(found.item)),),
        "Whoever uses it hides where he is, and so do travellers and careful people. Its operator's other customers, servers among them, have "
        "the same addresses.",
        "発信場所は隠されています。旅行中の人や用心深い人も使い、同じ事業者のほかの利用者（サーバーを含む）とアドレスを共有していることもあります。",
        weight=_weight(case, use, part),
    )


def _table(item: Network) -> str:
    return f"{item.database} {item.database_date}".strip()
