from __future__ import annotations

import msgspec
import pytest

from sabaki.model.observable import Url, UrlTrait
from sabaki.render import anatomy
from sabaki.render.blocks import Anatomy
from sabaki.render.voice import Voice
from tests.render import cases


def link(host: str, owner: str | None, **more: object) -> Url:
    value = f"http://{host}{more.get('path', '/')}"
    return Url(value, value, "text", scheme="http", host=host, registrable_domain=owner, **more)  # type: ignore[arg-type]


def drawn(*urls: Url) -> list[Anatomy]:
    report = cases.replaced(cases.seed_report(), urls=urls)
    return [block for block in anatomy.section(Voice(report, "en")).blocks if isinstance(block, Anatomy)]


def test_bait_and_owner_are_told_apart() -> None:
    pieces = [(piece.role, piece.text) for piece in drawn(*cases.seed_report().urls)[0].pieces]
    assert pieces == [
        ("scheme", "hxxp://"),
        ("front", "support[.]"),
        ("bait", "jimusho[.]example"),
        ("front", "[.]"),
        ("owner", "circulo[.]test"),
        ("path", "/kagoya"),
        ("query", "?uid=admin@jimusho.example"),
    ]


def test_the_pieces_together_are_the_link() -> None:
    shown = drawn(*cases.seed_report().urls)[0]
    assert "".join(piece.text for piece in shown.pieces) == shown.target


def test_a_masked_bait_is_still_bait() -> None:
    traits = (UrlTrait("own_domain_subdomain", "*****.***", "host"),)
    shown = drawn(link("support.*****.***.circulo.test", "circulo.test", traits=traits))[0]
    assert [piece.text for piece in shown.pieces if piece.role == "bait"] == ["*****[.]***"]


def test_a_plain_link_has_no_bait() -> None:
    shown = drawn(link("www.harbour.example", "harbour.example"))[0]
    assert [piece.role for piece in shown.pieces] == ["scheme", "front", "owner"]


@pytest.mark.parametrize(("host", "owner"), [("192.0.2.7", None), ("test", None)])
def test_a_host_without_owner(host: str, owner: str | None) -> None:
    shown = drawn(link(host, owner, ip=host if "." in host else ""))[0]
    assert [piece.role for piece in shown.pieces] == ["scheme", "owner"]


def test_a_link_without_host() -> None:
    shown = drawn(Url("javascript:alert(1)", "javascript:alert(1)", "html:a", scheme="javascript"))[0]
    assert shown.pieces[0].text == "javascript[:]alert(1)"


def test_eight_at_most_three_of_a_host_clickable_first() -> None:
    many = [link(f"h{n}.test", f"h{n}.test") for n in range(9)]
    same = [link("news.test", "news.test", path=f"/{n}") for n in range(5)]
    image = msgspec.structs.replace(link("img.test", "img.test"), clickable=False)
    assert len(drawn(*many)) == 8
    assert len(drawn(*same)) == 3
    assert [shown.target for shown in drawn(image, *same[:1])] == ["hxxp://news[.]test/0"]
    assert [shown.target for shown in drawn(image)] == ["hxxp://img[.]test/"]


def test_the_most_remarkable_stands_first() -> None:
    plain = link("a.test", "a.test")
    bait = link("bank.b.test", "b.test", traits=(UrlTrait("brand_in_host", "bank"),))
    assert anatomy.chosen((plain, bait, plain)) == [bait, plain]
