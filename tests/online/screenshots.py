"""The articles as a browser shows them: Chromium, without a window, on the file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_SIZE = "1000,12000"


def browser() -> str:
    """The browser that is here; "" for none."""
    return next((found for name in _BROWSERS if (found := shutil.which(name))), "")


def take(out: Path) -> None:
    """A picture of each article (`ja.png`, `en.png`), where a browser is here."""
    program = browser()
    for lang in ("ja", "en") if program else ():
        command = [
            program,
            *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage"),
            f"--user-data-dir={out / 'browser'}",
            f"--window-size={_SIZE}",
            f"--screenshot={out / f'{lang}.png'}",
            f"file://{out / f'{lang}.html'}",
        ]
        with (out / "browser.log").open("ab") as log:
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False, timeout=60)
