"""The first half of the article: the mail, its subject and stamp, its sender, its header's fields and its text."""

from __future__ import annotations

from sabaki.model.case import Body
from sabaki.model.evidence import Grade
from sabaki.render import defang, enclosed, words
from sabaki.render.blocks import Block, Bullets, Cell, Quote, Section, Statement, Table
from sabaki.render.voice import Voice, cut

_LONGEST_QUOTE = 2_000
_LONGEST_SUBJECT = 400
_S = Grade.SELF_DECLARED


def glance(voice: Voice) -> Section:
    """The mail at a glance: a table of what it says, who handed it in, and what it is after."""
    report, say = voice.report, voice.say
    rows = [
        (say("Subject", "件名"), Cell(cut(report.subject.text, _LONGEST_SUBJECT) or say("(none)", "（なし）"), _S)),
        (say("Sender it names (From)", "記載された差出人（From）"), Cell(voice.mailboxes(report.sender.author), _S)),
        (say("Recipient", "宛先"), Cell(voice.mailboxes(report.recipients.to), _S)),
        (say("Date it names", "記載された日時"), Cell(words.when(report.sender.date) or "—", _S)),
    ]
    origin = report.origin
    if origin.auth_account:
        rows.append(
            (
                say("Account that sent it", "送信に使われたアカウント"),
                Cell(cut(origin.auth_account), origin.grade, code=True),
            )
        )
    if origin.ip:
        at = words.when(origin.date)
        note = say(f"taken in at {at}", f"受け付け: {at}") if at else ""
        rows.append(
            (say("Address it came from", "送信元のIPアドレス"), Cell(origin.ip, origin.grade, code=True, note=note))
        )
    owners = list(
        dict.fromkeys(url.registrable_domain or url.host for url in report.urls if url.clickable and url.host)
    )
    if owners:
        shown = ", ".join(cut(defang.host(owner)) for owner in owners[:4]) + (" …" if len(owners) > 4 else "")
        rows.append((say("Its links lead to", "リンク先の持ち主"), Cell(shown, Grade.VERIFIED, code=True)))
    files = [file for file in enclosed.shown(report) if not file.inside]
    if files:
        named = ", ".join(enclosed.name(file, voice) for file in files[:3]) + (" …" if len(files) > 3 else "")
        rows.append((say("Attachments", "添付ファイル"), Cell(named, Grade.VERIFIED)))
    table = Table(tuple((Cell(head), cell) for head, cell in rows))
    return Section("glance", say("The mail at a glance", "メールの概要"), (table, *enclosed.holders(voice)))


def subject(voice: Voice) -> Section:
    """The subject, and the stamp that a filter put there or did not."""
    report, say = voice.report, voice.say
    shown = cut(report.subject.text, _LONGEST_SUBJECT)
    blocks: list[Block] = [
        Statement(
            say(f"Subject: {shown}", f"件名: {shown}")
            if report.subject.text
            else say("The mail has no subject.", "件名はありません。"),
            _S,
        ),
    ]
    blocks += list(_stamps(voice))
    blocks += voice.findings("stamp/", but=("stamp/no_stamp", "stamp/spam_stamped"))
    return Section("subject", say("The subject and its stamp", "件名と迷惑メール判定の印"), tuple(blocks))


def _stamps(voice: Voice) -> list[Block]:
    report, say = voice.report, voice.say
    spam = [mark for mark in report.stamps if mark.says_spam]
    if spam:
        rows = tuple(
            (
                Cell(cut(mark.field_name)),
                Cell(cut(mark.text), code=True),
                Cell(voice.word(words.GRADES[mark.grade]), mark.grade),
            )
            for mark in report.stamps[:8]
        )
        head = (say("Field", "フィールド"), say("Mark", "印"), say("Who vouches", "裏付け"))
        believed = any(mark.grade is Grade.ATTESTED for mark in spam)
        text = (
            say("The receiving server judged this mail to be spam.", "受信側のサーバーが、迷惑メールと判定しています。")
            if believed
            else say(
                "There is a spam mark, but it is not certain that the recipient's server wrote it.",
                "迷惑メールの印がありますが、受信側のサーバーが付けたものとは断定できません。",
            )
        )
        grade = Grade.ATTESTED if believed else min((mark.grade for mark in spam), key=list(Grade).index)
        return [Statement(text, grade), Table(rows, head)]
    if report.trust.basis != "named":
        return [
            Statement(
                say(
                    "No spam mark was found. Which servers are the recipient's is not known, so this says little.",
                    "迷惑メールの印は見つかりません。ただし、どれが受信側のサーバーか分からないため、ほとんど意味を持ちません。",
                ),
                voice.line_grade,
            )
        ]
    if voice.accused:
        text = say(
            "The receiving server put no spam mark, such as [spam], on it: the mail slipped through the filter.",
            "受信側のサーバーは [spam] などの印を付けていません。このメールは迷惑メール判定をすり抜けています。",
        )
        detail = say(
            "A missing mark never means that a mail is harmless.", "印がないことは、安全であることを意味しません。"
        )
        return [Statement(text, Grade.ATTESTED, detail)]
    return [
        Statement(
            say("The receiving server put no spam mark on it.", "受信側のサーバーは、迷惑メールの印を付けていません。"),
            Grade.ATTESTED,
        )
    ]


def sender(voice: Voice) -> Section:
    """The sender as it declares itself: From, and why that proves nothing by itself."""
    report, say = voice.report, voice.say
    blocks: list[Block] = [
        Statement(f"From: {voice.mailboxes(report.sender.author)}", _S),
        Statement(
            say(
                "From is written by whoever sends the mail. The display name and the address can both be anything: "
                "by itself it is no evidence of who sent it.",
                "Fromは、メールを送る側が自由に書ける欄です。表示名もアドレスも好きなように書けるため、"
                "それだけでは誰が送ったかの証拠になりません。",
            )
        ),
    ]
    if report.sender.reply_to:
        blocks.append(
            Statement(
                say(
                    f"Replies would go to: {voice.mailboxes(report.sender.reply_to)} (Reply-To)",
                    f"返信先（Reply-To）: {voice.mailboxes(report.sender.reply_to)}",
                ),
                _S,
            )
        )
    proven = voice.found("authentication/passed")
    if proven:
        blocks.append(Statement(voice.title(proven), proven.grade, voice.safe(say(proven.detail, proven.detail_ja))))
    statements = voice.findings("sender/", but=("sender/own_domain_return_path", "sender/own_domain_message_id"))
    if statements:
        blocks.append(Bullets(statements, say("What stands out", "目に付く点")))
    return Section("sender", say("The sender, as it declares itself", "自ら名乗る差出人"), tuple(blocks))


def header(voice: Voice) -> Section:
    """Return-Path, Message-ID, Received: the three fields, and what each is worth."""
    report, say = voice.report, voice.say
    path = report.sender.return_path
    forgeable = say(
        "Given by the sending side; as easy to forge as From.", "送信側が告げる値で、Fromと同じく簡単に偽れます。"
    )
    made = say(
        "Written by the sending software; can be anything.", "送信側のソフトが書く値で、どのようにでも書けます。"
    )
    worth = _received(voice)
    none = say("(none)", "（なし）")
    rows = (
        (
            Cell("Return-Path", short=True),
            Cell(f"<{cut(path.address)}>" if path else none, code=bool(path)),
            Cell(forgeable, _S),
        ),
        (
            Cell("Message-ID", short=True),
            Cell(cut(report.sender.message_id) or none, code=bool(report.sender.message_id)),
            Cell(made, _S),
        ),
        (
            Cell("Received", short=True),
            Cell(say("see the way of the mail below", "次の「経路」を参照")),
            Cell(worth, voice.line_grade),
        ),
    )
    head = (say("Field", "フィールド"), say("Value", "値"), say("What it is worth", "証拠としての価値"))
    statements = (
        *voice.findings("sender/own_domain_return_path", "sender/own_domain_message_id"),
        *voice.findings("reading/"),
    )
    blocks: list[Block] = [Table(rows, head)]
    if statements:
        blocks.append(Bullets(statements))
    return Section(
        "header",
        say("Three fields of the header, and what they are worth", "ヘッダーの三つの欄と、その価値"),
        tuple(blocks),
    )


def _received(voice: Voice) -> str:
    """What the Received fields are worth: how many of them somebody vouches for."""
    report, say = voice.report, voice.say
    all_, ours = len(report.hops), report.trust.above
    if not all_:
        return say(
            "There is none: the way of the mail is not recorded.", "1行もありません。経路の記録がないメールです。"
        )
    in_all = say(f"{all_} in all", f"全部で{all_}行")
    if report.trust.basis == "named" and ours:
        if ours == all_:
            return (
                say(
                    "The only one, written by a server that the recipient trusts.",
                    "1行だけで、受信者が信頼するサーバーの記録です。",
                )
                if all_ == 1
                else say(
                    f"{in_all}, each of them written by a server that the recipient trusts.",
                    f"{in_all}あり、すべて受信者が信頼するサーバーの記録です。",
                )
            )
        return say(
            f"{in_all}: {ours} by servers that the recipient trusts; the rest could have been made up by the sender.",
            f"{in_all}あり、うち{ours}行は受信者が信頼するサーバーの記録です。残りは送信者にも書けるものです。",
        )
    if report.trust.basis == "inferred" and ours:
        if ours == all_:
            return say(
                f"{in_all}, taken to be by the recipient's own servers, which is an inference.",
                f"{all_}行すべてを受信側のサーバーの記録とみなしていますが、推定です。",
            )
        return say(
            f"{in_all}: {ours} taken to be by the recipient's own servers, which is an inference.",
            f"{in_all}あり、うち{ours}行を受信側のサーバーの記録とみなしていますが、推定です。",
        )
    return say(
        f"{in_all}, none of them known to be by a server of the recipient's.",
        f"{in_all}ありますが、受信側のサーバーの記録と確認できる行はありません。",
    )


def text(voice: Voice) -> Section:
    """The body as a person sees it, links defanged, and what is noteworthy in it."""
    report, say = voice.report, voice.say
    shown = [body for body in report.bodies if body.shown and not body.attached and body.text.strip()]
    blocks: list[Block] = []
    if not shown:
        blocks.append(Statement(say("The mail shows no text.", "表示される本文はありません。"), Grade.VERIFIED))
    left = _LONGEST_QUOTE
    for body in shown[:3]:
        if left > 0:
            blocks.append(_quote(voice, body, left))
            left -= len(body.text)
    hidden = next((body.hidden.strip() for body in report.bodies if body.hidden.strip()), "")
    if hidden:
        caption = (
            say("Text that the mail hides from its reader", "画面には表示されない、隠された文字")
            if voice.accused
            else say(
                "Text that is not displayed (often the preview line of a list of mails)",
                "画面には表示されない文字（受信一覧のプレビュー用など）",
            )
        )
        blocks.append(Quote(defang.prose(hidden[:400]) + ("…" if len(hidden) > 400 else ""), caption, Grade.VERIFIED))
    blocks += _stands_out(voice)
    return Section("text", say("What it says", "本文"), tuple(blocks))


def _stands_out(voice: Voice) -> list[Block]:
    """What is noteworthy in the text. Wording alone accuses nobody: wanted mail asks, reminds and hurries as well."""
    say = voice.say
    title = say("What stands out", "目に付く点")
    if voice.accused:
        found = voice.findings("lure/", "body/")
        return [Bullets(found, title)] if found else []
    wording = tuple(Statement(item.text, item.grade) for item in voice.findings("lure/"))
    blocks: list[Block] = []
    if wording:
        usual = say(
            "Wording that was noticed (honest mail uses it too)", "気に留めた言い回し（正規のメールにもあります）"
        )
        blocks.append(Bullets(wording, usual))
    rest = voice.findings("body/")
    if rest:
        blocks.append(Bullets(rest, title))
    return blocks


def _quote(voice: Voice, body: Body, longest: int) -> Quote:
    written = body.text.strip()
    tidy = "\n".join(line.rstrip() for line in written.splitlines())
    while "\n\n\n" in tidy:
        tidy = tidy.replace("\n\n\n", "\n\n")
    cut = tidy[:longest]
    how = {
        "declared": voice.say("as declared", "宣言どおり"),
        "detected": voice.say("detected", "自動判別"),
    }.get(body.charset_how, "")
    charset = voice.say(f"{body.charset}, {how}", f"{body.charset}、{how}") if body.charset and how else body.charset
    caption = voice.say("The text of the mail", "メールの本文")
    if charset:
        caption += voice.say(f" ({charset})", f"（{charset}）")
    if len(tidy) > longest:
        caption += voice.say(f"; the first {longest:,} characters", f"・最初の {longest:,} 文字")
    return Quote(defang.prose(cut) + ("…" if len(tidy) > longest else ""), caption, Grade.VERIFIED)
