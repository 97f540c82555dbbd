"""DNS over HTTPS (RFC 8484): the question goes to the server that the reader named, inside TLS, and to nobody on the way."""

from __future__ import annotations

import ssl
import threading
import time
from functools import cache

import dns.message
import httpcore

_TYPE = b"application/dns-message"
_MOST = 65_535
"""Bytes of an answer (RFC 8484 section 6)."""
_OPEN = threading.Lock()


def exchange(query: dns.message.Message, url: str, seconds: float) -> dns.message.Message:
    """Ask by POST (section 4.1). Raises TimeoutError, OSError, or ValueError where what comes back is no answer to this question."""
    query.id = 0  # section 4.1: alike questions make alike requests
    headers = [(b"accept", _TYPE), (b"content-type", _TYPE)]
    until = time.monotonic() + seconds
    limits = dict.fromkeys(("connect", "read", "write", "pool"), seconds)
    try:
        with _pool().stream(
            "POST", url, headers=headers, content=query.to_wire(), extensions={"timeout": limits}
        ) as response:
            if response.status != 200 or _type(response) != _TYPE:
                raise ValueError(f"HTTP {response.status}")
            body = bytearray()
            for chunk in response.iter_stream():
                body += chunk
                if len(body) > _MOST or time.monotonic() > until:
                    raise ValueError("too much, or too slow")
    except (httpcore.TimeoutException, httpcore.PoolTimeout) as error:
        raise TimeoutError from error
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError) as error:
        raise OSError(str(error)) from error
    answer = dns.message.from_wire(bytes(body))
    if not query.is_response(answer):
        raise ValueError("an answer to another question")
    return answer


def _type(response: httpcore.Response) -> bytes:
    found = next((value for name, value in response.headers if name.lower() == b"content-type"), b"")
    return found.partition(b";")[0].strip().lower()


def _pool() -> httpcore.ConnectionPool:
    with _OPEN:
        return _opened()


@cache
def _opened() -> httpcore.ConnectionPool:
    """One for the process: it may be used by many threads, and keeps its connections open."""
    return httpcore.ConnectionPool(ssl_context=httpcore.default_ssl_context(), max_connections=16, keepalive_expiry=30)
