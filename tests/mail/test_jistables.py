"""JIS X 0208 and JIS X 0212 with NEC's, IBM's and the users' own rows."""

import pytest

from sabaki.mail import jistables


@pytest.mark.parametrize(
    ("pairs", "text"),
    [
        (b"\xbd\xc5\xcd\xd7", "重要"),
        (b"\xad\xa1\xad\xea", "①㈱"),
        (b"\xfc\xe2\xf9\xf6", "髙嵂"),
        (b"\xa1\xc1\xa1\xdd", "～－"),
        (b"\xf5\xa1\xfe\xfe", "\ue000\ue3ab"),
        (b"\xa9\xa1\xa4\xa2", "\ufffdあ"),
    ],
)
def test_x0208(pairs: bytes, text: str) -> None:
    assert jistables.x0208(pairs) == text


@pytest.mark.parametrize(
    ("pairs", "text"),
    [
        (b"\xb0\xa1", "丂"),
        (b"\xf3\xf3\xf3\xfd\xf4\xab", "ⅰⅠ㈱"),
        (b"\xf4\xae\xf4\xfb\xf4\xfe", "炻髙黑"),
        (b"\xf5\xa1\xfe\xfe", "\ue3ac\ue757"),
        (b"\xa1\xa1", "\ufffd"),
    ],
)
def test_x0212(pairs: bytes, text: str) -> None:
    assert jistables.x0212(pairs) == text


def test_what_goes_beyond_jis() -> None:
    assert jistables.beyond_jis("①")
    assert jistables.beyond_jis("髙")
    assert jistables.beyond_jis("\ue000")
    assert not jistables.beyond_jis("重要￢∵")
