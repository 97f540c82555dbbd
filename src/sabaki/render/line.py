"""One mail, one line: for many mails at once."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from sabaki.model.report import Label, Report
from sabaki.render import escape

_WORDS = {
    Label.MALICIOUS: ("malicious", "悪意あり", "bold red"),
    Label.SUSPICIOUS: ("suspicious", "疑わしい", "yellow"),
    Label.UNDETERMINED: ("undetermined", "判定できず", "dim"),
    Label.BENIGN: ("benign", "不審な点なし", "green"),
}


def _padded(text: str, width: int) -> Text:
    padded = Text(text)
    padded.truncate(width, overflow="ellipsis", pad=True)
    return padded


def render(report: Report, lang: str, console: Console) -> None:
    """Print verdict, score, name, who handed it in and the subject; nothing wraps, control characters are shown."""
    en, ja, style = _WORDS[report.verdict.label]
    word = _padded(ja if lang == "ja" else en, 12)
    word.stylize(style)
    origin = report.origin.auth_account or report.origin.ip or "-"
    line = Text.assemble(
        word,
        f" {report.verdict.score:>6.1f}  ",
        _padded(escape.terminal(report.source.name), 28),
        "  ",
        _padded(escape.terminal(origin), 28),
        f" {report.origin.grade}  ",
        escape.terminal(report.subject.text),
    )
    if console.is_terminal:
        console.print(line, no_wrap=True, overflow="ellipsis", crop=True)
    else:
        console.print(line, soft_wrap=True)
