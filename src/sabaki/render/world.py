"""What the world knows of the mail's addresses, domains and links: the article's sections about it, and a few lines of it."""

from __future__ import annotations

from sabaki.facts.known import NOT_REGISTERED
from sabaki.model.evidence import Grade
from sabaki.model.finding import State
from sabaki.model.knowledge import Knowledge, Listing, Names, Network, Place, Registration
from sabaki.model.report import Report
from sabaki.render import atlas, defang, known, listings, places, registrations, words
from sabaki.render.blocks import Section
from sabaki.render.voice import Voice, cut

Row = tuple[str, str, str]
"""A heading, what is said, its grade."""


def sections(voice: Voice, knowledge: tuple[Knowledge, ...]) -> tuple[Section, ...]:
    """The chapters about what the world knows, in the order in which one asks; those with nothing to tell left out."""
    chapters = (
        places.sender,
        registrations.section,
        listings.danger,
        places.hosting,
        listings.certificates,
    )
    return tuple(section for chapter in chapters if (section := chapter(voice, knowledge)) is not None)


def asked(report: Report, lang: str) -> tuple[str, ...]:
    """Whom something was sent to for this report, each once. What was asked for an earlier one is left out."""
    sources = [piece.source for piece in report.knowledge if piece.to and not piece.cached]
    dns = ["names"] if report.verification.asked_at else []
    return tuple(dict.fromkeys(words.source(source, lang) for source in (*dns, *sources)))


def lines(voice: Voice, knowledge: tuple[Knowledge, ...]) -> tuple[Row, ...]:
    """The same in a few lines, for a terminal."""
    say = voice.say
    rows = [_address(voice, knowledge, ip, say("Sent from", "送信元")) for ip in known.senders(voice.report)[:1]]
    owned = list(known.domains(voice.report).items())
    rows += [_domain(voice, knowledge, domain, parts) for domain, parts in owned[:2]]
    rows.append(_listed(voice, knowledge))
    hosted = (ip for host in known.hosts(voice.report) for ip in known.addresses(knowledge, host))
    rows += [_address(voice, knowledge, ip, say("Hosted at", "設置場所")) for ip in list(dict.fromkeys(hosted))[:1]]
    return tuple(row for row in rows if row)


def _address(voice: Voice, knowledge: tuple[Knowledge, ...], ip: str, head: str) -> Row | None:
    found = next(iter(known.about(knowledge, "ip", ip, Place)), None)
    networks = [item for _, item in known.about(knowledge, "ip", ip, Network)]
    names = [item.confirmed_name for _, item in known.about(knowledge, "ip", ip, Names) if item.confirmed_name]
    parts = [_place(voice, found[1])] if found else []
    parts += [cut(places.use_name(voice, use), 60) for each in networks[:1] for use in each.uses[:1]]
    parts += [f"AS{each.asn} {cut(each.name, 60)}" for each in networks[:1] if each.asn is not None]
    parts += [defang.host(cut(name, 80)) for name in names[:1]]
    if not parts:
        return None
    return head, f"{ip}: {voice.say('; ', '、').join(parts)}", Grade.THIRD_PARTY if found is None else found[0].grade


def _place(voice: Voice, place: Place) -> str:
    """The place, with what it is not, and whose word it is."""
    where = places.place_name(voice, place) or voice.say("place not known", "場所不明")
    whose = f"{place.database} {place.database_date}".strip()
    return voice.say(
        f"{where}: the network's place, not a person's ({whose})",
        f"{where}（ネットワークの所在で、人の居場所ではない。{whose}）",
    )


def _domain(voice: Voice, knowledge: tuple[Knowledge, ...], domain: str, parts: tuple[str, ...]) -> Row | None:
    say = voice.say
    answer = next(iter(known.about(knowledge, "domain", domain, Registration)), None)
    if answer is None:
        return None
    by, held = answer
    since = registrations.since(voice, by, held)
    holder = say(held.holder or held.holder_ja, held.holder_ja or held.holder)
    shown = [
        cut(holder, 80) or (say("withheld", "非公開") if held.withheld else ""),
        atlas.country(held.country, voice.lang) or cut(held.country, 40),
        cut(held.region, 40),
        say(f"registered {since}", f"{since}に登録") if since else cut(held.created or "", 10),
        say("possible victim, not the sender", "送信者ではなく、被害者の可能性")
        if registrations.victim(voice, parts)
        else "",
    ]
    if held.status == (NOT_REGISTERED,):
        shown = [say("not registered", "登録なし")]
    name = defang.host(cut(domain, 80))
    told = say(", ", "、").join(part for part in shown if part)
    return say("Registered", "ドメイン登録"), f"{name}: {told}", by.grade


def _listed(voice: Voice, knowledge: tuple[Knowledge, ...]) -> Row | None:
    say = voice.say
    items = [
        (listings.name(voice, piece, item), item)
        for piece in knowledge
        if piece.state is State.RAN
        for item in piece.known
        if isinstance(item, Listing) and not item.allow
    ]
    if not items:
        return None
    bad = list(
        dict.fromkeys(
            f"{cut(name, 60)} ({cut(', '.join(item.threats[:2]), 60)})" if item.threats else cut(name, 60)
            for name, item in items
            if item.listed
        )
    )
    text = (
        ", ".join(bad[:3])
        if bad
        else say("on none of the lists asked (not: clean)", "照会したリストに掲載なし（安全とは限りません）")
    )
    return say("Listed", "危険リスト"), text, "T"
