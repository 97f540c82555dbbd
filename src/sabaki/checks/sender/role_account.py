"""The mail is addressed to a role account."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

ROLES = frozenset(
    "abuse admin administrator billing contact hostmaster info information mail mailer-daemon marketing noc office "
    "postmaster root sales security staff support webmaster www".split()
)
"""RFC 2142, and what offices use besides."""


@check(severity=Severity.INFO, weight=2, references=("RFC 2142",))
def role_account(case: Case) -> Iterator[Hit]:
    """A recipient is a role (admin, info, postmaster ...), not a person: easy to guess, read by administrators."""
    boxes = case.recipients.to or case.recipients.delivered_to
    role = next((box for box in boxes if box.local.lower() in ROLES), None)
    if role:
        yield Hit(
            f"addressed to a role account ({role.local.lower()}@)",
            f"役割アドレス（{role.local.lower()}@）に宛てられています",
            Grade.VERIFIED,
            tuple(cite.field(field) for field in case.all("to")),
        )
