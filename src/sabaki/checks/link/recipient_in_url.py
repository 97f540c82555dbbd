"""A link carries the recipient's address."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import brands, cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_JAPANESE = {"plain": "そのまま", "percent": "パーセント符号化", "reversed": "逆順", "host": "ホスト名の中"}


@check(severity=Severity.MEDIUM, weight=15, family="bait")
def recipient_in_url(case: Case) -> Iterator[Hit]:
    """The recipient's address stands in a link, plain or encoded: who clicks tells the sender that the mailbox is alive."""
    # A known company's link to its own pages may well know whom it was sent to.
    found = [
        (url, trait)
        for url, trait in cite.traits(case, "recipient_in_url")
        if not brands.owner_of(url.registrable_domain or url.host)
    ]
    if found:
        _, trait = found[0]
        yield Hit(
            f"a link carries the recipient's address ({trait.detail})",
            f"リンクに受信者のアドレスが埋め込まれています（{_JAPANESE.get(trait.detail, trait.detail)}）",
            Grade.VERIFIED,
            cite.traited(found),
            weight=None if case.lure.claims else 5,
            detail="The page can fill it into a login form, and the sender learns who clicked. Newsletters do this too.",
            detail_ja="ログイン画面にあらかじめ入力して見せたり、誰が押したかを知るために使われます。ニュースレターでも使われる手法です。",
        )
