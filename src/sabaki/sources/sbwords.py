"""What an answer of Google's lists means, in words for an administrator. They never say more than Google does, nor that a page is clean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from sabaki.model.knowledge import Listing
from sabaki.sources.sblists import rfc3339
from sabaki.sources.sbproto import Detail
from sabaki.sources.sbservice import Kept
from sabaki.sources.urlhash import Expression

ADVISORY = "https://developers.google.com/safe-browsing/v4/advisory"
"""Where Google wants its warnings to lead."""

_SUSPECTED = {
    "SOCIAL_ENGINEERING": (
        "deceives its visitors: phishing, or talking them into installing something",
        "訪問者をだます行為（フィッシング、または口実をつけてソフトを導入させること）",
    ),
    "SOCIAL_ENGINEERING_EXTENDED_COVERAGE": (
        "deceives its visitors (by Google's extended list, which catches more and errs more often)",
        "訪問者をだます行為（検出範囲を広げたリストによるもので、誤検出も増えます）",
    ),
    "MALWARE": ("spreads malware", "マルウェアの配布"),
    "UNWANTED_SOFTWARE": (
        "offers software that does harm unasked, such as changing the browser's settings",
        "望まない動作をするソフト（ブラウザの設定を書き換えるなど）の配布",
    ),
    "POTENTIALLY_HARMFUL_APPLICATION": (
        "offers an app for Android that may do harm",
        "有害な動作をしうるAndroidアプリの配布",
    ),
}
_WARNED = (
    (
        "Chrome stops visitors with a red page over the whole window (“Dangerous site”; in older versions “Deceptive site ahead” for "
        "deception); Firefox and Safari warn by the same lists. Advisory provided by Google, whose lists are neither complete nor free of error."
    ),
    (
        "Chromeでは全画面の赤い警告（「危険なサイト」。以前の版では、だますサイトには「偽のサイトにアクセスしようとしています」）が出て、開く前に止められます。"
        "FirefoxやSafariも同じリストで警告します。情報提供: Google（リストは完全ではなく、誤りもありえます）"
    ),
)
_NOT_LISTED = (
    (
        "Google had not listed this address, nor the site that it is on, at {date}. This does not mean that it is clean: new phishing pages are "
        "listed only after a while, and pages that hide from Google's visits are not listed at all."
    ),
    (
        "{date} の時点で、このURLも、それを置くサイトも、Googleのリストに載っていませんでした。安全だという意味ではありません。"
        "新しいフィッシングサイトは載るまでに時間がかかり、Googleの巡回から身を隠すページは載らないままです。"
    ),
)
_BY_LISTS = (
    " Asked of the lists on this machine, of that time; nothing was sent.",
    "この端末に保存した同時刻のリストで調べました（外部への問い合わせなし）。",
)
_UNSETTLED = (
    (
        "Google names this address, but in a way that settles nothing: as an entry on trial, as dangerous only inside another page's frame, or as "
        "a kind of danger that this version does not know. Browsers do not necessarily warn. It is not clean by that."
    ),
    (
        "Googleの応答にこのURLは含まれますが、危険とは断定できません（試験中の項目、他のページの枠内でのみ有効な項目、または本バージョンが知らない種類）。"
        "ブラウザが警告するとは限りません。安全だという意味でもありません。"
    ),
)


class Match(msgspec.Struct, frozen=True):
    """An expression that is listed, with what Google says of it, and when it said so."""

    expression: str
    details: tuple[Detail, ...]
    asked: datetime


def matches(wanted: Iterable[Expression], answers: Mapping[bytes, Kept]) -> tuple[Match, ...]:
    """The expressions whose whole hash came back; one that only shares its first bytes is no match."""
    return tuple(
        Match(each.text, found.details, known.asked)
        for each in wanted
        if (known := answers.get(each.prefix)) is not None
        for found in known.hashes
        if found.hash == each.hash
    )


def listing(name: str, found: tuple[Match, ...], asked: datetime, *, locally: bool = False) -> Listing:
    """What comes of it. `asked` is when an answer that names nothing was given, `locally` that the lists here gave it."""
    acted_on = {each.expression: threats for each in found if (threats := _threats(each.details))}
    if acted_on:
        threats = tuple(sorted({threat for kinds in acted_on.values() for threat in kinds}))
        date = min(each.asked for each in found if each.expression in acted_on)
        meaning, meaning_ja = _danger(threats)
        return Listing(
            list=name,
            listed=True,
            threats=threats,
            meaning=meaning,
            meaning_ja=meaning_ja,
            matched=", ".join(acted_on),
            list_date=rfc3339(date),
            url=ADVISORY,
        )
    if found:
        matched = ", ".join(dict.fromkeys(each.expression for each in found))
        return Listing(
            list=name,
            listed=None,
            meaning=_UNSETTLED[0],
            meaning_ja=_UNSETTLED[1],
            matched=matched,
            list_date=rfc3339(min(each.asked for each in found)),
        )
    date_text = rfc3339(asked)
    meaning, meaning_ja = (text.format(date=date_text) for text in _NOT_LISTED)
    if locally:
        meaning, meaning_ja = meaning + _BY_LISTS[0], meaning_ja + _BY_LISTS[1]
    return Listing(list=name, listed=False, meaning=meaning, meaning_ja=meaning_ja, list_date=date_text)


def _threats(details: Iterable[Detail]) -> tuple[str, ...]:
    """The kinds that a browser acts on when the page itself is opened."""
    return tuple(each.threat for each in details if each.threat and not each.attributes)


def _danger(threats: Iterable[str]) -> tuple[str, str]:
    english, japanese = zip(*(_SUSPECTED[threat] for threat in threats), strict=True)
    return (
        f"Google suspects that this page, or the site that it is on, {'; and that it '.join(english)}. {_WARNED[0]}",
        f"Googleは、このページ（またはそれを置くサイト）に、{'、'.join(japanese)}の疑いがあると判定しています。{_WARNED[1]}",
    )
