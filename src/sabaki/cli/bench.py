"""The bench on which mails are dissected: one after the other, or several at once where they wait for answers."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from queue import Queue
from typing import Literal

from sabaki import pipeline
from sabaki.cli.inputs import Mail
from sabaki.cli.lookups import Answers
from sabaki.files.cell import Cell, Ended
from sabaki.files.unpack import Passed, Unpacked
from sabaki.files.walk import Read
from sabaki.mail.limits import Budget, Limits
from sabaki.model.file import File
from sabaki.model.report import Report
from sabaki.pipeline import Go
from sabaki.settings import Settings

_AHEAD = 2
"""Mails that wait for their turn, for each that is worked on: the memory stays bounded whatever the archive holds."""


class Bench:
    """Dissects mails, `at_once` of them side by side; reports come in the order of the mails. Use it in a `with`."""

    def __init__(
        self,
        chosen: Settings,
        answers: Answers,
        original: Literal["auto", "inner", "outer"],
        *,
        at_once: int = 1,
        visit: Go | None = None,
    ) -> None:
        self._visit = visit
        self._chosen = chosen
        self._answers = answers
        self._original: Literal["auto", "inner", "outer"] = original
        self._at_once = at_once
        self._cell = Cell(chosen.limits, chosen.rules) if at_once == 1 else _Cells(chosen.limits, chosen.rules)

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *_: object) -> None:
        self._cell.close()

    @property
    def opened(self) -> bool:
        """Whether a file was opened."""
        return self._cell.used

    def dissect(self, mails: Iterator[Mail]) -> Iterator[tuple[Mail, Report]]:
        """Each mail with its report."""
        if self._at_once == 1:
            for mail in mails:
                yield mail, self._dissected(mail)
            return
        workers = ThreadPoolExecutor(self._at_once, thread_name_prefix="sabaki-dissect")
        waiting: deque[tuple[Mail, Future[Report]]] = deque()
        try:
            for mail in mails:
                waiting.append((mail, workers.submit(self._dissected, mail)))
                if len(waiting) >= self._at_once * _AHEAD:
                    yield _finished(waiting)
            while waiting:
                yield _finished(waiting)
        finally:
            workers.shutdown(cancel_futures=True)

    def _dissected(self, mail: Mail) -> Report:
        asked = self._answers.for_mail(mail.raw, mail.name)
        return pipeline.dissect(
            mail.raw,
            name=mail.name,
            vantage=self._chosen.vantage,
            limits=self._chosen.limits,
            cell=self._cell,
            original=self._original,
            holders=mail.holders,
            converted=mail.converted,
            resolver=asked.resolver,
            gather=asked.gather,
            visit=self._visit or asked.visit,
        )


class _Cells(Cell):
    """As many cells as there are cores, for more mails than that: most of them wait for answers, and need none."""

    def __init__(self, limits: Limits, rules: str) -> None:
        super().__init__(limits, rules)
        self._all = [Cell(limits, rules) for _ in range(os.cpu_count() or 1)]
        self._free: Queue[Cell] = Queue()
        for each in self._all:
            self._free.put(each)

    @contextmanager
    def _borrowed(self) -> Iterator[Cell]:
        cell = self._free.get()
        try:
            yield cell
        finally:
            self._free.put(cell)

    @property
    def used(self) -> bool:
        return any(each.used for each in self._all)

    def open(self, file: File, content: bytes, passwords: tuple[str, ...], budget: Budget) -> Iterator[Read | Ended]:
        with self._borrowed() as cell:
            yield from cell.open(file, content, passwords, budget)

    def unpack(self, content: bytes, name: str) -> Iterator[Unpacked | Passed | Ended]:
        with self._borrowed() as cell:
            yield from cell.unpack(content, name)

    def close(self) -> None:
        for each in self._all:
            each.close()


def _finished(waiting: deque[tuple[Mail, Future[Report]]]) -> tuple[Mail, Report]:
    mail, report = waiting.popleft()
    return mail, report.result()
