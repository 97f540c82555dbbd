from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bench import real, real_programs, real_recipes
from bench.real import Came
from bench.real_recipes import RECIPES, Made, Recipe, Wanted

CAME = Came(
    mails=1,
    holders=[["zip"]],
    subject="bill",
    kinds=["zip", "exe"],
    traits=["bomb"],
    findings={"attachment/executable": 60.0, "lure/open_asked": 8.0},
    hosts=["inside.example"],
    passwords=["Haru-2026"],
    texts="the papers",
)


def test_every_recipe_is_named_once_and_expects_something() -> None:
    names = [recipe.kind for recipe in RECIPES]
    assert len(names) == len(set(names)) > 100
    nothing = Wanted(unread=True)
    assert [recipe.kind for recipe in RECIPES if msgspec.structs.replace(recipe.wanted, unread=True) == nothing] == []


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(("exe",), ("bomb",), ("attachment/executable",), ("inside.example",), ("zip",), 1, "bill", "Haru-2026"),
        Wanted(text="the papers", without=("attachment/polyglot",)),
    ],
)
def test_nothing_is_missing(wanted: Wanted) -> None:
    assert real.lacks(wanted, CAME) == []


@pytest.mark.parametrize(
    ("wanted", "missing"),
    [
        (Wanted(("pdf",)), "kind pdf"),
        (Wanted(traits=("macro",)), "trait macro"),
        (Wanted(findings=("attachment/macro",)), "finding attachment/macro"),
        (Wanted(hosts=("a.example",)), "link to a.example"),
        (Wanted(holders=()), "holders none"),
        (Wanted(mails=2), "2 mails, not 1"),
        (Wanted(subject="x"), "the subject, not 'bill'"),
        (Wanted(password="x"), "opening it by its password"),
        (Wanted(text="x"), "the text 'x'"),
        (Wanted(harmless=True), "silence about what is harmless (attachment/executable)"),
        (Wanted(without=("lure/open_asked",)), "silence about what is harmless (lure/open_asked)"),
        (Wanted(unread=True), "some file left shut"),
    ],
)
def test_what_is_missing(wanted: Wanted, missing: str) -> None:
    assert real.lacks(wanted, CAME) == [missing]


def test_what_was_not_read_is_missing() -> None:
    assert real.lacks(Wanted(), msgspec.structs.replace(CAME, unread=["locked"])) == ["every file read (locked)"]


def test_files_go_through_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert real.main(["mbox"]) in (0, 1)
    mbox, *_ = capsys.readouterr().out.partition("zip of an mbox")[0].splitlines()[2:]
    assert mbox.split()[0] == "mbox"
    assert "mbox: mail x3" in " ".join(mbox.split())
    assert "lure.example" in mbox


def test_the_exit_code_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def make(folder: Path) -> Made:
        return real_recipes.sent(folder, "by hand", ("a.txt", b"http://inside.example/\n"))

    def cannot(_: Path) -> Made:
        raise real_programs.Missing("no such program")

    def empty(folder: Path) -> Made:
        (folder / "mail.eml").write_bytes(b"")
        return Made(folder / "mail.eml", "by hand")

    right = Recipe("text", make, Wanted(("text",), hosts=("inside.example",)))
    monkeypatch.setattr(real, "RECIPES", [right, Recipe("other", cannot, Wanted())])
    assert real.main([]) == 0
    assert "1 as expected of 1; 1 passed over" in capsys.readouterr().out
    monkeypatch.setattr(
        real, "RECIPES", [right, Recipe("pdf", make, Wanted(("pdf",))), Recipe("none", empty, Wanted())]
    )
    assert real.main([]) == 1
    said = capsys.readouterr().out
    assert "missing: kind pdf" in said
    assert "! none" in said
    assert "1 as expected of 3; 0 passed over" in said


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(real_programs.Missing, match="no-such-program is not installed"):
        real_programs.program("no-such-program")
    with pytest.raises(real_programs.Missing, match="no-such-package is not installed"):
        real_programs.package("no-such-package")
