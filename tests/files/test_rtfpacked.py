from __future__ import annotations

import struct

from sabaki.files import rtfpacked
from tests.files import outlook

# The worked examples of [MS-OXRTFCP] 4.1.1 and 4.1.2.
SIMPLE = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af3206865 6c090020627705b06c647d0a800fa0"
)
CROSSING = bytes.fromhex("1a0000001c0000004c5a4675e2d44b5141000420575859 5a0d6e7d010eb0")


def test_the_examples_of_the_specification() -> None:
    assert rtfpacked.unpack(SIMPLE, 10_000).rtf == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert rtfpacked.unpack(CROSSING, 10_000).rtf == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    assert not rtfpacked.unpack(CROSSING, 10_000).damage


def test_more_than_a_window() -> None:
    rtf = b"{\\rtf1 " + bytes(range(32, 127)) * 100 + b"}"
    assert rtfpacked.unpack(outlook.packed(rtf), 100_000) == rtfpacked.Unpacked(rtf)


def test_not_compressed_at_all() -> None:
    stored = struct.pack("<II4sI", 18, 6, b"MELA", 0) + b"{\\rtf}junk"
    assert rtfpacked.unpack(stored, 100).rtf == b"{\\rtf}"
    assert rtfpacked.unpack(b"{\\rtf1 plain}", 100).rtf == b"{\\rtf1 plain}"


def test_what_a_cut_body_still_holds() -> None:
    packed = outlook.packed(b"{\\rtf1 0123456789}")
    for cut in range(len(packed)):
        rtfpacked.unpack(packed[:cut], 1_000)
    cut_off = rtfpacked.unpack(packed[:-9], 1_000)
    assert cut_off.rtf == b"{\\rtf1 01234"
    assert cut_off.damage == "compressed RTF is cut off"
    assert rtfpacked.unpack(b"short", 10).damage
    assert rtfpacked.unpack(bytes(16), 10).damage == "compressed RTF of an unknown kind"


def test_no_more_than_asked() -> None:
    assert len(rtfpacked.unpack(outlook.packed(b"x" * 5_000), 100).rtf) <= 200
