"""Files that a page wants to save: hashed and thrown away, never opened, and never outside the walls.

What comes over the net is stopped before the browser has it, and hashed as it streams. What a script puts together inside the page
("HTML smuggling") the browser writes into its file system in memory; from there it is hashed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
from base64 import b64decode
from email.message import Message
from pathlib import Path
from typing import Any

from sabaki.model.visit import Download
from sabaki.visit.devtools import FAILED, Session
from sabaki.visit.limits import VisitLimits

_STREAM = 1 << 18
_GUID = re.compile(r"[0-9A-Fa-f-]{8,40}")
_SHOWN = (
    "text/html application/xhtml+xml text/plain image/ text/xml application/xml application/json text/css text/javascript "
    "application/javascript multipart/x-mixed-replace"
).split()
"""Media types that are shown, by their beginnings; any other that comes as a page is a file."""


def is_file(status: int, headers: dict[str, str]) -> bool:
    """Whether this answer to a navigation is a file to save, and no page to show."""
    if not 200 <= status < 300:
        return False
    if headers.get("content-disposition", "").strip().lower().startswith("attachment"):
        return True
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    return bool(media_type) and not media_type.startswith(tuple(_SHOWN))


def named(disposition: str) -> str:
    """The file's name in a Content-Disposition field (RFC 6266): data, never a path."""
    field = Message()
    with contextlib.suppress(ValueError, IndexError, TypeError, LookupError):
        field["Content-Disposition"] = " ".join(disposition.split())
        return str(field.get_filename() or "")
    return ""


async def streamed(session: Session, paused: dict[str, Any], headers: dict[str, str], limits: VisitLimits) -> Download:
    """Read a paused answer (Fetch.requestPaused) to its end or to the limit. Raises what calling raises."""
    url = str(paused["request"]["url"])
    digest, size, complete = hashlib.sha256(), 0, False
    with contextlib.suppress(*FAILED):
        handle = (await session.call("Fetch.takeResponseBodyAsStream", {"requestId": paused["requestId"]}))["stream"]
        while size <= limits.download_size:
            piece = await session.call("IO.read", {"handle": handle, "size": _STREAM}, limits.view_seconds)
            data = str(piece.get("data", ""))
            content = b64decode(data) if piece.get("base64Encoded") else data.encode("utf-8", "replace")
            digest.update(content)
            size += len(content)
            if piece.get("eof"):
                complete = True
                break
        await session.call("IO.close", {"handle": handle})
    name = named(headers.get("content-disposition", "")) or url.partition("?")[0].rpartition("/")[2]
    media_type = headers.get("content-type", "").partition(";")[0].strip()[:100]
    return Download(url[:2_000], name[:300], size, digest.hexdigest() if size or complete else "", media_type, complete)


def written(root: Path, folder: str, guid: str, url: str, name: str, most: int) -> Download:
    """Hash a file that the browser wrote. `root` is its file system as the kernel shows it to us (/proc/PID/root).

    Everything in there is the browser's word: no link is followed, and nothing but a plain file is read.
    """
    missing = Download(url[:200], name[:300], 0, "", complete=False)
    if not _GUID.fullmatch(guid):
        return missing
    held: list[int] = []
    try:
        held.append(os.open(root, os.O_RDONLY | os.O_DIRECTORY))
        for each in Path(folder).parts[1:]:
            held.append(os.open(each, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=held[-1]))
        held.append(os.open(guid, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=held[-1]))
        if not stat.S_ISREG(os.fstat(held[-1]).st_mode):
            return missing
        digest, size = hashlib.sha256(), 0
        while size <= most and (chunk := os.read(held[-1], _STREAM)):
            digest.update(chunk)
            size += len(chunk)
        return Download(url[:200], name[:300], size, digest.hexdigest(), complete=size <= most)
    except OSError:
        return missing
    finally:
        for each_fd in held:
            os.close(each_fd)
