"""The mail's way: who handed it over to whom, who vouches for each step, where the trust line runs, how long it took."""

from __future__ import annotations

from sabaki.model.case import Client, Hop, Trust
from sabaki.model.evidence import Grade
from sabaki.render import hopwords, words
from sabaki.render.blocks import Block, Bullets, Cell, Delays, Lap, Notice, Path, Section, Statement, Stop, Table
from sabaki.render.voice import Voice, cut

_MOST_CLAIMED = 6
_MOST_OURS = 10
_MOST_SIGNS = 4
_MOST_CLIENTS = 4
_WORTH_DRAWING = 2
_S = Grade.SELF_DECLARED
_ACCOUNT = "route/taken_over_account"


def section(voice: Voice) -> Section:
    """Origin and path: the account as a headline, the picture, the sentences, the delays, what is only claimed."""
    report, say = voice.report, voice.say
    blocks: list[Block] = []
    if report.trust.basis != "named" and (report.trust.advice or report.trust.advice_ja):
        title = (
            say("The trust line is inferred", "信頼線は推定です")
            if report.trust.basis != "none"
            else say("No trust line can be drawn", "信頼線を引けません")
        )
        text, *flags = say(report.trust.advice, report.trust.advice_ja).split(" --")
        # A host that was masked is of no use on the command line: the reader puts in what is theirs.
        shown = ("own-host YOUR.MAIL.SERVER" if "***" in flag else flag for flag in flags)
        blocks.append(Notice(title, text, flags=tuple(dict.fromkeys(f"--{flag}" for flag in shown))))
    blocks += _account(voice)
    if report.hops:
        blocks.append(_path(voice))
    blocks += _sentences(voice)
    blocks += _claimed(voice)
    blocks += _clients(voice)
    blocks += _delays(voice)
    statements = voice.findings("route/", but=(_ACCOUNT,))
    if statements:
        blocks.append(Bullets(statements, say("What stands out", "目に付く点")))
    return Section("way", say("Where it came from: the way of the mail", "どこから来たか：メールの経路"), tuple(blocks))


def _account(voice: Voice) -> list[Block]:
    """The SMTP-AUTH account, where a server recorded one. Its owner is called a victim only where that check fired."""
    origin, say = voice.report.origin, voice.say
    if not origin.auth_account:
        return []
    account = cut(origin.auth_account)
    recorded = say(f"Sent with the account {account}", f"送信に使われたアカウント: {account}")
    taken = voice.found(_ACCOUNT)
    if taken is None:
        text = say(
            "The server that took the mail in recorded that the sender signed in with this account (SMTP-AUTH).",
            "受け付けたサーバーは、送信者がこのアカウントで認証（SMTP-AUTH）したと記録しています。",
        )
        return [Notice(recorded, text, origin.grade, "headline")]
    return [Notice(recorded, voice.safe(say(taken.detail, taken.detail_ja)), Grade.INFERRED, "headline")]


def _path(voice: Voice) -> Path:
    hops, say = voice.report.hops, voice.say
    first_ours = next((hop.index for hop in hops if hop.trust is not Trust.CLAIMED), len(hops))
    below = [hop for hop in reversed(hops) if hop.trust is Trust.CLAIMED and hop.index > first_ours]
    if first_ours == len(hops):
        below = list(reversed(hops))
    ours = [hop for hop in reversed(hops) if hop.trust is not Trust.CLAIMED]
    later = list(reversed(hops[:first_ours])) if first_ours < len(hops) else []
    stops = [_stop(voice, hop, "claimed") for hop in below[:_MOST_CLAIMED]]
    if len(below) > _MOST_CLAIMED:
        stops.append(_more(voice, len(below) - _MOST_CLAIMED, "claimed"))
    stops += _peer(voice)
    stops.append(_line(voice))
    stops += [_stop(voice, hop, "ours") for hop in ours[:_MOST_OURS]]
    if len(ours) > _MOST_OURS:
        stops.append(_more(voice, len(ours) - _MOST_OURS, "ours"))
    stops += [_stop(voice, hop, "claimed") for hop in later[:3]]
    to = voice.report.recipients.delivered_to or voice.report.recipients.to
    stops.append(Stop("you", voice.mailboxes(to, 1), label=say("Mailbox", "受信箱")))
    return Path(tuple(stops), say("From the sender (top) to the mailbox (bottom)", "送信元（上）から受信箱（下）まで"))


def _more(voice: Voice, count: int, role: str) -> Stop:
    return Stop(role, voice.say(f"{count} more", f"ほか {count} 段"))


def _line(voice: Voice) -> Stop:
    say = voice.say
    texts = {
        "named": say(
            "Trust line: below it, servers that the recipient trusts",
            "信頼線：ここから下は、受信者が信頼するサーバーの記録",
        ),
        "mx": say(
            "Trust line (inferred): below it, servers that the DNS names for the recipient's mail",
            "信頼線（推定）：ここから下は、DNSが受信者のメールサーバーとして示すサーバーの記録",
        ),
        "inferred": say(
            "Trust line (inferred): below it, what we take for the recipient's servers",
            "信頼線（推定）：ここから下は、受信側と推定したサーバーの記録",
        ),
    }
    none = say("No trust line: nothing above is vouched for", "信頼線なし：ここまでの記録に裏付けはありません")
    return Stop("line", texts.get(voice.report.trust.basis, none), voice.line_grade)


def _peer(voice: Voice) -> list[Stop]:
    """The machine that handed the mail over to the first server above the line."""
    origin, say = voice.report.origin, voice.say
    if origin.hop is None or not (origin.ip or origin.auth_account):
        return []
    notes = []
    if origin.auth_account:
        how = say(f" ({origin.auth_method})", f"（{origin.auth_method}）") if origin.auth_method else ""
        notes.append(
            Statement(
                say(f"signed in as {cut(origin.auth_account)}{how}", f"{cut(origin.auth_account)} として認証{how}"),
                origin.grade,
            )
        )
    if origin.helo:
        notes.append(Statement(say(f"called itself “{cut(origin.helo)}”", f"自称は「{cut(origin.helo)}」（HELO）"), _S))
    if origin.reverse_name:
        notes.append(
            Statement(say(f"reverse name {cut(origin.reverse_name)}", f"逆引き名 {cut(origin.reverse_name)}"), _S)
        )
    label = say("Handed over by", "渡してきた相手")
    name = origin.ip or say("(address not recorded)", "（IPアドレスの記録なし）")
    return [Stop("origin", name, origin.grade, tuple(notes), label)]


def _stop(voice: Voice, hop: Hop, role: str) -> Stop:
    say = voice.say
    name = cut(hop.by) if len(hop.by) > 1 else ""
    if not name:
        name = (
            say("hand-over inside one machine", "同じマシン内での受け渡し")
            if hop.internal
            else say(f"server without a name ({hop.dialect})", f"名前の記録がないサーバー（{hop.dialect}）")
        )
    elif hop.internal:
        name += say(" (inside)", "（内部）")
    notes = []
    if role == "claimed":
        source = cut(hop.ip or hop.reverse_name or hop.helo)
        if source:
            notes.append(
                Statement(say(f"claims to have it from {source}", f"{source} から受け取ったと称しています"), _S)
            )
    reason = voice.safe(voice.reason(hop), 300)
    notes += [Statement(text) for text in (_time(voice, hop), _session(voice, hop), reason) if text]
    for sign in hop.signs[:_MOST_SIGNS]:
        detail = say(f": {voice.safe(sign.detail, 120)}", f"（{voice.safe(sign.detail, 120)}）") if sign.detail else ""
        text = hopwords.sign(sign.id, voice.lang) + detail
        notes.append(Statement(text, Grade.INFERRED, tone="strong" if sign.strong else ""))
    part = voice.word(hopwords.ROLES[hop.role])
    return Stop(role, name, hop.grade, tuple(notes), voice.word(words.TRUSTS[hop.trust]), part)


def _time(voice: Voice, hop: Hop) -> str:
    say, time = voice.say, words.when(hop.date)
    if not time or hop.delay is None:
        return time
    taken = words.duration(hop.delay, voice.lang)
    return time + (say(f", after {taken}", f"（{taken}後）") if hop.delay >= 0 else f" ({taken})")


def _session(voice: Voice, hop: Hop) -> str:
    """How the mail was handed over: the keyword of RFC 3848 and the encryption."""
    tls = " ".join(text for text in (hop.tls_version, hop.tls_cipher) if text)
    if tls:
        return voice.say(f"encrypted: {cut(tls, 80)}", f"暗号化: {cut(tls, 80)}")
    return ""


def _sentences(voice: Voice) -> list[Block]:
    origin, say, basis = voice.report.origin, voice.say, voice.report.trust.basis
    if basis == "none" or origin.hop is None:
        return [
            Statement(
                say(
                    "Who handed the mail over cannot be said: no line of the header is known to be by a trusted server.",
                    "誰がこのメールを渡してきたのかは分かりません。信頼できるサーバーの記録が、ヘッダーに見当たらないためです。",
                )
            )
        ]
    if not origin.ip:
        return []
    by = (
        say("The recipient's own server recorded", "受信側のサーバーの記録によれば")
        if basis == "named"
        else say(
            "If the inferred line is right, the recipient's server recorded",
            "信頼線の推定が正しければ、受信側のサーバーの記録では",
        )
    )
    at = words.when(origin.date)
    blocks: list[Block] = [
        Statement(
            say(
                f"{by} that {origin.ip} handed the mail over{f' at {at}' if at else ''}.",
                f"{by}、このメールを渡してきたのは {origin.ip} です{f'（{at}）' if at else ''}。",
            ),
            origin.grade,
        )
    ]
    if origin.helo or origin.reverse_name:
        seen = (
            say("the address and the account were", "IPアドレスと認証アカウント")
            if origin.auth_account
            else say("the address was", "IPアドレス")
        )
        blocks.append(
            Statement(
                say(
                    f"Of that peer only {seen} observed; the name it gives itself is a claim.",
                    f"この相手について観測されたのは{seen}だけで、相手の名乗る名前は自己申告にすぎません。",
                )
            )
        )
    return blocks


def _claimed(voice: Voice) -> list[Block]:
    """What the lines below the trust line say of the beginning: a lead, with whom to ask."""
    say, claimed = voice.say, voice.report.origin.claimed
    if claimed is None or not (claimed.ip or claimed.auth_account):
        return []
    source = cut(claimed.auth_account or claimed.ip)
    where = cut(claimed.by) or say("a server without a name", "名前の記録がないサーバー")
    text = say(
        f"The lines below the trust line say that the mail was first handed in by {source} to {where}. "
        "The sender could have written that: it is a lead to ask the operator of that server about, not a proof.",
        f"信頼線より手前の行によれば、最初にこのメールを渡したのは {source}、受け付けたのは {where} です。"
        "送信者が自分で書ける記述なので証拠にはなりませんが、そのサーバーの管理者に問い合わせる手がかりになります。",
    )
    return [Statement(text, _S)]


def _clients(voice: Voice) -> list[Block]:
    """What fields besides Received say of the sender's machine and account."""
    say, clients = voice.say, voice.report.origin.clients
    if not clients:
        return []
    head = (say("Field", "フィールド"), say("What it says", "記載内容"))
    rows = tuple(
        (Cell(cut(client.field_name, 60), code=True), Cell(_client(client), client.grade))
        for client in clients[:_MOST_CLIENTS]
    )
    return [
        Table(
            rows,
            head,
            say(
                "The sender's machine or account, by other fields", "送信元の端末やアカウントを記した、ほかのフィールド"
            ),
        )
    ]


def _client(client: Client) -> str:
    return ", ".join(cut(text, 120) for text in (client.account, client.ip) if text)


def _delays(voice: Voice) -> list[Block]:
    """How long each step took, drawn; a step back in time is shown as one."""
    say = voice.say
    laps = []
    for hop in reversed(voice.report.hops):
        if hop.delay is None:
            continue
        name = cut(hop.by, 80) if len(hop.by) > 1 else say(f"({hop.dialect})", f"（{hop.dialect}）")
        laps.append(Lap(name, hop.delay, words.duration(hop.delay, voice.lang), hop.grade))
    if len(laps) < _WORTH_DRAWING:
        return []
    caption = say(
        "Time since the station before, by the clocks of the servers themselves",
        "直前の地点からの所要時間（各サーバー自身の時計による）",
    )
    shown = laps[-_MOST_OURS:]
    return [Delays(tuple(shown), caption)]
