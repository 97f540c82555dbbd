"""YARA rules of the reader's own, applied to every file that comes with a mail. Needs yara-x (`sabaki[yara]`)."""

from __future__ import annotations

from pathlib import Path

import yara_x

from sabaki.model.file import Trait

_ENDINGS = (".yar", ".yara")
_TIMEOUT = 5
"""Seconds that one file may be matched for."""
_MOST = 50


class Faulty(ValueError):
    """A file of rules that cannot be used; the message names the file and what the compiler says."""


class Rules:
    """Compiled rules."""

    def __init__(self, rules: yara_x.Rules) -> None:
        self._scanner = yara_x.Scanner(rules)
        self._scanner.set_timeout(_TIMEOUT)

    def match(self, content: bytes) -> list[Trait]:
        """The rules that match, as traits "yara", by name; what takes too long has matched nothing and is said so."""
        try:
            found = self._scanner.scan(content)
        except (yara_x.TimeoutError, yara_x.ScanError) as error:
            return [Trait("damaged", f"rules: {str(error)[:200]}")]
        names = sorted(f"{rule.namespace}:{rule.identifier}" for rule in found.matching_rules)
        return [Trait("yara", name) for name in names[:_MOST]]


def compile(directory: Path) -> Rules:
    """Compile every .yar and .yara file of a directory, folders inside it too, each in a namespace of its own name.

    Raises Faulty for rules that the compiler refuses, OSError for a directory that cannot be read.
    """
    compiler = yara_x.Compiler()
    files = sorted(path for path in directory.rglob("*") if path.suffix.lower() in _ENDINGS and path.is_file())
    if not files:
        raise Faulty(f"{directory}: holds no rules (files ending in .yar or .yara)")
    for path in files:
        compiler.new_namespace(path.stem)
        try:
            compiler.add_source(path.read_text("utf-8"), origin=path.name)
        except (yara_x.CompileError, UnicodeDecodeError) as error:
            raise Faulty(f"{path.name}: {error}") from error
    return Rules(compiler.build())
