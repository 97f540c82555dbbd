"""An account that is not the author's was used from a rented machine."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import accounts, cite, known
from sabaki.facts.accounts import Fit
from sabaki.facts.known import Told
from sabaki.model.case import Case
from sabaki.model.evidence import Evidence, Grade
from sabaki.model.finding import Severity
from sabaki.model.knowledge import Network
from sabaki.registry import Hit, check

_RENTED = {"cloud": ("a cloud", "クラウド"), "hosting": ("a hosting provider", "ホスティング事業者")}
_WEIGHTS = {Fit.STRANGE: 8.0, Fit.POSSIBLE: 4.0}


@check(severity=Severity.LOW, weight=8, references=("MITRE ATT&CK T1583.003", "MITRE ATT&CK T1586.002"))
def rented_server(case: Case) -> Iterator[Hit]:
    """Somebody signed in with an SMTP account that does not fit From, and did so from a machine of a cloud or a hosting provider: people
    write from offices and homes. Programs of honest companies run there too, with accounts that fit: of these nothing is said."""
    fit = accounts.of_origin(case)
    if fit not in _WEIGHTS:
        return
    for found in known.told(case, Network, "ip"):
        use = next((use for use in _RENTED if use in known.uses((found.item,))), "")
        if use and "sender" in found.parts:
            yield _hit(case, found, use, _WEIGHTS[fit])
            return


def _hit(case: Case, found: Told[Network], use: str, weight: float) -> Hit:
    kind, kind_ja = _RENTED[use]
    item = found.item
    hop: tuple[Evidence, ...] = tuple(cite.hop(hop) for hop in case.hops if hop.index == case.origin.hop)
    said = cite.answer(found.by, known.uses((item,))[use], f"{item.database} {item.database_date}".strip())
    return Hit(
        f"the account was used from a rented machine ({found.subject}, {kind})",
        f"アカウントは、借りられたサーバー（{found.subject}、{kind_ja}）から使われています",
        Grade.INFERRED,
        (said, *hop),
        "That fits an account that was taken over: its owner would sign in from an office or a home. A program that its owner runs there looks "
        "the same. The provider can tell who rents the machine, and nothing here does.",
        "持ち主なら職場や自宅から使うはずで、乗っ取りと符合します。ただし、持ち主自身がそこで動かしているプログラムでも同じ形になります。"
        "誰が借りているかを知るのは事業者だけです。",
        weight=weight,
    )
