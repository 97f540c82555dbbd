"""What checks ask of the files that a mail carries."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.model.case import Case
from sabaki.model.evidence import Evidence, Grade, Provenance
from sabaki.model.file import File, Trait

_LONGEST = 80


def traits(case: Case, *ids: str) -> Iterator[tuple[File, Trait]]:
    """The files that have one of the traits, with it; a file once for each trait, in the order of the mail."""
    for file in case.files:
        for trait in file.traits:
            if trait.id in ids:
                yield file, trait


def name(file: File) -> str:
    """What to call a file: its name, or its kind where it has none."""
    shown = file.name.replace("\\", "/").rpartition("/")[2] or f"({file.kind})"
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST // 2]}…{shown[-_LONGEST // 2 :]}"


def holder(case: Case, file: File) -> File | None:
    """The file that this one stands in, or None for one that came with the mail itself."""
    return next((other for other in case.files if other.path == file.inside), None) if file.inside else None


def place(case: Case, file: File) -> tuple[str, str]:
    """The file's name and what it stands in, in English and Japanese."""
    outer = holder(case, file)
    if outer is None:
        return name(file), name(file)
    return f"{name(file)} (inside {name(outer)})", f"{name(file)}（{name(outer)} の中）"


def evidence(case: Case, file: File, trait: Trait | None = None) -> Evidence:
    """The file as evidence, and the part of the mail that brought it: our own observation of its bytes."""
    body = next((part.body for part in case.parts if part.path == file.part), None)
    method = f"{trait.id}: {trait.detail}" if trait else file.kind
    value = f"{name(file)} sha256:{file.sha256}" if file.sha256 else name(file)
    return Evidence("file", value, Grade.VERIFIED, Provenance(f"files.{file.kind}", method[:300], body))
