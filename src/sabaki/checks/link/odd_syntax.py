"""A link is spelt so that programs read it differently."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_JAPANESE = {
    "backslash": "円記号・逆斜線",
    "control character in the host": "ホスト名の中の制御文字",
    "slashes": "斜線の数",
    "percent-encoded host": "ホスト名のパーセント符号化",
    "full-width characters": "全角文字",
    "invisible characters in the host": "ホスト名の中の見えない文字",
}


@check(severity=Severity.LOW, weight=12, family="host", references=("WHATWG URL Standard",))
def odd_syntax(case: Case) -> Iterator[Hit]:
    """Backslashes, tabs, line breaks or full-width characters in a link make filters and browsers disagree on its host."""
    found = cite.traits(case, "odd_syntax")
    if found:
        _, trait = found[0]
        yield Hit(
            f"a link is spelt so that filters and browsers disagree ({trait.detail})",
            f"検査ソフトとブラウザーで読み方が変わる書き方のリンクです（{_JAPANESE.get(trait.detail, trait.detail)}）",
            Grade.VERIFIED,
            cite.traited(found),
        )
