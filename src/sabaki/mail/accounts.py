"""SMTP-AUTH accounts (RFC 4954) in the comments of Received fields, in each server's own form."""

from __future__ import annotations

import re

from sabaki.mail import lexer

SMTP_AUTH = "SMTP-AUTH"
AUTHENTICATED = frozenset(
    {
        "ESMTPA", "ESMTPSA", "LMTPA", "LMTPSA", "SMTPA", "SMTPSA", "ASMTP",
        "UTF8SMTPA", "UTF8SMTPSA", "UTF8LMTPA", "UTF8LMTPSA",
    }
)  # fmt: skip
"""RFC 3848 and RFC 6531: the A says that the client authenticated; and what is written instead."""
_MECHANISMS = frozenset(
    "plain login cram-md5 cram_md5 digest-md5 digest_md5 ntlm gssapi xoauth2 oauthbearer scram-sha-1 scram-sha-256 external "
    "anonymous plain_server login_server".split()
)
_BEFORE_NAME = (
    "authenticated sender:", "authenticated user:", "authenticated user ", "authenticated as ", "authenticated by ",
    "authenticated id:", "authenticated_id:", "authenticated_id=", "authid:", "authid=", "smtp-auth username ",
    "smtp auth username ",
)  # fmt: skip
_PAIR = re.compile(
    r'(?:^|[\s(,])(?P<name>user|mech|mechanism|a|auth)[= ](?P<value>"[^"]{0,200}+"[^\s,]{0,200}+|[^\s",]{1,320}+)',
    re.IGNORECASE,
)
_MARKS = re.compile(r"uth|UTH|account |user=|[Aa]=")
"""What `_SAYS` needs, found faster."""
_SAYS = re.compile(
    r"(?:^|[\s,])(?:authenticated(?=[ :=,]|$)|auth: |smtp.auth[ :]|user=|a=|authid[:=]|authenticated_id[:=]|account )",
    re.IGNORECASE,
)


def lower(text: str) -> str:
    """The text in lower case, at the same places: left as it is where a letter would become two."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text


def in_comment(comment: str) -> tuple[str, str]:
    """The account and the method in a comment, each "" where it is not said.

    Postfix `Authenticated sender: NAME`, Courier `AUTH: LOGIN NAME, TLS: ...`, Exim `authenticated as NAME` and
    `A=login:NAME`, sendmail `authenticated bits=0` and `user=NAME mech=LOGIN bits=0`, qpsmtpd `smtp-auth username NAME,
    mechanism plain`, Kerio `authenticated user NAME`, CommuniGate Pro `account NAME HELO ...`, and the webmails.
    """
    if not (_MARKS.search(comment) and _SAYS.search(comment[:200])):
        return "", ""
    lowered = lower(comment)
    if lowered.startswith(("auth:", "smtp-auth:")):  # Courier
        words = comment.partition(":")[2].partition(",")[0].split(maxsplit=1)
        return (_value(words[1]), words[0]) if len(words) > 1 else ("", " ".join(words) or "AUTH")
    if lowered.startswith("account "):
        return _value(comment[8:]), SMTP_AUTH
    for mark in _BEFORE_NAME:
        found = lowered.find(mark)
        if found >= 0 and (not found or not lowered[found - 1].isalnum()):
            return _named(comment, found, mark)
    pairs = {pair["name"].lower(): pair["value"] for pair in _PAIR.finditer(comment[:400])}
    if "user" in pairs and ("bits=" in lowered or "mech" in pairs):
        return _value(pairs["user"]), pairs.get("mech", SMTP_AUTH)
    if "a" in pairs and ":" in pairs["a"]:  # Exim's log form, A=authenticator:account
        method, _, account = pairs["a"].partition(":")
        return account, method
    return "", _bare(comment, lowered)


def _named(comment: str, found: int, mark: str) -> tuple[str, str]:
    text = comment[found + len(mark) :].strip()
    method = comment[: found + len(mark)].strip(" :=")
    if mark == "authenticated sender:":  # Postfix: all that follows
        return text.strip("<>"), method
    account = _value(text)
    if account.lower() in _MECHANISMS and mark == "authenticated by ":
        return "", account
    mechanism = next((pair["value"] for pair in _PAIR.finditer(text[:400]) if pair["name"] == "mechanism"), "")
    return account, mechanism or (SMTP_AUTH if mark.startswith("smtp") else method)


def _bare(comment: str, lowered: str) -> str:
    """What says that there was an account without its name."""
    if lowered.startswith("authenticated"):
        return comment[:80]
    return "authenticated" if lowered.endswith("encrypted, authenticated") else ""


def _value(text: str) -> str:
    """One name: up to a blank or a comma, quoted strings whole; without angle brackets."""
    text = text.strip()
    if '"' not in text:
        return text.replace(",", " ").partition(" ")[0].strip("<>")
    name, end = "", -1
    for token in lexer.tokenize(text[:400]):
        if end not in (-1, token.start) or token.is_special(","):
            break
        name += text[token.start : token.end]
        end = token.end
    return name.strip("<>")
