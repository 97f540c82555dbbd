"""The case: everything that was read out of one mail, before anyone judges it."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from sabaki.model.authentication import Verification
from sabaki.model.evidence import Grade, Location
from sabaki.model.file import File
from sabaki.model.knowledge import Knowledge
from sabaki.model.message import Defect, Field, LimitReached, Part
from sabaki.model.observable import EmailAddr, Url
from sabaki.model.visit import Visit


class Holder(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that the dissected mail was taken out of.

    `kind` is "mbox", "zip", "gzip", "msg", "tnef", "mail" (it was attached), "quoted" (it was forwarded inline), "pasted"
    (into text, its header with it) ...
    `name` is the holder's own name, `place` where in it the mail stood ("message 3", "part 2", a member's name).
    `sha256` and `size` are of the holder's bytes. For "mail" and "quoted" `reporter` is the mailbox that passed it on
    and `reason` says why the mail inside was dissected and not the one around it.
    """

    kind: str
    name: str = ""
    place: str = ""
    sha256: str = ""
    size: int = 0
    reporter: EmailAddr | None = None
    subject: str = ""
    reason: str = ""
    reason_ja: str = ""


class Source(msgspec.Struct, frozen=True):
    """The mail that was dissected. `name` is the file's own name, never a path; `size` is in bytes.

    `sha256` and every location are of the mail's own bytes. `holders` is what it was taken out of, outermost first;
    `converted` is set where those bytes are ours, written from a format that is not RFC 5322 (an Outlook .msg).
    """

    name: str
    sha256: str
    size: int
    holders: tuple[Holder, ...] = ()
    converted: bool = False


class Vantage(msgspec.Struct, frozen=True):
    """What the reader said about themselves: the servers they trust, the domains and mailboxes that are theirs.

    `mailboxes` are the addresses that exist; None where the reader did not say.
    `inferred_domains` are domains of the recipients, taken as theirs for want of a word from the reader.
    `trusted_sealers` are domains whose ARC seal the reader believes (RFC 8617 section 7.2): forwarders and lists of theirs.
    """

    own_hosts: tuple[str, ...] = ()
    own_domains: tuple[str, ...] = ()
    mailboxes: tuple[str, ...] | None = None
    inferred_domains: tuple[str, ...] = ()
    trusted_sealers: tuple[str, ...] = ()


class Trust(StrEnum):
    """Who wrote a hop."""

    OURS = "ours"
    """By a server that the reader named (or that we inferred, see TrustLine.basis)."""
    VOUCHED = "vouched"
    """By whoever one of ours received it from, when that peer is itself ours: vouched for by position."""
    CLAIMED = "claimed"
    """Below the trust line: the sender could have written it."""


class Role(StrEnum):
    """What a hop is in the mail's way, as far as its own words and the fields around it tell."""

    UNKNOWN = "unknown"
    SUBMISSION = "submission"
    """Where a sender handed the mail in, with an account or from inside (RFC 6409)."""
    WEBMAIL = "webmail"
    """Handed in through a browser."""
    LOCAL = "local"
    """Handed in by a program or a user on the machine itself."""
    RELAY = "relay"
    """From one organisation to another: the usual hop."""
    INTERNAL = "internal"
    """Between machines or programs of one organisation: filters, stores, gateways."""
    LIST = "list"
    """A mailing list took it in and sent it out anew."""
    FORWARD = "forward"
    """A mailbox that passes its mail on to another."""
    FETCH = "fetch"
    """Fetched out of a mailbox (POP, IMAP)."""
    DELIVERY = "delivery"
    """Into the mailbox (LMTP, local delivery)."""


class Sign(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something in a hop that does not fit: `id` is stable ("time_backwards"), `detail` the piece that shows it.

    `strong` says that honest software hardly ever does it; one sign that is not proves nothing.
    """

    id: str
    detail: str = ""
    strong: bool = False


class Hop(msgspec.Struct, frozen=True):
    """One Received field (RFC 5321 section 4.4), the topmost first.

    In an attested hop only the peer's address `ip`, `tls` and `auth_account` were observed by the server;
    `helo` and `reverse_name` stay claims. `date` is RFC 3339 with its zone; `delay` is seconds since the hop
    below, negative when clocks disagree. `dialect` names the software whose form it is, "unknown" when none
    fits; `unparsed` keeps what did not parse. `internal` is set for a hand-over inside one machine.
    `tls` is what the field says of the session, `tls_version` ("TLSv1.3") and `tls_cipher` are read out of it. `role` is what the hop is
    in the mail's way, `signs` what does not fit in it (looked for below the trust line only).
    """

    index: int
    text: str
    location: Location
    helo: str = ""
    reverse_name: str = ""
    ip: str = ""
    by: str = ""
    by_ip: str = ""
    via: str = ""
    protocol: str = ""
    id: str = ""
    recipient: str = ""
    envelope_from: str = ""
    date: str | None = None
    delay: float | None = None
    tls: str = ""
    tls_version: str = ""
    tls_cipher: str = ""
    auth_account: str = ""
    auth_method: str = ""
    dialect: str = "unknown"
    unparsed: str = ""
    internal: bool = False
    role: Role = Role.UNKNOWN
    signs: tuple[Sign, ...] = ()
    trust: Trust = Trust.CLAIMED
    grade: Grade = Grade.SELF_DECLARED
    reason: str = ""
    reason_ja: str = ""


class TrustLine(msgspec.Struct, frozen=True):
    """The line between what our servers wrote and what the sender could have written.

    `basis` is "named" (the reader gave hosts or domains), "mx" (the DNS says that a recipient's domain gets its mail there),
    "inferred" (a rule of ours) or "none".
    `above` counts the hops above the line. `hosts` are those taken as ours. `advice` says what to give
    to have a better line.
    """

    basis: str
    above: int = 0
    hosts: tuple[str, ...] = ()
    advice: str = ""
    advice_ja: str = ""


class Client(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a field besides Received says of the machine or the account that the mail was written with.

    X-Originating-IP, X-Authenticated-User and their like: `field_name` as written, `ip` and `account` as far as it has them.
    Believed only as far as `grade` goes: the sender can write such a field himself.
    """

    field_name: str
    ip: str = ""
    account: str = ""
    grade: Grade = Grade.SELF_DECLARED
    location: Location | None = None


class ClaimedOrigin(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the lowest hops below the line say of where the mail began: a lead to ask after, never proof.

    `hop` is the hop that says so, `by` the server that is said to have taken the mail in: its operator can tell whether it is true.
    """

    ip: str = ""
    by: str = ""
    helo: str = ""
    reverse_name: str = ""
    auth_account: str = ""
    auth_domain: str = ""
    date: str | None = None
    hop: int | None = None
    location: Location | None = None


class Origin(msgspec.Struct, frozen=True):
    """The first peer that an attested hop saw: who really handed the mail over.

    `grade` is that of `ip` and `auth_account`: A when a named server of the reader's wrote it, I when the line
    was inferred, S when there is none. `helo` and `reverse_name` are the peer's claims, always.
    `auth_domain` is the domain of the SMTP-AUTH account. `claimed` is what the hops below the line say, S throughout;
    `clients` what fields besides Received say of the sender's machine and account.
    """

    grade: Grade
    ip: str = ""
    helo: str = ""
    reverse_name: str = ""
    auth_account: str = ""
    auth_domain: str = ""
    auth_method: str = ""
    date: str | None = None
    hop: int | None = None
    location: Location | None = None
    claimed: ClaimedOrigin | None = None
    clients: tuple[Client, ...] = ()


class Stamp(msgspec.Struct, frozen=True):
    """A filter's mark on the mail.

    `kind` is "subject", "flag", "score", "scl" or "action"; `text` as written ("[spam]", "YES");
    `says_spam` is None where the mark gives no verdict. Believed only as far as `grade` goes.
    """

    kind: str
    text: str
    says_spam: bool | None
    grade: Grade
    field_name: str
    location: Location | None = None


class Subject(msgspec.Struct, frozen=True):
    """The Subject field, decoded, and the filter's stamp at its head if there is one (None otherwise)."""

    text: str
    grade: Grade = Grade.SELF_DECLARED
    charset: str = ""
    charset_how: str = ""
    location: Location | None = None
    stamp: Stamp | None = None


class Sender(msgspec.Struct, frozen=True):
    """What the mail says about who sent it: all of it self-declared.

    `author` is From: every mailbox that some program takes for the author, those of a true From first (where there is none, what
    programs show instead). `via_list` the real author's address where a mailing list has rewritten From and left the
    original in Reply-To or X-Original-From. `mailer` is the id of the service that sends mail for others whose marks it bears
    ("sendgrid", "mailchimp" ...), "" where none is recognised. `return_path` is the envelope's sender as recorded at delivery.
    """

    author: tuple[EmailAddr, ...] = ()
    sender: EmailAddr | None = None
    reply_to: tuple[EmailAddr, ...] = ()
    return_path: EmailAddr | None = None
    via_list: EmailAddr | None = None
    message_id: str = ""
    message_id_domain: str = ""
    date: str | None = None
    dkim_domains: tuple[str, ...] = ()
    list_id: str = ""
    bulk: bool = False
    mailer: str = ""
    grade: Grade = Grade.SELF_DECLARED


class Recipients(msgspec.Struct, frozen=True):
    """To whom: the header's To and Cc (self-declared), and where it was really delivered (`delivered_to`)."""

    to: tuple[EmailAddr, ...] = ()
    cc: tuple[EmailAddr, ...] = ()
    delivered_to: tuple[EmailAddr, ...] = ()


class AuthResult(msgspec.Struct, frozen=True):
    """One method's result as some server wrote it into the header (RFC 8601).

    `method` is "spf", "dkim", "dmarc", "arc", "compauth"; `properties` holds ptype.property pairs
    ("smtp.mailfrom"). Believed only as far as `grade` goes.
    """

    method: str
    result: str
    authserv_id: str
    grade: Grade
    properties: dict[str, str] = {}
    location: Location | None = None


class Body(msgspec.Struct, frozen=True):
    """A text body as a person sees it. `part` is its path, `kind` "text" or "html".

    A path with a colon ("1:epilogue", ":duplicate_content_type") is another reading of that part: not shown by most
    programs, read all the same.

    `text` is what is shown, `hidden` text that the markup keeps from sight. `charset_how` is "declared",
    "detected" (undeclared, or the declared one did not fit) or "default" (plain ASCII).
    `shown` is whether a usual mail program shows it: of alternatives (RFC 2046 section 5.1.4) the last that it can.
    `attached` marks a text that comes as an attachment (an HTML file) and not as the mail's own text.
    """

    part: str
    kind: str
    text: str
    hidden: str = ""
    charset: str = ""
    charset_how: str = ""
    images: int = 0
    forms: tuple[str, ...] = ()
    has_script: bool = False
    shown: bool = True
    attached: bool = False
    title: str = ""


class Phrase(msgspec.Struct, frozen=True):
    """A phrase of the lure: which rule (`id`) found what (`text`), and where ("subject", "body", "display_name")."""

    id: str
    text: str
    where: str


class BrandMention(msgspec.Struct, frozen=True):
    """A known brand that the mail names. `where` is "display_name", "subject", "body", "address" or "link".

    `domains` are the brand's own registrable domains, as our table has them.
    """

    id: str
    name: str
    name_ja: str
    sector: str
    text: str
    where: str
    domains: tuple[str, ...] = ()


class Lure(msgspec.Struct, frozen=True):
    """What the mail claims and what it wants, by the rules of our lexicon (graded I throughout).

    `claims` (account suspended, held messages, unpaid toll ...), `pressure` (deadlines, threats),
    `asks` (server_login, account_login, card, one_time_code, personal_details, money, malware, reply, call),
    `service` is the kind of service it pretends to be (hosting, webmail, bank, courier, tax, card, shop,
    crypto, payroll, telecom, transport, government ...), "" when none stands out.
    `target` is who it is written for: "server_administrator", "mailbox_user", "customer", "employee",
    "anyone" or "" where we cannot say. `unwanted` are the marks of plain unsolicited mail (casino, pills, dating ...).
    """

    claims: tuple[Phrase, ...] = ()
    pressure: tuple[Phrase, ...] = ()
    asks: tuple[Phrase, ...] = ()
    unwanted: tuple[Phrase, ...] = ()
    addressed_to_machine: tuple[Phrase, ...] = ()
    brands: tuple[BrandMention, ...] = ()
    service: str = ""
    target: str = ""
    language: str = ""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was read out of one mail. Checks see this and nothing else."""

    source: Source
    vantage: Vantage
    subject: Subject
    sender: Sender
    recipients: Recipients
    trust: TrustLine
    origin: Origin
    hops: tuple[Hop, ...]
    stamps: tuple[Stamp, ...]
    authentication: tuple[AuthResult, ...]
    bodies: tuple[Body, ...]
    urls: tuple[Url, ...]
    lure: Lure
    fields: tuple[Field, ...]
    parts: tuple[Part, ...]
    defects: tuple[Defect, ...]
    limits: tuple[LimitReached, ...]
    files: tuple[File, ...] = ()
    verification: Verification = Verification()
    knowledge: tuple[Knowledge, ...] = ()
    visits: tuple[Visit, ...] = ()

    def all(self, key: str) -> tuple[Field, ...]:
        """Every header field of that name (lower case), from the top."""
        return tuple([field for field in self.fields if field.key == key])

    @property
    def text(self) -> str:
        """All text that a person sees, an alternative only once."""
        return "\n".join(body.text for body in self.bodies if body.shown)

    @property
    def own_domains(self) -> tuple[str, ...]:
        """The domains taken as the reader's: those named, else those inferred from the recipients."""
        return self.vantage.own_domains or self.vantage.inferred_domains

    @property
    def author(self) -> EmailAddr | None:
        """The author's mailbox: From, or what a mailing list moved out of it. Self-declared."""
        return self.sender.via_list or next(iter(self.sender.author), None)
