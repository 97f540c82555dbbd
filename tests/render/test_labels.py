from __future__ import annotations

from sabaki.render.labels import Layout, width


def test_japanese_is_as_wide_as_its_characters() -> None:
    assert width("東京", 30) == 60
    assert width("Tokyo", 30) == 90


def test_words_are_not_put_over_each_other_nor_over_the_edge() -> None:
    layout = Layout(400, 200)
    first = layout.place(200, 100, "Alpha", 20)
    second = layout.place(200, 100, "Beta", 20)
    assert first is not None
    assert second is not None
    assert (first.anchor, second.anchor) == ("start", "end")
    corner = layout.place(396, 100, "Gamma", 20)
    assert corner is not None
    assert corner.anchor == "end"
    assert layout.place(200, 100, "a name far too long for this frame", 20) is None


def test_a_place_can_be_kept_free() -> None:
    layout = Layout(400, 200)
    layout.block((0, 0, 400, 200))
    assert layout.place(200, 100, "Alpha", 20) is None
