"""Links taken apart: which part is bait, and which names the real owner."""

from __future__ import annotations

from collections import Counter

from sabaki.model.evidence import Grade
from sabaki.model.finding import State
from sabaki.model.observable import Url
from sabaki.render import defang, words
from sabaki.render.blocks import Anatomy, Block, Bullets, Piece, Section, Statement
from sabaki.render.voice import Voice

_MOST = 8
_MOST_OF_ONE_HOST = 3
_LONGEST = 400
_BAIT = ("own_domain_subdomain", "brand_in_host", "lookalike_host")
_SHOWN_AS_BAIT = "own_domain_subdomain"
_UNSHOWN = frozenset({"http_only"})


def section(voice: Voice) -> Section:
    """Every link that a click follows, at most eight, those with the most to see first."""
    report, say = voice.report, voice.say
    links = chosen(report.urls)
    title = say("Where its links lead", "リンクはどこへ導くか")
    if not links:
        nothing = say("The mail holds no link.", "リンクは含まれていません。")
        return Section("links", title, (Statement(nothing, Grade.VERIFIED), *voice.findings("link/")))
    blocks: list[Block] = [
        Statement(
            say(
                "Read a host name from its end: the last part names the owner, and everything in front of it can be "
                "whatever that owner likes.",
                "ホスト名は末尾から読みます。持ち主を示すのは末尾の部分で、その前は持ち主が自由に付けられます。",
            )
        )
    ]
    shown = _few_of_each(links)
    blocks += [_anatomy(voice, url) for url in shown]
    rest = len(links) - len(shown)
    if rest > 0:
        more = say(f"{rest} more are not shown.", f"ほかに {rest} 件ありますが、省略しました。")
        blocks.append(Statement(more))
    if not any(visit.outcome is State.RAN for visit in voice.report.visits):
        text = say(
            "No link was opened for this report: all of this is read from the mail alone.",
            "この報告のためにリンクを開くことはしていません。すべてメールそのものから読み取った内容です。",
        )
        blocks.append(Statement(text))
    statements = voice.findings("link/")
    if statements:
        blocks.append(Bullets(statements, say("What stands out", "目に付く点")))
    return Section("links", title, tuple(blocks))


def chosen(urls: tuple[Url, ...]) -> list[Url]:
    """The links worth showing: clickable ones first, each target once, the most remarkable on top."""
    seen: dict[str, Url] = {}
    for url in urls:
        seen.setdefault(url.value or url.raw, url)
    return sorted(seen.values(), key=lambda url: (not url.clickable, -_weight(url)))


def _few_of_each(links: list[Url]) -> list[Url]:
    """At most eight: of one host no more than three, and what is not to be clicked only where nothing else is there."""
    kept: list[Url] = []
    of: Counter[str] = Counter()
    clickable = any(url.clickable for url in links)
    for url in links:
        if len(kept) < _MOST and of[url.host] < _MOST_OF_ONE_HOST and (url.clickable or not clickable):
            kept.append(url)
            of[url.host] += 1
    return kept


def _weight(url: Url) -> int:
    return sum(10 if trait.id in _BAIT else 1 for trait in url.traits if trait.id not in _UNSHOWN)


def _anatomy(voice: Voice, url: Url) -> Anatomy:
    target = url.value or url.raw
    shown = url.text if url.text and url.text != url.raw and url.text != target else ""
    traits = tuple(
        voice.safe(words.trait(trait.id, voice.lang) + _detail(voice, voice.brand(trait.detail)), 240)
        for trait in url.traits
        if trait.id not in _UNSHOWN and trait.id != _SHOWN_AS_BAIT
    )
    caption = (
        ""
        if url.clickable
        else voice.say("loaded by the mail, not a link to click", "押すリンクではなく、メールが読み込むもの")
    )
    cut = f"{target[:_LONGEST]}…" if len(target) > _LONGEST else target
    return Anatomy(defang.url(cut), _pieces(voice, url), traits, defang.prose(shown[:200]), url.grade, caption)


def _detail(voice: Voice, detail: str) -> str:
    if not detail or detail in ("plain", "percent", "reversed", "host"):
        return ""
    return voice.say(f": {detail}", f"（{detail}）")


def _pieces(voice: Voice, url: Url) -> tuple[Piece, ...]:
    say = voice.say
    if not url.host:
        return (Piece("path", defang.url((url.value or url.raw)[:_LONGEST])),)
    pieces = [Piece("scheme", {"http": "hxxp", "https": "hxxps"}.get(url.scheme, url.scheme) + "://")]
    if url.userinfo:
        pieces.append(
            Piece("userinfo", f"{url.userinfo}@", say("decoration: not the destination", "飾り（行き先ではない）"))
        )
    pieces += _host(voice, url)
    if url.port is not None:
        pieces.append(Piece("port", f":{url.port}", say("port", "ポート")))
    if url.path and url.path != "/":
        pieces.append(Piece("path", defang.inner(_cut(url.path)), say("path", "パス")))
    rest = (f"?{url.query}" if url.query else "") + (f"#{url.fragment}" if url.fragment else "")
    if rest:
        carries = url.trait("recipient_in_url")
        meaning = (
            say("parameters: carry the recipient's address", "パラメーター（受信者のアドレスを含む）")
            if carries and carries.where in ("query", "fragment", "")
            else say("parameters", "パラメーター")
        )
        pieces.append(Piece("query", defang.inner(_cut(rest)), meaning))
    return tuple(pieces)


def _cut(text: str, longest: int = 160) -> str:
    return f"{text[:longest]}…" if len(text) > longest else text


def _host(voice: Voice, url: Url) -> list[Piece]:
    say = voice.say
    owner = url.registrable_domain
    if not owner or not url.host.endswith(owner):
        meaning = say("an IP address", "IPアドレス") if url.ip else say("host", "ホスト")
        return [Piece("owner", defang.host(url.host), meaning)]
    service = url.trait("free_hosting")
    means = (
        say("owner: a customer of a hosting service", "持ち主（ホスティングの利用者）")
        if service
        else say("real owner", "本当の持ち主")
        if voice.accused
        else say("owner", "持ち主")
    )
    front = url.host[: len(url.host) - len(owner)]
    return [*_front(voice, url, front), Piece("owner", defang.host(owner), means)]


def _front(voice: Voice, url: Url, front: str) -> list[Piece]:
    """What stands before the owner's name; the bait in it by itself where we know which letters it is."""
    if not front:
        return []
    say = voice.say
    bait = next((trait for id in _BAIT if (trait := url.trait(id))), None)
    free = say("freely chosen", "自由に付けられる部分")
    if bait is None:
        return [Piece("front", defang.host(front), free)]
    own = bait.id == _SHOWN_AS_BAIT
    meaning = say("bait: the recipient's own domain", "餌（受信者のドメイン）") if own else say("bait", "餌")
    at = front.find(bait.detail) if own and bait.detail else -1
    if at < 0:
        return [Piece("bait", defang.host(front), meaning)]
    end = at + len(bait.detail)
    pieces = (Piece("front", defang.host(front[:at]), free), Piece("bait", defang.host(front[at:end]), meaning))
    return [piece for piece in (*pieces, Piece("front", defang.host(front[end:]))) if piece.text]
