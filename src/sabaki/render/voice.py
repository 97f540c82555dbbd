"""One report told in one language: the choice of words, and the defusing of all that the mail put into them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from sabaki.model.case import Hop
from sabaki.model.evidence import Grade
from sabaki.model.finding import Finding
from sabaki.model.observable import EmailAddr
from sabaki.model.report import Label, Report
from sabaki.render import defang, words
from sabaki.render.blocks import Statement

_ELLIPSIS = "…"
_LONGEST_NAME = 200
_ALONG_THE_WAY = (
    ("below the line: ", ""),
    ("信頼線より下です。", ""),
    ("the hop above", "the next server"),
    ("すぐ上の行", "次のサーバー"),
    ("topmost: ", "topmost in the header: "),
    ("最上段の行なので", "ヘッダーの最上段の行なので"),
)


def cut(text: str, longest: int = _LONGEST_NAME) -> str:
    """A name that the sender chose, at a length that people read."""
    return f"{text[:longest]}{_ELLIPSIS}" if len(text) > longest else text


class Voice:
    """A report and the language to tell it in."""

    def __init__(self, report: Report, lang: str, pictures: Mapping[str, bytes] | None = None) -> None:
        """Take "ja" or anything else, which means English. `pictures` are the PNGs that may be shown, by the original's sha256."""
        self.report = report
        self.pictures = pictures or {}
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
        defanged = defang.prose(cut(text, longest))
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
        address = cut(box.address) or self.say("(no address)", "（アドレスなし）")
        return f"{cut(box.display_name)} <{address}>" if box.display_name else f"<{address}>"

    def mailboxes(self, boxes: tuple[EmailAddr, ...], most: int = 3) -> str:
        """Several mailboxes, the first of them written out."""
        if not boxes:
            return self.say("(none)", "（なし）")
        shown = ", ".join(self.mailbox(box) for box in boxes[:most])
        rest = len(boxes) - most
        return shown if rest <= 0 else shown + self.say(f" and {rest} more", f" ほか {rest} 件")

    def title(self, finding: Finding) -> str:
        """A finding's title as a sentence of its own, defanged."""
        text = self.safe(self.say(finding.title, finding.title_ja), 400)
        if self.lang == "ja":
            text = (
                self._brands_in_japanese(text)
                .replace("） は", "）は")
                .replace("） に", "）に")
                .replace("） の", "）の")
            )
            return text if text.endswith(("。", "！", "？")) else f"{text}。"
        if "=" not in text.partition(" ")[0]:
            text = f"{text[:1].upper()}{text[1:]}"
        return text if text.endswith((".", "!", "?", "…")) else f"{text}."

    def _brands_in_japanese(self, text: str) -> str:
        """A brand that is quoted by its English name, by the name that it has in Japan."""
        for mention in self.report.lure.brands:
            if mention.name_ja:
                text = text.replace(f"「{mention.name}」", f"「{mention.name_ja}」")
        return text

    def brand(self, name: str) -> str:
        """What a brand is called in this language; the name itself where the mail mentions no such brand."""
        return next(
            (self.say(name, each.name_ja or name) for each in self.report.lure.brands if each.name == name), name
        )

    def reason(self, hop: Hop) -> str:
        """Why a hop is trusted or not, as read along the way from the sender: a header runs the other way, newest on top."""
        text = self.say(hop.reason, hop.reason_ja)
        for header, way in _ALONG_THE_WAY:
            text = text.replace(header, way)
        return text

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
        return {"named": Grade.ATTESTED, "mx": Grade.INFERRED, "inferred": Grade.INFERRED}.get(
            self.report.trust.basis, Grade.SELF_DECLARED
        )
