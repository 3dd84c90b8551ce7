"""Chance without a state: small whole numbers cut from one digest of a seed and a key."""

from __future__ import annotations

from hashlib import blake2b
from struct import Struct

_WORDS = Struct(">32H")
WORD_SPAN = 65_536
"""A drawn word is a whole number from 0 up to, not including, this."""

Key = str | int
Words = tuple[int, ...]


def draw(*key: Key) -> Words:
    """32 whole numbers in ``range(65536)`` that depend on the key alone."""
    return _WORDS.unpack(blake2b("\x1f".join(map(str, key)).encode()).digest())


def hex_id(*key: Key) -> str:
    """A 32-digit hexadecimal name, such as the inside of a UUID."""
    return blake2b("\x1f".join(map(str, key)).encode(), digest_size=16).hexdigest()


def uuid_text(*key: Key) -> str:
    """A UUID-shaped name: 8-4-4-4-12 hexadecimal digits."""
    digits = hex_id(*key)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
