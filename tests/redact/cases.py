"""The seed's case as a Report made by hand, with room for one more text in its body and one more header field."""

from __future__ import annotations

import msgspec

from sabaki.model.case import (
    Body,
    Hop,
    Lure,
    Origin,
    Recipients,
    Sender,
    Source,
    Subject,
    Trust,
    TrustLine,
    Vantage,
)
from sabaki.model.evidence import Evidence, Grade, Location, Provenance
from sabaki.model.finding import Finding, Outcome, Severity, State
from sabaki.model.message import Field, Part
from sabaki.model.observable import EmailAddr, Url, UrlTrait
from sabaki.model.report import Contribution, Label, Report, Tool, Verdict

DOMAIN = "jimusho.example"
ADDRESS = "y.sakamoto@jimusho.example"
LOCAL = "y.sakamoto"
OWN_MX = "mx.hosting.example"
OWN_MX_IP = "203.0.113.25"
ORIGIN_IP = "20.63.138.218"
ACCOUNT = "office@gakuin.example"
EVIL = "circuloachocalla.org"
LINK = f"http://support.{DOMAIN}.{EVIL}/kagoya?uid={ADDRESS}"
SHA256 = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"

_HERE = Location(0, 10)
_VICTIM = EmailAddr(ADDRESS, LOCAL, DOMAIN, "坂本 陽子")


def _hops() -> tuple[Hop, ...]:
    ours = Hop(
        0,
        f"from {OWN_MX} ({OWN_MX} [{OWN_MX_IP}]) by mbox.hosting.example (Postfix) with ESMTP for <{ADDRESS}>",
        _HERE,
        helo=OWN_MX,
        reverse_name=OWN_MX,
        ip=OWN_MX_IP,
        by="mbox.hosting.example",
        recipient=ADDRESS,
        trust=Trust.OURS,
        grade=Grade.ATTESTED,
        reason="named",
        reason_ja="指定されています",
    )
    edge = Hop(
        1,
        f"from unknown (HELO jp5) ({ACCOUNT}@{ORIGIN_IP}) by 0 with SMTP",
        _HERE,
        helo="jp5",
        ip=ORIGIN_IP,
        by="0",
        auth_account=ACCOUNT,
        dialect="qmail",
        trust=Trust.VOUCHED,
        grade=Grade.ATTESTED,
    )
    return ours, edge


def _url() -> Url:
    return Url(
        LINK,
        LINK,
        "text",
        scheme="http",
        host=f"support.{DOMAIN}.{EVIL}",
        host_unicode=f"support.{DOMAIN}.{EVIL}",
        path="/kagoya",
        query=f"uid={ADDRESS}",
        registrable_domain=EVIL,
        public_suffix="org",
        text=LINK,
        traits=(UrlTrait("own_domain_subdomain", DOMAIN, "host"), UrlTrait("recipient_in_url", "plain", "query")),
    )


def seed_report(more: str = "", field: str = "") -> Report:
    """The case, `more` appended to its body, `field` as the value of an X-Note field."""
    author = EmailAddr(f"admin@{DOMAIN}", "admin", DOMAIN, "Kagoya サーバー管理者")
    evidence = Evidence("url", LINK, Grade.VERIFIED, Provenance("mail.urls", location=_HERE))
    return Report(
        source=Source("held-messages.eml", SHA256, 1434),
        vantage=Vantage((OWN_MX, "mbox.hosting.example"), (DOMAIN,), (ADDRESS, f"info@{DOMAIN}")),
        subject=Subject("保留中のメッセージを回復するための通知"),
        sender=Sender(
            (author,),
            return_path=EmailAddr(f"admin@{DOMAIN}", "admin", DOMAIN),
            message_id=f"<30292022080207E8C9ACEAC4@{DOMAIN}>",
            message_id_domain=DOMAIN,
        ),
        recipients=Recipients((_VICTIM,), (), (_VICTIM,)),
        trust=TrustLine("named", 2, (OWN_MX, "mbox.hosting.example")),
        origin=Origin(Grade.ATTESTED, ORIGIN_IP, "jp5", "", ACCOUNT, "gakuin.example", "SMTP-AUTH", None, 1, _HERE),
        hops=_hops(),
        stamps=(),
        authentication=(),
        bodies=(Body("1", "text", f"下記のリンクからお受け取りください。\n{LINK}\n{more}\n"),),
        urls=(_url(),),
        lure=Lure(service="hosting", target="server_administrator", language="ja"),
        fields=(Field(0, "X-Note", "x-note", field, field, _HERE),),
        parts=(Part("", "multipart/mixed", _HERE, _HERE, parameters={"boundary": f"=_{ADDRESS}_1"}),),
        defects=(),
        limits=(),
        tool=Tool("sabaki", "0"),
        verdict=Verdict(
            Label.MALICIOUS,
            120.0,
            {"suspicious": 30.0, "malicious": 60.0},
            (Contribution("link/own_domain_subdomain", 40.0, 40.0),),
            summary=f"The link leads to {EVIL}, not to {DOMAIN}",
            summary_ja=f"リンク先は {EVIL} であり、{DOMAIN} ではありません",
        ),
        findings=(
            Finding(
                "link/own_domain_subdomain",
                Severity.HIGH,
                Grade.VERIFIED,
                f"the link has {DOMAIN} as bait",
                f"リンクに {DOMAIN} が餌として置かれています",
                40.0,
                (evidence,),
            ),
        ),
        outcomes=(Outcome("check:link/own_domain_subdomain", State.RAN),),
    )


def with_vantage(report: Report, **changes: object) -> Report:
    """The report of a reader who said something else about themselves."""
    return msgspec.structs.replace(report, vantage=msgspec.structs.replace(report.vantage, **changes))
