from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sabaki.visit import cgroup
from sabaki.visit.cgroup import Cgroup
from sabaki.visit.limits import VisitLimits

EATER = "import sys\nkept = []\nfor _ in range(400):\n    kept.append(bytearray(1_000_000))\n"
HIDER = "import os\nfile = os.memfd_create('x')\nfor _ in range(400):\n    os.write(file, b'x' * 1_000_000)\n"


@pytest.mark.parametrize("code", [EATER, HIDER])
def test_the_kernel_holds_the_memory_of_all_of_it(code: str) -> None:
    """The second one's memory is no process's: it lies in a file without a name."""
    with Cgroup(VisitLimits(memory=100_000_000)) as made:
        if "memory" not in made.holds:
            pytest.skip("no cgroup with a limit on memory may be made here")
        folders = made.folders
        done = subprocess.run([*cgroup.joining(folders), sys.executable, "-c", code], capture_output=True, check=False)
        assert done.returncode == -9
        assert made.reached == ("memory",)
    assert not any(folder.exists() for folder in folders)


def test_who_stays_within_is_left_alone() -> None:
    with Cgroup(VisitLimits(memory=1_000_000_000)) as made:
        if not made.folders:
            pytest.skip("no cgroup may be made here")
        done = subprocess.run([*cgroup.joining(made.folders), "true"], check=False)
        assert (done.returncode, made.reached) == (0, ())


def test_who_is_still_in_it_at_the_end_is_killed() -> None:
    with Cgroup(VisitLimits()) as made:
        if not made.folders:
            pytest.skip("no cgroup may be made here")
        command = [*cgroup.joining(made.folders), "sh", "-c", "echo; exec sleep 600"]
        started = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert started.stdout is not None
        started.stdout.readline()
    assert started.wait() == -9
    started.stdout.close()


def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: str) -> None:
    """A file system of cgroups that is none; `own` is what /proc says of us."""
    (tmp_path / "own").write_text(own)
    monkeypatch.setattr(cgroup, "ROOT", tmp_path)
    monkeypatch.setattr(cgroup, "_OWN", tmp_path / "own")


def test_version_2_takes_the_nearest_above_us_that_hands_on_its_controllers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up(tmp_path, monkeypatch, "0::/app.slice/ours.scope\n")
    ours = tmp_path / "app.slice" / "ours.scope"
    ours.mkdir(parents=True)
    for folder, controllers in ((ours, ""), (ours.parent, "cpu memory pids"), (tmp_path, "memory pids")):
        (folder / "cgroup.procs").write_text("")
        (folder / "cgroup.subtree_control").write_text(controllers)
    assert list(cgroup._parents("memory")) == [(ours.parent, 2), (tmp_path, 2)]
    assert list(cgroup._parents("pids")) == [(ours.parent, 2), (tmp_path, 2)]
    assert list(cgroup._parents("io")) == []


def test_version_1_has_a_tree_for_each_controller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made_up(tmp_path, monkeypatch, "4:memory:/ours\n8:pids:/\n0::/\n")
    (tmp_path / "memory" / "ours").mkdir(parents=True)
    (tmp_path / "memory" / "ours" / "cgroup.procs").write_text("")
    assert list(cgroup._parents("memory")) == [(tmp_path / "memory" / "ours", 1)]
    assert list(cgroup._parents("pids")) == []


def test_without_any_nothing_is_held_and_nothing_stands_before_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up(tmp_path, monkeypatch, "0::/\n")
    with Cgroup(VisitLimits()) as made:
        assert (made.holds, made.folders, made.reached) == (frozenset(), (), ())
        assert cgroup.joining(made.folders) == []


def test_what_killed_runs_have_left_is_removed(tmp_path: Path) -> None:
    for name in ("sabaki-old", "sabaki-new", "other"):
        (tmp_path / name).mkdir()
    for name in ("sabaki-old", "other"):
        os.utime(tmp_path / name, (0, 0))
    cgroup._sweep(tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["other", "sabaki-new"]


def test_the_kernel_holds_the_number_of_processes() -> None:
    with Cgroup(VisitLimits(processes=1)) as made:
        if "processes" not in made.holds:
            pytest.skip("no cgroup with a limit on processes may be made here")
        code = "import os\nfor _ in range(100):\n    os.fork() or (input(), os._exit(0))\n"
        done = subprocess.run(
            [*cgroup.joining(made.folders), sys.executable, "-c", code], capture_output=True, check=False, stdin=-1
        )
        assert b"BlockingIOError" in done.stderr
        assert made.reached == ("processes",)


def test_what_cannot_join_does_not_start(tmp_path: Path) -> None:
    done = subprocess.run([*cgroup.joining((tmp_path / "missing",)), "echo", "ran"], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (1, b"")
