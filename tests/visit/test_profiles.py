"""A visitor of one piece: language, zone, screen, User-Agent and client hints tell the same story."""

from __future__ import annotations

import pytest

from sabaki.visit.profiles import profile

VERSION = "Chrome/156.0.7204.50"


@pytest.mark.parametrize(("name", "mobile", "system"), [("desktop", False, "Windows"), ("phone", True, "Android")])
def test_of_one_piece(name: str, mobile: bool, system: str) -> None:
    visitor = profile(name, "ja-JP", "Asia/Tokyo", VERSION)
    calls = dict(visitor.overrides())
    agent = calls["Emulation.setUserAgentOverride"]
    hints = agent["userAgentMetadata"]
    assert "Chrome/156.0.0.0" in agent["userAgent"]
    assert "Headless" not in str(calls)
    assert system in agent["userAgent"]
    assert (" Mobile " in agent["userAgent"]) is mobile
    assert (hints["mobile"], hints["platform"]) == (mobile, system)
    assert {each["version"] for each in hints["brands"] if each["brand"] == "Chromium"} == {"156"}
    assert {each["version"] for each in hints["fullVersionList"] if each["brand"] == "Chromium"} == {"156.0.7204.50"}
    assert agent["acceptLanguage"] == "ja-JP,ja"
    assert calls["Emulation.setTimezoneOverride"] == {"timezoneId": "Asia/Tokyo"}
    assert calls["Emulation.setLocaleOverride"] == {"locale": "ja_JP"}
    assert calls["Emulation.setDeviceMetricsOverride"]["mobile"] is mobile
    assert calls["Emulation.setTouchEmulationEnabled"]["enabled"] is mobile
    assert calls["Emulation.setDeviceMetricsOverride"]["width"] == visitor.window["width"] == (390 if mobile else 1366)


def test_a_user_agent_of_ones_own_brings_no_hints_that_contradict_it() -> None:
    agent = dict(profile("phone", "en", "UTC", VERSION, "Other/1").overrides())["Emulation.setUserAgentOverride"]
    assert agent["userAgent"] == "Other/1"
    assert "userAgentMetadata" not in agent
    assert agent["acceptLanguage"] == "en"


def test_a_browser_that_does_not_say_its_version() -> None:
    assert "Chrome/150.0.0.0" in profile("desktop", "ja-JP", "Asia/Tokyo", "").user_agent


def test_what_a_page_sees_of_it(seen: dict[str, object]) -> None:
    desktop, phone = (seen[name].views[0].text for name in ("everything", "phone"))  # type: ignore[attr-defined]
    assert '"ja-JP,ja","Asia/Tokyo",false,1366,0]' in desktop
    assert '"ja-JP,ja","Asia/Tokyo",false,390,5]' in phone
    assert "Windows NT 10.0" in desktop
    assert "Android 10" in phone
