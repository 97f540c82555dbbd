"""`sabaki visit`: what is refused before anybody goes, what is replaced, what is written; and a real visit by the command itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sabaki.cli import exits
from sabaki.cli import visit as module
from sabaki.model.finding import State
from sabaki.model.visit import Artifact, Download, Form, FormField, Mode, PageState, Refusal, Step, Tls, View, Visit
from sabaki.visit import visit as going

LINK = "https://login.evil.example/x"
DONE = Visit(
    url=LINK,
    visited=LINK,
    outcome=State.RAN,
    state=PageState.ALIVE,
    state_reason="it shows a form",
    state_reason_ja="フォームがあります",
    browser="Chrome/156.0",
    limits=("dialogs",),
    refusals=(Refusal("10.0.0.1", 80, "10.0.0.1 is not globally routable", 2),),
    artifacts=(
        Artifact("screenshot", "a" * 64, 1, "image/png", "", "desktop"),
        Artifact("dom", "b" * 64, 1, "text/html", "", "phone"),
    ),
    views=(
        View(
            name="desktop",
            title="会員\x1b[31m\u202eログイン",
            state=PageState.ALIVE,
            steps=(
                Step(
                    LINK,
                    "start",
                    200,
                    "203.0.113.5",
                    tls=Tls("TLS 1.3", issuer="R3", not_before="2026-11-01T00:00:00Z"),
                ),
            ),
            forms=(Form("https://collect.example/p", "post", (FormField(asks="password"),), elsewhere=True),),
            downloads=(Download(LINK, "../a.exe", 5, "c" * 64),),
            dialogs=("alert: x",),
        ),
    ),
)


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Nobody goes anywhere; what would have been asked for is noted."""
    asked: list[Any] = []

    async def visit(url: str, wanted: Any, *, guard: Any, keep: Any, limits: Any = None) -> Visit:
        asked.append(wanted)
        keep(b"a piece")
        return DONE

    monkeypatch.setattr(going, "visit", visit)
    monkeypatch.setattr(module, "_write", lambda *_: None)
    return asked


def run(*arguments: str) -> Result:
    return CliRunner().invoke(module.visit, [*arguments, "--dns", "192.0.2.53"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ftp://a.example/",), "no http or https link"),
        (("login.example",), "no http or https link"),
        (("https://a.example/unsubscribe?u=1",), "never visited"),
        ((LINK, "--mode", "verbatim"), "add --yes"),
        ((LINK, "--upstream", "gopher://x"), "--upstream"),
        ((LINK, "--view", "tablet"), "--view"),
    ],
)
def test_refused_before_anybody_goes(gone: list[Any], arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == exits.USAGE
    assert said in result.output
    assert gone == []


def test_settings_that_let_nothing_leave(gone: list[Any], tmp_path: Path) -> None:
    file = tmp_path / "sabaki.toml"
    file.write_text('tlp = "amber"\n')
    result = run(LINK, "--settings", str(file))
    assert result.exit_code == exits.USAGE
    assert "nothing is visited" in result.output
    assert gone == []


def test_the_recipient_is_replaced_and_what_stands_for_him_is_known(gone: list[Any]) -> None:
    assert (
        run(
            f"{LINK}?e=taro.yamada@jimusho.example", "--recipient", "Taro.Yamada@jimusho.example", "--lang", "ja"
        ).exit_code
        == 0
    )
    (wanted,) = gone
    assert wanted.mode is Mode.STRIPPED
    assert "jimusho" not in wanted.visited
    assert wanted.sent[0] in wanted.visited
    assert (wanted.locale, wanted.zone) == ("ja-JP", "Asia/Tokyo")
    assert wanted.views == ("desktop", "phone")


def test_verbatim_is_verbatim(gone: list[Any]) -> None:
    link = f"{LINK}?e=taro.yamada@jimusho.example"
    arguments = (
        "--mode",
        "verbatim",
        "--yes",
        "--view",
        "phone",
        "--zone",
        "Europe/Paris",
        "--locale",
        "fr-FR",
        "--insecure",
    )
    assert run(link, *arguments, "--recipient", "taro.yamada@jimusho.example").exit_code == 0
    (wanted,) = gone
    assert (wanted.visited, wanted.views, wanted.zone, wanted.locale) == (link, ("phone",), "Europe/Paris", "fr-FR")
    assert wanted.sent == ("taro.yamada@jimusho.example",)
    assert wanted.insecure


def test_a_host_that_tells_is_said(gone: list[Any]) -> None:
    result = run("https://taro.yamada.evil.example/", "--recipient", "taro.yamada@jimusho.example", "--lang", "en")
    assert "host's name itself tells the recipient" in result.output


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_lines_hold_nothing_that_works(gone: list[Any], lang: str) -> None:
    result = run(LINK, "--lang", lang)
    assert result.exit_code == exits.OK
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output
    assert "https://" not in result.output
    assert "hxxps://login[.]evil[.]example/x" in result.output
    assert "hxxps://collect[.]example/p" in result.output
    for word in ("203[.]0[.]113[.]5", "R3", "../a.exe", "dialogs", "10[.]0[.]0[.]1"):
        assert word in result.output
    assert ("別のサイト" if lang == "ja" else "another site") in result.output


def test_as_json(gone: list[Any]) -> None:
    result = CliRunner().invoke(module.visit, [LINK, "--json", "--dns", "192.0.2.53"])
    document = json.loads(result.stdout)
    assert document["state"] == "alive"
    assert "\x1b" not in result.stdout


def test_nobody_could_go(monkeypatch: pytest.MonkeyPatch) -> None:
    async def visit(url: str, wanted: Any, **_: Any) -> Visit:
        return Visit(url=url, outcome=State.SKIPPED, reason="not visited: no bwrap", reason_ja="訪問していません。")

    monkeypatch.setattr(going, "visit", visit)
    result = run(LINK, "--lang", "en")
    assert result.exit_code == exits.CANNOT_VISIT
    assert "not visited: no bwrap" in result.output


def test_files_have_names_of_ours_and_markup_does_not_run(tmp_path: Path) -> None:
    kept = {"a" * 64: b"png", "b" * 64: b"<script>"}
    module._write(tmp_path / "out", DONE, kept)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "desktop-screenshot.png",
        "phone-dom.txt",
        "visit.json",
    ]


def test_by_the_command_itself(tmp_path: Path) -> None:
    """In a network that has nothing: the name does not resolve, which the visit says."""
    from tests.visit import cage

    if reason := cage.why_not():
        pytest.skip(f"no visit: {reason}")
    command = [
        "unshare",
        "--net",
        sys.executable,
        "-m",
        "sabaki",
        "visit",
        "http://nothing.test/",
        "--view",
        "desktop",
        "--json",
    ]
    done = subprocess.run(
        [*command, "--dns", "192.0.2.53", "--out", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=os.environ | {"PYTHONPATH": str(cage.PROJECT / "src")},
        cwd=tmp_path,
    )
    assert done.returncode == exits.OK, done.stderr
    assert json.loads(done.stdout)["state"] in ("no_name", "unreachable")
    assert (tmp_path / "out" / "visit.json").exists()
