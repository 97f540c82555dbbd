"""A watch's diary in words: what happened, what was seen at each look, and what stands there now; for a page, a terminal, a notice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from sabaki.model.finding import State
from sabaki.model.report import Label
from sabaki.model.watch import Diary, Event, Kind, Observation, Way
from sabaki.render import defang, timeline, words
from sabaki.render.blocks import Article, Block, Bullets, Cell, Section, Statement, Table
from sabaki.render.diarywords import WAYS, seen, told

_MOST_LOOKS = 40
_STRONG = frozenset({Kind.REVIVED, Kind.APPEARED, Kind.MOVED, Kind.HOLD_LIFTED, Kind.REREGISTERED})


class Speaks(Protocol):
    """A voice, as far as a diary needs one (render/voice.py)."""

    lang: str

    def say(self, en: str, ja: str) -> str:
        """The sentence in the language of this voice."""
        ...  # pragma: no cover


class Tongue:
    """A language without a report."""

    def __init__(self, lang: str) -> None:
        """Take "ja" or anything else, which means English."""
        self.lang = "ja" if lang == "ja" else "en"

    def say(self, en: str, ja: str) -> str:
        """The sentence in this language."""
        return ja if self.lang == "ja" else en


def section(voice: Speaks, diary: Diary) -> Section:
    """The chapter of a watch: the timeline, what happened, and what every way of looking saw last."""
    say, lang = voice.say, voice.lang
    drawn, numbers = timeline.draw(diary, lang, {way: words.pick(pair, lang) for way, pair in WAYS.items()})
    latest = _latest(diary)
    grade = latest[-1][1].grade if latest else ""
    blocks: list[Block] = [Statement(summary(diary, lang), grade, say(*_CAUTION), "strong")]
    if drawn is not None:
        blocks.append(drawn)
    if diary.events:
        blocks.append(_happened(diary, lang, numbers))
    if latest:
        rows = tuple(
            (
                Cell(words.pick(WAYS[way], lang), short=True),
                Cell(seen(each, lang), each.grade),
                Cell(words.when(each.at), short=True),
            )
            for way, each in latest
        )
        head = (say("looked at", "確認対象"), say("seen last", "最新の結果"), say("when", "時刻"))
        blocks.append(Table(rows, head, say("What was seen last", "最新の確認結果")))
    failed = [each for each in diary.observations if each.seen is None][-3:]
    if failed:
        items = tuple(
            Statement(f"{words.when(each.at)} {words.pick(WAYS[each.way], lang)}: {seen(each, lang)}")
            for each in failed
        )
        blocks.append(
            Bullets(
                items,
                say(
                    "Not checked (unknown is neither gone nor harmless)",
                    "確認できなかったもの（「消滅」でも「無害」でもありません）",
                ),
            )
        )
    return Section("watch", say("What has become of it", "その後の経過"), tuple(blocks))


_CAUTION = (
    "What stands there is what we were shown at those times. While the name leads to a server, the page can come back.",
    "各時点で私たちに示された内容です。名前がサーバーを指している限り、ページは復活しえます。",
)


def _happened(diary: Diary, lang: str, numbers: dict[str, int]) -> Table:
    rows = tuple(
        (
            Cell(str(numbers.get(event.id, "·")), number=True),
            Cell(words.when(event.at), short=True),
            Cell(told(event, lang), event.grade, note=_between(event, lang)),
        )
        for event in diary.events
    )
    head = (
        words.pick(("no.", "番号"), lang),
        words.pick(("seen at", "確認時刻"), lang),
        words.pick(("what", "出来事"), lang),
    )
    return Table(rows, head, words.pick(("What happened", "出来事"), lang))


def _between(event: Event, lang: str) -> str:
    if not event.since:
        return words.pick(("at the first look", "最初の確認時"), lang)
    since = words.when(event.since)
    return words.pick((f"since the look of {since}", f"前回の確認は {since}"), lang)


def _latest(diary: Diary) -> list[tuple[Way, Observation]]:
    """The last look in each way that saw something."""
    found = {each.way: each for each in diary.observations if each.seen is not None}
    return [(way, found[way]) for way in Way if way in found]


def _now(diary: Diary, lang: str) -> str:
    """What stands there now, in a few words."""
    found = [each for way, each in _latest(diary) if way is not Way.CERTIFICATE]
    what = seen(found[-1], lang) if found else words.pick(("not looked at yet", "まだ確認していません"), lang)
    return words.pick((f"Last seen: {what}", f"最新の確認結果: {what}"), lang)


def summary(diary: Diary, lang: str) -> str:
    """In a sentence: what stands there now, by the way of looking that tells most."""
    latest = _latest(diary)
    if not latest:
        return words.pick(("Nothing was seen of it yet.", "まだ何も確認できていません。"), lang)
    way, last = next(((way, each) for way, each in reversed(latest) if way is not Way.CERTIFICATE), latest[-1])
    name, what, when = words.pick(WAYS[way], lang), seen(last, lang), words.when(last.at)
    en = f"When last looked at ({when}), {name}: {what}."
    return words.pick((en, f"最後の確認（{when}）では、{name}は「{what}」でした。"), lang)


def article(diary: Diary, lang: str, *, masked: bool) -> Article:
    """A page of its own about one watch. `masked` says that the victim was masked in it before."""
    tongue, watch = Tongue(lang), diary.watch
    say, host = tongue.say, defang.host(watch.host)
    revived = len({event.at for event in diary.events if event.kind is Kind.REVIVED})
    lead = say(
        f"{len(diary.events)} events in {len(diary.observations)} observations since {words.when(watch.added_at)}; back again {revived} times.",
        f"{words.when(watch.added_at)} からの {len(diary.observations)} 件の確認で、{len(diary.events)} 件の出来事（うち復活 {revived} 回）。",
    )
    link = (
        Section(
            "link",
            say("The link", "リンク"),
            (Table(((Cell(say("asked for", "確認に使うURL")), Cell(defang.url(watch.url), code=True)),)),),
        ),
    )
    return Article(
        lang=tongue.lang,
        label=Label.UNDETERMINED,
        verdict=_now(diary, lang),
        kicker=say("Diary of a watched site", "監視の記録"),
        title=say(f"What has become of {host}", f"{host} のその後"),
        lead=lead,
        sections=(section(tongue, diary), *(link if watch.url else ()), _looks(diary, tongue)),
        footer=(
            say(
                "Times as in the diary. Grades: V verified by ourselves, T said by a third party, I inferred.",
                "時刻は記録のとおり。記号: V 自ら確認、T 第三者の情報、I 推定。",
            ),
        ),
        masked=say("What identifies the recipient was masked.", "受信者を特定しうる情報は伏せてあります。")
        if masked
        else "",
    )


def _looks(diary: Diary, tongue: Speaks) -> Section:
    """The last looks, each with what it saw: those are the evidence."""
    shown = diary.observations[-_MOST_LOOKS:]
    rows = tuple(
        (
            Cell(words.when(each.at), short=True),
            Cell(words.pick(WAYS[each.way], tongue.lang), short=True),
            Cell(seen(each, tongue.lang), each.grade if each.seen else ""),
        )
        for each in reversed(shown)
    ) or ((Cell("—"), Cell("—"), Cell("—")),)
    head = (tongue.say("when", "時刻"), tongue.say("looked at", "確認対象"), tongue.say("seen", "結果"))
    more = len(diary.observations) - len(shown)
    name = tongue.say(
        f"The last {len(shown)} looks" + (f" ({more} earlier ones are in the diary)" if more else ""),
        f"直近 {len(shown)} 件の確認" + (f"（ほか {more} 件は記録にあります）" if more else ""),
    )
    return Section("looks", tongue.say("Every look", "確認の記録"), (Table(rows, head, name),))


def lines(diary: Diary, lang: str, width: int = 100) -> Iterator[str]:
    """The diary for a terminal, not yet escaped: the standing, a timeline drawn in characters, what happened, how the notices went."""
    tongue, watch = Tongue(lang), diary.watch
    yield f"{watch.name}: {defang.url(watch.url) if watch.url else defang.host(watch.host)}"
    yield summary(diary, lang)
    due = tongue.say(f"next look: {words.when(diary.due)}", f"次の確認: {words.when(diary.due)}")
    ways = ", ".join(words.pick(WAYS[way], lang) for way in watch.ways)
    yield f"{due}   {tongue.say('allowed', '許可された確認')}: {ways}"
    yield ""
    yield from timeline.characters(diary, lang, {way: words.pick(pair, lang) for way, pair in WAYS.items()}, width)
    if diary.events:
        yield ""
    for event in diary.events:
        mark = "!" if event.kind in _STRONG else " "
        yield f"{mark} {words.when(event.at)}  {told(event, lang)} [{event.grade}]"
    open_ones = [each for each in diary.notices if each.state != "sent"]
    for notice in open_ones[-5:]:
        how = (
            tongue.say("waits to be told again", "再送待ち")
            if notice.state == "waiting"
            else tongue.say("given up", "送信断念")
        )
        yield f"  {tongue.say('notice', '通知')} {notice.id} ({notice.channel}): {how}; {notice.tries}; {defang.prose(notice.reason)}"
    unchecked = sum(each.state is not State.RAN for each in diary.observations)
    if unchecked:
        yield tongue.say(
            f"{unchecked} looks were not possible: that says nothing about the site",
            f"確認できなかったものが {unchecked} 件あります。サイトの状態を示すものではありません",
        )
