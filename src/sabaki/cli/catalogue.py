"""`sabaki checks`, `sabaki schema`, `sabaki completion`: what the tool says about itself."""

from __future__ import annotations

import json

import click
from click.shell_completion import get_completion_class

from sabaki import registry
from sabaki.model.report import Report


@click.command(epilog="Example: sabaki checks --json | jq '.[].id'")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for machines.")
@click.option("--markdown", is_flag=True, help="As Markdown: the page docs/checks.md.")
def checks(as_json: bool, markdown: bool) -> None:
    """List every check: its id, default severity and weight, and what it looks for."""
    found = registry.checks()
    if as_json:
        fields = ("id", "severity", "weight", "family", "description", "references")
        click.echo(json.dumps([{name: getattr(check, name) for name in fields} for check in found], indent=2))
    elif markdown:
        click.echo(_page(found), nl=False)
    else:
        for check in found:
            click.echo(f"{check.id:32} {check.severity:8} {check.weight:>5g}  {check.description}")


def _page(found: tuple[registry.Check, ...]) -> str:
    lines = [
        "# Checks",
        "",
        f"The {len(found)} checks of this version, made by `sabaki checks --markdown`. The weight is what one hit adds to the",
        "score, in points, before hits of one family are counted less (see [How Sabaki judges](judging.md)); negative weights",
        "speak for the mail.",
        "",
        "| check | severity | weight | family | what it looks for |",
        "| --- | --- | ---: | --- | --- |",
    ]
    for check in found:
        family = "" if check.family == check.id else check.family
        references = f" ({', '.join(check.references)})" if check.references else ""
        lines.append(
            f"| `{check.id}` | {check.severity} | {check.weight:g} | {family} | {check.description}{references} |"
        )
    return "\n".join(lines) + "\n"


@click.command()
def schema() -> None:
    """Print the JSON Schema (2020-12) that every report in JSON follows."""
    click.echo(json.dumps(Report.json_schema(), indent=2))


@click.command(epilog='Example for bash: eval "$(sabaki completion bash)"')
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script for a shell; put it where your shell looks for one."""
    complete = get_completion_class(shell)
    assert complete is not None
    click.echo(complete(ctx.find_root().command, {}, "sabaki", "_SABAKI_COMPLETE").source())
