"""The targets: a name, the modules whose lines count, and what must hold for any input at all.

A target fails by raising: an AssertionError where a property does not hold, anything else where a reader let an
exception out. How long and how large one input may be is held by the fuzzer itself (see run.py).
"""

from __future__ import annotations

import dataclasses
import datetime
import importlib
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import msgspec

from fuzz import proofs, ways
from sabaki.mail.limits import Budget, Limits

Check = Callable[[bytes], None]

LIMITS = Limits(decoded_size=8_000_000, pages=5, pictures=5, pixels=4_000_000, files=60, text_interpreted=60_000)
"""Smaller than by default: an input of a few hundred octets that costs more than this is a find too."""


@dataclasses.dataclass(frozen=True)
class Target:
    """`module` must import, or the target is skipped with the reason; `covers` are the modules whose lines are counted."""

    name: str
    module: str
    check: Callable[[Any, bytes], None]
    covers: tuple[str, ...] = ()
    dictionary: str = "mail"

    def load(self) -> Check:
        """The function to feed. Raises ImportError where a part is not there."""
        for name in self.counted:
            importlib.import_module(name)  # now, while the fuzzer puts its counters in
        return partial(self.check, importlib.import_module(self.module))

    @property
    def counted(self) -> tuple[str, ...]:
        """The modules whose lines count."""
        return self.covers or (self.module,)


def _latin(data: bytes) -> str:
    return data.decode("latin-1")


def _unicode(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _encodes(value: object) -> bytes:
    """Everything that is read ends in a report: it must be JSON, and so valid Unicode."""
    return msgspec.json.encode(value)


# -- mail


def _lexer(lexer: Any, data: bytes) -> None:
    text = _latin(data)
    position = 0
    for token in lexer.tokenize(text):
        assert position <= token.start < token.end <= len(text), "tokens are in order and not empty"
        assert not text[position : token.start].strip(" \t\r\n"), "nothing is left out but white space"
        position = token.end
    assert not text[position:].strip(" \t\r\n")
    pieces = lexer.split_spans(text, ";")
    assert pieces[0][0] == 0
    assert pieces[-1][1] == len(text)


def _fields(fields: Any, data: bytes) -> None:
    budget = Budget(LIMITS)
    header = fields.read(data, 0, len(data), budget)
    position = 0
    for field in header.fields:
        assert data[position : field.location.start].strip(b"\r\n") == b"", "fields tile the header"
        assert field.key == field.name.lower()
        position = field.location.end
    assert budget.reached or data[position : header.body_start].strip(b"\r\n") == b""
    assert position <= header.end <= header.body_start <= len(data)
    assert _encodes(header) == _encodes(fields.read(data, 0, len(data), Budget(LIMITS)))


def _mime(message: Any, data: bytes) -> None:
    budget = Budget(LIMITS)
    mail = message.read(data, budget)
    assert mail.parts[0].body.end == len(data)
    by_path = {part.path: part for part in mail.parts}
    assert len(by_path) == len(mail.parts), "paths are unique"
    for part in mail.parts:
        assert 0 <= part.header.start <= part.header.end <= part.body.start <= part.body.end <= len(data)
        position = part.body.start
        for path in part.children:
            child = by_path[path]
            assert position <= child.header.start <= child.body.end <= part.body.end, "parts nest, siblings are apart"
            position = child.body.end
    assert sum(map(len, mail.contents.values())) <= LIMITS.decoded_size
    _encodes((mail.parts, mail.defects, mail.limits))


def _charsets(charsets: Any, data: bytes) -> None:
    label, _, octets = data.partition(b"\n")
    declared = _latin(label) or None
    decoded = charsets.decode(octets, declared)
    assert decoded.how in ("declared", "detected", "default")
    assert declared is None or decoded.how != "detected" or decoded.defects, "detection is never silent"
    assert len(decoded.text) <= 2 * len(octets) + 1
    assert _encodes(decoded) == _encodes(charsets.decode(octets, declared))


def _html(html: Any, data: bytes) -> None:
    text = _unicode(data)
    page = html.read(text, Budget(LIMITS))
    assert len(page.text) + len(page.hidden) <= 4 * len(text) + 1_000, "no text out of nothing"
    assert _encodes(page) == _encodes(html.read(text, Budget(LIMITS)))


def _urls(urls: Any, data: bytes) -> None:
    from sabaki.mail import urlfind

    text = _unicode(data)
    position = 0
    for found in urlfind.find(text):
        assert position <= found.start < found.end <= len(text), "in order, not overlapping"
        position = found.end
        _one_url(urls, found.raw)
    _one_url(urls, text)


def _one_url(urls: Any, raw: str) -> None:
    url = urls.parse(raw, "text", base="https://base.example/a/b")
    if url is None:
        return
    _encodes(url)
    if url.value:
        assert url.value.isascii(), "a browser's serialisation"
        again = urls.parse(url.value, "text")
        assert again is None or again.host == url.host, "read again it leads to the same host"


def _addresses(addresses: Any, data: bytes) -> None:
    mailboxes = addresses.parse_mailboxes(_latin(data), Budget(LIMITS))
    assert len(mailboxes) <= LIMITS.addresses
    for mailbox in mailboxes:
        assert mailbox.address or mailbox.display_name
        assert mailbox.domain == mailbox.domain.lower()
    _encodes(mailboxes)


def _parameters(parameters: Any, data: bytes) -> None:
    valued = parameters.parse(_latin(data), Budget(LIMITS))
    assert valued.value == valued.value.lower()
    assert len(valued.parameters) <= LIMITS.parameters
    _encodes(valued)


def _dates(dates: Any, data: bytes) -> None:
    date = dates.parse(_latin(data))
    assert date is None or 1900 <= datetime.datetime.fromisoformat(date).year <= 2999


def _drawn(drawncodes: Any, data: bytes) -> None:
    text = _unicode(data)
    for drawn in (*drawncodes.in_text(text), *drawncodes.in_markup(text)):
        _encodes(drawn)


def _mbox(mbox: Any, data: bytes) -> None:
    position = 0
    for start, end in mbox.split(data):
        assert position <= start < end <= len(data), "mails are in order, not empty, and apart"
        position = end


@cache
def _cell() -> Any:
    """One cell for all inputs: to start one takes longer than a mail."""
    from sabaki.files.cell import Cell

    return Cell(LIMITS)


def _dissect(pipeline: Any, data: bytes) -> None:
    report = pipeline.dissect(data, limits=LIMITS, cell=_cell())
    document = report.to_json()
    assert type(report).from_json(document).to_json() == document
    assert [outcome for outcome in report.outcomes if outcome.state == "permerror" and "check" in outcome.step] == []


# -- files


def _identify(kinds: Any, data: bytes) -> None:
    name, _, content = data.partition(b"\n")
    kind = kinds.identify(content, _latin(name))
    assert kind.id
    assert kind.family
    assert kind == kinds.identify(content, _latin(name))


def _reader(module: Any, data: bytes) -> None:
    from sabaki.files.opened import Asked

    def opened() -> Any:
        return module.read(data, Asked(name="a.bin", passwords=("infected", "1234"), budget=Budget(LIMITS)))

    found = opened()
    assert len(found.text) <= LIMITS.file_text, "text is kept within its limit"
    assert len(found.children) <= LIMITS.files + 1, "files are counted"
    for child in found.children:
        assert child.content is None or isinstance(child.content, bytes)
        assert isinstance(child.name, str)
    for trait in found.traits:
        assert trait.id.replace("_", "").isalnum()
        assert trait.id.islower()
    face = (found.kind, found.title, found.text, found.markup, found.traits, found.links, found.state, found.reason)
    again = opened()
    # Twice alike, or the same mail gives two reports.
    assert _encodes(face) == _encodes(
        (again.kind, again.title, again.text, again.markup, again.traits, again.links, again.state, again.reason)
    ), "reading is deterministic"
    assert [child.content for child in found.children] == [child.content for child in again.children]


def _of_files(name: str, dictionary: str, *more: str) -> Target:
    module = f"sabaki.files.{name}"
    return Target(name, module, _reader, (module, *(f"sabaki.files.{other}" for other in more)), dictionary)


def _in(package: str) -> Callable[..., tuple[str, ...]]:
    return lambda *names: tuple(f"sabaki.{package}.{name}" for name in names)


_mail, _facts, _protocols = _in("mail"), _in("facts"), _in("protocols")
_HOPS = ("received", "clauses", "peers", "accounts", "sessions", "servers")
_LINE = (
    *("trust", "ours", "roles", "forgery", "origin", "clients", "linewords", "mailservers"),
    *("hopforms", "hopnames", "hoptimes", "queueids"),
)
_SIGNATURES = ("dkim", "arc", "signature", "tags", "keys", "publickey", "canonical", "coverage")

TARGETS = (
    Target("lexer", "sabaki.mail.lexer", _lexer),
    Target("fields", "sabaki.mail.fields", _fields),
    Target("mime", "sabaki.mail.message", _mime, ("sabaki.mail.mime", "sabaki.mail.transfer", "sabaki.mail.message")),
    Target(
        "charsets",
        "sabaki.mail.charsets",
        _charsets,
        ("sabaki.mail.charsets", "sabaki.mail.detection", "sabaki.mail.iso2022jp", "sabaki.mail.jistables"),
        "charsets",
    ),
    Target("received", "sabaki.mail.received", ways.received, _mail(*_HOPS)),
    Target("trust", "sabaki.facts.trust", ways.trust, (*_mail("received"), *_facts(*_LINE))),
    Target("authors", "sabaki.mail.authors", ways.authors, ("sabaki.mail.authors", "sabaki.protocols.authordomain")),
    Target(
        "html",
        "sabaki.mail.html",
        _html,
        (
            "sabaki.mail.html",
            "sabaki.mail.htmlwalk",
            "sabaki.mail.htmllinks",
            "sabaki.mail.htmlflat",
            "sabaki.mail.css",
        ),
        "html",
    ),
    Target(
        "urls", "sabaki.mail.urls", _urls, ("sabaki.mail.urls", "sabaki.mail.urlfind", "sabaki.mail.domains"), "urls"
    ),
    Target("addresses", "sabaki.mail.addresses", _addresses),
    Target("parameters", "sabaki.mail.parameters", _parameters),
    Target("dates", "sabaki.mail.dates", _dates),
    Target("authres", "sabaki.protocols.authres", ways.authres, (*_protocols("authres"), *_facts("authentication"))),
    Target(
        "standing", "sabaki.facts.standing", ways.standing, _facts("standing", "verification", "addressing", "clients")
    ),
    Target("dkim", "sabaki.protocols.dkim", proofs.dkim, _protocols(*_SIGNATURES), "proofs"),
    Target("spf", "sabaki.protocols.spf", proofs.spf, _protocols("spf", "spfrecord", "spfbreadth"), "proofs"),
    Target("dmarc", "sabaki.protocols.dmarc", proofs.dmarc, _protocols("dmarc"), "proofs"),
    Target("dns", "sabaki.sources.dns", proofs.dns, ("sabaki.sources.dns", "sabaki.protocols.resolver"), "proofs"),
    Target(
        "drawncodes",
        "sabaki.mail.drawncodes",
        _drawn,
        ("sabaki.mail.drawncodes", "sabaki.mail.drawngrid", "sabaki.mail.drawntables"),
        "html",
    ),
    Target("mbox", "sabaki.mail.mbox", _mbox),
    Target("dissect", "sabaki.pipeline", _dissect, ("sabaki.pipeline", "sabaki.facts.bodies", "sabaki.facts.links")),
    Target("kinds", "sabaki.files.kinds", _identify, ("sabaki.files.kinds", "sabaki.files.kindbox"), "files"),
    _of_files("zip", "files", "zipdir", "zipcrypt"),
    _of_files("archive", "files", "rarlist", "sevenzip"),
    _of_files("pkcs7", "files"),
    _of_files("compressed", "files", "expand"),
    _of_files("msg", "files", "compound", "mapi"),
    _of_files("tnef", "files", "mapi", "rtfpacked"),
    _of_files("rtf", "rtf", "rtfobject", "rtfwords"),
    _of_files("pdf", "pdf", "pdfraw", "pdfobject", "pdfaction"),
    _of_files("picture", "files", "codes"),
    _of_files("ooxml", "office", "officepart", "officelinks", "biff12"),
    _of_files("ole", "files", "compound", "biff8", "worddoc", "vba", "vbasource"),
    _of_files("odf", "office"),
    _of_files("shortcut", "files"),
    _of_files("onenote", "files"),
    _of_files("calendar", "mail"),
    _of_files("page", "html"),
    _of_files("script", "html"),
    _of_files("plain", "mail"),
    _of_files("letter", "mail"),
)
