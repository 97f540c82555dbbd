"""The lexicon of lures: rules as data, and finding them in a text in one pass.

A rule's pattern is made of pieces: " … " between two of them is a gap inside one sentence, " & " lets them stand
anywhere. The words of a text, looked up once, say which few patterns can match at all; only those are run.
(One RE2 set of all patterns is slower by far: its states remember what has matched and never repeat.)
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache, cached_property
from importlib import resources

import re2
from msgspec import Struct, convert

from sabaki.facts.literals import Clause, Vocabulary, Words, latin_words, required, selectivity

KINDS = ("claim", "pressure", "ask", "unwanted", "machine")
_FILES = ("phrases_en.toml", "phrases_ja.toml", "phrases_other.toml")
_GAP, _AND = "…", "&"
# Not across the end of a sentence; a full stop inside a name or number is none.
_GAP_PATTERN = r"(?:[^.!?。]|\.[^ ]){0,60}?"
# A Japanese sentence says in twenty-four characters what takes sixty in English.
_SHORT_GAP_PATTERN = r"[^!?。]{0,24}?"
_CJK = re.compile("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_LONGEST_QUOTE = 120
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


class _Source(Struct, frozen=True):
    """A pattern as it is written. `wide`: it holds Japanese, Chinese or Korean."""

    kind: str
    id: str
    text: str
    subject_only: bool
    wide: bool


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
    if not piece.isascii() and _CJK.search(piece):
        return piece
    start = r"\b" if piece[0].isalnum() or piece.startswith(("(", "[a", "[i")) else ""
    end = r"\b" if piece[-1].isalnum() or piece[-1] == ")" else ""
    return f"{start}(?:{piece}){end}"


class _Index:
    """Patterns made ready, and by which word in a text each is called up."""

    def __init__(self, sources: Iterable[_Source]) -> None:
        self.patterns = [_made_ready(source) for source in sources]
        self.words = frozenset().union(*(clause for pattern in self.patterns for clause in pattern.clauses))
        self._always = [place for place, pattern in enumerate(self.patterns) if not pattern.clauses]
        self._by_word: dict[str, list[int]] = {}
        for place, pattern in enumerate(self.patterns):
            for word in pattern.clauses[0] if pattern.clauses else ():
                self._by_word.setdefault(word, []).append(place)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of all patterns."""
        return Vocabulary(self.words)

    def called_up(self, present: set[str]) -> list[Pattern]:
        """The patterns that may match a text with these words, each once, in the order of the lexicon."""
        called = set(self._always).union(*map(self._by_word.__getitem__, self._by_word.keys() & present))
        return [pattern for place in sorted(called) if not _lacks(pattern := self.patterns[place], present)]


class Lexicon:
    """All rules, made ready when they are first needed. `rules` maps kind and id to what is said of it."""

    def __init__(self, rules: dict[tuple[str, str], list[Rule]]) -> None:
        self.rules = {key: _merged(found) for key, found in rules.items()}
        self._order = {key: place for place, key in enumerate(rules)}
        self._sources = [
            _Source(*key, text, text in rule.subject, not text.isascii() and bool(_CJK.search(text)))
            for key, rule in self.rules.items()
            for text in (*rule.patterns, *rule.subject)
        ]

    @cached_property
    def _narrow(self) -> _Index:
        return _Index(source for source in self._sources if not source.wide)

    @cached_property
    def _wide(self) -> _Index:
        """Patterns in Japanese, Chinese or Korean, which a text in ASCII cannot meet."""
        return _Index(source for source in self._sources if source.wide)

    @cached_property
    def _machine(self) -> _Index:
        return _Index(source for source in self._sources if source.kind == "machine")

    def compile_all(self) -> None:
        """Compile every pattern now. Raises `re2.error` on a broken one; for tests, and to be warm before the first mail."""
        for pattern in (*self._narrow.patterns, *self._wide.patterns):
            for whole in pattern.wholes:
                _compiled(whole)

    def find_slowly(self, folded: str) -> set[tuple[str, str]]:
        """Kind and id of every rule met, trying every pattern: what `find` must agree with. For tests."""
        return {
            (pattern.kind, pattern.id)
            for pattern in (*self._narrow.patterns, *self._wide.patterns)
            if not pattern.subject_only and all(_compiled(whole).search(folded.encode()) for whole in pattern.wholes)
        }

    def find(self, folded: str, text: Words, *, subject: bool = False) -> list[Hit]:
        """The rules that folded text meets, each once, in the order of the lexicon. A request denied is none."""
        patterns: list[Pattern] = []
        for index in (self._narrow, self._wide) if text.pairs else (self._narrow,):
            patterns += index.called_up(index.vocabulary.present(folded, text))
        return self._hits(patterns, folded, subject=subject)

    def may_address_machine(self, text: str) -> bool:
        """Whether `find_for_machine` can find anything in a text that is not yet cleaned; says no without cleaning it."""
        if not text.isascii():
            return True
        present = self._machine.vocabulary.present(text, latin_words(text.lower()))
        return bool(self._machine.called_up(present))

    def find_for_machine(self, folded: str) -> list[Hit]:
        """As `find`, for the rules of text that speaks to the machine only; cheap on any length of text."""
        present = self._machine.vocabulary.present(folded, latin_words(folded))
        if not folded.isascii():
            present.update(word for word in self._machine.words if not word.isascii() and word in folded)
        return self._hits(self._machine.called_up(present), folded, subject=False)

    def _hits(self, patterns: list[Pattern], folded: str, *, subject: bool) -> list[Hit]:
        text = folded.encode("utf-8", "replace")
        hits: dict[tuple[str, str], Hit] = {}
        for pattern in patterns:
            key = (pattern.kind, pattern.id)
            if key in hits or (pattern.subject_only and not subject):
                continue
            span = _request(pattern, text) if pattern.kind == "ask" else _span(pattern, text)
            if span:
                start, end = _in_characters(span, text, len(folded))
                hits[key] = Hit(*key, start, min(end, start + _LONGEST_QUOTE))
        return sorted(hits.values(), key=lambda hit: self._order[hit.kind, hit.id])


def _lacks(pattern: Pattern, present: set[str]) -> bool:
    # The first clause is the one that called the pattern up.
    for clause in pattern.clauses[1:]:  # noqa: SIM110 - a generator would cost more than the test
        if clause.isdisjoint(present):
            return True
    return False


def _in_characters(span: tuple[int, int], text: bytes, length: int) -> tuple[int, int]:
    """A span in octets of UTF-8 as one in characters."""
    if len(text) == length:
        return span
    start = len(text[: span[0]].decode("utf-8", "ignore"))
    return start, start + len(text[span[0] : span[1]].decode("utf-8", "ignore"))


def _made_ready(source: _Source) -> Pattern:
    gap = _SHORT_GAP_PATTERN if source.wide else _GAP_PATTERN
    parts = [[piece.strip() for piece in part.split(_GAP)] for part in source.text.split(_AND)]
    clauses = [clause for part in parts for piece in part for clause in required(piece)]
    wholes = tuple(gap.join(map(whole_words, part)) for part in parts)
    telling = tuple(sorted(clauses, key=selectivity, reverse=True))
    return Pattern(source.kind, source.id, wholes, telling, source.subject_only)


def _merged(rules: list[Rule]) -> Rule:
    service = next((rule.service for rule in rules if rule.service), "")
    target = next((rule.target for rule in rules if rule.target), "")
    patterns = tuple(text for rule in rules for text in rule.patterns)
    return Rule(patterns, tuple(text for rule in rules for text in rule.subject), service, target)


@cache
def _compiled(pattern: str) -> re2._Regexp:
    return re2.compile(pattern.encode(), options())


def _request(pattern: Pattern, text: bytes) -> tuple[int, int] | None:
    """The first place where something is asked for, passing over those where a warning says not to do it."""
    offset = 0
    for _ in range(_MOST_DENIALS):
        span = _span(pattern, text[offset:])
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


def _span(pattern: Pattern, text: bytes) -> tuple[int, int] | None:
    first: tuple[int, int] | None = None
    for whole in pattern.wholes:
        found = _compiled(whole).search(text)
        if not found:
            return None
        first = first or found.span()
    return first


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
