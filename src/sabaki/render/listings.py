"""Whether a link is known to be dangerous, its certificates, and every question that was not answered. Not listed is not clean."""

from __future__ import annotations

from sabaki.model.finding import State
from sabaki.model.knowledge import Certificates, Knowledge, Listing, Subject
from sabaki.render import defang, known
from sabaki.render.blocks import Block, Cell, Section, Statement, Table
from sabaki.render.voice import Voice, cut

_MOST_ROWS = 24
_MOST_CERTIFICATES = 4
_STATES = {
    State.SKIPPED: ("not asked", "未照会"),
    State.TEMPERROR: ("failed for now", "一時的な失敗"),
    State.PERMERROR: ("failed", "失敗"),
}


def subject(asked: Subject, longest: int = 160) -> str:
    """What was asked about, defanged."""
    text = cut(asked.value, longest)
    if asked.kind == "url":
        return defang.url(text)
    return defang.host(text) if asked.kind in ("host", "domain") else text


def danger(voice: Voice, knowledge: tuple[Knowledge, ...]) -> Section | None:
    """What the lists say. None where none answered."""
    say = voice.say
    found = [
        (piece, item)
        for piece in knowledge
        if piece.state is State.RAN
        for item in piece.known
        if isinstance(item, Listing)
    ]
    if not found:
        return None
    found.sort(key=lambda pair: (pair[1].allow, pair[1].listed is not True, pair[1].listed is False))
    against = list(dict.fromkeys(item.list for _, item in found if item.listed and not item.allow))
    if against:
        names = say(", ", "、").join(cut(name, 80) for name in against[:4])
        text = say(f"Yes: listed as dangerous by {names}.", f"はい。{names}に、危険なものとして掲載されています。")
        lead = Statement(
            text, next(piece.grade for piece, item in found if item.listed and not item.allow), tone="strong"
        )
    else:
        text = say(
            "No list that was asked has it. That does not make it clean: new phishing pages are listed only after a while.",
            "照会したリストには載っていません。安全という意味ではありません。新しいフィッシングサイトは、載るまでに時間がかかります。",
        )
        lead = Statement(text, found[0][0].grade)
    head = (say("Asked about", "照会したもの"), say("List", "リスト"), say("Answer", "回答"))
    rows = tuple(_row(voice, piece, item) for piece, item in found[:_MOST_ROWS])
    blocks: list[Block] = [lead, Table(rows, head)]
    if len(found) > _MOST_ROWS:
        more = len(found) - _MOST_ROWS
        blocks.append(
            Statement(
                say(
                    f"{more} more answers stand in the JSON report.",
                    f"ほか {more} 件の回答は、JSON形式の報告にあります。",
                )
            )
        )
    return Section(
        "danger", say("Is the link known to be dangerous?", "リンクは危険なものとして知られているか"), tuple(blocks)
    )


def _row(voice: Voice, piece: Knowledge, item: Listing) -> tuple[Cell, ...]:
    say = voice.say
    if item.listed is None:
        answer = say("not settled", "断定できず")
    elif item.allow:
        answer = (
            say("well known", "広く知られたホスト")
            if item.listed
            else say("not among the well known", "著名なホストには含まれず")
        )
    else:
        answer = (
            say("listed", "掲載あり") if item.listed else say("not listed (not: clean)", "掲載なし（安全とは限らない）")
        )
    if item.threats:
        answer += f": {', '.join(cut(threat, 60) for threat in item.threats[:4])}"
    meaning = voice.safe(say(item.meaning, item.meaning_ja or item.meaning))
    if item.allow and item.listed:
        meaning = " ".join(
            (
                meaning,
                say(
                    "It explains, and clears nothing: anyone can put a page on a well-known host.",
                    "説明にはなりますが、無害の証しではありません。有名なホストにも誰でもページを置けます。",
                ),
            )
        ).strip()
    matched = (
        say(f"matched: {defang.prose(cut(item.matched, 120))}", f"一致: {defang.prose(cut(item.matched, 120))}")
        if item.matched
        else ""
    )
    made = known.when(item.list_date)
    note = ", ".join(
        text
        for text in (known.credit(voice, piece), say(f"list of {made}", f"リストの日時: {made}") if made else "")
        if text
    )
    return (
        Cell(subject(piece.subject), code=True, note=matched),
        Cell(cut(item.list, 80), note=note),
        Cell(answer, piece.grade, note=meaning),
    )


def certificates(voice: Voice, knowledge: tuple[Knowledge, ...]) -> Section | None:
    """The certificates of the links' hosts, as the transparency logs have them. None where none answered."""
    say = voice.say
    blocks: list[Block] = []
    for piece in knowledge:
        for item in piece.known if piece.state is State.RAN else ():
            if isinstance(item, Certificates):
                blocks += _certificates(voice, piece, item)
    if not blocks:
        return None
    text = say(
        "A certificate says that the connection is encrypted and to which name, never that the site is honest.",
        "証明書が示すのは、通信が暗号化されることと接続先の名前であり、サイトの誠実さではありません。",
    )
    return Section(
        "certificates", say("Certificates of the site", "サイトの証明書"), (*blocks[: 2 * known.MOST], Statement(text))
    )


def _certificates(voice: Voice, piece: Knowledge, item: Certificates) -> list[Block]:
    say, host = voice.say, subject(piece.subject)
    first = known.when(item.first_seen)
    text = say(
        f"{host}: {max(item.total, len(item.certificates)):,} certificates in the logs"
        + (f", the first of {first}." if first else "."),
        f"{host}: ログにある証明書は {max(item.total, len(item.certificates)):,} 枚"
        + (f"、最初の記録は {first} です。" if first else "です。"),
    )
    lead = Statement(text, piece.grade, known.credit(voice, piece))
    if not item.certificates:
        return [lead]
    rows = tuple(
        (
            Cell(
                ", ".join(defang.host(cut(name, 100)) for name in each.names[:3])
                + (" …" if len(each.names) > 3 else ""),
                piece.grade,
            ),
            Cell(cut(each.issuer, 100)),
            Cell(f"{known.when(each.not_before)} – {known.when(each.not_after)}"),
        )
        for each in item.certificates[:_MOST_CERTIFICATES]
    )
    return [lead, Table(rows, (say("Names", "名前"), say("Issued by", "発行者"), say("Valid", "有効期間")))]


def unanswered(voice: Voice, knowledge: tuple[Knowledge, ...]) -> Section | None:
    """Every question that was not answered: what, whom, and why. None where all were."""
    say = voice.say
    failed: dict[tuple[str, State, str], list[Knowledge]] = {}
    for piece in knowledge:
        if piece.state is not State.RAN:
            failed.setdefault(
                (piece.source, piece.state, say(piece.reason, piece.reason_ja or piece.reason)), []
            ).append(piece)
    if not failed:
        return None
    rows = tuple(
        (
            Cell(known.source(source, voice.lang), note=_asked(voice, pieces)),
            Cell(voice.word(_STATES[state]), short=True),
            Cell(voice.safe(reason, 300), note=known.when(pieces[0].obtained_at)),
        )
        for (source, state, reason), pieces in list(failed.items())[:_MOST_ROWS]
    )
    lead = Statement(
        say(
            "These questions went without an answer. What was not answered is unknown, and unknown is not harmless.",
            "次の問い合わせには答えが得られていません。「分からない」のであって、「問題がない」という意味ではありません。",
        )
    )
    head = (say("Question", "照会"), say("State", "状態"), say("Why", "理由"))
    return Section(
        "unanswered",
        say("What the world did not answer", "外部に照会して、答えが得られなかったこと"),
        (lead, Table(rows, head)),
    )


def _asked(voice: Voice, pieces: list[Knowledge]) -> str:
    names = list(dict.fromkeys(subject(piece.subject, 80) for piece in pieces))
    more = len(names) - 3
    return ", ".join(names[:3]) + (voice.say(f" and {more} more", f" ほか {more} 件") if more > 0 else "")
