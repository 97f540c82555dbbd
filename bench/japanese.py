"""Reads every Japanese vector of the tests beside other parsers, and prints who reads it right.

The others run in the bench's own environment: `python bench/japanese.py PARSER` there takes mails as JSON and gives
what was read back, so that half imports nothing of ours.
"""

from __future__ import annotations

import base64
import email
import email.header
import email.policy
import email.utils
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

_PROJECT = Path(__file__).resolve().parent.parent
_BENCH_PYTHON = _PROJECT / ".venv-bench" / "bin" / "python"
_VECTORS = _PROJECT / "tests" / "mail" / "japanese.yml"
PARSERS = ("email default", "email compat32", "mail-parser")
_SHOWN = 24

Vector = dict[str, Any]


def mail_of(vector: Vector) -> bytes:
    """The whole mail in which a vector stands."""
    written: bytes = vector.get("written", "").encode("latin-1")
    kind = vector.get("kind", "text")
    head = b"From: <a@sender.example>\r\nTo: <b@reader.example>\r\n"
    if kind == "field":
        return head + b"Subject: " + written + b"\r\n\r\nhello\r\n"
    if kind == "mailbox":
        return b"From: " + written + b"\r\nTo: <b@reader.example>\r\nSubject: x\r\n\r\nhello\r\n"
    if kind == "filename":
        return (
            head + b"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
            b"--B\r\n\r\nhello\r\n--B\r\nContent-Type: application/octet-stream\r\nContent-Disposition: "
            + written
            + b"\r\nContent-Transfer-Encoding: base64\r\n\r\neA==\r\n--B--\r\n"
        )
    octets = written if kind == "link" else bytes.fromhex(vector["octets"])
    charset = "utf-8" if kind == "link" else vector["declared"]
    label = f"; charset={charset}" if charset else ""
    head += f"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain{label}\r\n".encode()
    if octets.isascii() and b"\0" not in octets:
        return head + b"Content-Transfer-Encoding: 7bit\r\n\r\n" + octets + b"\r\n"
    # Base64, so that no line end and no NUL among the octets is anyone's excuse.
    return head + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(octets)


def _text_of(payload: bytes, charset: str | None) -> str:
    """What a program does with the standard library's octets: the declared codec, or a replacement."""
    try:
        return payload.decode(charset or "ascii", "replace")
    except LookupError:
        return payload.decode("ascii", "replace")


def _default(raw: bytes, kind: str) -> str:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    if kind == "field":
        return str(message["subject"])
    if kind == "mailbox":
        return str(message["from"].addresses[0].display_name)
    if kind == "filename":
        return next(part.get_filename() or "" for part in message.walk() if part.get_content_disposition())
    return str(message.get_content())


def _compat32(raw: bytes, kind: str) -> str:
    message = email.message_from_bytes(raw)
    if kind == "field":
        return str(email.header.make_header(email.header.decode_header(message["subject"])))
    if kind == "mailbox":
        name, _ = email.utils.parseaddr(str(message["from"]))
        return str(email.header.make_header(email.header.decode_header(name)))
    if kind == "filename":
        name = next(part.get_filename() or "" for part in message.walk() if part.get_content_disposition())
        return str(email.header.make_header(email.header.decode_header(name)))
    payload = message.get_payload(decode=True)
    return _text_of(payload, message.get_content_charset()) if isinstance(payload, bytes) else ""


def _mail_parser(raw: bytes, kind: str) -> str:
    import mailparser

    mail = mailparser.parse_from_bytes(raw)
    if kind == "field":
        return str(mail.subject)
    if kind == "mailbox":
        return str(mail.from_[0][0])
    if kind == "filename":
        return str(mail.attachments[0]["filename"])
    return str("\n".join(mail.text_plain))


def _reader(name: str) -> Callable[[bytes, str], str]:
    return {"email default": _default, "email compat32": _compat32, "mail-parser": _mail_parser}[name]


def read_with(name: str, mails: list[tuple[str, str]]) -> list[str]:
    """What a parser reads in each mail (base64, kind); where it raises, the exception."""
    read = _reader(name)
    texts = []
    for encoded, kind in mails:
        try:
            texts.append(read(base64.b64decode(encoded), kind))
        except Exception as error:  # noqa: BLE001  # a parser that gives up on a mail is a result here
            texts.append(f"raised {type(error).__name__}")
    return texts


def _ours(raw: bytes, kind: str) -> str:
    import sabaki

    report = sabaki.dissect(raw)
    if kind == "field":
        return report.subject.text
    if kind == "mailbox":
        return report.sender.author[0].display_name
    if kind == "filename":
        return next(part.filename for part in report.parts if part.filename)
    if kind == "link":
        return next((url.host for url in report.urls), "")
    return report.bodies[0].text


def _theirs(name: str, vectors: Sequence[Vector]) -> list[str]:
    mails = [(base64.b64encode(mail_of(vector)).decode(), vector.get("kind", "text")) for vector in vectors]
    command = [str(_BENCH_PYTHON), str(Path(__file__).resolve()), name]
    done = subprocess.run(command, input=json.dumps(mails).encode(), stdout=subprocess.PIPE, check=True)
    texts: list[str] = json.loads(done.stdout)
    return texts


def is_right(vector: Vector, text: str) -> bool:
    """Whether that is the vector's text; line ends, which base64 adds or parsers change, do not matter."""
    if vector.get("kind") == "link":
        text = text.split("\n", 1)[0].strip()
    expected: str = vector["text"]
    return text.replace("\r\n", "\n").strip("\n") == expected.replace("\r\n", "\n")


def _shown(text: str) -> str:
    """A short form for the table, in which nothing steers a terminal."""
    plain = "".join(c if c.isprintable() and not 0xE000 <= ord(c) <= 0xF8FF else f"<{ord(c):02X}>" for c in text)
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"


def _mark(vector: Vector, name: str, text: str) -> str:
    """ "right", "WRONG", or "-" for what a parser does not claim to read: the others find no links."""
    if vector.get("kind") == "link" and name != "sabaki":
        return "-"
    return "right" if is_right(vector, text) else "WRONG"


def table(vectors: Sequence[Vector], read: dict[str, list[str]]) -> str:
    """A line a vector, under it what each wrong reading gave, and the counts at the end."""
    width = max(len(vector["name"]) for vector in vectors)
    lines = ["  ".join(["vector".ljust(width), *read])]
    count = {name: {"right": 0, "WRONG": 0, "-": 0} for name in read}
    for number, vector in enumerate(vectors):
        marks = {name: _mark(vector, name, texts[number]) for name, texts in read.items()}
        for name, mark in marks.items():
            count[name][mark] += 1
        lines.append(
            "  ".join([vector["name"].ljust(width), *(marks[name].ljust(len(name)) for name in read)]).rstrip()
        )
        lines += [f"    {name}: {_shown(read[name][number])}" for name in read if marks[name] == "WRONG"]
    lines.append("")
    lines += [f"{name}: {of['right']} of {of['right'] + of['WRONG']} right" for name, of in count.items()]
    return "\n".join(lines)


def main() -> int:
    """Print the table. 1 when one of our own readings is wrong."""
    import yaml

    vectors: list[Vector] = yaml.safe_load(_VECTORS.read_text("utf-8"))
    read = {"sabaki": [_ours(mail_of(vector), vector.get("kind", "text")) for vector in vectors]}
    if _BENCH_PYTHON.exists():
        read |= {name: _theirs(name, vectors) for name in PARSERS}
    else:
        print("bench: no .venv-bench here, so no comparison with other parsers", file=sys.stderr)
    print(table(vectors, read))
    return int(not all(is_right(vector, text) for vector, text in zip(vectors, read["sabaki"], strict=True)))


if __name__ == "__main__":
    if len(sys.argv) == 2:
        logging.disable(logging.CRITICAL)
        warnings.simplefilter("ignore")
        print(json.dumps(read_with(sys.argv[1], json.load(sys.stdin))))
        sys.exit(0)
    sys.exit(main())
