"""The cell opens files, survives them, and is shut."""

from __future__ import annotations

import io
import os
import shutil
import signal
import socket
import subprocess
import zipfile
from pathlib import Path

import pytest

from sabaki.files import cell as module
from sabaki.files.cell import Cell, Ended
from sabaki.files.unpack import Unpacked
from sabaki.files.walk import Read, describe
from sabaki.mail.limits import Budget, Limits
from sabaki.model.file import File

NEEDS_BUBBLEWRAP = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def opened(cell: Cell, content: bytes, budget: Budget | None = None) -> tuple[dict[str, File], Ended]:
    file = describe(content, path="2", part="2", name="a.zip")
    *answers, end = list(cell.open(file, content, (), budget or Budget(cell.limits)))
    assert isinstance(end, Ended)
    return {answer.file.path: answer.file for answer in answers if isinstance(answer, Read)}, end


def test_a_file_and_what_is_inside(cell: Cell) -> None:
    files, end = opened(cell, zipped(one=b"hello", two=zipped(deep=b"MZ")))
    assert sorted(files) == ["2", "2/1", "2/2", "2/2/1"]
    assert files["2/2/1"].name == "deep"
    assert end.stopped == ""


def test_the_budget_of_the_caller_goes_on(cell: Cell) -> None:
    budget = Budget(Limits(files=3))
    budget.spend("files", 2)
    files, _ = opened(cell, zipped(a=b"1", b=b"2", c=b"3"), budget)
    assert sorted(files) == ["2", "2/1"] or len(files) == 4
    assert budget.spent("cell_seconds") > 0


def test_limits_come_back() -> None:
    with Cell(Limits(files=2)) as cell:
        budget = Budget(cell.limits)
        files, _ = opened(cell, zipped(a=b"1", b=b"2", c=b"3"), budget)
    assert len(files) == 3
    assert [limit.name for limit in budget.reached] == ["files"]


def test_a_spent_budget_opens_nothing(cell: Cell) -> None:
    budget = Budget(cell.limits)
    budget.settle({"cell_seconds": cell.limits.cell_seconds})
    files, end = opened(cell, zipped(a=b"1"), budget)
    assert files == {}
    assert end.stopped == "seconds"
    assert [limit.name for limit in budget.reached] == ["cell_seconds"]


def test_a_server_that_is_killed_is_started_anew() -> None:
    with Cell() as cell:
        opened(cell, zipped(a=b"1"))
        assert cell._server is not None
        os.killpg(cell._server.pid, signal.SIGKILL)
        cell._server.wait()
        files, end = opened(cell, zipped(a=b"1"))
    assert len(files) == 2
    assert end.stopped == ""


def test_who_stops_listening_does_no_harm() -> None:
    content = zipped(a=b"1", b=b"2")
    with Cell() as cell:
        next(cell.open(describe(content, path="2", part="2"), content, (), Budget()))
        files, _ = opened(cell, content)
    assert len(files) == 3


def test_unpacking(cell: Cell) -> None:
    found = list(cell.unpack(zipped(a=b"From: a@kaki.example\nSubject: x\n\nhello\n"), "mails.zip"))
    assert [item.name for item in found if isinstance(item, Unpacked)] == ["a"]
    assert isinstance(found[-1], Ended)


def test_closing_ends_the_process() -> None:
    cell = Cell()
    opened(cell, zipped(a=b"1"))
    server = cell._server
    assert server is not None
    cell.close()
    assert server.poll() is not None
    cell.close()


PROBE = """
import os, socket, sys
def attempt(what):
    try:
        what()
    except OSError as error:
        return type(error).__name__
    return "done"
print(attempt(lambda: socket.create_connection(("127.0.0.1", {port}), 2)))
print(attempt(lambda: open("/tmp/left", "w")), attempt(lambda: open({path!r} + "/left", "w")))
print(attempt(lambda: open("/etc/passwd")), attempt(lambda: os.listdir("/home")), attempt(lambda: os.listdir("/proc/{pid}")))
print(os.getuid(), [line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapEff", "NoNewPrivs"))])
"""


@NEEDS_BUBBLEWRAP
def test_the_cell_is_shut() -> None:
    """No network, no file to write, nothing of the system to read, no other process, no privileges; a control can all that."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = str(Path(module.__file__).parent)
        probe = PROBE.format(port=listener.getsockname()[1], path=ours, pid=os.getpid())
        command = module.command()
        said = subprocess.run([*command[:-1], probe], capture_output=True, text=True, timeout=60, check=True).stdout
        control = subprocess.run(
            [*command[command.index("--") + 1 : -1], probe.replace(ours, "/dev/shm")],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
    network, writing, reading, who = said.splitlines()
    assert network != "done"
    assert "done" not in writing
    assert "done" not in reading
    assert who == "65534 ['0000000000000000', '1']"
    assert control.splitlines()[0] == "done"
    assert control.splitlines()[2].startswith("done")
    for left in ("/tmp/left", "/dev/shm/left"):
        Path(left).unlink(missing_ok=True)


def test_bubblewrap_that_may_make_no_namespaces_is_done_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    forbidden = tmp_path / "bwrap"
    forbidden.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    forbidden.chmod(0o755)
    monkeypatch.setattr(module.shutil, "which", lambda _: str(forbidden))
    with Cell() as cell:
        assert cell.shut == "limits"
        files, _ = opened(cell, zipped(a=b"1"))
    assert len(files) == 2


def test_without_bubblewrap_it_works_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.shutil, "which", lambda _: None)
    with Cell() as cell:
        assert cell.shut == "limits"
        files, _ = opened(cell, zipped(a=b"1"))
    assert len(files) == 2


def test_the_same_picture_is_read_once_and_has_the_name_of_the_day(cell: Cell) -> None:
    content = b"\x89PNG\r\n\x1a\n" + b"no picture at all" * 10
    with Cell() as fresh:
        files = []
        for name in ("a.png", "b.png"):
            budget = Budget()
            file = describe(content, path=name, part="2", name=name)
            *reads, end = list(fresh.open(file, content, (), budget))
            assert isinstance(end, Ended)
            files.extend(read.file for read in reads if isinstance(read, Read))
            assert budget.spent("pictures") == 1
            # The second time without the process.
            fresh.close()
        assert fresh._server is None
    assert [file.name for file in files] == ["a.png", "b.png"]
    assert files[0].traits == files[1].traits
