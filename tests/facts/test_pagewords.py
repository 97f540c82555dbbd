"""Pages that are not the page, known by their words; and long pages that only speak of them."""

from __future__ import annotations

import pytest

from sabaki.facts import pagewords

LONG = "This article explains what visitors see. " * 80


def kind(
    title: str = "", text: str = "", code: str = "", hosts: tuple[str, ...] = (), asks: tuple[str, ...] = ()
) -> str:
    page = pagewords.find(title, text, hosts, (), code, asks)
    return page.id if page else ""


def test_every_page_of_the_table_is_found_by_each_of_its_signs() -> None:
    for page in pagewords.pages():
        for phrase in page.title:
            assert pagewords.find(" ".join(phrase), "x", (), (), "", ()), (page.id, phrase)
        for phrase in page.text:
            found = pagewords.find("", " … ".join(phrase), (), (), "", ())
            assert found, (page.id, phrase)
            assert found.state is page.state or page.state in ("empty", "not_found", "suspended", "parked"), (
                page.id,
                phrase,
                found.id,
            )
        for host in page.hosts:
            found = pagewords.find("", "x", (f"www.{host}",), (), "", ())
            assert found, (page.id, host)
            assert found.state is page.state
        for address in page.url:
            if address.startswith("//"):
                assert pagewords.by_address(f"https:{address}")
        assert page.who
        assert page.who_ja


def test_the_order_does_not_give_a_phrase_to_another_state() -> None:
    misled = []
    for page in pagewords.pages():
        for phrase in page.text:
            found = pagewords.find("", " … ".join(phrase), (), (), "", ())
            if found is None or found.state is not page.state:
                misled.append((page.id, phrase, found.id if found else ""))
    assert misled == []


@pytest.mark.parametrize(
    ("title", "text", "id"),
    [
        ("Account Suspended", "Account Suspended\nThis Account has been suspended.", "suspended.cpanel"),
        ("", "ＴＨＩＳ　ＡＣＣＯＵＮＴ has been suspended", "suspended.cpanel"),
        ("さくらのレンタルサーバ", "さくらのレンタルサーバ このサーバは停止しています", "suspended.sakura"),
        ("お知らせ", "このアカウントは凍結されています", "suspended.site_ja"),
        ("お知らせ", "お客様のアカウントは凍結されました。このアカウントは停止されています。", ""),
        ("Account Suspended", "Your account is on hold. Continue", ""),
        ("", "このアカウントは凍結され、閲覧できません", "suspended.site_ja"),
        ("nagisa.test", "The domain nagisa.test is for sale!", "parked.for_sale"),
        ("お名前.com", "このドメインは、お名前.comで取得されています。", "parked.registrar_ja"),
        ("Just a moment...", "Enable JavaScript and cookies to continue", "challenge.cloudflare"),
        ("Welcome to nginx!", "Welcome to nginx!", "empty.nginx"),
        ("IIS Windows Server", "", "empty.iis"),
        ("404 Not Found", "Not Found", "not_found.english"),
        ("", "お探しのページは見つかりませんでした。", "not_found.japanese"),
        ("", "页面不存在", "not_found.other"),
        (
            "ERROR: The request could not be satisfied",
            "You don't have permission to access this resource",
            "forbidden.words",
        ),
        ("", "このページはスマートフォンからアクセスしてください", "forbidden.device"),
        ("", "Error establishing a database connection", "broken.words"),
        ("なぎさ商店", "春の新作が入荷しました", ""),
    ],
)
def test_pages(title: str, text: str, id: str) -> None:
    assert kind(title, text) == id


@pytest.mark.parametrize(
    "text", ["This account has been suspended. ", "404 not found ", "This domain is for sale ", "verify you are human "]
)
def test_a_long_page_that_speaks_of_it_is_none(text: str) -> None:
    assert kind(text=text)
    assert not kind(text=text + LONG)


def test_who_asks_for_a_secret_is_none_whatever_it_says() -> None:
    assert not kind("404 Not Found", "This domain is for sale", asks=("password",))
    assert kind("", "画像に表示された文字を入力", asks=("captcha",)) == "challenge.picture"


def test_a_badge_beside_a_form_is_no_gate() -> None:
    assert kind(text="Sign in", code="<div class='g-recaptcha'>") == "challenge.recaptcha"
    assert not kind(text="Sign in", code="<div class='g-recaptcha'>", asks=("email",))


def test_a_name_that_only_ends_alike_is_another() -> None:
    assert kind(text="ads", hosts=("img.sedoparking.com",)) == "parked.sedo"
    assert not kind(text="ads", hosts=("notsedoparking.com", "sedoparking.com.evil.test"))
    assert pagewords.by_address("https://dan.com/buy")
    assert not pagewords.by_address("https://evil.test/?//dan.com/")
    assert not pagewords.by_address("https://dan.com.evil.test/")


@pytest.mark.parametrize(
    ("title", "text", "names"),
    [
        (
            "Index of /a",
            "Index of /a\nName Last modified Size\nParent Directory\nkit.zip 2026-01-01 1M\nimg/ 2026-01-01",
            ("kit.zip", "img/"),
        ),
        ("Index of /", "Index of /\n../", ("",)),
        ("Index of economic indicators", "page.zip", ()),
        ("Shop", "kit.zip", ()),
    ],
)
def test_open_directories(title: str, text: str, names: tuple[str, ...]) -> None:
    assert pagewords.listing(title, text) == names


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("www.google.com", "google.com"),
        ("google.com", "google.com"),
        ("ja.wikipedia.org", "wikipedia.org"),
        ("sites.google.com", ""),
        ("google.com.evil.test", ""),
        ("evil.test", ""),
    ],
)
def test_large_sites(host: str, name: str) -> None:
    assert pagewords.harmless(host) == name


def test_hostile_pages_are_read_in_bounds() -> None:
    big = "Index of /" + "a" * 500_000
    pagewords.find(big, big, ["a." * 5_000] * 5_000, [big] * 500, big, ())
    pagewords.listing(big, big)
    assert pagewords.by_address("h" * 100_000) is None
