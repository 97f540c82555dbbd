"""What checks ask of the files that a mail carries."""

from __future__ import annotations

from sabaki.facts import carried
from sabaki.model.evidence import Grade
from sabaki.model.file import File, Trait
from tests.render import cases

ZIP = File(path="2", part="2", name="bill.zip", kind="zip", family="archive", traits=(Trait("bomb", "900:1"),))
EXE = File(path="2/1", part="2", inside="2", name="a/b\\" + "x" * 200 + ".exe", kind="exe", sha256="ab" * 32)


def test_traits_with_their_files() -> None:
    case = cases.replaced(cases.seed_report(), files=(ZIP, EXE))
    assert [(file.path, trait.detail) for file, trait in carried.traits(case, "bomb", "macro")] == [("2", "900:1")]


def test_a_file_is_named_without_its_folders_and_its_holder_is_said() -> None:
    case = cases.replaced(cases.seed_report(), files=(ZIP, EXE))
    name = carried.name(EXE)
    assert name.startswith("xxx")
    assert name.endswith("x.exe")
    assert len(name) <= 81
    en, ja = carried.place(case, EXE)
    assert en.endswith("(inside bill.zip)")
    assert "bill.zip" in ja
    assert carried.place(case, ZIP) == ("bill.zip", "bill.zip")
    assert carried.name(File(path="3", part="3", kind="pdf")) == "(pdf)"


def test_evidence_is_our_own_observation() -> None:
    evidence = carried.evidence(cases.replaced(cases.seed_report(), files=(ZIP, EXE)), EXE)
    assert evidence.grade is Grade.VERIFIED
    assert evidence.value.endswith("sha256:" + "ab" * 32)
