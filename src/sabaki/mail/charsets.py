"""Octets to text: the charset that was declared if it fits, the one that is really there if not.

Japanese mail in all its real forms comes first: ISO-2022-JP and its dialects, CP932 and EUC-JP under any label or none.
"""

from __future__ import annotations

import re
from itertools import islice

import msgspec

from sabaki.mail import charset_labels, detection, iso2022jp, jistables
from sabaki.model.message import Defect

_REPLACEMENT = "\ufffd"
_WRITTEN_REPLACEMENT = b"\xef\xbf\xbd"
_EUC = re.compile(rb"(?:[\xa1-\xfe][\xa1-\xfe])++|\x8e[\xa1-\xdf]|\x8f[\xa1-\xfe]{2}|[\x00-\x7f]++|[\x80-\xff]")
_SURROGATES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]|\xed[\xa0-\xbf][\x80-\xbf]")
_RUNS = 300_000
"""So many pieces are mended one by one; more than that no person has written."""
_LEADS_TO_SURROGATES = re.compile(rb"\xed[\xa0-\xbf]")
_NOT_ASCII_COMPATIBLE = ("utf-7", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "hz")
_STATEFUL = ("iso-2022-jp", "iso-2022-kr", "iso-2022-cn", "hz")
_LABELS_OF_JAPANESE = ("windows-1252", "iso-8859-15", "iso-8859-2", "windows-1250", "windows-1254", "cp932", "gb18030")
"""Labels that Japanese text in CP932 or EUC-JP is found under although it is neither."""


class Decoded(msgspec.Struct, frozen=True):
    """Text, the charset that gave it, and how we came to that charset.

    `how` is "declared", "detected" (none was declared, or the declared one did not fit) or "default" (plain ASCII
    without a label). Octets that fit nothing are U+FFFD, counted in a defect "charset_errors".
    """

    text: str
    charset: str
    how: str
    defects: tuple[Defect, ...] = ()


def decode(data: bytes, declared: str | None) -> Decoded:
    """Decode `data`, which was labelled `declared` (a charset name as written, or None)."""
    charset = charset_labels.canonical(declared[:80]) if declared else None
    if data.isascii() and charset not in _NOT_ASCII_COMPATIBLE:
        return _decode_seven_bit(data, declared, charset)
    marked = detection.byte_order_mark(data)
    if marked == "utf-8" and iso2022jp.has_escapes(data):
        data, marked = data[3:], None
    if marked and charset not in ("utf-16", marked):
        return _detected(data, marked, declared, charset)
    if charset is None or charset == "us-ascii":
        return _decode_unlabelled(data, declared, charset)
    return _decode_labelled(data, declared or "", charset)


def _decode_seven_bit(data: bytes, declared: str | None, charset: str | None) -> Decoded:
    if charset == "iso-2022-kr":
        return _by(data, "iso-2022-kr", "declared")
    if charset == "iso-2022-jp":
        return _decode_iso2022jp(data)
    if iso2022jp.has_escapes(data):
        return _detected(data, detection.escapes(data), declared, charset)
    if b"\0" in data and (wide := detection.wide(data)):
        return _detected(data, wide, declared, charset)
    unknown = _unknown(declared, charset)
    text = iso2022jp.with_pictures(data.decode("ascii"))
    if b"+" in data and (revealed := detection.utf7_revealed(text)):
        return Decoded(revealed, "utf-7", "detected", (*unknown, Defect("utf7_under_other_label", declared or "")))
    if charset is None:
        return Decoded(text, "us-ascii", "default", unknown)
    return Decoded(text, charset, "declared")


def _decode_iso2022jp(data: bytes) -> Decoded:
    whole = iso2022jp.with_lost_escapes(data)
    if whole == data:
        return _by(data, "iso-2022-jp", "declared")
    restored = _by(whole, "iso-2022-jp", "declared")
    return Decoded(restored.text, restored.charset, "declared", (Defect("escape_lost"), *restored.defects))


def _unknown(declared: str | None, charset: str | None) -> tuple[Defect, ...]:
    if not declared or charset is not None:
        return ()
    return (Defect("charset_unknown", declared[:80]),)


def _decode_unlabelled(data: bytes, declared: str | None, charset: str | None) -> Decoded:
    found = detection.detect(data)
    return _detected(data, found, declared, charset)


def _detected(data: bytes, found: str, declared: str | None, charset: str | None) -> Decoded:
    """Decode as what was found, and say how the label was wrong."""
    decoded = _by(data, found, "detected")
    if declared and charset is None:
        why = Defect("charset_unknown", declared[:80])
    elif declared:
        why = Defect("charset_mismatch", f"declared {declared[:80]}, is {decoded.charset}")
    else:
        why = Defect("charset_undeclared", decoded.charset)
    return Decoded(decoded.text, decoded.charset, "detected", (why, *decoded.defects))


def _decode_labelled(data: bytes, declared: str, charset: str) -> Decoded:
    if charset == "utf-8":
        return _decode_as_utf8(data, declared)
    if charset == "iso-2022-jp":
        if iso2022jp.has_escapes(data) or detection.is_halfwidth_kana(data):
            return _by(data, charset, "declared")
        return _detected(data, detection.detect(data), declared, charset)
    if charset in _NOT_ASCII_COMPATIBLE:
        return _decode_wide(data, declared, charset)
    if iso2022jp.has_escapes(data) and charset not in _STATEFUL:
        return _detected(data, "iso-2022-jp", declared, charset)
    if b"\0" in data and (wide := detection.wide(data)):
        return _detected(data, wide, declared, charset)
    if detection.is_surely_utf8(data, among_multi_byte=not charset_labels.is_single_byte(charset)):
        return _detected(data, "utf-8", declared, charset)
    japanese = detection.japanese(data, sure=True) if charset in _LABELS_OF_JAPANESE else None
    # EUC-JP and GB 2312 share their rows of kana: there the label decides.
    if japanese and japanese != charset and (japanese, charset) != ("euc-jp", "gb18030"):
        return _detected(data, japanese, declared, charset)
    decoded = _by(data, charset, "declared")
    if not decoded.defects or charset_labels.is_single_byte(charset):
        return decoded
    return _better(decoded, data, declared, charset)


def _decode_as_utf8(data: bytes, declared: str) -> Decoded:
    if _LEADS_TO_SURROGATES.search(data) and detection.is_mostly_utf8(
        mended := _SURROGATES.sub(_whole_pair, data, count=_RUNS)
    ):
        read = _as_utf8(mended, declared)
        return Decoded(read.text, read.charset, read.how, (Defect("utf8_surrogates"), *read.defects))
    return _as_utf8(data, declared)


def _as_utf8(data: bytes, declared: str) -> Decoded:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if iso2022jp.has_escapes(data):
            return _detected(data, "iso-2022-jp", declared, "utf-8")
        if b"\0" in data and (wide := detection.wide(data)):
            return _detected(data, wide, declared, "utf-8")
        return Decoded(iso2022jp.with_pictures(text.removeprefix("\ufeff")), "utf-8", "declared")
    if wide := detection.wide(data):
        return _detected(data, wide, declared, "utf-8")
    if detection.is_mostly_utf8(data):
        return _by(data, "utf-8", "declared")
    return _detected(data, detection.detect(data), declared, "utf-8")


def _whole_pair(match: re.Match[bytes]) -> bytes:
    """CESU-8 (a pair of surrogates, each encoded for itself) as the character that is meant; one alone as U+FFFD."""
    pair = match.group().decode("utf-8", "surrogatepass")
    return pair.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _decode_wide(data: bytes, declared: str, charset: str) -> Decoded:
    if charset == "utf-16" and detection.byte_order_mark(data) is None and (wide := detection.byte_order(data)):
        return Decoded(data.decode(wide, "replace"), wide, "declared")
    decoded = _by(data, charset, "declared")
    if not charset.startswith("utf-16") or detection.is_plausible_wide(decoded.text):
        return decoded
    return _better(decoded, data, declared, charset)


def _better(decoded: Decoded, data: bytes, declared: str, charset: str) -> Decoded:
    """The declared charset left errors: take what detection says if that leaves fewer."""
    other = _detected(data, detection.detect(data), declared, charset)
    if other.charset == decoded.charset or other.text.count(_REPLACEMENT) >= decoded.text.count(_REPLACEMENT):
        return decoded
    return other


def _by(data: bytes, charset: str, how: str) -> Decoded:
    """Decode by a charset of ours; errors are replaced and counted."""
    text, charset = _text(data, charset)
    replaced = text.count(_REPLACEMENT) if _REPLACEMENT in text else 0
    if replaced and charset == "utf-8":
        replaced -= data.count(_WRITTEN_REPLACEMENT)
    defects = (Defect("charset_errors", f"{replaced} in {charset}"),) if replaced else ()
    if charset.startswith("iso-2022-jp") and iso2022jp.is_cut(data):
        defects = (*defects, Defect("escape_cut"))
    return Decoded(text, charset, how, defects)


def _text(data: bytes, charset: str) -> tuple[str, str]:
    if charset == "iso-2022-jp":
        read = iso2022jp.decode(data)
        return read.text, "iso-2022-jp-ms" if read.extended else charset
    if charset == "euc-jp":
        return _euc_jp(data), charset
    if charset == "windows-1252":
        return _windows_1252(data), charset
    text = data.decode(charset_labels.codec(charset), "replace")
    return iso2022jp.with_pictures(text.removeprefix("\ufeff")), charset


def _euc_jp(data: bytes) -> str:
    """EUC-JP with the NEC and IBM rows that Python's codec lacks (eucJP-ms)."""
    try:
        return data.decode("euc_jp").translate(jistables.AS_CP932)
    except UnicodeDecodeError:
        pass
    pieces: list[str] = []
    position = 0
    for run in islice(_EUC.finditer(data), _RUNS):
        pieces.append(_euc_run(run.group()))
        position = run.end()
    pieces.append(data[position:].decode("euc_jp", "replace"))
    return "".join(pieces)


def _euc_run(run: bytes) -> str:
    if run[0] >= 0xA1 and len(run) > 1:
        return jistables.x0208(run)
    if run[0] == 0x8F and len(run) > 1:
        return jistables.x0212(run[1:])
    return run.decode("euc_jp", "replace")


def _windows_1252(data: bytes) -> str:
    """Windows-1252 as browsers read it (WHATWG): its five holes are C1 controls."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return "".join(bytes((byte,)).decode("cp1252" if byte not in _HOLES else "latin-1") for byte in data)


_HOLES = b"\x81\x8d\x8f\x90\x9d"
