"""What the mail was taken out of, and what came with it: files, never opened by a program that would run them."""

from __future__ import annotations

from sabaki.model.case import Holder
from sabaki.model.evidence import Grade
from sabaki.model.file import File
from sabaki.model.finding import State
from sabaki.model.report import Report
from sabaki.render import defang, words
from sabaki.render.blocks import Block, Bullets, Cell, Notice, Section, Statement, Table
from sabaki.render.voice import Voice, cut

_MOST = 30
_MOST_LINKS = 6
_MOST_TRAITS = 5
_QUIET = ("picture", "media")
_HOLDERS: dict[str, words.Pair] = {
    "mbox": ("an mbox file", "mbox形式のファイル"),
    "msg": ("an Outlook message", "Outlookのメッセージファイル"),
    "tnef": ("a winmail.dat file", "winmail.datファイル"),
    "mail": ("the mail that it was attached to", "添付元のメール"),
    "quoted": ("the mail that quotes it", "引用元のメール"),
    "gzip": ("a gzip file", "gzipファイル"),
    "pasted": ("text that it had been pasted into", "貼り付けられたテキスト"),
    "emlx": ("an Apple Mail file", "Apple Mailのファイル"),
}


def shown(report: Report) -> tuple[File, ...]:
    """The files worth naming: all but pictures of the layout in which there is nothing to see."""
    return tuple(file for file in report.files if _telling(report, file))


def _telling(report: Report, file: File) -> bool:
    if file.family not in _QUIET or file.inside or file.traits:
        return True
    part = next((part for part in report.parts if part.path == file.part), None)
    return part is None or part.disposition == "attachment"


def name(file: File, voice: Voice) -> str:
    """A file's name, or what it is where it has none."""
    if file.kind == "pbm" and not file.name:
        return voice.say("(a code drawn in the text)", "（本文に描かれたコード）")
    return cut(file.name) or voice.say("(no name)", "（名前なし）")


def holders(voice: Voice) -> list[Block]:
    """What the mail was taken out of, and why this one was taken."""
    return [
        block
        for holder in voice.report.source.holders
        for block in (_passed_on(voice, holder) if holder.reason else _taken(voice, holder))
    ]


def _taken(voice: Voice, holder: Holder) -> list[Block]:
    what = voice.word(_HOLDERS.get(holder.kind, (f"a {holder.kind} archive", f"{holder.kind}書庫")))
    where = f" ({holder.place})" if holder.place else ""
    text = voice.say(
        f"The mail was taken out of {what}, {holder.name}{where}.",
        f"このメールは、{what}「{holder.name}」{where.replace('(', '（').replace(')', '）').strip()}から取り出しました。",
    )
    return [Statement(voice.safe(text), Grade.VERIFIED)]


def _passed_on(voice: Voice, holder: Holder) -> list[Block]:
    who = voice.mailbox(holder.reporter)
    return [
        Notice(
            voice.say("Which mail this is about", "どのメールを調べたか"),
            voice.safe(
                voice.say(
                    f"By its own account the mail around came from {who}. Whoever passes a mail on reports it and is no suspect. "
                    f"Why the mail inside was taken: {holder.reason}.",
                    f"回ってきたメールの差出人欄は {who} です（自己申告）。回してくれた人は報告者であり、疑う対象ではありません。"
                    f"{holder.reason_ja}。",
                )
            ),
            Grade.SELF_DECLARED,
        )
    ]


def section(voice: Voice) -> Section | None:
    """The files: name, kind by content, size, hash, what stands inside what, what they do and where they lead."""
    found, say = shown(voice.report), voice.say
    if not found:
        return None
    head = (say("File", "ファイル"), say("What it is", "中身の種類"), say("Size", "大きさ"), "SHA-256")
    blocks: list[Block] = [Table(tuple(_row(voice, file) for file in found[:_MOST]), head)]
    if len(found) > _MOST:
        blocks.append(Statement(say(f"… and {len(found) - _MOST} more files.", f"…ほか {len(found) - _MOST} 件。")))
    blocks += voice.findings("attachment/")
    blocks += _links(voice)
    if voice.accused:
        blocks.append(
            Notice(
                say("Do not open them", "開かないでください"),
                say(
                    "For this report the files were only looked into, in a sealed-off place; no program that would run them was used.",
                    "この報告では、隔離した環境で中身を読み取っただけで、ファイルを実行できるソフトでは開いていません。",
                ),
            )
        )
    return Section("files", say("What is attached", "添付ファイル"), tuple(blocks))


def _row(voice: Voice, file: File) -> tuple[Cell, ...]:
    depth = file.path.count("/")
    notes = [_trait(voice, trait.id) for trait in file.traits]
    notes = list(dict.fromkeys(note for note in notes if note))[:_MOST_TRAITS]
    if file.password:
        notes.append(voice.say("opened with the password in the mail", "本文のパスワードで開きました"))
    if file.state is not State.RAN:
        notes.append(voice.say(file.reason, file.reason_ja))
    size = Cell(words.size(file.size, voice.lang) if file.size is not None else "—", number=True)
    return (
        Cell(f"{'└ ' if depth else ''}{name(file, voice)}", Grade.VERIFIED, code=bool(file.name)),
        Cell(file.kind, note=voice.safe(voice.say("; ", "、").join(notes))),
        size,
        Cell(file.sha256 or "—", code=True),
    )


def _trait(voice: Voice, id: str) -> str:
    pair = words.FILE_TRAITS.get(id)
    return voice.word(pair) if pair else ""


def _links(voice: Voice) -> list[Block]:
    by_path = {file.path: file for file in voice.report.files}
    seen: dict[str, Statement] = {}
    for url in voice.report.urls:
        file = by_path.get(url.file)
        if file is None or not url.clickable:
            continue
        target = defang.url(url.value or url.raw)
        kind = voice.say("QR code", "QRコード") if url.source == "qr" else voice.say("link", "リンク")
        seen.setdefault(target, Statement(f"{cut(target)}", Grade.VERIFIED, f"{kind}: {name(file, voice)}"))
    if not seen:
        return []
    title = voice.say("Where the files lead", "ファイルの中のリンク先")
    return [Bullets(tuple(seen.values())[:_MOST_LINKS], title)]
