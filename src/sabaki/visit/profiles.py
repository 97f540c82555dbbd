"""Who is looking: a desktop or a phone, with a language and a time zone, all of it of one piece.

Kits that serve one country show others a decoy, so language and zone are the mail's. The browser is what it says it is, Chromium on
the usual platforms; that it has no window is not said. Nothing else is disguised.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Profile(msgspec.Struct, frozen=True):
    """One visitor. `name` is "desktop" or "phone", sizes are in CSS pixels, `scale` is pixels of the screen for one of them."""

    name: str
    width: int
    height: int
    scale: float
    locale: str
    zone: str
    version: str
    agent: str = ""

    @property
    def is_phone(self) -> bool:
        """Whether it has a touch screen and shows the page as phones do."""
        return self.name == "phone"

    @property
    def window(self) -> dict[str, Any]:
        """The size of the window, as Target.createTarget takes it."""
        return {"width": self.width, "height": self.height}

    @property
    def user_agent(self) -> str:
        """The User-Agent, in its reduced form as Chromium sends it."""
        if self.agent:
            return self.agent
        major = self.version.partition("/")[2].partition(".")[0] or "150"
        system, mobile = ("Linux; Android 10; K", " Mobile") if self.is_phone else ("Windows NT 10.0; Win64; x64", "")
        return (
            f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0{mobile} Safari/537.36"
        )

    def overrides(self) -> list[tuple[str, dict[str, Any]]]:
        """The calls that make the browser this visitor."""
        language = self.locale.partition("-")[0]
        screen = {
            "width": self.width,
            "height": self.height,
            "deviceScaleFactor": self.scale,
            "mobile": self.is_phone,
            "screenWidth": self.width,
            "screenHeight": self.height,
        }
        agent: dict[str, Any] = {
            "userAgent": self.user_agent,
            "acceptLanguage": f"{self.locale},{language}" if language != self.locale else self.locale,
            "platform": "Linux armv81" if self.is_phone else "Win32",
        }
        if not self.agent:
            agent["userAgentMetadata"] = self._metadata()
        return [
            ("Emulation.setDeviceMetricsOverride", screen),
            ("Emulation.setTouchEmulationEnabled", {"enabled": self.is_phone, "maxTouchPoints": 5}),
            ("Emulation.setUserAgentOverride", agent),
            ("Emulation.setLocaleOverride", {"locale": self.locale.replace("-", "_")}),
            ("Emulation.setTimezoneOverride", {"timezoneId": self.zone}),
        ]

    def _metadata(self) -> dict[str, Any]:
        """The client hints (Sec-CH-UA and its like), of one piece with the User-Agent."""
        full = self.version.partition("/")[2] or "150.0.0.0"
        major = full.partition(".")[0]
        brands = [("Chromium", major), ("Google Chrome", major), ("Not.A/Brand", "8")]
        whole = [("Chromium", full), ("Google Chrome", full), ("Not.A/Brand", "8.0.0.0")]
        return {
            "brands": [{"brand": brand, "version": version} for brand, version in brands],
            "fullVersionList": [{"brand": brand, "version": version} for brand, version in whole],
            "platform": "Android" if self.is_phone else "Windows",
            "platformVersion": "14.0.0" if self.is_phone else "15.0.0",
            "architecture": "" if self.is_phone else "x86",
            "bitness": "" if self.is_phone else "64",
            "model": "Pixel 8" if self.is_phone else "",
            "mobile": self.is_phone,
            "wow64": False,
        }


def profile(name: str, locale: str, zone: str, version: str, agent: str = "") -> Profile:
    """The visitor of that name ("desktop", "phone")."""
    width, height, scale = (390, 844, 2.0) if name == "phone" else (1366, 768, 1.0)
    return Profile(name, width, height, scale, locale, zone, version, agent)
