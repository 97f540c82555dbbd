"""The grammar of an SPF record (RFC 7208 section 12) and of the macros in it (section 7)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

import msgspec

_VERSION = re.compile(r"v=spf1(?: |\Z)", re.IGNORECASE)
_PRINTABLE = re.compile(r"[ -~]*+\Z")
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9._-]*+)=")
_MECHANISM = re.compile(r"([-+?~]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?=[:/]|\Z)", re.IGNORECASE)
_CIDR = re.compile(r"(?:/([0-9]{1,4}))?(?://([0-9]{1,4}))?\Z")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,2}")
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IP4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
# Section 7.1. "c", "r" and "t" are for explanations only, which are not asked for.
_MACRO = re.compile(r"%(?:([%_-])|\{([SLODIPHVslodiphv])([0-9]*+)([Rr]?)([-.+,/_=]*+)\})")
_TOP_LABEL = re.compile(r"\.(?:[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*|[A-Za-z0-9]+-[A-Za-z0-9-]*[A-Za-z0-9])\.?\Z")
_LONGEST_LABEL = 70
_ESCAPES = {"%": "%", "_": " ", "-": "%20"}
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_LONGEST_NAME = 253
_LONGEST_SPEC = 500
"""Characters of a domain-spec. The grammar sets no bound; what is longer than the longest name twice over is no one's policy."""


class Faulty(Exception):
    """The record does not follow the grammar; the message is the term in which it does not, "" for characters that no term may hold."""


class Term(msgspec.Struct, frozen=True):
    """A mechanism. `text` is how it is written, `spec` its domain-spec with macros, "" for the domain itself.

    `network` is that of "ip4" and "ip6", `prefix4` and `prefix6` the lengths that "a" and "mx" widen addresses to, in bits.
    """

    text: str
    qualifier: str
    name: str
    spec: str = ""
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None = None
    prefix4: int = 32
    prefix6: int = 128


class Policy(msgspec.Struct, frozen=True):
    """A record. `terms` are its mechanisms in order, as far as "all", behind which nothing counts.

    `redirect` is the domain-spec of the modifier, "" where there is none or where "all" makes it void (section 6.1).
    """

    text: str
    terms: tuple[Term, ...]
    redirect: str = ""


def is_policy(text: str) -> bool:
    """Whether a TXT record is an SPF record of this version (section 4.5)."""
    return _VERSION.match(text) is not None


def parse(text: str) -> Policy:
    """Read a record. Raises Faulty: a syntax error anywhere makes all of it void (section 4.6)."""
    if not _PRINTABLE.match(text):
        raise Faulty("")
    terms: list[Term] = []
    modifiers: dict[str, str] = {}
    for written in filter(None, text[len("v=spf1") :].split(" ")):
        modifier = _MODIFIER.match(written)
        if modifier is None:
            terms.append(_mechanism(written))
            continue
        name, value = modifier[1].lower(), written[modifier.end() :]
        if name not in ("redirect", "exp"):
            _check_macros(value, written)
            continue
        if name in modifiers:
            raise Faulty(written)
        modifiers[name] = _domain_spec(value, written)
    last = next((index for index, term in enumerate(terms) if term.name == "all"), None)
    if last is None:
        return Policy(text, tuple(terms), modifiers.get("redirect", ""))
    return Policy(text, tuple(terms[: last + 1]))


def _mechanism(written: str) -> Term:
    found = _MECHANISM.match(written)
    if found is None:
        raise Faulty(written)
    qualifier, name, rest = found[1] or "+", found[2].lower(), written[found.end() :]
    if name in ("ip4", "ip6"):
        return Term(written, qualifier, name, network=_network(rest, name, written))
    if name in ("a", "mx"):
        cidr = _CIDR.search(rest)
        assert cidr is not None, "the pattern fits at the end of anything"
        spec = rest[: cidr.start()]
        return Term(
            written,
            qualifier,
            name,
            _domain_spec(spec[1:], written) if spec else "",
            prefix4=_prefix(cidr[1], 32, written),
            prefix6=_prefix(cidr[2], 128, written),
        )
    if (name == "all" and rest) or (name in ("include", "exists") and not rest) or rest.startswith("/"):
        raise Faulty(written)
    return Term(written, qualifier, name, _domain_spec(rest[1:], written) if rest else "")


def _network(rest: str, name: str, written: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    address, slash, length = rest.removeprefix(":").partition("/")
    # A zone index ("%eth0") is Python's, not RFC 4291's.
    fits = _IP4.fullmatch(address) if name == "ip4" else ":" in address and "%" not in address and len(address) < 64
    if not fits or not rest.startswith(":"):
        raise Faulty(written)
    longest = 32 if name == "ip4" else 128
    prefix = _prefix(length if slash else None, longest, written)
    try:
        return ipaddress.ip_network((address, prefix), strict=False)
    except ValueError as error:
        raise Faulty(written) from error


def _prefix(digits: str | None, longest: int, written: str) -> int:
    if digits is None:
        return longest
    if not _NUMBER.fullmatch(digits) or int(digits) > longest:
        raise Faulty(written)
    return int(digits)


def _domain_spec(spec: str, written: str) -> str:
    """A domain-spec: macros and letters that end in a top label or in a macro."""
    if len(spec) > _LONGEST_SPEC:
        raise Faulty(written)
    _check_macros(spec, written)
    ends_in_macro = any(found.end() == len(spec) for found in _MACRO.finditer(spec))
    if not (ends_in_macro or _TOP_LABEL.search(spec[-_LONGEST_LABEL:])):
        raise Faulty(written)
    return spec


def _check_macros(text: str, written: str) -> None:
    if " " in text or "%" in _MACRO.sub("", text):
        raise Faulty(written)
    if any(digits and not digits.strip("0") for _, _, digits, _, _ in _MACRO.findall(text)):
        raise Faulty(written)


def letters(spec: str) -> frozenset[str]:
    """The macro letters in a domain-spec, in lower case."""
    return frozenset(found[2].lower() for found in _MACRO.finditer(spec) if found[2])


def last_letter(spec: str) -> str:
    """The macro letter that a domain-spec ends with: who chooses it chooses the domain. "" where a name stands there."""
    found = list(_MACRO.finditer(spec))
    return found[-1][2].lower() if found and found[-1].end() == len(spec) and found[-1][2] else ""


def expand(spec: str, value: Callable[[str], str]) -> str:
    """The name that a domain-spec stands for; `value` gives that of a macro letter (section 7.3).

    Where it is longer than the DNS allows, labels are left out from the left.
    """

    def one(found: re.Match[str]) -> str:
        escape, letter, digits, reverse, delimiters = found.groups()
        return _ESCAPES[escape] if escape else _transformed(value(letter.lower()), letter, digits, reverse, delimiters)

    name = _MACRO.sub(one, spec).removesuffix(".")
    if len(name) <= _LONGEST_NAME:
        return name
    first, _, rest = name[-_LONGEST_NAME - 1 :].partition(".")
    return rest or first


def _transformed(value: str, letter: str, digits: str, reverse: str, delimiters: str) -> str:
    pieces = re.split(f"[{re.escape(delimiters or '.')}]", value)
    if reverse:
        pieces.reverse()
    kept = digits.lstrip("0")
    if kept and len(kept) <= 3:  # no name has a thousand labels
        pieces = pieces[-int(kept) :]
    joined = ".".join(pieces)
    return joined if letter.islower() else "".join(map(_escaped, joined))


def _escaped(character: str) -> str:
    if character in _UNRESERVED:
        return character
    return "".join(f"%{octet:02X}" for octet in character.encode("utf-8", "replace"))
