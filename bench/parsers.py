"""Merely parses every mail of one folder with another parser, and prints the time as JSON.

Runs in the bench's own environment, so it imports nothing of ours: python bench/parsers.py PARSER FOLDER
"""

from __future__ import annotations

import email
import json
import logging
import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

PARSERS = ("stdlib", "mail-parser", "eml-parser")
_WARM_UP = b"From: <a@sender.example>\r\nTo: <b@reader.example>\r\nSubject: warm-up\r\n\r\nhello\r\n"


def _stdlib(raw: bytes) -> None:
    for part in email.message_from_bytes(raw).walk():
        if not part.is_multipart():
            part.get_payload(decode=True)


def _parser(name: str) -> Callable[[bytes], object]:
    parse: Callable[[bytes], object] = _stdlib
    if name == "mail-parser":
        import mailparser

        parse = mailparser.parse_from_bytes
    elif name == "eml-parser":
        import eml_parser

        parse = eml_parser.EmlParser().decode_email_bytes
    return parse


def measure(name: str, folder: Path) -> dict[str, float]:
    """The seconds that parsing alone takes, how many mails there were, and on how many the parser raised."""
    parse = _parser(name)
    parse(_WARM_UP)
    raws = [path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()]
    failed = 0
    start = time.perf_counter()
    for raw in raws:
        try:
            parse(raw)
        except Exception:  # noqa: BLE001  # a parser that gives up on a mail is a result here
            failed += 1
    return {"seconds": time.perf_counter() - start, "mails": len(raws), "failed": failed}


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
