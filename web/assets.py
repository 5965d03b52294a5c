"""Style sheets, scripts, fonts and pictures: U.S. Web Design System and htmx from node_modules, our own from `static`.

Of the design system's style sheet only what our pages use is sent (`web.used_styles`). Every URL carries a hash of the
contents it leads to, so that browsers may keep what they have for good.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from pathlib import Path

from msgspec import Struct

from registry.errors import NotFound
from web.used_styles import used_part

_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".woff": "font/woff",
    ".ttf": "font/ttf",
}
_COMPRESSED = frozenset((".css", ".js", ".svg"))
_NAMED = (
    "oer/oer.css", "oer/standards.css", "oer/changes.css", "oer/districts.css", "oer/map.css", "oer/map.js",
    "oer/print.css", "oer/search.css", "oer/suggest.js", "oer/embed.css", "oer/lti.js", "oer/oer.js", "oer/mark.svg",
    "oer/lists.css",
    "uswds/css/uswds.min.css", "htmx/htmx.min.js",
)  # fmt: skip
_WHOLE = "uswds.min.css"
PROJECT = Path(__file__).resolve().parent.parent


class Asset(Struct, frozen=True):
    """One file to send. `gzipped` is None where its kind does not shrink."""

    content: bytes
    gzipped: bytes | None
    media_type: str
    etag: str


class Assets:
    """Files below a few folders of `node_modules` and `static`, read once and kept in memory."""

    def __init__(self, node_modules: Path | None = None) -> None:
        packages = node_modules or PROJECT / "node_modules"
        uswds = packages / "@uswds" / "uswds" / "dist"
        self._folders = {
            "oer": PROJECT / "web" / "static",
            "uswds/css": uswds / "css",
            "uswds/fonts": uswds / "fonts",
            "uswds/img": uswds / "img",
            "htmx": packages / "htmx.org" / "dist",
        }
        self._lock = threading.Lock()
        self._held: dict[str, Asset] = {}
        self._token = ""

    def url(self, name: str) -> str:
        """The address of an asset, as in `uswds/css/uswds.min.css`."""
        return f"/assets/{self.token()}/{name}"

    def token(self) -> str:
        """A hash over what the pages name: fonts and pictures are named by the style sheets, relative to them."""
        if not self._token:
            digest = hashlib.sha256()
            for name in _NAMED:
                path = self._path(name)
                digest.update(_content(path) if path.is_file() else b"")
            self._token = digest.hexdigest()[:16]
        return self._token

    def missing(self) -> list[str]:
        """Assets the pages name and that are not there: nobody has run `make setup`."""
        return [name for name in _NAMED if not self._path(name).is_file()]

    def read(self, name: str) -> Asset:
        """The asset of this name. Raises NotFound for what is not there and for what nobody may read."""
        held = self._held.get(name)
        if held:
            return held
        path = self._path(name)
        if path.suffix not in _TYPES or not path.is_file():
            raise NotFound("There is no such file.")
        content = _content(path)
        with self._lock:
            return self._held.setdefault(name, _asset(content, path.suffix))

    def _path(self, name: str) -> Path:
        for prefix, folder in self._folders.items():
            if name.startswith(f"{prefix}/"):
                path = (folder / name[len(prefix) + 1 :]).resolve()
                if path.is_relative_to(folder.resolve()):
                    return path
        raise NotFound("There is no such file.")


def _content(path: Path) -> bytes:
    return used_part(path) if path.name == _WHOLE else path.read_bytes()


def _asset(content: bytes, suffix: str) -> Asset:
    return Asset(
        content=content,
        gzipped=gzip.compress(content, 9, mtime=0) if suffix in _COMPRESSED else None,
        media_type=_TYPES[suffix],
        etag=f'"{hashlib.sha256(content).hexdigest()[:32]}"',
    )
