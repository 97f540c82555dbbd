"""A look at a page by HTTP, without a browser: what a plain visitor is answered. Scripts do not run, so it may well see less than a person."""

from __future__ import annotations

from hashlib import sha256

from sabaki.facts import pagestate
from sabaki.mail import charsets, html, urls
from sabaki.mail.limits import Budget, Limits
from sabaki.model.finding import State
from sabaki.model.visit import Form, FormField, PageState, Step
from sabaki.model.watch import Page
from sabaki.sources.source import Egress, Failed, Response

MOST = 200_000
"""Bytes of a page that are read."""
_SECONDS = 12.0
_REDIRECTS = 10
_LONGEST = 300
_URL = 4_000
_AS_A_VISITOR = {
    # Who comes under the name of a tool gets the harmless page.
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "ja,en;q=0.6",
}
_ASKS = {"password": "password", "card": "card_number", "code": "one_time_code", "email": "email", "tel": "phone"}
_LEADING = (301, 302, 303, 307, 308)
_LIMITS = Limits()


async def look(url: str, egress: Egress) -> Page:
    """What stands at the link. Raises Failed where that cannot be said: no connection, no answer in time."""
    steps: list[Step] = []
    at, how = url, "start"
    while True:
        response = await _answer(at, url, egress)
        if isinstance(response, Page):
            return response
        steps.append(Step(url=at[:_URL], how=how, status=response.status))
        target = _target(response, at)
        if not target or len(steps) > _REDIRECTS:
            return _page(url, at, response, tuple(steps))
        at, how = target, "http"


async def _answer(at: str, url: str, egress: Egress) -> Response | Page:
    """One answer; a Page where we may not go there, or where its certificate does not hold."""
    try:
        return await egress.fetch(at, headers=_AS_A_VISITOR, seconds=_SECONDS, most=MOST, redirects=-1, cut=True)
    except Failed as failure:
        reason = failure.reason
        if "SSL" in reason or "certificate verify" in reason:
            return Page(
                state=PageState.TLS_FAILURE,
                url=at[:_URL],
                reason=reason[:_LONGEST],
                reason_ja=failure.reason_ja[:_LONGEST],
            )
        if failure.state is not State.PERMERROR:
            raise
        stands = pagestate.of(pagestate.Seen(asked=url, url=at, failure="refused", failure_reason=reason))
        return Page(state=stands.state, url=at[:_URL], reason=stands.reason, reason_ja=stands.reason_ja)


def _target(response: Response, at: str) -> str:
    """Where a redirect leads, as a browser reads it; "" where it leads nowhere that is fetched."""
    if response.status not in _LEADING:
        return ""
    found = urls.parse(_as_sent(response.headers.get("location", ""))[:_URL], "field", base=at)
    return found.value if found and found.scheme in ("http", "https") and found.host and not found.userinfo else ""


def _as_sent(field: str) -> str:
    """A field's octets as UTF-8, where they are that: so browsers read a Location."""
    try:
        return field.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return field


def _page(asked: str, at: str, response: Response, steps: tuple[Step, ...]) -> Page:
    type = response.headers.get("content-type", "")
    read, source = _read(response.body, type)
    asks = tuple(dict.fromkeys(_ASKS[each] for each in read.forms if each in _ASKS))
    stands = pagestate.of(
        pagestate.Seen(
            asked=asked,
            url=at,
            status=response.status,
            steps=steps,
            title=read.title,
            text=read.text[:50_000],
            forms=(Form(action="", fields=tuple(FormField(asks=each) for each in asks)),) if asks else (),
            images=("",) * min(read.images, 5),
            server=response.headers.get("server", "")[:_LONGEST],
            content_type=type[:_LONGEST],
            source=source,
        )
    )
    return Page(
        state=stands.state,
        url=at[:_URL],
        status=response.status,
        title=read.title[:_LONGEST],
        server=response.headers.get("server", "")[:_LONGEST],
        redirects=len(steps) - 1,
        sha256=sha256(response.body).hexdigest(),
        size=len(response.body),
        asks=asks,
        reason=stands.reason[:_LONGEST],
        reason_ja=stands.reason_ja[:_LONGEST],
    )


def _read(body: bytes, type: str) -> tuple[html.Html, str]:
    """The page as a person reads it, and its markup; nothing of what is no page."""
    kind, _, rest = type.partition(";")
    if kind.strip().lower() not in ("", "text/html", "application/xhtml+xml", "text/plain"):
        return html.Html(text=f"[{kind.strip()[:80]}]" if body else ""), ""
    label = rest.partition("charset=")[2].partition(";")[0].strip(" \"'") or None
    markup = charsets.decode(body, label).text
    return html.read(markup, Budget(_LIMITS)), markup
