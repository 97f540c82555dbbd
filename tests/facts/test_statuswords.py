"""What statuses and the browser's errors mean, in words."""

from __future__ import annotations

import pytest

from sabaki.facts import statuswords
from sabaki.model.visit import PageState


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, None),
        (206, None),
        (304, PageState.UNKNOWN),
        (401, PageState.FORBIDDEN),
        (403, PageState.FORBIDDEN),
        (404, PageState.NOT_FOUND),
        (410, PageState.GONE),
        (417, PageState.UNKNOWN),
        (429, PageState.FORBIDDEN),
        (451, PageState.FORBIDDEN),
        (500, PageState.BROKEN),
        (522, PageState.BROKEN),
        (530, PageState.BROKEN),
        (599, PageState.BROKEN),
        (0, PageState.UNKNOWN),
        (-404, PageState.UNKNOWN),
        (77_777, PageState.UNKNOWN),
    ],
)
def test_statuses(status: int, state: PageState | None) -> None:
    meaning = statuswords.of_status(status)
    assert meaning.state is state
    assert meaning.words
    assert meaning.words_ja


def test_not_found_is_not_said_to_be_gone() -> None:
    meaning = statuswords.of_status(404)
    assert "come back" in meaning.words
    assert "復活" in meaning.words_ja


@pytest.mark.parametrize(
    ("error", "state"),
    [
        ("net::ERR_NAME_NOT_RESOLVED", PageState.NO_NAME),
        ("ERR_NAME_NOT_RESOLVED", PageState.NO_NAME),
        ("net::ERR_DNS_TIMED_OUT", PageState.UNREACHABLE),
        ("net::ERR_CONNECTION_REFUSED", PageState.UNREACHABLE),
        ("net::ERR_TIMED_OUT", PageState.UNREACHABLE),
        ("net::ERR_EMPTY_RESPONSE", PageState.UNREACHABLE),
        ("net::ERR_CERT_AUTHORITY_INVALID", PageState.TLS_FAILURE),
        ("net::ERR_CERT_WEAK_KEY", PageState.TLS_FAILURE),
        ("net::ERR_SSL_PROTOCOL_ERROR", PageState.TLS_FAILURE),
        ("net::ERR_HTTP2_PROTOCOL_ERROR", PageState.BROKEN),
        ("net::ERR_TOO_MANY_REDIRECTS", PageState.UNKNOWN),
        ("net::ERR_BLOCKED_BY_CLIENT", PageState.REFUSED),
        ("net::ERR_PROXY_CONNECTION_FAILED", PageState.UNKNOWN),
        ("net::ERR_SOCKS_CONNECTION_HOST_UNREACHABLE", PageState.UNKNOWN),
        ("net::ERR_OF_NO_KNOWN_KIND", PageState.UNKNOWN),
        ("", PageState.UNKNOWN),
    ],
)
def test_errors(error: str, state: PageState) -> None:
    meaning = statuswords.of_error(error)
    assert meaning.state is state
    assert meaning.words
    assert meaning.words_ja


def test_an_unknown_error_is_named_but_not_at_any_length() -> None:
    assert "ERR" not in statuswords.of_error("net::ERR_STRANGE").words
    assert "STRANGE" in statuswords.of_error("net::ERR_STRANGE").words
    assert len(statuswords.of_error("x" * 100_000).words) < 200
