"""The article: the story of one mail as data, in the order in which an expert tells it. Outputs only lay it out."""

from __future__ import annotations

from collections.abc import Mapping

from sabaki.model.report import Report
from sabaki.render import advice, anatomy, enclosed, ending, proof, story, visits, way, words, world
from sabaki.render.blocks import Article, Section
from sabaki.render.voice import Voice


def compose(
    report: Report, lang: str, *, redacted: bool = True, pictures: Mapping[str, bytes] | None = None
) -> Article:
    """Tell the report in "ja" or "en". `redacted` says that the victim was masked in it before; it masks nothing.

    `pictures` are the PNGs of visits that may be shown, masked before like the report, by the sha256 of the original.
    """
    voice = Voice(report, lang, pictures)
    say = voice.say
    kicker = (
        say("Dissection of a suspicious mail", "不審メールの解剖報告")
        if voice.accused
        else say("Dissection of a mail", "メールの解剖報告")
    )
    masked = say(
        "Whatever identifies the recipient is masked with asterisks.",
        "受信者を特定できる情報は「*」で伏せています。",
    )
    return Article(
        lang=voice.lang,
        label=report.verdict.label,
        verdict=voice.word(words.VERDICTS[report.verdict.label]),
        kicker=kicker,
        title=_title(voice),
        lead=voice.safe(say(report.verdict.summary, report.verdict.summary_ja)),
        sections=_sections(voice),
        footer=_footer(voice),
        masked=masked if redacted else "",
    )


def _title(voice: Voice) -> str:
    subject = voice.report.subject.text.strip()
    if not subject:
        return voice.say("A mail without a subject", "件名のないメール")
    # Defanged: a heading is what gets copied, quoted and linked.
    safe = voice.safe(subject, 120)
    return voice.say(f"“{safe}”", f"「{safe}」")


def _sections(voice: Voice) -> tuple[Section, ...]:
    parts = (
        story.glance(voice),
        story.subject(voice),
        story.sender(voice),
        story.header(voice),
        way.section(voice),
        proof.section(voice),
        story.text(voice),
        anatomy.section(voice),
        enclosed.section(voice),
        *world.sections(voice, voice.report.knowledge),
        visits.section(voice),
        ending.findings(voice),
        ending.verdict(voice),
        ending.unchecked(voice),
        ending.conclusion(voice),
        advice.section(voice),
        ending.legend(voice),
    )
    return tuple(part for part in parts if part is not None)


def _footer(voice: Voice) -> tuple[str, ...]:
    report, say = voice.report, voice.say
    source, tool = report.source, report.tool
    size = words.size(source.size, voice.lang)
    data = ", ".join(f"{name} {version}" for name, version in sorted(tool.data.items()))
    asked = world.asked(report, voice.lang)
    return (
        say(
            f"Dissected with {tool.name} {tool.version}. Asked: {', '.join(asked)}; nobody else.",
            f"{tool.name} {tool.version} による解析。外部への問い合わせ先は、{'、'.join(asked)}のみです。",
        )
        if asked
        else say(
            f"Dissected offline with {tool.name} {tool.version}; nothing left the machine.",
            f"{tool.name} {tool.version} によるオフライン解析。外部への通信はしていません。",
        ),
        *((say(f"Data: {data}", f"データ: {data}"),) if data else ()),
        say(f"The mail: {source.name}, {size}", f"対象のメール: {source.name}（{size}）"),
        f"SHA-256: {source.sha256}",
    )
