"""Brands in texts, domains and hosts; above all what is not a brand."""

from __future__ import annotations

import string

import pytest

from sabaki.facts import brands
from sabaki.facts.lookalikes import within_one_edit


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


@pytest.mark.parametrize(
    ("host", "id"),
    [
        ("аmazon.com", "amazon"),
        ("xn--mazon-3ve.com", "amazon"),
        ("mail.rаkuten.co.jp", "rakuten"),
        ("rnufg.jp", "mufg"),
        ("srnbc-card.com", "smbc_card"),
        ("amazzon.com", "amazon"),
        ("x-server.example", "xserver"),
    ],
)
def test_a_name_that_looks_like_one_of_a_brands_domains(host: str, id: str) -> None:
    brand = brands.in_host(host)
    assert brand is not None
    assert brand.id == id


@pytest.mark.parametrize(
    ("domain", "id"),
    [
        ("softbanc.jp", "softbank"),
        ("mail.kuronekoyamoto.co.jp", "yamato"),
        ("softbank.jp", None),
        ("discovery.com", None),
        ("larson.com", None),
        ("orchard.example", None),
        ("", None),
    ],
)
def test_a_name_one_letter_off(domain: str, id: str | None) -> None:
    brand = brands.misspelt(domain)
    assert (brand.id if brand else None) == id


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("楽天力ード", "rakuten_card"),
        ("アマゾソ", "amazon"),
        ("工ポスカード", "epos"),
        ("クロネコヤマ卜より", "yamato"),
    ],
)
def test_a_japanese_name_in_other_characters_of_its_shape(text: str, id: str) -> None:
    found = brands.disguised(text)
    assert found is not None
    assert found[0].id == id
    assert found[1] in text
    assert id in named(text)


@pytest.mark.parametrize(
    "text", ["楽天カード", "エポスカ―ド", "エポスカ-ド", "日本郵便へ", "力の工場と二つの口", "Amazon", ""]
)
def test_an_honest_name_is_no_disguise(text: str) -> None:
    assert brands.disguised(text) is None


def test_looks_count_only_where_a_person_looks_first() -> None:
    assert named("アマゾソ", "body") == set()


def test_no_misspelling_escapes_the_index() -> None:
    """Each letter of a name dropped, doubled, changed, or swapped with the next: found as by looking at every name."""
    labels = brands._table().by_label
    for name in ("rakuten-card", "smbc-card", "americanexpress", "ekinet-jp"):
        forms = {name[:at] + name[at + 1 :] for at in range(len(name))}
        forms |= {name[:at] + name[at] + name[at:] for at in range(len(name))}
        forms |= {
            name[:at] + letter + name[at + 1 :] for at in range(len(name)) for letter in string.ascii_lowercase[:3]
        }
        forms |= {name[:at] + name[at + 1] + name[at] + name[at + 2 :] for at in range(len(name) - 1)}
        for form in forms:
            if len(form) < 8 or "-" in (form[0], form[-1]) or brands.owner_of(f"{form}.example"):
                continue
            first = next((known for known in labels if len(known) >= 8 and within_one_edit(known, form)), None)
            end = first is None or first.startswith(form) or form.startswith(first)
            found = brands.misspelt(f"{form}.example")
            assert (found is None) if end else (found is labels[first or ""]), form
