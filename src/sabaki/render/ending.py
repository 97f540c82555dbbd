"""The second half of the article: findings, how the verdict came about, what was not checked, the conclusion."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from sabaki.facts import answers
from sabaki.model.evidence import Evidence, Grade
from sabaki.model.finding import Finding, State
from sabaki.model.knowledge import Knowledge
from sabaki.model.report import Floor, Label
from sabaki.render import aim, defang, known, listings, words
from sabaki.render.blocks import Block, Bullets, Cell, Scale, Section, Statement, Table
from sabaki.render.voice import Voice

_FAILED = {
    State.SKIPPED: ("not done", "未実施"),
    State.TEMPERROR: ("failed for now", "一時的な失敗"),
    State.PERMERROR: ("failed", "失敗"),
}
_MOST_DEFECTS = 8
_MOST_GAPS = 24
_STATE_SAID = (
    "not checked: ",
    "not asked: ",
    "offline, and ",
    "確認していません（オフライン）。",
    "確認していません。",
)
_NOT_ASKED_JA = "問い合わせていません（"
_FALSE_NAMES = frozenset(
    "sender/brand_in_name sender/brand_in_address sender/own_domain_from sender/random_domain link/brand_in_host "
    "link/brand_elsewhere link/foreign_to_brand link/lookalike_host link/text_mismatch".split()
)
_NAMED_IN = ("display_name", "address", "subject")


def findings(voice: Voice) -> Section:
    """Every finding on one line each: severity, grade, what, its weight and what of it was counted."""
    report, say = voice.report, voice.say
    title = say("Findings", "見つかった点の一覧")
    if not report.findings:
        return Section("findings", title, (Statement(say("Nothing was found.", "見つかった点はありません。")),))
    points = counted(voice)
    rows = tuple(
        (
            Cell(voice.word(words.SEVERITIES[finding.severity]), severity=finding.severity),
            Cell(voice.title(finding), finding.grade, note=_evidence(voice, finding)),
            Cell(_points(finding.weight), number=True),
            Cell(points[place], number=True),
        )
        for place, finding in enumerate(report.findings)
    )
    head = (
        say("Severity", "重要度"),
        say("Finding and evidence", "内容と証拠"),
        say("Weight", "重み"),
        say("Counted", "計上"),
    )
    return Section("findings", title, (Table(rows, head),))


def counted(voice: Voice) -> list[str]:
    """What of each finding was counted, in the findings' order; one check may have several findings."""
    left = list(voice.report.verdict.contributions)
    shown = []
    for finding in voice.report.findings:
        match = next((item for item in left if item.finding == finding.id and item.weight == finding.weight), None)
        if match:
            left.remove(match)
        shown.append(_points(match.counted) if match else "—")
    return shown


def _points(value: float) -> str:
    return "—" if not value else f"{value:+g}".replace("-", "−")


def _evidence(voice: Voice, finding: Finding) -> str:
    first = next(iter(finding.evidence), None)
    if first is None:
        return ""
    more = len(finding.evidence) - 1
    rest = voice.say(f" and {more} more", f" ほか {more} 件") if more else ""
    return f"{_value(voice, first)}{_place(voice, first)}{rest}"


def _value(voice: Voice, evidence: Evidence) -> str:
    text = " ".join(evidence.value.split())
    cut = f"{text[:140]}…" if len(text) > 140 else text
    if evidence.kind == "text" and any(text == body.part for body in voice.report.bodies):
        return voice.say(f"part {text}", f"パート {text}")
    return defang.url(cut) if evidence.kind == "url" else voice.safe(cut)


def _place(voice: Voice, evidence: Evidence) -> str:
    location = evidence.provenance.location
    if location is None:
        return ""
    span = f"{location.start:,}–{location.end:,}"
    return voice.say(f" (bytes {span})", f"（{span} バイト目）")


def verdict(voice: Voice) -> Section:
    """How the verdict came about: sum, thresholds, floors."""
    judged, say = voice.report.verdict, voice.say
    marks = tuple(
        (voice.word(words.VERDICTS[Label(name)]), value)
        for name, value in sorted(judged.thresholds.items(), key=lambda item: item[1])
    )
    word = voice.word(words.VERDICTS[judged.label])
    blocks: list[Block] = [
        Scale(
            judged.score,
            marks,
            say(
                f"The weights add up to {judged.score:g} points.",
                f"重みの合計は {judged.score:g} 点です。",
            ),
        ),
    ]
    if voice.report.findings:
        blocks.append(
            Statement(
                say(
                    "Findings that see the same thing from several sides count less each time; what speaks for the mail "
                    "is subtracted, never below zero.",
                    "同じことを別の面から見た項目は、二つ目以降を割り引いて数えます。メールに有利な点は差し引きますが、"
                    "合計は0点を下回りません。",
                )
            )
        )
    if judged.floors:
        items = tuple(_floor(voice, floor) for floor in judged.floors)
        title = say("Combinations that settle it, whatever the sum says", "合計点によらず判定を決める組み合わせ")
        blocks.append(Bullets(items, title))
    elif judged.label is Label.BENIGN:
        blocks.append(
            Statement(
                say(
                    "A server that the recipient trusts vouches for the sender, and nothing of weight speaks against the mail.",
                    "受信者が信頼するサーバーが差出人を裏付けており、重みのある不審な点はありません。",
                ),
                Grade.ATTESTED,
            )
        )
    ja = "どちらとも判定できません。" if judged.label is Label.UNDETERMINED else f"判定は「{word}」です。"
    blocks.append(Statement(say(f"Verdict: {word}.", ja), Grade.INFERRED, tone="strong"))
    return Section("verdict", say("How the verdict came about", "判定の理由"), tuple(blocks))


def _floor(voice: Voice, floor: Floor) -> Statement:
    word = voice.word(words.VERDICTS[floor.label])
    because = ", ".join(floor.because)
    return Statement(
        voice.say(_sentence(floor.reason), f"{floor.reason_ja}。"),
        Grade.INFERRED,
        voice.say(f"Settles at least “{word}” ({because})", f"少なくとも「{word}」とします（{because}）"),
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


class Gap(msgspec.Struct, frozen=True):
    """A step that was not done, or the questions to one source that were not answered for one reason.

    `about` are what was asked about, defanged, `state` how it ended, in words, `at` when it was asked.
    """

    what: str
    state: str
    reason: str
    about: tuple[str, ...] = ()
    at: str = ""


def gaps(voice: Voice) -> Iterator[Gap]:
    """Everything that was not done or not answered, each once: a source's questions in place of its outcome."""
    questions: dict[str, dict[tuple[State, str], list[Knowledge]]] = {}
    for piece in answers.unanswered(voice.report.knowledge):
        why = _reason(voice, piece.reason, piece.reason_ja or piece.reason)
        questions.setdefault(piece.source, {}).setdefault((piece.state, why), []).append(piece)
    for outcome in voice.report.outcomes:
        asked = questions.pop(outcome.step.removeprefix("source:"), None)
        if asked is not None:
            yield from _of_source(voice, asked)
        elif outcome.state is not State.RAN:
            reason = _reason(voice, outcome.reason, outcome.reason_ja)
            yield Gap(words.step(outcome.step, voice.lang), voice.word(_FAILED[outcome.state]), reason)
    for asked in questions.values():
        yield from _of_source(voice, asked)


def _of_source(voice: Voice, asked: dict[tuple[State, str], list[Knowledge]]) -> Iterator[Gap]:
    for (state, reason), pieces in asked.items():
        about = tuple(dict.fromkeys(listings.subject(piece.subject, 80) for piece in pieces))
        word = voice.say("not asked", "未照会") if state is State.SKIPPED else voice.word(_FAILED[state])
        yield Gap(words.source(pieces[0].source, voice.lang), word, reason, about, known.when(pieces[0].obtained_at))


def about(voice: Voice, gap: Gap, most: int = 3) -> str:
    """What the questions were about, the first few written out."""
    more = len(gap.about) - most
    return voice.say(", ", "、").join(gap.about[:most]) + (
        voice.say(f" and {more} more", f" ほか {more} 件") if more > 0 else ""
    )


def unchecked(voice: Voice) -> Section:
    """What could not be checked, and what nobody answered. Unknown is never clean."""
    report, say = voice.report, voice.say
    found = list(gaps(voice))
    rows = tuple(
        (Cell(gap.what, note=about(voice, gap)), Cell(gap.state, short=True), Cell(gap.reason, note=gap.at))
        for gap in found[:_MOST_GAPS]
    )
    blocks: list[Block] = [
        Statement(
            say(
                "What was not checked is unknown, and unknown is not harmless.",
                "確認していないことは「分からない」のであって、「問題がない」という意味ではありません。",
            )
        )
    ]
    if rows:
        blocks.append(Table(rows, (say("What", "項目"), say("State", "状態"), say("Why", "理由"))))
    if more := len(found) - len(rows):
        blocks.append(
            Statement(say(f"{more} more stand in the JSON report.", f"ほか {more} 件はJSON形式の報告にあります。"))
        )
    if report.limits:
        blocks.append(Bullets(_limits(voice), say("Where reading stopped", "読み取りを打ち切った箇所")))
    if report.defects:
        kinds = dict.fromkeys((defect.id, voice.safe(defect.detail, 120)) for defect in report.defects)
        items = tuple(
            Statement(f"{id}: {detail}" if detail else id, Grade.VERIFIED) for id, detail in list(kinds)[:_MOST_DEFECTS]
        )
        blocks.append(Bullets(items, say("Where the mail breaks the standards", "規格に反する書き方")))
    return Section("unchecked", say("What could not be checked", "確認できていないこと"), tuple(blocks))


def _reason(voice: Voice, reason: str, reason_ja: str) -> str:
    # The state stands in the column beside: the sentence need not repeat it.
    text = voice.say(reason, reason_ja)
    for said in _STATE_SAID:
        text = text.removeprefix(said)
    if text.startswith(_NOT_ASKED_JA) and text.endswith("）"):
        text = text[len(_NOT_ASKED_JA) : -1]
    return voice.safe(text, 240)


def _limits(voice: Voice) -> tuple[Statement, ...]:
    return tuple(
        Statement(
            voice.say(
                f"The limit “{limit.name}” ({limit.value:,}) was reached{f' at {limit.where}' if limit.where else ''}; "
                "what lies beyond was not read.",
                f"上限「{limit.name}」（{limit.value:,}）に達しました{f'（{limit.where}）' if limit.where else ''}。その先は読んでいません。",
            ),
            Grade.VERIFIED,
        )
        for limit in voice.report.limits[:_MOST_DEFECTS]
    )


def conclusion(voice: Voice) -> Section:
    """Whom the mail is meant for, what it wants, what happens to those who fall for it. Nobody is accused without a verdict."""
    report, say = voice.report, voice.say
    title = say("Conclusion", "結論")
    label = report.verdict.label
    if label is Label.BENIGN:
        text = say(
            "Nothing was found that speaks against this mail, and a trusted server vouches for the domain it comes from. "
            "That a domain is genuine does not say that every request made in its name is.",
            "このメールに不審な点は見つからず、送信元のドメインは信頼するサーバーが裏付けています。"
            "ただし、ドメインが本物であることは、書かれた依頼の内容まで保証するものではありません。",
        )
        return Section("conclusion", title, (Statement(text, Grade.ATTESTED),))
    if label is Label.UNDETERMINED:
        text = say(
            "There is not enough to accuse this mail, and not enough to vouch for it. Whether you expected it, and whether "
            "the sender confirms it by another way, says more than the mail itself can.",
            "このメールを疑うだけの根拠も、安全と言えるだけの裏付けもありません。心当たりの有無や、別の手段での差出人への確認のほうが、"
            "メール自体よりも確かな手がかりになります。",
        )
        return Section("conclusion", title, (Statement(text, Grade.INFERRED),))
    blocks: list[Block] = _pretends(voice)
    if report.lure.target in aim.TARGETS:
        blocks.append(Statement(voice.word(aim.TARGETS[report.lure.target]), Grade.INFERRED))
    kinds = aim.kinds(report)
    blocks += [Statement(voice.word(aim.WANTS[kind]), Grade.INFERRED, tone="strong") for kind in kinds[:2]]
    blocks += [Statement(voice.word(aim.loss(report, kind)), Grade.INFERRED) for kind in kinds[:2]]
    if not kinds:
        text = say(
            "What it is after cannot be said with confidence; enough speaks against it to keep away from it.",
            "何を狙っているかまでは断定できませんが、関わらないほうがよいと言えるだけの不審な点があります。",
        )
        blocks.append(Statement(text, Grade.INFERRED))
    return Section("conclusion", title, tuple(blocks))


def _pretends(voice: Voice) -> list[Block]:
    """Whose name is used, where a finding shows that it is out of place. That company is abused, never accused."""
    if not any(finding.id in _FALSE_NAMES and finding.weight > 0 for finding in voice.report.findings):
        return []
    brand = next((mention for mention in voice.report.lure.brands if mention.where in _NAMED_IN), None)
    if brand is None:
        return []
    name = voice.say(brand.name, brand.name_ja or brand.name)
    text = voice.say(
        f"It speaks in the name of {name}, whose name is abused: nothing here shows that they sent it.",
        f"{name}の名をかたっていますが、名前を悪用された側であり、同社が送ったことを示すものはありません。",
    )
    return [Statement(text, Grade.INFERRED)]


def legend(voice: Voice) -> Section:
    """The grades, a sentence each."""
    rows = tuple(
        (Cell(voice.word(words.GRADES[grade]), grade), Cell(voice.word(words.GRADES_EXPLAINED[grade])))
        for grade in Grade
    )
    lead = voice.say(
        "The letter beside a sentence says who vouches for it.",
        "文に添えた記号は、その内容を誰が裏付けているかを示します。",
    )
    title = voice.say("What the letters mean", "記号の意味")
    return Section("legend", title, (Statement(lead), Table(rows)))
