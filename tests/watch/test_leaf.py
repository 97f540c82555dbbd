from __future__ import annotations

import ssl
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sabaki.watch import leaf
from tests.watch.cage import write_certificate


def _der(tmp_path: Path) -> bytes:
    file = tmp_path / "made.pem"
    write_certificate(file, "Test CA", "a.example", "b.example")
    return ssl.PEM_cert_to_DER_cert(file.read_text()[file.read_text().index("-----BEGIN CERT") :])


def test_what_a_certificate_says(tmp_path: Path) -> None:
    found = leaf.read(_der(tmp_path))
    assert (found.issuer, found.names) == ("Test CA", ("a.example", "b.example"))
    assert found.not_before
    assert found.not_after
    assert found.not_before.endswith("Z")
    assert found.not_before < found.not_after
    assert len(found.fingerprint) == 64
    assert found.serial


@given(st.binary(max_size=200))
def test_what_is_none_still_has_a_fingerprint(der: bytes) -> None:
    assert len(leaf.read(der).fingerprint) == 64


def test_a_broken_one_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = _der(tmp_path)
    for at in range(0, len(whole), 3):
        broken = bytearray(whole)
        broken[at] ^= 0xFF
        assert leaf.read(bytes(broken)).fingerprint != leaf.read(whole).fingerprint
