"""Which server software wrote a Received field: by what only the server itself can have put there."""

from __future__ import annotations

import re
from functools import lru_cache

_SOFTWARE = {
    "postfix": "postfix", "exim": "exim", "gmexim": "exim", "qmail": "qmail", "qmail-ldap": "qmail", "notqmail": "qmail",
    "wp-smtpd": "qmail", "qmail-ptmail": "qmail", "qpsmtpd": "qpsmtpd", "ecelerity": "momentum", "powermta": "powermta",
    "amavisd": "amavis", "amavis": "amavis", "microsoft": "exchange", "amavisd-new": "amavis", "opensmtpd": "opensmtpd", "communigate": "communigate",
    "coremail": "coremail", "hmail": "coremail", "lotus": "domino", "ibm": "domino", "hcl": "domino",
    "mdaemon": "mdaemon", "haraka": "haraka", "fetchmail": "fetchmail", "getmail": "getmail", "zimbra": "zimbra",
    "google": "gmail", "stalwart": "stalwart", "zonemta": "zonemta", "kerio": "kerio", "surgemail": "surgemail",
    "icewarp": "icewarp", "merak": "icewarp", "james": "james", "jamessmtp": "james", "dragonfly": "dma",
    "nullmailer": "nullmailer", "ssmtp": "ssmtp", "masqmail": "masqmail", "halon": "halon", "newesmtp": "qq",
    "nwsmtp": "yandex", "yandex": "yandex", "sg": "sendgrid", "mailchimp": "mandrill",
    "proofpoint": "proofpoint", "ppe": "proofpoint", "pps": "proofpoint", "trend": "trendmicro", "oracle": "oracle",
    "sun": "oracle", "iplanet": "oracle", "intermail": "openwave", "imail": "imail", "argosoft": "argosoft",
    "mercury": "mercury", "pmdf": "pmdf", "ntmail": "ntmail", "novell": "groupwise", "groupwise": "groupwise",
    "nemesis": "gmx", "horde": "horde", "cyrus": "cyrus", "dovecot": "dovecot", "symantec": "symantec",
    "clearswift": "clearswift", "imsva": "trendmicro", "interscan": "trendmicro", "meproxy": "fastmail",
    "simpleemailservice": "ses", "mailenable": "mailenable", "hmailserver": "hmailserver",
    "fortimail": "fortimail", "mimecast": "mimecast", "barracuda": "barracuda", "sophos": "sophos", "stalker": "communigate",
    "maddy": "maddy", "majordomo": "majordomo", "simscan": "simscan", "vzm": "yahoo", "oath": "yahoo", "yahoo": "yahoo",
}  # fmt: skip
"""The word by which a server names itself in a comment behind `by` or `with`. A peer cannot write there."""
_FIRST_WORD = re.compile(r"[a-z]{1,20}(?:-[a-z]{1,20}){0,2}")
_FORMS = (
    (re.compile(r"8\.\d{1,2}\.\d{1,2}[^/]{0,20}/"), "sendmail"),
    (re.compile(r"mail_out_v\d|mail_in_v\d"), "aol"),
    (re.compile(r"mrgmx\d|mrweb\d|mreue\d|moeu[es]|moxus\d?"), "gmx"),
    (re.compile(r"mx-(?:mo-|mr|fc|rc)[\w-]{0,20}|mo\d{1,3}$"), "iij"),
    (re.compile(r"smtpd32-|smtpd-\d"), "imail"),
    (re.compile(r"smtp auth |v\d{1,2}\.\d{1,2}\.$"), "aol"),
    (re.compile(r"via http$"), "gmx"),
    (re.compile(r"smail-?\d"), "smail"),
    (re.compile(r"rcpt_gw|kbkr/|shttoc/"), "biglobe"),
    (re.compile(r"http/1\.\d post"), "roundcube"),
)
_PROTOCOLS = {
    "microsoft": "exchange", "mapi": "exchange", "internet": "exchange", "mailboxresubmission": "exchange",
    "mailenable": "mailenable", "novell_groupwise": "groupwise", "novell": "groupwise", "interscan": "trendmicro",
    "trend_isnt_name_b": "trendmicro", "mailmarshal": "mailmarshal", "[xmail": "xmail", "httprest": "gmail",
    "mdaemon": "mdaemon", "ecartis": "ecartis", "listar": "ecartis", "ibm": "ibm",
}  # fmt: skip
"""The word with which a server names itself behind `with`."""
_HOSTS = {
    "yahoo.com": "yahoo", "yahoo.co.jp": "yahoo", "yahoodns.net": "yahoo", "aol.com": "aol", "sendgrid.net": "sendgrid",
    "mailgun.org": "mailgun", "mailgun.net": "mailgun", "mandrillapp.com": "mandrill", "mcsv.net": "mandrill",
    "mcdlv.net": "mandrill", "rsgsv.net": "mandrill", "mtasv.net": "postmark", "sparkpostmail.com": "momentum",
    "pphosted.com": "proofpoint", "ppops.net": "proofpoint", "ppe-hosted.com": "proofpoint", "mimecast.com": "mimecast",
    "cudaops.com": "barracuda", "iphmx.com": "cisco", "messagelabs.com": "messagelabs", "symcld.net": "messagelabs",
    "trendmicro.com": "trendmicro", "trendmicro.eu": "trendmicro", "sophos.com": "sophos", "qq.com": "qq",
    "aliyun-inc.com": "alibaba", "aliyun.com": "alibaba", "mail.ru": "mailru", "zoho.com": "zoho", "zohomail.com": "zoho",
    "zoho.eu": "zoho", "zoho.jp": "zoho", "yandex.net": "yandex", "gmx.net": "gmx", "web.de": "gmx",
    "kundenserver.de": "gmx", "amazonses.com": "ses", "amazonaws.com": "ses", "nifty.com": "nifty", "biglobe.ne.jp": "biglobe",
    "ocn.ne.jp": "ocn", "ocn.ad.jp": "ocn", "plala.or.jp": "plala", "so-net.ne.jp": "so-net", "securemx.jp": "iij",
    "iij4u.or.jp": "iij", "docomo.ne.jp": "docomo", "ezweb.ne.jp": "au", "au.com": "au", "softbank.ne.jp": "softbank",
    "kagoya.net": "kagoya", "hornetsecurity.com": "hornetsecurity", "hotmail.com": "hotmail", "msn.com": "hotmail",
    "asahi-net.or.jp": "asahi-net",
}  # fmt: skip
"""Services whose servers do not name themselves, by the domain of their names."""
_HTTP = ("http", "nnfmp")
_LONGEST_HOST = 253
_PROGRAMS = ("m-filter", "simscan", "forcepoint")
"""Software that writes its own name for a host's."""
_DOVECOT_ID = re.compile(r"[A-Za-z0-9+/]{20,24}(?::T\d{1,4})?")
_SENDGRID = ("filterdrecv-", "recvd-", "filter0")
_MAILGUN_HOST = re.compile(r"[0-9a-f]{12}")
_MAILGUN_ID = re.compile(r"[0-9a-f]{24}")


@lru_cache(maxsize=2_048)
def _named(comment: str) -> str:
    """The software that names itself, given the head of a comment; "" where none does."""
    lowered = comment.lower()
    match = _FIRST_WORD.match(lowered)
    if match and match.group() in _SOFTWARE:
        return _SOFTWARE[match.group()]
    return next((name for form, name in _FORMS if form.match(lowered)), "")


@lru_cache(maxsize=4_096)
def _service(host: str) -> str:
    labels = host.split(".")
    return next((name for size in (2, 3) if (name := _HOSTS.get(".".join(labels[-size:]), ""))), "")


def name(own: list[str], protocol: str, host: str, *, id: str | None, has_from: bool, by_address: bool) -> str:
    """The software's name, "" where nothing tells: never by what the peer said.

    `own` are the server's comments about itself, `protocol` is what stands behind `with`, `host` behind `by` (lower
    case), `id` None where there is no such clause. A host's name alone tells nothing: the form must be the service's too
    (an id, or mail taken in by HTTP).
    """
    lowered = protocol.lower()
    word = lowered.partition(" ")[0]
    if word in _PROTOCOLS:
        return _PROTOCOLS[word]
    if word.startswith("qmail-scanner-"):
        return "qmail"
    for comment in own:
        if software := _named(comment[:60]):
            return software
    # Gmail hands over inside with `by 2002:a05:... with SMTP id ...`, naming no peer.
    if host.endswith((".google.com", ".gmail.com")) or (
        by_address and not has_from and (id is not None or lowered == "http")
    ):
        return "gmail"
    if lowered == "https" and host.endswith((".outlook.com", ".exchangelabs.com")):
        return "exchange"
    return _by_other_signs(lowered, host, id)


def _by_other_signs(protocol: str, host: str, id: str | None) -> str:
    if protocol.startswith(("esmtp/", "smtp/")):
        return "cisco"
    for mark in _PROGRAMS:
        if host.startswith(mark):
            return mark
    if (
        "." in host
        and (id is not None or protocol.startswith(_HTTP) or not protocol)
        and (service := _service(host[-_LONGEST_HOST:]))
    ):
        return service
    if not id:
        return ""
    if protocol.startswith("lmtp") and _DOVECOT_ID.fullmatch(id):
        return "dovecot"
    if host.startswith(_SENDGRID) and id.startswith(host):
        return "sendgrid"
    return "mailgun" if protocol == "http" and _MAILGUN_HOST.fullmatch(host) and _MAILGUN_ID.fullmatch(id) else ""
