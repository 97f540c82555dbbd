"""What is said of an entry in a local list, and what is never said: that something is clean, or that a page on shared ground is fine."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from sabaki.model.finding import State
from sabaki.model.knowledge import Listing, Subject
from sabaki.sources import feeds
from sabaki.sources.source import Declined, Failed, registered

from .services import NOW, World, run

TODAY = NOW.timestamp()


def world(tmp_path: Path, lists: dict[str, str], **settings: Any) -> World:
    """A world with the lists in its directory of data ("feeds/..." and "allow/..."), indexed."""
    made = World(data=tmp_path, **settings)
    for name, content in lists.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(content)
        os.utime(file, (TODAY - 86_400, TODAY - 86_400))
    feeds.index(tmp_path, made.settings)
    return made


def ask(world: World, value: str, kind: str = "url") -> tuple[Listing, ...]:
    found = run(feeds.ask(Subject(kind, value), world))
    assert not isinstance(found, Failed), found.reason
    return tuple(found)


def test_nothing_leaves_the_machine() -> None:
    source = registered()["feeds"]
    assert (source.sends, source.to, source.default) == ("nothing", "", True)


def test_a_hit_says_which_list_its_date_the_entry_and_its_words(tmp_path: Path) -> None:
    there = world(tmp_path, {"feeds/openphish.txt": "https://evil.example/a/\n"})
    (found,) = ask(there, "http://evil.example:80/a#x")
    assert (found.list, found.listed, found.matched) == ("OpenPhish (openphish.txt)", True, "evil.example/a/")
    assert found.list_date == "2026-11-23T12:00:00Z"
    assert "This very address" in found.meaning
    assert "OpenPhish" in found.meaning_ja


def test_not_listed_is_not_clean(tmp_path: Path) -> None:
    there = world(tmp_path, {"feeds/openphish.txt": "https://evil.example/a/\n", "feeds/b": "x.example\n"})
    for kind, value in (("url", "https://good.example/"), ("host", "good.example"), ("ip", "192.0.2.1")):
        (found,) = ask(there, value, kind)
        assert found.listed is False
        assert "Not listed is not clean" in found.meaning
        assert "Not in the local lists (b, OpenPhish (openphish.txt); 2 entries" in found.meaning


def test_another_page_on_the_host_settles_nothing(tmp_path: Path) -> None:
    there = world(tmp_path, {"feeds/openphish.txt": "https://evil.example/a/\n"})
    (found,) = ask(there, "https://evil.example/b")
    assert (found.listed, found.matched) == (None, "evil.example")
    (found,) = ask(there, "evil.example", "host")
    assert found.listed is None


@pytest.mark.parametrize(
    ("line", "value", "listed"),
    [
        ("evil.example", "https://login.evil.example/", True),
        ("web.app", "https://mine.web.app/", None),
        ("docs.google.com", "https://docs.google.com/forms/x", None),
        ("bit.ly", "https://bit.ly/x", None),
        ("co.jp", "https://shop.co.jp/", None),
        ("evil.web.app", "https://evil.web.app/", True),
        ("weebly.com", "https://mine.weebly.com/", None),
        ("evil.weebly.com", "https://evil.weebly.com/", True),
        ("192.0.2.0/28", "http://192.0.2.7/x", True),
    ],
)
def test_a_whole_service_in_a_list_settles_nothing_about_one_page(
    tmp_path: Path, line: str, value: str, listed: bool | None
) -> None:
    (found,) = ask(world(tmp_path, {"feeds/mine": f"{line}\n"}), value)
    assert found.listed is listed


def test_one_listing_for_each_list_the_closest_entry(tmp_path: Path) -> None:
    lines = "evil.example\nhttps://a.evil.example/x\n192.0.2.0/24\n192.0.2.1\n"
    there = world(tmp_path, {"feeds/one": lines, "feeds/two": "a.evil.example\n"})
    assert [(each.list, each.matched) for each in ask(there, "https://a.evil.example/x")] == [
        ("one", "a.evil.example/x/"),
        ("two", "a.evil.example"),
    ]
    assert [each.matched for each in ask(there, "192.0.2.1", "ip")] == ["192.0.2.1"]


def test_an_old_copy_says_so(tmp_path: Path) -> None:
    there = world(tmp_path, {"feeds/openphish.txt": "https://evil.example/\n"})
    assert "days old" not in ask(there, "https://evil.example/")[0].meaning
    os.utime(tmp_path / "feeds/openphish.txt", (TODAY - 40 * 86_400,) * 2)
    feeds.index(tmp_path, there.settings)
    (found,) = ask(there, "https://evil.example/")
    assert "40 days old" in found.meaning
    assert "40 日前" in found.meaning_ja
    there.settings.feed_days = 50
    assert "days old" not in ask(there, "https://evil.example/")[0].meaning


TOP = "1,google.com\n2,example.co.jp\n3,web.app\n4,github.io\n5,bit.ly\n6,weebly.com\n"


@pytest.mark.parametrize(
    ("value", "listed"),
    [
        ("https://www.example.co.jp/shop", True),
        ("https://example.co.jp/", True),
        ("https://evil.web.app/", None),
        ("https://evil.github.io/", None),
        ("https://bit.ly/x", None),
        ("https://evil.weebly.com/", None),
        ("https://docs.google.com/forms/d/x", None),
        ("https://sites.google.com/view/x", None),
        ("https://www.google.com/url?q=https://evil.example/", None),
        ("https://storage.googleapis.com/x/y.html", None),
    ],
)
def test_a_well_known_host_is_explained_and_a_page_on_shared_ground_never_whitewashed(
    tmp_path: Path, value: str, listed: bool | None
) -> None:
    found = ask(world(tmp_path, {"allow/tranco.csv": TOP}), value)
    assert all(each.allow and each.listed is listed for each in found)
    assert all("clean" not in each.meaning and "safe" not in each.meaning for each in found)
    assert found or "googleapis" in value


def test_a_host_that_only_looks_like_a_well_known_one_is_in_no_list(tmp_path: Path) -> None:
    there = world(tmp_path, {"allow/tranco.csv": "1,example.co.jp\n"})
    for value in (
        "https://notexample.co.jp/",
        "https://example.co.jp.evil.example/",
        "https://evil.example/example.co.jp",
    ):
        assert ask(there, value) == ()


def test_a_warning_list_of_networks_says_whose_it_is_and_no_more(tmp_path: Path) -> None:
    document = {"name": "List of a cloud's ranges", "type": "cidr", "version": 20261101, "list": ["192.0.2.0/24"]}
    there = world(tmp_path, {"allow/cloud/list.json": json.dumps(document)})
    (found,) = ask(there, "192.0.2.1", "ip")
    assert (found.allow, found.listed, found.matched) == (True, None, "192.0.2.0/24")
    assert "Whoever rents there" in found.meaning
    document["category"] = "false_positive"
    there = world(tmp_path, {"allow/cloud/list.json": json.dumps(document)})
    assert ask(there, "192.0.2.1", "ip")[0].listed is True


def test_a_page_on_a_well_known_host_that_is_listed_stays_listed(tmp_path: Path) -> None:
    there = world(tmp_path, {"allow/t.csv": "1,example.co.jp\n", "feeds/f": "https://example.co.jp/wp/x\n"})
    block, allow = ask(there, "https://example.co.jp/wp/x")
    assert (block.listed, block.allow) == (True, False)
    assert (allow.listed, allow.allow) == (True, True)


def test_lists_that_the_settings_name(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.txt").write_text("evil.example\n")
    (tmp_path / "ours").write_text("partner.example\n")
    there = world(
        tmp_path / "data", {}, feeds=(str(tmp_path / "elsewhere.txt"),), allow_lists=(str(tmp_path / "ours"),)
    )
    assert ask(there, "evil.example", "domain")[0].listed is True
    listing = ask(there, "partner.example", "domain")[1]
    assert (listing.allow, listing.listed) == (True, True)


def test_without_lists_or_without_an_index_it_is_not_checked(tmp_path: Path) -> None:
    there = World(data=tmp_path)
    with pytest.raises(Declined):
        run(feeds.ask(Subject("host", "evil.example"), there))
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds/x").write_text("evil.example\n")
    failure = run(feeds.ask(Subject("host", "evil.example"), there))
    assert "sabaki data index" in failure.reason
    (tmp_path / feeds.FILE).write_bytes(b"nonsense")
    failure = run(feeds.ask(Subject("host", "evil.example"), there))
    assert failure.state is State.PERMERROR


def test_lists_that_changed_since_are_said_and_an_empty_set_removes_the_index(tmp_path: Path) -> None:
    there = world(tmp_path, {"feeds/x": "evil.example\n", "feeds/y": "other.example\n"})
    assert "changed" not in ask(there, "good.example", "host")[0].meaning
    there = world(tmp_path, {"feeds/x": "evil.example\n"})
    (tmp_path / "feeds/x").write_text("evil.example\nlater.example\n")
    (tmp_path / "feeds/z").write_text("new.example\n")
    feeds._open.cache_clear()
    assert "changed or added since they were indexed: 2" in ask(there, "good.example", "host")[0].meaning
    for name in "xyz":
        (tmp_path / "feeds" / name).unlink()
    assert feeds.index(tmp_path, there.settings) == ()
    assert not (tmp_path / feeds.FILE).exists()


def test_what_is_no_web_address_is_in_no_list(tmp_path: Path) -> None:
    there = world(tmp_path, {"feeds/x": "evil.example\n"})
    for value in ("javascript:alert(1)", "x" * 10_000, "http://" + "a." * 120 + "example/"):
        assert ask(there, value)[0].listed is False
