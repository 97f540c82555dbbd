"""The message as bytes, fields and parts: lossless, in order, with duplicates and byte spans."""

from __future__ import annotations

import msgspec

from sabaki.model.evidence import Location


class Defect(msgspec.Struct, frozen=True):
    """Something in the message that the standards forbid, or that two readers would read differently.

    `id` is stable and lower-case ("bare_lf", "duplicate_content_type", "charset_undeclared").
    """

    id: str
    detail: str = ""
    location: Location | None = None


class LimitReached(msgspec.Struct, frozen=True):
    """A limit of the safety contract at which reading stopped; all that was read before it is kept."""

    name: str
    value: int
    where: str = ""


class Field(msgspec.Struct, frozen=True):
    """One header field (RFC 5322 section 2.2).

    `name` is as written; compare with `key`, its lower case. `value` is unfolded and decoded
    (RFC 2047 encoded-words, raw 8-bit text), stripped at both ends. `raw_value` is unfolded text
    before encoded-words are decoded, one character a byte (Latin-1), so structured fields can be parsed.
    `charset` is the charset used for non-ASCII text, `charset_how` "declared" or "detected".
    """

    index: int
    name: str
    key: str
    value: str
    raw_value: str
    location: Location
    charset: str = ""
    charset_how: str = ""


class Part(msgspec.Struct, frozen=True):
    """One node of the MIME tree (RFC 2045, RFC 2046), in reading order; `path` is IMAP's numbering, the root's is "".

    `content_type` is lower-case "type/subtype" as it applies (default included). `header` spans the part's
    fields, `body` what follows the empty line, transfer encoding still on. `size` and `sha256` are of the
    decoded content, absent for multiparts. `filename` is decoded (RFC 2231, RFC 2047) and is data, never a path.
    `children` are the paths of the parts directly inside.
    """

    path: str
    content_type: str
    header: Location
    body: Location
    fields: tuple[Field, ...] = ()
    parameters: dict[str, str] = {}
    transfer_encoding: str = "7bit"
    disposition: str = ""
    filename: str = ""
    content_id: str = ""
    size: int | None = None
    sha256: str = ""
    children: tuple[str, ...] = ()


class Message(msgspec.Struct, frozen=True):
    """A mail, read. `contents` maps a leaf part's path to its decoded bytes.

    `parts[0]` is the root; its fields are the message's header. `prefix` spans what stood before the header
    (an mbox "From " line), empty otherwise.
    """

    raw: bytes
    sha256: str
    parts: tuple[Part, ...]
    contents: dict[str, bytes]
    prefix: Location
    defects: tuple[Defect, ...] = ()
    limits: tuple[LimitReached, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """The header fields of the message itself, from the top."""
        return self.parts[0].fields

    def all(self, key: str) -> tuple[Field, ...]:
        """Every field of that name (lower case) in the message's header, from the top."""
        return tuple([field for field in self.fields if field.key == key])

    def first(self, key: str) -> Field | None:
        """The topmost field of that name (lower case), or None."""
        for field in self.fields:
            if field.key == key:
                return field
        return None
