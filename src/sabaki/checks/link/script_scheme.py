"""A link runs script or carries its page in itself."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import cite
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.MEDIUM, weight=20, family="host")
def script_scheme(case: Case) -> Iterator[Hit]:
    """A link is a data: or javascript: URL: it shows a page without any host that could be checked."""
    found = cite.traits(case, "data_uri")
    if found:
        url, _ = found[0]
        yield Hit(
            f"a link carries its page or script in itself ({url.scheme}:)",
            f"リンク自体にページやスクリプトが埋め込まれています（{url.scheme}:）",
            Grade.VERIFIED,
            cite.traited(found),
        )
