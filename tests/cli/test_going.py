from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import click
import msgspec
import pytest
from click.testing import CliRunner
from PIL import Image

import sabaki
from sabaki.cli import going
from sabaki.cli.dissect import dissect
from sabaki.model.finding import State
from sabaki.model.visit import Artifact, Mode, PageState, View, Visit
from sabaki.settings import Settings
from sabaki.visit import visit as visiting

MAIL = """From: Shop <a@evil.test>
To: Hanako Mori <hanako@harbour.example>
List-Unsubscribe: <https://list.test/u/1>
Subject: x

https://one.test/a https://one.test/b https://two.test/?u=hanako@harbour.example https://three.test/
https://www.harbour.example/ https://www.amazon.co.jp/ https://list.test/u/1 https://x.test/unsubscribe?id=1
"""


def report() -> sabaki.Report:
    return sabaki.dissect(MAIL.encode(), vantage=sabaki.Vantage(own_domains=("harbour.example",)))


def test_one_link_of_each_site_and_none_that_is_the_reader_s_a_brand_s_or_cancels() -> None:
    assert [url.value for url in going.links(report())] == [
        "https://one.test/a",
        "https://two.test/?u=hanako@harbour.example",
        "https://three.test/",
    ]


def test_what_is_asked_for_does_not_tell_the_recipient() -> None:
    case = report()
    visits = going.Going(Settings(), ("192.0.2.53",), Mode.STRIPPED, None)
    url = next(url for url in case.urls if url.host == "two.test")
    wanted = visits._wanted(case, url)
    assert "hanako" not in wanted.visited
    assert wanted.visited.startswith("https://two.test/?u=")
    assert (wanted.mode, wanted.locale) == (Mode.STRIPPED, "en-US")
    as_it_stands = going.Going(Settings(), ("192.0.2.53",), Mode.VERBATIM, None)._wanted(case, url)
    assert as_it_stands.visited == url.value


def test_a_host_that_tells_the_recipient_is_not_gone_to() -> None:
    text = "From: a@evil.test\nTo: Hanako Mori <hanako.mori@harbour.example>\n\nhttp://hanako-mori-harbour-example.evil.test/\n"
    case = sabaki.dissect(text.encode())
    (visit,) = going.Going(Settings(), ("192.0.2.53",), Mode.STRIPPED, None).visit(case)
    assert visit.outcome is State.SKIPPED
    assert "recipient" in visit.reason


def test_the_reader_s_domain_alone_as_bait_keeps_nobody_back() -> None:
    text = "From: a@evil.test\nTo: admin@harbour.example\n\nhttp://support.harbour.example.evil.test/x?uid=admin@harbour.example\n"
    case = sabaki.dissect(text.encode())
    visits = going.Going(Settings(), ("192.0.2.53",), Mode.STRIPPED, None)
    wanted = visits._wanted(case, going.links(case)[0])
    assert wanted.visited.startswith("http://support.harbour.example.evil.test/x?uid=")
    assert "admin@harbour" not in wanted.visited


@pytest.mark.parametrize("chosen", [Settings(tlp="red"), Settings(tlp="amber"), Settings(may_send=("name",))])
def test_what_the_settings_keep_here_is_not_visited(chosen: Settings) -> None:
    with pytest.raises(click.UsageError, match="do not let links leave"):
        going.Going(chosen, ("192.0.2.53",), Mode.STRIPPED, None)


def test_all_that_an_article_masks_is_replaced() -> None:
    text = "From: a@evil.test\nTo: Hanako Mori <hanako@harbour.example>\n\nhttp://x.test/?n=Hanako+Mori&d=harbour.example\n"
    case = sabaki.dissect(text.encode())
    wanted = going.Going(Settings(), ("192.0.2.53",), Mode.STRIPPED, None)._wanted(case, going.links(case)[0])
    assert not [word for word in ("hanako", "mori", "harbour") if word in wanted.visited.lower()]


def test_verbatim_wants_a_word() -> None:
    assert going.confirm("none", yes=False) is None
    assert going.confirm("stripped", yes=False) is Mode.STRIPPED
    assert going.confirm("verbatim", yes=True) is Mode.VERBATIM
    with pytest.raises(click.UsageError, match="--yes"):
        going.confirm("verbatim", yes=False)


def test_pictures_are_masked_and_one_that_cannot_be_is_left_out(tmp_path: Path) -> None:
    visits = going.Going(Settings(), ("192.0.2.53",), Mode.VERBATIM, tmp_path / "kept")
    out = io.BytesIO()
    Image.new("RGB", (200, 100), (255, 255, 255)).save(out, "PNG")
    shot = visits._keep(out.getvalue())
    layout = visits._keep(json.dumps({"words": [["hanako@harbour.example", 10, 10, 80, 20]]}).encode())
    at = "2026-11-24T10:00:00Z"
    seen = Visit(
        url="https://two.test/",
        outcome=State.RAN,
        artifacts=(
            Artifact("screenshot", shot, 1, "image/png", at, "desktop"),
            Artifact("layout", layout, 1, "application/json", at, "desktop"),
            Artifact("screenshot", layout, 1, "image/png", at, "phone"),
        ),
    )
    told = msgspec.structs.replace(report(), visits=(seen,))
    masked, plain = visits.pictures(told, masked=True), visits.pictures(told, masked=False)
    assert list(masked) == list(plain) == [shot]
    assert Image.open(io.BytesIO(masked[shot])).convert("RGB").getpixel((20, 20)) == (120, 120, 120)
    assert Image.open(io.BytesIO(plain[shot])).convert("RGB").getpixel((20, 20)) == (255, 255, 255)
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == sorted([shot, layout])


def test_the_command_goes_and_the_article_shows_what_was_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of the way but the browser: what the mail says, what is asked for, what is kept, masked and shown."""
    asked: list[visiting.Wanted] = []

    async def went(url: str, wanted: visiting.Wanted, *, guard: object, keep: Callable[[bytes], str]) -> Visit:
        asked.append(wanted)
        out = io.BytesIO()
        Image.new("RGB", (200, 100), (255, 255, 255)).save(out, "PNG")
        words = json.dumps({"words": [["hanako@harbour.example", 10, 10, 80, 20]]}).encode()
        at = "2026-11-24T10:00:00Z"
        found = (
            Artifact("screenshot", keep(out.getvalue()), 1, "image/png", at, "desktop", 200, 100),
            Artifact("layout", keep(words), 1, "application/json", at, "desktop"),
        )
        seen = View(name="desktop", url=wanted.visited, status=200, state=PageState.ALIVE, reason="it is there")
        return Visit(
            url=url,
            visited=wanted.visited,
            outcome=State.RAN,
            state=PageState.ALIVE,
            started_at=at,
            views=(seen,),
            artifacts=found,
        )

    monkeypatch.setattr(visiting, "visit", went)
    mail, page = tmp_path / "mail.eml", tmp_path / "page.html"
    mail.write_text(MAIL)
    words = ["--own-domain", "harbour.example", "--dns", "192.0.2.53", "--visit", "stripped", "--html", str(page)]
    done = CliRunner().invoke(dissect, [str(mail), *words, "--json", "--lang", "en"])
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert [visit["url"] for visit in report["visits"]] == [
        "https://one.test/a",
        "https://two.test/?u=hanako@harbour.example",
    ]
    assert not [wanted for wanted in asked if "hanako" in wanted.visited]
    text = page.read_text("utf-8")
    assert text.count("data:image/png;base64,") == 2
    assert "hanako" not in re.sub(r"base64,[A-Za-z0-9+/=]+", "", text)
    again = tmp_path / "report.json"
    again.write_text(done.stdout)
    replayed = CliRunner().invoke(
        dissect, [str(mail), "--own-domain", "harbour.example", "--replay", str(again), "--json"]
    )
    assert json.loads(replayed.stdout)["visits"] == report["visits"]
