"""The few HTML and XML pages that the demo's districts show."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from typing import Any

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def resource_page(
    title: str, description: str, district: str, language: str, jsonld: dict[str, Any] | None = None
) -> bytes:
    """One resource as a page; with `jsonld`, the same is said to machines in a script element."""
    script = ""
    if jsonld is not None:
        # Inside a script element only `<` can end it or open a comment; JSON lets us write it as an escape.
        words = json.dumps(jsonld, ensure_ascii=False, indent=1).replace("<", "\\u003c")
        script = f'<script type="application/ld+json">\n{words}\n</script>\n'
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} | {escape(district)}</title>\n{script}"
        "<style>body{font:1.1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}</style>\n"
        f'</head>\n<body>\n<main>\n<p lang="en">{escape(district)}</p>\n'
        f"<h1>{escape(title)}</h1>\n<p>{escape(description)}</p>\n"
        '<p lang="en">This page stands for a lesson of a made-up district; the lesson itself is not here.</p>\n'
        "</main>\n</body>\n</html>\n"
    ).encode()


def sitemap_index(address: str, modified: str) -> bytes:
    """A sitemap index that names one sitemap."""
    entry = f"<sitemap><loc>{escape(address)}</loc><lastmod>{escape(modified)}</lastmod></sitemap>"
    return _sitemap("sitemapindex", entry)


def sitemap(entries: Iterable[tuple[str, str]]) -> bytes:
    """A sitemap of (address, last modified) pairs."""
    rows = (f"<url><loc>{escape(at)}</loc><lastmod>{escape(when)}</lastmod></url>\n" for at, when in entries)
    return _sitemap("urlset", "".join(rows))


def _sitemap(root: str, rows: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{SITEMAP}">\n{rows}</{root}>\n'.encode()
