"""The links of a mail: gathered from text and markup, each once, and what is noteworthy in where they lead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Protocol

import msgspec

from sabaki.facts import hosttraits, linkhosts, lookalikes, readings, recipienttrace, wrappers
from sabaki.mail import urls
from sabaki.mail.domains import has_known_suffix, organizational_domain, registrable_domain, to_ascii
from sabaki.mail.html import Html
from sabaki.mail.limits import Budget
from sabaki.model.case import Recipients, Vantage
from sabaki.model.file import Link
from sabaki.model.observable import EmailAddr, Url, UrlTrait

_SHOWN_HOST = re.compile(
    r"(?i)^(?:[a-z]{3,6}://)?(?:www\.)?([a-z0-9](?:[a-z0-9-]{0,62}\.){1,8}[a-z0-9-]{2,24})\.?(?:[:/?#]\S{0,2000})?$"
)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{24,}")
_CMS_PATH = re.compile(
    r"(?i)/(?:wp-content|wp-includes|wp-admin|wp-snapshots|administrator|phpmyadmin|vendor/phpunit|"
    r"components/com_|modules/mod_|sites/default/files|app/etc|includes/js|\.well-known/(?!acme|openid|change)[a-z0-9._-]{1,60}/)"
)
_SHOWN_FILES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".css", ".js", ".ico", ".pdf")
_RUNNABLE = frozenset(
    "exe scr com pif bat cmd msi msix jar js jse vbs vbe wsf wsh hta ps1 lnk iso img vhd vhdx apk dmg pkg xll chm cpl reg "
    "docm xlsm pptm one zip rar 7z gz tar cab ace arj html htm shtml".split()
)
_PAGES = frozenset({"html", "htm", "shtml", "com"})
_DOCUMENTS = frozenset("pdf doc docx xls xlsx ppt pptx jpg jpeg png gif txt csv".split())
_FILE_ENDINGS = frozenset("ai bat com exe js md pl ps py rs sh zip".split()) - {"com"}


class BrandLike(Protocol):
    """What is needed of a brand: its name, and its own registrable domains."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def domains(self) -> tuple[str, ...]: ...  # noqa: D102


def collect(
    texts: Sequence[tuple[str, str]],
    pages: Sequence[tuple[str, Html]],
    subject: str,
    budget: Budget,
    given: Sequence[Link] = (),
) -> tuple[Url, ...]:
    """Every link of a mail once: those that can be clicked first, in the order of the document, then the rest.

    `texts` are the plain-text bodies and `pages` what was read from the HTML bodies, each with its part's path. What
    the plain alternative repeats of the HTML is not doubled. Where a page names several bases a relative link is read
    under each: programs differ in which of them counts. A path with a colon names another reading of its part
    (`readings`); what stands before or behind the parts has the source "preamble" or "epilogue". Behind a link that a gateway or redirector wrapped
    follows the one inside it (source "unwrapped"). `given` are links that the reader of a file found. Budget: `urls`.
    """
    gathered = _Gathered(budget)
    for given_link in given:
        gathered.add(given_link.raw, given_link.source, given_link.text, clickable=given_link.clickable)
    for path, page in pages:
        unshown = path.rpartition(":")[2] in readings.MARGINS
        for link in page.links:
            for base in page.bases or ("",):
                gathered.add(link.raw, link.source, link.text, clickable=link.clickable and not unshown, base=base)
        said = "\n".join(link.text for link in page.links if link.text)
        for found in urls.find(page.text):
            if found.raw not in said:
                gathered.add(found.raw, "text", "", clickable=not unshown and not _defanged(found.raw))
    for path, text in texts:
        margin = path.rpartition(":")[2]
        unshown = margin in readings.MARGINS
        for found in urls.find(text):
            source = margin if unshown else "text"
            gathered.add(found.raw, source, "", clickable=not unshown and not _defanged(found.raw))
    for found in urls.find(subject):
        gathered.add(found.raw, "subject", "", clickable=False)
    return gathered.result()


def _defanged(raw: str) -> bool:
    """Whether nobody opens a URL in plain text by mistake: who warns writes "hxxp", and mail programs look for "://"."""
    if raw[:4].lower() in ("hxxp", "hxtp", "httx") or "[.]" in raw or "[dot]" in raw or "[:" in raw[:8]:
        return True
    return ":/" in raw[:8] and "://" not in raw[:9]


class _Gathered:
    """Links by where they lead; one entry for each address that a person is shown for it."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._entries: dict[str, dict[str, Url]] = {}
        self._parsed: dict[tuple[str, str], Url | None] = {}

    def add(self, raw: str, source: str, text: str, *, clickable: bool, base: str = "") -> None:
        """Add one link, or what is new of it to the entry that it has."""
        key = (raw, base)
        if key not in self._parsed:
            if not self._budget.spend("urls"):
                return
            self._parsed[key] = urls.parse(raw, source, base=base)
        url = self._parsed[key]
        if url is None:
            return
        clickable = clickable and url.clickable
        entries = self._entries.setdefault(url.value or url.raw, {})
        shown = shown_host(text)
        known = next((host for host in (shown, "") if host in entries), None) if shown else next(iter(entries), None)
        if known is None:
            entries[shown] = msgspec.structs.replace(url, source=source, text=text, clickable=clickable)
            return
        entry = entries.pop(known)
        if clickable and not entry.clickable:
            entry = msgspec.structs.replace(entry, source=source, clickable=True)
        if text and (not entry.text or (shown and not known)):
            entry = msgspec.structs.replace(entry, text=text)
        entries[shown or known] = entry

    def result(self) -> tuple[Url, ...]:
        """The links, what can be clicked first, wrapped ones followed by what they wrap."""
        every = list(chain.from_iterable(entries.values() for entries in self._entries.values()))
        every.sort(key=lambda url: not url.clickable)
        return tuple(chain.from_iterable(self._with_inner(url) for url in every))

    def _with_inner(self, url: Url) -> Iterator[Url]:
        yield url
        for _ in range(wrappers.MOST_NESTED):
            found = wrappers.inside(url)
            if found is None or not found.target:
                return
            # Whether a site forwards to an address that it carries is not known, unless forwarding is its trade.
            follows = url.clickable and (found.kind != "embedded_url" or bool(found.service))
            inner = urls.parse(found.target, "unwrapped", url.text, clickable=follows)
            if inner is None or not inner.host or inner.value in self._entries or not self._budget.spend("urls"):
                return
            yield inner
            self._entries[inner.value] = {}
            url = inner


@lru_cache(maxsize=1_024)
def shown_host(text: str) -> str:
    """The host that the text of a link shows, where that text is an address or begins with one; "" otherwise.

    "https://www.example.jp/login", "example.co.jp", but neither a mail address nor a file name.
    """
    text = text[:2_000].strip(" <>[]()「」【】\u3000")
    if ("." not in text and "\u3002" not in text) or "@" in text[:64]:
        return ""
    found = next(iter(urls.find(text)), None)
    if found is not None and found.start <= 3:
        url = urls.parse(found.raw, "text")
        return url.host if url else ""
    match = _SHOWN_HOST.match(text)
    host = match[1].lower() if match else ""
    return host if host and has_known_suffix(host) and host.rpartition(".")[2] not in _FILE_ENDINGS else ""


def dissect(
    url: Url, vantage: Vantage, recipients: Recipients, brand_in_host: Callable[[str], BrandLike | None] | None = None
) -> Url:
    """The link with its traits. `brand_in_host` says which known brand a host carries in its name, if any."""
    if not url.host:
        return msgspec.structs.replace(url, traits=tuple(_without_host(url)))
    addresses, mine, bait = _victim(vantage, recipients.delivered_to[:8], recipients.to[:8], recipients.cc[:4])
    traits = [
        *hosttraits.of(url),
        *_own_domain(url, mine, bait),
        *_trace(url, addresses),
        *_brand(url, brand_in_host),
        *_forwarding(url),
        *_mismatch(url),
        *_target(url),
    ]
    return msgspec.structs.replace(url, traits=tuple(traits))


def _without_host(url: Url) -> Iterator[UrlTrait]:
    script = url.scheme in ("javascript", "vbscript")
    if url.scheme in ("data", "blob") or (script and len(url.value) > 25 and "void(" not in url.value):
        yield UrlTrait("data_uri", url.value[:100], "path")


@lru_cache(maxsize=64)
def _victim(
    vantage: Vantage, *fields: tuple[EmailAddr, ...]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The recipients' addresses, the domains that are the reader's, and with them those of the recipients."""
    boxes = tuple(chain.from_iterable(fields))
    addresses = tuple(dict.fromkeys((*(box.address for box in boxes), *(vantage.mailboxes or ())[:20])))
    mine = tuple(to_ascii(domain).strip(".") for domain in (*vantage.own_domains, *vantage.inferred_domains))
    bait = tuple(dict.fromkeys((*mine, *(to_ascii(box.domain) for box in boxes[:8]))))
    return (
        addresses,
        tuple(domain for domain in mine if "." in domain),
        tuple(domain for domain in bait if "." in domain),
    )


def _own_domain(url: Url, mine: tuple[str, ...], bait: tuple[str, ...]) -> Iterator[UrlTrait]:
    if any(_same_site(url.host, domain) for domain in mine):
        return
    domain = _in_host(url.host, url.registrable_domain or "", bait)
    if domain:
        yield UrlTrait("own_domain_subdomain", domain, "host")
    for domain in mine:
        for where, text in (
            ("userinfo", url.userinfo),
            ("path", url.path),
            ("query", url.query),
            ("fragment", url.fragment),
        ):
            if domain in text and _stands_alone(text, domain):
                yield UrlTrait("own_domain_in_path", domain, where)
                break
        # The same name under another suffix is usually the same company's.
        reason = None if url.ip else lookalikes.resembles(url.host, domain)
        if reason in ("confusable", "one_letter"):
            yield UrlTrait("lookalike_host", f"{domain} ({reason})", "host")


@lru_cache(maxsize=4_096)
def _in_host(host: str, registrable: str, domains: tuple[str, ...]) -> str:
    """The first of the domains that stands in a host which is not under it, its dots kept or turned into hyphens."""
    front = f".{host[: -len(registrable)].strip('.')}." if registrable else ""
    hyphened = f".{host}.".replace("-", ".")
    for domain in domains:
        if _same_site(host, domain):
            continue
        kept = f".{domain}." in front.replace(f"-{domain}", f".{domain}").replace(f"{domain}-", f"{domain}.")
        if kept or (f".{domain}." in hyphened and domain.replace(".", "-") in host):
            return domain
    return ""


def _same_site(host: str, domain: str) -> bool:
    return (
        host == domain or host.endswith(f".{domain}") or registrable_domain(host) == (registrable_domain(domain) or 0)
    )


def _stands_alone(text: str, domain: str) -> bool:
    """Whether the domain stands in the text by itself, not as the tail of an address or of a longer name."""
    position = text.find(domain)
    before = text[max(0, position - 3) : position].lower()
    after = text[position + len(domain) : position + len(domain) + 1]
    if before.endswith(("@", "%40")) or before[-1:].isalnum() or before[-1:] in ("-", "."):
        return before.lower().endswith(("%2f", "%3d"))
    return not (after.isalnum() or after in ("-", "."))


def _trace(url: Url, addresses: tuple[str, ...]) -> Iterator[UrlTrait]:
    found = recipienttrace.find(url, addresses)
    if found:
        yield found
    elif token := _token(url):
        yield token


def _token(url: Url) -> UrlTrait | None:
    """A long run of mixed letters and digits: a token that may stand for the recipient."""
    for where, text in (("path", url.path), ("query", url.query), ("fragment", url.fragment)):
        for token in _TOKEN.findall(text) if len(text) >= 24 else ():
            digits = sum(character.isdigit() for character in token)
            if digits >= 3 and len(token) - digits >= 5:
                return UrlTrait("token_in_url", token[:40], where)
    return None


def _brand(url: Url, brand_in_host: Callable[[str], BrandLike | None] | None) -> Iterator[UrlTrait]:
    if brand_in_host is None or url.ip:
        return
    brand = brand_in_host(url.host)
    if brand is None and (reading := lookalikes.plain(url.host_unicode)) != url.host:
        brand = brand_in_host(reading)
    if brand is None or url.registrable_domain in brand.domains or organizational_domain(url.host) in brand.domains:
        return
    for domain in brand.domains:
        if lookalikes.resembles(url.host, domain) in ("confusable", "one_letter"):
            yield UrlTrait("lookalike_host", domain, "host")
            return
    yield UrlTrait("brand_in_host", brand.name, "host")


def _forwarding(url: Url) -> Iterator[UrlTrait]:
    """Links that lead on to another place: wrapped by a gateway, through a redirector, or with a URL inside."""
    found = wrappers.inside(url)
    if found is None:
        return
    if found.kind == "wrapped":
        known = found.target[:300] or f"the target is not in the link{', only ' if found.hint else ''}{found.hint}"
        yield UrlTrait("wrapped", f"{found.service}: {known}", "query" if url.query else "path")
    elif not found.target or not _same_owner(url, found.target):
        yield UrlTrait(found.kind, found.target[:300] or found.service, _where(url, found.target))


def _where(url: Url, target: str) -> str:
    """The component in which the inner URL stands, told by its host."""
    host = target.partition("://")[2].partition("/")[0][:40]
    if not url.query or (host and host in url.path):
        return "path" if url.path != "/" else "fragment" if url.fragment else "host"
    return "query"


def _same_owner(url: Url, target: str) -> bool:
    inner = urls.parse(target, "text")
    return inner is not None and inner.registrable_domain == url.registrable_domain


def _mismatch(url: Url) -> Iterator[UrlTrait]:
    shown = shown_host(url.text) if url.text else ""
    if not shown or url.host == shown:
        return
    named, target = organizational_domain(shown) or shown, organizational_domain(url.host) or url.host
    if registrable_domain(shown) == url.registrable_domain and named == target:
        return
    between = linkhosts.gateway(url) or linkhosts.tracker(url.host) or linkhosts.redirector(url)
    yield UrlTrait("text_mismatch", shown, "tracker" if between else "text")


def _target(url: Url) -> Iterator[UrlTrait]:
    """What the path says of the page or file behind the link."""
    if url.scheme == "http" and url.clickable:
        yield UrlTrait("http_only", "", "scheme")
    path = url.path.lower()
    if len(path) < 4:
        return
    inner = _CMS_PATH.search(path)
    if inner and not path.endswith(_SHOWN_FILES):
        yield UrlTrait("cms_path", inner[0], "path")
    endings = path.rstrip("/").rpartition("/")[2].split(".")
    if len(endings) < 2 or endings[-1] not in _RUNNABLE:
        return
    doubled = len(endings) > 2 and endings[-2] in _DOCUMENTS
    if doubled or endings[-1] not in _PAGES:
        yield UrlTrait("download", "." + ".".join(endings[-2:] if doubled else endings[-1:]), "path")
