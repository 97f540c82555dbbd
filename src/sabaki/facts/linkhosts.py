"""What is known about hosts that say nothing of who stands behind a link: shorteners, hosting, trackers, wrappers."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from importlib import resources
from urllib.parse import unquote

import msgspec

from sabaki.mail.domains import is_private_suffix
from sabaki.model.observable import Url


class _Hosts(msgspec.Struct, frozen=True):
    shorteners: frozenset[str]
    page_hosting: frozenset[str]
    file_hosting: frozenset[str]
    trackers: frozenset[str]
    wrappers: dict[str, list[str]]
    wrapper_paths: dict[str, list[str]]
    redirectors: dict[str, list[tuple[str, tuple[str, ...]]]]
    risky: frozenset[str]


@cache
def _hosts() -> _Hosts:
    table = tomllib.loads((resources.files("sabaki.data") / "hosts.toml").read_text("utf-8"))
    redirectors: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for place, parameters in table["redirectors"].items():
        host, slash, path = place.partition("/")
        redirectors.setdefault(host, []).append((slash + path, tuple(parameters)))
    names = {key: frozenset(table[key]) for key in ("shorteners", "page_hosting", "file_hosting", "trackers")}
    return _Hosts(
        wrappers=table["wrappers"],
        wrapper_paths=table["wrapper_paths"],
        redirectors=redirectors,
        risky=frozenset(table["tlds"]["risky"]),
        **names,
    )


def _listed(host: str, names: frozenset[str] | dict[str, list[str]]) -> str:
    """The listed name that a host is or stands below, label by label; "" where there is none."""
    name = host
    while "." in name:
        if name in names:
            return name
        name = name.partition(".")[2]
    return ""


@lru_cache(maxsize=4_096)
def shortener(host: str) -> str:
    """The public shortener that this host is, or ""."""
    return _listed(host.removeprefix("www."), _hosts().shorteners)


@lru_cache(maxsize=4_096)
def free_hosting(host: str, suffix: str) -> str:
    """The service under which anyone can put up a page or file at this host, or "". `suffix` is its public suffix."""
    hosts = _hosts()
    bare = host.removeprefix("www.")
    if is_private_suffix(suffix) and bare != suffix:
        return suffix
    if service := _listed(bare, hosts.file_hosting):
        return service
    service = _listed(bare, hosts.page_hosting)
    return service if service != bare else ""


@lru_cache(maxsize=4_096)
def tracker(host: str) -> str:
    """The bulk mailer whose click counter this host is, or ""."""
    return _listed(host, _hosts().trackers)


@lru_cache(maxsize=4_096)
def wrapper(host: str) -> str:
    """The mail gateway that rewrote links to this host, or ""."""
    return _listed(host, _hosts().wrappers)


def gateway(url: Url) -> tuple[str, tuple[str, ...]] | None:
    """The gateway that wrapped a URL: its service's name, and the parameters that may hold the target; None for none."""
    hosts = _hosts()
    if listed := wrapper(url.host):
        service, *parameters = hosts.wrappers[listed]
        return service, tuple(parameters)
    path = url.path.lower()
    if path.startswith(("/wis/", "/fml", "/safe", "/ever", "/owa/", "/mail/s")):
        for start, (service, *parameters) in hosts.wrapper_paths.items():
            if path.startswith(start):
                return service, tuple(parameters)
    return None


def risky_top_level(host: str) -> str:
    """The top-level domain of a host, if it is abused out of proportion; "" otherwise."""
    top = host.rstrip(".").rpartition(".")[2]
    return top if top in _hosts().risky else ""


def redirector(url: Url) -> tuple[str, tuple[str, ...]] | None:
    """The redirector of a well-known site that a URL uses: its place, and the parameters that may hold the target."""
    for host in _redirector_hosts(url.host, url.public_suffix):
        for path, parameters in _hosts().redirectors[host]:
            if url.path.startswith(path) and (not path or url.path[len(path) : len(path) + 1] in ("", "/")):
                return host + path, parameters
    return None


@lru_cache(maxsize=4_096)
def _redirector_hosts(host: str, suffix: str) -> tuple[str, ...]:
    table = _hosts().redirectors
    bare = host.removeprefix("www.")
    anywhere = f"{bare.removesuffix('.' + suffix)}.*"
    found = [name for name in (bare, anywhere) if name in table]
    while "." in bare:
        bare = bare.partition(".")[2]
        if bare in table and ("", *table[bare][0][1:])[0] == table[bare][0][0]:
            found.append(bare)
    return tuple(dict.fromkeys(found))


def parameters(query: str) -> dict[str, str]:
    """The first value of each parameter in a query, percent-decoded; at most 200 of them."""
    found: dict[str, str] = {}
    for pair in query.split("&", 200)[:200]:
        name, _, value = pair.partition("=")
        found.setdefault(name.lower(), unquote(value, errors="replace"))
    return found
