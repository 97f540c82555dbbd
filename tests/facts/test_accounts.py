"""Whose an account is, how it fits the author, who should be told."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from sabaki.facts import accounts, bodies
from sabaki.facts.accounts import Account, Fit
from sabaki.mail import message
from sabaki.mail.limits import Budget
from sabaki.model.case import Case, Source, Vantage
from sabaki.model.evidence import Grade
from sabaki.pipeline import understand
from sabaki.protocols.resolver import Offline
from tests import worlds


def case(author: str, *fields: str, own: tuple[str, ...] = ("harbour.example",)) -> Case:
    budget = Budget()
    lines = (f"From: {author}", "To: hanako@harbour.example", *fields, "", "")
    read = message.read("\n".join(lines).encode(), budget)
    text = bodies.read(read, budget)
    vantage = Vantage(own_domains=own)
    return understand(read, text, source=Source("x", "", 0), vantage=vantage, budget=budget, resolver=Offline())


@pytest.mark.parametrize(
    ("name", "method", "by", "account"),
    [
        ("taro@gakuin.example", "PLAIN", "mx.hosting.example", Account("taro@gakuin.example", "gakuin.example")),
        ("taro", "PLAIN", "mx.hosting.example", Account("taro", "hosting.example", completed=True)),
        ("taro", "SMTP-AUTH or ident", "mx.hosting.example", None),
        ("taro", "PLAIN", "mx", None),
        ("", "", "mx.hosting.example", None),
    ],
)
def test_whose(name: str, method: str, by: str, account: Account | None) -> None:
    assert accounts.of(name, method, by) == account


@pytest.mark.parametrize(
    ("name", "by", "author", "fit"),
    [
        ("taro@gakuin.example", "mx.hosting.example", "taro@gakuin.example", Fit.OWN),
        ("taro@mail.gakuin.example", "mx.hosting.example", "news@www.gakuin.example", Fit.OWN),
        ("office@gakuin.example", "mx.hosting.example", "admin@harbour.example", Fit.STRANGE),
        ("office@gakuin.example", "mx.hosting.example", "info@bank.example", Fit.STRANGE),
        ("office%gakuin.example", "mx.hosting.example", "info@bank.example", Fit.STRANGE),
        ("office@gakuin.example", "mx.hosting.example", "someone@gmail.com", Fit.STRANGE),
        ("taro.sato@gakuin.example", "mx.hosting.example", "taro.sato@orchard.example", Fit.POSSIBLE),
        ("info@gakuin.example", "mx.hosting.example", "info@orchard.example", Fit.STRANGE),
        # A customer of the provider, by a bare name or the provider's own: for his own domain.
        ("kaisha", "sv12.hosting.example", "info@kaisha.example", Fit.ORDINARY),
        ("kaisha@hosting.example", "sv12.hosting.example", "info@kaisha.example", Fit.ORDINARY),
        ("kaisha", "sv12.hosting.example", "staff@harbour.example", Fit.ORDINARY),
        ("kaisha", "sv12.hosting.example", "info@jcb.co.jp", Fit.STRANGE),
        ("apikey@sending.example", "relay.other.example", "info@kaisha.example", Fit.ORDINARY),
        ("abc@ocn.ne.jp", "smtp.ocn.ne.jp", "info@kaisha.example", Fit.ORDINARY),
        ("someone@gmail.com", "relay.sending.example", "news@kaisha.example", Fit.ORDINARY),
        ("someone@gmail.com", "relay.sending.example", "me@yahoo.co.jp", Fit.ORDINARY),
        ("someone@yahoo.com", "smtp.mail.yahoo.com", "someone@yahoo.co.uk", Fit.OWN),
        ("someone@gmail.com", "relay.sending.example", "info@jcb.co.jp", Fit.STRANGE),
        # One of the reader's own.
        ("hanako@harbour.example", "mx.harbour.example", "info@orchard.example", Fit.POSSIBLE),
        ("hanako", "mx.harbour.example", "info@orchard.example", Fit.POSSIBLE),
        ("hanako", "mx.harbour.example", "hanako@harbour.example", Fit.OWN),
    ],
)
def test_fit(name: str, by: str, author: str, fit: Fit) -> None:
    account = accounts.of(name, "PLAIN", by)
    assert account is not None
    assert accounts.fit(case(author), account, by) is fit


def test_two_domains_of_the_reader() -> None:
    account = Account("hanako@harbour.example", "harbour.example")
    read = case("hanako@port.example", own=("harbour.example", "port.example"))
    assert accounts.fit(read, account, "mx.harbour.example") is Fit.OWN


def test_a_lists_own_program() -> None:
    account = Account("mailman@lists.gakuin.example", "lists.gakuin.example")
    read = case("taro@orchard.example", "List-Id: Users <users.lists.gakuin.example>")
    assert accounts.fit(read, account, "mx.hosting.example") is Fit.POSSIBLE
    read = case("taro@orchard.example", "List-Id: Users <users.lists.other.example>")
    assert accounts.fit(read, account, "mx.hosting.example") is Fit.STRANGE


def test_no_author_is_no_ground() -> None:
    assert accounts.fit(case(""), Account("a@b.example", "b.example"), "mx.c.example") is Fit.ORDINARY


def test_told_are_the_role_mailboxes_never_the_account() -> None:
    told = accounts.to_tell(Account("taro@mail.gakuin.example", "mail.gakuin.example"), "sv1.hosting.example")
    assert told == (
        "abuse@gakuin.example", "postmaster@gakuin.example", "abuse@hosting.example", "postmaster@hosting.example",
    )  # fmt: skip
    assert accounts.to_tell(Account("a@gmail.com", "gmail.com"), "mx") == ("abuse@gmail.com",)
    assert accounts.to_tell(Account("a", "hosting.example", completed=True), "sv1.hosting.example") == (
        "abuse@hosting.example", "postmaster@hosting.example",
    )  # fmt: skip


def test_the_server_by_the_name_that_the_hop_above_has_for_it() -> None:
    date = "; Mon, 3 Mar 2025 10:15:04 +0900"
    account = f"Received: from unknown (HELO jp5) (office@gakuin.example@198.51.100.138) by 0 with SMTP{date}"
    note = f"Received: (qmail 21904 invoked from network){date}"
    store = f"Received: from mx.hosting.example (mx.hosting.example [203.0.113.9]) by mbox.hosting.example (Postfix) id 1{date}"
    for fields, name in (((store, note, account), "mx.hosting.example"), ((note, account), ""), ((account,), "")):
        header = "\n".join((*fields, "From: a@bank.example", "", ""))
        budget = Budget()
        read = message.read(header.encode(), budget)
        found = understand(
            read,
            bodies.read(read, budget),
            source=Source("x", "", 0),
            vantage=Vantage(own_hosts=("mx.hosting.example", "mbox.hosting.example", "0")),
            budget=budget,
            resolver=Offline(),
        )
        assert accounts.server_of(found, found.origin) == name


def test_the_account_of_the_origin_counts_only_where_a_server_above_the_line_noted_it() -> None:
    assert accounts.of_origin(worlds.report()) is Fit.STRANGE
    assert accounts.of_origin(worlds.report(worlds.TAKEN_OVER.replace("office@gakuin", "taro@orchard"))) is Fit.OWN
    assert accounts.of_origin(worlds.report(worlds.MAIL)) is None
    unseen = worlds.report()
    unseen = replace(unseen, origin=replace(unseen.origin, grade=Grade.SELF_DECLARED))
    assert accounts.of_origin(unseen) is None
