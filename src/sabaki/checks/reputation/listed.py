"""Something in the mail is on a list of bad links, domains or addresses."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, listings
from sabaki.facts.known import Told, short
from sabaki.facts.listings import Voice
from sabaki.model.case import Case
from sabaki.model.evidence import Evidence
from sabaki.model.finding import Severity
from sabaki.model.knowledge import Listing
from sabaki.registry import Hit, check

_TITLES = {
    "link": ("a link is listed as bad: {what}, by {who}", "リンク先が危険リストに載っています: {what}（{who}）"),
    "sender": (
        "the address that sent the mail is listed: {what}, by {who}",
        "送信元のIPアドレスがリストに載っています: {what}（{who}）",
    ),
    "named": (
        "a domain that the mail names as its sender's is listed: {what}, by {who}",
        "差出人として名乗っているドメインがリストに載っています: {what}（{who}）",
    ),
    "account": (
        "the domain of the account that sent the mail is listed: {what}, by {who}",
        "送信に使われたアカウントのドメインがリストに載っています: {what}（{who}）",
    ),
    "site": (
        "the machine behind a link's name is listed: {what}, by {who}",
        "リンク先のサーバーのIPアドレスがリストに載っています: {what}（{who}）",
    ),
    "client": (
        "an address that a field names as the sender's machine is listed: {what}, by {who}",
        "送信者の機器としてヘッダーに書かれたIPアドレスがリストに載っています: {what}（{who}）",
    ),
}
_DETAILS = {
    "link": (
        "Lists err, and honest sites are broken into: it speaks against the link, not against who owns the site.",
        "リストには誤りもあり、侵入された正規のサイトが載ることもあります。リンクの危険を示すもので、サイトの持ち主を責めるものではありません。",
    ),
    "named": (
        "The mail only says that it is from there. Whoever holds the domain need not have sent it.",
        "メールがそう名乗っているだけで、ドメインの持ち主が送ったとは限りません。",
    ),
    "account": (
        "If the account was taken over, its owner is a victim, and the list may be about the misuse. It does not count against the mail.",
        "アカウントが乗っ取られたのなら、持ち主は被害者で、掲載はその悪用の結果かもしれません。判定には数えません。",
    ),
    "": (
        "Many people share an address, at the same time or one after the other: it need not be about this mail.",
        "1つのIPアドレスは、同時に、または入れ替わりで多くの人に使われます。このメールのこととは限りません。",
    ),
}
_OPEN = ("Anyone can add to that list.", "誰でも登録できるリストです。")
_STALE = (
    "The list is more than 30 days older or younger than the mail, and counts half.",
    "リストとメールの日付が30日以上離れているため、重みを半分にしています。",
)
_MOST = 8


@check(severity=Severity.MEDIUM, weight=26, family="reputation", references=("RFC 5782",))
def listed(case: Case) -> Iterator[Hit]:
    """A list (feeds, DNS blocklists, VirusTotal, urlscan, AbuseIPDB, OTX) has a link, the sending address or a domain of the mail. The
    lists of one operator count once, by what they have. That nothing is listed is never said in favour."""
    for voice in listings.voices(case)[:_MOST]:
        yield _hit(voice)


def _hit(voice: Voice) -> Hit:
    words = {
        "what": voice.listings[0].subject,
        "who": ", ".join(dict.fromkeys(_name(found.item) for found in voice.listings[:6])),
    }
    title, title_ja = _TITLES[voice.part]
    notes = [_DETAILS.get(voice.part, _DETAILS[""])]
    notes += [_OPEN] if voice.operator == "otx" else []
    notes += [_STALE] if voice.stale else []
    return Hit(
        title.format_map(words),
        title_ja.format_map(words),
        voice.listings[0].by.grade,
        tuple(_evidence(found) for found in voice.listings[:5]),
        " ".join(en for en, _ in notes),
        "".join(ja for _, ja in notes),
        severity=_severity(voice.weight),
        weight=voice.weight,
    )


def _severity(weight: float) -> Severity:
    return Severity.MEDIUM if weight >= 15 else Severity.LOW if weight else Severity.INFO


def _name(item: Listing) -> str:
    threats = ", ".join(short(threat, 30) for threat in item.threats[:2])
    return f"{short(item.list, 50)}: {threats}" if threats else short(item.list, 50)


def _evidence(found: Told[Listing]) -> Evidence:
    item = found.item
    facts = (
        f"matched {item.matched[:150]}" if item.matched else "",
        f"list of {item.list_date[:40]}" if item.list_date else "",
    )
    said = f"{item.list[:80]}: {', '.join(threat[:60] for threat in item.threats[:4]) or 'listed'}"
    return cite.answer(found.by, said, ", ".join(fact for fact in facts if fact))
