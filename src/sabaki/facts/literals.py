"""Which words a pattern cannot match without: what lets hundreds of patterns cost next to nothing.

Patterns are ours, not the sender's: a small subset of RE2 (groups, alternatives, classes, repetition).
A known word is written "=word" where it must stand whole, "^word" where a word must begin with it, "word" where it
may stand anywhere.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from operator import add

from msgspec import Struct

Clause = frozenset[str]
"""Words of which at least one must occur."""

_PLAIN = re.compile(r"[^()\[\]|\\.^$?*+{]+")
_WORDS = re.compile(r"[^()\[\]|\\.^$?*+{]+(?:\|[^()\[\]|\\.^$?*+{]+)*")
_MARKS = re.compile(r"[()]|\\.|\[\]?[^\]]*\]")
_ASCII = re.compile(r"[\x00-\x7f]")
_RUNS = re.compile(r"[a-z0-9]+|[^\x00-\x7f]+")
_LONGEST_WORD = 40
_MOST_REMEMBERED = 50_000
_ALPHANUMERIC = bytes(code if chr(code).isascii() and chr(code).isalnum() else 0x20 for code in range(256))
_COMMON = frozenset(
    "your you the this that for from with have has will been are not and can all any our now here new use mail email "
    "message click please account information time get make more free date list send sent work online know see help "
    "read system user file change need about they contact update service day days other which would was were".split()
)
"""What nearly every mail holds."""


class Words(Struct, frozen=True):
    """What a text is made of: its distinct `words` (runs of ASCII letters and digits), and, where it has other
    characters, all `pairs` of neighbouring characters (Japanese has no blanks to find words by), see `pairs_in`.
    """

    words: frozenset[str]
    pairs: frozenset[int] = frozenset()


def words(folded: str) -> Words:
    """Take folded text apart."""
    plain = latin_words(folded)
    return plain if folded.isascii() else Words(plain.words, pairs_in(folded))


def pairs_in(text: str) -> frozenset[int]:
    """Every two neighbouring units of the text in UTF-16, as one number: far cheaper than as many little texts."""
    units = memoryview(text.encode("utf-16-le", "surrogatepass"))
    even = units[: len(units) // 4 * 4].cast("I")
    odd = units[2 : 2 + max(0, len(units) - 2) // 4 * 4].cast("I")
    return frozenset(even).union(odd)


def latin_words(folded: str) -> Words:
    """Take folded text apart, without the pairs."""
    return Words(frozenset(folded.encode("latin-1", "replace").translate(_ALPHANUMERIC).decode("ascii").split()))


def required(pattern: str) -> tuple[Clause, ...]:
    """The clauses that all hold in every text the pattern matches; empty where nothing can be said.

    A pattern of ASCII is taken to match whole words only, as the lexicon sees to.
    """
    whole = pattern.isascii()
    return tuple(_read(pattern, whole, whole, whole)[0])


def selectivity(clause: Clause) -> tuple[int, int]:
    """How much a clause tells: the rarer its commonest word (longer words are), and the fewer words, the more."""
    return min(map(_rarity, clause)), -len(clause)


@cache
def _rarity(word: str) -> int:
    bare = word.lstrip("=^")
    if bare in _COMMON:
        return 0
    return 2 * len(bare) * (1 if bare.isascii() else 3) + (word[0] in "=^")


@lru_cache(maxsize=2_000)
def _read(text: str, whole: bool, begins: bool, ends: bool) -> tuple[list[Clause], bool]:
    """The clauses of a pattern, or of a group in one; many a group stands in several patterns."""
    if _WORDS.fullmatch(text):
        branches = text.split("|")
        found = [_found(branch, begins=begins, ends=ends) for branch in branches]
        fresh = not any(branch[-1].isalnum() for branch in branches)
        if len(found) == 1:
            return _clauses(found[0]), fresh
        return ([frozenset([max(words, key=_rarity) for words in found])] if all(found) else []), fresh
    return _Reader(text, whole, ends).alternatives(begins=begins)


def _either(branches: list[list[Clause]]) -> list[Clause]:
    """What holds where one of several branches does: of each its most telling clause."""
    if len(branches) == 1:
        return branches[0]
    if not all(branches):
        return []
    chosen = [clauses[0] if len(clauses) == 1 else max(clauses, key=selectivity) for clauses in branches]
    return [frozenset().union(*chosen)]


class _Reader:
    """Reads a pattern once, from left to right. `whole`: it matches whole words; `ends`: a word ends where it does."""

    def __init__(self, pattern: str, whole: bool, ends: bool) -> None:
        self._pattern = pattern
        self._whole = whole
        self._ends = ends
        self._at = 0

    def alternatives(self, *, begins: bool) -> tuple[list[Clause], bool]:
        """The clauses of the alternatives; and whether a word may begin after them."""
        branches: list[list[Clause]] = []
        fresh = True
        while True:
            clauses, after = self._sequence(begins=begins)
            branches.append(clauses)
            fresh = fresh and after
            if self._peek() != "|":
                return _either(branches), fresh
            self._at += 1

    def _sequence(self, *, begins: bool) -> tuple[list[Clause], bool]:
        """The clauses of one alternative. `begins`: a word begins where it does."""
        clauses: list[Clause] = []
        run, run_begins = "", begins
        while self._peek() not in ("", "|"):
            before = not run[-1].isalnum() if run else begins
            inner, letters, group_begins = self._atom(begins=before)
            needed = self._repetition()
            if letters and needed:
                run_begins = run_begins if run else begins
                run += letters
                continue
            clauses += _clauses(_found(run, begins=run_begins, ends=False)) if run else []
            run = ""
            clauses += inner if needed else []
            begins = group_begins and (needed or before)
        if not run:
            return clauses, begins
        return clauses + _clauses(_found(run, begins=run_begins, ends=self._ends)), not run[-1].isalnum()

    def _atom(self, *, begins: bool) -> tuple[list[Clause], str, bool]:
        """One atom: a group's clauses, or plain letters, or neither; and whether a word may begin after it."""
        plain = _PLAIN.match(self._pattern, self._at)
        if plain:
            # A repetition is of the last letter alone.
            repeated = self._pattern[plain.end() : plain.end() + 1] in ("?", "*", "+", "{")
            self._at = plain.end() - 1 if repeated and len(plain.group()) > 1 else plain.end()
            return [], self._pattern[plain.start() : self._at], False
        char = self._pattern[self._at]
        self._at += 1
        if char == "(":
            start, self._at = self._at, self._closing() + 1
            inner = self._pattern[start : self._at - 1].removeprefix("?:")
            clauses, after = _read(inner, self._whole, begins, self._ends_a_word())
            return clauses, "", after
        if char == "[":
            self._at = self._pattern.index("]", self._at + 1) + 1
            return [], "", False
        if char == "\\":
            return self._escape()
        return [], "" if char in ".^$" else char, False

    def _escape(self) -> tuple[list[Clause], str, bool]:
        char = self._pattern[self._at]
        self._at += 1
        if char == "x":
            self._at += 2
            return [], chr(int(self._pattern[self._at - 2 : self._at], 16)), False
        return [], "" if char.isalnum() else char, char == "b"

    def _closing(self) -> int:
        """Where the group that has just been opened closes."""
        depth = 1
        for mark in _MARKS.finditer(self._pattern, self._at):
            depth += (mark[0] == "(") - (mark[0] == ")")
            if not depth:
                return mark.start()
        raise ValueError(f"unbalanced: {self._pattern}")

    def _ends_a_word(self) -> bool:
        """Whether a word ends here: a space follows, or the end of the pattern where one ends."""
        rest = self._pattern[self._at : self._at + 2]
        return self._ends if not rest else self._whole and rest[0] == " " and rest[1:] not in ("?", "*", "{")

    def _repetition(self) -> bool:
        """Whether what stands before must occur; reads past the repetition."""
        char = self._peek()
        if char not in ("?", "*", "+", "{"):
            return True
        needed = char == "+" or (char == "{" and self._pattern[self._at + 1] != "0")
        self._at = self._pattern.index("}", self._at) + 1 if char == "{" else self._at + 1
        if self._peek() == "?":
            self._at += 1
        return needed

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]


def _clauses(words: list[str]) -> list[Clause]:
    return [frozenset((word,)) for word in words]


def _found(run: str, *, begins: bool, ends: bool) -> list[str]:
    """The words in a run of letters, marked for where they must stand."""
    if run.isalpha() and (run.isascii() or not _ASCII.search(run)):
        return _one_word(run, begins=begins, ends=ends)
    found: list[str] = []
    for match in _RUNS.finditer(run):
        at_start = begins if match.start() == 0 else run[match.start() - 1].isascii()
        at_end = ends if match.end() == len(run) else run[match.end()].isascii()
        found += _one_word(match[0], begins=at_start, ends=at_end)
    return found


def _one_word(word: str, *, begins: bool, ends: bool) -> list[str]:
    if not word.isascii():
        return [word] if len(word) > 1 else []
    if begins and ends:
        return [f"={word}"]
    return [f"^{word}" if begins else word] if len(word) > 1 else []


class Vocabulary:
    """Known words, and which of them occur in the words of a text."""

    def __init__(self, known: frozenset[str]) -> None:
        whole = [word for word in known if word[0] == "="]
        first = [word for word in known if word[0] == "^"]
        self._whole = {word[1:]: word for word in whole}
        self._first = {word[1:]: word for word in first}
        self._first_lengths = sorted({len(word) - 1 for word in first})
        self._inside_by_start: dict[str, list[str]] = {}
        self._wide_by_start: dict[int, list[str]] = {}
        for word in sorted(known.difference(whole, first)):
            if word.isascii():
                self._inside_by_start.setdefault(word[:2], []).append(word)
            else:
                self._wide_by_start.setdefault(next(iter(pairs_in(word[:2]))), []).append(word)
        self._telling: dict[str, tuple[str, ...]] = {}
        self._idle: set[str] = set()

    def present(self, folded: str, text: Words) -> set[str]:
        """The known words that occur in the text."""
        found: set[str] = set()
        for word in text.words - self._idle:
            found.update(self._telling.get(word) or self._looked_into(word))
        for start in self._wide_by_start.keys() & text.pairs:
            found.update([word for word in self._wide_by_start[start] if len(word) == 2 or word in folded])
        return found

    def _looked_into(self, word: str) -> tuple[str, ...]:
        """The known words in a new one, which is remembered."""
        inside = self._in_word(word)
        if len(word) <= _LONGEST_WORD:
            if len(self._idle) + len(self._telling) >= _MOST_REMEMBERED:
                self._idle.clear()
                self._telling.clear()
            if inside:
                self._telling[word] = inside
            else:
                self._idle.add(word)
        return inside

    def _in_word(self, word: str) -> tuple[str, ...]:
        found = [self._whole[word]] if word in self._whole else []
        for length in self._first_lengths:
            if length > len(word):
                break
            if (start := word[:length]) in self._first:
                found.append(self._first[start])
        for start in self._inside_by_start.keys() & set(map(add, word, word[1:])):
            found += [known for known in self._inside_by_start[start] if known in word]
        return tuple(found)
