"""A domain of the mail belongs to nobody."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, known
from sabaki.facts.known import NOT_REGISTERED, Told
from sabaki.model.case import Case
from sabaki.model.finding import Severity
from sabaki.model.knowledge import Registration
from sabaki.registry import Hit, check

_SOON = 60
_MOST = 4
_WEIGHTS = {"link": 8.0, "named": 14.0}
_WHAT = {
    "link": ("to which a link leads,", "リンク先の"),
    "named": ("which the mail names as its sender's,", "差出人として名乗っている"),
    "account": ("whose account sent the mail,", "送信に使われたアカウントの"),
}


@check(severity=Severity.LOW, weight=14, references=("RFC 9083 section 6",))
def not_registered(case: Case) -> Iterator[Hit]:
    """The registry says that nobody holds a domain that the mail links to or names as its sender's. It weighs where it was asked within
    60 days of the mail's arrival: later, a name may just have lapsed."""
    nobodys: dict[str, Told[Registration]] = {}
    held = set()
    for found in known.told(case, Registration, "domain"):
        if found.item.status == (NOT_REGISTERED,):
            nobodys.setdefault(found.by.subject.value, found)
        else:
            held.add(found.by.subject.value)
    for domain, found in list(nobodys.items())[:_MOST]:
        if domain not in held:
            yield _hit(found, soon=known.soon(case, found.by, _SOON))


def _hit(found: Told[Registration], *, soon: bool) -> Hit:
    what, what_ja = _WHAT[found.parts[0]]
    weight = _WEIGHTS.get(found.parts[0], 0.0) if soon else 0.0
    return Hit(
        f"the domain {found.subject}, {what} is registered by nobody",
        f"{what_ja}ドメイン {found.subject} は、誰にも登録されていません",
        found.by.grade,
        (cite.answer(found.by, NOT_REGISTERED, found.item.server),),
        "It was made up, or it was taken away or lapsed since: registrars delete names that are used for fraud. Anybody can register it "
        "now, and then a link works again.",
        "架空の名前か、その後に失効・抹消されたものです。詐欺に使われた名前は登録業者が抹消することもあります。"
        "今は誰でも取得でき、取得されればリンクは再び機能します。",
        severity=Severity.LOW if weight else Severity.INFO,
        weight=weight,
    )
