"""`sabaki`: the group of commands. Each command's module loads when it is called."""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module

import click

from sabaki._version import VERSION
from sabaki.cli import exits

_COMMANDS = {
    "dissect": ("sabaki.cli.dissect:dissect", "Take mails apart and judge them."),
    "replay": ("sabaki.cli.replay:replay", "Judge a report's case again from what was recorded; nobody is asked."),
    "refresh": ("sabaki.cli.refresh:refresh", "Ask the world about a case again, and show what has changed."),
    "lookup": ("sabaki.cli.asking:lookup", "Ask what is known of an IP address, domain, link or AS number."),
    "sources": ("sabaki.cli.asking:sources", "List who is asked for what, and what each gets to see."),
    "data": ("sabaki.cli.asking:data", "Fetch the databases of places and networks."),
    "visit": (
        "sabaki.cli.visit:visit",
        "Go to a link with a browser that is shut in, and bring back what stands there.",
    ),
    "doctor": ("sabaki.cli.doctor:doctor", "Show whether the walls around a visit hold on this machine."),
    "watch": ("sabaki.cli.watch:watch", "Look again at where a mail leads, ever more seldom, and tell what changed."),
    "checks": ("sabaki.cli.catalogue:checks", "List every check, its weight and what it looks for."),
    "schema": ("sabaki.cli.catalogue:schema", "Print the JSON Schema of a report."),
    "completion": ("sabaki.cli.catalogue:completion", "Print the completion script for your shell."),
}


class _Lazy(click.Group):
    """A group that knows its commands by name and loads them on use: `--help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Before click sees it, which would end with 1 and no word.
            return _closed_pipe()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


_HELP = """Sabaki takes a suspicious mail apart and says, for every clue, who vouches for it.

Nothing leaves your machine unless you say so (--online, or the command refresh). Examples:

\b
  sabaki dissect mail.eml
  sabaki dissect mail.eml --own-domain example.jp --own-host mx.example.jp
  sabaki dissect mail.eml --lang ja --html report.html
  sabaki dissect folder/ --json > reports.jsonl
  cat mail.eml | sabaki dissect -

Exit codes: 0 done, 2 wrong usage, 3 no mail could be read, 4 refused to write because the
victim would have been exposed, 5 a wall around a visit does not hold, 130 interrupted, 141 the output was closed.
"""


@click.command(
    cls=_Lazy,
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(VERSION, message="%(prog)s %(version)s")
def sabaki() -> None:
    """The group itself does nothing."""


def _closed_pipe() -> int:
    # What reads our output has gone. Python would complain once more when it flushes at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    click.echo("sabaki: the output was closed before everything was written", err=True)
    return exits.CLOSED_PIPE


def main() -> None:
    """Entry point. Turns what ends a run early into a clear line and a documented exit code."""
    try:
        code = sabaki.main(standalone_mode=False, prog_name="sabaki")
        sys.stdout.flush()
    except click.exceptions.Abort:
        click.echo("\nsabaki: interrupted; what was written so far is complete", err=True)
        code = exits.INTERRUPTED
    except click.ClickException as error:
        from sabaki.render import escape  # a path is the caller's text, and may be an attacker's

        said = io.StringIO()
        error.show(file=said)
        click.echo(escape.lines(said.getvalue()), err=True, nl=False)
        code = error.exit_code
    except BrokenPipeError:
        code = _closed_pipe()
    sys.exit(code or exits.OK)
