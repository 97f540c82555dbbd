from __future__ import annotations

import os
import subprocess

import msgspec
import pytest

from sabaki.visit import processes
from sabaki.visit.processes import Process

RENDERER = Process(
    9, "renderer", 2, no_new_privs=True, capabilities=0, uid=65_534, threads=10, memory=1_000, filters=2, depth=3
)
BROWSER = Process(8, "", 2, no_new_privs=True, capabilities=0, uid=65_534, threads=10, memory=1_000, filters=1, depth=2)


def test_sees_children_and_their_children() -> None:
    started = subprocess.Popen(["sh", "-c", "sleep 60 & echo; wait"], stdout=subprocess.PIPE)
    try:
        assert started.stdout is not None
        started.stdout.readline()
        (sleeping,) = processes.below(started.pid)
        assert started.pid in {each.pid for each in processes.below(os.getpid())}
        assert (sleeping.kind, sleeping.uid, sleeping.threads) == ("", os.geteuid(), 1)
        assert sleeping.memory > 0
        os.kill(sleeping.pid, 9)
    finally:
        started.kill()
        started.communicate()
    assert processes.below(started.pid) == ()


def test_the_kind_is_what_the_command_line_says() -> None:
    started = subprocess.Popen(["sh", "-c", "exec sh -c 'echo; read x' --type=renderer"], stdin=-1, stdout=-1)
    try:
        assert started.stdout is not None
        started.stdout.readline()
        assert "renderer" in {each.kind for each in processes.below(os.getpid())}
    finally:
        started.kill()
        started.communicate()


def test_a_name_with_brackets_does_not_confuse_it() -> None:
    code = "import ctypes; ctypes.CDLL(None).prctl(15, b'a) R 1 (b', 0, 0, 0); print(flush=True); input()"
    started = subprocess.Popen(["/usr/bin/python3", "-c", code], stdin=-1, stdout=-1)
    try:
        assert started.stdout is not None
        started.stdout.readline()
        assert started.pid in {each.pid for each in processes.below(os.getpid())}
    finally:
        started.kill()
        started.communicate()


def test_renderers_in_chromiums_sandbox() -> None:
    assert processes.sandboxed([BROWSER, RENDERER])


@pytest.mark.parametrize(
    "change",
    [
        {"seccomp": 0},
        {"filters": 1},
        {"depth": 2},
        {"no_new_privs": False},
        {"capabilities": 1},
        {"uid": 0},
        {"kind": "utility"},
    ],
)
def test_renderers_that_are_not(change: dict[str, object]) -> None:
    loose = msgspec.structs.replace(RENDERER, **change)
    assert not processes.sandboxed([BROWSER, loose])
    assert processes.sandboxed([BROWSER, RENDERER, loose]) is (change == {"kind": "utility"})


def test_without_a_renderer_nothing_is_proven() -> None:
    assert not processes.sandboxed([BROWSER])
    assert not processes.sandboxed([])
