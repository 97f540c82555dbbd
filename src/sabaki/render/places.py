"""Where the sending address and the sites behind the links are, by the databases; drawn, and with what that does not say."""

from __future__ import annotations

import math
from typing import NamedTuple

import msgspec

from sabaki.model.evidence import Grade
from sabaki.model.knowledge import Knowledge, Names, Network, Place, Registration
from sabaki.render import atlas, defang, known, maps, words
from sabaki.render.blocks import Block, Cell, Map, Section, Statement, Table
from sabaki.render.voice import Voice, cut

_MOST_MAPS = 4
_USES: dict[str, tuple[words.Pair, words.Pair]] = {
    "cloud": (
        ("a cloud", "クラウド事業者のネットワーク"),
        (
            "Anyone can rent a server there from anywhere in the world: the pin says next to nothing about who used it.",
            "世界のどこからでも借りられるため、この印から使った人のことはほとんど分かりません。",
        ),
    ),
    "hosting": (
        ("a hosting company", "ホスティング事業者のネットワーク"),
        (
            "Its customers can be anywhere, and one server serves many: the pin says where the machines are registered.",
            "借り手の居場所は問われず、一台を多数で使うこともあります。印が示すのは機器の登録地にとどまります。",
        ),
    ),
    "cdn": (
        ("a content delivery network", "CDN（コンテンツ配信網）"),
        (
            "It answers from many places and stands in front of the real server: the pin does not show where the site is.",
            "多数の拠点から応答し、本当のサーバーはその背後に隠れています。印はサイトの所在を示しません。",
        ),
    ),
    "vpn": (
        ("a VPN", "VPN事業者のネットワーク"),
        (
            "It is there to hide where its users are: the pin is its exit.",
            "利用者の居場所を隠すための出口であり、印はその出口を指すだけです。",
        ),
    ),
    "proxy": (
        ("a proxy", "プロキシ"),
        ("Whoever used it was behind it: the pin is its exit.", "使った人はその背後におり、印は出口を指すだけです。"),
    ),
    "tor": (
        ("Tor", "Torの出口"),
        (
            "Its users can be anywhere: the pin is an exit that was drawn by lot.",
            "利用者はどこにいてもよく、印は偶然選ばれた出口です。",
        ),
    ),
    "mobile": (
        ("a mobile network", "携帯電話網"),
        (
            "Its subscribers go out through few gateways, often far from where they are: the pin says little.",
            "加入者は少数の関門を通って外へ出ます。居場所から遠いことも多く、印はあまり参考になりません。",
        ),
    ),
}


class _Located(NamedTuple):
    ip: str
    role: str
    by: Knowledge
    place: Place


def sender(voice: Voice, knowledge: tuple[Knowledge, ...]) -> Section | None:
    """Where the address is that the mail came from: map, network, reverse name. None where nothing is known of it."""
    say = voice.say
    blocks: list[Block] = _maps(voice, knowledge, _clusters(voice, knowledge), of_sender=True)
    tables = _address(voice, knowledge, voice.report.origin.ip, voice.report.origin.ip)
    for client in voice.report.origin.clients[: known.MOST]:
        if client.ip != voice.report.origin.ip:
            said = say(
                f"{client.ip}, by the field {cut(client.field_name, 60)}",
                f"{client.ip}（{cut(client.field_name, 60)} の記載）",
            )
            tables += _address(voice, knowledge, client.ip, f"{said} [{client.grade}]")
    if not blocks and not tables:
        return None
    if voice.report.origin.grade is not Grade.ATTESTED:
        text = say(
            "Which address handed the mail in is itself not attested: where it is says something only if that is true.",
            "そもそもこの送信元アドレスには、確かな裏付けがありません。以下は、それが事実である場合に限って意味を持ちます。",
        )
        blocks.insert(0, Statement(text, voice.report.origin.grade, tone="strong"))
    return Section("place", say("Where the sending address is", "送信元のIPアドレスはどこにあるか"), (*blocks, *tables))


def hosting(voice: Voice, knowledge: tuple[Knowledge, ...]) -> Section | None:
    """Where the sites behind the links are hosted. None where nothing is known of them."""
    say = voice.say
    clusters = _clusters(voice, knowledge)
    shared = any(_of(cluster, "sender") and _of(cluster, "host") for cluster in clusters)
    blocks: list[Block] = _maps(voice, knowledge, clusters, of_sender=False)
    told: set[str] = set()
    for host in known.hosts(voice.report):
        for ip in known.addresses(knowledge, host):
            if ip not in told:
                name = ip if ip == host else f"{defang.host(cut(host, 120))} ({ip})"
                blocks += _address(voice, knowledge, ip, name)
            told.add(ip)
        blocks += _nowhere(voice, knowledge, host)
    if not blocks:
        return None
    if shared:
        text = say(
            "It lies near the sending address and is drawn on the map there.",
            "送信元の近くにあるため、そちらの地図に併せて示しました。",
        )
        blocks.insert(0, Statement(text))
    text = say(
        "Whoever runs the machine is not thereby who put the page there: sites are rented, and broken into. It is the host that can take it down.",
        "サーバーを運営する側が、そのページを置いたとは限りません（貸し出されたもの、侵入されたものもあります）。ページを止められるのは、この事業者です。",
    )
    return Section(
        "hosting", say("Where the site is hosted", "リンク先のサイトはどこに置かれているか"), (*blocks, Statement(text))
    )


def _nowhere(voice: Voice, knowledge: tuple[Knowledge, ...], host: str) -> list[Block]:
    asked = list(known.about(knowledge, "host", host, Names))
    if not asked or any(names.addresses for _, names in asked):
        return []
    name = defang.host(cut(host, 120))
    text = voice.say(
        f"{name} had no address when the DNS was asked. It may come back at any time.",
        f"{name} は、照会した時点ではアドレスを持っていませんでした。いつでも復活しえます。",
    )
    return [Statement(text, asked[0][0].grade, known.credit(voice, asked[0][0]))]


def place_name(voice: Voice, place: Place) -> str:
    """City, region and country as this language writes them, as far as the database has them."""
    code = place.country.upper()
    country = (
        voice.say(place.country_name, place.country_name_ja)
        or atlas.country(code, voice.lang)
        or place.country_name
        or code
    )
    region = place.region if place.region.casefold() != place.city.casefold() else ""
    parts = [
        cut(part, 80) for part in (_named(voice, place, place.city), _named(voice, place, region), country) if part
    ]
    return "・".join(reversed(parts)) if voice.lang == "ja" else ", ".join(parts)


def _named(voice: Voice, place: Place, name: str) -> str:
    """A city's name, or that of a region that is called like one, in Japanese where the atlas has it nearby."""
    if voice.lang == "en" or not maps.drawable(place.latitude, place.longitude):
        return name
    return atlas.city_ja(name, place.latitude or 0.0, place.longitude or 0.0) or name


def _clusters(voice: Voice, knowledge: tuple[Knowledge, ...]) -> list[list[_Located]]:
    """The places that can be drawn, those that one map can show together."""
    report = voice.report
    roles = dict.fromkeys(known.senders(report), "sender")
    for host in known.hosts(report):
        for ip in known.addresses(knowledge, host):
            roles.setdefault(ip, "host")
    clusters: list[list[_Located]] = []
    for ip, role in roles.items():
        for by, place in known.about(knowledge, "ip", ip, Place):
            if not maps.drawable(place.latitude, place.longitude):
                continue
            here = _Located(ip, role, by, place)
            near = (c for c in clusters if all(maps.together(_spot(voice, here), _spot(voice, each)) for each in c))
            cluster = next(near, None)
            if cluster is not None:
                cluster.append(here)
            elif len(clusters) < _MOST_MAPS:
                clusters.append([here])
    return clusters


def _of(cluster: list[_Located], role: str) -> bool:
    return any(each.role == role for each in cluster)


def _radius(place: Place) -> float | None:
    radius = place.radius_km
    return min(radius, 20_000.0) if radius is not None and math.isfinite(radius) and radius > 0 else None


def _spot(voice: Voice, located: _Located) -> maps.Spot:
    name = voice.say("sender", "送信元") if located.role == "sender" else voice.say("site", "リンク先")
    place = located.place
    return maps.Spot(place.latitude or 0.0, place.longitude or 0.0, _radius(place), located.role, name)


def _maps(
    voice: Voice, knowledge: tuple[Knowledge, ...], clusters: list[list[_Located]], *, of_sender: bool
) -> list[Block]:
    """The maps with the sender on them, or those without."""
    return [
        _map(voice, knowledge, cluster, f"map-{number}")
        for number, cluster in enumerate(clusters, 1)
        if _of(cluster, "sender") is of_sender
    ]


def _map(voice: Voice, knowledge: tuple[Knowledge, ...], cluster: list[_Located], id: str) -> Map:
    spots = list(dict.fromkeys(_spot(voice, located) for located in cluster))
    named = list(
        dict.fromkeys(place_name(voice, located.place) for located in cluster if place_name(voice, located.place))
    )
    where = voice.say("; ", "／").join(named[:3])
    ips = ", ".join(list(dict.fromkeys(located.ip for located in cluster))[:3])
    drawn = maps.draw(spots, voice.lang, id=id, title=f"{ips}: {where}" if where else ips)
    return msgspec.structs.replace(
        drawn,
        points=tuple(_point(voice, located) for located in cluster),
        notes=_notes(voice, knowledge, cluster),
        sources=_sources(voice, cluster),
    )


def _point(voice: Voice, located: _Located) -> str:
    place = located.place
    at = maps.coordinates(place.latitude or 0.0, place.longitude or 0.0, voice.lang)
    radius = _radius(place)
    far = (
        ""
        if radius is None
        else voice.say(f", off by {radius:,.0f} km or more", f"（誤差の目安: 半径 {radius:,.0f} km）")
    )
    return f"{located.ip}: {at}{far}"


def _notes(voice: Voice, knowledge: tuple[Knowledge, ...], cluster: list[_Located]) -> tuple[Statement, ...]:
    say = voice.say
    notes = [
        Statement(
            say(
                "This pins the network's registration, not a person.",
                "この印が指すのはネットワークの登録上の場所で、人の居場所ではありません。",
            ),
            Grade.THIRD_PARTY,
            say(
                "Whoever used the address may have been anywhere. The circle is how far off the database may well be.",
                "使った人がどこにいたかは、ここからは分かりません。円は、データベースの誤差の目安です。",
            ),
            "strong",
        )
    ]
    for located in cluster:
        for by, network in known.about(knowledge, "ip", located.ip, Network):
            notes += [use(voice, by, text) for text in network.uses[:3]]
    if any(not located.place.city for located in cluster):
        text = say(
            "No city is known: the pin only stands for the country.",
            "都市までは分かりません。印は国を代表する点にすぎません。",
        )
        notes.append(Statement(text, Grade.THIRD_PARTY))
    return tuple(dict.fromkeys(notes))


def use(voice: Voice, by: Knowledge, text: str) -> Statement:
    """What a network is used for ("cloud: Azure (list of 2026-11-24)"), by whose list, and what the pin then does not say."""
    kind = text.partition(":")[0].strip()
    _, meaning = _USES.get(kind, (("", ""), ("The pin says little.", "印はあまり参考になりません。")))
    name = use_name(voice, text)
    return Statement(voice.say(f"It is in {name}. {meaning[0]}", f"{name}です。{meaning[1]}"), by.grade)


def use_name(voice: Voice, text: str) -> str:
    """What a network is used for and who says so, in a few words."""
    kind, _, whose = text.partition(":")
    name, _ = _USES.get(kind.strip(), ((cut(kind.strip(), 60), cut(kind.strip(), 60)), ("", "")))
    whose = cut(whose.strip(), 160)
    if not whose:
        return voice.word(name)
    if voice.lang == "ja":
        return f"{name[1]}（{whose.replace(' (list of ', '、一覧の日付 ').removesuffix(')')}）"
    return f"{name[0]}: {whose}"


def _sources(voice: Voice, cluster: list[_Located]) -> tuple[str, ...]:
    databases = dict.fromkeys(_database(voice, located) for located in cluster)
    return (
        *(voice.say(f"Place: {text}", f"位置: {text}") for text in databases),
        voice.say(
            "Map: Natural Earth 4.1 and 5.1 (public domain); cities: GeoNames (CC BY 4.0)",
            "地図: Natural Earth 4.1・5.1（パブリックドメイン）、都市名: GeoNames（CC BY 4.0）",
        ),
    )


def _database(voice: Voice, located: _Located) -> str:
    dated = _dated(voice, located.place) or words.source(located.by.source, voice.lang)
    licence = cut(located.place.licence, 120)
    return voice.say(f"{dated} ({licence})", f"{dated}（{licence}）") if licence else dated


def _address(voice: Voice, knowledge: tuple[Knowledge, ...], ip: str, name: str) -> list[Block]:
    """What is known of one address, a table of it under that name."""
    say = voice.say
    rows: list[tuple[str, Cell]] = []
    drawn = False
    for by, place in known.about(knowledge, "ip", ip, Place):
        drawn = drawn or maps.drawable(place.latitude, place.longitude)
        note = known.credit(voice, by, _dated(voice, place))
        where = place_name(voice, place) or say("not known", "不明")
        rows.append((say("Place", "場所"), Cell(where, by.grade, note=note)))
    for by, network in known.about(knowledge, "ip", ip, Network):
        rows += _network(voice, by, network, drawn=drawn)
    for by, held in known.about(knowledge, "ip", ip, Registration):
        rows += _held(voice, by, held)
    for by, names in known.about(knowledge, "ip", ip, Names):
        rows.append((say("Reverse name", "逆引き名"), _reverse(voice, by, names)))
    if not rows:
        return []
    return [Table(tuple((Cell(head), cell) for head, cell in rows), name=name)]


def _dated(voice: Voice, item: Place | Network) -> str:
    return voice.say(", ", "、").join(cut(part, 80) for part in (item.database, item.database_date) if part)


def _network(voice: Voice, by: Knowledge, network: Network, *, drawn: bool) -> list[tuple[str, Cell]]:
    """The network; what its use means stands beside the map where there is one, else here."""
    asn = f"AS{network.asn} " if network.asn is not None else ""
    text = f"{asn}{cut(network.name, 120)} {cut(network.prefix, 60)}".strip()
    note = known.credit(voice, by, _dated(voice, network))
    uses = (use_name(voice, each) if drawn else use(voice, by, each).text for each in network.uses[:3])
    return [
        (voice.say("Network", "ネットワーク"), Cell(text, by.grade, note=note)),
        *((voice.say("Used for", "用途"), Cell(each, by.grade)) for each in uses),
    ]


def _held(voice: Voice, by: Knowledge, held: Registration) -> list[tuple[str, Cell]]:
    say = voice.say
    country = atlas.country(held.country, voice.lang)
    place = say(f"{country} ({held.country})", f"{country}（{held.country}）") if country else held.country
    holder = say(", ", "、").join(
        cut(part, 120) for part in (say(held.holder, held.holder_ja or held.holder), place) if part
    )
    network = " ".join(part for part in (cut(held.network_name, 80), cut(held.network, 90)) if part)
    rows = []
    if holder:
        rows.append(
            (
                say("Holder of the addresses", "アドレスの割り当て先"),
                Cell(holder, by.grade, note=known.credit(voice, by, held.server)),
            )
        )
    if network:
        rows.append((say("Block", "アドレス範囲"), Cell(network, by.grade)))
    if held.abuse:
        rows.append(
            (
                say("Abuse contact", "通報先（abuse）"),
                Cell(", ".join(cut(box, 120) for box in held.abuse[:3]), by.grade, code=True),
            )
        )
    return rows


def _reverse(voice: Voice, by: Knowledge, names: Names) -> Cell:
    say = voice.say
    note = known.credit(voice, by)
    if not names.reverse_names:
        return Cell(say("none", "なし"), by.grade, note=note)
    shown = ", ".join(defang.host(cut(name, 120)) for name in names.reverse_names[:3])
    if names.confirmed_name:
        said = say("confirmed: the name leads back to the address", "確認済み: 名前からも同じアドレスに戻ります")
    else:
        said = say(
            "not confirmed: the name does not lead back to the address, and whoever holds the address can write any name",
            "未確認: 名前からこのアドレスには戻りません。逆引き名は、アドレスの保有者が自由に書けます",
        )
    return Cell(shown, by.grade, code=True, note=f"{said}; {note}" if voice.lang == "en" else f"{said}（{note}）")
