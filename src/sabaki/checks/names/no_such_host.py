"""The host of a link does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, known
from sabaki.facts.known import Told
from sabaki.model.case import Case
from sabaki.model.finding import Severity
from sabaki.model.knowledge import Names
from sabaki.model.lookup import Answer
from sabaki.registry import Hit, check

_MOST = 3


@check(severity=Severity.INFO, weight=0, references=("RFC 8020",))
def no_such_host(case: Case) -> Iterator[Hit]:
    """The DNS says that the host of a link does not exist: the site is gone by that name. It can come back at any time."""
    gone = [found for found in known.told(case, Names, "host") if "link" in found.parts and _is_gone(found)]
    if gone:
        names = ", ".join(dict.fromkeys(found.subject for found in gone[:_MOST]))
        more = len(gone) - _MOST
        yield Hit(
            f"the host of a link does not exist in the DNS: {names}{f' and {more} more' if more > 0 else ''}",
            f"リンク先のホスト名はDNSに存在しません: {names}{f'、ほか {more} 件' if more > 0 else ''}",
            gone[0].by.grade,
            tuple(cite.answer(found.by, "NXDOMAIN") for found in gone[:_MOST]),
            "At the time of the question it led nowhere. That does not make the mail harmless: a name is back with one entry, and other readers' "
            "DNS may still know it.",
            "照会の時点では、どこにもつながりません。無害という意味ではありません。名前は1行の設定で復活し、ほかの人のDNSにはまだ残っているかもしれません。",
        )


def _is_gone(found: Told[Names]) -> bool:
    asked = [each for each in found.item.lookups if each.type in ("A", "AAAA")]
    return bool(asked) and all(each.status is Answer.NXDOMAIN for each in asked) and not found.item.addresses
