"""Gzip from strangers, unpacked under a cap."""

from __future__ import annotations

import zlib

from harvesters.failures import ANSWER, failed
from registry.ports import HarvestFailed

_SLICE = 64 * 1024
_MOST_MEMBERS = 10_000


class Unpacker:
    """Gzip unpacked piece by piece; stops one byte above `most`."""

    def __init__(self, most: int) -> None:
        self._left = most + 1
        self._members = 1
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def feed(self, packed: bytes) -> bytes:
        """What these bytes unpack to. Raises HarvestFailed where they are no gzip."""
        found: list[bytes] = []
        # In slices: what is left over after each of many small packed files is copied again and again.
        for start in range(0, len(packed), _SLICE):
            self._feed(packed[start : start + _SLICE], found)
        return b"".join(found)

    def _feed(self, packed: bytes, found: list[bytes]) -> None:
        while packed and self._left > 0:
            if self._stream.eof:
                if not packed.strip(b"\0"):
                    break
                self._members += 1
                self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
            try:
                piece = self._stream.decompress(packed, self._left)
            except zlib.error:
                raise _broken() from None
            if self._members > _MOST_MEMBERS:
                raise _broken()
            found.append(piece)
            self._left -= len(piece)
            packed = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail

    @property
    def whole(self) -> bool:
        """Whether the last packed file has come to its end."""
        return self._stream.eof


def _broken() -> HarvestFailed:
    return failed("gzip-broken", ANSWER, "The packed answer cannot be unpacked.", "Ask the site to answer plainly.")


def too_large(most: int, url: str) -> HarvestFailed:
    """The failure of an answer above the cap."""
    return failed(
        "too-large",
        ANSWER,
        f"The answer is larger than {most // (1024 * 1024)} MB.",
        "Ask the site to answer in smaller pages or files.",
        url,
    )
