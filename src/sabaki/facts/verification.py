"""What we verify ourselves: SPF for the attested peer, DKIM, ARC and DMARC, through the Resolver that was handed in."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from sabaki.facts.networks import is_inside
from sabaki.facts.trust import writer
from sabaki.mail.limits import Budget
from sabaki.model.authentication import KEY_GONE, UNCHECKED, ArcChain, Dmarc, Signature, Spf, Verification
from sabaki.model.case import Case, Hop
from sabaki.model.evidence import Grade
from sabaki.model.finding import Outcome, State
from sabaki.model.message import Message
from sabaki.protocols import arc, authordomain, dkim, dmarc, spf
from sabaki.protocols.authordomain import Author
from sabaki.protocols.resolver import Recording, Resolver

_ORDER = "VATIS"
_NO_SPF = {
    "no_peer": (
        "no server that is to be believed saw who handed the mail over",
        "誰がメールを引き渡したかを、信頼できるサーバーが記録していません",
    ),
    "account": (
        "the mail was handed in with an account, so SPF does not apply",
        "SMTP認証で投函されたメールなので、SPFの対象になりません",
    ),
    "inside": (
        "the mail was handed in from inside the network, so SPF does not apply",
        "組織内のネットワークから投函されたメールなので、SPFの対象になりません",
    ),
    "no_sender": (
        "the envelope's sender was not recorded by a server that is to be believed",
        "エンベロープの差出人を、信頼できるサーバーが記録していません",
    ),
}


class Envelope(msgspec.Struct, frozen=True):
    """The envelope's sender (RFC 5321 section 4.1.1.2), as a server that is to be believed recorded it, and how far it is.

    `mail_from` is "" for the null sender `<>`, None where it was not recorded.
    """

    mail_from: str | None = None
    grade: Grade = Grade.SELF_DECLARED


def envelope(message: Message, case: Case) -> Envelope:
    """The envelope's sender: from the attested hop, else from a Return-Path that a server above the line wrote.

    A Return-Path below the line is worth nothing: at a service that sends for many, whoever is one of them could name another
    there, and SPF would pass for that one.
    """
    hop = _hop(case)
    if hop is not None and hop.envelope_from and hop.grade is not Grade.SELF_DECLARED:
        return Envelope("" if hop.envelope_from == "<>" else hop.envelope_from.strip("<>"), hop.grade)
    field = message.first("return-path")
    wrote = writer(case.hops, field.index) if field else None
    if field is None or wrote is None:
        return Envelope()
    if "".join(field.raw_value.split()) == "<>":
        return Envelope("", wrote.grade)
    path = case.sender.return_path
    return Envelope(path.address, wrote.grade) if path and path.domain else Envelope()


def _hop(case: Case) -> Hop | None:
    return next((hop for hop in case.hops if hop.index == case.origin.hop), None)


def verify(message: Message, case: Case, resolver: Resolver, budget: Budget) -> Verification:
    """Verify what can be verified; offline that is what needs no key: what is signed, and whether the body still fits.

    Limits: `dkim_signatures`, and `dns_queries` where the resolver records.
    """
    at, sender, author = case.origin.date, envelope(message, case), authordomain.read(message)
    # The order matters: whoever wrote the mail could use up its questions with seals and SPF policies without end.
    signatures = dkim.verify(message, resolver, at=at, most=budget.limits.dkim_signatures)
    left_out = max(0, len(message.all("dkim-signature")) - len(signatures))
    if left_out:
        budget.note("dkim_signatures")
    if author.domain:
        dmarc.walk(resolver, author.domain)
    spf_results = _spf(case, sender, resolver)
    policy = _dmarc(author, resolver, spf_results, signatures, null_sender=sender.mail_from == "")
    chain = arc.verify(message, resolver, at=at)
    asked = resolver.lookups if isinstance(resolver, Recording) else ()
    times = [lookup.asked_at for lookup in asked if lookup.asked_at]
    return Verification(
        spf=spf_results,
        dkim=signatures,
        dkim_left_out=left_out,
        arc=chain,
        dmarc=policy,
        asked_at=min(times, default=None),
        lookups=asked,
    )


def _spf(case: Case, sender: Envelope, resolver: Resolver) -> tuple[Spf, ...]:
    """SPF for the sender of the envelope, and for the greeting (RFC 7208 sections 2.3 and 2.4)."""
    origin = case.origin
    if origin.auth_account:
        return (_no_spf("account"),)
    if not origin.ip or origin.grade is Grade.SELF_DECLARED:
        return (_no_spf("no_peer"),)
    if is_inside(origin.ip):
        return (_no_spf("inside"),)
    found: list[Spf] = []
    if sender.mail_from:
        grade = _weaker(origin.grade, sender.grade)
        found.append(spf.evaluate(resolver, origin.ip, sender.mail_from, origin.helo, grade=grade))
    elif sender.mail_from is None:
        found.append(replace(_no_spf("no_sender"), ip=origin.ip))
    if authordomain.dns_name(origin.helo).count("."):
        found.append(spf.evaluate(resolver, origin.ip, "", origin.helo, grade=origin.grade))
    return tuple(found)


def _no_spf(why: str) -> Spf:
    return Spf(result=UNCHECKED, reason=_NO_SPF[why][0], reason_ja=_NO_SPF[why][1])


def _weaker(first: Grade, second: Grade) -> Grade:
    return max(first, second, key=_ORDER.index)


def _dmarc(
    author: Author,
    resolver: Resolver,
    spf_results: Sequence[Spf],
    signatures: Sequence[Signature],
    *,
    null_sender: bool,
) -> Dmarc:
    if not author.domain:
        return Dmarc(result="permerror", reason=author.reason, reason_ja=author.reason_ja, grade=Grade.VERIFIED)
    return dmarc.evaluate(resolver, author.domain, spf_results, signatures, null_sender=null_sender)


_STATES = {UNCHECKED: State.SKIPPED, KEY_GONE: State.SKIPPED, "temperror": State.TEMPERROR}
"""How far a result is one; every other is a result. State.PERMERROR is left to faults of our own."""
_OFFLINE = ("not checked: offline, and this needs the DNS", "確認していません（オフライン）。DNSへの照会が必要です")


def outcomes(verification: Verification) -> tuple[Outcome, ...]:
    """How far SPF, DKIM, ARC and DMARC were checked, and why no further."""
    return (
        _of_spf(verification.spf),
        _of_dkim(verification),
        _of_arc(verification.arc),
        _of_dmarc(verification.dmarc),
    )


def _outcome(protocol: str, result: str, reason: str, reason_ja: str) -> Outcome:
    """The outcome of a result; for one that is a result the reason is told by the result itself."""
    step, state = f"protocol:{protocol}", _STATES.get(result, State.RAN)
    if state is State.SKIPPED and not reason:
        reason, reason_ja = _OFFLINE
    return Outcome(step, state, reason, reason_ja)


def _of_spf(results: Sequence[Spf]) -> Outcome:
    if not results:
        return _outcome("spf", UNCHECKED, *_NO_SPF["no_peer"])
    first = results[0]  # that of the envelope's sender, where there is one: the greeting's alone says little
    return _outcome("spf", first.result, first.reason, first.reason_ja)


def _of_dkim(verification: Verification) -> Outcome:
    signatures = verification.dkim
    if not signatures:
        said = "the mail bears no DKIM signature: nothing to verify"
        return _outcome("dkim", "none", said, "DKIM署名がなく、検証の対象がありません")
    open_ = [each for each in signatures if each.result in (UNCHECKED, KEY_GONE, "temperror")]
    if open_:
        total, count = len(signatures) + verification.dkim_left_out, len(open_) + verification.dkim_left_out
        first = open_[0]
        many = f" ({count} of {total} signatures)" if total > 1 else ""
        many_ja = f"（署名{total}個中{count}個）" if total > 1 else ""
        default, default_ja = _OFFLINE
        return _outcome(
            "dkim", first.result, f"{first.reason or default}{many}", f"{first.reason_ja or default_ja}{many_ja}"
        )
    if verification.dkim_left_out:
        left = verification.dkim_left_out
        return Outcome(
            "protocol:dkim",
            State.SKIPPED,
            f"{left} further signatures were not verified",
            f"残る{left}個の署名は検証していません",
        )
    return _outcome("dkim", "pass", signatures[0].reason, signatures[0].reason_ja)


def _of_arc(chain: ArcChain) -> Outcome:
    if chain.result == "none":
        return _outcome(
            "arc", "none", "the mail bears no ARC seal: nothing to verify", "ARCの封印がなく、検証の対象がありません"
        )
    return _outcome("arc", chain.result, chain.reason, chain.reason_ja)


def _of_dmarc(result: Dmarc | None) -> Outcome:
    if result is None:
        return _outcome("dmarc", UNCHECKED, *_OFFLINE)
    # Without one author domain there was nothing that DMARC could be evaluated for.
    evaluated = UNCHECKED if result.result == "permerror" else result.result
    return _outcome("dmarc", evaluated, result.reason, result.reason_ja)
