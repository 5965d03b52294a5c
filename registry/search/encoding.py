"""A process of its own that encodes at the lowest priority, so that searches and harvests always come first.

`python -m registry.search.encoding` reads lines of JSON, each a list of texts, and answers each with the bytes of
the vectors; it ends with its input, so never outlives who started it.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import FileIO
from typing import IO

import msgspec
import numpy as np

from registry.search.minilm import WIDTH, Floats, open_minilm

_BYTES_EACH = WIDTH * 4
_LOWEST = 19
_PATIENCE = 600.0


class EncoderLost(Exception):
    """The process ended, or did not answer in time."""


@contextmanager
def encoding(command: Sequence[str] = ()) -> Iterator[Callable[[Sequence[str]], Floats]]:
    """A function that encodes texts in a process started here, which is ended afterwards.

    It raises EncoderLost when that process has died, or is silent for ten minutes. `command` stands in for its own.
    """
    process = subprocess.Popen(
        command or [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # A Ctrl-C is for whoever started it.
    )
    assert process.stdin is not None
    assert process.stdout is not None
    given, taken = process.stdin, process.stdout

    def encode(texts: Sequence[str]) -> Floats:
        try:
            given.write(msgspec.json.encode(texts) + b"\n")
            given.flush()
        except BrokenPipeError:
            raise EncoderLost("the encoding process has ended") from None
        answer = _read(taken, len(texts) * _BYTES_EACH)
        return np.frombuffer(answer, np.float32).reshape(len(texts), WIDTH)

    try:
        yield encode
    finally:
        process.kill()
        process.wait()
        with suppress(BrokenPipeError):
            given.close()
        taken.close()


def answer(lines: IO[bytes], out: FileIO) -> None:
    """Encode each line's texts until there are no more lines."""
    model = open_minilm()
    if model is None:
        return
    for line in lines:
        out.write(model.encode(msgspec.json.decode(line, type=list[str])).tobytes())


def _read(taken: IO[bytes], size: int) -> bytes:
    until, found = time.monotonic() + _PATIENCE, bytearray()
    while len(found) < size:
        ready, _, _ = select.select([taken], [], [], max(until - time.monotonic(), 0))
        if not ready:
            raise EncoderLost("the encoding process does not answer")
        part = os.read(taken.fileno(), size - len(found))
        if not part:
            raise EncoderLost("the encoding process has ended")
        found += part
    return bytes(found)


if __name__ == "__main__":
    os.nice(_LOWEST)
    with suppress(BrokenPipeError), FileIO(sys.stdout.fileno(), "w") as out:
        answer(sys.stdin.buffer, out)
