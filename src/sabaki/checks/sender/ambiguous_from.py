"""Programs differ in whom the From field names."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite, identity
from sabaki.mail import authors
from sabaki.mail.authors import Reading
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.model.message import Field
from sabaki.registry import Hit, check

_WORDS = {
    "several_mailboxes": ("several mailboxes in one From", "一つのFromに複数のアドレス"),
    "two_angles": ("two pairs of angle brackets", "二組の山括弧"),
    "address_after_angle": ("an address behind the angle brackets", "山括弧の後ろのアドレス"),
    "empty_address": ("empty angle brackets", "中身のない山括弧"),
    "no_mailbox": ("no mailbox at all", "アドレスなし"),
    "route": ("a route in front of the mailbox", "アドレスの前の経路指定"),
    "percent_route": ("a `%` that stands for an @", "@の代わりの「%」"),
    "bang_route": ("a bang path", "「!」でつないだ経路"),
    "two_ats": ("more than one @ in the address", "一つのアドレスに複数の@"),
    "quoted_local_part": ("a quoted string in front of the @", "@の前の引用文字列"),
    "quoted_pair": ("a backslash outside quotes", "引用符の外の「\\」"),
    "comment_in_address": ("a comment inside the address", "アドレスの途中のコメント"),
    "address_in_comment": ("another address in a comment", "コメントの中の別アドレス"),
    "group": ("a group instead of a mailbox", "個人の代わりのグループ構文"),
    "semicolon": ("a semicolon between mailboxes", "アドレスの間のセミコロン"),
    "encoded_address": ("an encoded-word where the address stands", "アドレスの位置の符号化文字列"),
    "encoded_twice": ("an encoded-word inside another", "二重に符号化された文字列"),
    "nul": ("a NUL character", "NUL文字"),
    "line_end": ("a line end inside the name", "名前の途中の改行"),
    "control": ("control characters", "制御文字"),
    "direction": ("characters that turn the direction of writing", "文字の並びを逆にする制御文字"),
    "invisible": ("invisible characters in the address", "アドレスの中の見えない文字"),
    "foreign_octets": ("octets that are no letters in the address", "アドレスの中の読めないバイト"),
    "several_readings": ("a second address that not every program sees", "ソフトによって見える二つ目のアドレス"),
}
_DECEITFUL = frozenset({"nul", "line_end", "direction", "invisible", "encoded_address", "encoded_twice", "two_ats"})
"""No honest program writes these, whether or not a second address shows."""
_DETAIL = (
    "One address may be checked and another shown. No result of SPF, DKIM or DMARC speaks for all of them.",
    "検査されるアドレスと表示されるアドレスが食い違いかねません。SPF・DKIM・DMARCの結果がすべてのアドレスを裏付けるわけではありません。",
)


@check(
    severity=Severity.HIGH, weight=25, family="author", references=("RFC 5322 section 3.6.2", "RFC 9989 section 5.3.1")
)
def ambiguous_from(case: Case) -> Iterator[Hit]:
    """The From field names different people to different programs, hides behind an odd field name, or is missing beside a Sender."""
    bodies = list(authors.from_bodies(case.fields))
    yield from _lost(case, [field for field, _ in bodies])
    for field, body in bodies:
        reading = authors.alone(body)
        if reading and not reading.name_only:
            yield _hit(case, field, reading)
            return
    yield from _by_list(case)


def _hit(case: Case, field: Field, reading: Reading) -> Hit:
    first = case.sender.author[0].domain if case.sender.author else ""
    others = [box for box in reading.others if not identity.related(box.domain, first)]
    how = ", ".join(_WORDS[trick][0] for trick in reading.tricks)
    how_ja = "、".join(_WORDS[trick][1] for trick in reading.tricks)
    if others:
        shown = others[0].address
        title = f"From can be read as {first or 'nobody'} or as {shown}: {how}"
        title_ja = f"Fromは {first or '差出人なし'} とも {shown} とも読めます（{how_ja}）"
        severity, weight = None, None
    else:
        title = f"From is written so that programs differ in how they read it: {how}"
        title_ja = f"Fromが、ソフトによって読み方の分かれる形で書かれています（{how_ja}）"
        deceitful = bool(_DECEITFUL & set(reading.tricks))
        severity, weight = (Severity.MEDIUM, 14.0) if deceitful else (Severity.LOW, 6.0)
    return Hit(title, title_ja, Grade.VERIFIED, (cite.field(field),), *_DETAIL, severity=severity, weight=weight)


def _lost(case: Case, fields: list[Field]) -> Iterator[Hit]:
    """A From that only some programs see (beside a good one it is a matter of sender/several_authors), or none at all."""
    odd = [field for field in fields if _is_odd(case, field)]
    instead = authors.shown_instead(case.fields)
    if len(fields) == 1 and odd:
        yield Hit(
            "the From field is written so that some programs do not see it"
            + (f", and show {instead.name} instead" if instead else ""),
            "Fromフィールド名の書き方が変則的で、Fromと認識しないソフトがあります"
            + (f"（代わりに {instead.name} が表示されます）" if instead else ""),
            Grade.VERIFIED,
            tuple(cite.field(field) for field in (*odd, *((instead,) if instead else ()))),
            *_DETAIL,
            weight=25 if instead else 12,
        )
    elif not fields and instead:
        yield Hit(
            f"there is no From field: programs show {instead.name} instead, which nothing checks",
            f"Fromフィールドがありません。ソフトは、検査の対象にならない {instead.name} を代わりに表示します",
            Grade.VERIFIED,
            (cite.field(instead),),
            weight=16,
        )


def _is_odd(case: Case, field: Field) -> bool:
    spaced = any(each.id == "space_before_colon" and each.location == field.location for each in case.defects)
    return spaced or field.key != "from"


def _by_list(case: Case) -> Iterator[Hit]:
    """A mailing list took the author's address out of From: that it did so is its word alone."""
    author, listed = case.sender.via_list, next(iter(case.sender.author), None)
    if author and listed and not identity.related(author.domain, listed.domain):
        yield Hit(
            f"{author.address} is named as the author only by {listed.domain}, which calls itself a mailing list",
            f"差出人を {author.address} としているのは、メーリングリストを名乗る {listed.domain} だけです",
            Grade.SELF_DECLARED,
            tuple(cite.field(field) for key in ("from", "reply-to", "list-id") for field in case.all(key)),
            "Lists do this so that DMARC does not reject what they pass on. Whatever passes, passes for the list.",
            "メーリングリストがDMARCによる拒否を避けるためにする書き換えです。認証が通っても、裏付けられるのはリストだけです。",
            severity=Severity.INFO,
            weight=0,
        )
