"""Whether a link is known to be dangerous, and its certificates. Not listed is not clean."""

from __future__ import annotations

from typing import NamedTuple

from sabaki.facts import answers
from sabaki.model.evidence import Grade
from sabaki.model.finding import State
from sabaki.model.knowledge import Certificates, Knowledge, Listing, Subject
from sabaki.render import defang, known, words
from sabaki.render.blocks import Block, Cell, Section, Statement, Table
from sabaki.render.voice import Voice, cut

_MOST_ROWS = 24
_MOST_LISTED = 6
_MOST_SUBJECTS = 4
_MOST_CERTIFICATES = 4


class _Answer(NamedTuple):
    piece: Knowledge
    item: Listing


def subject(asked: Subject, longest: int = 160) -> str:
    """What was asked about, defanged."""
    text = cut(asked.value, longest)
    if asked.kind == "url":
        return defang.url(text)
    return defang.host(text) if asked.kind in ("host", "domain") else text


def danger(voice: Voice, knowledge: tuple[Knowledge, ...]) -> Section | None:
    """What the lists say: what is listed in full, everything else in a table. None where none answered."""
    say = voice.say
    found = [
        _Answer(piece, item)
        for piece in knowledge
        if piece.state is State.RAN
        for item in piece.known
        if isinstance(item, Listing)
    ]
    if not found:
        return None
    against = [each for each in found if each.item.listed and not each.item.allow]
    others = [each for each in found if not (each.item.listed and not each.item.allow)]
    blocks: list[Block] = [_lead(voice, against, found[0].piece.grade)]
    silent = [piece.source for piece in answers.unanswered(knowledge) if piece.source in answers.REPUTATION]
    if silent:
        names = say(", ", "、").join(words.source(source, voice.lang) for source in dict.fromkeys(silent))
        text = say(
            f"Not all was answered: {names}. Why is told under “What could not be checked”.",
            f"回答が揃っていないもの: {names}（理由は「確認できていないこと」に記しました）。",
        )
        blocks.append(Statement(text, tone="" if against else "strong"))
    blocks += [_listed(voice, each) for each in against[:_MOST_LISTED]]
    if others:
        blocks.append(_table(voice, others))
    left = len(against) - _MOST_LISTED
    if left > 0:
        blocks.append(
            Statement(
                say(
                    f"{left} more hits stand in the JSON report.", f"ほか {left} 件の掲載は、JSON形式の報告にあります。"
                )
            )
        )
    title = say("Is it known to be dangerous?", "危険なものとして知られているか")
    return Section("danger", title, tuple(blocks))


def _lead(voice: Voice, against: list[_Answer], grade: Grade) -> Statement:
    if not against:
        text = voice.say(
            "No list that was asked has it. That does not make it clean: new phishing pages are listed only after a while.",
            "照会したリストには載っていません。安全という意味ではありません。新しいフィッシングサイトは、載るまでに時間がかかります。",
        )
        return Statement(text, grade)
    by_what: dict[str, dict[str, None]] = {}
    for each in against:
        by_what.setdefault(_what(voice, each.piece.subject), {})[name(voice, each.piece, each.item)] = None
    hits = [(what, voice.say(", ", "」「").join(list(lists)[:4])) for what, lists in by_what.items()]
    told = voice.say(
        " and ".join(f"{what} is listed as dangerous by {lists}" for what, lists in hits),
        "、".join(f"{what}が「{lists}」に" for what, lists in hits),
    )
    text = voice.say(f"Yes: {told}.", f"はい。{told}、危険なものとして掲載されています。")
    return Statement(text, against[0].piece.grade, tone="strong")


def _what(voice: Voice, asked: Subject) -> str:
    """What was asked about, as a kind: a listed sender is no listed link."""
    say = voice.say
    if asked.kind == "url":
        return say("a link", "リンク")
    if asked.kind != "ip":
        return say("a host name or domain", "ホスト名やドメイン")
    if asked.value in known.senders(voice.report):
        return say("the sending address", "送信元のIPアドレス")
    return say("the address of a site", "リンク先サイトのIPアドレス")


def name(voice: Voice, piece: Knowledge, item: Listing) -> str:
    """What a list is called; one that is called as its source is has that name in this language."""
    if item.list == words.source(piece.source, "en"):
        return words.source(piece.source, voice.lang)
    return cut(item.list, 80)


def _listed(voice: Voice, each: _Answer) -> Table:
    """A hit: on what, for what, what that means, and who said it when."""
    say, (piece, item) = voice.say, each
    rows = [
        (
            say("Asked about", "照会したもの"),
            Cell(subject(piece.subject), piece.grade, code=True, note=_matched(voice, item)),
        ),
        (say("Listed as", "掲載の種別"), Cell(_threats(item) or say("dangerous", "危険"), piece.grade)),
        (say("That means", "その意味"), Cell(_meaning(voice, item), piece.grade)),
        (say("Asked", "照会"), Cell(_when(voice, each))),
        (say("More about it", "詳しい説明"), Cell(defang.url(cut(item.url, 200)))),
    ]
    kept = tuple((Cell(head), cell) for head, cell in rows if cell.text)
    return Table(kept, name=name(voice, each.piece, each.item))


def _threats(item: Listing) -> str:
    return ", ".join(cut(threat, 60) for threat in item.threats[:4])


def _meaning(voice: Voice, item: Listing) -> str:
    return voice.safe(voice.say(item.meaning, item.meaning_ja or item.meaning))


def _matched(voice: Voice, item: Listing) -> str:
    matched = defang.prose(cut(item.matched, 120))
    return voice.say(f"the entry: {matched}", f"一致した項目: {matched}") if matched else ""


def _when(voice: Voice, each: _Answer) -> str:
    """Who was asked and when, and of when the list is."""
    credit, made = known.credit(voice, each.piece), known.when(each.item.list_date)
    if not made:
        return credit
    return voice.say(f"{credit}; list of {made}", f"{credit}（リストの日時: {made}）")


def _table(voice: Voice, others: list[_Answer]) -> Table:
    """What is on no list, or explained by one: a row for each answer, with everything that it was given to."""
    rows: dict[tuple[Cell, Cell], list[str]] = {}
    for each in sorted(others, key=lambda each: (each.item.allow, each.item.listed is False)):
        row = (Cell(name(voice, each.piece, each.item), note=_when(voice, each)), _answer(voice, each))
        rows.setdefault(row, []).append(subject(each.piece.subject))
    shown = list(rows.items())[:_MOST_ROWS]
    head = (voice.say("Asked about", "照会したもの"), voice.say("List", "リスト"), voice.say("Answer", "回答"))
    return Table(tuple((Cell(_several(voice, about), code=True), *row) for row, about in shown), head)


def _several(voice: Voice, names: list[str]) -> str:
    names = list(dict.fromkeys(names))
    more = len(names) - _MOST_SUBJECTS
    return ", ".join(names[:_MOST_SUBJECTS]) + (voice.say(f" and {more} more", f" ほか {more} 件") if more > 0 else "")


def _answer(voice: Voice, each: _Answer) -> Cell:
    say, (piece, item) = voice.say, each
    meaning = _meaning(voice, item)
    if item.allow and item.listed:
        cleared = say(
            "It explains, and clears nothing: anyone can put a page on a well-known host.",
            "説明にはなりますが、無害の証しではありません。有名なホストにも誰でもページを置けます。",
        )
        return Cell(say("well known", "広く知られたホスト"), piece.grade, note=f"{meaning} {cleared}".strip())
    if item.listed is None:
        answer = say("not settled", "断定できず")
    elif item.allow:
        answer = say("not among the well known", "著名なホストには含まれず")
    else:
        answer = say("not listed (not: clean)", "掲載なし（安全とは限らない）")
    threats = _threats(item)
    return Cell(f"{answer}: {threats}" if threats else answer, piece.grade, note=meaning)


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
