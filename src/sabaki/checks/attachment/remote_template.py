"""A document loads a part of itself from the net."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sabaki.facts import carried
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.file import File, Trait
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check

_OBJECTS = ("oleobject:", "frame:", "subdocument:", "afchunk:", "link:", "includetext:")
_PICTURES = ("image:", "includepicture:", "externallinkpath:", "web query:", "video:", "audio:", "media:", "=")
_OLD_FORMATS = ("rtf", "doc", "xls", "ppt", "ole")
_WEB = re.compile(r"(?i)(?:^|[: ])(?:mhtml:|ms-[a-z]{1,30}:)?https?://")


def _is_object(file: File, trait: Trait) -> bool:
    """Whether what is loaded from the web is no picture but something that is opened by its own program."""
    if trait.id != "external_link" or not _WEB.search(trait.detail):
        return False
    what = trait.detail.lower()
    return what.startswith(_OBJECTS) or (file.kind in _OLD_FORMATS and not what.startswith(_PICTURES))


@check(severity=Severity.HIGH, weight=55, references=("MITRE ATT&CK T1221",))
def remote_template(case: Case) -> Iterator[Hit]:
    """A document loads a template or a part of itself from a server of the sender's choice as soon as it is opened."""
    found = list(carried.traits(case, "remote_template"))
    objects = [pair for pair in carried.traits(case, "external_link") if _is_object(*pair)]
    if not found and not objects:
        return
    file, trait = (found or objects)[0]
    en, ja = carried.place(case, file)
    yield Hit(
        f"the document {en} loads {'a template' if found else 'an object'} from {trait.detail[:120]}",
        f"文書 {ja} は、開くと{'テンプレート' if found else 'オブジェクト'}を {trait.detail[:120]} から読み込みます",
        Grade.VERIFIED,
        tuple(carried.evidence(case, file, trait) for file, trait in (*found, *objects)[:5]),
        "What is loaded can bring macros along that no scanner saw in the mail.",
        "読み込まれた先から、メールの検査では見つからないマクロが入り込むおそれがあります。",
        weight=None if found else 45,
    )
