"""Links that are never followed: to fetch one could cancel a subscription, or confirm that somebody reads the address (RFC 2369, RFC 8058)."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote

import re2

from sabaki.facts.folding import clean, fold
from sabaki.model.observable import Url

_READ = 8_000
_WORDS = re2.compile(
    r"unsub|\bopt[- ]?out|one[- ]?click|list[- ]?manage|remove[- ]?me|mail[- ]?(?:stop|cancel)|(?:email|mail|subscription)[- ]?preferences?|"
    r"hai[sh]{1,2}in[- ]?(?:tei|kai)|taikai|(?:配信|購読|登録|受信|メール|メルマガ)(?:を|の)?(?:停止|解除|拒否)|退会|オプトアウト"
)
"""In path, query, fragment or on the link's face, folded. "解除" alone is no such word: lures promise to lift a restriction by it."""


def cancels(url: Url, listed: Iterable[str] = ()) -> bool:
    """Whether a link must not be followed. `listed` are the values of the mail's List-Unsubscribe fields."""
    said = unquote(f"{url.path} {url.query} {url.fragment}"[:_READ], errors="replace")
    if _WORDS.search(fold(clean(f"{said} {url.text[:_READ]}")).lower()):
        return True
    return any(form and form in field for field in listed for form in (url.raw, url.value))
