"""A mail that comes as a file: its text, its markup, and the files that it brings in turn."""

from __future__ import annotations

from sabaki.files.opened import Asked, Child, Opened
from sabaki.mail import charsets, message
from sabaki.model.message import Message, Part

_NAMED = ("from", "to", "subject", "date")


def read(content: bytes, asked: Asked) -> Opened:
    """Read a mail (RFC 5322), also as Apple Mail stores it (a byte count in the line before)."""
    mail = message.read(_without_count(content), asked.budget)
    opened = Opened(title=_first(mail, "subject"))
    head = "\n".join(f"{field.name}: {field.value[:500]}" for field in mail.fields if field.key in _NAMED)
    texts = [head]
    for part in mail.parts:
        octets = mail.contents.get(part.path)
        if octets is None:
            continue
        kind = _kind(part)
        if not kind:
            opened.children.append(Child(part.filename, octets, declared=part.content_type))
            continue
        decoded = charsets.decode(octets[: asked.limits.html_interpreted], part.parameters.get("charset"))
        if kind == "html":
            opened.markup.append(decoded.text)
        else:
            texts.append(decoded.text)
    opened.text = "\n\n".join(texts)[: asked.limits.file_text]
    return opened


def _kind(part: Part) -> str:
    if part.disposition == "attachment" or not part.content_type.startswith("text/"):
        return ""
    return "html" if part.content_type == "text/html" else "text" if not part.filename else ""


def _first(mail: Message, key: str) -> str:
    field = mail.first(key)
    return field.value if field else ""


def _without_count(content: bytes) -> bytes:
    line, end, _ = content[:20].partition(b"\n")
    return content[len(line) + 1 :] if end and line.strip().isdigit() else content
