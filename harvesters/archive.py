"""Zip archives from strangers: the directory judged first, single members read under caps, nothing written to disk."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Collection
from types import TracebackType

from harvesters.failures import ANSWER, failed
from registry.ports import HarvestFailed

ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")

_MOST_MEMBERS = 20_000
_MOST_UNPACKED = 2 * 1024**3
_MOST_RATIO = 200
_RATIO_FROM = 4 * 1024**2
_MOST_READ = 256 * 1024**2
_ENCRYPTED = 0x1


class Archive:
    """An archive whose directory holds no bomb; `read` gives a member, at most 256 MB of members in all.

    What is named outside the archive (`../x`, `/x`, `C:\\x`), a link or encrypted is as if it were not there; an
    archive within it is a file like any other and is not opened.
    """

    def __init__(self, body: bytes, url: str) -> None:
        """Open the archive. Raises HarvestFailed where it is none, or would unpack to more than we take."""
        self._url = url
        self._left = _MOST_READ
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(body))
            members = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError, zlib.error):
            raise _broken(url) from None
        _refuse_bombs(members, len(body), url)
        self._members = {name: each for each in members if (name := _safe_name(each))}
        self.encrypted = any(each.flag_bits & _ENCRYPTED for each in members)

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    @property
    def names(self) -> Collection[str]:
        """The names of the members that can be read."""
        return self._members.keys()

    def size(self, name: str) -> int:
        """Bytes of a member once unpacked, as the directory says; 0 where there is none of this name."""
        return self._members[name].file_size if name in self._members else 0

    def read(self, name: str, most: int) -> bytes | None:
        """A member of up to `most` bytes; None where it is missing, larger, broken or beyond the cap for all."""
        member = self._members.get(name)
        if member is None or member.file_size > min(most, self._left):
            return None
        try:
            with self._zip.open(member) as opened:
                found = opened.read(most + 1)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError):
            return None
        self._left -= len(found)
        return found if len(found) <= most else None


def _refuse_bombs(members: Collection[zipfile.ZipInfo], packed: int, url: str) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > _MOST_MEMBERS or unpacked > _MOST_UNPACKED or unpacked > _RATIO_FROM + packed * _MOST_RATIO:
        raise failed(
            "archive-too-large",
            ANSWER,
            f"The archive holds {len(members)} files of {unpacked // 1024**2} MB, which is more than we open.",
            f"Send archives of up to {_MOST_MEMBERS} files and {_MOST_UNPACKED // 1024**3} GB.",
            url,
        )


def _safe_name(member: zipfile.ZipInfo) -> str | None:
    """The member's name, or None where it is a folder, a link, encrypted, or leads out of the archive."""
    name = member.filename.replace("\\", "/")
    if not name or member.is_dir() or member.flag_bits & _ENCRYPTED or stat.S_ISLNK(member.external_attr >> 16):
        return None
    parts = name.split("/")
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in parts:
        return None
    return "/".join(part for part in parts if part not in ("", "."))


def _broken(url: str) -> HarvestFailed:
    return failed(
        "archive-broken",
        ANSWER,
        "The archive cannot be opened: it is cut off or damaged.",
        "Export it again, and check that the file opens on your own computer.",
        url,
    )
