"""The timeline of a watch: a lane for each way of looking, drawn to scale. Between two looks that differ nobody knows when it happened: a gap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from rich.cells import cell_len

from sabaki.facts import liveness
from sabaki.facts.pagestate import STATES
from sabaki.model.watch import Diary, Event, Kind, Observation, Page, Way
from sabaki.render import words
from sabaki.render.blocks import Bar, Flag, Lane, Mark, Timeline

WIDTH = 960
_LEFT = 176
_RIGHT = 16
_TOP = 58
_LANE = 54
_BAR = 26
_FLAG = 30
"""Units that a numbered flag needs beside the next."""
_LETTER = 11
_TICKS = 6
_SHOWN_FLAGS = 24
_WEIGHTY = (Kind.REVIVED, Kind.GONE, Kind.MOVED, Kind.NOT_FOUND, Kind.NO_NAME, Kind.SUSPENDED, Kind.HOLD, Kind.DELETED)
_STEPS = tuple(timedelta(hours=hours) for hours in (1, 2, 3, 6, 12, 24, 48, 72, 168, 336, 720, 1_460, 2_920, 8_760))
_LEGEND: dict[str, words.Pair] = {
    "up": ("there", "あり"),
    "closed": ("closed to us", "確認を拒まれた"),
    "held": ("on hold, or about to be deleted", "利用停止・削除手続き中"),
    "down": ("not there", "なし"),
}
_SIGNS = {"up": "█", "closed": "▒", "held": "▒", "down": "·"}

_Looks = list[tuple[datetime, str, Observation]]


def _lanes(diary: Diary) -> dict[tuple[Way, str], _Looks]:
    """The looks that settle something, by way and vantage, in the order of time; and those that saw nothing, as "missed"."""
    found: dict[tuple[Way, str], _Looks] = {}
    for each in diary.observations:
        role = "missed" if each.seen is None else liveness.standing(each.seen)
        if role:
            found.setdefault((each.way, each.vantage), []).append((datetime.fromisoformat(each.at), role, each))
    for looks in found.values():
        looks.sort(key=lambda look: look[0])
    return dict(sorted(found.items(), key=lambda item: (list(Way).index(item[0][0]), item[0][1])))


def draw(diary: Diary, lang: str, names: Mapping[Way, str]) -> tuple[Timeline | None, dict[str, int]]:
    """The timeline, and the number that each event has in it, by the event's id. None where there was never a look."""
    lanes = _lanes(diary)
    times = [at for looks in lanes.values() for at, _, _ in looks]
    if not times:
        return None, {}
    scale = _Scale(min(times), max(times))
    rows = tuple(
        _lane(
            names[way] if vantage == "direct" else f"{names[way]} {vantage}", looks, _TOP + _LANE * place, scale, lang
        )
        for place, ((way, vantage), looks) in enumerate(lanes.items())
    )
    places = {way: _TOP + _LANE * place for place, (way, _) in reversed(list(enumerate(lanes)))}
    flags = _flags(diary.events, places, scale)
    height = _TOP + _LANE * len(rows) + 34
    roles = {bar.role for lane in rows for bar in lane.bars}
    timeline = Timeline(
        id="timeline",
        title=words.pick(("What was seen, over time (UTC)", "確認結果の推移（UTC）"), lang),
        description=_described(lanes, lang, names),
        width=WIDTH,
        height=height,
        lanes=rows,
        flags=flags,
        ticks=scale.ticks(height),
        legend=tuple((role, words.pick(pair, lang)) for role, pair in _LEGEND.items() if role in roles),
        look=words.pick(("a look", "確認した時点"), lang),
        missed=words.pick(("could not look", "確認できなかった時点"), lang)
        if any(lane.missed for lane in rows)
        else "",
        gap=words.pick(("changed some time in between", "この間に変化（時刻は不明）"), lang)
        if any(lane.gaps for lane in rows)
        else "",
    )
    return timeline, {event.id: number for number, event in enumerate(_numbered(diary.events), 1)}


class _Scale:
    """From times to units: linear, so that long and short look as long and short as they were."""

    def __init__(self, first: datetime, last: datetime) -> None:
        self.first, self.last = first, max(last, first + timedelta(hours=1))
        self._whole = (self.last - self.first).total_seconds()

    def x(self, at: datetime) -> int:
        """Where a time lies, in units."""
        share = (at - self.first).total_seconds() / self._whole
        return round(_LEFT + min(1.0, max(0.0, share)) * (WIDTH - _LEFT - _RIGHT))

    def ticks(self, height: int) -> tuple[Mark, ...]:
        """A few round times, with what to call them."""
        step = next((step for step in _STEPS if self._whole / step.total_seconds() <= _TICKS), _STEPS[-1])
        zero = datetime(self.first.year, 1, 1, tzinfo=UTC)
        number = -(-(self.first - zero) // step)
        found: list[Mark] = []
        while (at := zero + step * number) <= self.last and len(found) < 2 * _TICKS:
            text = f"{at:%m-%d}" if step >= timedelta(days=1) else f"{at:%m-%d %H:%M}"
            found.append(Mark(self.x(at), height - 26, self.x(at), height - 6, "middle", text))
            number += 1
        return tuple(each for each in found if _LEFT + 20 <= each.x <= WIDTH - 40)


def _lane(name: str, looks: _Looks, y: int, scale: _Scale, lang: str) -> Lane:
    """Bars over looks of one mind that follow each other, gaps between those that differ."""
    settled = [look for look in looks if look[1] != "missed"]
    bars: list[Bar] = []
    gaps: list[tuple[int, int]] = []
    start = 0
    for place in range(1, len(settled) + 1):
        if place < len(settled) and settled[place][1] == settled[start][1]:
            continue
        x, end = scale.x(settled[start][0]), scale.x(settled[place - 1][0])
        left, width = max(_LEFT, x - 4), max(8, end - x + 8)
        text = _inside(settled[start][2], width, lang)
        bars.append(Bar(left, width, settled[start][1], text))
        if place < len(settled) and scale.x(settled[place][0]) - 4 > left + width:
            gaps.append((left + width, scale.x(settled[place][0]) - 4))
        start = place
    return Lane(
        name=name,
        y=y,
        bars=tuple(bars),
        gaps=tuple(gaps),
        looks=tuple(dict.fromkeys(scale.x(at) for at, _, _ in settled)),
        missed=tuple(dict.fromkeys(scale.x(at) for at, role, _ in looks if role == "missed")),
    )


def _inside(observation: Observation, width: int, lang: str) -> str:
    """A word in a bar, where it has room: the state of a page, with its status."""
    seen = observation.seen
    if not isinstance(seen, Page):
        return ""
    state = words.pick(STATES[seen.state], lang)
    for text in (f"{state} ({seen.status})" if seen.status else state, state, str(seen.status or "")):
        if text and cell_len(text) * _LETTER + 12 <= width:
            return text
    return ""


def _numbered(events: Sequence[Event]) -> list[Event]:
    """Those that get a flag: all, or the weightiest where there are too many, in the order of time."""
    if len(events) <= _SHOWN_FLAGS:
        return list(events)
    weighed = sorted(events, key=lambda event: (event.kind not in _WEIGHTY, event.at))[:_SHOWN_FLAGS]
    return [event for event in events if event in weighed]


def _flags(events: Sequence[Event], places: Mapping[Way, int], scale: _Scale) -> tuple[Flag, ...]:
    """Numbers above the lanes, each over its time, or pushed aside as little as needed so that none covers another."""
    shown = _numbered(events)
    at = [scale.x(datetime.fromisoformat(event.at)) for event in shown]
    order = sorted(range(len(shown)), key=lambda place: (at[place], place))
    spread: dict[int, int] = {}
    for earlier, place in zip([None, *order], order, strict=False):
        spread[place] = at[place] if earlier is None else max(at[place], spread[earlier] + _FLAG)
    edge = WIDTH - _RIGHT + _FLAG // 2
    for place in reversed(order):
        edge = min(edge - _FLAG, spread[place]) if spread[place] > edge - _FLAG else spread[place]
        spread[place] = edge
    return tuple(
        Flag(
            x=spread[place],
            at=at[place],
            foot=places.get(event.way, _TOP),
            number=place + 1,
            role="back" if event.kind in (Kind.REVIVED, Kind.APPEARED, Kind.HOLD_LIFTED, Kind.REREGISTERED) else "",
        )
        for place, event in enumerate(shown)
    )


def _described(lanes: Mapping[tuple[Way, str], _Looks], lang: str, names: Mapping[Way, str]) -> str:
    """The same in words, for those who cannot see it."""
    parts = []
    for (way, _), looks in lanes.items():
        runs: list[str] = []
        for at, role, _ in looks:
            word = words.pick(_LEGEND.get(role, ("not checked", "未確認")), lang)
            if not runs or not runs[-1].endswith(word):
                runs.append(f"{at:%Y-%m-%d %H:%M} {word}")
        parts.append(f"{names[way]}: {'; '.join(runs[:20])}")
    return ". ".join(parts)


def characters(diary: Diary, lang: str, names: Mapping[Way, str], width: int = 100) -> Iterator[str]:
    """The timeline in characters. A space is a time in which something changed; ? is a look that could not be made."""
    lanes = _lanes(diary)
    times = [at for looks in lanes.values() for at, _, _ in looks]
    if not times:
        return
    first, last = min(times), max(max(times), min(times) + timedelta(hours=1))
    left = max(cell_len(names[way]) for way, _ in lanes) + 2
    room = max(20, width - left)

    def column(at: datetime) -> int:
        return min(room - 1, int((at - first) / (last - first) * room))

    for (way, _), looks in lanes.items():
        row = [" "] * room
        settled = [look for look in looks if look[1] != "missed"]
        for here, there in zip(settled, [*settled[1:], settled[-1]] if settled else [], strict=False):
            if here[1] == there[1]:
                row[column(here[0]) : column(there[0]) + 1] = _SIGNS[here[1]] * (column(there[0]) - column(here[0]) + 1)
            else:
                row[column(here[0])] = _SIGNS[here[1]]
        for at, role, _ in looks:
            if role == "missed" and row[column(at)] == " ":
                row[column(at)] = "?"
        yield f"{names[way]}{' ' * (left - cell_len(names[way]))}{''.join(row)}"
    ends = f"{first:%Y-%m-%d %H:%M}", f"{last:%Y-%m-%d %H:%M} UTC"
    if len(ends[0]) + len(ends[1]) >= room:
        ends = f"{first:%m-%d}", f"{last:%m-%d} UTC"
    yield f"{' ' * left}{ends[0]}{' ' * max(1, room - len(ends[0]) - len(ends[1]))}{ends[1]}"
    shown = {look[1] for looks in lanes.values() for look in looks}
    yield f"{' ' * left}{'  '.join(f'{_SIGNS[role]} {words.pick(pair, lang)}' for role, pair in _LEGEND.items() if role in shown)}"
