"""A form in the mail asks for a secret."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import carried, cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_SECRETS = {"card": "カード情報", "password": "パスワード"}


@check(severity=Severity.HIGH, weight=35, references=("MITRE ATT&CK T1566",))
def password_form(case: Case) -> Iterator[Hit]:
    """The mail, or an HTML file attached to it, holds a form with a password or card field."""
    found = [body for body in case.bodies if not _SECRETS.keys().isdisjoint(body.forms)]
    if found:
        asked = [secret for secret in _SECRETS if secret in found[0].forms]
        yield Hit(
            f"a form inside the mail asks for a secret ({', '.join(asked)})",
            f"メールの中の入力フォームが、{'と'.join(_SECRETS[secret] for secret in asked)}を入力させようとしています",
            Grade.VERIFIED,
            tuple(cite.text(body.part, producer="mail.html", method="form", grade=Grade.VERIFIED) for body in found),
        )
        return
    # A page that came packed in an archive is no text of the mail.
    for file, trait in carried.traits(case, "password_form"):
        en, ja = carried.place(case, file)
        yield Hit(
            f"a form in {en} asks for a secret" + (f" and sends it to {trait.detail[:120]}" if trait.detail else ""),
            f"{ja} の入力フォームが、秘密の情報を入力させようとしています"
            + (f"（送信先: {trait.detail[:120]}）" if trait.detail else ""),
            Grade.VERIFIED,
            (carried.evidence(case, file, trait),),
        )
        return
