"""The lexicon of lures: rules as data, and finding them in a text in one pass.

A rule's pattern is made of pieces: " … " between two of them is a gap inside one sentence, " & " lets them stand
anywhere. The words of a text, looked up once, say which few patterns can match at all; only those are run.
(One RE2 set of all patterns is slower by far: its states remember what has matched and never repeat.)
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from itertools import chain

import re2
from msgspec import Struct, convert

from sabaki.facts.literals import Clause, Vocabulary, Words, required, selectivity

KINDS = ("claim", "pressure", "ask", "unwanted", "machine")
_FILES = ("phrases_en.toml", "phrases_ja.toml", "phrases_other.toml")
_GAP, _AND = "…", "&"
# Not across the end of a sentence; a full stop inside a name or number is none.
_GAP_PATTERN = r"(?:[^.!?。]|\.[^ ]){0,60}?"
# A Japanese sentence says in twenty-four characters what takes sixty in English.
_SHORT_GAP_PATTERN = r"[^!?。]{0,24}?"
_CJK = re2.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_LONGEST_QUOTE = 120
_SHORT_TEXT = 400
_REACH = 270
"""How far a match can reach from a word in it, in octets: ninety Japanese characters."""
_MOST_PLACES = 24
_LONGEST_WORD = 30
_MOST_DENIALS = 4
_DENIAL_REACH = 90
# "If you do not confirm ..." is a threat, "do not confirm" and "we never ask you to confirm" are warnings.
_DENIED_BEFORE = re2.compile(
    rb"(?:(?:^|[.!?:;,>()*\"-] ?|\b(?:please|kindly|and|or|but|so|also|to|just|should|must) )(?:do not|don't|dont|not)(?: \w+){0,2}"
    rb"|\b(?:never|niemals|jamais|nunca|nooit|instead of|rather than|there is no need to)(?: \w+){0,2}"
    rb"|\b(?:never|not|won't|don't|doesn't|wouldn't) (?:\w+ ){0,2}(?:ask|require|request|want|need)(?:ed|s|ing)?(?: \w+){0,4}) \W?$"
)
_DENIED_AFTER = re2.compile(
    "(?:ないで(?:ください|下さい)|ないように?(?:して|お願い|くださ|ご注意|注意)|ることは(?:一切|絶対に|決して)?(?:あり|ござい)ません|"
    "することは(?:一切|絶対に|決して)|ては(?:いけ|なり)ません|お控えください|(?:必要|義務)は(?:あり|ござい)ません|請勿|不要(?:点击|打开))".encode()
)


class Rule(Struct, frozen=True):
    """One rule: what it says about the mail, and the phrases that show it.

    `subject` are patterns that count in the subject only. `service` and `target` as in `Lure`.
    """

    patterns: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    service: str = ""
    target: str = ""


class Pattern(Struct, frozen=True):
    """A pattern, ready to run. `wholes` must all match; `clauses` are words without which they cannot."""

    kind: str
    id: str
    wholes: tuple[str, ...]
    clauses: tuple[Clause, ...]
    subject_only: bool = False


class Hit(Struct, frozen=True):
    """A rule that a text meets: where, as character offsets into that text."""

    kind: str
    id: str
    start: int
    end: int


def options() -> re2.Options:
    """How every pattern is compiled: no captures, complaints kept quiet."""
    chosen = re2.Options()
    chosen.never_capture = True
    chosen.log_errors = False
    chosen.dot_nl = True
    return chosen


def whole_words(piece: str) -> str:
    """Bound a piece at word edges, unless it is Japanese, Chinese or Korean, which have none."""
    if _CJK.search(piece):
        return piece
    start = r"\b" if piece[0].isalnum() or piece.startswith(("(", "[a", "[i")) else ""
    end = r"\b" if piece[-1].isalnum() or piece[-1] == ")" else ""
    return f"{start}(?:{piece}){end}"


class Lexicon:
    """All rules, made ready. `rules` maps kind and id to what is said of it."""

    def __init__(self, rules: dict[tuple[str, str], list[Rule]]) -> None:
        self.rules = {key: _merged(found) for key, found in rules.items()}
        self._order = {key: place for place, key in enumerate(rules)}
        patterns = [
            _made_ready(*key, text, subject_only=text in rule.subject)
            for key, rule in self.rules.items()
            for text in (*rule.patterns, *rule.subject)
        ]
        self._patterns = patterns
        self._vocabulary = Vocabulary(
            frozenset().union(*(clause for pattern in patterns for clause in pattern.clauses))
        )
        self._always = [pattern for pattern in patterns if not pattern.clauses]
        self._by_word: dict[str, list[Pattern]] = {}
        for pattern in patterns:
            for word in pattern.clauses[0] if pattern.clauses else ():
                self._by_word.setdefault(word, []).append(pattern)
        self._machine = [pattern for pattern in patterns if pattern.kind == "machine" and pattern.clauses]
        self._machine_words = frozenset().union(*(clause for pattern in self._machine for clause in pattern.clauses))

    def compile_all(self) -> None:
        """Compile every pattern now. Raises `re2.error` on a broken one; for tests, and to be warm before the first mail."""
        for pattern in self._patterns:
            for whole in pattern.wholes:
                _compiled(whole)

    def find_slowly(self, folded: str) -> set[tuple[str, str]]:
        """Kind and id of every rule met, trying every pattern: what `find` must agree with. For tests."""
        return {
            (pattern.kind, pattern.id)
            for pattern in self._patterns
            if not pattern.subject_only and all(_compiled(whole).search(folded.encode()) for whole in pattern.wholes)
        }

    def find(self, folded: str, text: Words, *, subject: bool = False) -> list[Hit]:
        """The rules that folded text meets, each once, in the order of the lexicon. A request denied is none."""
        present = self._vocabulary.present(folded, text)
        words = self._by_word.keys() & present
        return self._hits(chain(self._always, *(self._by_word[word] for word in words)), folded, present, subject)

    def find_for_machine(self, folded: str) -> list[Hit]:
        """As `find`, for the rules of text that speaks to the machine only; cheap on any length of text."""
        present = {word for word in self._machine_words if word.lstrip("=^") in folded}
        return self._hits(self._machine, folded, present, subject=False) if present else []

    def _hits(self, patterns: Iterable[Pattern], folded: str, present: set[str], subject: bool) -> list[Hit]:
        text = folded.encode("utf-8", "replace")
        hits: dict[tuple[str, str], Hit] = {}
        tried: set[int] = set()
        for pattern in patterns:
            key = (pattern.kind, pattern.id)
            if key in hits or id(pattern) in tried or (pattern.subject_only and not subject):
                continue
            tried.add(id(pattern))
            if _lacks(pattern, present):
                continue
            span = _request(pattern, text, present) if pattern.kind == "ask" else _span(pattern, text, present)
            if span:
                start, end = _in_characters(span, text, len(folded))
                hits[key] = Hit(*key, start, min(end, start + _LONGEST_QUOTE))
        return sorted(hits.values(), key=lambda hit: self._order[hit.kind, hit.id])


def _lacks(pattern: Pattern, present: set[str]) -> bool:
    for clause in pattern.clauses:  # noqa: SIM110 - a generator would cost more than the test
        if clause.isdisjoint(present):
            return True
    return False


def _in_characters(span: tuple[int, int], text: bytes, length: int) -> tuple[int, int]:
    """A span in octets of UTF-8 as one in characters."""
    if len(text) == length:
        return span
    start = len(text[: span[0]].decode("utf-8", "ignore"))
    return start, start + len(text[span[0] : span[1]].decode("utf-8", "ignore"))


def _made_ready(kind: str, id: str, text: str, *, subject_only: bool) -> Pattern:
    wide = bool(_CJK.search(text))
    gap = _SHORT_GAP_PATTERN if wide else _GAP_PATTERN
    parts = [[piece.strip() for piece in part.split(_GAP)] for part in text.split(_AND)]
    clauses = [clause for part in parts for piece in part for clause in required(piece)]
    wholes = tuple(gap.join(map(whole_words, part)) for part in parts)
    return Pattern(kind, id, wholes, tuple(sorted(clauses, key=selectivity, reverse=True)), subject_only)


def _merged(rules: list[Rule]) -> Rule:
    service = next((rule.service for rule in rules if rule.service), "")
    target = next((rule.target for rule in rules if rule.target), "")
    patterns = tuple(text for rule in rules for text in rule.patterns)
    return Rule(patterns, tuple(text for rule in rules for text in rule.subject), service, target)


@cache
def _compiled(pattern: str) -> re2._Regexp:
    return re2.compile(pattern.encode(), options())


def _request(pattern: Pattern, text: bytes, present: set[str]) -> tuple[int, int] | None:
    """The first place where something is asked for, passing over those where a warning says not to do it."""
    offset = 0
    for _ in range(_MOST_DENIALS):
        span = _span(pattern, text[offset:], present)
        if not span:
            return None
        start, end = span[0] + offset, span[1] + offset
        if not _denied(text, start, end):
            return start, end
        offset = end
    return None


def _denied(text: bytes, start: int, end: int) -> bool:
    before = text[max(0, start - _DENIAL_REACH) : start]
    return bool(_DENIED_BEFORE.search(before) or _DENIED_AFTER.search(text[start : end + _DENIAL_REACH]))


def _span(pattern: Pattern, text: bytes, present: set[str]) -> tuple[int, int] | None:
    if len(pattern.wholes) == 1 and len(text) > _SHORT_TEXT and pattern.clauses:
        return _span_near(pattern, text, pattern.clauses[0] & present)
    first: tuple[int, int] | None = None
    for whole in pattern.wholes:
        found = _compiled(whole).search(text)
        if not found:
            return None
        first = first or found.span()
    return first


def _span_near(pattern: Pattern, text: bytes, anchors: frozenset[str]) -> tuple[int, int] | None:
    """Search only around the words that must be there: most of a long text is nowhere near them."""
    search = _compiled(pattern.wholes[0]).search
    for start, end in _windows([word.lstrip("=^").encode() for word in anchors], text):
        found = search(text[start:end])
        if found:
            return start + found.start(), start + found.end()
    return None


def _windows(anchors: list[bytes], text: bytes) -> list[tuple[int, int]]:
    """Stretches of text around each place of each word, merged where they overlap; all of it where words abound."""
    places: list[int] = []
    for word in anchors:
        at = text.find(word)
        while at >= 0:
            places.append(at)
            if len(places) > _MOST_PLACES:
                return [(0, len(text))]
            at = text.find(word, at + _REACH)
    merged: list[tuple[int, int]] = []
    for at in sorted(places):
        # The next place of a word is looked for one reach further on, so a stretch reaches twice as far ahead.
        start, end = _word_edge(text, max(0, at - _REACH)), min(len(text), at + 2 * _REACH)
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _word_edge(text: bytes, at: int) -> int:
    """Not in the middle of a word, which would then look like one that begins there."""
    edge = text.rfind(b" ", max(0, at - _LONGEST_WORD), at + 1)
    return edge if edge >= 0 else at


@cache
def _read() -> dict[tuple[str, str], list[Rule]]:
    rules: dict[tuple[str, str], list[Rule]] = {}
    for name in _FILES:
        document = tomllib.loads(resources.files("sabaki.data").joinpath(name).read_text("utf-8"))
        for kind, found in document.items():
            if kind not in KINDS:
                raise ValueError(f"{name}: [{kind}] is no kind of rule")
            for id, rule in found.items():
                rules.setdefault((kind, id), []).append(convert(rule, Rule))
    return rules


@cache
def lexicon() -> Lexicon:
    """The lexicon that comes with the package, read and compiled at first use."""
    return Lexicon(_read())
