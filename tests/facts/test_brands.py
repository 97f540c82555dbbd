"""Brands in texts, domains and hosts; above all what is not a brand."""

from __future__ import annotations

import pytest

from sabaki.facts import brands


def named(text: str, where: str = "display_name") -> set[str]:
    return {mention.id for mention in brands.mentions(text, where)}


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("Amazon.co.jp", "amazon"),
        ("Ａｍａｚｏｎ", "amazon"),
        ("三井住友カード", "smbc_card"),
        ("三菱ＵＦＪ銀行", "mufg"),
        ("えきねっと（JR東日本）", "ekinet"),
        ("Kagoya サーバー管理者", "kagoya"),
        ("ヤマト運輸株式会社", "yamato"),
        ("au", "au"),
        ("【au】重要なお知らせ", "au"),
        ("UPS Delivery", "ups"),
        ("Apple Support", "apple"),
        ("Chase Online", "chase"),
        ("Visa", "visa"),
        ("Paypal Service", "paypal"),
        ("Crédit Agricole", "credit_agricole"),
        ("ITAÚ", "itau"),
        ("Your LINE account", "line"),
    ],
)
def test_a_brand_is_named(text: str, id: str) -> None:
    assert id in named(text)


@pytest.mark.parametrize(
    "text",
    [
        "Chase Smith",
        "financial advisor",
        "Advisa Ltd",
        "Ana Garcia",
        "Paul Norton",
        "the next target audience",
        "we had ups and downs",
        "au revoir",
        "online store",
        "an orange a day",
        "Tim Miller",
        "steam engine club",
        "meta analysis of data",
        "apple pie recipe",
        "Vivo Rossi",
        "アナウンサー",
        "taro@gmail.com",
        "オンライン会議",
    ],
)
def test_an_ordinary_word_is_no_brand(text: str) -> None:
    assert named(text) == set()


def test_lookalike_letters_are_seen_and_kept() -> None:
    (mention,) = brands.mentions("Your Аmazon order", "subject")
    assert mention.id == "amazon"
    assert mention.text == "Аmazon"
    assert mention.where == "subject"
    assert "amazon.co.jp" in mention.domains
    assert named("A\u200bma\u200bzon") == {"amazon"}
    assert named("E͏V͏R͏I Delivery") == {"evri"}


def test_the_longer_name_wins() -> None:
    assert named("楽天銀行") == {"rakuten_bank"}
    assert named("楽天カードからのお知らせ") == {"rakuten_card"}
    assert named("楽天市場") == {"rakuten"}


@pytest.mark.parametrize(
    ("domain", "id"),
    [
        ("amazon.co.jp", "amazon"),
        ("bounces.amazon.co.jp", "amazon"),
        ("email.amazon.com", "amazon"),
        ("vpass.ne.jp", "smbc_card"),
        ("mail.rakuten-card.co.jp", "rakuten_card"),
        ("post.japanpost.jp", "japan_post"),
        ("AMAZON.CO.JP.", "amazon"),
        ("facebookmail.com", "facebook"),
    ],
)
def test_a_domain_has_its_owner(domain: str, id: str) -> None:
    owner = brands.owner_of(domain)
    assert owner is not None
    assert owner.id == id


@pytest.mark.parametrize(
    "domain",
    ["evilpaypal.com", "login-notpaypal.com", "paypal.com.example.net", "amazon.co.jp.example.top", "", "com", "docs.google.com", "xamazon.co.jp", "s3.amazonaws.com"],
)  # fmt: skip
def test_a_lookalike_domain_has_no_owner(domain: str) -> None:
    assert brands.owner_of(domain) is None


@pytest.mark.parametrize(
    ("host", "id"),
    [
        ("amazon-co-jp.evil.cn", "amazon"),
        ("smbc.card.evil.top", "smbc"),
        ("www.aeon.co.jp.fdgrurg.cn", "aeon_card"),
        ("login-notpaypal.com", "paypal"),
        ("evilpaypal.com", "paypal"),
        ("myamazonlogin.example.net", "amazon"),
        ("amazon2.evil.cn", "amazon"),
        ("paypal.top", "paypal"),
        ("www.jcb.co.jp.evil.com", "jcb"),
        ("apple-id-login.evil.com", "apple"),
        ("ups-delivery.evil.com", "ups"),
        ("secure.chase.com-login.evil.com", "chase"),
        ("metamask.io.evil.net", "metamask"),
        ("paypal-login.onmicrosoft.com", "paypal"),
    ],
)
def test_a_host_borrows_a_name(host: str, id: str) -> None:
    brand = brands.in_host(host)
    assert brand is not None
    assert brand.id == id


@pytest.mark.parametrize(
    "host",
    [
        "www.amazon.co.jp",
        "amazon.pl",
        "advisa.fr",
        "advisor.example.com",
        "groups.example.com",
        "pineapple.example.com",
        "applesauce.com",
        "purchase.example.com",
        "online.example.jp",
        "banana.com",
        "targeted.example.com",
        "bigapple.com",
        "smbcnikko.co.jp",
        "rakuten-edu.co.jp",
        "outlook.example.co.jp",
        "zoom.example.com",
        "example.com",
        "localhost",
        "192.0.2.1",
        "metadata.example.com",
        "school.onmicrosoft.com",
        "kunit.googlesource.com",
        "storage.googleapis.com",
        "",
    ],
)
def test_an_honest_host_borrows_none(host: str) -> None:
    assert brands.in_host(host) is None


@pytest.mark.parametrize(
    ("host", "brand"),
    [
        ("www.paypa1.example", "paypal"),
        ("paypa1-login.example", "paypal"),
        ("www.arnazon.example", "amazon"),
        ("signin.rnicrosoft.example", "microsoft"),
        ("app1e.example", "apple"),
        ("g00gle.example", "google"),
    ],
)
def test_a_name_that_only_looks_like_the_brands(host: str, brand: str) -> None:
    found = brands.in_host(host)
    assert found is not None
    assert found.id == brand


@pytest.mark.parametrize("host", ["appie.example", "orchard.example", "paypay.ne.jp", "1ine.example", "chose.example"])
def test_a_name_that_looks_like_none(host: str) -> None:
    assert brands.in_host(host) is None


def test_a_local_institute_names_itself_after_its_federation_and_place() -> None:
    assert brands.in_host("www.sparkasse-musterstadt.de") is None
    assert brands.of_local_institute("mail.sparkasse-musterstadt.de", "sparkasse")
    assert brands.of_local_institute("volksbank-muster-tal.de", "volksbank")
    for host in ("sparkasse-kundenservice.de", "sparkasse-musterstadt.com", "sparkasse-tan24.de", "sparkasse-app.de"):
        assert brands.in_host(host) is not None, host
        assert not brands.of_local_institute(host, "sparkasse"), host
    assert not brands.of_local_institute("amazon-musterstadt.de", "amazon")


def test_the_table_is_sound() -> None:
    known = brands.known()
    assert len(known) >= 300
    assert len({brand.id for brand in known}) == len(known)
    for brand in known:
        assert brand.aliases or brand.strict, brand.id
        for domain in brand.domains:
            assert domain == domain.lower(), domain
            assert "." in domain, domain
        for token in (*brand.tokens, *brand.weak_tokens):
            assert token.isascii(), token
            assert token == token.lower(), token
        for alias in (*brand.aliases, *brand.strict):
            assert len(alias) >= 2 or alias in brand.strict, alias


def test_hostile_hosts_and_texts() -> None:
    assert brands.in_host("." * 100_000) is None
    assert brands.in_host("a." * 50_000) is None
    assert brands.mentions("au " * 100_000, "body") == ()
