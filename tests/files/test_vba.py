"""VBA projects: decompression by the examples of [MS-OVBA], modules, and what was hidden or taken away."""

from __future__ import annotations

import pytest

from sabaki.files import vba
from sabaki.files.compound import Compound
from sabaki.files.opened import Asked, Opened
from tests.files import office
from tests.files.office import compound, damaged, traits


@pytest.mark.parametrize(
    ("packed", "raw"),
    [
        (
            "0119b000616263646566676800696a6b6c6d6e6f700071727374757676",
            b"abcdefghijklmnopqrstuv",
        ),
        (
            "012fb00023616161626364658266007061676869 6a013808616b6c00306d6e6f7006710270041072737475761077 78797a003c",
            b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa",
        ),
        ("0103b002614500", b"a" * 73),
    ],
)
def test_decompress(packed: str, raw: bytes) -> None:
    assert vba.decompress(bytes.fromhex(packed.replace(" ", "")))[: len(raw)] == raw


def test_decompress_is_bounded_and_never_raises() -> None:
    bomb = b"\x01" + b"\x03\xb0\x02a\xfc\x0f" * 100_000
    assert len(vba.decompress(bomb, 50_000)) == 50_000
    assert vba.decompress(b"") == vba.decompress(b"\x02abc") == b""
    for bent in damaged(office.compress(b"Attribute VB_Name\r\n" * 50), step=1):
        vba.decompress(bent)


def read(streams: dict[str, bytes], lost: str = "") -> Opened:
    opened = Opened()
    vba.report(Compound(compound(streams, lost=lost)), Asked(), opened)
    return opened


def test_modules_where_word_excel_and_a_bare_project_keep_them() -> None:
    for at in ("VBA", "Macros/VBA", "_VBA_PROJECT_CUR/VBA"):
        opened = read(office.vba({"ThisDocument": "", "Module1": "Sub AutoOpen()\nShell x\nEnd Sub"}, at))
        assert traits(opened, "macro") == ["ThisDocument (0 lines), Module1 (3 lines)"]
        assert traits(opened, "macro_autorun") == ["AutoOpen"]
        assert traits(opened, "macro_suspicious") == ["Shell"]


def test_source_in_the_project_s_code_page() -> None:
    project = office.vba({"標準": 'x = "http://例え.example/"'}, charset="cp932", page=932)
    opened = read(project)
    assert traits(opened, "macro") == ["標準 (1 lines)"]
    assert [link.raw for link in opened.links] == ["http://例え.example/"]
    assert not opened.links[0].clickable


def test_a_module_that_the_project_does_not_list() -> None:
    opened = read(office.vba({"A": "", "Hidden": "Sub Document_Open()\nEnd Sub"}, unlisted=("Hidden",)))
    assert traits(opened, "hidden_file") == ["VBA module that the project does not list: Hidden"]
    assert traits(opened, "macro_autorun") == ["Document_Open"]


def test_a_module_without_a_directory_entry() -> None:
    opened = read(office.vba({"A": "Sub AutoExec()\nEnd Sub"}), lost="VBA/A")
    assert traits(opened, "macro_autorun") == ["AutoExec"]


def test_stomped_source() -> None:
    project = office.vba({"ThisDocument": ""})
    project["VBA/ThisDocument"] = bytes(3_000)
    opened = read(project)
    assert traits(opened, "obfuscated") == ["VBA source is missing, compiled code is there: ThisDocument"]


def test_names_only_in_compiled_code() -> None:
    project = office.vba({"ThisDocument": ""})
    project["VBA/_VBA_PROJECT"] += b"\0AutoOpen\0\0URLDownloadToFileA\0"
    assert traits(read(project), "obfuscated") == ["names only in compiled VBA: AutoOpen, URLDownloadToFileA"]
    assert traits(read(office.vba({"ThisDocument": ""})), "obfuscated") == []


def test_strings_that_a_form_keeps() -> None:
    project = office.vba({"A": "Sub AutoOpen()\nShell UserForm1.T.Text\nEnd Sub"})
    project["UserForm1/o"] = b"\0\2\0\x12http://forms.example/x.exe\0\0"
    assert [link.raw for link in read(project).links] == ["http://forms.example/x.exe"]


def test_no_project_is_no_macro() -> None:
    assert read({"WordDocument": b"x"}).traits == []


def test_source_is_found_in_what_is_left_of_a_broken_file() -> None:
    project = office.vba({"A": "Sub AutoOpen()\nEnd Sub"})
    content = bytearray(compound(project))
    content[48:52] = b"\xff\xff\xff\x7f"
    opened = Opened()
    assert vba.report(Compound(bytes(content)), Asked(), opened)
    assert traits(opened, "macro_autorun") == ["AutoOpen"]


def test_damage_never_raises() -> None:
    for bent in damaged(compound(office.vba({"A": "Sub AutoOpen()\nEnd Sub", "B": "x = 1\n" * 900}))):
        vba.report(Compound(bent), Asked(), Opened())
