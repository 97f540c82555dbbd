"""The article as Markdown (CommonMark with GFM tables), for wikis, tickets and blogs."""

from __future__ import annotations

from collections.abc import Mapping

from sabaki.model.report import Report
from sabaki.render import article, defang, escape, words
from sabaki.render.blocks import (
    Anatomy,
    Article,
    Block,
    Bullets,
    Cell,
    Delays,
    Map,
    Notice,
    Path,
    Picture,
    Quote,
    Scale,
    Section,
    Statement,
    Stop,
    Table,
    Timeline,
)


def render(report: Report, lang: str, *, redacted: bool = True, pictures: Mapping[str, bytes] | None = None) -> str:
    """The article in "ja" or "en". `redacted` says that the report was masked before; the text says so too.

    `pictures`: see `article.compose`; here they are told of, not shown.
    """
    return page(article.compose(report, lang, redacted=redacted, pictures=pictures))


def page(told: Article) -> str:
    """An article as Markdown."""
    head = [
        f"# {_text(told.title)}",
        f"*{told.kicker}*",
        f"> **{told.verdict}**  \n> {_text(told.lead)}",
    ]
    if told.masked:
        head.append(f"*{_text(told.masked)}*")
    body = [text for section in told.sections for text in _section(section, told.lang)]
    foot = ["---", "  \n".join(_text(line) for line in told.footer)]
    return "\n\n".join([*head, *body, *foot]) + "\n"


def _text(text: str) -> str:
    return escape.markdown(defang.prose(text))


def _code(text: str) -> str:
    return escape.markdown_code(defang.prose(text))


def _section(section: Section, lang: str) -> list[str]:
    return [f"## {_text(section.title)}", *(_block(block, lang) for block in section.blocks)]


def _block(block: Block, lang: str) -> str:
    match block:
        case Statement():
            return _sentence(block)
        case Notice():
            flags = "".join(f" {_code(flag)}" for flag in block.flags)
            return f"> **{_text(block.title)}**  \n> {_text(block.text)}{_badge(block.grade)}{flags}"
        case Table():
            return _table(block)
        case Quote():
            return f"{_text(block.caption)}{_badge(block.grade)}:\n\n{escape.markdown_block(defang.prose(block.text))}"
        case Bullets():
            title = f"**{_text(block.title)}**\n\n" if block.title else ""
            return title + "\n".join(f"- {_sentence(item)}" for item in block.items)
        case Path():
            return f"{_text(block.caption)}:\n\n" + "\n".join(_stop(stop) for stop in block.stops)
        case Anatomy():
            return _anatomy(block, lang)
        case Delays():
            laps = "\n".join(f"- {_text(lap.name)}{_badge(lap.grade)}: {_text(lap.text)}" for lap in block.laps)
            return f"{_text(block.caption)}:\n\n{laps}"
        case Map():
            return _map(block)
        case Picture() | Timeline():
            return _drawn(block)
        case Scale():
            marks = " / ".join(f"{_text(name)} ≥ {value:g}" for name, value in block.marks)
            return f"{_text(block.caption)} {marks}"


def _drawn(block: Picture | Timeline) -> str:
    """A drawing in words."""
    if isinstance(block, Timeline):
        return f"{_text(block.title)}: {_text(block.description)}"
    return f"*{_text(block.caption)}: {_text(block.alt)}* (PNG, SHA-256 `{block.sha256}`)"


def _badge(grade: str) -> str:
    return f" **\\[{grade}\\]**" if grade else ""


def _sentence(item: Statement) -> str:
    text = _text(item.text)
    bold = f"**{text}**" if item.tone == "strong" and text == text.strip() else text
    detail = f" {_text(item.detail)}" if item.detail else ""
    return f"{bold}{_badge(item.grade)}{detail}"


def _cell(item: Cell) -> str:
    text = _code(item.text) if item.code else _text(item.text)
    note = f"<br>{_text(item.note)}" if item.note else ""
    return f"{text}{_badge(item.grade)}{note}"


def _table(table: Table) -> str:
    width = len(table.rows[0])
    head = [_text(name) for name in table.head] or [""] * width
    rules = ["---:" if cell.number else "---" for cell in table.rows[0]]
    rows = [head, rules, *([_cell(cell) for cell in row] for row in table.rows)]
    name = f"{_text(table.name)}:\n\n" if table.name else ""
    return name + "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _stop(stop: Stop) -> str:
    if stop.role == "line":
        return f"- **── {_text(stop.name)} ──**{_badge(stop.grade)}"
    part = f" · {_text(stop.part)}" if stop.part else ""
    label = f"{_text(stop.label)}{part}: " if stop.label else ""
    notes = "; ".join(f"{_text(note.text)}{_badge(note.grade)}" for note in stop.notes)
    return f"- {label}**{_text(stop.name).strip()}**{_badge(stop.grade)}" + (f" — {notes}" if notes else "")


def _map(block: Map) -> str:
    """A map in words: most programs show no drawing inside of Markdown."""
    lines = [f"**{_text(block.title)}**", ""]
    lines += [f"- {_text(point)}" for point in (*block.points, block.description)]
    lines += [f"- {_sentence(note)}" for note in block.notes]
    lines += [f"- {_text(source)}" for source in block.sources]
    return "\n".join(lines)


def _anatomy(block: Anatomy, lang: str) -> str:
    lines = [f"{_code(block.target)}{_badge(block.grade)}", ""]
    if block.shown:
        shown_as = words.pick(("shown to the reader as", "画面上の表示"), lang)
        lines.append(f"- {shown_as}: {_code(block.shown)}")
    lines += [
        f"- {_code(piece.text)}: "
        + (f"**{_text(piece.meaning)}**" if piece.role in ("owner", "bait") else _text(piece.meaning))
        for piece in block.pieces
        if piece.meaning
    ]
    lines += [f"- {_text(trait)}" for trait in block.traits]
    if block.caption:
        lines.append(f"- {_text(block.caption)}")
    return "\n".join(lines)
