from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from sabaki.cli import exits
from sabaki.cli.doctor import _NAMES, doctor
from sabaki.visit import layers
from sabaki.visit.layers import Layer

HOLDS = Layer("network", "no route leads out", "外へ出る経路はありません")
BROKEN = Layer("user_namespaces", "switched off\x1b[2J", "無効です", holds=False)
WISH = Layer("fonts", "no Japanese font", "日本語フォントがありません", holds=False, required=False)


def run(monkeypatch: pytest.MonkeyPatch, *found: Layer, options: tuple[str, ...] = ()) -> tuple[int, str]:
    monkeypatch.setattr(layers, "layers", lambda: found)
    done = CliRunner().invoke(doctor, [*options])
    return done.exit_code, done.output


def test_all_walls_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = run(monkeypatch, HOLDS, WISH, options=("--lang", "en"))
    assert code == exits.OK
    assert said.splitlines() == [
        "ok  network shut: no route leads out",
        "--  Japanese fonts: no Japanese font",
        "all walls hold: pages can be visited",
    ]


def test_one_that_does_not_is_said_and_ends_with_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = run(monkeypatch, HOLDS, BROKEN, options=("--lang", "ja"))
    assert code == exits.CANNOT_VISIT
    assert "NO  ユーザー名前空間: 無効です" in said
    assert "訪問しません" in said


def test_for_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = run(monkeypatch, HOLDS, BROKEN, options=("--json",))
    assert code == exits.CANNOT_VISIT
    assert "\x1b" not in said
    document = json.loads(said)
    assert document["holds"] is False
    assert [(each["id"], each["holds"]) for each in document["layers"]] == [
        ("network", True),
        ("user_namespaces", False),
    ]


def test_what_a_layer_says_cannot_steer_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in run(monkeypatch, BROKEN, options=("--lang", "en"))[1]


def test_every_layer_has_a_name_in_both_languages() -> None:
    assert all(english and japanese for english, japanese in _NAMES.values())
    assert {"network", "chromium_sandbox", "memory", "processes", "proxy", "user_namespaces"} <= set(_NAMES)
