"""The favicon's hash, as search engines for hosts use it: MurmurHash3 (x86, 32 bits, seed 0) of its base64 in lines of 76."""

from __future__ import annotations

from base64 import encodebytes

_MASK = 0xFFFFFFFF


def icon_hash(content: bytes) -> int:
    """The hash, signed as those engines show it."""
    return murmur3(encodebytes(content))


def murmur3(data: bytes, seed: int = 0) -> int:
    """MurmurHash3_x86_32 by Austin Appleby (public domain), signed."""
    state, whole = seed, len(data) - len(data) % 4
    for at in range(0, whole, 4):
        state ^= _mixed(int.from_bytes(data[at : at + 4], "little"))
        state = (_rotated(state, 13) * 5 + 0xE6546B64) & _MASK
    state ^= _mixed(int.from_bytes(data[whole:], "little"))
    state ^= len(data)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        state = ((state ^ state >> shift) * factor) & _MASK
    return state - (1 << 32) if state >> 31 else state


def _mixed(block: int) -> int:
    return (_rotated(block * 0xCC9E2D51 & _MASK, 15) * 0x1B873593) & _MASK


def _rotated(value: int, by: int) -> int:
    return (value << by | value >> (32 - by)) & _MASK
