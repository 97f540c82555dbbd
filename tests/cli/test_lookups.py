"""Who is asked, and that nobody is unless the reader says so."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dns.message
import pytest

from sabaki.cli import exits
from sabaki.model.lookup import Answer
from tests.cli.test_dissect import OWN, SEED, sabaki
from tests.sources import nsd
from tests.sources.oddserver import answering

ZONE = """\
$ORIGIN jimusho.example.
$TTL 300
@ SOA ns root 1 3600 600 86400 60
@ NS ns
@ MX 10 mx.hosting.example.
@ TXT "v=spf1 mx -all"
ns A 127.0.0.1
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if nsd.program() is None:
        pytest.skip("nsd is not there (apt install nsd, or `make live`, which fetches it)")
    with nsd.serving({"jimusho.example": ZONE}, tmp_path_factory.mktemp("nsd")) as port:
        yield f"127.0.0.1:{port}"


WATCHED = """
import os, sys
def watch(event, arguments):
    if event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname"):
        os.write(2, f"left the machine: {event} {arguments}\\n".encode())
        os._exit(99)
sys.addaudithook(watch)
sys.argv = ["sabaki", *sys.argv[1:]]
from sabaki.cli.main import main
main()
"""


def watched(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Run the command line, and end with 99 as soon as it uses a socket for anything."""
    command = [sys.executable, "-c", WATCHED, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=60, check=False)


def test_by_default_nothing_leaves() -> None:
    done = watched("dissect", SEED, *OWN, "--dns", "192.0.2.53", "--json")
    assert done.returncode == exits.OK, done.stderr
    assert b"without it nobody was asked" in done.stderr
    lookups = json.loads(done.stdout)["verification"]["lookups"]
    assert lookups
    assert {each["status"] for each in lookups} == {Answer.NOT_ASKED}


def test_the_watch_would_have_seen_it(server: str) -> None:
    assert watched("dissect", SEED, "--online", "--dns", server).returncode == 99


def test_without_a_network_the_report_is_the_same() -> None:
    if os.geteuid() != 0 or not shutil.which("unshare"):
        pytest.skip("needs root and unshare, to take the network away")
    if subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no network namespace can be made here")
    command = [sys.executable, "-m", "sabaki", "dissect", str(SEED), *OWN, "--json"]
    cut_off = subprocess.run(["unshare", "-n", *command], capture_output=True, timeout=60, check=True)
    assert cut_off.stdout == subprocess.run(command, capture_output=True, timeout=60, check=True).stdout


def test_online_the_report_says_what_was_asked_and_replays_byte_for_byte(server: str, tmp_path: Path) -> None:
    online = sabaki("dissect", SEED, *OWN, "--online", "--dns", server, "--json")
    assert online.returncode == exits.OK, online.stderr
    assert f"sent to {server}".encode() in online.stderr
    lookups = json.loads(online.stdout)["verification"]["lookups"]
    mx = next(each for each in lookups if (each["name"], each["type"]) == ("jimusho.example", "MX"))
    assert (mx["status"], mx["records"], mx["server"]) == ("answer", ["10 mx.hosting.example"], server)
    assert mx["asked_at"]
    report = tmp_path / "report.json"
    report.write_bytes(online.stdout)
    replayed = watched("dissect", SEED, *OWN, "--replay", report, "--json")
    assert (replayed.returncode, replayed.stderr) == (exits.OK, b"")
    assert replayed.stdout == online.stdout


def test_several_reports_replay_too(server: str, tmp_path: Path) -> None:
    mails = tmp_path / "mails"
    mails.mkdir()
    for name in ("one.eml", "two.eml"):
        (mails / name).write_bytes(SEED.read_bytes() + name.encode())
    online = sabaki("dissect", mails, *OWN, "--online", "--dns", server, "--json")
    assert len(online.stdout.splitlines()) == 2
    report = tmp_path / "reports.jsonl"
    report.write_bytes(online.stdout)
    assert sabaki("dissect", mails, *OWN, "--replay", report, "--json").stdout == online.stdout


def test_another_mail_s_answers_are_not_taken(server: str, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_bytes(sabaki("dissect", SEED, "--online", "--dns", server, "--json").stdout)
    other = tmp_path / "other.eml"
    other.write_bytes(SEED.read_bytes() + b"one more line\r\n")
    done = sabaki("dissect", other, "--replay", report)
    assert done.returncode == exits.USAGE
    assert b"no report of other.eml" in done.stderr
    assert b"--online --json" in done.stderr


def test_a_masked_report_is_not_taken(server: str, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_bytes(sabaki("dissect", SEED, *OWN, "--online", "--dns", server, "--json", "--redact").stdout)
    assert b"jimusho" not in report.read_bytes()
    done = sabaki("dissect", SEED, *OWN, "--replay", report)
    assert done.returncode == exits.USAGE
    assert b"without --redact" in done.stderr


@pytest.mark.parametrize("content", [None, b"", b"{}", b"not json", b'{"schema_version": "9"}', b"\xff\xfe"])
def test_what_is_no_report_is_said(tmp_path: Path, content: bytes | None) -> None:
    report = tmp_path / "report.json"
    if content is not None:
        report.write_bytes(content)
    done = sabaki("dissect", SEED, "--replay", report)
    assert done.returncode == exits.USAGE
    assert b"--replay" in done.stderr
    assert b"--online --json" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--online", "--dns", "dns.example.jp"], "by its IP address"),
        (["--online", "--replay", "report.json"], "exclude each other"),
    ],
)
def test_wrong_usage_is_said(options: list[str], said: str) -> None:
    done = sabaki("dissect", SEED, *options)
    assert done.returncode == exits.USAGE
    assert said in done.stderr.decode()


def test_a_server_that_does_not_answer_is_said_before_the_first_mail(tmp_path: Path) -> None:
    settings = tmp_path / "sabaki.toml"
    with answering(lambda question, before: []) as silent:
        settings.write_text(f'dns_servers = ["127.0.0.1:{silent.port}"]\ndns_timeout = 0.4\n')
        done = sabaki("dissect", SEED, "--online", "--settings", settings)
        assert done.returncode == exits.USAGE
        assert done.stdout == b""
        for said in (f"127.0.0.1:{silent.port}", "0.2 seconds", "--dns", "--online"):
            assert said in done.stderr.decode()


def test_interrupting_a_question_ends_at_once(server: str) -> None:
    def only_the_root(question: dns.message.Message, before: int) -> list[bytes]:
        if str(question.question[0].name) == ".":
            return [dns.message.make_response(question).to_wire()]
        running.send_signal(signal.SIGINT)
        return []

    # What runs in the background may have been told to ignore interrupts, and a child inherits that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with answering(only_the_root) as silent:
        running = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "sabaki",
                "dissect",
                str(SEED),
                *OWN,
                "--online",
                "--dns",
                f"127.0.0.1:{silent.port}",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        signal.signal(signal.SIGINT, before)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (exits.INTERRUPTED, b"")
    assert b"interrupted" in err
    assert b"Traceback" not in err
