"""One look at one page, as one visitor: go there, wherever that leads, until it stays where it is.

The page may do what it likes; what it does too often it is made to stop doing, by taking its scripts away.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from base64 import b64decode
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import msgspec

from sabaki.model.visit import Download, Tls
from sabaki.sources import handshake
from sabaki.visit import downloads, walls
from sabaki.visit.browser import Browser
from sabaki.visit.collect import Collected, collect
from sabaki.visit.devtools import FAILED, Gone, Refused, Session
from sabaki.visit.limits import VisitLimits
from sabaki.visit.profiles import Profile
from sabaki.visit.traffic import Fetched, Traffic

_MOST_LINES = 50
_LONGEST_LINE = 300
_MOST_DIALOGS = 20
_MOST_POPUPS = 5
_MOST_FRAMES = 20
_LONGEST_URL = 2_000
_MOST_BODY = 2_000_000
"""Bytes of an answer up to which its body is hashed for the HAR."""
_TICK = 0.1
_COLLECTING = 0.35
"""The part of a view's time that is kept for bringing back what there is."""
_CHILDREN = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
_PAUSING = {"patterns": [{"urlPattern": "*", "resourceType": "Document", "requestStage": "Response"}]}


class Captured(msgspec.Struct):
    """What one look brought back, as far as it got. `reached` names the limits, `crashed` says that the page's process ended."""

    collected: Collected = msgspec.field(default_factory=Collected)
    downloads: list[Download] = []
    dialogs: list[str] = []
    console: list[str] = []
    popups: list[str] = []
    reached: list[str] = []
    crashed: bool = False


class Look:
    """One view in a context of its own: no cookie and no cache of another. Hand `event` the browser's events.

    `insecure`: go on where the certificate is none that a browser accepts.
    """

    def __init__(
        self, browser: Browser, profile: Profile, limits: VisitLimits, proxy: Path, *, insecure: bool = False
    ) -> None:
        self._browser = browser
        self._profile = profile
        self._limits = limits
        self._proxy = proxy
        self._insecure = insecure
        self._context = self._target = ""
        self._page: Session | None = None
        self._sessions: dict[str, Session] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._saving: dict[str, tuple[str, str]] = {}
        self._loaded = self._quiet = False
        self.traffic = Traffic(most=limits.requests)
        self.captured = Captured()

    async def go(self, url: str, seconds: float) -> None:
        """Look at a page. Comes back within so many seconds, with what there is."""
        with contextlib.suppress(Gone, Refused):
            try:
                async with asyncio.timeout(min(self._limits.view_seconds, seconds * (1 - _COLLECTING))):
                    await self._open()
                    await self._travel(url)
            except TimeoutError:
                self._reached("view_seconds")
                self.traffic.give_up()
        if self._page is not None and not self.captured.crashed:
            with contextlib.suppress(TimeoutError, Gone):
                async with asyncio.timeout(seconds * _COLLECTING):
                    frames = [each for each in self._sessions.values() if each.frame != self._page.frame]
                    await collect(self._page, frames, self._profile, self._limits, self.captured.collected, self._hush)
        if self.traffic.pages and self.traffic.pages[-1].ours:
            self.captured.collected = Collected()  # what stands there is our own proxy's answer
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(*FAILED):
            given = {"browserContextId": self._context}
            self.captured.collected.cookies = (
                await self._browser.devtools.call("Storage.getCookies", given, seconds=2)
            )["cookies"][:200]
        with contextlib.suppress(*FAILED):
            await self._browser.devtools.call("Target.disposeBrowserContext", given, seconds=2)

    # -- the journey

    async def _open(self) -> None:
        call = self._browser.devtools.call
        self._context = (await call("Target.createBrowserContext"))["browserContextId"]
        saving = {"behavior": "allowAndName", "downloadPath": walls.DOWNLOADS, "eventsEnabled": True}
        await call("Browser.setDownloadBehavior", {"browserContextId": self._context, **saving})
        given = {"url": "about:blank", "browserContextId": self._context, **self._profile.window}
        self._target = (await call("Target.createTarget", given))["targetId"]
        id = (await call("Target.attachToTarget", {"targetId": self._target, "flatten": True}))["sessionId"]
        self._page = Session(self._browser.devtools, id, self._target)
        self._sessions[id] = self._page
        self.traffic.frame = self._target
        await call("Target.setDiscoverTargets", {"discover": True})
        for method, parameters in (
            ("Page.enable", {}),
            ("Security.enable", {}),
            ("Security.setOverrideCertificateErrors", {"override": True}),
            *self._watching(),
        ):
            await self._page.call(method, parameters)

    def _watching(self) -> list[tuple[str, dict[str, Any]]]:
        """What is asked of every session, the page's and those of frames and workers."""
        return [
            ("Network.enable", {"maxTotalBufferSize": 10_000_000, "maxResourceBufferSize": 2_000_000}),
            ("Runtime.enable", {}),
            ("Log.enable", {}),
            ("Target.setAutoAttach", _CHILDREN),
            ("Fetch.enable", _PAUSING),
            *self._profile.overrides(),
        ]

    async def _joined(self, id: str, target: dict[str, Any]) -> None:
        """A frame of another site, or a worker: it is watched, too, and then let run."""
        session = Session(self._browser.devtools, id, str(target["targetId"]))
        if target["type"] == "iframe" and len(self._sessions) <= _MOST_FRAMES:
            self._sessions[id] = session
            watching = [("Page.enable", {}), *self._watching()]
        else:
            watching = [("Network.enable", {})]
            self.traffic.sessions.add(id)
        calls = [session.call(method, given) for method, given in watching]
        await asyncio.gather(*calls, session.call("Runtime.runIfWaitingForDebugger"), return_exceptions=True)

    async def _travel(self, url: str) -> None:
        """Go there and on, until nothing has moved for a while."""
        assert self._page is not None, "_open was called"
        self._later(self._page.call("Page.navigate", {"url": url}, self._limits.view_seconds))
        loop, settle = asyncio.get_running_loop(), self._limits.settle_seconds
        moved, since, quiet = -1, loop.time(), loop.time()
        while not self.captured.crashed:
            now = loop.time()
            if self.traffic.moved != moved:
                moved, since, quiet = self.traffic.moved, now, now
                self._loaded = False
            if self.traffic.busy or not self.traffic.pages or (not self._loaded and now - since < 2 * settle):
                quiet = now
            if self.traffic.moved > 2 * self._limits.redirects:
                self._hush("redirects")
                return
            if now - quiet >= settle:
                return
            await asyncio.sleep(_TICK)

    def _hush(self, limit: str = "") -> None:
        """Take the page's scripts away: the one that runs now, and all that would run."""
        if limit:
            self._reached(limit)
        if self._quiet:
            return
        self._quiet = True
        for session in list(self._sessions.values()):
            self._later(session.call("Runtime.terminateExecution"))
            self._later(session.call("Emulation.setScriptExecutionDisabled", {"value": True}))

    def _reached(self, limit: str) -> None:
        if limit not in self.captured.reached:
            self.captured.reached.append(limit)

    def _later(self, work: Awaitable[Any]) -> None:
        async def quietly() -> None:
            with contextlib.suppress(*FAILED):
                await work

        task = asyncio.get_running_loop().create_task(quietly())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- what happens meanwhile

    def event(self, method: str, given: dict[str, Any], id: str) -> None:
        """Take an event of the browser. Raises KeyError and the like on nonsense."""
        match method:
            case "Target.attachedToTarget" if id in self._sessions:
                self._later(self._joined(str(given["sessionId"]), given["targetInfo"]))
            case "Target.detachedFromTarget":
                self._sessions.pop(str(given["sessionId"]), None)
                self.captured.crashed |= self._page is not None and given["sessionId"] == self._page.id
            case "Target.targetCreated":
                self._opened(given["targetInfo"])
            case "Target.targetCrashed":
                self.captured.crashed |= given["targetId"] == self._target and bool(self._target)
            case "Browser.downloadWillBegin":
                self._saving[str(given["guid"])] = (str(given["url"]), str(given.get("suggestedFilename", "")))
            case "Browser.downloadProgress":
                self._saved(given)
            case _ if id in self._sessions:
                self._of_the_page(method, given, self._sessions[id])
            case _ if id in self.traffic.sessions:
                self.traffic.take(method, given)

    def _of_the_page(self, method: str, given: dict[str, Any], session: Session) -> None:
        is_main = session is self._page
        match method:
            case "Page.loadEventFired" if is_main:
                self._loaded = True
            case "Page.javascriptDialogOpening":
                self._dialog(given, session)
            case "Page.windowOpen":
                self._popup(str(given["url"]))
            case "Fetch.requestPaused":
                self._later(self._paused(given, session))
            case "Security.certificateError":
                self._certificate(given, session)
            case "Inspector.targetCrashed":
                self.captured.crashed |= is_main
            case "Runtime.consoleAPICalled":
                told = " ".join(str(each.get("value", each.get("description", ""))) for each in given["args"][:10])
                self._line(f"{given['type']}: {told}", session)
            case "Runtime.exceptionThrown":
                thrown = given["exceptionDetails"]
                what = (thrown.get("exception") or {}).get("description") or thrown.get("text", "")
                self._line(f"exception: {what}", session)
            case "Log.entryAdded":
                self._line(f"{given['entry']['level']}: {given['entry']['text']}", session)
            case _:
                if method == "Network.loadingFinished":
                    self._body(given, session)
                self.traffic.take(method, given)
                if self.traffic.full:
                    self._reached("requests")
                    self._later(session.call("Network.disable"))

    def _body(self, given: dict[str, Any], session: Session) -> None:
        fetched = self.traffic.fetched_by(str(given["requestId"]))
        if fetched is not None and 0 <= given.get("encodedDataLength", -1) <= _MOST_BODY:
            self._later(self._hashed(fetched, session, str(given["requestId"])))

    async def _hashed(self, fetched: Fetched, session: Session, id: str) -> None:
        answer = await session.call("Network.getResponseBody", {"requestId": id})
        body = str(answer["body"])
        content = b64decode(body) if answer.get("base64Encoded") else body.encode("utf-8", "surrogatepass")
        fetched.sha256, fetched.length = hashlib.sha256(content).hexdigest(), len(content)

    def _line(self, text: str, session: Session) -> None:
        self.captured.console.append(text[:_LONGEST_LINE])
        if len(self.captured.console) > _MOST_LINES:
            del self.captured.console[_MOST_LINES:]
            for method in ("Runtime.disable", "Log.disable"):
                self._later(session.call(method))

    def _dialog(self, given: dict[str, Any], session: Session) -> None:
        """Said no to, whatever it asks; "leave this page?" is said yes to."""
        if len(self.captured.dialogs) < _MOST_DIALOGS:
            self.captured.dialogs.append(f"{given['type']}: {given['message']}"[:_LONGEST_LINE])
        else:
            self._hush("dialogs")
        # Always at once: a loop of them hears that it is to end only after it has run many times.
        accept = given["type"] == "beforeunload"
        self._later(session.call("Page.handleJavaScriptDialog", {"accept": accept}))

    def _popup(self, url: str) -> None:
        if len(self.captured.popups) < _MOST_POPUPS:
            self.captured.popups.append(url[:_LONGEST_URL])
        else:
            self._hush("popups")

    def _opened(self, target: dict[str, Any]) -> None:
        """A window that the page opened is closed; where it would have led is known (Page.windowOpen)."""
        if target["type"] == "page" and target.get("openerId") and target.get("browserContextId") == self._context:
            self._later(self._browser.devtools.call("Target.closeTarget", {"targetId": target["targetId"]}))

    def _certificate(self, given: dict[str, Any], session: Session) -> None:
        """No certificate that a browser accepts: said, looked at, and by default not passed."""
        action = "continue" if self._insecure else "cancel"
        self._later(session.call("Security.handleCertificateError", {"eventId": given["eventId"], "action": action}))
        page, error = self.traffic.under_way(str(given["requestURL"])), f"net::{str(given['errorType'])[:60]}"
        if page is not None and page.tls is None:
            page.tls = Tls(error=error)
            if not self._insecure:
                page.error = error
            self._later(self._shown(page, error))

    async def _shown(self, page: Fetched, error: str) -> None:
        where = page.place
        if where is not None:
            page.tls = await handshake.look(self._proxy, *where, error)

    # -- files

    def _download(self, file: Download) -> None:
        if len(self.captured.downloads) < self._limits.downloads:
            self.captured.downloads.append(file)
            if not file.complete and file.size > self._limits.download_size:
                self._reached("download_size")
        else:
            self._hush("downloads")

    async def _paused(self, given: dict[str, Any], session: Session) -> None:
        """A page's answer before the browser has it: a file is hashed here and never reaches the browser."""
        headers = {str(each["name"]).lower(): str(each["value"]) for each in (given.get("responseHeaders") or [])[:200]}
        if "responseErrorReason" in given or not downloads.is_file(given.get("responseStatusCode", 0), headers):
            await session.call("Fetch.continueRequest", {"requestId": given["requestId"]})
            return
        try:
            if len(self.captured.downloads) < self._limits.downloads:
                self._download(await downloads.streamed(session, given, headers, self._limits))
            else:
                self._hush("downloads")
        finally:
            await session.call("Fetch.failRequest", {"requestId": given["requestId"], "errorReason": "Aborted"})

    def _saved(self, given: dict[str, Any]) -> None:
        """The browser has written a file: one that a script made, since what comes over the net is stopped before."""
        guid = str(given["guid"])
        if given["state"] == "inProgress":
            if given.get("receivedBytes", 0) > self._limits.download_size:
                cancel = {"guid": guid, "browserContextId": self._context}
                self._later(self._browser.devtools.call("Browser.cancelDownload", cancel))
            return
        url, name = self._saving.pop(guid, ("", ""))
        if url.startswith(("blob:", "data:")):
            most, root = self._limits.download_size, self._browser.root
            file = root and downloads.written(root, walls.DOWNLOADS, guid, url, name, most)
            self._download(file or Download(url[:200], name[:300], 0, "", complete=False))
