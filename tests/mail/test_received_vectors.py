"""Lines of every software's own form, folded and unfolded, and each field that is read in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.mail.test_received import read

VECTORS = Path(__file__).parent / "received"
FIELDS = (
    "helo reverse_name ip by by_ip via protocol id recipient envelope_from date tls_version tls_cipher auth_account "
    "auth_method dialect unparsed"
).split()


def vectors() -> list[dict[str, Any]]:
    return [vector for path in sorted(VECTORS.glob("*.yml")) for vector in yaml.safe_load(path.read_text("utf-8"))]


@pytest.mark.parametrize("fold", [b" ", b"\r\n\t", b"\r\n        ", b"\n "], ids=["unfolded", "tabs", "blanks", "bare"])
def test_every_vector(fold: bytes) -> None:
    wrong = []
    for vector in vectors():
        line = vector["line"].encode().replace(b" ", fold) if fold != b" " else vector["line"].encode()
        hop = read(b"Received: " + line)
        found = {name: getattr(hop, name) or "" for name in FIELDS} | {"internal": hop.internal}
        expected = {name: vector.get(name, "") for name in FIELDS} | {"internal": vector.get("internal", False)}
        if found != expected:
            different = {name: (found[name], expected[name]) for name in found if found[name] != expected[name]}
            wrong.append((vector["line"], different))
    assert wrong == []


def test_the_vectors_cover_the_dialects() -> None:
    assert len(vectors()) >= 250
    assert len({vector["dialect"] for vector in vectors()}) >= 60
    assert len({vector["line"] for vector in vectors()}) == len(vectors())
