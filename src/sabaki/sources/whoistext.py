"""A WHOIS answer as blocks of labelled values. RFC 3912 says only that it is text: every registry has a form of its own.

A block ends at an empty line, at a heading, and where an object of the registry's database begins. What the labels mean is in
whoislabels.py, what the blocks say of a domain in whoisdomain.py.
"""

from __future__ import annotations

import re

import msgspec

from sabaki.mail import charsets
from sabaki.sources import whoislabels

_LINES = 4_000
_LINE = 2_000
_LABEL = 200
"""Characters: Hong Kong explains what it asks for inside the label."""
_COMMENT = re.compile(r"[%#;]{1,3}[\s%#*-]{0,40}")
_SENTENCE = re.compile(
    r"(?:the )?(?:(?:record|domain)(?: was| last)?|last) ?(created|expires|updated)(?: on)?[\s.:]{1,40}(\S.{0,100})",
    re.IGNORECASE,
)
_NAMED = re.compile(r"domain\s{1,4}([\w.-]{3,253})\s{1,4}\(([\w ]{1,40})\)", re.IGNORECASE)
"""Kyrgyzstan: "Domain EXAMPLE.KG (ACTIVE)"."""


class Entry(msgspec.Struct):
    """A label as `whoislabels.normalised` has it, and its value as written. `inside` is whether it stands deeper than its heading."""

    label: str
    value: str
    inside: bool = False


class Block(msgspec.Struct):
    """What stands together. `heading` is the normalised heading above it, "" for none; `lines` are those without a label."""

    heading: str = ""
    indent: int = 0
    entries: list[Entry] = []
    lines: list[str] = []

    @property
    def empty(self) -> bool:
        """Whether nothing stands in it yet."""
        return not self.entries and not self.lines

    def first(self, *labels: str) -> str:
        """The first value that is not empty under one of the labels."""
        return next((each.value for each in self.entries if each.label in labels and each.value), "")


def decode(data: bytes, charset: str) -> str:
    """The text, whatever charset it really has. `charset` is the one that the server is known for, "" for none."""
    return charsets.decode(data, charset or None).text


def lines(text: str) -> list[str]:
    """The lines. Only a line feed ends one: what a registrant wrote cannot begin another by U+2028 or a vertical tab."""
    return [line.rstrip("\r")[:_LINE] for line in text.split("\n", _LINES)[:_LINES]]


def blocks(text: str) -> list[Block]:
    """The answer's blocks, in their order."""
    reader = _Reader()
    for line in lines(text):
        reader.read(line)
    return [block for block in reader.found if not block.empty]


class _Reader:
    """Reads line by line; `found` grows."""

    def __init__(self) -> None:
        self.found = [Block()]
        self._indent = 0
        self._continues = False

    def read(self, line: str) -> None:
        # Turkey sets its headings off with two asterisks.
        bare = line.strip().lstrip("*").strip()
        indent = len(line) - len(line.lstrip())
        if not bare:
            if not self.found[-1].empty:
                self._begin("", 0)
            self._continues = False
        elif comment := _COMMENT.match(bare):
            # A comment counts only as a heading: "% Registrant:".
            self._heading(bare[comment.end() :], 0)
        elif not (self._heading(bare, indent) or self._entry(bare, indent)):
            self._bare(bare, indent)

    def _begin(self, heading: str, indent: int) -> None:
        if self.found[-1].empty:
            self.found.pop()
        self.found.append(Block(heading, indent))
        self._continues = False

    def _heading(self, bare: str, indent: int) -> bool:
        label, value = whoislabels.split(bare if ":" in bare else bare + ":", _LABEL)
        if value or not label:
            return False
        above = self.found[-1]
        if above.heading and indent > above.indent:
            # What stands deeper is a registrant's name or address, whatever it looks like.
            return False
        # A heading that says nothing to us ends the one above it all the same.
        ends = bare.endswith(":") and above.heading and not whoislabels.known(label)
        if label in whoislabels.HEADINGS or ends:
            self._begin(label, indent)
            return True
        return False

    def _entry(self, bare: str, indent: int) -> bool:
        label, value = whoislabels.split(bare, _LABEL)
        if not whoislabels.known(label):
            named, sentence = _NAMED.fullmatch(bare), _SENTENCE.match(bare)
            # "Last updated on ..." alone at the end is the time of the whole database.
            if sentence and bare.lower().startswith("last") and self.found[-1].empty:
                return True
            if named:
                self._add("domain", named[1], indent)
                self._add("domain status", named[2], indent)
            elif sentence:
                self._add(f"record {sentence[1].lower()}", sentence[2], indent)
            return bool(named or sentence)
        block = self.found[-1]
        if label in whoislabels.OBJECTS and not block.empty and not block.heading and not self._refers(block, label):
            self._begin("", indent)
        self._add(label, value, indent)
        self._indent, self._continues = indent, True
        return True

    def _add(self, label: str, value: str, indent: int) -> None:
        block = self.found[-1]
        block.entries.append(Entry(label, value, bool(block.heading) and (indent > block.indent or bool(block.lines))))

    @staticmethod
    def _refers(block: Block, label: str) -> bool:
        """Whether the label stands for something else here: a domain refers to its set of servers, AFNIC's contact has a name."""
        return bool(block.first("domain") if label in ("nsset", "keyset") else block.first("nic-hdl"))

    def _bare(self, bare: str, indent: int) -> None:
        """A line without a label goes on with the entry above it, if it stands deeper or that one names the holder."""
        block = self.found[-1]
        if self._continues and block.entries:
            last = block.entries[-1]
            if indent > self._indent:
                self._add(last.label, bare, indent)
                return
            if whoislabels.ROLES.get(last.label) == "registrant":
                self._add("address", bare, indent)
                return
        # Among labelled values, a label that means nothing to us is no name.
        if not (block.entries and whoislabels.split(bare, _LABEL)[0]):
            block.lines.append(bare)
