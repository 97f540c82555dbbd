"""Charset labels; more in test_charsets.py."""

from sabaki.mail import charset_labels


def test_single_byte_is_told_from_multi_byte() -> None:
    assert charset_labels.is_single_byte("windows-1252")
    assert not charset_labels.is_single_byte("cp932")


def test_no_alias_is_given_to_two_charsets() -> None:
    seen: dict[str, str] = {}
    for charset, aliases in charset_labels._ALIASES.items():
        for alias in aliases.split():
            assert seen.setdefault(alias, charset) == charset


def test_an_alias_never_hides_a_charset_of_its_own_name() -> None:
    assert all(charset_labels.canonical(charset) == charset for charset in charset_labels._CODECS)
