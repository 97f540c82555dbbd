"""What has become of a page: from the plain facts of one view, and from several views of one visit. Time is facts/liveness."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from sabaki.facts import brands, linkhosts, pagewords, statuswords
from sabaki.facts.identity import related
from sabaki.facts.visited import SECRETS
from sabaki.mail.domains import public_suffix
from sabaki.model.visit import Form, PageState, Step, View

_HARMLESS = frozenset(
    {PageState.NOT_FOUND, PageState.GONE, PageState.EMPTY, PageState.FORBIDDEN, PageState.PARKED, PageState.SUSPENDED}
    | {PageState.BROKEN, PageState.DECOY}
)
"""What a kit may show to those whom it does not want."""
_TELLING = tuple(PageState(name) for name in (
    "alive challenge decoy suspended parked forbidden broken tls_failure not_found gone empty no_name unreachable refused unknown"
).split())  # fmt: skip
"""Which of several views' states is that of the visit: the one that leaves most of the page."""


class Seen(Struct, frozen=True, kw_only=True):
    """The plain facts of one view, all of them as the page's maker wants them: whoever fills this in cuts them to a bounded size.

    `asked` is the URL that the browser was sent to, `url` where it ended (both with their fragments), `status` that page's,
    0 where no answer came. `error` is the browser's word ("net::ERR_..."), `failure` and `failure_reason` are the proxy's for the page
    itself ("refused", "no_name", "unreachable", "limit", "malformed"; "" where it let it through). `steps` are the pages on the way.
    `text` is what a person reads there, `dialogs` what its messages said. `source` is the page as it was delivered, `markup` as it stood in the end ("" where the page
    could not be looked at), `scripts`
    the texts of its scripts, `requests` what it asked for as "METHOD URL", `hosts` from where something came.
    `images` are their addresses, `alts` the words that stand for them. `sent` is what the visit put in place of the recipient's address.
    """

    asked: str = ""
    url: str = ""
    status: int = 0
    error: str = ""
    failure: str = ""
    failure_reason: str = ""
    steps: tuple[Step, ...] = ()
    title: str = ""
    language: str = ""
    text: str = ""
    forms: tuple[Form, ...] = ()
    downloads: int = 0
    dialogs: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    alts: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    server: str = ""
    content_type: str = ""
    source: str = ""
    markup: str = ""
    scripts: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()

    @property
    def asks(self) -> tuple[str, ...]:
        """What all of its forms want, each once."""
        return tuple(dict.fromkeys(each for form in self.forms for each in form.asks))


class Standing(NamedTuple):
    """What has become of the page, and how we know, in English and in Japanese."""

    state: PageState
    reason: str
    reason_ja: str


def of(seen: Seen) -> Standing:
    """The state of one view. A page that asks for a secret is alive, whatever else it says: its words are its maker's."""
    return (
        _not_reached(seen)
        or _of_a_seller(seen)
        or _sent_away(seen)
        or _asking(seen)
        or _by_words(seen)
        or _by_status(seen)
        or _by_content(seen)
    )


def _not_reached(seen: Seen) -> Standing | None:
    """Where no answer came: what our proxy says goes before what the browser makes of it."""
    if seen.status:
        return None
    why = seen.failure_reason[:200]
    if seen.failure in ("refused", "malformed"):
        return Standing(
            PageState.REFUSED,
            f"we did not go there: {why or 'the address is none that may be visited'}",
            f"こちらの判断で接続していません（{why or '訪問してよい宛先ではありません'}）",
        )
    if seen.failure == "limit":
        return Standing(
            PageState.UNKNOWN,
            f"the visit had reached its limits before the page answered: {why}",
            f"ページが応答する前に、訪問の上限に達しました（{why}）",
        )
    told = {"no_name": "NAME_NOT_RESOLVED", "unreachable": "CONNECTION_FAILED"}.get(seen.failure)
    if told and seen.failure == "no_name" and why and "has no address" not in why:
        told = "NAME_RESOLUTION_FAILED"
    if seen.downloads:
        return _handing_over(seen)
    if not (told or seen.error):
        return None
    meaning = statuswords.of_error(told if told and "CONNECTION" not in told else seen.error or told or "")
    if told and meaning.state is PageState.UNKNOWN:
        meaning = statuswords.of_error(told)
    return Standing(meaning.state or PageState.UNKNOWN, meaning.words, meaning.words_ja)


def _handing_over(seen: Seen) -> Standing:
    return Standing(
        PageState.ALIVE,
        "it hands over a file instead of a page",
        "ページではなくファイルが送られてきます",
    )


def _of_a_seller(seen: Seen) -> Standing | None:
    """It ended at a place that is known for what it is."""
    page = pagewords.by_address(seen.url)
    return _of_page(page) if page else None


def _sent_away(seen: Seen) -> Standing | None:
    """It led on to a large site or a brand's own that has nothing to do with the link, through somebody whom we do not know."""
    start, end = _host(seen.asked), _host(seen.url)
    if not (start and end) or related(start, end) or brands.owner_of(start) is not None:
        return None
    brand = brands.owner_of(end)
    name = _well_known(end)
    if not name:
        return None
    between = [host for host in (start, *(_host(step.url) for step in seen.steps)) if host and not related(host, end)]
    honest = all(
        linkhosts.tracker(host) or linkhosts.shortener(host) or linkhosts.wrapper(host)
        or (brand is not None and brands.owner_of(host) == brand)
        for host in between
    )  # fmt: skip
    if honest:
        return None
    return Standing(
        PageState.DECOY,
        f"it sent this visitor on to {end}, the site of {name}: kits do that with those whom they do not want, "
        "and with everybody once they are done; click counters of honest mailings do it too",
        f"この訪問者は {end}（{name}のサイト）へ転送されました。キットは招かれざる訪問者や、用の済んだ相手をこのように追い払います。"
        "ただし、正規の配信で使われるクリック計測でも同じ動きをします",
    )


def _well_known(host: str) -> str:
    """The name of a site where nobody else could have put up the page; "" for any other."""
    if linkhosts.free_hosting(host, public_suffix(host)):
        return ""
    if brand := brands.owner_of(host):
        return brand.name
    return pagewords.harmless(host)


def _asking(seen: Seen) -> Standing | None:
    wanted = [each for each in _shown(seen) if each in SECRETS]
    if not wanted:
        return None
    listed = ", ".join(SECRETS[each][0] for each in wanted)
    listed_ja = "、".join(SECRETS[each][1] for each in wanted)
    status, status_ja = "", ""
    if seen.status >= 400:
        status = f"; it says {seen.status} and shows the form all the same"
        status_ja = f"。応答コードは {seen.status} なのに、フォームは表示されています"
    return Standing(
        PageState.ALIVE,
        f"it shows a form that asks for {listed}{status}",
        f"{listed_ja}を入力させるフォームが表示されています{status_ja}",
    )


def _shown(seen: Seen) -> tuple[str, ...]:
    """What is asked for in sight. A shop's page for "not found" may have its login folded away."""
    fields = (field for form in seen.forms for field in form.fields if not field.hidden)
    return tuple(dict.fromkeys(field.asks for field in fields if field.asks))


def _by_words(seen: Seen) -> Standing | None:
    """A notice, a gate or a server's default page, known by its words and its pieces."""
    page = pagewords.find(seen.title, seen.text, seen.hosts, seen.requests, seen.markup or seen.source, _shown(seen))
    if page is None:
        return None
    if seen.status >= 400 and page.state in (
        PageState.NOT_FOUND,
        PageState.FORBIDDEN,
        PageState.BROKEN,
        PageState.EMPTY,
    ):
        return None
    return _of_page(page, seen.status)


_SAYS = {
    PageState.SUSPENDED: (
        "the site was shut down: so says the page of {0}",
        "サイトは停止されています（{0}の案内画面）",
    ),
    PageState.PARKED: (
        "a page of {0} stands there: the name is registered, and nothing of its own is on it now",
        "{0}のページが表示されています。名前は登録されていますが、いまは独自の中身がありません",
    ),
    PageState.CHALLENGE: (
        "a check for humans stands before it ({0}): what is behind was not seen, and we do not solve such checks",
        "人間かどうかの確認画面（{0}）が前に立っています。その奥は見ていません。こちらから突破することはしません",
    ),
    PageState.EMPTY: (
        "only a default page is there ({0}): nothing was put up at this address, or it is hidden from this visitor",
        "初期ページ（{0}）だけがあります。何も置かれていないか、この訪問者には隠されています",
    ),
    PageState.NOT_FOUND: (
        "the page itself says that there is nothing, although the server reports success ({1}): it may show others more",
        "サーバーは成功（{1}）と答えていますが、ページ自身が「ない」と表示しています。ほかの人には別のものを見せるかもしれません",
    ),
    PageState.FORBIDDEN: (
        "{0} does not let this visitor in (status {1}): others may see more",
        "{0}がこの訪問者を拒んでいます（応答コード {1}）。ほかの人には別の画面が見えるかもしれません",
    ),
    PageState.BROKEN: (
        "an error of the server's is all that the page shows (status {1})",
        "サーバー側のエラーだけが表示されています（応答コード {1}）",
    ),
}


def _of_page(page: pagewords.Page, status: int = 0) -> Standing:
    en, ja = _SAYS[page.state]
    return Standing(page.state, en.format(page.who, status), ja.format(page.who_ja, status))


def _by_status(seen: Seen) -> Standing | None:
    """What the status says, where it says more than "here is a page"."""
    if not seen.status:
        return None
    meaning = statuswords.of_status(seen.status)
    if meaning.state is None:
        return None
    return Standing(meaning.state, f"{seen.status}: {meaning.words}", f"{seen.status}: {meaning.words_ja}")


def _by_content(seen: Seen) -> Standing:
    """A page came, and no sign says that it is another's."""
    if seen.downloads:
        return _handing_over(seen)
    if listed := pagewords.listing(seen.title, seen.text):
        return _of_listing(listed)
    if not seen.status and not seen.text.strip() and not seen.asks:
        return Standing(
            PageState.UNKNOWN, "nothing came back that tells what it is", "判断の材料になるものが返ってきませんでした"
        )
    if seen.dialogs and not seen.asks:
        return Standing(
            PageState.ALIVE,
            f"it shows messages to whoever comes: {seen.dialogs[0][:100]}",
            f"開いた人にメッセージを表示します（{seen.dialogs[0][:100]}）",
        )
    if not seen.markup and not seen.text.strip() and not seen.asks:
        return Standing(
            PageState.UNKNOWN,
            "the server answered, and the page could not be looked at: it kept the browser busy until that was stopped",
            "サーバーは応答しましたが、ページの中身は確認できませんでした。ブラウザーを占有し続けたため、止めています",
        )
    if not seen.text.strip() and not seen.images and not any(form.fields for form in seen.forms):
        return Standing(
            PageState.EMPTY,
            "the page is blank for this visitor: kits stay blank for programs and for those whom they do not want",
            "この訪問者には白紙のページです。キットは、プログラムや招かれざる訪問者には何も見せないことがあります",
        )
    if seen.asks:
        return Standing(
            PageState.ALIVE,
            f"it shows a page of its own with something to fill in ({', '.join(seen.asks)})",
            f"独自のページが表示され、入力欄があります（{', '.join(seen.asks)}）",
        )
    return Standing(PageState.ALIVE, "it shows a page of its own", "独自のページが表示されています")


def _of_listing(names: tuple[str, ...]) -> Standing:
    if names == ("",):
        return Standing(
            PageState.EMPTY,
            "an open directory with nothing in it",
            "ディレクトリの一覧が表示されていますが、中身はありません",
        )
    some = ", ".join(names[:5])
    return Standing(
        PageState.ALIVE,
        f"an open directory that lists its files: {some}",
        f"ディレクトリの一覧が公開されています（{some}）",
    )


# -- several views of one visit


def compare(views: Sequence[View]) -> tuple[View, ...]:
    """The views, those corrected that showed something harmless while another view of the same visit was asked for a secret."""
    caught = next((view for view in views if _wants_secret(view)), None)
    if caught is None:
        return tuple(views)
    return tuple(_unmasked(view, caught.name) for view in views)


def _unmasked(view: View, other: str) -> View:
    harmless = view.state in _HARMLESS or (view.state is PageState.ALIVE and not _wants_secret(view))
    if not harmless:
        return view
    return replace(
        view,
        state=PageState.DECOY,
        reason=f"the {other} view got a form for secrets, this one did not; alone it would read: {view.reason}",
        reason_ja=f"{_view_ja(other)}の表示では秘密の入力を求められましたが、こちらには出ていません。単独での見立て: {view.reason_ja}",
    )


def together(views: Sequence[View]) -> Standing:
    """What has become of the page, all views of one visit considered. Where one got more than the others, that counts."""
    if not views:
        return Standing(PageState.UNKNOWN, "nothing was seen", "何も確認できていません")
    best = min(views, key=lambda view: (_TELLING.index(view.state), not _wants_secret(view)))
    others = [view for view in views if view.state is not best.state]
    if not others:
        return Standing(best.state, best.reason, best.reason_ja)
    rest = ", ".join(f"{view.name}: {STATES[view.state][0]}" for view in others)
    rest_ja = "、".join(f"{_view_ja(view.name)}: {STATES[view.state][1]}" for view in others)
    return Standing(
        best.state,
        f"{best.name}: {best.reason}; not the same for every visitor ({rest})",
        f"{_view_ja(best.name)}: {best.reason_ja}。訪問者によって応答が異なります（{rest_ja}）",
    )


STATES: dict[PageState, tuple[str, str]] = {
    PageState.ALIVE: ("alive", "稼働中"),
    PageState.NOT_FOUND: ("not found now", "現在は見つからない"),
    PageState.GONE: ("gone", "消滅"),
    PageState.PARKED: ("parked", "パーキングページ"),
    PageState.CHALLENGE: ("behind a CAPTCHA", "CAPTCHAの壁"),
    PageState.DECOY: ("a decoy", "おとりの表示"),
    PageState.SUSPENDED: ("suspended by its host", "事業者が停止"),
    PageState.FORBIDDEN: ("closed to this visitor", "アクセス拒否"),
    PageState.BROKEN: ("server error", "サーバーエラー"),
    PageState.EMPTY: ("empty", "空のページ"),
    PageState.NO_NAME: ("name no longer resolves", "名前解決できない"),
    PageState.TLS_FAILURE: ("no valid certificate", "証明書が無効"),
    PageState.UNREACHABLE: ("unreachable", "接続できない"),
    PageState.REFUSED: ("not gone to", "訪問を見合わせ"),
    PageState.UNKNOWN: ("not settled", "判断できない"),
}
"""The states in a word or two, in English and in Japanese."""


def _view_ja(name: str) -> str:
    return {"desktop": "パソコン", "phone": "スマートフォン"}.get(name, name)


def _wants_secret(view: View) -> bool:
    return view.state is PageState.ALIVE and any(each in SECRETS for form in view.forms for each in form.asks)


def _host(url: str) -> str:
    try:
        return (urlsplit(url[:4_000]).hostname or "").rstrip(".")
    except ValueError:
        return ""
