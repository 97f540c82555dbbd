"""A form hands a secret to another site than the page's."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import visited
from sabaki.model.case import Case
from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.registry import Hit, check


@check(severity=Severity.MEDIUM, weight=14, family="page-secret")
def posts_elsewhere(case: Case) -> Iterator[Hit]:
    """A visit saw a form for a secret that would send it to another site than the one that shows it."""
    for visit, view in visited.views(case):
        form = next((form for form in view.forms if form.elsewhere and visited.secrets(form)), None)
        if form is None:
            continue
        yield Hit(
            "a form on the page sends what is typed to another site",
            "リンク先の入力フォームは、入力内容を別のサイトへ送信します",
            Grade.VERIFIED,
            (visited.evidence(visit, view, "form", f"{view.url} -> {form.action}"),),
            "Sites that sign people in through a service of somebody else do that too.",
            "外部の認証サービスを使う正規のサイトでも見られます。",
        )
        return
