"""One report told in one language: the choice of words, and the defusing of all that the mail put into them."""

from __future__ import annotations

from functools import cached_property

from sabaki.model.evidence import Grade
from sabaki.model.finding import Finding
from sabaki.model.observable import EmailAddr
from sabaki.model.report import Label, Report
from sabaki.render import defang, words
from sabaki.render.blocks import Statement

_ELLIPSIS = "…"


class Voice:
    """A report and the language to tell it in."""

    def __init__(self, report: Report, lang: str) -> None:
        """Take "ja" or anything else, which means English."""
        self.report = report
        self.lang = "ja" if lang == "ja" else "en"

    def say(self, en: str, ja: str) -> str:
        """The sentence in the language of this voice."""
        return ja if self.lang == "ja" else en

    def word(self, pair: words.Pair) -> str:
        """The word in the language of this voice."""
        return words.pick(pair, self.lang)

    @cached_property
    def _hosts(self) -> list[str]:
        own = self.report.own_domains
        named = {
            name for url in self.report.urls[:200] for name in (url.host, url.host_unicode, url.registrable_domain)
        }
        return sorted((name for name in named if name and "." in name and name not in own), key=len, reverse=True)

    def safe(self, text: str, longest: int = 600) -> str:
        """Words of ours with words of the mail among them: links and hosts defanged, cut at `longest` characters."""
        cut = f"{text[:longest]}{_ELLIPSIS}" if len(text) > longest else text
        defanged = defang.prose(cut)
        for host in self._hosts:
            if host in defanged:
                defanged = defanged.replace(host, defang.host(host))
        return defanged

    @property
    def accused(self) -> bool:
        """Whether the verdict speaks against the mail: only then is anyone called an attacker or a victim."""
        return self.report.verdict.label in (Label.MALICIOUS, Label.SUSPICIOUS)

    def mailbox(self, box: EmailAddr | None) -> str:
        """A mailbox as written: name and address."""
        if box is None:
            return self.say("(none)", "（なし）")
        address = box.address or self.say("(no address)", "（アドレスなし）")
        return f"{box.display_name} <{address}>" if box.display_name else f"<{address}>"

    def mailboxes(self, boxes: tuple[EmailAddr, ...], most: int = 3) -> str:
        """Several mailboxes, the first of them written out."""
        if not boxes:
            return self.say("(none)", "（なし）")
        shown = ", ".join(self.mailbox(box) for box in boxes[:most])
        rest = len(boxes) - most
        return shown if rest <= 0 else shown + self.say(f" and {rest} more", f" ほか {rest} 件")

    def title(self, finding: Finding) -> str:
        """A finding's title as a sentence of its own, defanged."""
        text = self.safe(self.say(finding.title, finding.title_ja))
        if self.lang == "ja":
            return text if text.endswith(("。", "！", "？")) else f"{text}。"
        if "=" not in text.partition(" ")[0]:
            text = f"{text[:1].upper()}{text[1:]}"
        return text if text.endswith((".", "!", "?", "…")) else f"{text}."

    def findings(self, *prefixes: str, but: tuple[str, ...] = ()) -> tuple[Statement, ...]:
        """The findings of some kinds ("sender/") as statements, the weightiest first."""
        return tuple(
            Statement(
                self.title(finding),
                finding.grade,
                self.safe(self.say(finding.detail, finding.detail_ja)),
                "strong" if finding.weight >= 25 else "",
            )
            for finding in self.report.findings
            if finding.id.startswith(prefixes) and finding.id not in but
        )

    def found(self, id: str) -> Finding | None:
        """The first finding of that id."""
        return next((finding for finding in self.report.findings if finding.id == id), None)

    @property
    def line_grade(self) -> Grade:
        """The grade of what stands above the trust line."""
        return {"named": Grade.ATTESTED, "inferred": Grade.INFERRED}.get(self.report.trust.basis, Grade.SELF_DECLARED)
