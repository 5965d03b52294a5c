"""Fetching for others than harvesters: with the operator's settings, into a file."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from harvesters.case_api import package_urls
from harvesters.http import Fetcher, Limits
from registry.settings import Settings

_ENDINGS = {
    "application/json": ".json",
    "application/ld+json": ".jsonld",
    "application/rdf+xml": ".rdf",
    "application/xml": ".xml",
    "text/csv": ".csv",
    "text/turtle": ".ttl",
    "text/xml": ".xml",
}


FRAMEWORK_LIMITS = Limits(body=512 * 1024 * 1024, seconds=900.0)
"""A framework is one file, however large; what `vocab import` takes from a disk it takes from an address."""


def fetcher_for(settings: Settings, limits: Limits | None = None) -> Fetcher:
    """A fetcher that goes where the operator lets harvesters go and says who it is."""
    return Fetcher(settings.allowed_networks, settings.base_url, limits)


def download_frameworks(fetcher: Fetcher, url: str, folder: Path) -> list[Path]:
    """The file at a URL, or every package of the CASE API it belongs to, each in a folder of its own."""
    paths = []
    for number, address in enumerate(package_urls(fetcher, url)):
        own = folder / str(number)
        own.mkdir()
        paths.append(download(fetcher, address, own))
    return paths


def download(fetcher: Fetcher, url: str, folder: Path) -> Path:
    """The file at a URL, in the folder under its own name, with an ending that fits its type. Raises HarvestFailed."""
    fetched = fetcher.get(
        url, accept="text/turtle, application/ld+json, application/rdf+xml, application/json, text/csv, */*;q=0.5"
    )
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", unquote(urlsplit(fetched.url).path.rstrip("/").rpartition("/")[2]))
    name = stem.strip(".-")[-100:] or "download"
    if "." not in name:
        name += _ENDINGS.get(fetched.content_type.partition(";")[0].strip().lower(), "")
    path = folder / name
    path.write_bytes(fetched.body)
    return path
