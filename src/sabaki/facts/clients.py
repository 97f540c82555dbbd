"""Fields besides Received that name the sender's machine or account: X-Originating-IP, X-Authenticated-Sender and their kin.

Webmail, hosting panels and filters write them, and so can the sender. A field above an attested Received field was added by
that server or one further up. Exchange Online writes its own fields below its Received field, but takes away what comes from
outside under the same names (its header firewall): where it is the lowest server above the line, those are inferred.
"""

from __future__ import annotations

from collections.abc import Callable

from sabaki.facts import fieldwords
from sabaki.facts.ours import is_cloud_exchange
from sabaki.facts.trust import attested, writer
from sabaki.model.case import Client, Hop
from sabaki.model.evidence import Grade
from sabaki.model.message import Field, Message

_MOST = 12
_OF_ONE_NAME = 2
_LONGEST = 254
_UNSET = frozenset({"255.255.255.255", "0.0.0.0"})  # noqa: S104  # what Exchange Online writes for "none": no address is bound

Reading = tuple[str, str]
"""Address and account, each "" where the field has none."""


def _ip(value: str) -> Reading:
    return next((ip for ip in fieldwords.addresses(value) if ip not in _UNSET), ""), ""


def _account(value: str) -> Reading:
    """`account`, `host: account`, cPanel's `host: authenticated_id: account/only user confirmed`, `<account>`."""
    boxes = fieldwords.mailboxes(value)
    if boxes:
        return "", boxes[-1]
    words = fieldwords.words(value.rpartition(": ")[2])
    return "", words[0].strip("<>").partition("/")[0] if words else ""


def _local_user(value: str) -> Reading:
    """cPanel's other ways in: a program's account on the machine, the directory of a web page."""
    return "", value.strip() if value.strip() not in (":", "") else ""


def _connecting(value: str) -> Reading:
    """Exchange Online's `CIP:192.0.2.1;CTRY:JP;...` and `ip=[192.0.2.1];domain=...`."""
    for piece in value[:4_000].split(";"):
        name, mark, text = piece.strip().partition(":" if piece.strip()[:4].upper() == "CIP:" else "=")
        if mark and name.upper() in ("CIP", "IP"):
            return _ip(text)
    return "", ""


def _script(value: str) -> Reading:
    """`www.example.jp/contact.php for 192.0.2.1, 192.0.2.2`: the page, and the visitor's address."""
    page, said, visitor = value.partition(" for ")
    return (_ip(visitor)[0] if said else ""), page.strip()


def _identified(value: str) -> Reading:
    """Bluehost's `{...} {sentby:smtp auth 192.0.2.1 authed with account}`."""
    _, said, account = value.partition(" authed with ")
    words = fieldwords.words(account)
    return _ip(value.partition("smtp auth ")[2])[0], words[0].rstrip("}") if said and words else ""


def _sender_id(value: str) -> Reading:
    """MailChannels' `customer|x-authuser|account`."""
    return "", value.rpartition("|")[2].strip() if "|" in value else ""


def _warning(value: str) -> Reading:
    """sendmail's `host: user set sender to ... using -f`, `host: Host name [192.0.2.1] claimed to be ...`."""
    words = fieldwords.words(value.partition(": ")[2])
    return (
        (_ip(value)[0], "")
        if words[:1] == ("Host",)
        else ("", words[0] if words[1:2] in (("set",), ("owned",)) else "")
    )


_FORMS: dict[str, Callable[[str], Reading]] = {
    **dict.fromkeys(
        "x-originating-ip x-originatingip x-source-ip x-client-ip x-senderip x-sender-ip x-real-ip x-remote-ip x-origin-ip "
        "x-orig-ip x-connecting-ip x-connected-ip x-sa-exim-connect-ip x-mdremoteip x-tcpremoteip x-aol-ip x-nifty-srcip "
        "x-pair-authenticated x-outbound-smtp-client x-source-sender x-ms-exchange-organization-originalclientipaddress "
        "x-ms-exchange-crosspremises-originalclientipaddress x-originating-client".split(),
        _ip,
    ),
    **dict.fromkeys(
        "x-authenticated-user x-authenticated-sender x-authuser x-auth-user x-auth-id x-authenticated-id x-authenticated-uid "
        "x-smtp-auth-user x-smtpauth-user x-smtp-authuser x-auth-sender x-authsender x-source-auth x-get-message-sender-via "
        "x-biglobe-sender x-env-sender x-sender x-x-sender".split(),
        _account,
    ),
    **dict.fromkeys(
        "x-forefront-antispam-report x-ms-exchange-externaloriginalinternetsender x-ms-exchange-skiplistedinternetsender "
        "x-ms-exchange-crosstenant-originalattributedtenantconnectingip".split(),
        _connecting,
    ),
    **dict.fromkeys("x-source-dir x-php-originating-script".split(), _local_user),
    "x-php-script": _script,
    "x-identified-user": _identified,
    "x-sender-id": _sender_id,
    "x-mailchannels-senderid": _sender_id,
    "x-authentication-warning": _warning,
}
_CLAIMS = frozenset(
    "x-sender x-x-sender x-env-sender x-source-dir x-php-originating-script x-php-script x-source-auth "
    "x-authentication-warning".split()
)
"""What names no account that a server saw signing in: mail programs' own words, envelopes, web pages."""
_FIREWALLED = (
    "x-ms-exchange-organization-",
    "x-ms-exchange-external",
    "x-ms-exchange-skip",
    "x-forefront-antispam-report",
)


def read(message: Message, hops: tuple[Hop, ...]) -> tuple[Client, ...]:
    """What those fields say, from the top, each with the grade that its place earns; a few of each name."""
    above = attested(hops)
    cloud = above[-1] if above and above[-1].dialect == "exchange" and is_cloud_exchange(above[-1].by) else None
    count: dict[str, int] = {}
    found: list[Client] = []
    for field in message.fields:
        form = _FORMS.get(field.key)
        if form is None or count.get(field.key, 0) >= _OF_ONE_NAME or len(found) >= _MOST:
            continue
        ip, account = form(field.value)
        if ip or account:
            count[field.key] = count.get(field.key, 0) + 1
            grade = _grade(field, hops, cloud)
            found.append(Client(field.name, ip, account[:_LONGEST], grade, field.location))
    return tuple(found)


def _grade(field: Field, hops: tuple[Hop, ...], cloud: Hop | None) -> Grade:
    hop = writer(hops, field.index)
    if hop is not None:
        return hop.grade
    return Grade.INFERRED if cloud and field.key.startswith(_FIREWALLED) else Grade.SELF_DECLARED


def signed_in(clients: tuple[Client, ...], hops: tuple[Hop, ...], origin: Hop) -> Client | None:
    """The field in which the server that took the mail in noted the account, where its Received field does not."""
    for client in clients:
        at = client.location.field if client.location else None
        key = client.field_name.lower()
        if not client.account or key in _CLAIMS or client.grade is Grade.SELF_DECLARED or at is None:
            continue
        hop = writer(hops, at)
        if hop is not None and hop.index == origin.index:
            return client
    return None
