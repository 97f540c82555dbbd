"""What is noteworthy in the host of a URL, whoever it was sent to."""

from __future__ import annotations

import re
from functools import lru_cache

from sabaki.facts import linkhosts, lookalikes
from sabaki.model.observable import Url, UrlTrait

_LONG_HOST = 50
_MANY_LABELS = 4
_MACHINE_NAMED = ("amazonaws.com", "cloudfront.net", "azureedge.net", "akamaized.net", "akamaihd.net", "fastly.net")
_AUTHORITY = re.compile(r"^[\s\x00-\x20]{0,50}[a-zA-Z][a-zA-Z0-9+.\t\r\n-]{0,40}:[/\\\t\r\n]{0,20}([^/?#\\]{0,2000})")
_SEPARATOR = re.compile(r"^[\s\x00-\x20]{0,50}[a-zA-Z]{3,6}:([/\\\t\r\n]{0,20})")
_IDEOGRAPHIC_DOTS = "\u3002\uff0e\uff61"


def of(url: Url) -> list[UrlTrait]:
    """The traits of a URL's host and of how its front part is spelt."""
    traits = list(_by_name(url.host, url.host_unicode, url.registrable_domain, url.public_suffix)) if url.host else []
    if url.ip:
        traits.extend(_ip(url))
    if url.port is not None:
        traits.append(UrlTrait("nonstandard_port", str(url.port), "host"))
    if url.userinfo and url.scheme != "ftp":
        traits.append(UrlTrait("userinfo", url.userinfo[:200], "userinfo"))
    if url.scheme in ("http", "https", "ftp"):
        traits.extend(_spelling(url))
    return traits


@lru_cache(maxsize=8_192)
def _by_name(host: str, shown: str, registrable: str | None, suffix: str) -> tuple[UrlTrait, ...]:
    traits = []
    if "xn--" in host:
        traits.append(UrlTrait("punycode", shown, "host"))
        traits.extend(_scripts(shown))
    services = (
        ("shortener", linkhosts.shortener(host)),
        ("free_hosting", linkhosts.free_hosting(host, suffix)),
        ("tracker", linkhosts.tracker(host)),
        ("risky_tld", linkhosts.risky_top_level(host)),
    )
    traits.extend(UrlTrait(name, service, "host") for name, service in services if service)
    if len(host) >= _LONG_HOST:
        traits.append(UrlTrait("long_host", str(len(host)), "host"))
    if registrable is None:
        return tuple(traits)
    below = host[: -len(registrable)].strip(".")
    labels = below.split(".") if below else []
    if len(labels) - ("www" in labels[:1]) >= _MANY_LABELS:
        traits.append(UrlTrait("many_subdomains", str(len(labels)), "host"))
    known = linkhosts.tracker(host) or linkhosts.wrapper(host) or registrable.endswith(_MACHINE_NAMED)
    jumble = next((label for label in (*labels, registrable.partition(".")[0]) if lookalikes.looks_random(label)), "")
    if jumble and not known and not host.endswith(_MACHINE_NAMED):
        traits.append(UrlTrait("random_host", jumble, "host"))
    return tuple(traits)


def _scripts(shown: str) -> list[UrlTrait]:
    """Mixed alphabets, and names that in all their letters look like an ASCII name."""
    for label in shown.split("."):
        if label.isascii():
            continue
        if lookalikes.is_mixed(label):
            return [UrlTrait("mixed_script", label, "host")]
        if lookalikes.poses_as_latin(label):
            return [UrlTrait("lookalike_host", f"{shown} reads as {lookalikes.plain(shown)}", "host")]
    return []


def _ip(url: Url) -> list[UrlTrait]:
    traits = [UrlTrait("ip_host", url.ip, "host")]
    match = _AUTHORITY.match(url.raw)
    written = match[1].rpartition("@")[2] if match else ""
    name = written if written.startswith("[") else written.partition(":")[0]
    mapped = url.host.startswith("[") and ":" not in url.ip
    if name and (mapped or (not name.startswith("[") and name != url.ip)):
        traits.append(UrlTrait("odd_ip", name[:100], "host"))
    return traits


def _spelling(url: Url) -> list[UrlTrait]:
    """How the front of a URL is spelt, where programs are known to disagree on the host."""
    if url.raw.startswith(f"{url.scheme}://{url.host}"):
        following = url.raw[len(url.scheme) + 3 + len(url.host) :][:1]
        if following in ("", "/", "?", "#", ":"):
            return []
    separator = _SEPARATOR.match(url.raw[:100])
    if separator is None:
        return []
    traits = []
    match = _AUTHORITY.match(url.raw)
    written = match[1] if match else ""
    odd = ""
    if "\\" in separator[1] or (match is not None and url.raw[match.end() : match.end() + 1] == "\\"):
        odd = "backslash"
    elif any(character in separator[1] + written.strip() for character in "\t\r\n"):
        odd = "control character in the host"
    elif separator[1].count("/") != 2:
        odd = "slashes"
    elif "%" in written.rpartition("@")[2]:
        odd = "percent-encoded host"
    elif any("\uff10" <= character <= "\uff5a" for character in written):
        odd = "full-width characters"
    elif lookalikes.has_invisible(written):
        odd = "invisible characters in the host"
    if odd:
        traits.append(UrlTrait("odd_syntax", odd, "host"))
    if any(dot in written for dot in _IDEOGRAPHIC_DOTS):
        traits.append(UrlTrait("idn_dots", written[:100], "host"))
    return traits
