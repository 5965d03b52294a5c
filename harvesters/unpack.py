"""Gzip from strangers, unpacked under a cap."""

from __future__ import annotations

import zlib

from harvesters.failures import ANSWER, failed
from registry.ports import HarvestFailed


class Unpacker:
    """Gzip unpacked piece by piece; stops one byte above `most`."""

    def __init__(self, most: int) -> None:
        self._left = most + 1
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def feed(self, packed: bytes) -> bytes:
        """What these bytes unpack to. Raises HarvestFailed where they are no gzip."""
        found: list[bytes] = []
        while packed and self._left > 0:
            if self._stream.eof:
                if not packed.strip(b"\0"):
                    break
                self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
            try:
                piece = self._stream.decompress(packed, self._left)
            except zlib.error:
                raise failed(
                    "gzip-broken", ANSWER, "The packed answer cannot be unpacked.", "Ask the site to answer plainly."
                ) from None
            found.append(piece)
            self._left -= len(piece)
            packed = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
        return b"".join(found)

    @property
    def whole(self) -> bool:
        """Whether the last packed file has come to its end."""
        return self._stream.eof


def too_large(most: int, url: str) -> HarvestFailed:
    """The failure of an answer above the cap."""
    return failed(
        "too-large",
        ANSWER,
        f"The answer is larger than {most // (1024 * 1024)} MB.",
        "Ask the site to answer in smaller pages or files.",
        url,
    )
