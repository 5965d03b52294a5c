"""A file as text: which encoding it is in, and its bytes in UTF-8 whatever that is."""

from __future__ import annotations

import codecs
import io
import re
from pathlib import Path
from typing import IO

from vocab.resource import Problem

_CHUNK = 1024 * 1024
_DECLARED = re.compile(rb"""\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")
# Of the single-byte encodings a publisher's tool may declare, those that Python decodes as the standard says.
_SINGLE_BYTE = re.compile(r"iso-?8859-(?:\d+)|windows-125\d|cp125\d|latin-?[1-9]|us-ascii", re.IGNORECASE)
_PACKED = {
    b"PK\x03\x04": "a ZIP archive. Unpack it, and give the framework file or the folder",
    b"PK\x05\x06": "an empty ZIP archive. Give the framework file",
    b"\x1f\x8b": "compressed with gzip. Unpack it, and give the file inside",
    b"%PDF": "a PDF. Ask the publisher for CASE, RDF or a table",
    b"\xd0\xcf\x11\xe0": "an old Office file. Save the sheet as CSV UTF-8",
}


def packed(head: bytes) -> str:
    """What a file with these first bytes is instead of text, with the way out; empty where it may be text."""
    return next((told for magic, told in _PACKED.items() if head.startswith(magic)), "")


def encoding_of(path: Path) -> tuple[str, tuple[Problem, ...]]:
    """The encoding of a text file, with a Problem where it is not Unicode and had to be guessed.

    UTF-16 by its mark, UTF-8 where every byte of the file is, what an XML declaration says, else Windows-1252.
    """
    with path.open("rb") as file:
        head = file.read(1024)
        if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16", ()
        file.seek(0)
        line = _line_not_utf8(file)
    if not line:
        return "utf-8-sig", ()
    declared = _DECLARED.match(head)
    if declared and _SINGLE_BYTE.fullmatch(stated := declared[1].decode()):
        return stated.lower(), ()
    message = f"{path.name} is not in UTF-8 (first seen in line {line}); it was read as Windows-1252."
    return "cp1252", (
        Problem("encoding", f"line {line}", message, "Save it as UTF-8, and check its accented letters."),
    )


def opened(path: Path, encoding: str) -> IO[bytes]:
    """The file as a stream of UTF-8 without a byte order mark. Raises ValueError where it is not in this encoding."""
    if encoding == "utf-8-sig":
        file = path.open("rb")
        if file.read(3) != codecs.BOM_UTF8:
            file.seek(0)
        return file
    content = _without_declaration(text_of(path, encoding))
    return io.BytesIO(content.encode("utf-8"))


def text_of(path: Path, encoding: str) -> str:
    """The whole text. Raises ValueError where it is not in this encoding."""
    try:
        return path.read_bytes().decode(encoding, "strict" if encoding == "utf-16" else "replace")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name} starts as UTF-16, but byte {error.start} is none. Save it as UTF-8.") from error


def _line_not_utf8(file: IO[bytes]) -> int:
    """The line of the first byte that is not UTF-8; 0 where there is none."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    while chunk := file.read(_CHUNK):
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            return line + chunk.count(b"\n", 0, error.start)
        line += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return line
    return 0


def _without_declaration(text: str) -> str:
    return re.sub(r"^(\s*<\?xml\s[^>]*?)\s+encoding\s*=\s*[\"'][\w.:-]+[\"']", r"\1", text, count=1)
