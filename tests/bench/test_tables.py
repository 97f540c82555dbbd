from __future__ import annotations

from bench import tables
from bench.folder import Fired, Folder, Judged, Raised


def judged(name: str, label: str, score: float, *fired: Fired, seconds: float = 0.002) -> Judged:
    return Judged(name, {"": label, "stamp/": "undetermined"}, score, seconds, fired)


PHISHING = Folder(
    "phishing",
    (
        judged("a.eml", "malicious", 90, Fired("link/ip_host", 20, "a link leads to a bare address")),
        judged("b.eml", "undetermined", 12, Fired("link/ip_host", 12, "a link leads to a bare address")),
        judged("c.eml", "undetermined", 3, Fired("stamp/no_stamp", 0, "no stamp"), seconds=0.5),
    ),
    (Raised("d.eml", "ValueError: no"),),
    {"check:link/ip_host": 2},
    61_440,
)
HAM = Folder("ham", (judged("e.eml", "suspicious", 41), judged("f.eml", "undetermined", 0)), (), {}, 51_200)


def test_verdicts_count_labels_and_what_is_left_without_a_prefix() -> None:
    row = tables.verdicts([PHISHING, HAM]).splitlines()[2].split()
    assert row == ["phishing", "3", "1", "33.3%", "0", "0.0%", "2", "66.7%", "0", "0.0%", "1", "33.3%"]
    assert tables.verdicts([PHISHING], "stamp/").splitlines()[2].split()[-2:] == ["0", "0.0%"]


def test_costs_name_the_slowest_mail_the_memory_and_what_went_wrong() -> None:
    row = tables.costs([PHISHING]).splitlines()[2]
    assert "500 ms c.eml" in row
    assert "60 MB" in row
    assert row.split()[-2:] == ["1", "2"]
    assert row.split()[1] == "6"


def test_misses_are_the_lowest_of_the_unwanted_and_the_highest_of_the_wanted() -> None:
    lines = tables.misses(PHISHING, 1).splitlines()
    assert lines[0] == "phishing: 2 missed of 3, the worst 1:"
    assert lines[1].strip().startswith("c.eml")
    assert tables.misses(HAM, 5).splitlines()[1].strip().startswith("e.eml")


def test_strongest_counts_a_check_only_where_it_added_points() -> None:
    lines = tables.strongest([PHISHING, HAM]).splitlines()
    assert lines[2].split() == ["link/ip_host", "32", "66.7%", "0.0%"]
    assert lines[3].split() == ["stamp/no_stamp", "0", "0.0%", "0.0%"]


def test_parsers_show_their_speed_their_ratio_and_their_failures() -> None:
    times = {"ham": {"stdlib": {"seconds": 0.002, "mails": 2, "failed": 1}}}
    assert tables.parsers([HAM], times).splitlines()[2].split("  ")[-1].strip() == "1000 (2.00x, 1 failed)"
