"""What Sabaki has to say of each letter: the way it took, and SPF, DKIM, ARC and DMARC as they are by their RFCs."""

from __future__ import annotations

from dataclasses import dataclass

OUT = "192.0.2.25 > mx.jimusho.example ESMTPS TLSv1.3 ours"
HANDED_IN = "198.51.100.99 > smtp.gakuin.example ESMTPSA TLSv1.3 sensei@gakuin.example claimed"
STOLEN = "198.51.100.66 > smtp.gakuin.example ESMTPSA TLSv1.3 office@gakuin.example"
RELAYED = "198.51.100.25 > mx.jimusho.example ESMTPS TLSv1.3 ours"
FURIN = "198.51.100.66 > mx.jimusho.example ESMTPS TLSv1.3 ours"
FORGED_HOPS = (
    "192.0.2.200 > mx.jimusho.example ESMTPS claimed",
    "192.0.2.201 > mail.ginkou.example ESMTPSA info@ginkou.example claimed",
)


@dataclass(frozen=True, kw_only=True)
class Expected:
    """`hops` from the top, `origin` the peer's address; `spf` is result and domain, `dkim` result and signing domain."""

    hops: tuple[str, ...]
    origin: str
    account: str = ""
    claimed_account: str = ""
    spf: str
    dkim: tuple[str, ...] = ()
    arc: str = "none"
    dmarc: str
    findings: tuple[str, ...] = ()


EXPECTED = {
    "account": Expected(
        hops=(OUT, HANDED_IN),
        origin="192.0.2.25",
        claimed_account="sensei@gakuin.example",
        spf="pass gakuin.example",
        dkim=("pass gakuin.example",),
        dmarc="pass",
    ),
    "inside": Expected(
        hops=(OUT, "192.0.2.77 > smtp.gakuin.example ESMTP claimed"),
        origin="192.0.2.25",
        spf="pass gakuin.example",
        dkim=("pass gakuin.example",),
        dmarc="pass",
    ),
    "forwarded": Expected(
        hops=(RELAYED, "192.0.2.25 > relay.tsuuka.example ESMTPS TLSv1.3 claimed", HANDED_IN),
        origin="198.51.100.25",
        claimed_account="sensei@gakuin.example",
        spf="fail gakuin.example",
        dkim=("pass gakuin.example",),
        dmarc="pass",
    ),
    "altered": Expected(
        hops=(RELAYED, "192.0.2.25 > list.tsuuka.example ESMTPS TLSv1.3 claimed", HANDED_IN),
        origin="198.51.100.25",
        claimed_account="sensei@gakuin.example",
        spf="fail gakuin.example",
        dkim=("fail gakuin.example",),
        dmarc="fail",
    ),
    "sealed": Expected(
        hops=(
            "198.51.100.27 > mx.jimusho.example ESMTPS TLSv1.3 ours",
            "192.0.2.25 > fuuin.tsuuka.example ESMTPS TLSv1.3 claimed",
            HANDED_IN,
        ),
        origin="198.51.100.27",
        claimed_account="sensei@gakuin.example",
        spf="pass tsuuka.example",
        dkim=("fail gakuin.example",),
        arc="pass",
        dmarc="fail",
    ),
    "forged": Expected(
        hops=("198.51.100.66 > mx.jimusho.example ESMTP ours",),
        origin="198.51.100.66",
        spf="fail ginkou.example",
        dmarc="fail",
        findings=("authentication/failed",),
    ),
    "own_envelope": Expected(hops=(FURIN,), origin="198.51.100.66", spf="pass furin.example", dmarc="fail"),
    "injected": Expected(
        hops=(FURIN, *FORGED_HOPS),
        origin="198.51.100.66",
        claimed_account="info@ginkou.example",
        spf="pass furin.example",
        dmarc="fail",
        findings=("route/forged_hop",),
    ),
    "second_mx": Expected(
        hops=(
            "203.0.113.26 > mx.jimusho.example ESMTPS TLSv1.3 ours",
            "198.51.100.66 > mx2.jimusho.example ESMTPS TLSv1.3 ours",
            *FORGED_HOPS,
        ),
        origin="198.51.100.66",
        claimed_account="info@ginkou.example",
        spf="fail ginkou.example",
        dmarc="fail",
        findings=("route/forged_hop",),
    ),
    "taken_over": Expected(
        hops=(OUT, f"{STOLEN} claimed"),
        origin="192.0.2.25",
        claimed_account="office@gakuin.example",
        spf="pass gakuin.example",
        dmarc="fail",
    ),
    "taken_over_at_home": Expected(
        hops=(f"{STOLEN} ours",),
        origin="198.51.100.66",
        account="office@gakuin.example",
        spf="unchecked",  # handed in with an account: SPF says nothing about such a client
        dmarc="unchecked",
        findings=("route/taken_over_account",),
    ),
    "two_keys": Expected(
        hops=("192.0.2.130 > mx.jimusho.example ESMTPS TLSv1.3 ours",),
        origin="192.0.2.130",
        spf="pass kouri.example",
        dkim=("pass kouri.example", "pass kouri.example"),
        dmarc="pass",
    ),
    "utf8_over_ipv6": Expected(
        hops=("2001:db8:66::66 > mx.jimusho.example UTF8SMTPS TLSv1.3 ours",),
        origin="2001:db8:66::66",
        spf="pass kouri.example",
        dkim=("pass kouri.example",),
        dmarc="pass",
    ),
}
