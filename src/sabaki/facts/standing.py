"""Who, if anybody, stands behind the author's domain, and what that does not vouch for.

Four can say so: our own verification (V), a server above the trust line (A or I), a sealer that the reader trusts (I), and SPF
alone, which only says that the machine may send for the domain. Whatever limits the word of the best of them is a qualification:
a pass that has one is never proof. Some leave the domain's word standing (a sibling domain signed); others take it away, because
what was checked need not be what a person reads (two From fields, a body signed in part).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from sabaki.facts import addressing, authentication, brands, freemail, lookalikes
from sabaki.facts.networks import is_inside
from sabaki.mail.domains import registrable_domain, to_ascii
from sabaki.model.authentication import Signature
from sabaki.model.case import AuthResult, Case, Role, Trust
from sabaki.model.evidence import Evidence, Grade, Provenance
from sabaki.protocols import authordomain

_ORDER = "VATIS"
_LIGHT = frozenset(
    {
        "relayed_in",
        "not_addressed",
        "freemail",
        "cousin",
        "subdomain_without_policy",
        "spf_only",
        "expired",
        "future",
        "lookalike",
    }
)
"""What limits the word of a domain without taking it away."""
_BY_USERS = frozenset({Role.SUBMISSION, Role.WEBMAIL, Role.LOCAL, Role.INTERNAL})
_MOST_NAMES = 12

_TEXTS = {
    "several_authors": (
        "the mail names several authors, and only one of them was checked",
        "差出人が複数書かれており、検査されたのはそのうち一つだけです",
    ),
    "from_ambiguous": (
        "From can be read in more than one way: what was checked need not be what is shown",
        "Fromの読み方が一通りではなく、検査されたものと表示されるものが同じとは限りません",
    ),
    "name_shows_other": (
        "the display name shows an address of another domain, for which nobody vouches",
        "表示名に別のドメインのアドレスが書かれており、そちらの裏付けはありません",
    ),
    "list_rewrote": (
        "a mailing list rewrote From: its own domain was checked, not the author's",
        "メーリングリストがFromを書き換えており、検査されたのはリストのドメインで、投稿者のドメインではありません",
    ),
    "lookalike": (
        "the domain resembles a better-known one: the pass is for the look-alike",
        "よく知られたドメインに似せた名前です。合格したのは似せた側のドメインです",
    ),
    "freemail": (
        "anyone can have a mailbox there: the pass names the provider, not the person",
        "誰でもアドレスを取得できるドメインです。裏付けられたのは提供元で、本人ではありません",
    ),
    "cousin": (
        "another domain of the same organisation signed, not the one in From",
        "署名したのは同じ組織の別のドメインで、Fromのドメインそのものではありません",
    ),
    "relayed_in": (
        "by its own word, the signer's server had the mail from outside and noted no account: some sign whatever they pass on",
        "署名したドメインのサーバーは、このメールを外部から認証の記録なしに受け取っています。転送するメールに一律で署名するサーバーもあります",
    ),
    "not_addressed": (
        "neither To nor Cc names who got it, and another's machine sent it: a signed mail can be sent again, to anyone",
        "ToにもCcにも受信者の宛先がなく、送信元も別組織のサーバーです。署名済みのメールは、誰にでも送り直せます",
    ),
    "subdomain_without_policy": (
        "the author's domain has no policy of its own, and the one above it asks for nothing",
        "差出人のドメイン自身にはポリシーがなく、上位ドメインのポリシーも何も求めていません",
    ),
    "spf_only": (
        "only SPF ties the mail to the domain: it vouches for the sending machine, which may send for many, and for no word of the mail",
        "裏付けはSPFだけです。保証されるのは送信元のサーバーで、他者と共用かもしれず、メールの中身は何も保証されません",
    ),
    "everyone": (
        "the domain lets practically any machine send in its name, so SPF says nothing",
        "このドメインは事実上どこからの送信も許しており、SPFの合格に意味はありません",
    ),
    "body_part": (
        "only a part of the body is signed: what follows could have been added by anybody",
        "署名されているのは本文の一部だけで、その後ろは誰でも書き足せます",
    ),
    "unsigned_subject": (
        "the subject is not signed: anybody could have changed it",
        "件名は署名の対象外で、誰でも書き換えられます",
    ),
    "unsigned_reply_to": (
        "Reply-To is not signed: anybody could have added it",
        "Reply-Toは署名の対象外で、誰でも書き足せます",
    ),
    "unsigned_content_type": (
        "Content-Type is not signed: anybody could have changed how the body is read",
        "Content-Typeは署名の対象外で、本文の読まれ方を誰でも変えられます",
    ),
    "duplicate_field": (
        "a signed field stands in the mail more than once: the one shown need not be the one signed",
        "署名対象のフィールドが重複しており、表示されるものが署名されたものとは限りません",
    ),
    "odd_header": (
        "the header holds a line at which strict programs end it: what is shown need not be what was signed",
        "ヘッダーに、そこでヘッダーが終わると解釈するソフトもある行が混じっており、表示されるものが署名されたものとは限りません",
    ),
    "short_key": ("the key is so short that it can be broken", "鍵が短く、破られるおそれがあります"),
    "sha1": ("the signature uses SHA-1, which can be forged", "署名にSHA-1が使われており、偽造されるおそれがあります"),
    "testing": (
        "the domain says that it is only testing its signatures",
        "ドメインが、署名は試験中であると宣言しています",
    ),
    "expired": ("the signature had expired when the mail came", "署名は、メールが届いた時点で期限切れでした"),
    "future": ("the signature is dated later than the mail came", "署名の日時が、メールの到着より後になっています"),
    "altered": (
        "the body is no longer what was signed: what the server checked is not what stands here now",
        "本文が署名された時点と異なります。サーバーが検査した内容と、ここにある内容は同じではありません",
    ),
}
_BY_WEAKNESS = {
    "body_part": "body_part",
    "no_body": "body_part",
    "unsigned_subject": "unsigned_subject",
    "unsigned_content_type": "unsigned_content_type",
    "duplicate_field": "duplicate_field",
    "short_key": "short_key",
    "sha1": "sha1",
    "testing": "testing",
    "expired": "expired",
    "future": "future",
    "odd_header": "odd_header",
}
"""Which weaknesses of a signature limit its word; the others limit what it says about delivery only."""


class Qualification(msgspec.Struct, frozen=True):
    """Something that a pass does not vouch for; `serious` where it takes the domain's word away."""

    id: str
    text: str
    text_ja: str
    serious: bool = True


class Standing(msgspec.Struct, frozen=True):
    """Who stands behind the domain of the author that a person sees.

    `by` is "dkim" or "dmarc" (we verified it), "server", "sealer", "spf" (DMARC by SPF alone, as we evaluated it), or "" for
    nobody. `signature` is the one whose reach counts, where one is known.
    """

    domain: str = ""
    by: str = ""
    grade: Grade = Grade.SELF_DECLARED
    qualifications: tuple[Qualification, ...] = ()
    result: AuthResult | None = None
    signature: Signature | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def firm(self) -> bool:
        """Whether somebody stands behind the domain and nothing limits that: proof."""
        return bool(self.by) and not self.qualifications

    @property
    def holds(self) -> bool:
        """Whether somebody stands behind the domain and nothing takes that away."""
        return bool(self.by) and not any(each.serious for each in self.qualifications)


def _qualified(id: str) -> Qualification:
    return Qualification(id, *_TEXTS[id], serious=id not in _LIGHT)


def related(first: str, second: str) -> bool:
    """Whether two domains belong to one organisation, as the Public Suffix List has it, spelled in A-labels or U-labels."""
    one, other = to_ascii(first.rstrip(".")), to_ascii(second.rstrip("."))
    return bool(one and other) and (registrable_domain(one) or one) == (registrable_domain(other) or other)


def signer(result: AuthResult) -> str:
    """The domain that a dkim result is about, "" where it does not say."""
    return result.properties.get("header.d") or result.properties.get("header.i", "").rpartition("@")[2]


def standing(case: Case) -> Standing:
    """Who stands behind the author's domain; the best where several do, with what qualifies it."""
    domain = case.author.domain if case.author else ""
    if not domain:
        return Standing()
    common = tuple(_of_author(case, domain))
    found = [*_own(case, domain), *_servers(case, domain)]
    if not found:
        return Standing(domain, qualifications=tuple(map(_qualified, common)))
    best = min(found, key=lambda each: (_load(each.qualifications), _ORDER.index(each.grade)))
    ids = dict.fromkeys((*common, *(each.id for each in best.qualifications)))
    return msgspec.structs.replace(best, qualifications=tuple(map(_qualified, ids)))


def _load(qualifications: Iterable[Qualification]) -> tuple[int, int]:
    listed = list(qualifications)
    return sum(each.serious for each in listed), len(listed)


def _of_author(case: Case, domain: str) -> Iterator[str]:
    """What qualifies any pass for this author."""
    author = authordomain.of(case.fields, case.defects)
    if len(case.all("from")) > 1 or author.mailboxes > 1 or author.problem == "several_domains":
        yield "several_authors"
    verified = case.verification.dmarc
    if author.problem or (verified is not None and verified.result == "permerror"):
        yield "from_ambiguous"
    elif not case.sender.via_list and author.domain != (to_ascii(domain) or domain):
        yield "from_ambiguous"  # the reader of addresses and the reader of author domains do not agree
    if author.shows:
        yield "name_shows_other"
    if case.sender.via_list:
        yield "list_rewrote"
    looks = (lookalikes.resembles(domain, mine) in ("confusable", "one_letter") for mine in case.own_domains)
    if any(looks) or brands.in_host(domain) or brands.misspelt(domain):
        yield "lookalike"
    if domain in freemail.domains():
        yield "freemail"
    if addressing.sent_on(case):
        yield "not_addressed"


def _own(case: Case, domain: str) -> Iterator[Standing]:
    """What we verified: signatures of the organisation, unless its own policy says that they do not count; else SPF alone."""
    dmarc = case.verification.dmarc
    if dmarc is not None and dmarc.result in ("fail", "permerror"):
        return
    by_dmarc = dmarc is not None and dmarc.result == "pass"
    for signature in case.verification.dkim:
        if signature.result != "pass" or signature.grade is not Grade.VERIFIED or not related(signature.domain, domain):
            continue
        aligned = dmarc is not None and f"dkim:{to_ascii(signature.domain)}" in dmarc.aligned
        if by_dmarc and not aligned:
            continue
        ids = [*_of_signature(case, signature), *_of_signer(case, signature.domain, domain)]
        yield Standing(
            domain,
            "dmarc" if aligned else "dkim",
            Grade.VERIFIED,
            tuple(map(_qualified, ids)),
            None,
            signature,
            (_cite_signature(signature),),
        )
    if dmarc is not None and by_dmarc and all(name.startswith("spf:") for name in dmarc.aligned):
        everyone = any(each.result == "pass" and each.everyone for each in case.verification.spf)
        name = dmarc.aligned[0].partition(":")[2] if dmarc.aligned else domain
        ids = ["spf_only", *(["everyone"] if everyone else []), *_of_signer(case, name, domain)]
        value = f"dmarc=pass ({', '.join(dmarc.aligned)})"
        evidence = Evidence("authentication", value, dmarc.grade, Provenance("protocols.dmarc", dmarc.policy_domain))
        yield Standing(domain, "spf", dmarc.grade, tuple(map(_qualified, ids)), None, None, (evidence,))


def _servers(case: Case, domain: str) -> Iterator[Standing]:
    """What servers above the line and trusted sealers found."""
    believed = [each for each in case.authentication if each.grade is not Grade.SELF_DECLARED]
    for by, results in (("server", believed), ("sealer", list(authentication.sealed(case)))):
        for result in results:
            # A server that does not say whose domain passed means that of From: on a list's mail, the list's.
            unsaid = result.method == "dmarc" and "header.from" not in result.properties
            if not passes_for(result, domain) or (unsaid and case.sender.via_list):
                continue
            signature, ids = _basis(case, result, results, domain)
            evidence = Evidence(
                "authentication",
                f"{result.method}={result.result}",
                result.grade,
                Provenance("protocols.authres", result.authserv_id, result.location),
            )
            yield Standing(domain, by, result.grade, tuple(map(_qualified, ids)), result, signature, (evidence,))


def passes_for(result: AuthResult, domain: str) -> bool:
    """Whether a result, whoever wrote it, says that a domain stands behind the mail (RFC 9989: DMARC, or aligned DKIM)."""
    if result.result != "pass":
        return False
    if result.method == "dmarc":
        return related(result.properties.get("header.from", domain), domain)
    return result.method == "dkim" and related(signer(result), domain)


def _basis(
    case: Case, result: AuthResult, results: list[AuthResult], domain: str
) -> tuple[Signature | None, list[str]]:
    """The signature that a server's pass rests on, as far as the mail still has it, and what qualifies the pass."""
    same = [each for each in results if each.authserv_id == result.authserv_id and each.result == "pass"]
    signed = [result] if result.method == "dkim" else [each for each in same if each.method == "dkim"]
    signed = [each for each in signed if related(signer(each), domain)]
    if not signed:
        by_spf = result.method == "dmarc" and any(each.method == "spf" for each in same)
        return None, ["spf_only"] if by_spf else []
    choices: list[tuple[Signature | None, list[str]]] = []
    for each in signed:
        ids = list(_of_signer(case, signer(each), domain))
        choices += [
            (signature, [*_of_signature(case, signature), *_altered(signature), *ids])
            for signature in case.verification.dkim
            if to_ascii(signature.domain) == to_ascii(signer(each))
            and each.properties.get("header.s", signature.selector) == signature.selector
        ] or [(None, ids)]
    return min(choices, key=lambda choice: _load(map(_qualified, choice[1])))


def _of_signature(case: Case, signature: Signature) -> Iterator[str]:
    """What a signature leaves open."""
    for weakness, id in _BY_WEAKNESS.items():
        if weakness in signature.weaknesses:
            yield id
    if "reply-to" in signature.uncovered and case.sender.reply_to:
        yield "unsigned_reply_to"


def _altered(signature: Signature) -> Iterator[str]:
    if signature.body_matches is False:
        yield "altered"


def _of_signer(case: Case, name: str, domain: str) -> Iterator[str]:
    """How near the domain that passed is to the author's (itself or one above it is nearest), and for whom it signs."""
    if _is_relayed_in(case, name):
        yield "relayed_in"
    mine, author = to_ascii(name), to_ascii(domain)
    if author == mine or author.endswith(f".{mine}"):
        return
    yield "cousin"
    dmarc = case.verification.dmarc
    inherited = dmarc is not None and dmarc.policy_domain not in ("", dmarc.author_domain)
    if dmarc is not None and inherited and dmarc.policy == "none":
        yield "subdomain_without_policy"


def _is_relayed_in(case: Case, signer: str) -> bool:
    """Whether a server of the signer, below the line, says that it had the mail from outside, and not from a user of its own."""
    for hop in case.hops:
        if hop.trust is not Trust.CLAIMED or not hop.ip or is_inside(hop.ip) or not related(hop.by, signer):
            continue
        known = hop.auth_account or hop.auth_method or hop.protocol.lower().rstrip("0123456789").endswith("a")
        if known or hop.internal or hop.role in _BY_USERS:
            continue
        if not any(related(name, signer) for name in (hop.helo, hop.reverse_name)):
            return True
    return False


def _cite_signature(signature: Signature) -> Evidence:
    value = f"dkim={signature.result} d={signature.domain} s={signature.selector}"
    return Evidence(
        "signature", value, signature.grade, Provenance("protocols.dkim", signature.algorithm, signature.location)
    )


def reach(found: Standing) -> tuple[str, str]:
    """Which fields and how much of the body the pass vouches for, in a sentence."""
    signature = found.signature
    if signature is None or not signature.covered_names:
        if found.by == "spf" or any(each.id == "spf_only" for each in found.qualifications):
            return (
                "It vouches for no field and no word of the mail.",
                "件名や本文など、メールの中身は何も保証されていません。",
            )
        return (
            "Which fields and how much of the body it vouches for cannot be seen from here.",
            "どのフィールドと本文のどこまでが保証されているかは、ここからは分かりません。",
        )
    names = ", ".join(signature.covered_names[:_MOST_NAMES]) + (
        " …" if len(signature.covered_names) > _MOST_NAMES else ""
    )
    covered, size = signature.body_covered, signature.body_size
    whole = covered >= size
    body = "the whole body" if whole else f"{covered:,} of {size:,} bytes of the body"
    body_ja = "本文の全体" if whole else f"本文{size:,}バイトのうち{covered:,}バイト"
    return (f"It vouches for {names}, and {body}.", f"保証されているのは、{names} と{body_ja}です。")
