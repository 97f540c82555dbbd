from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sabaki.model.finding import State
from sabaki.model.visit import PageState
from sabaki.model.watch import Page
from sabaki.sources.source import Failed, Response
from sabaki.watch import page

URL = "http://a.example/x"


class Answers:
    """Stands in for the way out; tests/watch/test_cage.py looks at real servers."""

    def __init__(self, *answers: Response | Failed) -> None:
        self.answers, self.asked = list(answers), []  # type: ignore[var-annotated]

    async def fetch(self, url: str, **given: Any) -> Response:
        self.asked.append((url, given))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Failed):
            raise answer
        return answer


def looked(*answers: Response | Failed, url: str = URL) -> Page:
    return asyncio.run(page.look(url, Answers(*answers)))  # type: ignore[arg-type]


def html(body: str, status: int = 200, **headers: str) -> Response:
    return Response(status, {"content-type": "text/html; charset=utf-8", **headers}, body.encode(), URL)


def test_what_a_page_shows_and_asks() -> None:
    found = looked(html("<title>ログイン</title><p>会員</p><input type=password><input type=email>", server="nginx"))
    assert (found.state, found.status, found.title, found.server) == (PageState.ALIVE, 200, "ログイン", "nginx")
    assert found.asks == ("password", "email")
    assert (found.size > 0, len(found.sha256)) == (True, 64)


@pytest.mark.parametrize(
    ("status", "state"),
    [(404, PageState.NOT_FOUND), (403, PageState.FORBIDDEN), (500, PageState.BROKEN), (410, PageState.GONE)],
)
def test_states(status: int, state: PageState) -> None:
    assert looked(html("<p>no</p>", status)).state is state


def test_redirects_are_followed_here_and_counted() -> None:
    out = Answers(html("", 302, location="https://b.example/y"), html("<title>b</title><p>b</p>"))
    found = asyncio.run(page.look(URL, out))  # type: ignore[arg-type]
    assert (found.url, found.redirects) == ("https://b.example/y", 1)
    assert all(given["redirects"] == -1 and given["most"] == 200_000 for _, given in out.asked)
    assert all("sabaki" not in given["headers"]["User-Agent"] for _, given in out.asked)


@pytest.mark.parametrize(
    "to", ["javascript:alert(1)", "file:///etc/passwd", "http://user:word@b.example/", "", "http://", "\x00"]
)
def test_redirects_that_are_not_followed(to: str) -> None:
    out = Answers(html("", 302, location=to), html("<title>never</title>"))
    assert asyncio.run(page.look(URL, out)).title == ""  # type: ignore[arg-type]


def test_a_chain_ends() -> None:
    out = Answers(html("", 302, location="/x"))
    found = asyncio.run(page.look(URL, out))  # type: ignore[arg-type]
    assert (found.status, len(out.asked)) == (302, 11)


def test_where_we_may_not_go_and_what_is_not_believed() -> None:
    refused = Failed(State.PERMERROR, "not connected to a.example: not globally routable", "")
    assert looked(refused).state is PageState.REFUSED
    broken = Failed(State.TEMPERROR, "a.example: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "")
    assert looked(broken).state is PageState.TLS_FAILURE


def test_no_answer_is_for_others_to_judge() -> None:
    with pytest.raises(Failed):
        looked(Failed(State.TEMPERROR, "no answer from a.example within 12 s", ""))


def test_what_is_no_page() -> None:
    found = looked(Response(200, {"content-type": "application/zip"}, b"PK\x03\x04<title>x</title>", URL))
    assert (found.state, found.title) == (PageState.ALIVE, "")


def test_hostile_pages() -> None:
    for body in ("<title>" * 20_000, "<div>" * 30_000, "\x1b[2J\u202e" * 10_000, "<form><input" * 10_000):
        found = looked(html(body))
        assert len(found.title) <= 300
