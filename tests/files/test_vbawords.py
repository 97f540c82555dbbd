"""Words of weight in macros."""

from __future__ import annotations

import pytest

from sabaki.files.vbawords import compiled_names, starts_itself, suspicious


@pytest.mark.parametrize(
    "name", ["AutoOpen", "auto_open", "Workbook_Open", "Document_Close", "Frame1_Layout", "X_GotFocus"]
)
def test_starts_itself(name: str) -> None:
    assert starts_itself(name)


@pytest.mark.parametrize("name", ["Main", "Open", "_Click", "Click", "Document_Opened", "Calculate", ""])
def test_waits_to_be_called(name: str) -> None:
    assert not starts_itself(name)


def test_a_form_s_controls_wait() -> None:
    assert not starts_itself("Button_Click", of_form=True)
    assert starts_itself("UserForm_Initialize", of_form=True)


def test_words_stand_alone_and_come_in_order() -> None:
    assert suspicious("x = Environ(1): SHELL y: ShellExecute z") == ["Environ", "Shell", "ShellExecute"]
    assert suspicious("seashell shells shell_x Chrome") == []


def test_compiled_names() -> None:
    assert compiled_names(b"\0\0Document_Open\0xCreateObject\0CreateObject\0") == ["Document_Open", "CreateObject"]
