"""The words of a diary: what happened, and what one look saw. What others wrote is cut and defanged in them."""

from __future__ import annotations

from sabaki.facts.pagestate import STATES
from sabaki.model.watch import Event, Kind, Leaf, Observation, Page, Registered, Resolution, Way
from sabaki.render import defang, words
from sabaki.render.words import Pair

WAYS: dict[Way, Pair] = {
    Way.DNS: ("name (DNS)", "名前（DNS）"),
    Way.REGISTRATION: ("registration", "ドメイン登録"),
    Way.CERTIFICATE: ("certificate", "証明書"),
    Way.HTTP: ("page (HTTP)", "ページ（HTTP）"),
    Way.VISIT: ("page (browser)", "ページ（ブラウザー）"),
}
_SAYS: dict[Kind, Pair] = {
    Kind.ALIVE: ("The page is there.", "ページが表示されます。"),
    Kind.APPEARED: (
        "The page is there for the first time since we look.",
        "監視を始めてから初めて、ページが現れました。",
    ),
    Kind.REVIVED: (
        "The page is there again; before, it was {before}.",
        "ページが復活しました（それまでの状態: {before}）。",
    ),
    Kind.NOT_FOUND: (
        "The page is not found now. Kits say so to some visitors, and it may be back tomorrow.",
        "ページは、現在は見つかりません。相手によって応答を変える手口もあり、明日には復活するかもしれません。",
    ),
    Kind.UNREACHABLE: ("The server does not answer now.", "サーバーが応答しません。"),
    Kind.NO_NAME: ("The name does not resolve now.", "ホスト名は、現在は名前解決できません。"),
    Kind.GONE: (
        "It counts as gone: no look since {before} has found it.",
        "消滅したとみられます。{before} 以降、どの確認でも見つかっていません。",
    ),
    Kind.SUSPENDED: ("The host has suspended the site.", "事業者がサイトを停止しました。"),
    Kind.PARKED: (
        "A parking page stands there: the name is somebody's, and the page may be put up again.",
        "パーキングページに変わりました。名前は保有されたままで、ページが再び置かれるおそれがあります。",
    ),
    Kind.CLOSED: (
        "Something stands there that does not let us see it.",
        "何かはありますが、手前で遮られ、中身を確認できません。",
    ),
    Kind.MOVED: (
        "It moved to other addresses: {before} → {after}.",
        "接続先のIPアドレスが変わりました: {before} → {after}",
    ),
    Kind.NAME_SERVERS: (
        "The name servers changed: {before} → {after}.",
        "ネームサーバーが変わりました: {before} → {after}",
    ),
    Kind.CERTIFICATE: (
        "A certificate not seen before: {after} (before: {before}).",
        "新しい証明書に変わりました: {after}（以前: {before}）",
    ),
    Kind.REDIRECTED: ("It leads elsewhere: {before} → {after}.", "行き先が変わりました: {before} → {after}"),
    Kind.CONTENT: (
        "The page's content changed: “{before}” → “{after}”.",
        "ページの内容が変わりました: 「{before}」→「{after}」",
    ),
    Kind.HOLD: (
        "The registration is on hold: {after}. The name goes out of the DNS.",
        "ドメインの利用が停止されました（{after}）。名前解決できなくなります。",
    ),
    Kind.HOLD_LIFTED: (
        "The hold on the registration was lifted ({after}): the site can come back.",
        "ドメインの利用停止が解除されました（{after}）。サイトが復活するおそれがあります。",
    ),
    Kind.PENDING_DELETE: (
        "The registration is about to be deleted: {after}.",
        "ドメイン登録が削除手続き中です（{after}）。",
    ),
    Kind.EXPIRED: ("The registration's time is over: {after}.", "ドメイン登録の有効期限が過ぎました（{after}）。"),
    Kind.DELETED: ("The name is not registered.", "ドメインは登録されていません。"),
    Kind.REREGISTERED: (
        "The name was registered anew, on {after}: whoever holds it now may be somebody else.",
        "ドメインが新たに登録されました（{after}）。現在の保有者は別の人かもしれません。",
    ),
}
_BY_DNS: dict[Kind, Pair] = {
    Kind.ALIVE: ("The name resolves.", "ホスト名は名前解決できます。"),
    Kind.APPEARED: (
        "The name resolves for the first time since we look.",
        "監視を始めてから初めて、ホスト名が名前解決できるようになりました。",
    ),
    Kind.REVIVED: (
        "The name resolves again: the site can come back.",
        "ホスト名が再び名前解決できるようになりました。サイトが復活するおそれがあります。",
    ),
    Kind.GONE: (
        "The name counts as gone: it has not resolved since {before}.",
        "名前は消滅したとみられます。{before} 以降、名前解決できていません。",
    ),
}
_BY_REGISTRY: dict[Kind, Pair] = {
    Kind.APPEARED: ("The name was registered, on {after}.", "ドメインが登録されました（{after}）。"),
}
_OTHER_STATES: dict[str, Pair] = {
    "not_found": ("not found", "見つからない"),
    "up": ("there", "表示可能"),
    "closed": ("closed to us", "確認できない状態"),
    "no_name": ("without a name", "名前解決できない"),
    "": ("not known", "不明"),
}
_LONGEST = 160


def sentence(event: Event, lang: str) -> str:
    """What happened, as a sentence; what others wrote is cut and defanged in it."""
    own = _BY_DNS if event.way is Way.DNS else _BY_REGISTRY if event.way is Way.REGISTRATION else {}
    text = words.pick(own.get(event.kind, _SAYS[event.kind]), lang)
    before, after = (_value(event.kind, each, lang) for each in (event.before, event.after))
    return text.format(before=before, after=after)


def told(event: Event, lang: str) -> str:
    """The sentence, with what was looked at in front where the sentence does not name it."""
    several = event.way is Way.VISIT
    return (
        f"{sentence(event, lang)}{words.pick((' (in a browser)', '（ブラウザーで確認）'), lang)}"
        if several
        else sentence(event, lang)
    )


def _value(kind: Kind, value: str, lang: str) -> str:
    if kind is Kind.GONE:
        return words.when(value)
    if kind is Kind.REVIVED:
        found = next((pair for state, pair in STATES.items() if state.value == value), None)
        return words.pick(_OTHER_STATES.get(value) or found or _OTHER_STATES[""], lang)
    short = f"{value[:_LONGEST]}…" if len(value) > _LONGEST else value
    if kind in (Kind.NAME_SERVERS, Kind.REDIRECTED):
        return defang.host(short) or "—"
    return defang.prose(short) or "—"


def seen(observation: Observation, lang: str) -> str:
    """What one look saw, in a line; why not, where it saw nothing."""
    what = observation.seen
    match what:
        case Resolution():
            return _resolution(what, lang)
        case Registered():
            return _registered(what, lang)
        case Leaf():
            issued = words.pick(("issued by", "発行者:"), lang)
            return f"{issued} {defang.prose(what.issuer[:_LONGEST]) or '—'}, {(what.not_before or '')[:10]} – {(what.not_after or '')[:10]}"
        case Page():
            return _page(what, lang)
        case None:
            reason = words.pick((observation.reason, observation.reason_ja or observation.reason), lang)
            not_checked = words.pick(("not checked", "確認できず"), lang)
            return f"{not_checked}: {defang.prose(reason)}"


def _resolution(seen: Resolution, lang: str) -> str:
    if not seen.exists:
        return words.pick(("leads nowhere", "名前解決できない"), lang)
    networks = "; ".join(each for each in seen.networks if each)
    return ", ".join(seen.addresses[:4]) + (f" ({networks[:_LONGEST]})" if networks else "")


def _registered(seen: Registered, lang: str) -> str:
    if not seen.registered:
        return words.pick(("not registered", "登録なし"), lang)
    status = defang.prose(", ".join(seen.status[:6]))
    return status or words.pick(("registered", "登録あり"), lang)


def _page(seen: Page, lang: str) -> str:
    state = words.pick(STATES[seen.state], lang)
    parts = [f"HTTP {seen.status}" if seen.status else "", defang.prose(seen.title[:80])]
    more = ", ".join(part for part in parts if part)
    return f"{state} ({more})" if more else state
