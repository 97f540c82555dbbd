"""Links inside links, every service with a URL of its own making."""

from __future__ import annotations

import base64
import time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.facts import links, wrappers
from sabaki.mail import urls
from sabaki.mail.limits import Budget
from sabaki.model.case import Recipients, Vantage
from sabaki.model.observable import EmailAddr
from tests.patience import BLOWN_UP

T = "https://evil.example/x?a=b"
Q = quote(T, safe="")


def b64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def inside(link: str) -> wrappers.Inner | None:
    url = urls.parse(link, "text")
    assert url is not None
    return wrappers.inside(url)


@pytest.mark.parametrize(
    ("link", "service"),
    [
        (f"https://jpn01.safelinks.protection.outlook.com/?url={Q}&data=05%7C01&sdata=x&reserved=0", "Microsoft"),
        (f"https://gcc02.safelinks.protection.outlook.com/ap/w-59584e83/?url={Q}&data=1", "Microsoft"),
        (f"https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html?url={Q}", "Microsoft"),
        (f"https://urldefense.proofpoint.com/v1/url?u={T}&k=oIvRg1", "Proofpoint"),
        ("https://urldefense.proofpoint.com/v2/url?u=https-3A__evil.example_x-3Fa-3Db&d=DwMF&c=x", "Proofpoint"),
        (f"https://urldefense.com/v3/__{T}__;!!token!abc$", "Proofpoint"),
        (f"https://urldefense.us/v3/__{T}__;!!token!abc$", "Proofpoint"),
        ("https://urldefense.com/v3/__https:/evil.example/x?a=b__;!!token$", "Proofpoint"),
        (f"https://linkprotect.cudasvc.com/url?a={Q}&c=E,1,x&typo=1", "Barracuda"),
        (f"https://secure-web.cisco.com/1abcDEF/{Q}", "Cisco"),
        (f"https://secure-web.cisco.com/1abcDEF/{T}", "Cisco"),
        (f"https://imsva91-ctp.trendmicro.com:443/wis/clicktime/v1/query?url={Q}&umid=1&auth=2", "Trend Micro"),
        (f"https://clicktime.symantec.com/a/1/x=?d=y&u={Q}", "Symantec"),
        (f"https://eu-central-1.protection.sophos.com/?d=evil.example&u={b64(T)}&i=1", "Sophos"),
        (f"https://protect2.fireeye.com/v1/url?k=1&q=1&e=2&u={Q}", "Trellix"),
        (f"https://mx.office.example/fmlurlsvc/?fewReq=:B:abc&url={Q}", "Fortinet"),
        (f"https://linkscan.io/scan/ux/{b64(T)}/ABC?c=1", "Bitdefender"),
        (f"https://url.avanan.click/v2/r01/___{T}___.YXAzOm9mZmljZQ", "Check Point"),
        ("https://protect.checkpoint.com/v2/___https:/evil.example/x?a=b___.YX", "Check Point"),
        (f"https://checkpoint.url-protection.com/v1/r07/url?o={Q}&g=N", "Check Point"),
        (f"https://m365.us.vadesecure.com/safeproxy/v4?f=a&i=b&u={Q}", "Vade"),
        (f"https://atpscan.global.hornetsecurity.com/?d=1&f=2&u={Q}", "Hornetsecurity"),
        (f"https://link.zixcentral.com/u/0857/x?u={Q}", "Zix"),
        (f"https://link.edgepilot.com/s/a/b?u={Q}", "EdgePilot"),
        (f"https://linklock.titanhq.com/analyse?url={Q}&data=1", "TitanHQ"),
        (f"https://safe.menlosecurity.com/{T}", "Menlo"),
        (f"https://scanmail.trustwave.com/?c=1&d=2&u={Q}", "Trustwave"),
        (f"https://urlsand.esvalabs.com/?u={Q}&e=1", "Libraesva"),
        (f"https://mail.office.example/owa/redir.aspx?C=abc&URL={Q}", "Outlook on the web"),
    ],
)
def test_gateways(link: str, service: str) -> None:
    found = inside(link)
    assert found is not None
    assert (found.kind, found.target) == ("wrapped", T)
    assert found.service.startswith(service)


@pytest.mark.parametrize(
    ("link", "hint"),
    [
        ("https://protect-eu.mimecast.com/s/AbCd?domain=evil.example", "evil.example"),
        ("https://url.us.m.mimecastprotect.com/s/AbCd?domain=evil.example&t=x", "evil.example"),
        ("https://protect-eu.mimecast.com/s/AbCd", ""),
        ("https://shared.outlook.inky.com/link?domain=evil.example&t=h.eJ", "evil.example"),
        ("https://checkpoint.url-protection.com/v1/url?o=cipher&g=N", ""),
        ("https://urldefense.com/v3/__cut", ""),
    ],
)
def test_a_target_that_is_not_in_the_link_is_said_to_be_missing(link: str, hint: str) -> None:
    found = inside(link)
    assert found is not None
    assert (found.kind, found.target, found.hint) == ("wrapped", "", hint)
    url = urls.parse(link, "html:a")
    assert url is not None
    trait = links.dissect(url, Vantage(), Recipients()).trait("wrapped")
    assert trait is not None
    assert trait.detail.startswith(found.service)
    assert hint in trait.detail


def v3(text: str, aside: bytes) -> str:
    return f"https://urldefense.com/v3/__{text}__;{base64.urlsafe_b64encode(aside).decode()}!!tok!x$"


@pytest.mark.parametrize(
    ("text", "aside", "target"),
    [
        ("https://evil.example/x*y", b"#", "https://evil.example/x#y"),
        ("https://evil.example/***", b"#$*", "https://evil.example/#$*"),
        ("https://evil.example/**C", "あ+".encode(), "https://evil.example/あ+"),  # counted in octets
        ("https://evil.example/**Az", "あé".encode(), "https://evil.example/あéz"),  # counted in characters
        ("https://evil.example/*/**A", "é日本".encode(), "https://evil.example/é/日本"),
        ("https://evil.example/**9*", b"x" * 63 + b"!", "https://evil.example/" + "x" * 63 + "!"),
    ],
)
def test_proofpoint_version_3(text: str, aside: bytes, target: str) -> None:
    found = inside(v3(text, aside))
    assert found is not None
    assert found.target == target


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("https://www.google.com/url?q=https%3A%2F%2Fevil.example%2F&sa=D", "https://evil.example/"),
        ("https://www.google.co.jp/url?url=http://evil.example/", "http://evil.example/"),
        ("https://www.google.com/amp/s/evil.example/x", "https://evil.example/x"),
        ("https://www.bing.com/ck/a?p=1&u=a1aHR0cHM6Ly9ldmlsLmV4YW1wbGUv&ntb=1", "https://evil.example/"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fevil.example%2F&h=x", "https://evil.example/"),
        ("https://ad.doubleclick.net/x?adurl=//evil.example", "https://evil.example"),
        ("https://www.google.com/search?q=x", ""),
        ("https://google.evil.example/url?q=x", ""),
        (
            "https://r.search.yahoo.com/_ylt=A/RV=2/RO=10/RU=https%3a%2f%2fevil.example%2fx/RK=2",
            "https://evil.example/x",
        ),
        ("https://rd.yahoo.co.jp/x/y/*http://evil.example/x", "http://evil.example/x"),
        ("https://rd.yahoo.co.jp/x/SIG=1/**http%3A//evil.example/x", "http://evil.example/x"),
        ("https://evil--site-example.translate.goog/x?_x_tr_sl=ja&a=b", "https://evil-site.example/x?a=b"),
        ("https://translate.google.com/translate?sl=ja&u=https://evil.example/x", "https://evil.example/x"),
        ("https://web.archive.org/web/2020*/http://evil.example/x", "http://evil.example/x"),
        ("https://webcache.googleusercontent.com/search?q=cache:a:https://evil.example/x", "https://evil.example/x"),
        ("https://href.li/?https://evil.example/x", "https://evil.example/x"),
        (
            "https://disq.us/url?url=https%3A%2F%2Fevil.example%2Fx%3AabcdefghijklmnopqrstuvwxyzA&c=1",
            "https://evil.example/x",
        ),
        ("https://slack-redir.net/link?url=https%3A%2F%2Fevil.example", "https://evil.example"),
        ("https://www.linkedin.com/safety/go?url=https%3A%2F%2Fevil.example", "https://evil.example"),
    ],
)
def test_redirectors(link: str, target: str) -> None:
    url = urls.parse(link, "text")
    assert url is not None
    assert wrappers.target_behind(url) == target


@pytest.mark.parametrize(
    "link",
    [
        f"https://a.example/?n={quote(Q, safe='')}",
        f"https://a.example/?n={b64(T)}",
        f"https://a.example/?n={T.encode().hex()}",
        f"https://a.example/r/{b64(T)}/x",
        f"https://a.example/{T}",
        f"https://a.example/r,{T}",
        f"https://a.example/x#{b64(T)}",
        f"https://a.example/x#u={T}",
        f"https://a.example/?{T}",
        f"https://a.example/?n={b64(Q)}",
        f"https://a.example/?n={''.join(f'%{ord(letter):02x}' for letter in T)}",
        f"https://x.r.us-east-1.awstrack.me/L0/{Q}/1/0100",
        f"https://click.pstmrk.it/3s/{quote(T[8:], safe='')}/abc/def",
        "https://mandrillapp.com/track/click/1/e?p="
        + b64('{"p":"{\\"url\\":\\"https:\\\\\\/\\\\\\/evil.example\\\\\\/x?a=b\\"}"}'),
    ],
)
def test_any_address_inside(link: str) -> None:
    found = inside(link)
    assert found is not None
    assert (found.kind, found.target) == ("embedded_url", T)


@pytest.mark.parametrize(
    "link",
    [
        "https://a.example/how-to-use-https-and-http",
        "https://a.example/?x=http",
        "https://a.example/?x=aHR0cA",
        "https://www.mimecast.com/",
        "ftp://a.example/x",
    ],
)
def test_nothing_inside(link: str) -> None:
    assert inside(link) is None


def collected(raw: str) -> list[str]:
    return [url.value for url in links.collect([("", raw)], [], "", Budget())]


def test_nested_up_to_a_bound_and_never_in_a_circle() -> None:
    link = T
    for _ in range(9):
        link = f"https://jpn01.safelinks.protection.outlook.com/?url={quote(link, safe='')}"
    assert len(collected(link)) == 1 + wrappers.MOST_NESTED
    circle = "https://a.example/?u=" + quote("https://a.example/?u=https://a.example/", safe="")
    assert collected(circle) == [circle, "https://a.example/?u=https://a.example/", "https://a.example/"]


def test_the_recipient_in_a_wrapper_is_not_lost() -> None:
    raw = f"https://jpn01.safelinks.protection.outlook.com/?url={Q}&data=05%7C01%7Chanako%40jimusho.example%7Cx"
    url = urls.parse(raw, "html:a")
    assert url is not None
    box = EmailAddr("hanako@jimusho.example", "hanako", "jimusho.example")
    found = links.dissect(url, Vantage(), Recipients(to=(box,)))
    assert {trait.id for trait in found.traits} >= {"wrapped", "recipient_in_url"}


@given(st.text(alphabet="htps:/%3Aa.*_-=&?#1Bé", max_size=80))
def test_never_raises(text: str) -> None:
    for front in ("https://urldefense.com/v3/__", "https://a.example/?u=", "https://url.avanan.click/v2/___"):
        url = urls.parse(front + text, "text")
        if url is not None:
            wrappers.inside(url)


@pytest.mark.parametrize("unit", ["http%3A", "*", "**A", "aHR0c", "%2525", "/http:", "&u=http", "/RU="])
def test_linear_in_hostile_urls(unit: str) -> None:
    started = time.process_time()
    for front in (
        "https://urldefense.com/v3/__",
        "https://a.example/?u=",
        "https://a.example/",
        "https://rd.yahoo.co.jp/",
    ):
        inside(front + unit * 8_000)
    assert time.process_time() - started < BLOWN_UP
