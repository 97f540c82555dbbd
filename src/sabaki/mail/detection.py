"""Which charset octets are in when nobody says, or when what is said does not fit.

In this order: byte order mark, UTF-16 by its zero octets, ISO-2022 escapes, valid UTF-8, CP932 against EUC-JP by how
Japanese the outcome would be, and chardet's statistics last.
"""

from __future__ import annotations

import codecs
import re
from binascii import a2b_base64
from collections import Counter
from functools import cache

from sabaki.mail import charset_labels, iso2022jp

_SAMPLE = 16_384
_GUESSED = 4_096
"""Statistics cost a millisecond for so many octets, and tell no more of more."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CP932 = re.compile(rb"[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]|[\xa1-\xdf]|[\x80-\xff]")
_EUC = re.compile(rb"\x8e[\xa1-\xdf]|\x8f[\xa1-\xfe]{2}|[\xa1-\xfe][\xa1-\xfe]|[\x80-\xff]")
_THREE_OCTETS = re.compile(rb"[\xe1-\xef][\x80-\xbf][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}")
_UTF7_RUN = re.compile(r"\+([A-Za-z0-9+/]{11,})-?")
_PLAUSIBLE = re.compile(
    "[\t\n\r -~\u00a0-\u024f\u0370-\u058f\u0590-\u06ff\u0e00-\u0e7f\u1e00-\u1eff\u2000-\u206f\u20a0-\u20bf\u2100-\u2bff"
    "\u3000-\u30ff\u3200-\u33ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uffef\ufeff]"
)
_COMMON = re.compile("[\t\n\r -~\u3000-\u30ff\uff01-\uff5e]")
_JAPANESE_ENOUGH = 0.55
_HIGH_RUNS = re.compile(rb"[\x80-\xff]++")
_OTHER_ALPHABETS = frozenset(
    "windows-1251 windows-1253 windows-1255 windows-1256 windows-874 koi8-r koi8-u iso-8859-5 iso-8859-6 iso-8859-7 "
    "iso-8859-8 macintosh cp855 cp866 cp862 cp864".split()
)
_KANJI_WORDS = (
    "重要 確認 緊急 至急 警告 通知 連絡 案内 銀行 利用 認証 請求 支払 更新 停止 制限 登録 変更 手続 配送 配達 届 荷物 不在 "
    "注文 会員 本人 口座 振込 入金 還付 税務 国税 三井 住友 三菱 楽天 株式会社 有限会社 様 御中 書類 契約 見積 年末 日本 東京 "
    "大阪 電話 情報 管理 送信 受信 添付 未納 料金 期限 失効"
).split()
_OPENING_MARK = "【".encode("euc_jp")


def byte_order_mark(data: bytes) -> str | None:
    """The charset that a byte order mark at the front announces."""
    return next((name for mark, name in _MARKS if data.startswith(mark)), None)


def escapes(data: bytes) -> str:
    """Which of the ISO 2022 charsets escapes belong to."""
    return "iso-2022-kr" if b"\x1b$)C" in data else "iso-2022-jp"


def wide(data: bytes) -> str | None:
    """UTF-16 without a mark, known by zero octets on one side of its pairs; None where it is not that."""
    sample = data[: _SAMPLE & ~1]
    if len(sample) < 4:
        return None
    high, low = sample[::2].count(0), sample[1::2].count(0)
    if high + low < max(2, len(sample) // 40) or min(high, low) * 10 > max(high, low):
        return None
    charset = "utf-16-be" if high > low else "utf-16-le"
    return charset if is_plausible_wide(sample.decode(charset, "replace")) else None


def byte_order(data: bytes) -> str | None:
    """UTF-16 without a mark and without zero octets, as Japanese alone is: the order in which a quarter of it is kana.

    None where neither order gives that. RFC 2781 says big-endian; most programs write little-endian.
    """
    sample = data[: _SAMPLE & ~1]
    if len(data) % 2 or len(sample) < 4:
        return None
    high, low = sample[::2], sample[1::2]
    orders = (("utf-16-be", high, low), ("utf-16-le", low, high))
    counted = [(_plain_rows(rows, cells), charset) for charset, rows, cells in orders]
    best, charset = max(counted)
    if best * 4 < len(high) or best <= 2 * min(counted)[0]:
        return None
    return charset if is_plausible_wide(sample.decode(charset, "replace")) else None


def _plain_rows(rows: bytes, cells: bytes) -> int:
    """How many units are kana, CJK punctuation, or plain letters."""
    return sum(1 for row, cell in zip(rows, cells, strict=True) if row == 0x30 or (row == 0 and 0x20 <= cell < 0x7F))


def is_plausible_wide(text: str) -> bool:
    """Whether a UTF-16 reading gives characters that people write."""
    sample = text[:2_000]
    return len(_PLAUSIBLE.findall(sample)) * 10 >= len(sample) * 9


def utf7_revealed(text: str) -> str:
    """The text with its runs of UTF-7 (RFC 2152) decoded, or "" where there is none worth the name.

    A run counts from four characters on, all plausible and a quarter of them plain: base64 in a link does not.
    """
    revealed = _UTF7_RUN.sub(_utf7_run, text)
    return revealed if revealed != text else ""


def _utf7_run(match: re.Match[str]) -> str:
    run = match.group(1)
    bits = len(run) * 6
    if bits % 16 >= 6:
        return match.group()
    octets = a2b_base64(run + "A" * (-len(run) % 4))
    try:
        text = octets[: bits // 16 * 2].decode("utf-16-be")
    except UnicodeDecodeError:
        return match.group()
    if len(_PLAUSIBLE.findall(text)) < len(text) or len(_COMMON.findall(text)) * 4 < len(text):
        return match.group()
    return text


def is_surely_utf8(data: bytes, *, among_multi_byte: bool = False) -> bool:
    """Valid UTF-8 that another charset would not give by chance.

    `among_multi_byte` when that other is multi-byte: its pairs may look like UTF-8's of two octets, hardly like three.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    beyond = len(data) - len(text)
    return beyond > 0 and (_THREE_OCTETS.search(data) is not None or (beyond >= 2 and not among_multi_byte))


def is_mostly_utf8(data: bytes) -> bool:
    """UTF-8 with a few slips (cut off in the middle of a character, one foreign line)."""
    sample = data[: _SAMPLE * 4]
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(1 for character in text if character > "\x7f") - broken
    return whole >= 4 * broken


def is_halfwidth_kana(data: bytes) -> bool:
    """Whether all octets over 0x7F are half-width katakana (JIS X 0201 in eight bits, as CP50220 accepts it)."""
    kana = [octet for octet in data[:_SAMPLE] if octet > 0x7F]
    return all(0xA1 <= octet <= 0xDF for octet in kana) and not is_surely_utf8(data) and not _euc_score(data) > 0


def japanese(data: bytes, *, sure: bool = False) -> str | None:
    """ "cp932" or "euc-jp" if the octets read as Japanese in one of them. `sure` asks for kana, which chance does not give."""
    sample = data[:_SAMPLE]
    by_score = {"cp932": _cp932_score(sample), "euc-jp": _euc_score(sample)}
    best = max(by_score, key=lambda charset: by_score[charset])
    if by_score[best] < _JAPANESE_ENOUGH:
        return "euc-jp" if _is_kanji_in_euc(sample) else None
    if sure and _kana(sample, best) < 3:
        return None
    return best


def _is_kanji_in_euc(sample: bytes) -> bool:
    """EUC-JP without kana: by a word that a subject or a file name is likely to have; two octets alone are chance."""
    tokens = _EUC.findall(sample)
    if any(len(token) == 1 for token in tokens):
        return False
    words = _kanji_words()
    text = b"".join(token if len(token) == 2 else b" " for token in tokens)
    return (text.startswith(_OPENING_MARK) and len(text) >= 8) or any(
        found.start() % 2 == 0 for found in words.finditer(text)
    )


@cache
def _kanji_words() -> re.Pattern[bytes]:
    words = (word.encode("euc_jp") for word in _KANJI_WORDS if len(word) > 1)
    return re.compile(b"|".join(words))


def _kana(sample: bytes, charset: str) -> int:
    if charset == "cp932":
        return sum(1 for token in _CP932.findall(sample) if len(token) == 2 and token[0] in b"\x82\x83")
    return sum(1 for token in _EUC.findall(sample) if len(token) == 2 and token[0] in b"\xa4\xa5")


def _cp932_score(sample: bytes) -> float:
    """How Japanese the octets are as CP932: 1 for kana, punctuation and everyday kanji only, below 0 for nonsense."""
    tokens = _CP932.findall(sample)
    if not tokens:
        return 0.0
    leads: Counter[int] = Counter(
        token[0] if len(token) == 2 else (0 if 0xA1 <= token[0] <= 0xDF else 1) for token in tokens
    )
    good = sum(leads[lead] for lead in (0x81, 0x82, 0x83, 0x87, *range(0x88, 0x98)))
    rare = sum(leads[lead] for lead in (0x84, *range(0x98, 0xA0), *range(0xE0, 0xEB), 0xED, 0xEE, 0xFA, 0xFB, 0xFC))
    broken = leads[1] + sum(leads[lead] for lead in (0x85, 0x86, 0xEB, 0xEC, 0xEF, *range(0xF0, 0xFA)))
    return (good + 0.3 * rare + 0.3 * leads[0] - 3 * broken) / len(tokens)


def _euc_score(sample: bytes) -> float:
    """How Japanese the octets are as EUC-JP. Without kana the same octets are as good Chinese or Korean: not enough."""
    tokens = _EUC.findall(sample)
    if not tokens:
        return 0.0
    leads: Counter[int] = Counter(token[0] if len(token) >= 2 else 1 for token in tokens)
    kana = leads[0xA4] + leads[0xA5]
    good = kana + leads[0xA1] + leads[0xA3] + leads[0xAD] + sum(leads[lead] for lead in range(0xB0, 0xD0))
    rare = sum(leads[lead] for lead in (0x8E, 0x8F, 0xA2, 0xA6, 0xA7, 0xA8, *range(0xD0, 0xF5), 0xFC))
    broken = leads[1] + sum(leads[lead] for lead in (*range(0xA9, 0xAD), 0xAE, 0xAF, *range(0xF5, 0xFC), 0xFD, 0xFE))
    score = (good + 0.3 * rare - 3 * broken) / len(tokens)
    return score if kana * 8 >= len(tokens) else score * 0.3


def detect(data: bytes) -> str:
    """The charset of unlabelled octets with at least one over 0x7F; "windows-1252" when nothing speaks for another."""
    if marked := byte_order_mark(data):
        return marked
    if b"\0" in data and (sixteen := wide(data)):
        return sixteen
    if iso2022jp.has_escapes(data):
        return escapes(data)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    if sixteen := byte_order(data):
        return sixteen
    if found := japanese(data):
        return found
    if is_mostly_utf8(data):
        return "utf-8"
    return _by_statistics(data[:_GUESSED])


def _by_statistics(sample: bytes) -> str:
    import chardet  # noqa: PLC0415  # 47 ms to load, and one mail in a hundred needs it

    guess = chardet.detect(sample, encoding_era=chardet.EncodingEra.MODERN_WEB)
    name = guess.get("encoding") or ""
    charset = charset_labels.canonical(str(name))
    if charset is None or charset.startswith(("utf-16", "utf-32")) or charset == "us-ascii":
        return "windows-1252"
    return "windows-1252" if charset in _OTHER_ALPHABETS and _is_latin(sample) else charset


def _is_latin(sample: bytes) -> bool:
    """Whether the octets over 0x7F stand one by one among ASCII letters, as accents do."""
    runs = _HIGH_RUNS.findall(sample)
    high = sum(map(len, runs))
    letters = sum(1 for octet in sample if 0x41 <= octet <= 0x5A or 0x61 <= octet <= 0x7A)
    return letters >= high and high * 2 < len(runs) * 3
