"""Which words a pattern cannot match without: what lets hundreds of patterns cost next to nothing.

Patterns are ours, not the sender's: a small subset of RE2 (groups, alternatives, classes, repetition).
A known word is written "=word" where it must stand whole, "^word" where a word must begin with it, "word" where it
may stand anywhere.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct

Clause = frozenset[str]
"""Words of which at least one must occur."""

_PLAIN = re.compile(r"[^()\[\]|\\.^$?*+{]+")
_RUNS = re.compile(r"[a-z0-9]+|[^\x00-\x7f]+")
_LONGEST_WORD = 40
_ALPHANUMERIC = bytes(code if chr(code).isascii() and chr(code).isalnum() else 0x20 for code in range(256))
_COMMON = frozenset(
    "your you the this that for from with have has will been are not and can all any our now here new use mail email "
    "message click please account information time get make more free date list send sent work online know see help "
    "read system user file change need about they contact update service day days other which would was were".split()
)
"""What nearly every mail holds."""


class Words(Struct, frozen=True):
    """What a text is made of: its distinct `words` (runs of ASCII letters and digits), and, where it has other
    characters, all `pairs` of neighbouring characters (Japanese has no blanks to find words by).
    """

    words: frozenset[str]
    pairs: frozenset[str] = frozenset()


def words(folded: str) -> Words:
    """Take folded text apart."""
    plain = frozenset(folded.encode("latin-1", "replace").translate(_ALPHANUMERIC).decode("ascii").split())
    return Words(plain) if folded.isascii() else Words(plain, frozenset(map("".join, pairwise(folded))))


def required(pattern: str) -> tuple[Clause, ...]:
    """The clauses that all hold in every text the pattern matches; empty where nothing can be said.

    A pattern of ASCII is taken to match whole words only, as the lexicon sees to.
    """
    return tuple(_Reader(pattern).read())


def selectivity(clause: Clause) -> tuple[int, int]:
    """How much a clause tells: the rarer its commonest word (longer words are), and the fewer words, the more."""
    return min(map(_rarity, clause)), -len(clause)


def _rarity(word: str) -> int:
    bare = word.lstrip("=^")
    if bare in _COMMON:
        return 0
    return 2 * len(bare) * (1 if bare.isascii() else 3) + (word[0] in "=^")


class _Reader:
    """Reads a pattern once, from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def read(self) -> list[Clause]:
        whole = self._pattern.isascii()
        return self._alternatives(begins=whole, ends=whole)[0]

    def _alternatives(self, *, begins: bool, ends: bool) -> tuple[list[Clause], bool]:
        """The clauses of the alternatives up to the closing parenthesis; and whether a word may begin after them."""
        branches: list[list[Clause]] = []
        fresh = True
        while True:
            clauses, after = self._sequence(begins=begins, ends=ends)
            branches.append(clauses)
            fresh = fresh and after
            if self._peek() != "|":
                break
            self._at += 1
        if len(branches) == 1:
            return branches[0], fresh
        if not all(branches):
            return [], fresh
        return [frozenset().union(*(max(clauses, key=selectivity) for clauses in branches))], fresh

    def _sequence(self, *, begins: bool, ends: bool) -> tuple[list[Clause], bool]:
        """The clauses of one alternative. `begins`: a word begins where it does; `ends`: one ends where it does."""
        clauses: list[Clause] = []
        run, run_begins = "", begins
        while self._peek() not in ("", "|", ")"):
            before = not run[-1].isalnum() if run else begins
            inner, letters, group_begins = self._atom(begins=before)
            needed = self._repetition()
            if letters and needed:
                run_begins = run_begins if run else begins
                run += letters
                continue
            clauses += _found(run, begins=run_begins, ends=False)
            run = ""
            clauses += inner if needed else []
            begins = group_begins and (needed or before)
        last = _found(run, begins=run_begins if run else begins, ends=ends)
        return clauses + last, not run[-1].isalnum() if run else begins

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
            if self._pattern.startswith("?:", self._at):
                self._at += 2
            inner, after = self._alternatives(begins=begins, ends=self._closes_a_word())
            self._at += 1
            return inner, "", after
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

    def _closes_a_word(self) -> bool:
        """Whether a word ends where the group that has just been opened closes: a space or the pattern's end follows."""
        depth, at = 1, self._at
        while at < len(self._pattern) and depth:
            char = self._pattern[at]
            at += 2 if char == "\\" else 1
            depth += (char == "(") - (char == ")")
        rest = self._pattern[at : at + 2]
        return self._pattern.isascii() and (not rest or (rest[0] == " " and rest[1:] not in ("?", "*", "{")))

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


def _found(run: str, *, begins: bool, ends: bool) -> list[Clause]:
    found: list[Clause] = []
    for match in _RUNS.finditer(run):
        word = match.group()
        if not word.isascii():
            found += [frozenset({word})] if len(word) > 1 else []
            continue
        at_start = begins if match.start() == 0 else run[match.start() - 1].isascii()
        at_end = ends if match.end() == len(run) else run[match.end()].isascii()
        if at_start and at_end:
            found.append(frozenset({f"={word}"}))
        elif len(word) > 1:
            found.append(frozenset({f"^{word}" if at_start else word}))
    return found


class Vocabulary:
    """Known words, and which of them occur in the words of a text."""

    def __init__(self, known: frozenset[str]) -> None:
        self._whole = frozenset(word for word in known if word[0] == "=")
        self._first = frozenset(word for word in known if word[0] == "^")
        self._inside_by_start: dict[str, list[str]] = {}
        self._wide_by_start: dict[str, list[str]] = {}
        for word in sorted(known - self._whole - self._first):
            by_start = self._inside_by_start if word.isascii() else self._wide_by_start
            by_start.setdefault(word[:2], []).append(word)
        self._remembered = lru_cache(maxsize=50_000)(self._in_word)

    def present(self, folded: str, text: Words) -> set[str]:
        """The known words that occur in the text."""
        found: set[str] = set()
        for word in text.words:
            inside = self._remembered(word) if len(word) <= _LONGEST_WORD else self._in_word(word)
            if inside:
                found.update(inside)
        for start in self._wide_by_start.keys() & text.pairs:
            found.update([word for word in self._wide_by_start[start] if len(word) == 2 or word in folded])
        return found

    def _in_word(self, word: str) -> tuple[str, ...]:
        found = {f"={word}"} & self._whole
        found.update({f"^{word[:length]}" for length in range(2, min(len(word), _LONGEST_WORD) + 1)} & self._first)
        for at in range(len(word) - 1):
            candidates = self._inside_by_start.get(word[at : at + 2], ())
            found.update([known for known in candidates if word.startswith(known, at)])
        return tuple(found)
