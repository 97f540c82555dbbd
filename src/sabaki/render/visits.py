"""What visits to the links saw: where they led, what stands there now, what it asks for, and what that status means."""

from __future__ import annotations

from collections.abc import Iterator

from sabaki.facts import pagestate, visited
from sabaki.model.evidence import Grade
from sabaki.model.finding import State
from sabaki.model.visit import Artifact, Form, Mode, Step, View, Visit
from sabaki.render import defang, words
from sabaki.render.blocks import Block, Cell, Picture, Section, Statement, Table
from sabaki.render.voice import Voice, cut

_HOW: dict[str, words.Pair] = {
    "start": ("the link", "メールのリンク"),
    "http": ("redirect", "リダイレクト"),
    "meta": ("meta refresh", "metaによる転送"),
    "refresh": ("Refresh field", "Refreshヘッダーによる転送"),
    "script": ("script", "スクリプトによる転送"),
    "form": ("form", "フォーム送信"),
    "window": ("a window that it wanted to open", "開こうとした別ウィンドウ"),
}
_VIEWS: dict[str, words.Pair] = {"desktop": ("desktop", "パソコン"), "phone": ("phone", "スマートフォン")}
_MOST = 3
_MOST_STEPS = 12


def section(voice: Voice) -> Section | None:
    """The chapter; None where nobody went anywhere."""
    visits = voice.report.visits
    if not visits:
        return None
    blocks = [block for visit in visits[:_MOST] for block in _visit(voice, visit)]
    return Section("visit", voice.say("What stands there", "リンク先の現況"), tuple(blocks))


def lines(voice: Voice) -> Iterator[tuple[str, str, str]]:
    """The same in a few lines, for a terminal: a heading, what is said, its grade."""
    for visit in voice.report.visits[:_MOST]:
        yield voice.say("The page", "リンク先"), _told(voice, visit), Grade.VERIFIED


def _told(voice: Voice, visit: Visit) -> str:
    if visit.outcome is not State.RAN:
        return voice.say(f"not visited: {visit.reason}", f"訪問していません。{visit.reason_ja}")
    state = words.pick(pagestate.STATES[visit.state], voice.lang)
    reason = voice.safe(voice.say(visit.state_reason, visit.state_reason_ja))
    return voice.say(f"{state}. {reason}", f"{state}。{reason}").strip()


def _visit(voice: Voice, visit: Visit) -> Iterator[Block]:
    say = voice.say
    yield Statement(_told(voice, visit), Grade.VERIFIED, _circumstances(voice, visit), "strong")
    if visit.outcome is not State.RAN:
        return
    for view in visit.views:
        yield from _picture(voice, visit, view)
    way = next((view for view in visit.views if view.steps), None)
    if way is not None:
        yield _way(voice, way)
    yield from _rest(voice, visit)
    if visit.refusals:
        count = sum(each.count for each in visit.refusals)
        yield Statement(
            say(
                f"{count} of the page's requests were not let through: {_refused(visit)}.",
                f"このページからの通信のうち {count} 件を遮断しました（{_refused(visit)}）。",
            ),
            Grade.VERIFIED,
        )


def _circumstances(voice: Voice, visit: Visit) -> str:
    """When, how and from where: another visitor may be shown something else."""
    say = voice.say
    if visit.outcome is not State.RAN:
        return ""
    how = (
        say("as in the mail", "メールのリンクのまま")
        if visit.mode is Mode.VERBATIM
        else say("without what tells the recipient", "受信者を示す部分を差し替えて")
    )
    at = words.when(visit.started_at or "").strip()
    where = (
        "" if visit.vantage == "direct" else say(f", through a {visit.vantage} proxy", f"、{visit.vantage}プロキシ経由")
    )
    return say(
        f"Visited {at} {how}{where}; locale {visit.locale}, zone {visit.zone}. Others may be shown something else.",
        f"{at} に{how}訪問{where}（言語 {visit.locale}、時間帯 {visit.zone}）。訪問者によって表示が変わることがあります。",
    )


def _picture(voice: Voice, visit: Visit, view: View) -> Iterator[Picture]:
    found = next((each for each in visit.artifacts if _is_shot(each, view)), None)
    content = voice.pictures.get(found.sha256) if found else None
    if found is None or content is None:
        return
    who = words.pick(_VIEWS.get(view.name, (view.name, view.name)), voice.lang)
    title = cut(view.title, 80)
    yield Picture(
        content,
        voice.say(f"Screenshot ({who}): {title}", f"画面の写し（{who}）: {title}"),
        voice.say(f"The page as a {who} sees it", f"{who}での表示"),
        found.width,
        found.height,
        sha256=found.sha256,
    )


def _is_shot(artifact: Artifact, view: View) -> bool:
    return artifact.kind == "screenshot" and artifact.viewport == view.name


def _way(voice: Voice, view: View) -> Table:
    say = voice.say
    head = (say("Led by", "経緯"), say("Address", "URL"), say("Answer", "応答"))
    rows = tuple(_step(voice, step) for step in view.steps[:_MOST_STEPS])
    return Table(rows, head, say("Where the link leads", "リンクの行き先"))


def _step(voice: Voice, step: Step) -> tuple[Cell, ...]:
    status = str(step.status) if step.status else voice.say("no answer", "応答なし")
    where = ", ".join(part for part in (step.address, cut(step.server, 40)) if part)
    certificate = ""
    if step.tls and (step.tls.issuer or step.tls.error):
        since = (step.tls.not_before or "")[:10]
        certificate = voice.say(
            f"certificate by {cut(step.tls.issuer, 60)} since {since}",
            f"証明書: {cut(step.tls.issuer, 60)}（{since} から）",
        )
        certificate = cut(step.tls.error, 80) or certificate
    return (
        Cell(words.pick(_HOW.get(step.how, (step.how, step.how)), voice.lang), short=True),
        Cell(defang.url(cut(step.url, 200)), Grade.VERIFIED, code=True, note=certificate),
        Cell(status, Grade.VERIFIED, note=where),
    )


def _rest(voice: Voice, visit: Visit) -> Iterator[Block]:
    """What the page asks for and what is in it."""
    say = voice.say
    rows: list[tuple[Cell, ...]] = []
    seen: set[tuple[str, ...]] = set()
    for view in visit.views:
        for form in view.forms:
            wanted = _wanted(voice, form)
            if wanted and (form.action, *form.asks) not in seen:
                seen.add((form.action, *form.asks))
                target = defang.url(cut(form.action, 160))
                note = say("another site than the page's", "ページとは別のサイト") if form.elsewhere else ""
                rows.append((Cell(wanted, Grade.VERIFIED), Cell(target, Grade.VERIFIED, code=True, note=note)))
    if rows:
        yield Table(
            tuple(rows[:6]), (say("Asks for", "求めるもの"), say("Sends it to", "送信先")), say("Forms", "入力フォーム")
        )
    hosts = list(dict.fromkeys(each.host for view in visit.views for each in view.resources if each.addresses))
    if len(hosts) > 1:
        listed = ", ".join(defang.host(cut(host, 80)) for host in hosts[:8])
        yield Statement(
            say(f"It loads from {len(hosts)} hosts: {listed}.", f"{len(hosts)} のホストから読み込んでいます: {listed}"),
            Grade.VERIFIED,
        )
    files = list({each.sha256: each for view in visit.views for each in view.downloads}.values())
    for file in files[:2]:
        yield Statement(
            say(
                f"It handed over a file: {cut(file.name, 80)}, {file.size:,} bytes, SHA-256 {file.sha256}. It was not opened.",
                f"ファイルが送られてきました: {cut(file.name, 80)}（{file.size:,} バイト、SHA-256 {file.sha256}）。開いていません。",
            ),
            Grade.VERIFIED,
        )


def _wanted(voice: Voice, form: Form) -> str:
    secret = visited.secrets(form)
    shown = [words.pick(visited.SECRETS[each], voice.lang) for each in secret]
    return voice.say(", ", "、").join(shown)


def _refused(visit: Visit) -> str:
    return ", ".join(defang.host(f"{cut(each.host, 60)}:{each.port}") for each in visit.refusals[:4])
