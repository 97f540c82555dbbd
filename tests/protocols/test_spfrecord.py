from __future__ import annotations

import pytest

from sabaki.protocols.spfrecord import Faulty, expand, is_policy, last_letter, letters, parse

# RFC 7208 section 7.4.
VALUES = {
    "s": "strong-bad@email.example.com",
    "o": "email.example.com",
    "d": "email.example.com",
    "l": "strong-bad",
    "i": "192.0.2.3",
    "v": "in-addr",
    "h": "mx.example.jp",
    "p": "unknown",
}


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("%{s}", "strong-bad@email.example.com"),
        ("%{d4}", "email.example.com"),
        ("%{d3}", "email.example.com"),
        ("%{d2}", "example.com"),
        ("%{d1}", "com"),
        ("%{dr}", "com.example.email"),
        ("%{d2r}", "example.email"),
        ("%{l-}", "strong.bad"),
        ("%{lr-}", "bad.strong"),
        ("%{l1r-}", "strong"),
        ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
        ("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"),
        ("%{D2}", "example.com"),
        ("%{S}", "strong-bad%40email.example.com"),
        ("%{d000000002}", "example.com"),
        ("%{d" + "9" * 5_000 + "}", "email.example.com"),
        ("a%%b%_c%-d.example.", "a%b c%20d.example"),
    ],
)
def test_macros_of_the_standard(spec: str, name: str) -> None:
    assert expand(spec, VALUES.__getitem__) == name


def test_a_name_that_is_too_long_loses_labels_from_the_left() -> None:
    assert expand("x." * 200 + "example.jp", VALUES.__getitem__) == "x." * 121 + "example.jp"
    assert expand("x" * 300 + ".jp", VALUES.__getitem__) == "jp"
    assert expand("y" + "x" * 252 + ".jp", VALUES.__getitem__) == "jp"
    assert expand("a." + "x" * 250 + ".jp", VALUES.__getitem__) == "x" * 250 + ".jp"
    assert len(expand("x" * 300, VALUES.__getitem__)) > 253, "nothing that could be left out: no name"


@pytest.mark.parametrize(
    "term",
    [
        "ip4:192.0.2.1/33", "ip4:192.0.2.01", "ip4:192.0.2.1/", "ip4:192.0.2", "ip4", "ip4:", "ip4:٣.0.2.1", "ip6:192.0.2.1",
        "ip6:2001:db8::/129", "ip6:fe80::1%eth0", "a/33", "a:/24", "a:example.jp/024", "a//129", "a:example.jp/", "a=/24/", "mx:",
        "include", "include:", "include:jp", "include:example.jp/24", "exists", "all:x", "all/8", "ptr/24", "-redirect=example.jp",
        "redirect=", "redirect=a.example redirect=b.example", "exp=a.example exp=a.example", "x=%{i", "x=%q", "x=%", "x=%{i0}",
        "x=%{c}", "a:%{x}", "+", "~", "a\tb", "a:b.c\xe9", "1x=2", "a:example.123", "a:example.-x", f"a:{'a.' * 250}jp",
    ],
)  # fmt: skip
def test_a_fault_anywhere_makes_the_record_void(term: str) -> None:
    if term == "a=/24/":
        assert parse(f"v=spf1 {term}").terms == ()  # a modifier that nobody knows
        return
    with pytest.raises(Faulty):
        parse(f"v=spf1 {term} -all")


def test_what_is_read() -> None:
    found = parse("V=SPF1  A:%{d}/24//64 ~MX/0 ip6:2001:db8::1/32 -all ip4:192.0.2.1 redirect=q.example")
    assert [(term.text, term.qualifier, term.name) for term in found.terms] == [
        ("A:%{d}/24//64", "+", "a"),
        ("~MX/0", "~", "mx"),
        ("ip6:2001:db8::1/32", "+", "ip6"),
        ("-all", "-", "all"),
    ]
    assert (found.terms[0].spec, found.terms[0].prefix4, found.terms[0].prefix6) == ("%{d}", 24, 64)
    assert str(found.terms[2].network) == "2001:db8::/32"
    assert found.redirect == "", "void beside all"
    assert parse("v=spf1 a:foo/bar.example redirect=%{d1r}.example").redirect == "%{d1r}.example"


def test_which_record_is_a_policy() -> None:
    assert [is_policy(text) for text in ("v=spf1", "v=spf1 -all", "V=SPF1 ", "v=spf10", "v=spf1\t-all", " v=spf1", "v=spf1-all")] == [
        True, True, True, False, False, False, False
    ]  # fmt: skip


def test_letters() -> None:
    assert letters("%{I}.%{hr}.%%{d}") == {"i", "h"}
    assert [last_letter(spec) for spec in ("x.%{h}", "%{h2r.}", "%{h}.x", "%{h}.", "x%%", "")] == [
        "h",
        "h",
        "",
        "",
        "",
        "",
    ]
