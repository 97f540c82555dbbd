"""Google lists a link of the mail as dangerous."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, listings
from sabaki.facts.known import short
from sabaki.model.case import Case
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.HIGH, weight=35, family="reputation", references=("Google Safe Browsing v5",))
def dangerous_link(case: Case) -> Iterator[Hit]:
    """Google Safe Browsing or Web Risk lists a link as deceiving its visitors (SOCIAL_ENGINEERING) or spreading malware: browsers stop
    who opens it. Both have the same lists, and count once."""
    found = [each for each in listings.against(case) if listings.deceives(each)]
    if not found:
        return
    names = " / ".join(dict.fromkeys(short(each.item.list, 40) for each in found[:20]))
    threats = ", ".join(dict.fromkeys(short(threat, 40) for each in found[:20] for threat in each.item.threats[:3]))
    yield Hit(
        f"a link is suspected of being dangerous by {names} ({threats})",
        f"リンク先に危険の疑いがあると、{names} が判定しています（{threats}）",
        found[0].by.grade,
        tuple(
            cite.answer(
                each.by, f"{each.item.list[:60]}: {', '.join(each.item.threats[:4])}", _when(each.item.list_date)
            )
            for each in found[:5]
        ),
        "It is a suspicion of the page or the site around it, and no list is free of error. A site may also have been broken into: its owner "
        "is then a victim. Whoever sent the mail is not named by it.",
        "ページ、またはそれを置くサイトについての疑いで、リストには誤りもありえます。侵入されて悪用されたサイトなら、"
        "その持ち主は被害者です。メールを送った人物を示すものではありません。",
    )


def _when(date: str) -> str:
    return f"list of {date[:40]}" if date else ""
