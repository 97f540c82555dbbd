"""What the signs of forgery mean, in words, and which of them go together."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Matter(StrEnum):
    """What a sign is about."""

    TIME = "time"
    FORM = "form"
    ADDRESS = "address"
    WAY = "way"


class Meaning(msgspec.Struct, frozen=True):
    """A sign in words: `en` goes on after "a Received field ...", `ja` is a noun phrase.

    `faint` marks what says next to nothing by itself, and little in company.
    """

    matter: Matter
    en: str
    ja: str
    faint: bool = False


SIGNS: dict[str, Meaning] = {
    "date_form": Meaning(
        Matter.TIME, "bears a date in a form that no mail server writes", "メールサーバーが書かない形の日時"
    ),
    "date_impossible": Meaning(Matter.TIME, "bears a date or hour that does not exist", "存在しない日付または時刻"),
    "weekday_wrong": Meaning(
        Matter.TIME, "bears a day of the week that its date does not fall on", "日付と曜日の食い違い"
    ),
    "zone_impossible": Meaning(Matter.TIME, "bears a time zone that does not exist", "存在しないタイムゾーン"),
    "zone_name_wrong": Meaning(
        Matter.TIME, "bears a time zone whose name and offset contradict each other", "タイムゾーンの名前と時差の矛盾"
    ),
    "year_form": Meaning(Matter.TIME, "bears a year with a zero in front", "先頭にゼロが付いた年"),
    "time_future": Meaning(
        Matter.TIME,
        "is dated more than a day after the mail had already arrived",
        "メールが届いた時刻より1日以上あとの日時",
    ),
    "time_backwards": Meaning(Matter.TIME, "is dated after the hop above it", "ひとつ上の行より後の日時"),
    "before_date": Meaning(
        Matter.TIME, "is older than the mail itself, by its own Date", "メール自身のDateより古い日時"
    ),
    "id_form": Meaning(
        Matter.FORM, "bears an id that the software it names does not give", "名乗るソフトウェアが付けない形のID"
    ),
    "id_time": Meaning(
        Matter.FORM, "bears an id that holds another time than its date", "IDに含まれる時刻と日時の食い違い"
    ),
    "id_reused": Meaning(
        Matter.FORM, "bears the id that another server gave in another field", "別のサーバーの行と同じID"
    ),
    "protocol_elsewhere": Meaning(
        Matter.FORM,
        "names a protocol that only other software uses, or uses otherwise",
        "別のソフトウェアに固有のプロトコル名",
    ),
    "date_for_address": Meaning(
        Matter.FORM, "has a date where the peer's address belongs", "相手のIPアドレスの位置に書かれた日時"
    ),
    "provider_form": Meaning(
        Matter.FORM, "is not as the provider that it names writes it", "名乗る事業者のサーバーとは異なる書式"
    ),
    "peer_form": Meaning(Matter.FORM, "does not describe the peer as Postfix does", "Postfixとは異なる接続元の書き方"),
    "date_style": Meaning(
        Matter.FORM, "lacks the zone's name that Postfix writes", "Postfixなら付くゾーン名の欠落", faint=True
    ),
    "bare_form": Meaning(
        Matter.FORM, "names neither software nor id nor recipient", "ソフトウェア名もIDも宛先もない行"
    ),
    "address_impossible": Meaning(
        Matter.ADDRESS, "gives the peer an address that no host can have", "どのホストも持ちえない接続元アドレス"
    ),
    "helo_literal": Meaning(
        Matter.ADDRESS, "has a peer that greets with another address than it has", "HELOのアドレスと接続元の食い違い"
    ),
    "provider_elsewhere": Meaning(
        Matter.ADDRESS,
        "has a peer that greets with a large provider's name from somebody else's network",
        "大手事業者の名を名乗る、別の組織の接続元",
    ),
    "name_spells_another": Meaning(
        Matter.ADDRESS, "has a peer whose name spells another address", "別のアドレスを表す接続元の逆引き名"
    ),
    "private_across": Meaning(
        Matter.ADDRESS,
        "has a private address for a peer of another organisation",
        "別の組織からの接続なのにプライベートアドレス",
        faint=True,
    ),
    "chain_broken": Meaning(
        Matter.WAY,
        "is by a server that the hop above did not get the mail from",
        "ひとつ上の行の接続元と無関係なサーバー",
    ),
    "provider_not_left": Meaning(
        Matter.WAY,
        "is by a large provider, yet the hop above got the mail from somebody else",
        "大手事業者の行なのに、次の行の接続元は別の相手",
    ),
    "copied": Meaning(Matter.WAY, "stands there twice, word for word", "一字一句同じ行の重複", faint=True),
    "out_of_place": Meaning(
        Matter.WAY,
        "stands below fields that the sender's program writes",
        "送信側のプログラムが書く項目より下の位置",
        faint=True,
    ),
}
