"""HTML bodies as a person sees them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sabaki.mail import html
from sabaki.mail.limits import Budget, Limits
from tests.patience import BLOWN_UP


def read(markup: str, **limits: int) -> html.Html:
    return html.read(markup, Budget(Limits(**limits)))


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One</p><p>Two<br>Three</p>", "One\nTwo\nThree"),
        ("Ama<b>zon</b>&nbsp;&amp; Co", "Amazon & Co"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<ul><li>い<li>ろ</ul>", "い\nろ"),
        ("<pre>a\n b</pre>", "a\nb"),
        ("<title>T</title><style>p{}</style><script>x()</script><!-- c -->seen", "seen"),
        ("<!--[if mso]>outlook<![endif]--><![if !mso]>others<![endif]>", "others"),
        ("<img src=x alt='Sign in'>", "[image: Sign in]"),
        ("<input type=submit value='ログイン'>", "ログイン"),
        ("a\u200bb", "a\u200bb"),
        ("", ""),
    ],
)
def test_shown_text(markup: str, text: str) -> None:
    assert read(markup).text == text


@pytest.mark.parametrize(
    "attribute",
    [
        "style='display:none'",
        "style='DISPLAY : none !important'",
        "style='visibility:hidden'",
        "style='font-size:0'",
        "style='font-size:1px;line-height:1px'",
        "style='font:0/0 a'",
        "style='opacity:0'",
        "style='color:#fff'",
        "style='color:#FEFEFE;background-color:white'",
        "style='color:rgba(0,0,0,0)'",
        "style='max-height:0;overflow:hidden'",
        "style='position:absolute;left:-9999px'",
        "style='text-indent:-9999px'",
        "style='d\\69splay:none'",
        "hidden",
        "class=h",
        "id=i",
        "bgcolor=red style='color:red'",
    ],
)
def test_hidden_text_is_kept_apart(attribute: str) -> None:
    page = read(
        f"<style>.h{{display:none}} #i{{font-size:0px}}</style>seen<div {attribute}>kept <b>back</b></div>after"
    )
    assert page.text == "seen\nafter"
    assert page.hidden == "kept back"


@pytest.mark.parametrize(
    "markup",
    [
        "<div style='font-size:0'><p style='font-size:14px'>text</p></div>",
        "<div style='visibility:hidden'><p style='visibility:visible'>text</p></div>",
        "<table><td bgcolor='#003366'><font color=white>text</font></td></table>",
        "<div style='background:url(x.png)'><p style='color:#fff'>text</p></div>",
        "<div style='background:#036'><p style='color:#fff'>text</p></div>",
        "<style>@media (max-width:600px){.m{display:none}}</style><p class=m>text</p>",
        "<style>.d{background:#000}</style><p class=d style='color:white'>text</p>",
        "<p style='height:0'>text</p>",
        "<p style='color:black'>text</p>",
    ],
)
def test_what_is_seen_after_all(markup: str) -> None:
    page = read(markup)
    assert page.text == "text"
    assert page.hidden == ""


def test_links_in_order_with_what_is_seen_on_them() -> None:
    page = read(
        "<base href='https://base.example/'><a href='a'>one <b>two</b></a><a href='https://b.example'><img src='i' alt='logo'></a>"
        "<map><area href='c'></map><form action='d'></form><a style='display:none' href='e'>x</a>"
        "<a href='f' data-track='https://t.example/x' onclick=\"open('https://s.example/')\">f</a>"
        "<div style='background:url(https://g.example/b.png)'></div><iframe src=h></iframe>"
        "<script>var u='https:\\/\\/j.example\\/k';</script><a href=''>none</a>"
    )
    assert page.base == "https://base.example/"
    assert [(link.raw, link.source, link.text, link.clickable) for link in page.links] == [
        ("https://base.example/", "html:base", "", False),
        ("a", "html:a", "one two", True),
        ("https://b.example", "html:a", "[image: logo]", True),
        ("i", "html:img", "", False),
        ("c", "html:area", "", True),
        ("d", "html:form", "", True),
        ("e", "html:a", "", False),
        ("f", "html:a", "f", True),
        ("https://t.example/x", "html:data", "", False),
        ("https://s.example/", "html:script", "", True),
        ("https://g.example/b.png", "html:style", "", False),
        ("h", "html:frame", "", False),
        ("https://j.example/k", "html:script", "", False),
    ]
    assert page.has_script


def test_refresh_and_outlooks_comments_are_links() -> None:
    page = read(
        "<meta http-equiv=refresh content='0; url=https://a.example/'><!--[if mso]><v:rect href='https://b.example/'><![endif]-->"
    )
    assert [(link.raw, link.source) for link in page.links] == [
        ("https://a.example/", "html:meta"),
        ("https://b.example/", "html:mso"),
    ]


@pytest.mark.parametrize(
    "markup",
    [
        "<noscript><meta http-equiv=refresh content='0;url=https://e.example/1'></noscript>",
        "<meta http-equiv=refresh content='0;https://e.example/1'>",
        "<meta http-equiv=refresh content=\"0; URL='https://e.example/1'\">",
        "<iframe srcdoc='&lt;a href=&quot;https://e.example/1&quot;&gt;go&lt;/a&gt;'></iframe>",
        "<svg><a xlink:href='https://e.example/1'><text>go</text></a></svg>",
        "<svg><a><set attributeName=href to='https://e.example/1'/></a></svg>",
        "<svg><a><animate attributeName='xlink:href' values='x;https://e.example/1'/></a></svg>",
        "<math href='https://e.example/1'><mi>x</mi></math>",
        "<!--[if mso]><a href='https://e.example/1'>x</a><![endif]-->",
        "<p>x</p></html><!--[if mso]><a href='https://e.example/1'>x</a><![endif]-->",
        "<v:oval href='https://e.example/1'>x</v:oval>",
        "<body onload=\"location='ht'+'tps://e.example/1'\">",
        "<details ontoggle=\"location='https://e.example/1'\" open>",
        "<a href='&#104;ttps://e.example/1'>x</a>",
        "<a href='java&Tab;script:location=&quot;https://e.example/1&quot;'>x</a>",
        "<a href='data:text/html;base64,PGEgaHJlZj0iaHR0cHM6Ly9lLmV4YW1wbGUvMSI+eDwvYT4='>x</a>",
        "<a href='data:text/html,<form action=%22https://e.example/1%22>'>x</a>",
        "<a\0 href='https://e.example/1'>x</a>",
        "<a hr\0ef='https://e.example/1'>x</a>",
        "<a href='htt\0ps://e.example/1'>x</a>",
        "<a/href='https://e.example/1'>x</a>",
        "<isindex><button formaction='https://e.example/1'>",
    ],
)
def test_links_that_a_click_or_the_program_follows(markup: str) -> None:
    assert any(link.clickable and link.raw == "https://e.example/1" for link in read(markup).links), read(markup).links


@pytest.mark.parametrize(
    "markup",
    [
        "<style>@import 'https://e.example/1';</style>",
        "<div style='background:ur\\6c(https://e.example/1)'>",
        "<div style='background:URL(https://e.example/1)'>",
        "<div style='background:image-set(\"https://e.example/1\" 1x)'>",
        "<img srcset='https://e.example/1 1x, x 2x'>",
        "<a href='https://a.example' ping='https://e.example/1'>x</a>",
        "<object><param name=movie value='https://e.example/1'></object>",
        "<template><a href='https://e.example/1'>go</a></template>",
        "<noframes><a href='https://e.example/1'>x</a></noframes>",
        "<script>location='ht'+'tps://e.exa'+'mple/1'</script>",
        "<script>document.write(unescape('%3Ca%20href%3D%22https%3A%2F%2Fe.example%2F1%22%3E'))</script>",
        "<script>location=atob('aHR0cHM6Ly9lLmV4YW1wbGUvMQ==')</script>",
        "<p>x</p><a href='https://e.example/1'",
        "<p>x</p><a href='https://e.example/1",
        "<p>x</p><!-- <a href='https://e.example/1'>x</a>",
        "<title>x<a href='https://e.example/1'>x</a>",
        "<a href='https://a.example' href='https://e.example/1'>x</a>",
        "<!a href='https://e.example/1'>",
        '<script type=\'application/ld+json\'>{"url":"https://e.example/1"}</script>',
        "<input type=hidden value='https://e.example/1'>",
        "<iframe src='data:text/html,%3Ca%20href=https://e.example/1%3E'></iframe>",
        "<div style='display:none'><iframe srcdoc='<a href=https://e.example/1>x</a>'></iframe></div>",
    ],
)
def test_addresses_that_stand_elsewhere_are_kept(markup: str) -> None:
    assert "https://e.example/1" in [link.raw for link in read(markup).links]


@pytest.mark.parametrize(
    "markup",
    ["<plaintext>https://e.example/1 <a href=x>", "<xmp>https://e.example/1</xmp>", "<textarea>https://e.example/1"],
)
def test_text_that_shows_an_address_is_text(markup: str) -> None:
    page = read(markup)
    assert "https://e.example/1" in page.text
    assert page.links == ()


def test_namespaces_are_no_addresses() -> None:
    page = read(
        "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0//EN' 'http://www.w3.org/TR/xhtml1/DTD/xhtml1.dtd'><html xmlns='http://www.w3.org/1999/xhtml'>"
    )
    assert page.links == ()


def test_a_page_inside_is_read_for_what_it_asks() -> None:
    page = read("<iframe srcdoc='<p>Sign in</p><input type=password>'></iframe>")
    assert (page.text, page.forms) == ("Sign in", ("password",))


def test_pages_inside_pages_end() -> None:
    markup = "<a href='https://e.example/1'>x</a>"
    for _ in range(12):
        markup = "<iframe srcdoc='" + markup.replace("&", "&amp;").replace("'", "&#39;") + "'></iframe>"
    assert read(markup).text == ""


def test_the_first_base_counts_and_several_are_said() -> None:
    page = read("<base href='https://a.example/'><base href='https://b.example/'>")
    assert (page.base, page.bases) == ("https://a.example/", ("https://a.example/", "https://b.example/"))
    assert page.defects == ("html_several_bases",)
    assert read("a\0b").defects == ("html_nul",)


def test_forms_say_what_they_ask_for() -> None:
    page = read(
        "<form><input name=u><input type=password><input name='card_number'><input name=otp><input name=mail>"
        "<input type=hidden name=x><input type=submit><textarea></textarea></form>"
    )
    assert page.forms == ("text", "password", "card", "code", "email")


def test_tracking_pixels_are_no_pictures() -> None:
    assert read("<img src=a width=1 height=1><img src=b width=600>").images == 1


def test_the_title_is_apart() -> None:
    page = read("<title>Sign\n in</title><p>x</p>")
    assert (page.title, page.text) == ("Sign in", "x")


def test_deep_nesting_is_flattened_and_noted() -> None:
    budget = Budget()
    page = html.read("<div>" * 200_000 + "<a href='https://a.example/'>deep</a>", budget, "part 1")
    assert page.flattened
    assert page.text == "deep"
    assert [(link.raw, link.text) for link in page.links] == [("https://a.example/", "deep")]
    assert [limit.name for limit in budget.reached] == ["html_depth"]


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000,
        "<iframe srcdoc='<iframe srcdoc=x>'></iframe>" * 8_000,
        "<script>'a'+'b'</script>" * 15_000,
        "<a\0>" * 100_000,
        "https://a.example/ &amp;" * 15_000,
        "<a " + " ".join(f"a{i}=1" for i in range(100_000)) + ">x</a>",
        "<a " + "/".join(f"a{i}" for i in range(100_000)) + ">x</a>",
        "<a x='>' " + " ".join(f"a{i}" for i in range(100_000)) + ">x</a>",
        "<select>" + "<option>" * 100_000,
        "<form><div>x</form>" * 30_000,
        "<svg>" + "<td>" * 100_000,
        "<" * 500_000,
        "<!--" * 100_000,
        "&#" * 300_000,
        "<a href='" * 50_000,
        "<b> </b>" * 60_000,
        "<style>" + "@media{" * 50_000,
        "<style>" + "a{" * 50_000,
        "<p style='" + "a:b;" * 50_000 + "'>x</p>",
        "".join(f"<body a{i}=1>" for i in range(20_000)),
    ],
)
def test_hostile_markup_takes_linear_time(markup: str) -> None:
    started = time.process_time()
    read(markup)
    assert time.process_time() - started < BLOWN_UP


def test_limits_cut_and_say_so() -> None:
    budget = Budget(Limits(text_interpreted=10))
    page = html.read("<p>" + "x" * 100, budget)
    assert page.text == "x" * 10
    assert [limit.name for limit in budget.reached] == ["text_interpreted"]


@given(st.text(alphabet="<>/=\"'abpi -!&;#\n{}:", max_size=200))
def test_never_raises(markup: str) -> None:
    read(markup)
    read(markup, html_depth=0)
