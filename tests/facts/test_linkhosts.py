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
    ("link", "service"),
    [
        ("https://jpn01.safelinks.protection.outlook.com/?url=x", "Microsoft Safe Links"),
        ("https://jp1-ctp.trendmicro.com:443/wis/clicktime/v1/query?url=x", "Trend Micro Click Time Protection"),
        ("https://mail.office.example/owa/redir.aspx?C=1&URL=x", "Outlook on the web"),
        ("https://safelinks.protection.outlook.com.evil.example/?url=x", ""),
        ("https://www.mimecast.com/products/", ""),
        ("https://www.example.com/wiseman/", ""),
    ],
)
def test_gateway(link: str, service: str) -> None:
    url = urls.parse(link, "text")
    assert url is not None
    found = linkhosts.gateway(url)
    assert (found[0] if found else "") == service


def test_the_table_is_clean() -> None:
    table = tomllib.loads((resources.files("sabaki.data") / "hosts.toml").read_text("utf-8"))
    for key in ("shorteners", "page_hosting", "file_hosting", "trackers"):
        names = table[key]
        assert len(names) == len(set(names)), key
        assert all(name == name.lower() and "." in name and not name.startswith("www.") for name in names)
    for host, (service, *parameters) in table["wrappers"].items():
        assert host == host.lower()
        assert service
        assert all(name == name.lower() for name in parameters)
    assert not set(table["page_hosting"]) & set(table["file_hosting"])
