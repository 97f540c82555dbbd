"""Combinations that settle a label at least at a level, whatever the sum says."""

from __future__ import annotations

import msgspec

from sabaki.model.finding import Finding
from sabaki.model.report import Floor, Label


class Rule(msgspec.Struct, frozen=True):
    """A floor. It applies when from each group of check ids at least one has a finding of positive weight."""

    id: str
    label: Label
    groups: tuple[frozenset[str], ...]
    reason: str
    reason_ja: str

    def apply(self, findings: tuple[Finding, ...]) -> Floor | None:
        """The floor with the findings that raised it, or None."""
        present = {finding.id for finding in findings if finding.weight > 0}
        because: list[str] = []
        for group in self.groups:
            met = sorted(group & present)
            if not met:
                return None
            because.extend(met)
        return Floor(self.id, self.label, tuple(dict.fromkeys(because)), self.reason, self.reason_ja)


_CREDENTIALS = frozenset({"lure/login_asked", "lure/card_asked", "lure/server_administrator", "body/password_form"})
_FALSE_NAME = frozenset(
    {"sender/brand_in_name", "sender/brand_in_address", "sender/own_domain_from", "sender/own_domain_lookalike"}
)
_FALSE_LINK = frozenset(
    {
        "link/own_domain_subdomain",
        "link/brand_in_host",
        "link/lookalike_host",
        "link/text_mismatch",
        "link/brand_elsewhere",
    }
)

_DANGEROUS = frozenset({"reputation/dangerous_link"})

FLOORS: tuple[Rule, ...] = (
    Rule(
        "victim_as_bait",
        Label.MALICIOUS,
        (frozenset({"link/own_domain_subdomain"}),),
        "a link carries your own domain as bait inside somebody else's host name: nobody does that by accident",
        "リンク先のホスト名に、他人のドメインの一部としてあなたのドメインが埋め込まれています。偶然では起こりません",
    ),
    Rule(
        "false_name_and_link_for_credentials",
        Label.MALICIOUS,
        (_FALSE_NAME, _FALSE_LINK, _CREDENTIALS),
        "a false name, a link that leads elsewhere, and a request for a login or a card: that is phishing",
        "偽の名義、名義とは別の場所へ導くリンク、ログイン情報やカード情報の要求。この三つが揃えばフィッシングです",
    ),
    Rule(
        "executable",
        Label.MALICIOUS,
        (frozenset({"attachment/executable", "attachment/double_extension"}),),
        "an attachment is a program, or a program disguised as a document",
        "添付ファイルがプログラム、または文書を装ったプログラムです",
    ),
    Rule(
        "listed_link_with_a_lure",
        Label.MALICIOUS,
        (_DANGEROUS, _CREDENTIALS | _FALSE_NAME),
        "a link that Google lists as dangerous, and a false name or a request for a login or a card: that is an attack under way",
        "Googleが危険と判定したリンクに、偽の名義、またはログイン情報やカード情報の要求が伴っています。実際に進行中の攻撃です",
    ),
    Rule(
        "listed_link",
        Label.SUSPICIOUS,
        (_DANGEROUS,),
        "a link is listed by Google as deceiving its visitors or spreading malware, whoever sent the mail",
        "リンク先が、訪問者をだます、またはマルウェアを配布するものとしてGoogleのリストに載っています。差出人が誰であっても同じです",
    ),
    Rule(
        "extortion",
        Label.SUSPICIOUS,
        (frozenset({"lure/extortion"}),),
        "the mail threatens in order to be paid",
        "脅迫して金銭を要求しています",
    ),
    Rule(
        "disguised_name",
        Label.SUSPICIOUS,
        (frozenset({"sender/disguised_name", "sender/own_domain_lookalike", "link/lookalike_host", "link/odd_ip"}),),
        "a name is written with look-alike or invisible characters, which only serves to deceive",
        "見た目の似た文字や見えない文字で名前が偽装されています。欺く以外の目的はありません",
    ),
)
