"""Reports built by hand: what the outputs are tried on, whatever the checks and the judge say today."""

from __future__ import annotations

from typing import Any

import msgspec

from sabaki.model.case import (
    AuthResult,
    Body,
    BrandMention,
    Hop,
    Lure,
    Origin,
    Phrase,
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
from sabaki.model.observable import EmailAddr, Url, UrlTrait
from sabaki.model.report import Contribution, Floor, Label, Report, Tool, Verdict

LINK = "http://support.jimusho.example.circulo.test/kagoya?uid=admin@jimusho.example"
SUBJECT = "保留中のメッセージを回復するための通知"
_ADMIN = EmailAddr("admin@jimusho.example", "admin", "jimusho.example", "Kagoya サーバー管理者")
_TEXT = (
    "ウェブメールの更新により、お客様のメールボックスへ届けられなかった保留メッセージがあります。\n"
    f"下記のリンクから保留中のメッセージを受け取ってください。\n\n{LINK}\n\n"
    "ご不便をおかけしておりますことをお詫びいたします。\n"
)
_OFFLINE = (
    ("protocol:dkim", "the signer's key is in DNS", "署名の鍵はDNSにあります"),
    ("source:reputation", "needs a reputation service", "評価サービスに尋ねないと分かりません"),
    ("visit", "needs a visit", "訪問しないと分かりません"),
)


def finding(id: str, weight: float, grade: Grade, title: str, title_ja: str, value: str = "", **more: Any) -> Finding:
    evidence = (Evidence("text", value, grade, Provenance("test", location=Location(10, 90))),) if value else ()
    severity = Severity.CRITICAL if weight >= 40 else Severity.HIGH if weight >= 25 else Severity.MEDIUM
    return Finding(id, severity, grade, title, title_ja, weight, evidence, **more)


def _hops() -> tuple[Hop, ...]:
    ours = {"trust": Trust.OURS, "grade": Grade.ATTESTED, "reason": "by a server that you named"}
    ours["reason_ja"] = "指定されたサーバーが書いたものです"
    return (
        Hop(
            0,
            "from mx.hosting.example (mx.hosting.example [203.0.113.25]) by mbox.hosting.example (Postfix)",
            Location(106, 290, field=3),
            helo="mx.hosting.example",
            ip="203.0.113.25",
            by="mbox.hosting.example",
            date="2022-08-08T05:07:31+09:00",
            delay=1.0,
            dialect="postfix",
            **ours,
        ),
        Hop(
            1, "(qmail 21904 invoked from network)", Location(290, 360, field=4), internal=True, dialect="qmail", **ours
        ),
        Hop(
            2,
            "from unknown (HELO jp5) (office@gakuin.example@20.63.138.218) by 0 with SMTP",
            Location(360, 470, field=5),
            helo="jp5",
            ip="20.63.138.218",
            by="0",
            auth_account="office@gakuin.example",
            date="2022-08-08T05:07:29+09:00",
            dialect="qmail",
            **ours,
        ),
    )


def _url() -> Url:
    return Url(
        LINK,
        LINK,
        "text",
        scheme="http",
        host="support.jimusho.example.circulo.test",
        host_unicode="support.jimusho.example.circulo.test",
        path="/kagoya",
        query="uid=admin@jimusho.example",
        registrable_domain="circulo.test",
        public_suffix="test",
        traits=(
            UrlTrait("own_domain_subdomain", "jimusho.example", "host"),
            UrlTrait("recipient_in_url", "plain", "query"),
        ),
    )


def _findings() -> tuple[Finding, ...]:
    return (
        finding(
            "link/own_domain_subdomain",
            45,
            Grade.VERIFIED,
            "a link carries jimusho.example as bait in front of its real owner, circulo.test",
            "リンクのホスト名の前半に jimusho.example が餌として置かれていますが、本当の持ち主は circulo.test です",
            LINK,
        ),
        finding(
            "sender/own_domain_from",
            35,
            Grade.INFERRED,
            "From claims your own domain (jimusho.example), but the mail came in from outside",
            "差出人（From）はあなた自身のドメイン（jimusho.example）を名乗っていますが、メールは外部から届いています",
            "From: Kagoya サーバー管理者 <admin@jimusho.example>",
        ),
        finding(
            "route/taken_over_account",
            35,
            Grade.INFERRED,
            "sent with the SMTP account office@gakuin.example, which has nothing to do with From",
            "送信に使われたSMTP認証アカウントは office@gakuin.example で、Fromとは無関係です",
            "from unknown (HELO jp5) (office@gakuin.example@20.63.138.218) by 0 with SMTP",
            detail="The account was probably taken over: its owner is a second victim. Tell postmaster@gakuin.example.",
            detail_ja="このアカウントは乗っ取られた可能性が高く、持ち主は第二の被害者です。知らせる先は postmaster@gakuin.example です。",
        ),
        finding(
            "lure/login_asked",
            15,
            Grade.INFERRED,
            "it asks for a login",
            "ログインを求めています",
            "下記のリンクから",
        ),
        finding(
            "stamp/no_stamp",
            0,
            Grade.ATTESTED,
            "your server put no spam stamp on it",
            "あなたのサーバーは、迷惑メールの印（[spam] など）を付けていません",
        ),
    )


def _verdict(findings: tuple[Finding, ...]) -> Verdict:
    return Verdict(
        label=Label.MALICIOUS,
        score=130.0,
        thresholds={"suspicious": 30.0, "malicious": 70.0},
        contributions=tuple(Contribution(item.id, item.weight, item.weight) for item in findings if item.weight),
        floors=(
            Floor(
                "victim_as_bait",
                Label.MALICIOUS,
                ("link/own_domain_subdomain",),
                "a link carries your own domain as bait",
                "リンク先のホスト名にあなたのドメインが埋め込まれています",
            ),
        ),
        not_checked=tuple(step for step, _, _ in _OFFLINE),
        summary="This mail is malicious. It is aimed at server administrators.",
        summary_ja="このメールは悪意のあるものと判断します。サーバーの管理者を狙っています。",
    )


def seed_report() -> Report:
    """The notice to recover held messages, under reserved names."""
    findings = _findings()
    return Report(
        source=Source("held-messages.eml", "0f" * 32, 1_434),
        vantage=Vantage(own_hosts=("mbox.hosting.example",), own_domains=("jimusho.example",)),
        subject=Subject(SUBJECT, charset="utf-8", charset_how="declared"),
        sender=Sender(
            author=(_ADMIN,),
            return_path=msgspec.structs.replace(_ADMIN, display_name=""),
            message_id="<30292022080207E8C9ACEAC4-EFDFF6C0E7@jimusho.example>",
            message_id_domain="jimusho.example",
            date="2022-08-07T20:07:27+00:00",
        ),
        recipients=Recipients(to=(msgspec.structs.replace(_ADMIN, display_name=""),)),
        trust=TrustLine("named", 3, ("mbox.hosting.example",)),
        origin=Origin(
            Grade.ATTESTED,
            ip="20.63.138.218",
            helo="jp5",
            auth_account="office@gakuin.example",
            auth_domain="gakuin.example",
            date="2022-08-08T05:07:29+09:00",
            hop=2,
        ),
        hops=_hops(),
        stamps=(),
        authentication=(),
        bodies=(Body("1", "text", _TEXT, charset="utf-8", charset_how="declared"),),
        urls=(_url(),),
        lure=Lure(
            claims=(Phrase("held_messages", "保留メッセージ", "body"),),
            asks=(Phrase("server_login", "下記のリンクから", "body"),),
            brands=(BrandMention("kagoya", "KAGOYA", "カゴヤ", "hosting", "Kagoya", "display_name"),),
            service="hosting",
            target="server_administrator",
            language="ja",
        ),
        fields=(),
        parts=(),
        defects=(),
        limits=(),
        tool=Tool("sabaki", "0.1.0", {"psl": "2026-01-01"}),
        verdict=_verdict(findings),
        findings=findings,
        outcomes=(
            Outcome("check:sender/own_domain_from", State.RAN),
            *(
                Outcome(step, State.SKIPPED, f"not checked: offline, and {en}", f"確認していません（オフライン）。{ja}")
                for step, en, ja in _OFFLINE
            ),
        ),
    )


def wanted_report() -> Report:
    """A mail that a trusted server vouches for."""
    passed = finding(
        "authentication/passed",
        -12,
        Grade.ATTESTED,
        "DMARC passed for harbour.example, says your server",
        "あなたのサーバーの記録では、harbour.example のDMARC認証に合格しています",
        "dmarc=pass",
        detail="The domain is genuine.",
        detail_ja="ドメインは本物です。",
    )
    author = EmailAddr("news@harbour.example", "news", "harbour.example", "Harbour News")
    return replaced(
        seed_report(),
        subject=Subject("Your monthly letter"),
        sender=Sender(author=(author,), return_path=author, message_id="<1@harbour.example>"),
        origin=Origin(Grade.ATTESTED, ip="203.0.113.7", helo="out.harbour.example", hop=2),
        authentication=(AuthResult("dmarc", "pass", "mx.hosting.example", Grade.ATTESTED),),
        bodies=(Body("1", "text", "Hello,\nhere is the letter.\n"),),
        urls=(),
        lure=Lure(),
        findings=(passed,),
        verdict=Verdict(
            Label.BENIGN,
            0.0,
            {"suspicious": 30.0, "malicious": 70.0},
            contributions=(Contribution(passed.id, -12, -12),),
            summary="The sender's domain is vouched for, and nothing speaks against the mail.",
            summary_ja="信頼するサーバーが差出人を裏付けており、不審な点は見つかりませんでした。",
        ),
    )


def unknown_report() -> Report:
    """A mail without a header to speak of: nothing for it, nothing against it."""
    return replaced(
        wanted_report(),
        trust=TrustLine(
            "none",
            advice="There is no Received field: save the mail with its whole header.",
            advice_ja="Receivedがありません。ヘッダー全体を含めて保存し直してください。",
        ),
        origin=Origin(Grade.SELF_DECLARED),
        hops=(),
        authentication=(),
        findings=(),
        verdict=Verdict(
            Label.UNDETERMINED,
            0.0,
            {"suspicious": 30.0, "malicious": 70.0},
            summary="Nothing decisive was found, which does not make this mail safe: see what was not checked.",
            summary_ja="決め手は見つかりませんでした。安全という意味ではありません。確認できていない項目もご覧ください。",
        ),
    )


def hostile_report() -> Report:
    """The seed case with markup, controls and direction overrides in every place that a sender fills."""
    bad = "<script>alert(1)</script>\x1b]0;x\x07\u202egpj.exe\x9b|`*[x](http://evil.test/)`\n# head"
    author = EmailAddr(f"{bad}@evil.test", bad, "evil.test", bad)
    seed = seed_report()
    url = msgspec.structs.replace(
        seed.urls[0],
        raw=bad,
        value=f"http://evil.test/{bad}",
        text=bad,
        path=f"/{bad}",
        userinfo=bad,
        traits=(UrlTrait("userinfo", bad, "userinfo"), UrlTrait(bad, bad)),
    )
    hop = msgspec.structs.replace(seed.hops[2], by=bad, helo=bad, reason=bad, reason_ja=bad, trust=Trust.CLAIMED)
    return replaced(
        seed,
        source=Source(bad, "0f" * 32, 10),
        subject=Subject(bad),
        sender=Sender(author=(author,), reply_to=(author,), return_path=author, message_id=bad),
        recipients=Recipients(to=(author,)),
        origin=msgspec.structs.replace(seed.origin, helo=bad, reverse_name=bad, auth_account=bad),
        hops=(*seed.hops[:2], hop),
        authentication=(AuthResult(bad, bad, bad, Grade.SELF_DECLARED),),
        bodies=(Body("1", "text", f"{bad}\n```\n{LINK}", hidden=bad),),
        urls=(url,),
        findings=tuple(
            msgspec.structs.replace(
                item,
                title=bad,
                title_ja=bad,
                detail=bad,
                detail_ja=bad,
                evidence=(Evidence("url", bad, Grade.VERIFIED, Provenance("test")),),
            )
            for item in seed.findings
        ),
    )


def replaced(report: Report, **changes: Any) -> Report:
    return msgspec.structs.replace(report, **changes)


ALL = {"seed": seed_report, "wanted": wanted_report, "unknown": unknown_report, "hostile": hostile_report}
