"""Serving the sites: one server for all of them, told apart by the Host field, over HTTP and TLS; it notes what it is asked."""

from __future__ import annotations

import contextlib
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct, field

_MOST_BODY = 100_000


class Request(Struct, frozen=True):
    """What a site is asked. Field names are in lower case; each parameter has its first value."""

    method: str
    host: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def japanese(self) -> bool:
        return self.fields.get("accept-language", "").lower().startswith("ja")

    @property
    def phone(self) -> bool:
        return any(word in self.fields.get("user-agent", "") for word in ("iPhone", "Android", "Mobile"))


class Answer(Struct, frozen=True):
    """What a site answers. `endless` goes on after the body until the other side hangs up."""

    body: str | bytes = b""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    fields: tuple[tuple[str, str], ...] = ()
    endless: Callable[[], Iterator[bytes]] | None = None


Site = Callable[[Request], Answer]


def sent_to(url: str, status: int = 302) -> Answer:
    return Answer("", status, fields=(("Location", url),))


class Served:
    """Running servers: `with Served(sites, address, 80)`; with a certificate (PEM, key included) over TLS."""

    def __init__(self, sites: dict[str, Site], address: str, port: int, certificate: Path | None = None) -> None:
        self.asked: list[Request] = []
        self._server = _Server((address, port), _handler(sites, self.asked))
        if certificate:
            self._server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._server.tls.load_cert_chain(certificate)

    def __enter__(self) -> Served:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    tls: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        """TLS begins in the connection's own thread: who is slow at it keeps nobody else waiting."""
        if self.tls:
            request.settimeout(10)
            request = self.tls.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Browsers hang up and refuse certificates: that is their business."""


def _handler(sites: dict[str, Site], asked: list[Request]) -> type[socketserver.BaseRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 20

        def _serve(self) -> None:
            host = self.headers.get("host", "").partition(":")[0].lower()
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            size = min(int(self.headers.get("content-length", 0) or 0), _MOST_BODY)
            fields = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, host, parts.path, query, fields, self.rfile.read(size))
            asked.append(request)
            site = sites.get(host)
            answer = site(request) if site and parts.path != "/favicon.ico" else Answer("", 404)
            with contextlib.suppress(OSError):
                self._send(answer)

        def _send(self, answer: Answer) -> None:
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.type)
            self.send_header("Connection", "close")
            if answer.endless is None:
                self.send_header("Content-Length", str(len(body)))
            for name, value in answer.fields:
                self.send_header(name, value)
            self.end_headers()
            self.close_connection = True
            self.wfile.write(body)
            for chunk in answer.endless() if answer.endless else ():
                self.wfile.write(chunk)

        do_GET = do_POST = do_HEAD = do_OPTIONS = do_PUT = _serve  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: `asked` has it."""

    return Handler
