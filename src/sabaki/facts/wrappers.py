"""Links inside links: what a mail gateway wrapped, where a redirector leads, which address a URL carries in itself.

Everything is read out of the URL's own characters; nothing is asked of anyone. A service that keeps the target to
itself is named, and it is said that the target is not there.
"""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote, unquote_to_bytes

import msgspec

from sabaki.facts import linkhosts
from sabaki.model.observable import Url

MOST_NESTED = 5
"""How many links inside one another are unwrapped."""

_LONGEST = 8_192
_ABSOLUTE = re.compile(r"(?i)(https?:|ftp:)[/\\]{1,9}(?=[^/\\\s])")
_NAMED = re.compile(r"(?i)(?:www\.)?[a-z0-9](?:[a-z0-9-]{0,62}\.){1,9}[a-z][a-z0-9-]{1,24}(?::\d{2,5})?(?:[/?#]|\Z)")
_HIDDEN = re.compile(
    r"(?i:https?(?::|%(?:25)*3a))|aHR0c|SFRUU|(?i:68747470)|(?i:%(?:25)?68%(?:25)?74)|[?&=/]a1aHR0c", re.ASCII
)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,8192}={0,3}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){12,4096}")
_V3_RUN = re.compile(rb"\*(?:\*([A-Za-z0-9_-]))?")
_RUN_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_CHECK_POINT = re.compile(r"/v[12]/(?:[a-z]\d{1,3}/)?_{2,3}(.{1,8000}?)(?:___\.|___?\Z|\Z)", re.DOTALL)
_STARRED = re.compile(r"\*([0-9A-Fa-f]{2})")
_IN_YAHOO = re.compile(r"(?i)/RU=([^/?#]{1,8000})|/\*{1,2}(http.{1,8000})")
_SIGNED = re.compile(r":[A-Za-z0-9_-]{27}\Z")
_HINTS = ("domain", "d")


class Inner(msgspec.Struct, frozen=True):
    """What a link carries inside.

    `kind` is the trait that says so: "wrapped" (by a mail gateway), "open_redirect" (a well-known site's own) or
    "embedded_url" (any other). `service` names who made it. `target` is the URL inside, "" where it is not in the link;
    `hint` is then what the link still tells of it (a domain).
    """

    kind: str
    service: str
    target: str
    hint: str = ""


def inside(url: Url) -> Inner | None:
    """What the URL carries inside, or None. Only http, https and ftp links are looked at."""
    if not url.host or url.scheme not in ("http", "https", "ftp"):
        return None
    return _inside(url)


def _inside(url: Url) -> Inner | None:
    gateway = linkhosts.gateway(url)
    if gateway is not None:
        return _wrapped(url, *gateway)
    found = linkhosts.redirector(url)
    if found is not None:
        return Inner("open_redirect", found[0], _redirected(url, *found))
    rest = url.value[len(url.scheme) + 3 :].partition("/")[2]
    target = _embedded(url, rest) if _HIDDEN.search(rest) or _is_tracking(url) else ""
    return Inner("embedded_url", linkhosts.tracker(url.host), target) if target else None


def target_behind(url: Url) -> str:
    """The URL that a wrapper or a redirector of a well-known site carries openly inside itself, or ""."""
    found = inside(url)
    return found.target if found and found.kind != "embedded_url" else ""


def _wrapped(url: Url, service: str, parameters: tuple[str, ...]) -> Inner | None:
    values = linkhosts.parameters(url.query)
    target = ""
    if service.startswith("Proofpoint"):
        target = _proofpoint(url)
    elif service.startswith("Check Point"):
        target = _check_point(url)
    target = target or next((found for name in parameters if (found := absolute(values.get(name, ""), named=True))), "")
    target = target or _embedded(url, url.value[len(url.scheme) + 3 :].partition("/")[2])
    if not target and not url.query and len(url.path) < 3:
        return None  # the service's own front page
    hint = "" if target else next((values[name] for name in _HINTS if "." in values.get(name, "")), "")
    return Inner("wrapped", service, target, hint[:253])


def _redirected(url: Url, place: str, parameters: tuple[str, ...]) -> str:
    if place.endswith("/amp"):
        return _amp(url)
    if place == "translate.goog":
        return _translated(url)
    values = linkhosts.parameters(url.query)
    if place.startswith("webcache."):  # "cache:" and a token of its own stand before the URL
        return absolute("http" + values.get("q", "").partition("http")[2])
    for name in parameters:
        if target := absolute(values.get(name, ""), relative=True):
            return _SIGNED.sub("", target) if place.startswith("disq.us") else target
    if parameters:
        return ""
    if "yahoo" in place and (found := _IN_YAHOO.search(url.value)):
        return absolute(found[1] or found[2])
    return _embedded(url, url.value[len(url.scheme) + 3 :].partition("/")[2])


# -- single services


def _proofpoint(url: Url) -> str:
    """URL Defense: version 1 is plain, 2 has "-" for "%" and "_" for "/", 3 keeps odd characters aside in base64."""
    if "/v3/" in url.value:
        written = url.value if "__;" in url.value else unquote(url.value)
        text, end, aside = written.partition("/v3/__")[2].partition("__;")
        return _v3(text, aside.partition("!")[0]) if text and end else ""
    value = linkhosts.parameters(url.query).get("u", "")
    if url.path.startswith("/v2"):
        raw = next((pair[2:] for pair in url.query.split("&")[:50] if pair[:2].lower() == "u="), "")
        value = unquote(raw.replace("-", "%").replace("_", "/"), errors="replace")
    return absolute(value.replace("&amp;", "&"))


def _v3(text: str, aside: str) -> str:
    """Version 3: each "*" is the next octet kept aside, "**" and a letter a run of them (A is 2, B is 3 ...).

    Encoders count octets or characters; which of them is told by what is kept aside: all of it is used up.
    """
    kept = _unbase64(aside)
    runs = [2 + _RUN_LETTERS.index(run) if run else 1 for run in _V3_RUN.findall(text.encode())]
    pieces: list[bytes] = [bytes((octet,)) for octet in kept]
    if sum(runs) != len(kept):
        characters = kept.decode("utf-8", "replace")
        pieces = [character.encode() for character in characters] if sum(runs) <= len(characters) else pieces
    position = 0
    out: list[bytes] = []
    last = 0
    raw = text.encode()
    for match, run in zip(_V3_RUN.finditer(raw), runs, strict=True):
        out.append(raw[last : match.start()])
        out.extend(pieces[position : position + run])
        position += run
        last = match.end()
    out.append(raw[last:])
    return absolute(b"".join(out).decode("utf-8", "replace"))


def _check_point(url: Url) -> str:
    found = _CHECK_POINT.search(url.value)
    if found is None:
        return ""
    text = found[1]
    return absolute(_STARRED.sub(r"%\1", text) if "://" not in text[:9] and "*" in text[:9] else text)


def _amp(url: Url) -> str:
    """What stands behind google.com/amp/: a host and path, "s/" before them for https."""
    rest = url.path.partition("/amp/")[2]
    scheme, rest = ("https", rest[2:]) if rest.startswith("s/") else ("http", rest)
    return f"{scheme}://{rest}" if "." in rest.partition("/")[0] else absolute(rest)


def _translated(url: Url) -> str:
    """Google's translated pages: in the name "-" stands for ".", "--" for "-"; parameters "_x_tr_" are the service's."""
    label = url.host.removesuffix(".translate.goog")
    if label == url.host:
        return ""
    own = linkhosts.parameters(url.query)
    host = own.get("_x_tr_hp", "") + label.replace("--", "\0").replace("-", ".").replace("\0", "-")
    query = "&".join(pair for pair in url.query.split("&") if pair and not pair.startswith("_x_tr_"))
    scheme = "http" if own.get("_x_tr_sch") == "http" else "https"
    return f"{scheme}://{host}{url.path}{'?' if query else ''}{query}" if "." in host else ""


def _is_tracking(url: Url) -> bool:
    """Whether a click counter writes its target without a scheme or inside more wrapping."""
    return url.host.endswith(("pstmrk.it", "mandrillapp.com"))


def _tracked(url: Url) -> str:
    if url.host.endswith("pstmrk.it"):
        scheme, _, rest = url.path.lstrip("/").partition("/")
        written = unquote(rest.partition("/")[0])
        return f"http{'s' * scheme.endswith('s')}://{written}" if _NAMED.match(written) else ""
    octets = _unbase64(linkhosts.parameters(url.query).get("p", ""))
    found = re.search(r'\\?"url\\?":\\?"(https?:[^"]{1,8000}?)\\?"', octets.decode("utf-8", "replace"))
    return found[1].replace("\\", "") if found else ""


# -- anything else


def _embedded(url: Url, rest: str) -> str:
    """The first absolute URL in the query's and fragment's parameters, or in the path."""
    if _is_tracking(url) and (target := _tracked(url)):
        return target
    for text in (url.query, url.fragment):
        if not text or not _HIDDEN.search(text):
            continue
        for pair in (*text.split("&", 100)[:100], text):
            name, equals, value = pair.partition("=")
            for candidate in (value if equals else name, pair) if _HIDDEN.search(pair) else ():
                if target := absolute(candidate.lstrip("!/?*")):
                    return target
    return _in_path(url, rest) if _HIDDEN.search(url.path) else ""


def _in_path(url: Url, rest: str) -> str:
    """An URL in the path: written out it goes on to the end of all; encoded it is one segment."""
    at = re.search(r"(?i)(?:\A|[/*:=_,;])(https?:/)", rest)
    if at:
        return absolute(rest[at.start(1) :])
    for segment in url.path.split("/")[:50]:
        if _HIDDEN.search(segment):
            _, _, after = segment.rpartition("=")
            if target := absolute(segment) or absolute(after):
                return target
    return ""


def absolute(value: str, *, named: bool = False, relative: bool = False) -> str:
    """The absolute URL that a value is, plain or under percent, base64 or hexadecimal encoding up to four times; or "".

    `named` lets a bare host name pass too, `relative` what begins with "//".
    """
    value = value[:_LONGEST].strip()
    for _ in range(5):
        if found := _ABSOLUTE.match(value):
            return f"{found[1]}//{value[found.end() :]}"
        if relative and value.startswith("//"):
            return f"https:{value}"
        decoded = _one_layer(value)
        if not decoded or decoded == value:
            break
        value = decoded.strip()
    return f"http://{value}" if named and _NAMED.match(value) else ""


def _one_layer(value: str) -> str:
    if "%" in value:
        return unquote(value, errors="replace")
    if value.startswith(("aHR0c", "SFRUU", "d3d3L")) and (found := _BASE64.match(value)):
        return _unbase64(found[0]).decode("utf-8", "replace")
    if value.startswith("a1aHR0c"):  # Bing writes its target as "a1" and base64
        return _unbase64(value[2:]).decode("utf-8", "replace")
    if value[:8].lower() == "68747470" and (found := _HEX.match(value)):
        return bytes.fromhex(found[0]).decode("utf-8", "replace")
    return ""


def _unbase64(text: str) -> bytes:
    octets = unquote_to_bytes(text).translate(None, b"= \r\n").replace(b"-", b"+").replace(b"_", b"/")
    octets = octets[: len(octets) - (len(octets) % 4 == 1)]
    try:
        return base64.b64decode(octets + b"=" * (-len(octets) % 4))
    except (ValueError, binascii.Error):
        return b""
