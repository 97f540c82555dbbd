"""The bench on which mails are dissected: one after the other, or several at once where they wait for answers."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Literal

from sabaki import pipeline
from sabaki.cli.inputs import Mail
from sabaki.cli.lookups import Answers
from sabaki.files.cell import Cell
from sabaki.model.report import Report
from sabaki.settings import Settings

_AHEAD = 2
"""Mails that wait for their turn, for each that is worked on: the memory stays bounded whatever the archive holds."""


class Bench:
    """Dissects mails, `at_once` of them side by side; reports come in the order of the mails. Use it in a `with`."""

    def __init__(
        self, chosen: Settings, answers: Answers, original: Literal["auto", "inner", "outer"], *, at_once: int = 1
    ) -> None:
        self._chosen = chosen
        self._answers = answers
        self._original: Literal["auto", "inner", "outer"] = original
        self._at_once = at_once
        self._own = threading.local()
        self._cells: list[Cell] = []

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *_: object) -> None:
        for cell in self._cells:
            cell.close()

    @property
    def opened(self) -> bool:
        """Whether a file was opened."""
        return any(cell.used for cell in self._cells)

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
            cell=self._cell(),
            original=self._original,
            holders=mail.holders,
            converted=mail.converted,
            resolver=asked.resolver,
            gather=asked.gather,
        )

    def _cell(self) -> Cell:
        """The worker's own: a cell opens one file at a time."""
        cell: Cell | None = getattr(self._own, "cell", None)
        if cell is None:
            cell = self._own.cell = Cell(self._chosen.limits, self._chosen.rules)
            self._cells.append(cell)
        return cell


def _finished(waiting: deque[tuple[Mail, Future[Report]]]) -> tuple[Mail, Report]:
    mail, report = waiting.popleft()
    return mail, report.result()
