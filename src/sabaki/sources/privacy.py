"""What stands where a registrant's name would: words of a registry that withholds it, or a service that lends its name."""

from __future__ import annotations

_WORDS_ONLY = frozenset(
    "redacted|private|private person|private customer|private residence|private registration|registration private|not available|not disclosed|not applicable|"
    "n/a|na|none|null|nil|unknown|hidden|confidential|ano nymous|anonymous|masked|withheld|undisclosed|-|--|---|.|x|xx|xxx|xxxx|"
    "非公開|非表示|個人".split("|")
)
_BEGINNINGS = (
    "redacted for",
    "redacted by",
    "redacted due",
    "redacted |",
    "redacted,",
    "redacted (",
    "data redacted",
    "data protected",
    "data not disclosed",
    "not disclosed",
    "not available from",
    "not shown",
    "non-public data",
    "non public data",
    "gdpr masked",
    "gdpr redacted",
    "gdpr protected",
    "statutory masking",
    "masked for privacy",
    "hidden for privacy",
    "hidden upon",
    "hidden by",
    "withheld for privacy reasons",
    "personal data, can not be",
    "personal data can not be",
    "this information is not",
    "please query the rdds",
    "please query the registrar",
    "visit whois",
)
_SERVICES = (
    "domains by proxy",
    "whoisguard",
    "withheld for privacy",
    "privacyguardian",
    "contact privacy",
    "whois privacy",
    "whoisprivacy",
    "privacy protect",
    "privacyprotect",
    "privacy service",
    "privacy customer",
    "perfect privacy",
    "super privacy",
    "domain privacy",
    "privacydotlink",
    "privacy hero",
    "proxy protection",
    "whoisproxy",
    "whois proxy",
    "domain proxy",
    "identity protection service",
    "identity protect limited",
    "domain protection services",
    "domain id shield",
    "anonymize, inc",
    "anonymize inc",
    "1337 services",
    "njalla",
    "see privacy",
    "whois情報公開代行",
    "whois代理公開",
    "代理公開",
)


def _plain(text: str) -> str:
    return " ".join(text[:300].casefold().split())


def is_placeholder(text: str) -> bool:
    """Whether these are words that stand for what is withheld ("REDACTED FOR PRIVACY"), not somebody's name."""
    plain = _plain(text)
    return plain in _WORDS_ONLY or plain.startswith(_BEGINNINGS)


def is_service(text: str) -> bool:
    """Whether this names a privacy or proxy service: the registration is in its name and address, not in the user's."""
    plain = _plain(text)
    return any(name in plain for name in _SERVICES)
