"""The address of the file behind a link that people share: a published sheet, a drive, a repository's page."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

_GOOGLE_SHEET = re.compile(r"/(?:a/[^/]+/)?spreadsheets/(?:u/\d+/)?d/(?!e/)([\w-]{10,})(?:/([^/]*))?(?:/.*)?")
_GOOGLE_PUBLISHED = re.compile(r"/(?:a/[^/]+/)?spreadsheets/(?:u/\d+/)?d/e/([\w-]{10,})(?:/([^/]*))?/?")
_GOOGLE_FILE = re.compile(r"/(?:a/[^/]+/)?file/(?:u/\d+/)?d/([\w-]{10,})(?:/.*)?")
_BLOB = re.compile(r"(/[^/]+/[^/]+)/blob/(.+)")
_SHAREPOINT = re.compile(r"/:[a-z]:/[a-z]/.+")
_GID = re.compile(r"(?:^|[&#?])gid=(\d+)")


def file_address(url: str, *, whole_workbook: bool = False) -> str:
    """The address under which the file itself is sent; `url` as it is where it is no share link that we know.

    A Google sheet is asked for as CSV, or with `whole_workbook` as XLSX with all its sheets and the links of its cells.

    Known are Google Sheets (edit, share, htmlview, published) and Drive, OneDrive, SharePoint, Dropbox, and the pages
    of GitHub, GitLab and Codeberg. Nothing is asked over the network, and the host stays one of the same service.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower()
    except ValueError:  # so odd that its host cannot be told: fetching it says why
        return url
    if parts.scheme not in ("http", "https"):
        return url
    for hosts, turn in _SERVICES:
        if any(host == each or (each.startswith(".") and host.endswith(each)) for each in hosts):
            found = turn(parts) or url
            return _as_workbook(found) if whole_workbook and turn is _google_docs else found
    return url


def _google_docs(parts: SplitResult) -> str | None:
    asked = dict(parse_qsl(parts.query))
    gid = asked.get("gid") or next(iter(_GID.findall(parts.fragment)), "")
    one = [("gid", gid)] if gid else []
    if found := _GOOGLE_PUBLISHED.fullmatch(parts.path):
        if asked.get("output", "html") != "html":
            return None
        single = [*one, ("single", "true")] if gid else []
        return f"https://docs.google.com/spreadsheets/d/e/{found[1]}/pub?{urlencode([*single, ('output', 'csv')])}"
    if (found := _GOOGLE_SHEET.fullmatch(parts.path)) and found[2] not in ("export", "gviz"):
        key = [("resourcekey", asked["resourcekey"])] if asked.get("resourcekey") else []
        query = urlencode([("format", "csv"), *one, *key])
        return f"https://docs.google.com/spreadsheets/d/{found[1]}/export?{query}"
    return None


def _as_workbook(url: str) -> str:
    parts = urlsplit(url)
    query = [("format", "xlsx") if pair == ("format", "csv") else pair for pair in parse_qsl(parts.query)]
    query = [("output", "xlsx") if pair == ("output", "csv") else pair for pair in query]
    return parts._replace(query=urlencode([pair for pair in query if pair[0] not in ("gid", "single")])).geturl()


def _google_drive(parts: SplitResult) -> str | None:
    asked = dict(parse_qsl(parts.query))
    found = _GOOGLE_FILE.fullmatch(parts.path)
    identifier = found[1] if found else asked.get("id", "") if parts.path == "/open" else ""
    key = [("resourcekey", asked["resourcekey"])] if asked.get("resourcekey") else []
    query = urlencode([("export", "download"), ("id", identifier), *key])
    return f"https://drive.google.com/uc?{query}" if identifier else None


def _dropbox(parts: SplitResult) -> str | None:
    if not parts.path.startswith(("/s/", "/scl/", "/sh/")):
        return None
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in ("dl", "raw")]
    return parts._replace(scheme="https", query=urlencode([*kept, ("dl", "1")]), fragment="").geturl()


def _onedrive(parts: SplitResult) -> str | None:
    if parts.path.startswith(("/embed", "/download")):
        return parts._replace(path="/download", fragment="").geturl()
    # The documented way: the share link itself, in URL-safe base64, names the share.
    share = parts._replace(fragment="").geturl().encode()
    return f"https://api.onedrive.com/v1.0/shares/u!{base64.urlsafe_b64encode(share).decode().rstrip('=')}/root/content"


def _sharepoint(parts: SplitResult) -> str | None:
    if not _SHAREPOINT.fullmatch(parts.path):
        return None
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in ("web", "download")]
    return parts._replace(query=urlencode([*kept, ("download", "1")]), fragment="").geturl()


def _github(parts: SplitResult) -> str | None:
    found = _BLOB.fullmatch(parts.path)
    return f"https://raw.githubusercontent.com{found[1]}/{found[2]}" if found else None


def _gitlab(parts: SplitResult) -> str | None:
    if "/-/blob/" not in parts.path:
        return None
    return parts._replace(path=parts.path.replace("/-/blob/", "/-/raw/", 1), fragment="").geturl()


def _codeberg(parts: SplitResult) -> str | None:
    found = re.fullmatch(r"(/[^/]+/[^/]+)/src/((?:branch|commit|tag)/.+)", parts.path)
    return parts._replace(path=f"{found[1]}/raw/{found[2]}", fragment="").geturl() if found else None


_SERVICES: Sequence[tuple[tuple[str, ...], Callable[[SplitResult], str | None]]] = (
    (("docs.google.com",), _google_docs),
    (("drive.google.com",), _google_drive),
    (("www.dropbox.com", "dropbox.com"), _dropbox),
    (("1drv.ms", "onedrive.live.com"), _onedrive),
    ((".sharepoint.com",), _sharepoint),
    (("github.com", "www.github.com"), _github),
    (("gitlab.com",), _gitlab),
    (("codeberg.org",), _codeberg),
)
"""Hosts (one that begins with a dot stands for every name below it), and what turns their links."""
