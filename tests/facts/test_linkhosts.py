"""What is known about hosts, and what wrapped links carry inside."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from sabaki.facts import linkhosts
from sabaki.mail import urls


def test_listed_label_by_label() -> None:
    assert linkhosts.shortener("bit.ly") == "bit.ly"
    assert linkhosts.shortener("www.tinyurl.com") == "tinyurl.com"
    assert linkhosts.shortener("notbit.ly") == ""
    assert linkhosts.shortener("t.co.example") == ""
    assert linkhosts.tracker("u1.ct.sendgrid.net") == "sendgrid.net"


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("evil.web.app", "web.app"),
        ("x.weebly.com", "weebly.com"),
        ("www.weebly.com", ""),
        ("docs.google.com", "docs.google.com"),
        ("www.dropbox.com", "dropbox.com"),
        ("www.google.com", ""),
        ("www.example.co.jp", ""),
    ],
)
def test_free_hosting(host: str, service: str) -> None:
    assert linkhosts.free_hosting(host, urls.public_suffix(host)) == service


@pytest.mark.parametrize(
    ("link", "target"),
    [
        (
            "https://jpn01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fevil.example%2Fx%3Fa%3Db&data=05%7C01",
            "https://evil.example/x?a=b",
        ),
        (
            "https://urldefense.proofpoint.com/v2/url?u=https-3A__evil.example_x-3Fa-3Db&d=DwMF",
            "https://evil.example/x?a=b",
        ),
        ("https://www.google.com/url?q=https%3A%2F%2Fevil.example%2F&sa=D", "https://evil.example/"),
        ("https://www.google.co.jp/url?url=http://evil.example/", "http://evil.example/"),
        ("https://www.google.com/amp/s/evil.example/x", "https://evil.example/x"),
        ("https://www.bing.com/ck/a?p=1&u=a1aHR0cHM6Ly9ldmlsLmV4YW1wbGUv&ntb=1", "https://evil.example/"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fevil.example%2F&h=x", "https://evil.example/"),
        ("https://ad.doubleclick.net/x?adurl=//evil.example", "https://evil.example"),
        ("https://www.google.com/search?q=https://a.example/", ""),
        ("https://google.evil.example/url?q=https://a.example/", ""),
        ("https://www.google.com/urlx?q=https://a.example/", ""),
        ("https://urldefense.com/v3/__https://evil.example__;!!x", ""),
    ],
)
def test_target_behind(link: str, target: str) -> None:
    url = urls.parse(link, "text")
    assert url is not None
    assert linkhosts.target_behind(url) == target


def test_the_table_is_clean() -> None:
    table = tomllib.loads((resources.files("sabaki.data") / "hosts.toml").read_text("utf-8"))
    for key in ("shorteners", "page_hosting", "file_hosting", "trackers"):
        names = table[key]
        assert len(names) == len(set(names)), key
        assert all(name == name.lower() and "." in name and not name.startswith("www.") for name in names)
    assert not set(table["page_hosting"]) & set(table["file_hosting"])
