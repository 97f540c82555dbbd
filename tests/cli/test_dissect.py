from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SEED = Path(__file__).parents[2] / "samples" / "held-messages.eml"
OWN = [
    "--own-domain", "jimusho.example", "--own-host", "mx.hosting.example", "--own-host", "mbox.hosting.example"
]  # fmt: skip


def sabaki(*arguments: str | Path, stdin: bytes = b"", lang: str = "C.UTF-8") -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "LANG": lang, "LC_ALL": lang, "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "sabaki", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, env=environment, timeout=60, check=False)


def test_the_seed_case_with_the_reader_s_servers_named() -> None:
    done = sabaki("dissect", SEED, *OWN, "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["origin"]["ip"] == "20.63.138.218"
    assert report["origin"]["auth_account"] == "office@gakuin.example"
    assert report["origin"]["helo"] == "jp5"
    assert report["origin"]["grade"] == "A"
    assert report["subject"]["text"].startswith("保留中の")
    assert report["subject"]["stamp"] is None
    assert report["verdict"]["label"] == "malicious"
    assert {
        "sender/own_domain_from",
        "stamp/no_stamp",
        "link/own_domain_subdomain",
        "link/recipient_in_url",
        "lure/server_administrator",
        "route/taken_over_account",
    } <= {finding["id"] for finding in report["findings"]}


def test_without_own_flags_nothing_about_the_origin_is_attested() -> None:
    report = json.loads(sabaki("dissect", SEED, "--json").stdout)
    assert report["origin"]["grade"] in ("I", "S")
    assert all(hop["grade"] != "A" for hop in report["hops"])
    assert "--own-host" in report["trust"]["advice"]
    assert "--own-host" in sabaki("dissect", SEED).stdout.decode()


def test_standard_input_and_mbox_line() -> None:
    done = sabaki("dissect", "-", "--json", stdin=b"From x@y Mon Aug  8 05:07:31 2022\n" + SEED.read_bytes())
    assert done.returncode == 0
    assert json.loads(done.stdout)["subject"]["text"].startswith("保留中の")


def test_the_html_article_hides_the_victim(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    done = sabaki("dissect", SEED, *OWN, "--lang", "ja", "--html", page)
    assert done.returncode == 0, done.stderr
    text = page.read_text("utf-8").lower()
    assert "jimusho" not in text
    assert "20.63.138.218" in text
    assert "circul" in text
    assert not list(tmp_path.glob("*.partial"))


def test_no_redact_shows_everything(tmp_path: Path) -> None:
    page = tmp_path / "report.md"
    assert sabaki("dissect", SEED, *OWN, "--no-redact", "--markdown", page).returncode == 0
    assert "jimusho" in page.read_text("utf-8")


def test_several_mails_are_a_report_a_line(tmp_path: Path) -> None:
    for name in ("one.eml", "two.eml"):
        (tmp_path / name).write_bytes(SEED.read_bytes())
    lines = sabaki("dissect", tmp_path, "--json").stdout.splitlines()
    assert [json.loads(line)["source"]["name"] for line in lines] == ["one.eml", "two.eml"]


def test_japanese_by_locale() -> None:
    assert "信頼" in sabaki("dissect", SEED, lang="ja_JP.UTF-8").stdout.decode()


def test_no_colours_when_not_on_a_terminal() -> None:
    assert b"\x1b" not in sabaki("dissect", SEED).stdout


def test_exit_verdict() -> None:
    assert sabaki("dissect", SEED, *OWN, "--exit-verdict").returncode == 11


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "no such file"),
        (b"", "is empty"),
        (bytes(range(256)) * 20, "is not a mail"),
        (b"hello\nworld\n", "is not a mail"),
    ],
)
def test_bad_input_is_explained(tmp_path: Path, content: bytes | None, says: str) -> None:
    file = tmp_path / "bad.eml"
    if content is not None:
        file.write_bytes(content)
    done = sabaki("dissect", file)
    assert done.returncode == 3
    assert says in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_a_directory_without_mail(tmp_path: Path) -> None:
    done = sabaki("dissect", tmp_path)
    assert done.returncode == 3
    assert "no file in there" in done.stderr.decode()


def test_a_closed_pipe_is_no_traceback() -> None:
    command = f"{sys.executable} -m sabaki dissect {SEED} {SEED} {SEED} --json | head -c 1"
    done = subprocess.run(["bash", "-c", command + "; exit ${PIPESTATUS[0]}"], capture_output=True, check=False)
    assert done.returncode in (0, 141)
    assert b"Traceback" not in done.stderr


def test_wrong_usage_is_exit_2(tmp_path: Path) -> None:
    assert sabaki("dissect").returncode == 2
    assert sabaki("dissect", SEED, "--lang", "xx").returncode == 2
    assert sabaki("dissect", SEED, "--html", tmp_path / "no" / "where.html").returncode == 2
    assert sabaki("dissect", SEED, "--settings", tmp_path / "none.toml").returncode == 2


def test_hostile_names_do_not_steer_the_terminal() -> None:
    done = sabaki("dissect", "no\x1b[31msuch\u202e.eml")
    assert done.returncode == 3
    assert b"\x1b" not in done.stderr
    assert "\u202e" not in done.stderr.decode()
    shown = sabaki(
        "dissect", "-", "--json", stdin="From: a@example.jp\nSubject: a\u202eb\u009bc\n\nx\n".encode()
    ).stdout
    assert json.loads(shown)["subject"]["text"] == "a\u202eb\u009bc"
    assert "\u202e" not in shown.decode()


def test_the_settings_choose_the_language_and_the_flag_overrides_it(tmp_path: Path) -> None:
    file = tmp_path / "sabaki.toml"
    file.write_text('language = "ja"\n', "utf-8")
    assert "信頼" in sabaki("dissect", SEED, "--settings", file).stdout.decode()
    assert "Malicious" in sabaki("dissect", SEED, "--settings", file, "--lang", "en").stdout.decode()


def test_rules_that_cannot_be_used_are_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "bad.yar").write_text("rule broken {")
    (tmp_path / "sabaki.toml").write_text(f'rules = "{tmp_path / "rules"}"\n')
    mail = tmp_path / "mail.eml"
    mail.write_bytes(b"From: a@kaki.example\n\nhello\n")
    done = sabaki("dissect", mail, "--settings", tmp_path / "sabaki.toml")
    assert done.returncode == 2
    assert b"bad.yar" in done.stderr


def test_a_cell_that_is_half_shut_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from sabaki.cli import dissect
    from sabaki.files import cell

    with_file = tmp_path / "mail.eml"
    with_file.write_bytes(
        b"From: a@kaki.example\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf\n\n%PDF-1.4\n"
    )
    without = tmp_path / "plain.eml"
    without.write_bytes(b"From: a@kaki.example\n\nhello\n")
    monkeypatch.setattr(cell.shutil, "which", lambda _: None)
    assert "bubblewrap" in CliRunner().invoke(dissect.dissect, [str(with_file)]).stderr
    assert "bubblewrap" not in CliRunner().invoke(dissect.dissect, [str(without)]).stderr
