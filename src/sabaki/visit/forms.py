"""The forms of a page, as look.js describes them, in the report's words: what they ask for, and where that would go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from sabaki.facts import pageasks
from sabaki.facts.identity import related
from sabaki.model.visit import Form, FormField

_MOST = 50
_MOST_FIELDS = 100
_NAMES = ("type", "name", "id", "autocomplete", "label", "placeholder", "inputmode")


def read(seen: Iterable[dict[str, Any]], page_url: str) -> tuple[Form, ...]:
    """The forms of the main frame and of all others. What is no form gives none."""
    return tuple(_forms(seen, page_url))[:_MOST]


def _forms(seen: Iterable[dict[str, Any]], page_url: str) -> Iterator[Form]:
    for each in seen:
        listed = each.get("forms")
        for form in listed[:_MOST] if isinstance(listed, list) else ():
            if isinstance(form, dict) and isinstance(form.get("fields"), list):
                yield _form(form, page_url)


def _form(form: dict[str, Any], page_url: str) -> Form:
    fields = [each for each in form["fields"] if isinstance(each, dict)][:_MOST_FIELDS]
    asked = pageasks.of_form([_field(each) for each in fields])
    action = text(form, "action")
    target, here = host(action), host(page_url)
    return Form(
        action,
        text(form, "method") or "get",
        tuple(
            FormField(
                name=text(each, "name") or text(each, "id"),
                type=text(each, "type"),
                label=text(each, "label") or text(each, "placeholder"),
                asks=asks,
                value=text(each, "value"),
                hidden=bool(each.get("hidden")),
            )
            for each, asks in zip(fields, asked, strict=True)
        ),
        bool(target and here) and target != here and not related(target, here),
    )


def _field(each: dict[str, Any]) -> pageasks.Field:
    length = each.get("maxlength")
    return pageasks.Field(
        **{name: text(each, name) for name in _NAMES},
        maxlength=length if isinstance(length, int) and 0 < length < 1_000_000 else 0,
    )


def text(given: dict[str, Any], name: str) -> str:
    """A string out of a page's document; "" for anything else."""
    value = given.get(name)
    return value if isinstance(value, str) else ""


def texts(given: dict[str, Any], name: str) -> tuple[str, ...]:
    """Strings out of a page's document; what is none is left out."""
    value = given.get(name)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def host(url: str) -> str:
    """The host of a URL in lower case without a final dot; "" where there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
