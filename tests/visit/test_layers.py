from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest

from sabaki.visit import layers, walls
from tests.visit import escapes

_SWITCHED_OFF = (
    *("unshare", "--user", "--map-current-user", "--keep-caps", "sh", "-c"),
    'echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --inh-caps=-all --ambient-caps=-all -- "$@"',
    "sh",
)
_REQUIRE = """
import json
from sabaki.visit import layers, walls
try:
    layers.require()
    print(json.dumps(["shut", ""]))
except walls.CannotShut as error:
    print(json.dumps([error.reason, error.reason_ja]))
"""


@pytest.fixture(autouse=True)
def _can() -> None:
    if reason := escapes.why_not():
        pytest.skip(reason)


def asked(*prefix: str, path: str = "/usr/bin:/bin:/usr/sbin") -> list[str]:
    """What `require` says as a plain user."""
    python = [f"PATH={path}" if each.startswith("PATH=") else each for each in escapes.plain_python()]
    command = [*escapes.as_plain_user(), *prefix, *python, "-c", _REQUIRE]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found


def test_every_wall_holds_here_and_chromium_has_its_sandbox() -> None:
    found = {layer.id: layer for layer in layers.layers()}
    assert {id for id, layer in found.items() if layer.required and not layer.holds} == set()
    assert list(found) == [
        *("user_namespaces", "bubblewrap", "network", "user", "capabilities", "files", "proxy", "chromium"),
        *("chromium_sandbox", "memory", "processes", "fonts"),
    ]
    assert "Seccomp 2" in found["chromium_sandbox"].reason
    assert all(layer.reason and layer.reason_ja for layer in found.values())


def test_they_hold_for_a_plain_user() -> None:
    assert asked() == ["shut", ""]


def test_without_bubblewrap(tmp_path: Path) -> None:
    reason, reason_ja = asked(path=str(tmp_path))
    assert "bwrap is not there: install the package bubblewrap" in reason
    assert "bubblewrap をインストール" in reason_ja


def test_with_user_namespaces_switched_off() -> None:
    reason, reason_ja = asked(*_SWITCHED_OFF)
    assert "user namespaces are switched off (user/max_user_namespaces is 0)" in reason
    assert "ユーザー名前空間が無効" in reason_ja


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'bwrap: No permissions to create new namespace' >&2; exit 1", "No permissions to create new namespace"),
        ("exit 0", "it says nothing"),
    ],
)
def test_with_a_bubblewrap_that_cannot(tmp_path: Path, script: str, said: str) -> None:
    folder = Path("/tmp") / f"stub-{tmp_path.name}-{os.getpid()}"
    folder.mkdir()
    stub = folder / "bwrap"
    stub.write_text(f"#!/bin/sh\n{script}\n")
    stub.chmod(stub.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    folder.chmod(0o755)
    try:
        reason, _ = asked(path=f"{folder}:/usr/bin:/bin")
    finally:
        stub.unlink()
        folder.rmdir()
    assert said in reason


def test_a_bubblewrap_that_puts_up_no_walls_is_found_out(tmp_path: Path) -> None:
    """One that only runs what stands behind the dashes: the probe sees the machine's own network and files."""
    folder = Path("/tmp") / f"open-{tmp_path.name}-{os.getpid()}"
    folder.mkdir()
    stub = folder / "bwrap"
    stub.write_text('#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec setpriv --no-new-privs "$@"\n')
    stub.chmod(0o755)
    folder.chmod(0o755)
    try:
        reason, _ = asked(path=f"{folder}:/usr/bin:/bin")
    finally:
        stub.unlink()
        folder.rmdir()
    assert reason != "shut"


def test_without_chromium(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise walls.CannotShut("Chromium is not installed", "Chromiumがありません")

    monkeypatch.setattr(walls, "browser", missing)
    with pytest.raises(walls.CannotShut, match="Chromium is not installed"):
        layers.require()
    assert {layer.id: layer.holds for layer in layers.layers()}["chromium"] is False


def test_a_chromium_without_its_sandbox_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walls, "FLAGS", (*walls.FLAGS, "--no-sandbox"))
    monkeypatch.setattr(layers, "_SECONDS", 5.0)
    found = {layer.id: layer for layer in layers.layers()}
    assert not found["chromium_sandbox"].holds
