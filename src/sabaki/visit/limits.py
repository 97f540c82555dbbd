"""How much one visit may take, ask and keep. What is over is cut off, and the visit says so."""

from __future__ import annotations

import msgspec


class VisitLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bounds of one visit, all views together. Bytes, seconds, counts."""

    seconds: float = 60.0
    """Wall time of the whole visit."""
    view_seconds: float = 20.0
    """Wall time of one view: loading and looking."""
    settle_seconds: float = 3.0
    """How long a loaded page is watched for what its scripts do next."""
    requests: int = 300
    size: int = 50_000_000
    """Bytes that come in."""
    sent: int = 1_000_000
    """Bytes that go out."""
    redirects: int = 20
    hosts: int = 100
    connections: int = 64
    """Open at once."""
    downloads: int = 10
    download_size: int = 20_000_000
    memory: int = 1_500_000_000
    """Bytes of the browser, all its processes together."""
    processes: int = 60
    text: int = 50_000
    """Characters of text that are kept of a page."""
    dom: int = 5_000_000
    full_height: int = 8_000
    """Pixels of the full screenshot."""
