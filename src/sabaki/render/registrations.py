"""Who registered the domains, and how old they were when the mail came. A holder is never called the sender."""

from __future__ import annotations

from datetime import datetime

from sabaki.model.evidence import Grade
from sabaki.model.knowledge import Contact, Knowledge, Registration
from sabaki.render import atlas, defang, known
from sabaki.render.blocks import Block, Cell, Section, Statement, Table
from sabaki.render.voice import Voice, cut

NOT_REGISTERED = "not registered"
"""The one status of a name that the registry says nobody holds."""
_YOUNG = 60
_MOST_NAMES = 4


def section(voice: Voice, knowledge: tuple[Knowledge, ...]) -> Section | None:
    """The registrations of the domains, the links' first. None where none is known."""
    blocks: list[Block] = []
    for domain, parts in list(known.domains(voice.report).items())[: known.MOST]:
        answers = list(known.about(knowledge, "domain", domain, Registration))
        if not answers:
            continue
        blocks.append(_part(voice, domain, parts))
        for by, held in answers:
            age = _age(voice, by, held)
            blocks += [*([age] if age else []), _table(voice, domain, by, held)]
    if not blocks:
        return None
    text = voice.say(
        "A registry writes down what it is told: names and addresses of holders are often false, borrowed or hidden.",
        "登録情報は届け出られたままのものです。偽名や他人名義、非公開のことも珍しくありません。",
    )
    return Section(
        "registration", voice.say("Who registered the domains", "ドメインの登録者は誰か"), (*blocks, Statement(text))
    )


def victim(voice: Voice, parts: tuple[str, ...]) -> bool:
    """Whether the holder of a domain with these parts in the mail is a possible victim: by a finding, never by being named."""
    return "account" in parts and "link" not in parts and voice.found("route/taken_over_account") is not None


def _part(voice: Voice, domain: str, parts: tuple[str, ...]) -> Statement:
    """What the domain has to do with the mail, and what its holder has not."""
    say, name = voice.say, defang.host(cut(domain, 120))
    if "link" in parts:
        return Statement(
            say(f"{name}: the links lead there.", f"{name}: リンク先のドメインです。"),
            Grade.VERIFIED,
            say(
                "Its holder is not thereby who sent the mail: sites are also broken into.",
                "登録者が送信者とは限りません。侵入されて使われているサイトもあります。",
            ),
            "strong",
        )
    if "account" in parts:
        text = say(
            f"{name}: the account that sent the mail is of this domain.",
            f"{name}: 送信に使われたアカウントのドメインです。",
        )
        if not victim(voice, parts):
            return Statement(text, voice.report.origin.grade, tone="strong")
        told = say(
            "Its holder is a possible victim whose account was misused, not the sender, and is to be told.",
            "登録者は送信者ではなく、アカウントを悪用された被害者である可能性があります。知らせるべき相手です。",
        )
        return Statement(f"{text} {told}" if voice.lang == "en" else text + told, Grade.INFERRED, tone="strong")
    return Statement(
        say(f"{name}: the mail names it as its sender's.", f"{name}: メールが差出人として名乗っているドメインです。"),
        Grade.SELF_DECLARED,
        say(
            "Anyone can write it there: its holder need not have anything to do with the mail.",
            "誰でもそう書けるため、登録者がこのメールに関わっているとは限りません。",
        ),
        "strong",
    )


def _reference(voice: Voice, by: Knowledge) -> tuple[datetime | None, str]:
    """The mail's date as well as it is known, and what it is called."""
    report, say = voice.report, voice.say
    received = known.moment_of(report.origin.date)
    if received and report.origin.grade is not Grade.SELF_DECLARED:
        return received, say("when the mail came", "メールの受信時点")
    written = known.moment_of(report.sender.date)
    if written:
        return written, say("at the date that the mail names", "メールが名乗る日付の時点")
    return known.moment_of(by.obtained_at), say("when the registry was asked", "照会の時点")


def _age(voice: Voice, by: Knowledge, held: Registration) -> Statement | None:
    created, (then, called) = known.moment_of(held.created), _reference(voice, by)
    if created is None or then is None:
        return None
    say, days, credit = voice.say, (then - created).days, known.credit(voice, by, held.server)
    if days < 0:
        text = say(
            f"Registered {-days:,} days after {called.removeprefix('when ').removeprefix('at ')}: it has changed hands since, or a date is false.",
            f"{called}より {-days:,} 日後の登録です。その後に取り直されたか、日付が偽りです。",
        )
        return Statement(text, by.grade, credit, "strong")
    if days < _YOUNG:
        text = say(
            f"Young: only {days:,} days old {called}. Names for fraud are often this fresh.",
            f"新しいドメインです。{called}で、登録から {days:,} 日しか経っていません。詐欺用のドメインによくあることです。",
        )
        return Statement(text, by.grade, credit, "strong")
    amount = (
        say(f"{days / 365.25:.1f} years", f"{days / 365.25:.1f} 年")
        if days >= 730
        else say(f"{days:,} days", f"{days:,} 日")
    )
    return Statement(
        say(f"It was {amount} old {called}.", f"{called}で、登録から {amount}経っています。"), by.grade, credit
    )


def _table(voice: Voice, domain: str, by: Knowledge, held: Registration) -> Table:
    say, grade = voice.say, by.grade
    name = f"{defang.host(cut(domain, 120))}: {known.credit(voice, by, held.server)}"
    if held.status == (NOT_REGISTERED,):
        text = say("Nobody holds this name: it is not registered.", "登録されていません（持ち主のいない名前です）。")
        return Table(((Cell(say("State", "状態")), Cell(text, grade)),), name=name)
    rows = [
        (say("Holder", "登録者"), _holder(voice, held)),
        (say("Country and region", "国・地域"), _region(voice, held)),
        (
            say("Registrar", "登録業者（レジストラー）"),
            " ".join(
                cut(part, 120) for part in (held.registrar, held.registrar_id and f"({held.registrar_id})") if part
            ),
        ),
        (say("Registered", "登録日"), known.when(held.created)),
        (say("Changed", "更新日"), known.when(held.updated)),
        (say("Expires", "有効期限"), known.when(held.expires)),
        (say("State", "状態"), _some(held.status)),
        (say("Name servers", "ネームサーバー"), _some(tuple(defang.host(name) for name in held.name_servers))),
        (say("Abuse contact", "通報先（abuse）"), _some(held.abuse)),
    ]
    return Table(tuple((Cell(head), Cell(text, grade)) for head, text in rows if text), name=name)


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(cut(name, 120) for name in names[:_MOST_NAMES]) + (" …" if len(names) > _MOST_NAMES else "")


def _holder(voice: Voice, held: Registration) -> str:
    names = dict.fromkeys((held.holder_ja, held.holder) if voice.lang == "ja" else (held.holder, held.holder_ja))
    shown = " / ".join(cut(name, 200) for name in names if name)
    if not held.withheld:
        return shown or voice.say("not given", "記載なし")
    hidden = voice.say("withheld from the public", "非公開")
    if not shown:
        return hidden
    return voice.say(
        f"{shown} ({hidden}: this name is not that of who uses the domain)",
        f"{shown}（{hidden}。この名義は実際の利用者ではありません）",
    )


def _region(voice: Voice, held: Registration) -> str:
    contact = next((each for each in held.contacts if each.role == "registrant"), Contact("registrant"))
    code = held.country or contact.country
    country = atlas.country(code, voice.lang)
    parts = [held.city or contact.city, held.region or contact.region, f"{country} ({code})" if country else code]
    return ", ".join(cut(part, 80) for part in dict.fromkeys(parts) if part)
