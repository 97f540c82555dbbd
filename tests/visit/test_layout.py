"""The boxes on a screenshot: tables that fit, tables that do not, and those of a real page against its pixels."""

from __future__ import annotations

import io
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sabaki.visit import layout
from sabaki.visit.layout import Pieces, Words, joined, on_picture, read

STRINGS = [
    "#document",
    "INPUT",
    "IFRAME",
    "placeholder",
    "合言葉",
    "a😀bc",
    "5px",
    "typed",
    "OPTION",
    "SELECT",
    "#text",
    "B銀行",
]


def document(**more: Any) -> dict[str, Any]:
    return {
        "nodes": {
            "nodeName": [0, 1, 2],
            "parentIndex": [-1, 0, 0],
            "nodeValue": [-1, -1, -1],
            "backendNodeId": [1, 2, 3],
            "attributes": [[], [3, 4], []],
            "inputValue": {"index": [1], "value": [7]},
            "contentDocumentIndex": {"index": [2], "value": [1]},
        },
        "layout": {
            "nodeIndex": [0, 1, 2],
            "bounds": [[0, 0, 100, 100], [10, 20, 30, 40], [50, 60, 70, 80]],
            "clientRects": [[], [], [2, 3, 0, 0]],
            "styles": [[], [], [6, 6]],
            "text": [5, -1, -1],
        },
        "textBoxes": {"layoutIndex": [0], "bounds": [[1, 2, 3, 4]], "start": [1], "length": [3]},
    } | more


def test_texts_values_placeholders_and_frames_in_their_places() -> None:
    inner = document(scrollOffsetY=1)
    inner["nodes"]["nodeName"] = [0, 1, 0]
    found = read({"strings": STRINGS, "documents": [document(), inner]})
    assert found.words[:3] == (
        Words("😀b", 1, 2, 3, 4),
        Words("typed", 10, 20, 30, 40),
        Words("合言葉", 10, 20, 30, 40),
    )
    # Border and padding of the frame, and what is scrolled in it.
    assert Words("typed", 10 + 50 + 2 + 5, 20 + 60 + 3 + 5 - 1, 30, 40) in found.words
    assert found.owners[3][0] == 57


def test_the_option_that_a_list_shows() -> None:
    nodes = {
        "nodeName": [9, 8, 10],
        "parentIndex": [-1, 0, 1],
        "nodeValue": [-1, -1, 11],
        "backendNodeId": [1, 2, 3],
        "attributes": [[], [], []],
        "optionSelected": {"index": [1]},
    }
    bounds = {"nodeIndex": [0], "bounds": [[7, 8, 9, 10]], "clientRects": [[]], "styles": [[]], "text": [-1]}
    boxes = {"layoutIndex": [], "bounds": [], "start": [], "length": []}
    found = read({"strings": STRINGS, "documents": [{"nodes": nodes, "layout": bounds, "textBoxes": boxes}]})
    assert found.words == (Words("B銀行", 7, 8, 9, 10),)


def test_a_frame_of_another_site_is_put_in_its_place() -> None:
    outer, inner = Pieces((Words("a", 1, 1, 1, 1),), {3: (10.0, 20.0)}), Pieces((Words("b", 1, 2, 3, 4),))
    assert joined(outer, 3, inner).words == (Words("a", 1, 1, 1, 1), Words("b", 11, 22, 3, 4))
    assert joined(outer, 4, inner) is outer


def test_on_a_picture_that_is_scrolled_and_scaled() -> None:
    found = on_picture(Pieces((Words("a", 10, 120, 5, 6),)), 2, 100, 2.0)
    assert found.words == (Words("a", 16, 40, 10, 12),)


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(STRINGS),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["index", "value", "bounds", "text"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.sampled_from(["nodes", "layout", "textBoxes", "documents", "strings"]), _json)
def test_no_tables_break_it(name: str, value: Any) -> None:
    for given_ in (
        {"strings": STRINGS, "documents": [document() | {name: value}]},
        {"strings": STRINGS, "documents": [document()], name: value},
    ):
        assert isinstance(read(given_), Pieces)


@given(
    st.sampled_from(
        ["nodeName", "parentIndex", "nodeValue", "attributes", "inputValue", "contentDocumentIndex", "backendNodeId"]
    ),
    _json,
)
def test_no_columns_break_it(name: str, value: Any) -> None:
    broken = document()
    broken["nodes"][name] = value
    assert isinstance(read({"strings": STRINGS, "documents": [broken, document()]}), Pieces)


@pytest.mark.parametrize("name", ["everything", "phone"])
@pytest.mark.parametrize(("kind", "boxes"), [("screenshot", "layout"), ("screenshot_full", "layout_full")])
def test_every_box_of_a_real_page_has_ink_in_it_and_none_beside(seen: Any, name: str, kind: str, boxes: str) -> None:
    picture = Image.open(io.BytesIO(seen.kept(name, kind))).convert("L")
    document = json.loads(seen.kept(name, boxes))
    msgspec.convert(document, layout.Layout)
    ground = picture.copy()
    for text, left, top, width, height in document["words"]:
        box = (round(left) - 2, round(top) - 2, round(left + width) + 3, round(top + height) + 3)
        inside = min(left, top) >= 0 and left + width <= picture.width and top + height <= picture.height
        if inside and text.strip():
            low, high = picture.crop(box).getextrema()
            assert high - low > 60, text
        if text.strip():
            ground.paste(255, box)
    words = "".join(each[0] for each in document["words"])
    for each in (
        "taro.yamada@jimusho.example",
        "会員の皆様へ",
        "認証コード",
        "B銀行",
        "枠の中の文字",
        "srcdocの文字",
        "隠れた文字",
    ):
        assert each in words
    # What is left without the boxes is frames and empty fields: no letters, which are the darkest there is.
    left_over = sum(ground.crop((0, 0, picture.width, min(picture.height, 200))).histogram()[:30])
    assert left_over < 400
