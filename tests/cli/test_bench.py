from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from sabaki.cli.bench import Bench
from sabaki.cli.inputs import Mail
from sabaki.cli.lookups import Asked
from sabaki.model.knowledge import Knowledge, Subject
from sabaki.protocols.resolver import Offline
from sabaki.settings import Settings


class Slow:
    """Answers after a while, the first mail's last."""

    told = ""

    def __init__(self) -> None:
        self.busy = self.most = 0
        self._lock = threading.Lock()

    def for_mail(self, raw: bytes, name: str) -> Asked:
        def gather(_: tuple[Subject, ...]) -> tuple[Knowledge, ...]:
            with self._lock:
                self.busy += 1
                self.most = max(self.most, self.busy)
            time.sleep(0.3 if name == "0" else 0.05)
            with self._lock:
                self.busy -= 1
            return ()

        return Asked(Offline(), gather)


def mails(count: int, taken: list[str]) -> Iterator[Mail]:
    for number in range(count):
        taken.append(str(number))
        yield Mail(f"From: a@example.jp\nSubject: {number}\n\nx\n".encode(), str(number))


def test_side_by_side_and_in_order() -> None:
    slow, taken = Slow(), list[str]()
    with Bench(Settings(), slow, "auto", at_once=4) as bench:
        done = [(mail.name, report.subject.text) for mail, report in bench.dissect(mails(12, taken))]
    assert done == [(str(number), str(number)) for number in range(12)]
    assert slow.most > 1
    assert not bench.opened


def test_no_more_than_a_few_mails_are_held() -> None:
    taken = list[str]()
    with Bench(Settings(), Slow(), "auto", at_once=2) as bench:
        next(iter(bench.dissect(mails(1000, taken))))
    assert len(taken) < 10


def test_one_at_a_time_starts_no_thread() -> None:
    slow = Slow()
    with Bench(Settings(), slow, "auto") as bench:
        assert len(list(bench.dissect(mails(3, [])))) == 3
    assert slow.most == 1
