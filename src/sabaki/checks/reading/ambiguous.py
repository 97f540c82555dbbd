"""Two programs would read this mail differently."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_TRICKS = frozenset(
    {
        "duplicate_content_type",
        "duplicate_content_transfer_encoding",
        "duplicate_parameter",
        "boundary_reused",
        "part_after_closing_boundary",
        "text_after_base64",
        "base64_after_padding",
        "utf7_under_other_label",
        "bare_cr",
        "unannounced_parts",
        "address_behind_charset",
        "base64_unlabelled",
        "html_nul",
        "smuggled_commands",
        "address_as_field",
    }
)


@check(severity=Severity.LOW, weight=10)
def ambiguous(case: Case) -> Iterator[Hit]:
    """The structure has two readings: what a filter checks need not be what the mail program shows."""
    found = [defect for defect in case.defects if defect.id in _TRICKS]
    if found:
        names = ", ".join(dict.fromkeys(defect.id for defect in found))
        yield Hit(
            f"two programs would read this mail differently ({names})",
            f"ソフトによって読み方が分かれる作りです（{names}）",
            Grade.VERIFIED,
            tuple(
                cite.text(
                    defect.detail, producer="mail", method=defect.id, grade=Grade.VERIFIED, location=defect.location
                )
                for defect in found[:5]
            ),
        )
