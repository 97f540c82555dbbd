"""`sabaki doctor`: which walls around a visit hold on this machine, each put up and looked at."""

from __future__ import annotations

import json
import sys

import click
import msgspec

from sabaki.cli import exits
from sabaki.cli.output import locale_language
from sabaki.render import escape

_NAMES = {
    "bubblewrap": ("bubblewrap", "bubblewrap"),
    "user_namespaces": ("user namespaces", "ユーザー名前空間"),
    "network": ("network shut", "ネットワークの遮断"),
    "user": ("user without rights", "権限のない利用者"),
    "capabilities": ("capabilities dropped", "ケーパビリティの放棄"),
    "files": ("files out of sight", "ファイルの隠蔽"),
    "proxy": ("proxy and its guard", "プロキシとその番人"),
    "chromium": ("Chromium", "Chromium"),
    "chromium_sandbox": ("Chromium's own sandbox", "Chromium自身のサンドボックス"),
    "memory": ("limit on memory", "メモリーの上限"),
    "processes": ("limit on processes", "プロセス数の上限"),
    "fonts": ("Japanese fonts", "日本語フォント"),
}
_ENDS = {
    True: ("all walls hold: pages can be visited", "すべての壁が立ちました。ページを訪問できます"),
    False: (
        "a wall does not hold: no page is visited on this machine until it does",
        "立たない壁があります。直るまで、この機械からはページを訪問しません",
    ),
}


@click.command(
    epilog="Exit codes: 0 all walls hold, 5 one does not and no page is visited. Example: sabaki doctor --json | jq .holds"
)
@click.option("--json", "as_json", is_flag=True, help="As JSON, for machines.")
@click.option("--lang", type=click.Choice(["ja", "en"]), help="Language; default: your locale's.")
def doctor(as_json: bool, lang: str | None) -> None:
    """Put up the walls that a visit needs, look at each from inside and outside, and take them down. No packet is sent."""
    from sabaki.visit import layers

    found = layers.layers()
    holds = all(layer.holds for layer in found if layer.required)
    if as_json:
        document = {"holds": holds, "layers": msgspec.to_builtins(found)}
        click.echo(escape.json_text(json.dumps(document, ensure_ascii=False, indent=2)))
    else:
        which = int((lang or locale_language()) == "ja")
        for layer in found:
            mark = "ok" if layer.holds else "NO" if layer.required else "--"
            reason = (layer.reason, layer.reason_ja)[which]
            click.echo(escape.terminal(f"{mark}  {_NAMES[layer.id][which]}: {reason}"))
        click.echo(_ENDS[holds][which], err=not holds)
    sys.exit(exits.OK if holds else exits.CANNOT_VISIT)
