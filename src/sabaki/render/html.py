"""The article as one HTML file: no script, nothing loaded, every word of the mail escaped."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from sabaki.model.evidence import Grade
from sabaki.model.report import Report
from sabaki.render import article, defang, escape, words
from sabaki.render.blocks import Article, Delays, Lap, Picture, Scale


def _shown(value: Any) -> Any:
    """The gate before autoescape: URLs are defanged; control, direction and invisible characters are shown."""
    return escape.lines(defang.prose(value)) if isinstance(value, str) and not isinstance(value, Markup) else value


def _percent(scale: Scale, value: float) -> str:
    """Where a value lies on the bar. The bar is a third longer than its last threshold, so that all have room."""
    longest = max([100.0, *(mark * 4 / 3 for _, mark in scale.marks)])
    return f"{min(100.0, max(0.0, 100 * value / longest)):.1f}"


def _lap(delays: Delays, lap: Lap) -> str:
    """Where a lap's bar begins and how long it is, as CSS. Negative ones go to the left of the common zero."""
    least, most = delays.span
    whole = (most - least) or 1.0
    seconds = lap.seconds or 0.0
    start = (min(0.0, seconds) - least) / whole
    return f"margin-left:{100 * start:.1f}%;width:{100 * abs(seconds) / whole:.1f}%"


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("sabaki.render"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        keep_trailing_newline=True,
    )
    environment.globals["percent"] = _percent
    environment.globals["lap"] = _lap
    environment.globals["source"] = _source
    return environment.get_template("article.html.j2")


def _source(picture: Picture) -> Markup:
    """A picture inside the page. Its bytes are a PNG of ours: nothing of the page that was visited is in them but pixels."""
    return Markup("data:image/png;base64," + b64encode(picture.content).decode())  # noqa: S704


def render(report: Report, lang: str, *, redacted: bool = True, pictures: Mapping[str, bytes] | None = None) -> str:
    """One self-contained page in "ja" or "en". `redacted` says that the report was masked before; the page says so too.

    `pictures`: see `article.compose`.
    """
    return page(article.compose(report, lang, redacted=redacted, pictures=pictures))


def page(told: Article) -> str:
    """An article as one self-contained page."""
    return _template().render(
        article=told,
        grades={grade.value: words.pick(words.GRADES[grade], told.lang) for grade in Grade},
        shown_as=words.pick(("shown to the reader as", "画面上の表示"), told.lang),
    )
