"""The limits of reading, and one budget that a whole mail shares, containers inside containers included."""

from __future__ import annotations

import msgspec

from sabaki.model.message import LimitReached


class Limits(msgspec.Struct, frozen=True):
    """How much of a hostile mail is read.

    Sizes are bytes, `text_interpreted` and `file_text` characters, `expansion` the ratio of unpacked to packed,
    `cell_seconds` seconds of CPU for all files of a mail, `cell_memory` bytes for one; the rest are counts.
    """

    message_size: int = 50_000_000
    nesting: int = 64
    parts: int = 10_000
    fields: int = 10_000
    field_kept: int = 1_000_000
    field_interpreted: int = 64_000
    header_decoded: int = 2_000_000
    address_fields: int = 1_000_000
    encoded_words: int = 1_000
    addresses: int = 2_000
    parameters: int = 200
    comment_depth: int = 32
    decoded_size: int = 200_000_000
    text_interpreted: int = 400_000
    html_depth: int = 512
    html_interpreted: int = 4_000_000
    urls: int = 2_000
    hops: int = 100
    files: int = 200
    file_depth: int = 4
    file_text: int = 200_000
    expansion: int = 200
    pages: int = 50
    pictures: int = 40
    pixels: int = 40_000_000
    passwords: int = 20
    cell_seconds: int = 8
    cell_memory: int = 512_000_000
    mails: int = 100_000
    container_size: int = 200_000_000
    defects: int = 1_000
    dkim_signatures: int = 5
    dns_queries: int = 60


class Budget:
    """Counts what a mail has cost so far and remembers which limits were reached; nothing is raised.

    Mutable by design, one for each mail: it is the only state that readers share.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._spent: dict[str, float] = {}
        self._reached: dict[str, LimitReached] = {}

    def spend(self, name: str, amount: int = 1, where: str = "") -> bool:
        """Spend on the limit `name`. False, and the limit is noted, when that would go over it."""
        total = self._spent.get(name, 0) + amount
        if total > getattr(self.limits, name):
            self.note(name, where)
            return False
        self._spent[name] = total
        return True

    def within(self, name: str, value: int, where: str = "") -> bool:
        """Whether `value` keeps the limit `name` (for limits of one thing, such as a depth); notes it if not."""
        if value <= getattr(self.limits, name):
            return True
        self.note(name, where)
        return False

    def note(self, name: str, where: str = "") -> None:
        """Note that the limit `name` was reached; the first place is kept."""
        self._reached.setdefault(name, LimitReached(name, getattr(self.limits, name), where))

    def left(self, name: str) -> int:
        """How much of the limit `name` may still be spent."""
        return max(0, int(getattr(self.limits, name) - self._spent.get(name, 0)))

    def spent(self, name: str) -> float:
        """How much of the limit `name` was spent so far."""
        return self._spent.get(name, 0)

    @property
    def all_spent(self) -> dict[str, float]:
        """What was spent so far of every limit: for a budget that goes on elsewhere, in the cell."""
        return dict(self._spent)

    def settle(self, spent: dict[str, float]) -> None:
        """Take over what was spent elsewhere, on a budget that went on from this one."""
        self._spent.update(spent)

    def heir(self) -> Budget:
        """A budget for a mail inside this one: what was unpacked and computed so far counts on, the rest begins anew."""
        heir = Budget(self.limits)
        heir.settle({name: self._spent[name] for name in ("decoded_size", "cell_seconds") if name in self._spent})
        heir.absorb(self.reached)
        return heir

    def absorb(self, reached: tuple[LimitReached, ...]) -> None:
        """Note limits that were reached elsewhere, in the cell."""
        for limit in reached:
            self._reached.setdefault(limit.name, limit)

    @property
    def reached(self) -> tuple[LimitReached, ...]:
        """The limits reached so far, in the order in which they were."""
        return tuple(self._reached.values())
