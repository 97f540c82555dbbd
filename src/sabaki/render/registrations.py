"""Who registered the domains, and how old they were when the mail came. A holder is never called the sender."""

from __future__ import annotations

from sabaki.facts import known as facts
from sabaki.model.evidence import Grade
from sabaki.model.knowledge import Contact, Knowledge, Registration
from sabaki.render import atlas, defang, known
from sabaki.render.blocks import Block, Cell, Section, Statement, Table
from sabaki.render.voice import Voice, cut

_YOUNG = 60
_MOST_NAMES = 4
_MOMENTS = {
    "arrived": ("the mail arrived", "メール受信"),
    "dated": ("the date that the mail names", "メールが名乗る日付"),
    "asked": ("the registry was asked", "照会"),
}


def section(voice: Voice, knowledge: tuple[Knowledge, ...]) -> Section | None:
    """The registrations of the domains, the links' first. None where none is known."""
    blocks: list[Block] = []
    for domain, parts in list(known.domains(voice.report).items())[: known.MOST]:
        answers = list(known.about(knowledge, "domain", domain, Registration))
        if not answers:
            continue
        blocks.append(_part(voice, domain, parts))
        for by, held in answers:
            age = facts.age(voice.report, by, held.created)
            said = _odd_age(voice, age) if age else None
            blocks += [*([said] if said else []), _table(voice, domain, by, held, age)]
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


def since(voice: Voice, by: Knowledge, held: Registration) -> str:
    """How long before the mail the domain was registered, in words; "" where one of the dates is none."""
    age = facts.age(voice.report, by, held.created)
    return _since(voice, age) if age else ""


def _since(voice: Voice, age: facts.Age) -> str:
    """The age in words: in days, and in years where those say more."""
    days, (en, ja) = abs(age.days), _MOMENTS[age.basis]
    years = voice.say(f" ({days / 365.25:.1f} years)", f"（約 {days / 365.25:.1f} 年）") if days >= 2 * 365 else ""
    if days == 0:
        return voice.say(f"less than a day before {en}", f"{ja}の当日")
    if age.days < 0:
        return voice.say(f"{_days(days)}{years} after {en}", f"{ja}の {days:,} 日後{years}")
    return voice.say(f"{_days(days)}{years} before {en}", f"{ja}の {days:,} 日前{years}")


def _days(days: int) -> str:
    return f"{days:,} day{'s' * (days != 1)}"


def _odd_age(voice: Voice, age: facts.Age) -> Statement | None:
    """A word about an age that says something: very young, or younger than the mail."""
    since = _since(voice, age)
    if age.days < 0:
        text = voice.say(
            f"Registered {since}: it has changed hands since, or a date is false.",
            f"登録日が{since}です。その後に取り直されたか、いずれかの日付が偽りです。",
        )
    elif age.days < _YOUNG:
        text = voice.say(
            f"Young: registered {since}. Names for fraud are often this fresh.",
            f"新しいドメインです。登録されたのは{since}でした。詐欺に使うドメインは、直前に取得されることがよくあります。",
        )
    else:
        return None
    return Statement(text, age.grade, tone="strong")


def _table(voice: Voice, domain: str, by: Knowledge, held: Registration, age: facts.Age | None) -> Table:
    say, grade = voice.say, by.grade
    name = f"{defang.host(cut(domain, 120))}: {known.credit(voice, by, held.server)}"
    if held.status == (facts.NOT_REGISTERED,):
        text = say("Nobody holds this name: it is not registered.", "登録されていません（持ち主のいない名前です）。")
        return Table(((Cell(say("State", "状態")), Cell(text, grade)),), name=name)
    registrar = " ".join(
        cut(part, 120) for part in (held.registrar, held.registrar_id and f"({held.registrar_id})") if part
    )
    rows = [
        (say("Holder", "登録者"), _holder(voice, held), ""),
        (say("Country and region", "国・地域"), _region(voice, held), ""),
        (say("Registrar", "登録業者（レジストラー）"), registrar, ""),
        (say("Registered", "登録日"), known.when(held.created), _since(voice, age) if age else ""),
        (say("Changed", "更新日"), known.when(held.updated), ""),
        (say("Expires", "有効期限"), known.when(held.expires), ""),
        (say("State", "状態"), _some(held.status), ""),
        (say("Name servers", "ネームサーバー"), _some(tuple(defang.host(name) for name in held.name_servers)), ""),
        (say("Abuse contact", "通報先（abuse）"), _some(held.abuse), ""),
    ]
    return Table(tuple((Cell(head), Cell(text, grade, note=note)) for head, text, note in rows if text), name=name)


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
    named = voice.say(f"{country} ({code})", f"{country}（{code}）") if country else code
    parts = [held.city or contact.city, held.region or contact.region, named]
    shown = [cut(part, 80) for part in dict.fromkeys(parts) if part]
    return "・".join(reversed(shown)) if voice.lang == "ja" else ", ".join(shown)
