from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import dns.flags
import dns.message
import dns.rrset
import pytest

from sabaki.model.lookup import Answer
from sabaki.protocols import resolver
from sabaki.sources import dns as live
from sabaki.sources import doh
from tests.sources.rdapworld import certificate


class Answering(BaseHTTPRequestHandler):
    """Speaks RFC 8484, or does what the path says instead."""

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["content-length"]))
        query = dns.message.from_wire(content)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        name = query.question[0].name
        if self.path == "/other":
            answer = dns.message.make_response(dns.message.make_query("other.example", "A"))
        else:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "A", "192.0.2.7"))
        body = {"/garbage": b"\xff" * 40, "/huge": b"x" * 200_000}.get(self.path, answer.to_wire())
        self.send_response(500 if self.path == "/broken" else 200)
        self.send_header("Content-Type", "text/html" if self.path == "/page" else "application/dns-message")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        type(self).asked.append((query.id, self.headers["content-type"]))

    asked: list[tuple[int, str]] = []  # noqa: RUF012  # one list for all, on purpose

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    chain = tmp_path / "server.pem"
    chain.write_bytes(certificate())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    serving = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    serving.socket = context.wrap_socket(serving.socket, server_side=True)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    monkeypatch.setattr(doh.httpcore, "default_ssl_context", lambda: ssl.create_default_context(cafile=chain))
    doh._opened.cache_clear()
    Answering.asked = []
    yield f"https://127.0.0.1:{serving.server_address[1]}"
    serving.shutdown()
    serving.server_close()
    doh._opened.cache_clear()


def test_an_answer_over_https(server: str) -> None:
    asked = live.Live([live.server(f"{server}/dns-query")], timeout=5)
    asked.check()
    found = asked.lookup("a.example", "A")
    assert (found.records, found.server) == (("192.0.2.7",), f"{server}/dns-query")
    assert set(Answering.asked) == {(0, "application/dns-message")}


@pytest.mark.parametrize("path", ["/garbage", "/huge", "/broken", "/page", "/other"])
def test_what_is_no_answer_is_a_failure(server: str, path: str) -> None:
    found = live.Live([live.server(f"{server}{path}")], timeout=5).lookup("a.example", "A")
    assert (found.status, found.records, found.detail) == (Answer.TEMPERROR, (), resolver.BROKEN)


def test_a_server_with_a_certificate_of_somebody_else_is_not_believed(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doh.httpcore, "default_ssl_context", ssl.create_default_context)
    doh._opened.cache_clear()
    found = live.Live([live.server(server)], timeout=5).lookup("a.example", "A")
    assert (found.status, found.detail) == (Answer.TEMPERROR, resolver.UNREACHABLE)


@pytest.mark.parametrize(
    "text", ["https://", "https://user@dns.example/", "https://dns.example:x/", "http://dns.example/", "https://[x/"]
)
def test_what_is_no_server(text: str) -> None:
    with pytest.raises(live.NoServer):
        live.server(text)
