"""What visits saw, as the checks ask for it."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.mail import urls
from sabaki.model.case import Case
from sabaki.model.evidence import Evidence, Grade, Provenance
from sabaki.model.finding import State
from sabaki.model.visit import Form, View, Visit

SECRETS = {
    "password": ("a password", "パスワード"),
    "card_number": ("a card number", "カード番号"),
    "card_code": ("a card's security code", "セキュリティコード"),
    "card_expiry": ("a card's expiry date", "カードの有効期限"),
    "one_time_code": ("a one-time code", "ワンタイムパスワード"),
    "pin": ("a PIN", "暗証番号"),
    "account_number": ("an account number", "口座番号"),
    "my_number": ("the individual number", "マイナンバー"),
}
"""What a form may ask for that nobody else is to know, in words."""


def views(case: Case) -> Iterator[tuple[Visit, View]]:
    """Every view that a visit brought back."""
    for visit in case.visits:
        if visit.outcome is State.RAN:
            for view in visit.views:
                yield visit, view


def host(view: View) -> str:
    """The host where the view ended, "" where there is none."""
    found = urls.parse(view.url, "visit")
    return found.ip or found.host if found else ""


def secrets(form: Form) -> tuple[str, ...]:
    """What of the secret a form asks for."""
    return tuple(each for each in form.asks if each in SECRETS)


def evidence(visit: Visit, view: View, kind: str, value: str) -> Evidence:
    """Something that we saw ourselves, with the time of the visit."""
    method = f"{view.name} view, {visit.mode}"
    return Evidence(kind, value[:300], Grade.VERIFIED, Provenance("visit", method, obtained_at=visit.started_at))
