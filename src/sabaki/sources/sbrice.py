"""Golomb-Rice code as Safe Browsing v5 uses it for sorted hashes and indices.

Bits come from the low end of each byte. A difference is a quotient in ones ended by a zero, then `parameter` bits, the lowest first.
"""

from __future__ import annotations

from sabaki.sources.sbproto import Garbled, Rice

PARAMETERS = {4: (3, 30), 8: (35, 62), 16: (99, 126), 32: (227, 254)}
"""By bytes of a number, the least and the greatest parameter that a server may use."""
_REFILL = 24
"""Bytes that are taken into the accumulator at a time beside those of one number: a short one shifts fast."""


def decode(rice: Rice) -> list[int]:
    """The numbers, ascending. Raises Garbled: a parameter out of range, more entries than the bits can hold, a number too large.

    Work and memory are bounded by the data that came: an entry takes `parameter` bits and one at least.
    """
    if not rice.count:
        return [rice.first]
    least, greatest = PARAMETERS[rice.width]
    if not least <= rice.parameter <= greatest:
        raise Garbled(f"a Rice parameter of {rice.parameter} for numbers of {rice.width} bytes")
    # Zeros at the very end may have been left away; a wrong guess shows in the checksum.
    if rice.count < 0 or rice.count * (rice.parameter + 1) > len(rice.data) * 8 + rice.parameter:
        raise Garbled(f"{rice.count} entries in {len(rice.data)} bytes")
    return _differences(rice)


def _differences(rice: Rice) -> list[int]:
    data, parameter = rice.data, rice.parameter
    mask, limit = (1 << parameter) - 1, 1 << (8 * rice.width)
    value, values = rice.first, [rice.first]
    held = bits = at = 0
    refill = _REFILL + rice.width
    for _ in range(rice.count):
        quotient = 0
        while True:
            if bits <= parameter + 64 and at < len(data):
                taken = data[at : at + refill]
                held |= int.from_bytes(taken, "little") << bits
                bits += 8 * len(taken)
                at += refill
            low = held & 0xFFFF_FFFF
            ones = (~low & (low + 1)).bit_length() - 1
            quotient += ones
            held >>= ones
            bits -= ones
            if ones < 32:
                break
        value += quotient << parameter | (held >> 1) & mask
        held >>= parameter + 1
        bits -= parameter + 1
        if value >= limit:
            raise Garbled("a number that does not fit")
        values.append(value)
    if bits < -parameter:
        raise Garbled("cut short")
    return values
