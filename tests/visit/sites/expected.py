"""Every site, where it is, and what a visit is to find there."""

from __future__ import annotations

from base64 import b64encode

from msgspec import Struct

from sabaki.model.visit import PageState
from tests.visit.sites import attacks, forms, notices
from tests.visit.sites.serving import Site

ADDRESS, OWN_CERTIFICATE = "20.67.0.1", "20.67.0.2"
"""Addresses that count as global ones; in the test's network they are loopback's."""
VICTIM = "taro@jimusho.example"

SITES: dict[str, Site] = {
    "nagisa-login.test": forms.hoster_login,
    "chain.test": forms.chain,
    "chain-two.test": forms.chain,
    "chain-three.test": forms.chain,
    "toketu-maru.test": forms.japan_only,
    "fragment.test": forms.fragment,
    "phone.test": forms.phone_only,
    "card.test": forms.card,
    "self-signed.test": forms.self_signed,
    "folder.test": forms.open_folder,
    "notfound.test": notices.not_found,
    "soft.test": notices.soft_not_found,
    "suspended.test": notices.suspended,
    "teishi.test": notices.suspended_japanese,
    "parked.test": notices.parked,
    "captcha.test": notices.captcha,
    "moment.test": notices.moment,
    "broken.test": notices.broken,
    "forbidden.test": notices.turned_away,
    "fresh.test": notices.default_page,
    "example.com": notices.elsewhere,
    "endless.test": attacks.endless,
    "alerts.test": attacks.alerts,
    "storm.test": attacks.storm,
    "file.test": attacks.file,
    "busy.test": attacks.busy,
    "hungry.test": attacks.hungry,
    "popups.test": attacks.popups,
    "circles.test": attacks.circles,
}
"""By the host that they answer for."""
NAMES = {**dict.fromkeys(SITES, (ADDRESS,)), "self-signed.test": (OWN_CERTIFICATE,), "inside.test": ("127.0.0.1",)}
"""The DNS of the test. What is not in it does not resolve."""

ALIVE, DECOY = PageState.ALIVE, PageState.DECOY


class Expected(Struct, frozen=True, kw_only=True):
    """What a visit is to find. `desktop` and `phone` are the states of the two views, `state` that of both together.

    `asks` is what the forms want, at least; `how` how each step of the way came about; `traits` of kits, at least; `limits` that are reached.
    `shown` is a piece of the visible text. `evidence` names lists of the view that must not be empty.
    """

    url: str
    state: PageState
    desktop: PageState
    phone: PageState
    asks: frozenset[str] = frozenset()
    how: tuple[str, ...] = ()
    traits: frozenset[str] = frozenset()
    limits: frozenset[str] = frozenset()
    shown: str = ""
    brands: frozenset[str] = frozenset()
    evidence: tuple[str, ...] = ()
    locale: str = "ja-JP"
    zone: str = "Asia/Tokyo"


def _same(url: str, state: PageState, **more: object) -> Expected:
    return Expected(url=url, state=state, desktop=state, phone=state, **more)  # type: ignore[arg-type]


EXPECTED: dict[str, Expected] = {
    "hoster login": _same(
        "http://nagisa-login.test/panel/",
        ALIVE,
        asks=frozenset({"login", "password"}),
        traits=frozenset({"php_collector", "no_right_click", "hidden_from_search"}),
        how=("start",),
        shown="サーバーコントロールパネル",
    ),
    "redirect chain": _same(
        "http://chain.test/",
        ALIVE,
        asks=frozenset({"email", "password"}),
        how=("start", "http", "meta", "script"),
        traits=frozenset({"php_collector", "secret_to_another_site"}),
        shown="Your session has expired",
    ),
    "not found": _same("http://notfound.test/a/b", PageState.NOT_FOUND, how=("start",), shown="404 Not Found"),
    "suspended": _same(
        "http://suspended.test/", PageState.SUSPENDED, how=("start", "http"), shown="has been suspended"
    ),
    "suspended, in Japanese": _same("http://teishi.test/", PageState.SUSPENDED, shown="公開を停止しています"),
    "parked": _same("http://parked.test/", PageState.PARKED, shown="This domain is for sale"),
    "picture CAPTCHA": _same(
        "http://captcha.test/", PageState.CHALLENGE, asks=frozenset({"captcha"}), shown="画像に表示された文字"
    ),
    "just a moment": _same("http://moment.test/", PageState.CHALLENGE, shown="Verifying you are human"),
    "Japan only, seen from Japan": _same(
        "http://toketu-maru.test/r",
        ALIVE,
        asks=frozenset({"pin", "phone"}),
        traits=frozenset({"locals_only", "php_collector"}),
        shown="とどけ丸",
    ),
    "Japan only, seen from New York": _same(
        "http://toketu-maru.test/r", DECOY, locale="en-US", zone="America/New_York", how=("start", "http")
    ),
    "Japan only, Japanese in New York": _same(
        "http://toketu-maru.test/r", DECOY, zone="America/New_York", how=("start", "script")
    ),
    "keyed on the fragment": _same(
        f"http://fragment.test/m#{b64encode(VICTIM.encode()).decode()}",
        ALIVE,
        asks=frozenset({"email", "password"}),
        traits=frozenset({"prefilled_address", "address_from_url", "php_collector"}),
        shown="jimusho.example",
    ),
    "keyed on the fragment, without it": _same("http://fragment.test/m", PageState.EMPTY),
    "phones only": Expected(
        url="http://phone.test/",
        state=ALIVE,
        desktop=DECOY,
        phone=ALIVE,
        asks=frozenset({"account_number", "password"}),
        traits=frozenset({"php_collector"}),
    ),
    "card and one-time code": _same(
        "http://card.test/verify/",
        ALIVE,
        asks=frozenset({"card_number", "card_expiry", "card_code", "name", "birth_date", "one_time_code"}),
        brands=frozenset({"jcb"}),
        traits=frozenset({"php_collector"}),
    ),
    "soft 404": _same("http://soft.test/x", PageState.NOT_FOUND, shown="見つかりませんでした"),
    "own certificate": _same("https://self-signed.test/", PageState.TLS_FAILURE),
    "no name": _same("http://nobody.test/", PageState.NO_NAME),
    "no name, over TLS": _same("https://nobody.test/", PageState.NO_NAME),
    "name that leads inside": _same("http://inside.test/", PageState.REFUSED),
    "nobody listens": _same("http://nagisa-login.test:8080/", PageState.UNREACHABLE),
    "server error": _same("http://broken.test/", PageState.BROKEN, shown="503"),
    "turned away": _same("http://forbidden.test/", PageState.FORBIDDEN, shown="country"),
    "default page": _same("http://fresh.test/", PageState.EMPTY, shown="Welcome to nginx"),
    "open folder": _same(
        "http://folder.test/wp-includes/css/", ALIVE, traits=frozenset({"archive_in_the_open"}), shown="nagisa.zip"
    ),
    "endless stream": _same(
        "http://endless.test/", ALIVE, shown="Loading your documents", limits=frozenset({"view_seconds"})
    ),
    "alert loop": _same("http://alerts.test/", ALIVE, evidence=("dialogs",), limits=frozenset({"dialogs"})),
    "download storm": _same("http://storm.test/", ALIVE, evidence=("downloads",), limits=frozenset({"downloads"})),
    "file": _same("http://file.test/", ALIVE, evidence=("downloads",)),
    "busy script": _same("http://busy.test/", ALIVE),
    "memory": Expected(
        url="http://hungry.test/",
        state=PageState.UNKNOWN,
        desktop=PageState.UNKNOWN,
        phone=PageState.UNKNOWN,
        limits=frozenset({"memory"}),
    ),
    "windows": _same("http://popups.test/", ALIVE),
    "circles": _same("http://circles.test/", PageState.UNKNOWN),
}
