"""A million entries in the local lists: how long they take to index, how large that is, and how fast it answers."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sabaki.sources import feedindex, feedkeys
from sabaki.sources.feedindex import Entry, Feed, Index
from sabaki.sources.feedkeys import Kind

ENTRIES = 1_000_000
ASKED = 20_000
BOUND = 10.0
"""Microseconds that an answer may take."""


def entries(count: int, seed: int) -> Iterator[Entry]:
    """Half URLs, a quarter names, a quarter addresses and networks, all made up."""
    rng = random.Random(seed)
    for number in range(count):
        if number % 2:
            host = f"www{number % 50}.{rng.getrandbits(40):x}.example"
            yield Kind.URL, f"{host}/path/{number}/login.php/?id={rng.getrandbits(32)}", ("phishing",)
        elif number % 4:
            yield Kind.BELOW, f"{rng.getrandbits(48):x}.example", ()
        else:
            quads = ".".join(str(rng.getrandbits(8)) for _ in range(3))
            length = rng.choice(("", "/24", "/28", "/29"))
            yield Kind.NETWORK, feedkeys.network_key(f"{1 + rng.getrandbits(7)}.{quads}{length}"), ()


def microseconds(ask: Callable[[str], object], values: Sequence[str]) -> float:
    """The best of nine rounds, a question: processor time, so that others on the machine count less."""
    best = float("inf")
    for _ in range(9):
        begun = time.process_time()
        for value in values:
            ask(value)
        best = min(best, time.process_time() - begun)
    return best / len(values) * 1e6


def main() -> None:
    """Build, ask, print."""
    with tempfile.TemporaryDirectory(prefix="sabaki-") as scratch:
        file = Path(scratch) / "feeds.index"
        begun = time.perf_counter()
        feedindex.build(file, [(Feed("made up"), entries(ENTRIES, 1))])
        built = time.perf_counter() - begun
        begun = time.perf_counter()
        index = Index(file)
        opened = time.perf_counter() - begun
        print(
            f"{ENTRIES:,} entries: built in {built:.1f} s, {file.stat().st_size / 1e6:.0f} MB, open in {opened * 1e3:.1f} ms\n"
        )
        _ask(index)


def _ask(index: Index) -> None:
    have = list(entries(ASKED, 1))
    listed = [f"https://{key}" for kind, key, _ in have if kind is Kind.URL]
    others = [f"https://{key.replace('.example', '.co.example')}" for kind, key, _ in have if kind is Kind.URL]
    names = [f"mail.{key}" for kind, key, _ in have if kind is Kind.BELOW]
    addresses = [key.partition("/")[0] for kind, key, _ in have if kind is Kind.NETWORK]
    rng = random.Random(2)
    elsewhere = [".".join(str(1 + rng.getrandbits(7)) for _ in range(4)) for _ in range(ASKED)]
    table = {key: words for _, key, words in have}
    plain = microseconds(table.get, others)

    def url(text: str) -> object:
        return index.url(feedkeys.url_key(text))

    assert all(url(text) for text in listed)
    assert not any(url(text) for text in others)
    rows = (
        ("a URL made comparable", feedkeys.url_key, others),
        ("URL in no list, all told", url, others),
        ("URL in a list, all told", url, listed),
        ("name under a listed one", index.host, names),
        ("address in a list", index.ip, addresses),
        ("address mostly in none", index.ip, elsewhere),
    )
    print(f"{'':28}  microseconds  of the bound of {BOUND:g}  to a dict of {ASKED:,} in memory")
    for name, ask, values in rows:
        taken = microseconds(ask, values)
        print(f"{name:28}  {taken:12.2f}  {taken / BOUND:18.0%}  {taken / plain:15.0f}x")


if __name__ == "__main__":
    main()
