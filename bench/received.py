"""Reads every Received vector of the tests beside other parsers, and prints what each reads right.

Asked fairly: each parser is asked only for what it offers, and "-" stands for the rest. mail-parser gives the text of each
clause: its `by`, `with`, `id` and `for` count when they begin with the right word, and of `from`, which it leaves in one
piece, nothing is asked. eml-parser gives lists of the hosts and addresses in `from`, `by` and `for` without telling them
apart, all in lower case: one counts as right when what is looked for is among them (or nothing of that kind is, where
there is none). Neither offers accounts, TLS or the software. A field counts for a parser where the line has it or the
parser gives something for it.

The others run in the bench's own environment: `python bench/received.py PARSER` there takes lines as JSON and gives what
was read back, so that half imports nothing of ours. Where the corpora stand beside the project, the share of their fields
that is read is printed too, with what is left by its form.
"""

from __future__ import annotations

import collections
import json
import logging
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sabaki.model.case import Hop

_PROJECT = Path(__file__).resolve().parent.parent
_BENCH_PYTHON = _PROJECT / ".venv-bench" / "bin" / "python"
_VECTORS = _PROJECT / "tests" / "mail" / "received"
_CORPORA = _PROJECT.parent / "shared" / "corpora"
PARSERS = ("mail-parser", "eml-parser")
FIELDS = (
    "helo", "reverse_name", "ip", "by", "protocol", "via", "id", "recipient", "envelope_from", "date", "tls_version",
    "tls_cipher", "auth_account", "auth_method", "dialect", "internal",
)  # fmt: skip
_HEADER = "Received: {}\r\nFrom: <a@sender.example>\r\nTo: <b@reader.example>\r\nSubject: x\r\n\r\nhello\r\n"
_LEFT = 25

Vector = dict[str, Any]
Read = dict[str, Any]


def vectors() -> list[Vector]:
    """All vectors of the tests, each with its family."""
    import yaml

    return [
        {"family": path.stem, **vector}
        for path in sorted(_VECTORS.glob("*.yml"))
        for vector in yaml.safe_load(path.read_text("utf-8"))
    ]


def _with_mail_parser(line: str) -> Read:
    import mailparser

    hop = mailparser.parse_from_bytes(_HEADER.format(line).encode()).received[0]
    return {
        "by": [hop["by"].split()[0].lower()] if hop.get("by", "").split() else [],
        "protocol": hop.get("with", ""),
        "via": hop.get("via", ""),
        "id": next(iter(hop.get("id", "").split()), "").strip("<>"),
        "recipient": [next(iter(hop.get("for", "").split()), "").strip("<>;,")],
        "envelope_from": hop.get("envelope_from", hop.get("envelope_sender", "")),
        "date": hop.get("date_utc") or "",
    }


def _with_eml_parser(line: str) -> Read:
    import eml_parser

    hop = eml_parser.EmlParser().decode_email_bytes(_HEADER.format(line).encode())["header"]["received"][0]
    return {
        "ip": [host for host in hop.get("from", ()) if re.fullmatch(r"[0-9.]{7,15}|[0-9a-f:.]*:[0-9a-f:.]*", host)],
        "by": list(hop.get("by", ())),
        "protocol": hop.get("with", ""),
        "recipient": list(hop.get("for", ())),
        "date": hop["date"].isoformat() if hop.get("date") else "",
    }


def read_with(name: str, lines: Sequence[str]) -> list[Read]:
    """What another parser reads in each line; where it raises, nothing."""
    read: Callable[[str], Read] = {"mail-parser": _with_mail_parser, "eml-parser": _with_eml_parser}[name]
    found = []
    for line in lines:
        try:
            found.append(read(line))
        except Exception:  # noqa: BLE001  # a parser that gives up on a line is a result here
            found.append({})
    return found


def _theirs(name: str, lines: Sequence[str]) -> list[Read]:
    command = [str(_BENCH_PYTHON), str(Path(__file__).resolve()), name]
    done = subprocess.run(command, input=json.dumps(lines).encode(), stdout=subprocess.PIPE, check=True)
    found: list[Read] = json.loads(done.stdout)
    return found


def _ours(line: str) -> Read:
    from sabaki.mail import message, received
    from sabaki.mail.limits import Budget

    budget = Budget()
    (hop,) = received.hops(message.read(_HEADER.format(line).encode(), budget), budget)
    return {field: getattr(hop, field) or "" for field in FIELDS} | {"by": [hop.by or hop.by_ip]}


OFFERED = {
    "sabaki": frozenset(FIELDS),
    "mail-parser": frozenset({"by", "protocol", "via", "id", "recipient", "envelope_from", "date"}),
    "eml-parser": frozenset({"ip", "by", "protocol", "recipient", "date"}),
}


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
    except ValueError:
        return None


def is_right(name: str, field: str, vector: Vector, read: Read) -> bool | None:
    """Whether a parser reads that field of the line right; None where there is nothing to read and it gives nothing."""
    expected = vector.get(field, "")
    if field == "by":
        expected = expected or vector.get("by_ip", "")
    given = read.get(field, "")
    values = [value for value in (given if isinstance(given, list) else [given]) if value]
    if not expected and not values:
        return None
    if name == "sabaki":
        return values == [expected]
    if field == "date":
        return bool(values) and _moment(values[0]) == _moment(expected)
    if field == "protocol":
        first = next(iter(str(expected).lower().split()), "")
        return bool(values) and bool(first) and values[0].lower().split("/")[0].split()[:1] == [first]
    return str(expected).lower() in [str(value).lower() for value in values]


def count(name: str, found: Sequence[Vector], reads: Sequence[Read]) -> dict[str, tuple[int, int]]:
    """Right and total by field, under "" the lines of which all that the parser offers is right."""
    marks = [
        {field: is_right(name, field, *pair) for field in FIELDS if field in OFFERED[name]}
        for pair in zip(found, reads, strict=True)
    ]
    counted = {}
    for field in FIELDS:
        of = [mark[field] for mark in marks if mark.get(field) is not None]
        counted[field] = (sum(map(bool, of)), len(of))
    counted[""] = (sum(all(right is not False for right in mark.values()) for mark in marks), len(marks))
    return counted


def table(found: Sequence[Vector], reads: dict[str, list[Read]]) -> str:
    """How many dialects and lines there are, and by field and by family how many each parser reads right."""
    dialects = {vector["dialect"] for vector in found} - {"unknown"}
    lines = [
        f"dialects: {len(dialects)} named, lines: {len(found)}",
        "",
        "  ".join(["field".ljust(16), *(f"{name:>12}" for name in reads)]),
    ]
    counted = {name: count(name, found, read) for name, read in reads.items()}
    for field in (*FIELDS, ""):
        cells = []
        for name, of in counted.items():
            right, total = of[field]
            cells.append(f"{right:>6}/{total:<5}" if not field or field in OFFERED[name] else f"{'-':>12}")
        lines.append("  ".join([(field or "whole lines").ljust(16), *cells]).rstrip())
    lines += ["", "  ".join(["family".ljust(16), *(f"{name:>12}" for name in reads)])]
    for family in sorted({vector["family"] for vector in found}):
        places = [place for place, vector in enumerate(found) if vector["family"] == family]
        cells = []
        for name, read in reads.items():
            right, total = count(name, [found[place] for place in places], [read[place] for place in places])[""]
            cells.append(f"{right:>6}/{total:<5}")
        lines.append("  ".join([family.ljust(16), *cells]).rstrip())
    return "\n".join(lines)


def is_read(hop: Hop) -> bool:
    """Whether nothing is left of a field, its date is read, and it says by whom, from whom or how the mail came."""
    return (
        not hop.unparsed
        and hop.date is not None
        and bool(hop.by or hop.by_ip or hop.helo or hop.ip or hop.via or hop.protocol)
    )


def form(hop: Hop) -> str:
    """What is left of a field, digits made alike."""
    left = hop.unparsed or ("no date" if hop.date is None else "neither by nor from")
    return re.sub(r"[0-9a-f]*[0-9][0-9a-f]*", "#", left)[:60]


def in_corpora(folder: Path) -> Iterator[tuple[str, Hop]]:
    """Every hop of every mail of a folder of mails."""
    from sabaki.mail import message, received
    from sabaki.mail.limits import Budget

    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".md"):
        budget = Budget()
        for hop in received.hops(message.read(path.read_bytes(), budget), budget):
            yield path.parent.name, hop


def share(hops: Sequence[tuple[str, Hop]]) -> str:
    """How much of the corpora's fields is read, by folder, and the forms of what is left."""
    lines = ["", f"{'corpus':<20}{'fields':>8}{'read':>8}{'share':>9}{'accounts':>10}{'notes':>7}"]
    for name in [*sorted({name for name, _ in hops}), "all"]:
        of = [hop for where, hop in hops if name in (where, "all")]
        read = sum(map(is_read, of))
        notes = sum(is_read(hop) and not (hop.by or hop.by_ip or hop.helo or hop.ip) for hop in of)
        accounts = sum(bool(hop.auth_account) for hop in of)
        lines.append(f"{name:<20}{len(of):>8}{read:>8}{read / max(1, len(of)):>9.2%}{accounts:>10}{notes:>7}")
    left = collections.Counter(form(hop) for _, hop in hops if not is_read(hop))
    lines += ["", "what is left, by form (digits made alike; notes say only how a program handed the mail on):"]
    lines += [f"{number:>5}  {kind!a}" for kind, number in left.most_common(_LEFT)]
    lines += [f"{sum(left.values()) - sum(number for _, number in left.most_common(_LEFT)):>5}  in other forms"]
    return "\n".join(lines)


def main() -> int:
    """Print the tables. 1 when one of our own readings is wrong."""
    found = vectors()
    texts = [vector["line"] for vector in found]
    reads = {"sabaki": [_ours(text) for text in texts]}
    if _BENCH_PYTHON.exists():
        reads |= {name: _theirs(name, texts) for name in PARSERS}
    else:
        print("bench: no .venv-bench here, so no comparison with other parsers", file=sys.stderr)
    print(table(found, reads))
    if _CORPORA.is_dir():
        print(share(list(in_corpora(_CORPORA))))
    right, total = count("sabaki", found, reads["sabaki"])[""]
    return int(right != total)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        logging.disable(logging.CRITICAL)
        warnings.simplefilter("ignore")
        print(json.dumps(read_with(sys.argv[1], json.load(sys.stdin))))
        sys.exit(0)
    sys.exit(main())
