"""Bringing back what stands there, from a browser that is played and from a real one."""

from __future__ import annotations

import asyncio
import io
from base64 import b64encode
from typing import Any

import msgspec
from PIL import Image

from sabaki.visit import collect as module
from sabaki.visit.collect import Collected, collect
from sabaki.visit.devtools import Refused, Session
from sabaki.visit.limits import VisitLimits
from sabaki.visit.profiles import profile
from tests.visit.odd import png

VISITOR = profile("desktop", "ja-JP", "Asia/Tokyo", "Chrome/156.0")


def collected(answers: dict[str, Any]) -> tuple[Collected, list[str], int]:
    """What was brought back, what was asked, and how often the scripts were taken away."""
    asked: list[str] = []
    hushed: list[str] = []

    class Played:
        async def call(self, method: str, given: dict[str, Any] | None = None, **_: Any) -> Any:
            asked.append(method)
            answer = answers.get(method, Refused("no"))
            if isinstance(answer, type | Exception):
                raise answer
            return answer

    found = Collected()
    page = Session(Played(), "s", "page")  # type: ignore[arg-type]
    asyncio.run(collect(page, [], VISITOR, VisitLimits(full_height=1_000), found, lambda: hushed.append("")))
    return found, asked, len(hushed)


def page(**more: Any) -> dict[str, Any]:
    seen = {"url": "http://a.test/", "origin": "http://a.test", "text": "x", "icons": [], **more}
    view = {"pageX": 0, "pageY": 0, "clientWidth": 2}
    return {
        "Page.createIsolatedWorld": {"executionContextId": 1},
        "Runtime.evaluate": {"result": {"value": 1}},
        "Runtime.callFunctionOn": {"result": {"value": msgspec.json.encode(seen).decode()}},
        "Page.getLayoutMetrics": {"cssVisualViewport": view, "cssContentSize": {"width": 2, "height": 5_000}},
        "Page.captureScreenshot": {"data": b64encode(png()).decode()},
    }


def test_one_part_that_fails_does_not_keep_the_others_back() -> None:
    found, _, hushed = collected(page())
    assert found.page["text"] == "x"
    assert found.screenshot is not None
    assert (found.screenshot.width, found.screenshot.height) == (2, 2)
    assert found.cut
    assert (found.frames, found.source, found.icon, hushed) == ([], "", b"", 0)


def test_nothing_at_all() -> None:
    found, _, _ = collected({})
    assert found == Collected()


def test_a_page_that_does_not_answer_loses_its_scripts() -> None:
    assert collected({"Runtime.evaluate": TimeoutError})[2] == 1


def test_the_browsers_own_words_are_no_page() -> None:
    found, asked, _ = collected(page(url="chrome-error://chromewebdata/"))
    assert found.page == {}
    assert "Page.captureScreenshot" not in asked


def test_what_is_no_picture_is_none() -> None:
    found, _, _ = collected(page() | {"Page.captureScreenshot": {"data": b64encode(b"GIF89a").decode()}})
    assert found.screenshot is None


def test_an_icon_in_the_page_itself() -> None:
    url = f"data:image/png;base64,{b64encode(png()).decode()}"
    assert collected(page(icons=[url]))[0].icon == png()
    assert collected(page(icons=["data:image/svg+xml,<svg/>"]))[0].icon == b""
    assert collected(page(icons=["javascript:alert(1)"]))[0].icon == b""


def test_a_tree_as_deep_as_a_page_likes() -> None:
    root: dict[str, Any] = {"shadowRoots": [{"shadowRootType": "closed", "backendNodeId": 7}]}
    for _ in range(50_000):
        root = {"children": [root]}
    assert list(module._closed_roots(root)) == [7]


def test_of_a_real_page(seen: Any) -> None:
    kinds = [each.kind for each in seen["everything"].artifacts]
    assert kinds == ["screenshot", "layout", "screenshot_full", "layout_full", "dom", "text", "favicon", "har"]
    sizes = {each.kind: (each.width, each.height) for each in seen["everything"].artifacts}
    assert sizes["screenshot"] == (1366, 768)
    assert sizes["screenshot_full"][1] > 768
    for kind in ("screenshot", "screenshot_full"):
        assert Image.open(io.BytesIO(seen.kept("everything", kind))).size == sizes[kind]
    assert seen.kept("everything", "favicon") == png()
    assert "会員の皆様へ" in seen.kept("everything", "text").decode()
    assert b"<iframe" in seen.kept("everything", "dom")


def test_a_phones_screen(seen: Any) -> None:
    sizes = {each.kind: (each.width, each.height) for each in seen["phone"].artifacts}
    assert sizes["screenshot"] == (780, 1688)
