"""What has changed since a report was written, a line each: for people, in English and Japanese."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts.changes import Change
from sabaki.model.knowledge import Knowledge
from sabaki.model.report import Report, Verdict
from sabaki.render import defang, escape, listings, words
from sabaki.render.voice import Voice, cut
from sabaki.render.words import Pair

_RECORDS: dict[str, Pair] = {
    "names": ("in the DNS", "DNSの情報"),
    "registration": ("registration", "登録情報"),
    "place": ("place", "位置"),
    "network": ("network", "ネットワーク"),
    "listing": ("entry in the list", "リストへの掲載"),
    "certificates": ("certificates", "証明書"),
}
_FIELDS: dict[str, Pair] = {
    "names.addresses": ("addresses", "IPアドレス"),
    "names.canonical_name": ("other name", "別名の指す先"),
    "names.reverse_names": ("reverse names", "逆引き名"),
    "names.confirmed_name": ("reverse name that leads back", "正引きと一致する逆引き名"),
    "names.NS": ("name servers in the DNS", "DNS上のネームサーバー"),
    "names.MX": ("mail servers", "メールサーバー"),
    "names.TXT": ("texts in the DNS", "DNSのTXTレコード"),
    "registration.status": ("state of the registration", "登録の状態"),
    "registration.holder": ("holder", "登録者"),
    "registration.holder_ja": ("holder, in Japanese", "登録者（日本語名）"),
    "registration.country": ("holder's country", "登録者の国"),
    "registration.region": ("holder's region", "登録者の地域"),
    "registration.registrar": ("registrar", "登録業者（レジストラー）"),
    "registration.created": ("registered", "登録日"),
    "registration.updated": ("changed at the registry", "登録情報の更新日"),
    "registration.expires": ("expires", "有効期限"),
    "registration.name_servers": ("name servers at the registry", "登録上のネームサーバー"),
    "registration.network": ("network", "ネットワークの範囲"),
    "registration.network_name": ("name of the network", "ネットワーク名"),
    "registration.withheld": ("holder withheld", "登録者の非公開"),
    "registration.abuse": ("abuse contact", "通報先（abuse）"),
    "place.city": ("city", "市区町村"),
    "place.region": ("region", "地域"),
    "place.country": ("country", "国"),
    "place.database_date": ("date of the database of places", "位置情報データベースの日付"),
    "network.name": ("whose network", "ネットワークの持ち主"),
    "network.asn": ("AS number", "AS番号"),
    "network.prefix": ("network", "ネットワークの範囲"),
    "network.country": ("country of the network", "ネットワークの国"),
    "network.uses": ("what the network is used for", "ネットワークの用途"),
    "network.database_date": ("date of the table of networks", "ネットワーク一覧の日付"),
    "listing.listed": ("listed", "掲載"),
    "listing.threats": ("listed as", "掲載の種別"),
    "certificates.total": ("certificates in the logs", "ログにある証明書の数"),
    "certificates.first_seen": ("first certificate", "最初の証明書"),
}
_SAID = {"listed": "掲載あり", "not listed": "掲載なし", "not settled": "断定できず", "True": "はい"}
_KINDS: dict[str, Pair] = {
    "new": ("new", "新規"),
    "changed": ("changed", "変化"),
    "gone": ("gone", "消滅"),
    "lost": ("no answer today", "今回は回答なし"),
}
_KEPT: Pair = (
    "What SPF, DKIM, ARC and DMARC said is as it was verified then: the mail itself is not looked at again.",
    "SPF・DKIM・ARC・DMARCの結果は、当時検証したままです（メールそのものは調べ直していません）。",
)


def lines(
    then: Report, now: Report, changes: tuple[Change, ...], silent: tuple[Knowledge, ...], lang: str
) -> Iterator[str]:
    """Lines that are safe for a terminal: the case, each change, what was not answered (`silent`), and the verdict."""
    voice = Voice(now, lang)
    say = voice.say
    yield escape.terminal(then.source.name)
    told = [_line(voice, each) for each in changes]
    told += [_silence(voice, silent)] if silent else []
    if not changes:
        told.insert(
            0,
            say("nothing that was answered has changed", "回答のあった範囲では変化なし")
            if silent
            else say("nothing has changed", "変化なし"),
        )
    before, after = _verdict(voice, then.verdict), _verdict(voice, now.verdict)
    told.append(
        say("verdict: ", "判定: ")
        + (f"{before} -> {after}" if before != after else say(f"still {before}", f"{after}（変わらず）"))
    )
    yield from (f"  {escape.terminal(each)}" for each in told)


def kept(lang: str) -> str:
    """What is not asked again, whatever has changed."""
    return words.pick(_KEPT, lang)


def _line(voice: Voice, change: Change) -> str:
    kind, about = voice.word(_KINDS[change.kind]), listings.subject(change.subject)
    if not change.source:
        return voice.say(
            f"[not asked any more] {about}: nothing in this case leads there today",
            f"[照会対象外] {about}: 今はこの案件のどこからもたどり着きません",
        )
    head = f"[{kind}] {about} ({words.source(change.source, 'en')})"
    if voice.lang == "ja":
        head = f"[{kind}] {about}（{words.source(change.source, 'ja')}）"
    if change.kind == "lost":
        return f"{head}: {voice.safe(change.after)}" if change.after else head
    name = _field(voice, change.field)
    if change.kind == "new":
        return f"{head} {name}: {_said(voice, change.after)}"
    return f"{head} {name}: {_said(voice, change.before)} -> {_said(voice, change.after)}"


def _field(voice: Voice, field: str) -> str:
    """What a field or record is called; the name of the list or database stands in the middle of it, and may hold anything."""
    record, _, rest = field.partition(".")
    which, _, last = rest.rpartition(".")
    known = _FIELDS.get(f"{record}.{last}")
    if known is None:
        which, known = rest, _RECORDS.get(record, (record, record))
    shown = defang.prose(cut(which, 80))
    if not shown:
        return voice.word(known)
    return voice.say(f"{known[0]} ({shown})", f"{known[1]}（{shown}）")


def _said(voice: Voice, text: str) -> str:
    if not text:
        return voice.say("nothing", "なし")
    shown = _SAID.get(text, text) if voice.lang == "ja" else text
    return voice.safe(shown, 300)


def _silence(voice: Voice, silent: tuple[Knowledge, ...]) -> str:
    counts: dict[str, int] = {}
    for each in silent:
        counts[each.source] = counts.get(each.source, 0) + 1
    named = voice.say(", ", "、").join(f"{words.source(id, voice.lang)} {count}" for id, count in counts.items())
    return voice.say(
        f"asked today without an answer, which is not “unchanged”: {named}",
        f"今回照会して回答がなかった件数（「変化なし」とは限りません）: {named}",
    )


def _verdict(voice: Voice, verdict: Verdict) -> str:
    label = voice.word(words.VERDICTS[verdict.label])
    return voice.say(f"{label} ({verdict.score:g} points)", f"{label}（{verdict.score:g} 点）")
