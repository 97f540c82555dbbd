"""Lists in the shapes that their keepers publish them in; what cannot be read never stops the rest."""

from __future__ import annotations

import bz2
import gzip
import os
import zipfile
from pathlib import Path

import pytest

from sabaki.sources import feedread
from sabaki.sources.feedindex import Entry, Feed
from sabaki.sources.feedkeys import Kind

URLHAUS = """\
################################################################
# abuse.ch URLhaus Database Dump (CSV - recent URLs only)      #
# Last updated: 2026-11-23 09:12:05 (UTC)                      #
#                                                              #
# Terms Of Use: https://urlhaus.abuse.ch/api/                  #
################################################################
#
# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter
"3500001","2026-11-23 09:11:00","http://192.0.2.9:8080/bin.sh","online","2026-11-23","malware_download","elf,mirai","https://urlhaus.abuse.ch/url/3500001/","someone"
"3500000","2026-11-23 09:10:00","https://evil.example/a,b/""x"".exe","offline","","malware_download","None","https://urlhaus.abuse.ch/url/3500000/","someone"
"broken
"""
PHISHTANK = """\
phish_id,url,phish_detail_url,submission_time,verified,verification_time,online,target
9000001,https://evil.example/bank/?id=1,http://www.phishtank.com/phish_detail.php?phish_id=9000001,2026-11-20T01:02:03+00:00,yes,2026-11-20T02:00:00+00:00,yes,"Example Bank, Inc."
9000002,"http://other.example/x,y",http://www.phishtank.com/phish_detail.php?phish_id=9000002,2026-11-20T01:02:03+00:00,yes,2026-11-20T02:00:00+00:00,yes,Other
"""
PLAIN = """\
# A comment, and a date: 2026-11-01
evil.example
*.wild.example   # why
192.0.2.0/28 ; SBL1
http://evil.example/login
hxxp://defanged[.]example/x

not an entry
"""
HOSTS = """\
# Title: hosts
127.0.0.1 localhost
0.0.0.0 evil.example other.example # comment
::1 third.example
"""
ADBLOCK = """\
[Adblock Plus 2.0]
! Title: filters
! Last modified: Sun, 22 Nov 2026 03:04:05 GMT
||evil.example^
||other.example^$third-party
||page.example/login^
||192.0.2.7^
@@||good.example^
example.com##.advert
example.com##a[href^="http://advert.example/"]
"""


def read(tmp_path: Path, name: str, content: str | bytes, *, allow: bool = False) -> tuple[Feed, list[Entry]]:
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(file, (1_700_000_000, 1_700_000_000))
    ((feed, entries),) = feedread.lists([file], allow=allow)
    return feed, list(entries)


def test_a_dump_of_urlhaus(tmp_path: Path) -> None:
    feed, entries = read(tmp_path, "csv_recent.csv", URLHAUS)
    assert (feed.kind, feed.name, feed.date) == ("urlhaus", "URLhaus (csv_recent.csv)", "2026-11-23T09:12:05Z")
    assert entries == [
        (Kind.URL, "192.0.2.9:8080/bin.sh/", ("malware_download", "elf", "mirai")),
        (Kind.URL, "evil.example/a,b/%22x%22.exe/", ("malware_download", "offline")),
    ]
    assert feed.unread == 1


def test_a_dump_of_phishtank(tmp_path: Path) -> None:
    feed, entries = read(tmp_path, "verified_online.csv", PHISHTANK)
    assert feed.kind == "phishtank"
    assert entries == [
        (Kind.URL, "evil.example/bank/?id=1", ("Example Bank", "Inc.")),
        (Kind.URL, "other.example/x,y/", ()),
    ]
    assert feed.unread == 0


def test_openphish_is_known_by_its_files_name(tmp_path: Path) -> None:
    feed, entries = read(tmp_path, "openphish.txt", "https://evil.example/\nhttps://evil.example/a\n")
    assert (feed.kind, feed.date) == ("openphish", "2023-11-14T22:13:20Z")
    assert [key for _, key, _ in entries] == ["evil.example/", "evil.example/a/"]


def test_phishing_database(tmp_path: Path) -> None:
    feed, entries = read(tmp_path, "phishing-domains-ACTIVE.txt", "evil.example\nwww.evil.example\n")
    assert feed.kind == "phishing_database"
    assert entries == [(Kind.BELOW, "evil.example", ()), (Kind.BELOW, "www.evil.example", ())]


def test_a_plain_list(tmp_path: Path) -> None:
    feed, entries = read(tmp_path, "my list.txt", PLAIN)
    assert (feed.kind, feed.name, feed.allow, feed.date) == ("plain", "my list.txt", False, "2026-11-01")
    assert [(kind, key) for kind, key, _ in entries] == [
        (Kind.BELOW, "evil.example"),
        (Kind.BELOW, "wild.example"),
        (Kind.NETWORK, "192.0.2.0/28"),
        (Kind.URL, "evil.example/login/"),
        (Kind.URL, "defanged.example/x/"),
    ]
    assert feed.unread == 1
    assert read(tmp_path, "mine", "example.jp\n", allow=True)[0].allow


def test_a_hosts_file_is_about_each_name_alone(tmp_path: Path) -> None:
    _, entries = read(tmp_path, "hosts", HOSTS)
    assert [(kind, key) for kind, key, _ in entries] == [
        (Kind.HOST, "evil.example"),
        (Kind.HOST, "other.example"),
        (Kind.HOST, "third.example"),
    ]


def test_filters(tmp_path: Path) -> None:
    feed, entries = read(tmp_path, "filters.txt", ADBLOCK)
    assert [(kind, key) for kind, key, _ in entries] == [
        (Kind.BELOW, "evil.example"),
        (Kind.BELOW, "other.example"),
        (Kind.URL, "page.example/login/"),
        (Kind.NETWORK, "192.0.2.7"),
    ]
    assert (feed.date, feed.unread) == ("2026-11-22T03:04:05Z", 2)


def test_a_list_of_top_domains_is_one_of_well_known_hosts(tmp_path: Path) -> None:
    feed, entries = read(tmp_path, "tranco_ABCD.csv", "1,example.com\r\n2,example.net\r\n20000,example.jp\r\n")
    assert (feed.kind, feed.allow) == ("top", True)
    assert entries[0] == (Kind.BELOW, "example.com", ("top 1,000",))
    assert entries[2] == (Kind.BELOW, "example.jp", ("top 100,000",))
    assert read(tmp_path, "unnamed.csv", "1,example.com\n")[0].kind == "top"


@pytest.mark.parametrize("how", ["gzip", "bzip2", "zip"])
def test_packed_lists(tmp_path: Path, how: str) -> None:
    name = f"phishtank.{how}"
    if how == "zip":
        with zipfile.ZipFile(tmp_path / "z", "w") as archive:
            archive.writestr("a.csv", PHISHTANK)
        packed = (tmp_path / "z").read_bytes()
        (tmp_path / "z").unlink()
    else:
        packed = gzip.compress(PHISHTANK.encode()) if how == "gzip" else bz2.compress(PHISHTANK.encode())
    _, entries = read(tmp_path, name, packed)
    assert len(entries) == 2
    feed, entries = read(tmp_path, name, packed[:60])
    assert feed.unread
    assert entries == []


def test_what_is_no_list_is_counted_and_harms_nothing(tmp_path: Path) -> None:
    feed, entries = read(tmp_path, "a.bin", b"\x00\xff\xfe\n" * 100 + b"x" * 100_000 + b"\nevil.example\n")
    assert [key for _, key, _ in entries] == ["evil.example"]
    assert feed.unread == 101
    for content in (
        b"",
        b"{",
        b"[",
        b"[1,2]",
        b'{"a": [1]}',
        b"[" * 100_000,
        b"\x1f\x8b",
        b"PK\x03\x04",
        b"BZh9",
    ):
        feed, entries = read(tmp_path, "b", content)
        assert entries == []
        assert feed.unread or content == b""


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
def test_damaged_archives(tmp_path: Path, method: int) -> None:
    with zipfile.ZipFile(tmp_path / "z", "w", method) as archive:
        archive.writestr("empty/", "")
        if method:
            archive.writestr("a.txt", "evil.example\n" * 5_000)
    good = (tmp_path / "z").read_bytes()
    (tmp_path / "z").unlink()
    for at in range(30, len(good), 7):
        feed, entries = read(tmp_path, "a.zip", good[:at] + bytes((good[at] ^ 0xFF,)) + good[at + 1 :])
        assert feed.unread or all(kind is Kind.BELOW for kind, _, _ in entries)


def test_a_stream_without_end_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedread, "_MOST_BYTES", 50)
    feed, entries = read(tmp_path, "a.txt", "evil.example\n" * 1_000)
    assert len(entries) < 10
    assert feed.unread == 1


def test_directories_are_walked_and_what_is_no_list_left_out(tmp_path: Path) -> None:
    for name in ("b/x.txt", "a.txt", ".git/y.txt", "README.md", "z.index"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("evil.example\n")
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to(tmp_path)
    names = [Path(feed.file).name for feed, _ in feedread.lists([tmp_path])]
    assert sorted(names) == ["a.txt", "x.txt"]
    missing, entries = next(iter(feedread.lists([tmp_path / "missing"])))
    assert (missing.unread, list(entries)) == (1, [])


def test_every_kind_is_explained_in_both_languages() -> None:
    for kind, known in feedread.known().items():
        assert known.what.isascii(), kind
        assert not known.what_ja.isascii(), kind
        assert bool(known.terms) == bool(known.terms_ja), kind
    assert "google.com" in feedread.user_content()
