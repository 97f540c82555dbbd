"""Who stands behind the sender's domain: what we verified ourselves, how far it reaches, and what servers wrote of it."""

from __future__ import annotations

from sabaki.facts import standing
from sabaki.model.authentication import KEY_GONE, UNCHECKED, Signature, Spf
from sabaki.model.evidence import Grade
from sabaki.render.blocks import Block, Bullets, Cell, Section, Statement, Table
from sabaki.render.voice import Voice, cut

_MOST_RESULTS = 8
_MOST_SIGNATURES = 4
_MOST_NAMES = 12
_RESULTS = {
    "pass": ("pass", "合格"),
    "fail": ("fail", "不合格"),
    "softfail": ("soft fail", "弱い不合格"),
    "neutral": ("neutral", "判断なし"),
    "none": ("none", "設定なし"),
    "policy": ("not accepted", "基準を満たさず"),
    "temperror": ("failed for now", "一時的な失敗"),
    "permerror": ("faulty", "設定の誤り"),
    UNCHECKED: ("not checked", "未確認"),
    KEY_GONE: ("key is gone", "鍵が現存せず"),
}


def section(voice: Voice) -> Section:
    """Our own verification first, then what servers wrote then, then what stands out."""
    say = voice.say
    blocks: list[Block] = [*_verified(voice), *_qualified(voice), *_written(voice)]
    statements = voice.findings("authentication/")
    if statements:
        blocks.append(Bullets(statements, say("What stands out", "目に付く点")))
    if not blocks:
        nothing = say(
            "The mail bears no signature, and no server wrote what it found: nothing ties it to the domain that it names.",
            "電子署名はなく、検査結果を記したサーバーもありません。名乗られたドメインとこのメールを結び付けるものは、何もありません。",
        )
        blocks.append(Statement(nothing, Grade.VERIFIED))
    return Section(
        "proof",
        say("Does the named sender stand behind it?", "名乗られた差出人は、このメールを裏付けているか"),
        tuple(blocks),
    )


def _verified(voice: Voice) -> list[Block]:
    say, found = voice.say, voice.report.verification
    rows = [_spf(voice, spf) for spf in found.spf]
    rows += [_dkim(voice, signature) for signature in found.dkim[:_MOST_SIGNATURES]]
    if found.arc.result != "none":
        reason = voice.safe(say(found.arc.reason, found.arc.reason_ja), 400)
        sealers = " → ".join(cut(each.domain, 80) for each in found.arc.sets[:6])
        rows.append((Cell("ARC", note=sealers), _result(voice, found.arc.result, found.arc.grade), Cell(reason)))
    if found.dmarc is not None:
        reason = voice.safe(say(found.dmarc.reason, found.dmarc.reason_ja), 400)
        policy = say(f"policy: {found.dmarc.policy}", f"ポリシー: {found.dmarc.policy}") if found.dmarc.policy else ""
        method = Cell("DMARC", note=cut(found.dmarc.author_domain, 80))
        rows.append((method, _result(voice, found.dmarc.result, found.dmarc.grade), Cell(reason, note=policy)))
    if not rows:
        return []
    when = found.asked_at or ""
    name = (
        say(f"Verified by ourselves; the DNS was asked at {when}", f"自ら行った検証（DNSへの照会: {when}）")
        if when
        else say("As far as it can be verified without the network", "通信せずに検証できる範囲")
    )
    head = (say("Method", "方式"), say("Result", "結果"), say("What it says", "意味"))
    blocks: list[Block] = [Table(tuple(rows), head, name)]
    if when:
        blocks.append(
            Statement(
                say(
                    "Keys and policies are those of that moment, not of the day on which the mail came.",
                    "鍵とポリシーは照会した時点のもので、メールが届いた日のものとは限りません。",
                )
            )
        )
    return blocks


def _qualified(voice: Voice) -> list[Block]:
    """What the best pass does not vouch for: a pass is never shown without it."""
    say, found = voice.say, standing.standing(voice.report)
    if not found.by or not found.qualifications:
        return []
    items = tuple(
        Statement(
            voice.safe(say(f"{each.text[:1].upper()}{each.text[1:]}.", f"{each.text_ja}。")),
            Grade.INFERRED,
            tone="strong" if each.serious else "",
        )
        for each in found.qualifications
    )
    title = say(
        f"Something passes for {cut(found.domain)}, but that is no proof",
        f"{cut(found.domain)} について合格した検証はありますが、証明にはなりません",
    )
    return [Bullets(items, title)]


def _result(voice: Voice, result: str, grade: Grade) -> Cell:
    pair = _RESULTS.get(result, (result, result))
    said = voice.word(pair)
    note = "" if said == result else result
    return Cell(said, "" if result == UNCHECKED else grade, note=note, short=True)


def _spf(voice: Voice, spf: Spf) -> tuple[Cell, ...]:
    note = " ← ".join(text for text in (cut(spf.domain, 80), spf.ip) if text)
    reason = voice.safe(voice.say(spf.reason, spf.reason_ja), 400)
    return Cell("SPF", note=note), _result(voice, spf.result, spf.grade), Cell(reason)


def _dkim(voice: Voice, signature: Signature) -> tuple[Cell, ...]:
    domain = cut(signature.domain, 80)
    note = f"{domain} ({cut(signature.selector, 40)})" if signature.selector else domain
    reason = voice.safe(voice.say(signature.reason, signature.reason_ja), 400)
    return (
        Cell("DKIM", note=note),
        _result(voice, signature.result, signature.grade),
        Cell(reason, note=_reach(voice, signature)),
    )


def _reach(voice: Voice, signature: Signature) -> str:
    """Which fields and how much of the body a signature covers: that and no more is what it vouches for."""
    say = voice.say
    if not signature.covered_names:
        return ""
    names = ", ".join(cut(name, 40) for name in signature.covered_names[:_MOST_NAMES])
    if len(signature.covered_names) > _MOST_NAMES:
        names += " …"
    covered, size = signature.body_covered, signature.body_size
    parts = [
        say(f"signed: {names}", f"署名の対象: {names}"),
        say(f"body: {covered:,} of {size:,} bytes", f"本文: {size:,} バイト中 {covered:,} バイト"),
    ]
    if signature.uncovered:
        missing = ", ".join(cut(name, 40) for name in signature.uncovered[:_MOST_NAMES])
        parts.append(say(f"not signed: {missing}", f"対象外: {missing}"))
    return say("; ", "／").join(parts)


def _written(voice: Voice) -> list[Block]:
    say, results = voice.say, voice.report.authentication
    if not results:
        return []
    rows = tuple(
        (
            Cell(cut(result.method.upper())),
            Cell(cut(result.result), code=True),
            Cell(cut(result.authserv_id) or "—", result.grade),
        )
        for result in results[:_MOST_RESULTS]
    )
    head = (say("Method", "方式"), say("Result", "結果"), say("Written by", "記録したサーバー"))
    return [Table(rows, head, say("Results that servers wrote into the header", "サーバーがヘッダーに記した検査結果"))]
