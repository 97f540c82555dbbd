"""What went over the net, out of the browser's events: the way of pages, who was really connected to, and nothing that breaks it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.visit.ledger import Exchange
from sabaki.visit.traffic import Traffic

START = 1_790_000_000.0


def asked(id: str, url: str, at: float = 0.0, *, main: bool = True, **more: Any) -> dict[str, Any]:
    frame = "main" if main else "inner"
    request = {"url": url, "method": "GET", "headers": {"A": "b"}}
    times = {"wallTime": START + at, "timestamp": 5 + at}
    return {"requestId": id, "request": request, "type": "Document", "frameId": frame, **times, **more}


def answer(status: int = 200, **headers: str) -> dict[str, Any]:
    return {"status": status, "mimeType": "text/html", "headers": headers, "protocol": "h2"}


def traffic(*events: tuple[str, dict[str, Any]], most: int = 100) -> Traffic:
    made = Traffic(most)
    made.frame = "main"
    for method, parameters in events:
        made.take(method, parameters)
    return made


def exchange(host: str, address: str, at: str) -> Exchange:
    return Exchange(f"2026-09-21T{at}Z", "GET", host, 80, address)


@pytest.mark.parametrize(
    ("reason", "how"),
    [
        ("metaTagRefresh", "meta"),
        ("httpHeaderRefresh", "refresh"),
        ("scriptInitiated", "script"),
        ("formSubmissionPost", "form"),
        ("anchorClick", "script"),
    ],
)
def test_how_a_page_was_led_to(reason: str, how: str) -> None:
    found = traffic(
        ("Network.requestWillBeSent", asked("1", "http://a.test/")),
        (
            "Network.requestWillBeSent",
            asked("1", "http://b.test/", redirectResponse=answer(302, Location="http://b.test/")),
        ),
        ("Network.responseReceived", {"requestId": "1", "response": answer()}),
        ("Network.loadingFinished", {"requestId": "1", "timestamp": 6, "encodedDataLength": 10}),
        ("Page.frameRequestedNavigation", {"frameId": "inner", "reason": "metaTagRefresh"}),
        ("Page.frameRequestedNavigation", {"frameId": "main", "reason": reason}),
        ("Network.requestWillBeSent", asked("2", "http://c.test/")),
    )
    steps = found.steps(())
    assert [(each.url, each.how, each.status) for each in steps] == [
        ("http://a.test/", "start", 302),
        ("http://b.test/", "http", 200),
        ("http://c.test/", how, 0),
    ]
    assert steps[0].location == "http://b.test/"
    assert found.busy


def test_a_frames_document_is_no_step() -> None:
    found = traffic(("Network.requestWillBeSent", asked("1", "http://a.test/", main=False)))
    assert found.steps(()) == ()
    assert len(found.fetched) == 1


def test_the_address_is_the_one_that_was_connected_to_then() -> None:
    found = traffic(
        ("Network.requestWillBeSent", asked("1", "http://a.test/")),
        ("Network.loadingFinished", {"requestId": "1", "timestamp": 6, "encodedDataLength": 1}),
        ("Network.requestWillBeSent", asked("2", "http://A.test./x", 10)),
        ("Network.loadingFinished", {"requestId": "2", "timestamp": 16, "encodedDataLength": 1}),
    )
    at = [exchange("a.test", "192.0.2.1", "14:13:20.100"), exchange("a.test", "192.0.2.2", "14:13:30.200")]
    assert [each.address for each in found.steps(at)] == ["192.0.2.1", "192.0.2.2"]
    assert [each.address for each in found.steps([exchange("b.test", "192.0.2.9", "14:13:20.100")])] == ["", ""]


def test_the_proxys_own_answer_is_none_of_the_servers() -> None:
    found = traffic(
        ("Network.requestWillBeSent", asked("1", "http://a.test/")),
        ("Network.responseReceived", {"requestId": "1", "response": answer(403, **{"Sabaki-Proxy": "refused"})}),
    )
    (page,) = found.pages
    assert (page.ours, page.status, page.error, page.media_type) == (True, 0, "proxy: refused", "")


def test_tls_facts() -> None:
    details = {
        "protocol": "TLS 1.3", "cipher": "AES_128_GCM", "subjectName": "a.test", "issuer": "R3",
        "sanList": ["a.test", 5], "validFrom": 1_790_000_000, "validTo": 1_797_776_000,
    }  # fmt: skip
    found = traffic(
        ("Network.requestWillBeSent", asked("1", "https://a.test/")),
        ("Network.responseReceived", {"requestId": "1", "response": answer() | {"securityDetails": details}}),
    )
    tls = found.steps(())[0].tls
    assert tls is not None
    assert (tls.issuer, tls.names, tls.not_before) == ("R3", ("a.test", "5"), "2026-09-21T14:13:20Z")


def test_more_than_is_kept_is_said_and_does_not_wait_for_ever() -> None:
    events = [("Network.requestWillBeSent", asked(str(number), f"http://a.test/{number}")) for number in range(6)]
    found = traffic(*events, most=5)
    assert found.full
    assert not found.busy
    assert len(found.fetched) == 5


def test_a_page_that_does_not_answer_is_given_up() -> None:
    found = traffic(("Network.requestWillBeSent", asked("1", "http://a.test/")))
    found.give_up()
    found.take("Network.loadingFailed", {"requestId": "1", "timestamp": 9, "errorText": "net::ERR_ABORTED"})
    assert found.pages[0].error == "net::ERR_TIMED_OUT"


def test_resources_by_host() -> None:
    found = traffic(
        ("Network.requestWillBeSent", asked("1", "http://a.test/")),
        ("Network.loadingFinished", {"requestId": "1", "timestamp": 6, "encodedDataLength": 10}),
        ("Network.requestWillBeSent", asked("2", "http://a.test/b", main=False) | {"type": "Image"}),
        ("Network.requestWillBeSent", asked("3", "data:text/plain,x", main=False)),
    )
    made = found.resources([exchange("a.test", "192.0.2.1", "14:13:20.100")], {"10.0.0.1": 3})
    assert [(each.host, each.requests, each.size, each.addresses, each.types, each.refused) for each in made] == [
        ("a.test", 2, 10, ("192.0.2.1",), ("Document", "Image"), 0),
        ("10.0.0.1", 0, 0, (), (), 3),
    ]


_value = st.recursive(
    st.none() | st.text(max_size=5) | st.integers() | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "requestId request response url headers type frameId timestamp wallTime status reason".split()
            ),
            inner,
        )
    ),
    max_leaves=12,
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                "Network.requestWillBeSent Network.responseReceived Network.loadingFinished Network.loadingFailed Page.frameRequestedNavigation X".split()
            ),
            st.dictionaries(
                st.sampled_from("requestId request response type frameId timestamp wallTime reason".split()), _value
            ),
        ),
        max_size=5,
    )
)
def test_no_events_break_it(events: list[tuple[str, Any]]) -> None:
    made = Traffic()
    for method, given_ in events:
        try:
            made.take(method, given_)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError):
            continue  # which Devtools drops with the event
    made.steps(())
    made.resources([], {})
