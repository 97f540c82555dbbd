"""The mail greets the reader by the mail address."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_OPENING = 400
_WORDS_BEFORE = 3
_GREETINGS = frozenset(
    "dear hello hi hey attn attention greetings welcome good hallo guten liebe lieber beste geachte hola estimado estimada "
    "prezado prezada caro cara olá ola cher chère bonjour ciao gentile".split()
)
_TITLES = ("様", "さま", "さん", "殿", "御中", "会員様", "お客様")
_OPENERS = " \u3000\t\"'<([（【「『*•・"
_CLOSERS = " \u3000\t\"'>)]）】」』*"


def _greets(line: str, address: str) -> bool:
    """Whether the line calls somebody by the address; one that quotes, lists or labels the address does not."""
    before, found, after = line.partition(address)
    before, after = before.strip(_OPENERS), after.lstrip(_CLOSERS)
    if not found or before.startswith(">") or before.endswith((":", "：", "-")):
        return False
    if after.startswith(_TITLES):
        return True
    words = before.split(maxsplit=_WORDS_BEFORE)
    if not words or words[0].rstrip(",!") in _GREETINGS:
        return not after or after[0] in ",:;!.、，"
    return len(words) <= _WORDS_BEFORE and after[:1] in (",", "!", "，")


@check(severity=Severity.LOW, weight=8, family="bait")
def greets_by_address(case: Case) -> Iterator[Hit]:
    """The subject holds the recipient's mail address, or the opening calls the reader by it: the sender knows no name."""
    if case.author and identity.own(case, case.author.domain) and identity.from_inside(case):
        return  # the reader's own server, which knows mailboxes and no names
    opening = case.text.lstrip()[:_OPENING].lower().splitlines()
    subject = case.subject.text.lower()
    for box in dict.fromkeys((*case.recipients.to, *case.recipients.delivered_to)):
        address = box.address.lower()
        if "@" in address and (
            address in subject or any(address in line and _greets(line, address) for line in opening)
        ):
            yield Hit(
                "it calls you by your mail address, not by name",
                "名前ではなくメールアドレスで呼びかけています",
                Grade.VERIFIED,
                (
                    cite.text(
                        address, producer="facts.sender", method="recipient in subject or opening", grade=Grade.VERIFIED
                    ),
                ),
                "Who has a contract with you knows your name.",
                "取引のある相手なら、あなたの名前を知っているはずです。",
            )
            return
