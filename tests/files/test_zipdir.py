from __future__ import annotations

import zipfile
from io import BytesIO

from sabaki.files import zipdir
from tests.files import zipbytes

TWO = {b"a.txt": b"first", b"b.txt": b"second"}


def names(entries: list[zipdir.Entry]) -> list[bytes]:
    return [entry.name for entry in entries]


def test_both_readings_of_a_plain_archive() -> None:
    content = zipbytes.archive(TWO)
    found = zipdir.read(content, 100)
    assert names(found.entries) == [b"a.txt", b"b.txt"]
    assert [content[entry.data : entry.end] for entry in found.entries] == [b"first", b"second"]
    assert (found.stray, found.prefix, found.suffix, found.archives, found.problems) == ([], 0, 0, 1, [])
    assert [found.locals[entry.offset].name for entry in found.entries] == [b"a.txt", b"b.txt"]


def test_what_stands_before_and_after_is_counted() -> None:
    content = b"x" * 50 + zipbytes.archive(TWO) + b"y" * 7
    found = zipdir.read(content, 100)
    assert names(found.entries) == [b"a.txt", b"b.txt"]
    assert (found.prefix, found.suffix) == (50, 7)


def test_a_local_header_that_the_directory_does_not_name() -> None:
    body = zipbytes.local(b"shown", b"one") + zipbytes.local(b"hidden", b"two")
    directory = zipbytes.central(b"shown", 3, 0)
    found = zipdir.read(body + directory + zipbytes.end(1, len(directory), len(body)), 100)
    assert (names(found.entries), names(found.stray)) == ([b"shown"], [b"hidden"])


def test_the_headers_of_an_archive_inside_are_not_its_own() -> None:
    found = zipdir.read(zipbytes.archive({b"inner.zip": zipbytes.archive(TWO)}), 100)
    assert (names(found.entries), found.stray, found.archives) == ([b"inner.zip"], [], 1)


def test_archives_one_after_another_are_all_read() -> None:
    found = zipdir.read(zipbytes.archive(TWO) + zipbytes.archive({b"c": b"third"}), 100)
    assert found.archives == 2
    assert sorted(names(found.entries)) == [b"a.txt", b"b.txt", b"c"]
    assert found.stray == []


def test_without_its_directory_the_local_headers_are_what_there_is() -> None:
    content = zipbytes.archive(TWO)
    found = zipdir.read(content[: content.index(b"PK\1\2")], 100)
    assert (names(found.stray), found.problems) == ([b"a.txt", b"b.txt"], ["no central directory"])


def test_sizes_that_follow_the_data_are_found() -> None:
    packed = zipbytes.deflated(b"streamed")
    content = zipbytes.local(b"a", packed, method=8, size=0, packed_size=0, flags=8) + b"PK\7\x08" + bytes(12)
    content += zipbytes.local(b"b", b"x")
    found = zipdir.read(content, 100)
    assert [content[entry.data : entry.end] for entry in found.stray] == [packed, b"x"]


def test_zip64() -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive, archive.open("big", "w", force_zip64=True) as member:
        member.write(b"content")
    found = zipdir.read(file.getvalue(), 100)
    local = found.locals[0]
    assert (found.entries[0].size, local.size, local.packed) == (7, 7, 7)


def test_a_piece_of_several_and_an_empty_archive() -> None:
    assert zipdir.read(zipbytes.end(0, 0, 0, disk=3), 100).volumes
    empty = zipdir.read(zipbytes.end(0, 0, 0), 100)
    assert (empty.archives, empty.problems, empty.volumes) == (1, [], False)


def test_a_second_end_record_in_the_comment_is_seen() -> None:
    body = zipbytes.local(b"real", b"1")
    directory = zipbytes.central(b"real", 1, 0)
    bait = zipbytes.archive({b"bait": b"2"})
    found = zipdir.read(body + directory + zipbytes.end(1, len(directory), len(body), comment=bait), 100)
    assert sorted(names(found.entries)) == [b"bait", b"real"]
    assert found.archives == 2


def test_more_members_than_asked_for() -> None:
    found = zipdir.read(zipbytes.archive({b"%d" % at: b"" for at in range(50)}), 10)
    assert (len(found.entries), found.truncated) == (10, True)


def test_nothing_but_signatures() -> None:
    for mark in (b"PK\3\4", b"PK\5\6", b"PK\1\2", b"PK\7\x08", b"PK\6\6PK\6\7"):
        found = zipdir.read(mark * 100_000, 100)
        assert found.entries == []


def test_extra_fields_end_where_they_are_cut() -> None:
    assert [*zipdir.extra_fields(b"\1\0\2\0ab\2\0\xff\xffcd\3")] == [(1, b"ab"), (2, b"cd\3")]
