"""The report on a terminal: the verdict first, then the story in short. Colour only where there is a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from sabaki.model.case import Trust
from sabaki.model.finding import Finding
from sabaki.model.report import Label, Report
from sabaki.render import advice, aim, anatomy, defang, enclosed, ending, escape, visits, words, world
from sabaki.render.blocks import Notice, Statement
from sabaki.render.voice import Voice

_STYLES = {
    Label.MALICIOUS: "bold red",
    Label.SUSPICIOUS: "bold yellow",
    Label.UNDETERMINED: "bold",
    Label.BENIGN: "bold green",
}
_GRADES = {"V": "green", "A": "blue", "T": "magenta", "I": "yellow", "S": "red"}
_WIDEST = 100
_MOST_FINDINGS = 12
_HEAVY = 25
_WHOLE_FINDINGS = 6
_MOST_HOPS = 6
_FEW_HOPS = 4
_MOST_LINKS = 3
_MOST_FILES = 8
_SHORT = 40


def render(report: Report, lang: str, console: Console) -> None:
    """Print the report in "ja" or "en"; it fits in about sixty lines, and no control character of the mail is sent."""
    _Page(Voice(report, lang), console).show()


class _Page:
    """The page being printed: a left column of headings, a right one of what is said."""

    def __init__(self, voice: Voice, console: Console) -> None:
        self.voice = voice
        self.console = console
        self.width = min(_WIDEST, console.width)
        self.left = 16 if voice.lang == "ja" else 14

    def show(self) -> None:
        """Everything, the verdict first."""
        self._verdict()
        self._mail()
        self._way()
        self._links()
        self._world()
        self._findings()
        self._unchecked()
        self._ending()

    def _print(self, line: Text) -> None:
        self.console.print(line, no_wrap=True, overflow="ignore", crop=False, soft_wrap=True, highlight=False)

    def _row(self, head: str, text: str, grade: str = "", *, style: str = "", most: int = 2) -> None:
        """A heading and its text beside it, wrapped by the width that characters have on the screen."""
        room = self.width - self.left - (3 if grade else 0)
        lines = clipped(_shown(text), room, most)
        for number, shown in enumerate(lines):
            last = number == len(lines) - 1
            mark = Text(f"  {grade}", _GRADES.get(grade, "")) if grade and last else Text()
            self._print(Text.assemble((_pad(head if not number else "", self.left), "dim"), (shown, style), mark))

    def _head(self, title: str) -> None:
        self._print(Text())
        self._print(Text(title, "bold"))

    def _verdict(self) -> None:
        judged, voice = self.voice.report.verdict, self.voice
        word = voice.word(words.VERDICTS[judged.label])
        marks = voice.say(", ", "、").join(
            voice.say(f"{name} from {value:g}", f"{value:g} 点から「{voice.word(words.VERDICTS[Label(name)])}」")
            for name, value in sorted(judged.thresholds.items(), key=lambda item: item[1])
        )
        score = voice.say(f"{judged.score:g} points ({marks})", f"{judged.score:g} 点（{marks}）")
        self._print(Text.assemble((f"■ {word}", _STYLES[judged.label]), f"   {score}"))
        for line in wrap(_shown(voice.safe(voice.say(judged.summary, judged.summary_ja))), self.width)[:4]:
            self._print(Text(line))

    def _mail(self) -> None:
        report, say = self.voice.report, self.voice.say
        self._head(say("The mail", "メール"))
        self._row(say("Subject", "件名"), report.subject.text or say("(none)", "（なし）"), "S")
        self._row(say("From", "差出人（From）"), self.voice.mailboxes(report.sender.author, 2), "S")
        self._row(say("To", "宛先"), self.voice.mailboxes(report.recipients.to, 2), "S", most=1)
        for place, file in enumerate(enclosed.shown(report)[:_MOST_FILES]):
            named = f"{'└ ' * file.path.count('/')}{enclosed.name(file, self.voice)} ({file.kind})"
            self._row(say("Attached", "添付ファイル") if not place else "", named, "V", most=1)
        for block in enclosed.holders(self.voice):
            if isinstance(block, Notice | Statement):
                self._row(say("Taken out of", "取り出し元"), block.text, block.grade, most=4)

    def _way(self) -> None:
        report, say, origin = self.voice.report, self.voice.say, self.voice.report.origin
        self._head(say("Where it came from", "どこから来たか"))
        if origin.auth_account:
            self._row(say("Account", "送信アカウント"), origin.auth_account, origin.grade, style="bold")
        taken = self.voice.found("route/taken_over_account")
        if taken is not None:
            self._row("", self.voice.safe(say(taken.detail, taken.detail_ja)), "I", most=3)
        if origin.ip:
            at = f"  {words.when(origin.date)}" if origin.date else ""
            self._row(say("Handed in by", "渡してきた相手"), f"{origin.ip}{at}", origin.grade)
        elif origin.hop is None:
            self._row(
                "", say("cannot be said: no hop is vouched for", "分かりません。裏付けのある経路の記録がありません")
            )
        most = 2 if len(report.hops) <= _FEW_HOPS else 1
        for hop in list(reversed(report.hops))[:_MOST_HOPS]:
            mark = "┆" if hop.trust is Trust.CLAIMED else "│"
            by = hop.by if len(hop.by) > 1 else say("(inside)", "（内部）") if hop.internal else f"({hop.dialect})"
            reason = self.voice.safe(self.voice.reason(hop), 200)
            self._row("", f"{mark} {by}: {reason}" if reason else f"{mark} {by}", hop.grade, style="dim", most=most)
        if len(report.hops) > _MOST_HOPS:
            more = len(report.hops) - _MOST_HOPS
            self._row("", say(f"… {more} more hops", f"… ほか {more} 段"), style="dim")
        if report.trust.basis != "named":
            self._row(say("Advice", "お勧め"), say(report.trust.advice, report.trust.advice_ja), most=4)

    def _links(self) -> None:
        say, links = self.voice.say, [url for url in anatomy.chosen(self.voice.report.urls) if url.clickable]
        if not links:
            return
        self._head(say("Where its links lead", "リンクの行き先"))
        for url in links[:_MOST_LINKS]:
            owner = defang.host(url.registrable_domain or url.host) or "—"
            self._row(say("Owner", "持ち主"), owner, url.grade, style="bold", most=1)
            self._row("", defang.url(url.value or url.raw), style="dim", most=2)
        if len(links) > _MOST_LINKS:
            more = len(links) - _MOST_LINKS
            self._row("", say(f"… {more} more links", f"… ほか {more} 件"), style="dim")

    def _world(self) -> None:
        rows = world.lines(self.voice, self.voice.report.knowledge)
        if rows:
            self._head(self.voice.say("What the world says", "外部の情報"))
        for head, text, grade in (*rows, *visits.lines(self.voice)):
            self._row(head, text, grade, most=2)

    def _findings(self) -> None:
        found, say = self.voice.report.findings, self.voice.say
        if not found:
            return
        self._head(say("Findings (points, what, grade)", "見つかった点（点数・内容・記号）"))
        shown = ending.counted(self.voice)
        for place, (points, finding) in enumerate(list(zip(shown, found, strict=True))[:_MOST_FINDINGS]):
            self._finding(points, finding, 2 if place < _WHOLE_FINDINGS and finding.weight >= _HEAVY else 1)
        if len(found) > _MOST_FINDINGS:
            more = len(found) - _MOST_FINDINGS
            self._print(Text(say(f"        … {more} more", f"        … ほか {more} 件"), "dim"))

    def _finding(self, points: str, finding: Finding, most: int) -> None:
        room = self.width - 11
        heavy = finding.weight >= _HEAVY
        lines = clipped(_shown(self.voice.title(finding)), room, most)
        grade = str(finding.grade)
        self._print(
            Text.assemble(f"{points:>6}  ", (grade, _GRADES.get(grade, "")), "  ", (lines[0], "bold" if heavy else ""))
        )
        for line in lines[1:]:
            self._print(Text(f"{'':11}{line}", "bold"))

    def _unchecked(self) -> None:
        report, say = self.voice.report, self.voice.say
        steps = [_gap(self.voice, gap) for gap in ending.gaps(self.voice)]
        limits = [f"{limit.name} ({limit.value:,})" for limit in report.limits[:4]]
        if not steps and not limits:
            return
        self._head(say("Not checked (unknown is not harmless)", "確認していないこと（「問題なし」ではありません）"))
        self._flow(say(", ", "、").join(steps))
        if limits:
            self._flow(say("Reading stopped at: ", "読み取りの打ち切り: ") + ", ".join(limits))

    def _ending(self) -> None:
        voice, say = self.voice, self.voice.say
        self._head(say("What to do", "対処"))
        self._flow(next(iter(advice.for_readers(voice))))
        if voice.accused:
            for kind in aim.kinds(voice.report)[:1]:
                self._flow(voice.word(aim.loss(voice.report, kind)))
        legend = "  ".join(f"{grade} {voice.word(pair)}" for grade, pair in words.GRADES.items())
        self._print(Text())
        for line in wrap(legend, self.width):
            self._print(Text(line, "dim"))

    def _flow(self, text: str) -> None:
        for line in wrap(_shown(text), self.width - 2)[:4]:
            self._print(Text(f"  {line}"))


def _gap(voice: Voice, gap: ending.Gap) -> str:
    about = ending.about(voice, gap, 1)
    short = 0 < cell_len(about) <= _SHORT
    return voice.say(f"{gap.what} ({about})", f"{gap.what}（{about}）") if short else gap.what


def _shown(text: str) -> str:
    return escape.terminal(defang.prose(text))


def _pad(text: str, width: int) -> str:
    return text + " " * max(1, width - cell_len(text))


def _head(text: str, width: int) -> str:
    """As much of the beginning as `width` columns hold; at least one character."""
    used = 0
    for at, char in enumerate(text):
        used += cell_len(char)
        if used > width:
            return text[: max(1, at)]
    return text


def _cut(text: str, width: int) -> str:
    """At most `width` columns, with an ellipsis where something was cut."""
    return text if cell_len(text) <= width else f"{_head(text, width - 1).rstrip()}…"


def clipped(text: str, width: int, most: int) -> list[str]:
    """At most so many lines of text; an ellipsis where there was more."""
    lines = wrap(text, width)
    if len(lines) <= most:
        return lines
    last, following = lines[most - 1 : most + 1]
    space = " " if last.isascii() and following[:1].isascii() and " " in text else ""
    return [*lines[: most - 1], _cut(f"{last}{space}{following}", width)]


_NOT_FIRST = "、。，．）」』】〉》！？・ー…,.)!?;:"
"""Characters that do not begin a line (Japanese line breaking: 行頭禁則)."""


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns: broken at spaces, else between wide characters, else anywhere."""
    lines, line, used = [], "", 0
    for piece in _pieces(text):
        size = cell_len(piece)
        if used + size > width and line:
            kept = len(line) - 1 if piece in _NOT_FIRST and len(line) > 1 else len(line)
            lines.append(line[:kept].rstrip())
            line = line[kept:]
            used = cell_len(line)
        while size > width:
            head = _head(piece, width)
            lines.append(head)
            piece = piece[len(head) :]
            size = cell_len(piece)
        line, used = line + piece, used + size
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str) -> Iterable[str]:
    """What is not broken: a wide character, or a run of narrow ones up to and with its space."""
    start = 0
    for at, char in enumerate(text):
        if char == " ":
            yield text[start : at + 1]
            start = at + 1
        elif ord(char) > 0x2E7F:
            if at > start:
                yield text[start:at]
            yield char
            start = at + 1
    if start < len(text):
        yield text[start:]
