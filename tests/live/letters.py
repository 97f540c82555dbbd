"""The mails that are sent: honest ones by every way that the network has, and the dishonest ones that want to look like them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.live import places


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail and how it is handed in. `signers` are DKIM selectors of the shop, with which the client itself signs."""

    name: str
    what: str
    author: str
    mail_from: str
    to: str
    server: str
    client: str
    helo: str
    port: int = 25
    account: str = ""
    tls: bool = True
    signers: tuple[str, ...] = ()
    subject: str = "ご連絡"
    above: str = ""
    """Header fields that the sender puts on top of his mail."""

    @property
    def message_id(self) -> str:
        return f"{self.name}@{self.author.rpartition('@')[2].rstrip('>')}"

    @property
    def raw(self) -> bytes:
        """The mail as the client hands it in, with CRLF."""
        lines = (
            f"From: {self.author}\nTo: <{self.to}>\nSubject: {self.subject}\nMessage-ID: <{self.message_id}>\n"
            "Date: Tue, 24 Nov 2026 10:00:00 +0900\nMIME-Version: 1.0\n"
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
            "お世話になっております。\n\n資料をお送りします。\n\n-- \n学院 事務室\n"
        )
        return (self.above + lines).replace("\n", "\r\n").encode()


SENSEI = "Sensei <sensei@gakuin.example>"
GINKOU = "Ginkou <info@ginkou.example>"
USER = "user@jimusho.example"
FROM_HOTEL = {"client": places.HOTEL_IP, "helo": "[192.168.1.7]", "server": places.GAKUIN_IP, "port": 587}
FROM_DESK = {"client": places.DESK_IP, "helo": "desk.gakuin.example", "server": places.GAKUIN_IP}
FROM_FURIN = {"client": places.FURIN_IP, "helo": places.FURIN, "server": places.MX_IP}
FROM_KOURI = {"helo": places.KOURI, "author": "Kouri <mise@kouri.example>", "mail_from": "mise@kouri.example"}

# What the forger would like us to believe: the university's server took it in with an account, and our MX found all well.
_FORGED = (
    f"Authentication-Results: {places.MX}; spf=pass smtp.mailfrom=ginkou.example;\n"
    "\tdkim=pass header.d=ginkou.example; dmarc=pass header.from=ginkou.example\n"
    f"Authentication-Results: {places.MX2}; dmarc=pass header.from=ginkou.example\n"
    "Received-SPF: pass (ginkou.example: 192.0.2.200 is authorized) client-ip=192.0.2.200;\n"
    '\tenvelope-from="info@ginkou.example"; receiver=mx.jimusho.example\n'
    f"Received: from mail.ginkou.example (mail.ginkou.example [192.0.2.200])\n"
    f"\tby {places.MX} (Postfix) with ESMTPS id 4XyJbq2Jt5z9rxM\n"
    f"\tfor <{USER}>; Tue, 24 Nov 2026 10:00:02 +0900 (JST)\n"
    "Received: from [10.1.2.3] (unknown [192.0.2.201])\n"
    "\t(Authenticated sender: info@ginkou.example)\n"
    "\tby mail.ginkou.example (Postfix) with ESMTPSA id 4XyJbp1Hs4z9rxL;\n"
    "\tTue, 24 Nov 2026 10:00:01 +0900 (JST)\n"
)

LETTERS = (
    Letter(
        name="account",
        what="SMTP AUTH and TLS, signed by the university",
        author=SENSEI,
        mail_from="sensei@gakuin.example",
        to=USER,
        account="sensei@gakuin.example",
        **FROM_HOTEL,
    ),
    Letter(
        name="inside",
        what="no account, from the university's own network, signed",
        author=SENSEI,
        mail_from="sensei@gakuin.example",
        to=USER,
        tls=False,
        **FROM_DESK,
    ),
    Letter(
        name="forwarded",
        what="as the first, to an old address that another host forwards",
        author=SENSEI,
        mail_from="sensei@gakuin.example",
        to="kyuu@tsuuka.example",
        account="sensei@gakuin.example",
        **FROM_HOTEL,
    ),
    Letter(
        name="altered",
        what="as the first, through a list that changes a line of the text",
        author=SENSEI,
        mail_from="sensei@gakuin.example",
        to="minna@meibo.tsuuka.example",
        account="sensei@gakuin.example",
        **FROM_HOTEL,
    ),
    Letter(
        name="sealed",
        what="as the first, through a forwarder that writes on the subject and seals (ARC)",
        author=SENSEI,
        mail_from="sensei@gakuin.example",
        to=f"user@{places.SEALER}",
        account="sensei@gakuin.example",
        **FROM_HOTEL,
    ),
    Letter(
        name="forged",
        what="a bank's name, straight to the MX, no right to it",
        author=GINKOU,
        mail_from="info@ginkou.example",
        to=USER,
        tls=False,
        **FROM_FURIN,
    ),
    Letter(
        name="own_envelope",
        what="a bank's name above, the forger's own domain (+all) in the envelope",
        author=GINKOU,
        mail_from="bounce@furin.example",
        to=USER,
        **FROM_FURIN,
    ),
    Letter(
        name="injected",
        what="the same with forged Received and Authentication-Results below ours",
        author=GINKOU,
        mail_from="bounce@furin.example",
        to=USER,
        above=_FORGED,
        **FROM_FURIN,
    ),
    Letter(
        name="second_mx",
        what="the same through our second MX",
        author=GINKOU,
        mail_from="info@ginkou.example",
        to=USER,
        above=_FORGED,
        **{**FROM_FURIN, "server": places.MX2_IP},
    ),
    Letter(
        name="taken_over",
        what="a bank's name, handed in with the university's account `office`",
        author=GINKOU,
        mail_from="office@gakuin.example",
        to=USER,
        account="office@gakuin.example",
        **{**FROM_HOTEL, "client": places.FURIN_IP, "helo": "WIN-4T7K"},
    ),
    Letter(
        name="taken_over_at_home",
        what="the same, to a mailbox at the university: its own server wrote the account",
        author=GINKOU,
        mail_from="office@gakuin.example",
        to="sensei@gakuin.example",
        account="office@gakuin.example",
        **{**FROM_HOTEL, "client": places.FURIN_IP, "helo": "WIN-4T7K"},
    ),
    Letter(
        name="two_keys",
        what="a shop's own server, signed with RSA and with Ed25519",
        to=USER,
        client=places.KOURI_IP,
        server=places.MX_IP,
        signers=("s1", "e1"),
        **FROM_KOURI,
    ),
    Letter(
        name="utf8_over_ipv6",
        what="SMTPUTF8 (a Japanese local part) over IPv6, signed",
        to=USER,
        client=places.KOURI_IP6,
        server=places.MX_IP6,
        signers=("s1",),
        **{**FROM_KOURI, "mail_from": "店@kouri.example", "author": "Kouri <店@kouri.example>"},
    ),
)
BY_NAME = {letter.name: letter for letter in LETTERS}
