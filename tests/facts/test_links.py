"""The links of a mail: gathered once each, and dissected."""

from __future__ import annotations

import time
from typing import NamedTuple

import pytest

from sabaki.facts import links
from sabaki.mail import html, urls
from sabaki.mail.limits import Budget, Limits
from sabaki.model.case import Recipients, Vantage
from sabaki.model.observable import EmailAddr, Url
from tests.patience import BLOWN_UP

VANTAGE = Vantage(own_domains=("jimusho.example",))
RECIPIENTS = Recipients(to=(EmailAddr("admin@jimusho.example", "admin", "jimusho.example"),))


class Brand(NamedTuple):
    name: str
    domains: tuple[str, ...]


def amazon_in(host: str) -> Brand | None:
    return Brand("Amazon", ("amazon.com", "amazon.co.jp")) if "amaz" in host else None


def page(markup: str) -> html.Html:
    return html.read(markup, Budget())


def traits(raw: str, text: str = "", source: str = "html:a") -> dict[str, tuple[str, str]]:
    url = urls.parse(raw, source, text)
    assert url is not None
    found = links.dissect(url, VANTAGE, RECIPIENTS, amazon_in)
    return {trait.id: (trait.detail, trait.where) for trait in found.traits}


def test_the_seed() -> None:
    (url,) = links.collect(
        [("", "http://support.jimusho.example.circuloachocalla.org/kagoya?uid=admin@jimusho.example\n\nご不便を")],
        [],
        "",
        Budget(),
    )
    assert url.registrable_domain == "circuloachocalla.org"
    found = traits(url.raw, source="text")
    assert found["own_domain_subdomain"] == ("jimusho.example", "host")
    assert found["recipient_in_url"] == ("plain", "query")
    assert "own_domain_in_path" not in found


def test_each_link_once_clickable_ones_first() -> None:
    collected = links.collect(
        [("1", "Go: https://a.example/x and https://t.example/y")],
        [
            (
                "2",
                page(
                    "<img src='https://i.example/p.png'><a href='https://a.example/x'>Go</a><a href='https://a.example/x'>Again</a>"
                ),
            )
        ],
        "see https://s.example/z",
        Budget(),
    )
    assert [(url.value, url.source, url.text, url.clickable) for url in collected] == [
        ("https://a.example/x", "html:a", "Go", True),
        ("https://t.example/y", "text", "", True),
        ("https://i.example/p.png", "html:img", "", False),
        ("https://s.example/z", "subject", "", False),
    ]


def test_an_address_shown_on_a_link_is_not_lost_nor_a_link_itself() -> None:
    markup = "<a href='https://evil.example/'>click</a><a href='https://evil.example/'>https://bank.example/login</a>"
    collected = links.collect([], [("1", page(markup))], "", Budget())
    assert [(url.value, url.text) for url in collected] == [("https://evil.example/", "https://bank.example/login")]


def test_bare_urls_in_html_are_found() -> None:
    collected = links.collect([], [("1", page("<p>visit https://plain.example/x now</p>"))], "", Budget())
    assert [url.value for url in collected] == ["https://plain.example/x"]


def test_a_defanged_url_in_the_text_cannot_be_clicked() -> None:
    text = "hxxps://bank-login[.]test/a と https://www.orchard.example/ と https://bank[.]test/b"
    found = {url.host: url.clickable for url in links.collect([("", text)], [], "", Budget())}
    assert found == {"bank-login.test": False, "www.orchard.example": True, "bank.test": False}


def test_relative_links_start_from_the_base() -> None:
    collected = links.collect([], [("1", page("<base href='https://b.example/d/'><a href='x'>x</a>"))], "", Budget())
    assert [url.value for url in collected if url.clickable] == ["https://b.example/d/x"]


def test_wrapped_links_are_followed_by_what_they_wrap() -> None:
    raw = "https://x.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%3A%2F%2Fevil.example%2F"
    collected = links.collect([], [("1", page(f"<a href='{raw}'>www.bank.example</a>"))], "", Budget())
    assert [(url.host, url.source) for url in collected] == [
        ("x.safelinks.protection.outlook.com", "html:a"),
        ("www.google.com", "unwrapped"),
        ("evil.example", "unwrapped"),
    ]
    outer, _, inner = (links.dissect(url, VANTAGE, RECIPIENTS) for url in collected)
    mismatch = outer.trait("text_mismatch")
    assert mismatch is not None
    assert mismatch.where == "tracker"
    assert outer.trait("wrapped") is not None
    mismatch = inner.trait("text_mismatch")
    assert mismatch is not None
    assert (mismatch.detail, mismatch.where) == ("www.bank.example", "text")


def test_an_address_that_a_site_merely_carries_is_listed_but_not_to_be_clicked() -> None:
    collected = links.collect([("", "https://a.example/?next=https://b.example/")], [], "", Budget())
    assert [(url.host, url.source, url.clickable) for url in collected] == [
        ("a.example", "text", True),
        ("b.example", "unwrapped", False),
    ]


def test_several_bases_are_all_tried() -> None:
    markup = "<base href='https://b1.example/'><base href='https://b2.example/'><a href='x'>x</a>"
    collected = links.collect([], [("1", page(markup))], "", Budget())
    assert [url.value for url in collected if url.clickable] == ["https://b1.example/x", "https://b2.example/x"]


def test_links_between_the_parts_cannot_be_clicked() -> None:
    texts = [("1:epilogue", "https://a.example/"), ("1", "https://b.example/")]
    pages = [("1:preamble", page("<a href='https://c.example/'>c</a>"))]
    found = {url.host: (url.source, url.clickable) for url in links.collect(texts, pages, "", Budget())}
    assert found == {
        "a.example": ("epilogue", False),
        "b.example": ("text", True),
        "c.example": ("html:a", False),
    }


def test_the_budget_holds() -> None:
    budget = Budget(Limits(urls=5))
    text = " ".join(f"https://a.example/{number}" for number in range(50))
    assert len(links.collect([("1", text)], [], "", budget)) == 5
    assert [limit.name for limit in budget.reached] == ["urls"]


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://www.example.jp/login", "www.example.jp"),
        ("「https://www.example.jp/」", "www.example.jp"),
        ("Amazon.co.jp", "amazon.co.jp"),
        ("www.example.com", "www.example.com"),
        ("example.com/a/b", "example.com"),
        ("click here", ""),
        ("info@example.com", ""),
        ("report.zip", ""),
        ("v1.2.3", ""),
        ("詳細はこちら", ""),
        ("[image: https://example.com]", ""),
        ("Node.js", ""),
        ("", ""),
    ],
)
def test_shown_host(text: str, host: str) -> None:
    assert links.shown_host(text) == host


@pytest.mark.parametrize(
    ("raw", "id", "detail", "where"),
    [
        ("http://jimusho-example.evil.test/", "own_domain_subdomain", "jimusho.example", "host"),
        ("http://login-jimusho-example.evil.test/", "own_domain_subdomain", "jimusho.example", "host"),
        ("http://evil.test/jimusho.example/login", "own_domain_in_path", "jimusho.example", "path"),
        ("http://evil.test/?d=jimusho.example", "own_domain_in_path", "jimusho.example", "query"),
        ("http://jirnusho.example/", "lookalike_host", "jimusho.example (confusable)", "host"),
        ("http://evil.test/r/8f3aZ91kQ77bLm20XcVt55Pq", "token_in_url", "8f3aZ91kQ77bLm20XcVt55Pq", "path"),
        ("http://amazon.evil.test/", "brand_in_host", "Amazon", "host"),
        ("http://www.amaz0n.com/", "lookalike_host", "amazon.com", "host"),
        ("http://evil.test/wp-content/themes/x/", "cms_path", "/wp-content", "path"),
        ("http://evil.test/a/invoice.pdf.exe", "download", ".pdf.exe", "path"),
        ("http://evil.test/a/b.iso", "download", ".iso", "path"),
        ("http://evil.test/?next=https://other.test/", "embedded_url", "https://other.test/", "query"),
        ("https://www.google.com/url?q=https://evil.test/", "open_redirect", "https://evil.test/", "query"),
        ("http://evil.test/x", "http_only", "", "scheme"),
        ("data:text/html,<script>1</script>", "data_uri", "data:text/html,<script>1</script>", "path"),
    ],
)
def test_trait(raw: str, id: str, detail: str, where: str) -> None:
    assert traits(raw).get(id) == (detail, where)


@pytest.mark.parametrize(
    ("raw", "id"),
    [
        ("https://www.jimusho.example/jimusho.example/", "own_domain_in_path"),
        ("https://support.jimusho.example/", "own_domain_subdomain"),
        ("https://notjimusho.example.evil.test/", "own_domain_subdomain"),
        ("https://evil.test/?u=hanako@jimusho.example", "own_domain_in_path"),
        ("https://evil.test/xjimusho.example", "own_domain_in_path"),
        ("https://www.amazon.co.jp/x", "brand_in_host"),
        ("https://site.test/wp-content/uploads/a.png", "cms_path"),
        ("https://site.test/page.html", "download"),
        ("https://www.google.com/url?q=https://mail.google.com/", "open_redirect"),
        ("https://site.test/this-is-a-long-readable-slug-of-an-article", "token_in_url"),
        ("javascript:void(0)", "data_uri"),
    ],
)
def test_near_miss(raw: str, id: str) -> None:
    assert id not in traits(raw)


def test_text_and_target() -> None:
    assert traits("https://evil.test/", "https://www.bank.example/")["text_mismatch"] == ("www.bank.example", "text")
    assert traits("https://u1.ct.sendgrid.net/ls", "www.bank.example")["text_mismatch"][1] == "tracker"
    for raw, text in (
        ("https://login.bank.example/", "www.bank.example"),
        ("https://evil.test/", "Click here"),
        ("https://evil.test/", "info@bank.example"),
    ):
        assert "text_mismatch" not in traits(raw, text)


def test_hostile_numbers_of_links_stay_cheap() -> None:
    many = tuple(EmailAddr(f"u{n}@h{n}.example", f"u{n}", f"h{n}.example") for n in range(2_000))
    recipients = Recipients(to=many, cc=many)
    text = " ".join(f"https://{'a.' * 40}h{number}.test/{'%2541' * 100}" for number in range(3_000))
    started = time.process_time()
    found: list[Url] = [
        links.dissect(url, VANTAGE, recipients) for url in links.collect([("", text)], [("", page(text))], "", Budget())
    ]
    assert len(found) == 2_000
    assert time.process_time() - started < BLOWN_UP
