"""The bench's results as plain tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from bench.folder import Folder, Judged

LABELS = ("malicious", "suspicious", "undetermined", "benign")
_ACCUSED = ("malicious", "suspicious")


def wanted(folder: str) -> bool:
    """Whether a folder of that name holds wanted mail."""
    return folder.startswith(("ham", "wanted"))


def accused(mail: Judged) -> bool:
    """Whether the mail was called malicious or suspicious."""
    return mail.labels[""] in _ACCUSED


def share(count: int, total: int) -> str:
    """A count with its percentage: "12  1.2%"."""
    return f"{count} {100 * count / total:5.1f}%" if total else "0     -"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns, the first to the left and the others to the right."""
    lines = [tuple(header), *(tuple(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]

    def form(line: Sequence[str]) -> str:
        cells = (
            cell.ljust(width) if not n else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        return "  ".join(cells).rstrip()

    return "\n".join([form(lines[0]), "-" * len(form(lines[0])), *map(form, lines[1:])])


def verdicts(folders: Sequence[Folder], left_out: str = "") -> str:
    """A row a folder: how many mails got which label; without the findings of that prefix if one is given."""
    rows = []
    for folder in folders:
        count = Counter(mail.labels[left_out] for mail in folder.mails)
        total = len(folder.mails)
        flagged = sum(count[label] for label in _ACCUSED)
        rows.append([folder.name, str(total), *(share(count[label], total) for label in LABELS), share(flagged, total)])
    return table(["folder", "mails", *LABELS, "mal. or susp."], rows)


def costs(folders: Sequence[Folder]) -> str:
    """A row a folder: speed, slowest mail, peak memory, exceptions."""
    rows = []
    for folder in folders:
        slowest = max(folder.mails, key=lambda mail: mail.seconds, default=None)
        rate = len(folder.mails) / folder.seconds if folder.seconds else 0.0
        rows.append(
            [
                folder.name,
                f"{rate:.0f}",
                f"{1000 * slowest.seconds:.0f} ms {slowest.name}" if slowest else "-",
                f"{folder.peak_kib / 1024:.0f} MB",
                str(len(folder.raised)),
                str(sum(folder.faulty_checks.values())),
            ]
        )
    return table(["folder", "mails/s", "slowest mail", "peak memory", "exceptions", "faulty checks"], rows)


def parsers(folders: Sequence[Folder], times: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """A row a folder: the whole dissection beside mere parsing. The ratio is parsing speed to dissecting speed."""
    names = list(next(iter(times.values()), {}))
    rows = []
    for folder in folders:
        row = [folder.name, f"{len(folder.mails) / folder.seconds:.0f}" if folder.seconds else "-"]
        for name in names:
            other = times[folder.name][name]
            rate = other["mails"] / other["seconds"]
            ours = len(folder.mails) / folder.seconds if folder.seconds else 0.0
            failed = f", {other['failed']:.0f} failed" if other["failed"] else ""
            row.append(f"{rate:.0f} ({rate / ours:.2f}x{failed})" if ours else f"{rate:.0f}")
        rows.append(row)
    return table(["folder", "sabaki dissects", *(f"{name} parses" for name in names)], rows)


def misses(folder: Folder, count: int) -> str:
    """The worst misses: wanted mail with the highest score, any other with the lowest, with their top findings."""
    sign = -1 if wanted(folder.name) else 1
    missed = sorted(
        (mail for mail in folder.mails if accused(mail) == wanted(folder.name)), key=lambda mail: sign * mail.score
    )
    lines = [f"{folder.name}: {len(missed)} missed of {len(folder.mails)}, the worst {min(count, len(missed))}:"]
    for mail in missed[:count]:
        lines.append(f"  {mail.name}  {mail.labels['']}, score {mail.score:g}")
        top = sorted(mail.fired, key=lambda fired: -abs(fired.counted))[:4]
        lines.extend(f"      {fired.counted:+6.1f}  {fired.id}: {fired.title}" for fired in top if fired.counted)
    return "\n".join(lines)


def strongest(folders: Sequence[Folder], count: int = 20) -> str:
    """How often the checks that count most, summed over all mails, fire in each folder."""
    total: defaultdict[str, float] = defaultdict(float)
    hits: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for folder in folders:
        for mail in folder.mails:
            for fired in mail.fired:
                total[fired.id] += abs(fired.counted)
                hits[fired.id][folder.name] += bool(fired.counted)
    best = sorted(total, key=lambda check: -total[check])[:count]
    rows = [
        [
            check,
            f"{total[check]:.0f}",
            *(f"{100 * hits[check][folder.name] / max(1, len(folder.mails)):.1f}%" for folder in folders),
        ]
        for check in best
    ]
    return table(["check", "points in all", *(folder.name for folder in folders)], rows)
