"""Bringing back what stands on a page that has come to rest: text, forms, pictures, and where each piece of text stands on them."""

from __future__ import annotations

import contextlib
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from typing import Any

import msgspec

from sabaki.visit import layout
from sabaki.visit.devtools import FAILED, Refused, Session
from sabaki.visit.limits import VisitLimits
from sabaki.visit.profiles import Profile

_LOOK = files("sabaki.visit").joinpath("look.js").read_text("utf-8")
_MOST_ICON = 500_000
_STREAM = 1 << 18
_MOST_FRAMES = 20
_MOST_ROOTS = 30
_MOST_ELEMENTS = 50_000
"""From so many elements on the page is not asked for as a whole: the answer would be all that there is time for."""
_NO_PAGE = ("about:", "chrome-error:", "chrome:")
_SNAPSHOT = {"computedStyles": ["padding-left", "padding-top"], "includeDOMRects": True}


class Picture(msgspec.Struct, frozen=True):
    """A screenshot as PNG; `words` says where each piece of text stands on it."""

    content: bytes
    width: int
    height: int
    words: layout.Layout


class Collected(msgspec.Struct):
    """What was brought back: each part is missing where it could not be had. `page` is what look.js saw of the main frame, `frames` of those in it.

    `source` is the page as it was delivered.
    """

    page: dict[str, Any] = {}
    frames: list[dict[str, Any]] = []
    screenshot: Picture | None = None
    full: Picture | None = None
    cut: bool = False
    """Whether the page is longer than the full screenshot."""
    icon: bytes = b""
    source: str = ""
    cookies: list[dict[str, Any]] = []


async def collect(
    page: Session,
    others: Sequence[Session],
    profile: Profile,
    limits: VisitLimits,
    found: Collected,
    hush: Callable[[], None],
) -> None:
    """Fill in `found`; what one part lacks does not keep the others back. `others` are the sessions of frames of other sites.

    `hush` takes the page's scripts away: it is called where one of them never ends.
    """
    with contextlib.suppress(*FAILED):
        await page.call("Page.stopLoading", seconds=2)
    try:
        await page.call("Runtime.evaluate", {"expression": "0"}, 1.5)
    except TimeoutError:
        hush()
    except FAILED:
        pass
    collector = _Collector(page, others, profile, limits, found)
    for part in (collector.text, collector.pictures, collector.frames, collector.source, collector.icon):
        with contextlib.suppress(*FAILED):
            await part()


class _Collector:
    def __init__(
        self, page: Session, others: Sequence[Session], profile: Profile, limits: VisitLimits, found: Collected
    ) -> None:
        self._page = page
        self._others = others
        self._profile = profile
        self._limits = limits
        self._found = found

    async def text(self) -> None:
        page = await self._looked(self._page, self._page.frame)
        # The browser's own words about a page that did not come are no page.
        self._found.page = {} if str(page.get("url", "")).startswith(_NO_PAGE) else page

    async def frames(self) -> None:
        """The frames in the page, those of other sites in their own sessions."""
        places: list[tuple[Session, str]] = []
        for session in (self._page, *self._others):
            with contextlib.suppress(*FAILED):
                tree = (await session.call("Page.getFrameTree"))["frameTree"]
                places += [(session, id) for id in _ids(tree, 0) if id != self._page.frame]
        for session, id in places[:_MOST_FRAMES]:
            with contextlib.suppress(*FAILED):
                self._found.frames.append(await self._looked(session, id))

    async def _looked(self, session: Session, frame: str) -> dict[str, Any]:
        """What look.js sees of a frame: in a world of its own, where the page's scripts cannot change what is called."""
        world = await session.call("Page.createIsolatedWorld", {"frameId": frame, "worldName": "main"}, 3)
        context = world["executionContextId"]
        roots = await self._closed(session, context) if frame == session.frame else []
        given = {
            "functionDeclaration": _LOOK,
            "executionContextId": context,
            "arguments": [{"value": self._limits.dom}, {"value": self._limits.text}, *roots],
            "returnByValue": True,
        }
        answer = await session.call("Runtime.callFunctionOn", given)
        found = msgspec.json.decode(answer["result"]["value"])
        return found if isinstance(found, dict) else {}

    async def _closed(self, session: Session, context: int) -> list[dict[str, Any]]:
        """The shadow roots that a page has closed: no script can look into them from outside, the browser can."""
        roots: list[dict[str, Any]] = []
        with contextlib.suppress(*FAILED):
            count = {
                "expression": "document.getElementsByTagName('*').length",
                "contextId": context,
                "returnByValue": True,
            }
            if (await session.call("Runtime.evaluate", count, 2))["result"]["value"] > _MOST_ELEMENTS:
                return []
            tree = await session.call("DOM.getDocument", {"depth": -1, "pierce": True}, 3)
            for id in list(_closed_roots(tree["root"]))[:_MOST_ROOTS]:
                given = {"backendNodeId": id, "executionContextId": context}
                held = await session.call("DOM.resolveNode", given, 2)
                roots.append({"objectId": held["object"]["objectId"]})
        return roots

    async def pictures(self) -> None:
        """Above the fold as the window shows it, then the whole page; each with its own boxes: the page may move in between."""
        if not self._found.page:
            return
        metrics = await self._page.call("Page.getLayoutMetrics", seconds=3)
        view = metrics["cssVisualViewport"]
        place = float(view["pageX"]), float(view["pageY"]), float(view["clientWidth"])
        words = await self._words()
        self._found.screenshot = await self._shot({}, words, place)
        size = metrics["cssContentSize"]
        width = max(1, min(int(size["width"]), 4_000))
        height = max(1, min(int(size["height"]), round(self._limits.full_height / self._profile.scale)))
        self._found.cut = size["height"] > height
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        self._found.full = await self._shot({"captureBeyondViewport": True, "clip": clip}, words, (0.0, 0.0, width))

    async def _shot(self, given: dict[str, Any], words: layout.Pieces, place: tuple[float, float, float]) -> Picture:
        answer = await self._page.call("Page.captureScreenshot", {"format": "png", **given})
        content = b64decode(answer["data"])
        if content[:8] != b"\x89PNG\r\n\x1a\n" or len(content) < 24:
            raise Refused("no PNG")
        width, height = int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
        left, top, shown = place
        return Picture(content, width, height, layout.on_picture(words, left, top, width / max(shown, 1.0)))

    async def _words(self) -> layout.Pieces:
        """Where each piece of text stands on the page; frames of other sites are put in their places."""
        found = layout.Pieces()
        with contextlib.suppress(*FAILED):
            found = layout.read(await self._page.call("DOMSnapshot.captureSnapshot", _SNAPSHOT))
        for session in self._others:
            with contextlib.suppress(*FAILED):
                owner = (await self._page.call("DOM.getFrameOwner", {"frameId": session.frame}, 2))["backendNodeId"]
                inner = layout.read(await session.call("DOMSnapshot.captureSnapshot", _SNAPSHOT))
                found = layout.joined(found, owner, inner)
        return found

    async def source(self) -> None:
        """The page as it was delivered."""
        url = str(self._found.page.get("url", "")).partition("#")[0]
        answer = await self._page.call("Page.getResourceContent", {"frameId": self._page.frame, "url": url})
        if not answer.get("base64Encoded"):
            self._found.source = str(answer["content"])[: self._limits.dom]

    async def icon(self) -> None:
        """The favicon: the one that the page names, else the usual one."""
        if not self._found.page:
            return
        icons = self._found.page.get("icons") or []
        url = str(icons[0]) if icons else str(self._found.page.get("origin", "")) + "/favicon.ico"
        if not url.startswith(("http:", "https:")):
            self._found.icon = _in_itself(url)
            return
        options = {"disableCache": False, "includeCredentials": True}
        given = {"frameId": self._page.frame, "url": url, "options": options}
        answer = (await self._page.call("Network.loadNetworkResource", given))["resource"]
        if not answer.get("success") or answer.get("httpStatusCode") != 200:
            return
        content = b""
        while len(content) < _MOST_ICON:
            piece = await self._page.call("IO.read", {"handle": answer["stream"], "size": _STREAM})
            content += b64decode(piece["data"]) if piece.get("base64Encoded") else piece["data"].encode("latin-1")
            if piece.get("eof"):
                self._found.icon = content
                return


def _in_itself(url: str) -> bytes:
    """The bytes of a data: URL (RFC 2397) in base64; none of any other."""
    head, comma, data = url.partition(",")
    return b64decode(data)[:_MOST_ICON] if comma and head.endswith(";base64") and head.startswith("data:") else b""


def _ids(tree: dict[str, Any], depth: int) -> Iterator[str]:
    yield str(tree["frame"]["id"])
    for child in (tree.get("childFrames") or [])[:_MOST_FRAMES] if depth < 5 else ():
        yield from _ids(child, depth + 1)


def _closed_roots(root: dict[str, Any]) -> Iterator[int]:
    """The closed shadow roots of a tree as DOM.getDocument gives it; without recursion, which a page's depth could exhaust."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        for each in node.get("shadowRoots") or ():
            if each.get("shadowRootType") == "closed":
                yield int(each["backendNodeId"])
            if each.get("shadowRootType") != "user-agent":
                waiting.append(each)
        waiting += node.get("children") or ()
