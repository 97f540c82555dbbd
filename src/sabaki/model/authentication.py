"""What SPF, DKIM, ARC and DMARC show when we verify them ourselves, and how far each of them goes.

Results are the keywords of RFC 8601 section 2.7 ("pass", "fail", "softfail", "neutral", "none", "policy", "temperror", "permerror"),
and two of our own, for what nobody can know: "unchecked" (offline, or left out) and "key_gone" (the key is no longer in the DNS,
or never was: the signature can no longer be checked). Neither is ever a pass.
"""

from __future__ import annotations

import msgspec

from sabaki.model.evidence import Grade, Location
from sabaki.model.lookup import Lookup

UNCHECKED = "unchecked"
KEY_GONE = "key_gone"


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """One DKIM-Signature (RFC 6376) or ARC-Message-Signature (RFC 8617), and what exactly it vouches for.

    `covers` are the indexes of the header fields that it signs (`Field.index`); `covered_names` their names in lower case, each once.
    `uncovered` names the fields that a reader sees or a program acts on and that stand in the mail unsigned: "subject"; a second
    From that was added later is "from". `body_size` is the length in bytes of the canonicalised body, `body_covered` how many of them
    are signed (fewer with `l=`). `body_matches` is whether the body hash fits: known offline too; None where it could not be computed.
    `key_bits` and the rest about the key are known where the key was found. `signed_at` and `expires_at` are RFC 3339.
    `weaknesses` are ids: "body_part" (`l=` leaves an end unsigned), "no_body" (`l=0`), "unsigned_subject", "unsigned_to",
    "unsigned_date", "unsigned_reply_to", "unsigned_content_type", "duplicate_field", "addable_field" (a further From or Subject
    could be put in: not oversigned), "odd_header" (a line in the header is no field), "short_key", "testing", "sha1", "expired",
    "future", "selector_like_recipient"; documented in docs/authentication.md.
    `grade` is V where we verified it, S otherwise (the sender wrote the field).
    """

    result: str
    domain: str = ""
    selector: str = ""
    identity: str = ""
    algorithm: str = ""
    canonicalization: str = ""
    covers: tuple[int, ...] = ()
    covered_names: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()
    body_size: int = 0
    body_covered: int = 0
    body_matches: bool | None = None
    key_type: str = ""
    key_bits: int | None = None
    signed_at: str | None = None
    expires_at: str | None = None
    weaknesses: tuple[str, ...] = ()
    reason: str = ""
    reason_ja: str = ""
    grade: Grade = Grade.SELF_DECLARED
    location: Location | None = None


class ArcSet(msgspec.Struct, frozen=True, kw_only=True):
    """One ARC set (RFC 8617 section 4.2): who passed the mail on, what they say they saw, and whether their seal holds."""

    instance: int
    domain: str = ""
    selector: str = ""
    authserv_id: str = ""
    chain_validation: str = ""
    seal: str = UNCHECKED
    message: Signature | None = None
    location: Location | None = None


class ArcChain(msgspec.Struct, frozen=True, kw_only=True):
    """The ARC chain (RFC 8617 section 5.2). `result` is "none", "pass", "fail", "temperror", "unchecked" or "key_gone".

    `oldest_pass` is the lowest instance whose message signature still fits (0: all do). A chain that passes says who handled the
    mail; what they found is believed only from those whom the reader trusts. `grade` is V where we verified it.
    """

    result: str = "none"
    oldest_pass: int | None = None
    sets: tuple[ArcSet, ...] = ()
    reason: str = ""
    reason_ja: str = ""
    grade: Grade = Grade.SELF_DECLARED


class Spf(msgspec.Struct, frozen=True, kw_only=True):
    """SPF (RFC 7208) for the peer that an attested hop saw. `scope` is "mailfrom" or "helo".

    `mechanism` is what matched, as written ("include:_spf.example.jp"), `record` the policy of `domain`; `record_of` names the domain in
    whose record the match stands where another was included. `lookups` and `void_lookups` are what it cost. `everyone` is set where
    the policy lets in practically any address ("+all", ranges of /8 of IPv4 or wider): a pass by it says nothing.
    `grade` is that of the peer's address: no result is better than it. The policy is today's, not that of the day of the mail.
    """

    result: str
    scope: str = "mailfrom"
    domain: str = ""
    ip: str = ""
    mechanism: str = ""
    record: str = ""
    record_of: str = ""
    lookups: int = 0
    void_lookups: int = 0
    everyone: bool = False
    reason: str = ""
    reason_ja: str = ""
    grade: Grade = Grade.SELF_DECLARED


class Dmarc(msgspec.Struct, frozen=True, kw_only=True):
    """DMARC (RFC 9989) for the author domain.

    `result` is "pass", "fail", "none" (no policy), "temperror", "permerror" or "unchecked". `policy_domain` is where the record was
    found, `organizational_domain` what the tree walk gives, `policy` the one that applies ("none", "quarantine", "reject").
    `aligned` are the identifiers that pass and align: "dkim:example.jp", "spf:bounce.example.jp". `earlier` is the result by the
    earlier reading (RFC 7489: organizational domain by the Public Suffix List) where it differs, else "".
    """

    result: str
    author_domain: str = ""
    policy_domain: str = ""
    organizational_domain: str = ""
    policy: str = ""
    record: str = ""
    strict_dkim: bool = False
    strict_spf: bool = False
    testing: bool = False
    aligned: tuple[str, ...] = ()
    earlier: str = ""
    reason: str = ""
    reason_ja: str = ""
    grade: Grade = Grade.SELF_DECLARED


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """All that we verified ourselves. `asked_at` is when the DNS was first asked (RFC 3339), None where it was not.

    `dkim` holds the first signatures, at most `dkim_signatures` of them verified; `dkim_left_out` counts the rest.
    `lookups` are all questions and answers, in the order in which they were asked: with them the report can be made again.
    """

    spf: tuple[Spf, ...] = ()
    dkim: tuple[Signature, ...] = ()
    dkim_left_out: int = 0
    arc: ArcChain = ArcChain()
    dmarc: Dmarc | None = None
    asked_at: str | None = None
    lookups: tuple[Lookup, ...] = ()
