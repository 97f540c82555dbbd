"""The tables: `make online` runs the case with everything well, then with each server gone wrong in each way, and prints what came of it."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import click

from sabaki.model.knowledge import Knowledge, Listing, Names, Network, Place, Registration
from tests.online import judging, outside, proof
from tests.online.outside import World
from tests.online.scenarios import GONE_WRONG, Scenario

_ARTICLES = ("ja.html", "en.html", "ja.png", "en.png")


def main(words: Sequence[str]) -> int:
    """`words` are a folder to keep the articles and pictures in, or nothing."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        try:
            wrong = _well(outside.run(Scenario(), Path(folder)), words)
            wrong += _gone_wrong(Path(folder))
        except outside.CannotRun as reason:
            click.echo(f"skipped: {reason}")
            return 0
        except outside.WentWrong as said:
            click.echo(said, err=True)
            return 1
    click.echo(f"\n{len(GONE_WRONG)} ways to go wrong, {wrong} faults, {time.monotonic() - began:.0f} s")
    return 1 if wrong else 0


def _well(world: World, words: Sequence[str]) -> int:
    (report,) = world.reports()
    click.echo("The published case with --online, all servers well")
    for known in report.knowledge:
        for line in _facts(known):
            click.echo(f"  {known.source:14} {line}")
    click.echo(f"  verdict        {report.verdict.label}, {report.verdict.score} points")
    if outside.databases() is None:
        click.echo(f"  places         not known: {outside.NO_DATABASE}")
    again = world.printed() == world.printed("replay")
    click.echo(f"  replay         {'the same bytes' if again else 'DIFFERS'}, {world.run('replay').packets} packets")
    click.echo("\nPackets")
    for name, what in (
        ("default", "without --online"),
        ("online", "with it"),
        ("ja", "again"),
        ("amber", "TLP:AMBER"),
        ("red", "TLP:RED"),
    ):
        run = world.run(name)
        click.echo(
            f"  {what:18}{run.packets:5} packets, {len(run.record.names):3} names, {len(run.record.connections):2} connections"
        )
    wrong = 0 if again else 1
    for name in ("ja", "en"):
        if world.run(name).exit:
            click.echo(f"  FAULT: no article in {name}: {world.told(name)[-300:]}")
            wrong += 1
    for side in proof.sides(world):
        wrong += side.wire != side.told
        click.echo(
            f"  {side.what}: {'as told' if side.wire == side.told else f'DIFFERS: {sorted(side.wire ^ side.told)}'}"
        )
        for each in sorted(side.wire):
            click.echo(f"      {each}")
    for name in _ARTICLES if words else ():
        if (world.folder / name).exists():
            shutil.copy(world.folder / name, words[0])
    return wrong


def _facts(known: Knowledge) -> list[str]:
    """What an answer says, a line each."""
    lines = []
    for each in known.known:
        match each:
            case Place():
                lines.append(
                    f"{known.subject.value}: {each.city}, {each.region}, {each.country} ({each.database} {each.database_date})"
                )
            case Network():
                lines.append(f"{known.subject.value}: AS{each.asn} {each.name} {'; '.join(each.uses)}")
            case Registration():
                who = f"{each.holder_ja or each.holder or 'withheld'}, {each.country or '-'} / {each.region or '-'}"
                lines.append(f"{known.subject.value}: {who} (by {each.server})")
            case Listing():
                lines.append(f"{each.list}: {'listed: ' + ', '.join(each.threats) if each.listed else 'not listed'}")
            case Names():
                lines.append(f"{known.subject.value}: {', '.join((*each.addresses, *each.reverse_names)) or 'known'}")
    return lines


def _gone_wrong(folder: Path) -> int:
    click.echo(
        "\nserver         behaviour                             s     MB  case       quiet mail    what the report says"
    )
    wrong = 0
    for scenario, world in zip(GONE_WRONG, outside.run_all(GONE_WRONG, folder), strict=True):
        head = f"{scenario.server:14} {scenario.behaviour:36}"
        if not isinstance(world, World):
            click.echo(f"{head} {world}")
            wrong += 1
            continue
        run = world.run()
        labels = [report.verdict.label.value for report in world.reports()] or ["no report", "no report"]
        click.echo(
            f"{head} {run.seconds:4.1f} {run.peak_mb:5.0f}  {labels[0]:10} {labels[1]:13} {judging.outcome(world)}"
        )
        for fault in (*judging.faults(world), *judging.overtime(world)):
            click.echo(f"{'':14} FAULT: {fault}")
            wrong += 1
        shutil.rmtree(world.folder)
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
