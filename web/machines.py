"""What browsers, crawlers and operators' tools read: assets, robots, sitemap, OpenSearch, health and metrics."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import msgspec
import structlog
from litestar import Response, get
from litestar.params import FromPath
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from registry import migrate
from registry.app import Registry
from registry.catalog import overview
from registry.db import Sessions
from registry.errors import NotFound, RegistryError, Unavailable
from registry.learners import migrate as learner_migrate
from registry.search.checking import is_lost
from registry.search.query import suggest
from web.forms import text_of
from web.site import Request

log = structlog.get_logger("web")

URLS_A_PAGE = 5_000
"""How many resources a page of the sitemap is for."""
_MOST_URLS = 50_000
"""What sitemaps.org allows; ids that came late may fill a page beyond its size."""
_SUGGESTED = 5
_SPAN = re.compile(r"[0-9a-z]{26}-(?:[0-9a-z]{26})?")
_DAY = {"Cache-Control": "public, max-age=86400"}
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@get("/assets/{token:str}/{name:path}", sync_to_thread=True, compressed=True)
def asset(request: Request, token: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """A style sheet, script, font or picture; kept for good by browsers that ask with the current token."""
    assets = request.site.assets
    found = assets.read(name.strip("/"))
    kept = "public, max-age=31536000, immutable" if token == assets.token() else "no-cache"
    # A frame without an origin of its own asks for fonts as a stranger would.
    headers = {"ETag": found.etag, "Cache-Control": kept, "Access-Control-Allow-Origin": "*"}
    if found.gzipped is not None:
        headers["Vary"] = "Accept-Encoding"
    if request.headers.get("if-none-match") == found.etag:
        return Response(b"", status_code=304, headers=headers)
    if found.gzipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.gzipped, media_type=found.media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(found.content, media_type=found.media_type, headers=headers)


@get("/robots.txt", sync_to_thread=True)
def robots(request: Request) -> Response[str]:
    """What crawlers may read: everything but searches without end and what needs a sign-in."""
    lines = ["User-agent: *", "Disallow: /api/", "Disallow: /admin", "Disallow: /classes", "Disallow: /learners"]
    lines += [
        "Disallow: /?",
        "Disallow: /search/",
        "Disallow: /feeds/search.atom",
        "Disallow: /embed/search",
        "Disallow: /lti/",
    ]
    lines += ["Allow: /", f"Sitemap: {request.site.base_url}/sitemap.xml", ""]
    return Response("\n".join(lines), media_type="text/plain", headers=_DAY)


@get("/opensearch.xml", sync_to_thread=True)
def opensearch(request: Request) -> Response[str]:
    """The search as browsers can add it (OpenSearch 1.1)."""
    base = escape(request.site.base_url, {'"': "&quot;"})
    return _xml(
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">'
        "<ShortName>Open Resources</ShortName><Description>Learning resources by standard and level</Description>"
        f'<Url type="text/html" template="{base}/?q={{searchTerms}}"/>'
        f'<Url type="application/x-suggestions+json" rel="suggestions" '
        f'template="{base}/opensearch/suggestions?q={{searchTerms}}"/>'
        f'<Url type="application/atom+xml" template="{base}/feeds/search.atom?q={{searchTerms}}"/>'
        f'<Url type="application/json" template="{base}/api/v1/search?q={{searchTerms}}"/>'
        f'<Url type="application/opensearchdescription+xml" rel="self" template="{base}/opensearch.xml"/>'
        "<InputEncoding>UTF-8</InputEncoding></OpenSearchDescription>",
        "application/opensearchdescription+xml",
    )


@get("/opensearch/suggestions", sync_to_thread=True)
def opensearch_suggestions(request: Request) -> Response[bytes]:
    """What a browser's own search field offers: the text, its completions, what each is, and where it leads
    (OpenSearch Suggestions 1.0)."""
    typed = text_of(request.query_params, "q")
    registry = request.site.registry
    with registry.reading.begin() as session:
        found = suggest(session, registry.index, typed, _SUGGESTED)
    offered = [(ref.code or ref.statement, f"{ref.framework}: {ref.statement}") for ref in found.standards]
    offered += [(title, "Title") for title in found.titles] + [(subject, "Subject") for subject in found.subjects]
    words, told = [each[0] for each in offered], [each[1] for each in offered]
    links = [f"{request.site.base_url}/?{urlencode({'q': each})}" for each in words]
    content = msgspec.json.encode([typed, words, told, links])
    return Response(content, media_type="application/x-suggestions+json", headers={"Cache-Control": "max-age=60"})


@get("/sitemap.xml", sync_to_thread=True)
def sitemap(request: Request) -> Response[str]:
    """The pages of the sitemap, each named by the ids between which its resources are."""
    with request.site.registry.reading.begin() as session:
        ranges = request.app.state.sitemap.ranges(session)
    base = escape(request.site.base_url)
    pages = "".join(f"<sitemap><loc>{base}/sitemap/{first}-{end}</loc></sitemap>" for first, end in ranges)
    return _xml(f"<sitemapindex {_SITEMAP}>{pages}</sitemapindex>")


@get("/sitemap/{span:str}", sync_to_thread=True)
def sitemap_page(request: Request, span: FromPath[str]) -> Response[str]:
    """The addresses of the resources between two ids, and when each changed."""
    if not _SPAN.fullmatch(span):
        raise NotFound("The sitemap has no such page.")
    first, _, end = span.partition("-")
    with request.site.registry.reading.begin() as session:
        listed = overview.list_between(session, first, end, _MOST_URLS)
    base = escape(request.site.base_url)
    urls = (
        f"<url><loc>{base}/resources/{each.id}</loc><lastmod>{each.updated_at:%Y-%m-%dT%H:%M:%SZ}</lastmod></url>"
        for each in listed
    )
    return _xml(f"<urlset {_SITEMAP}>{''.join(urls)}</urlset>")


@get("/healthz", sync_to_thread=False)
def healthz() -> Response[bytes]:
    """Whether the process answers."""
    return _json({"status": "ok"})


@get("/readyz", sync_to_thread=True)
def readyz(request: Request) -> Response[bytes]:
    """Whether the stores answer: 503 with the names of those that do not."""
    registry, learners = request.site.registry, request.site.learners
    checks: dict[str, Callable[[], None]] = {
        "database": lambda: _answers(registry.reading),
        "migrations": lambda: _migrated(migrate.is_current(registry.engine)),
        "learner database": lambda: _answers(learners.reading),
        "learner migrations": lambda: _migrated(learner_migrate.is_current(learners.engine)),
        "search index": lambda: _searchable(registry),
    }
    down = [name for name, check in checks.items() if not _passes(name, check)]
    return _json({"status": "unready" if down else "ready", "down": down}, 503 if down else 200)


@get("/metrics", sync_to_thread=True)
def metrics(request: Request) -> Response[bytes]:
    """The figures for Prometheus."""
    with request.site.registry.reading.begin() as session:
        stale, runs = overview.count_stale(session), overview.count_runs(session)
    content = request.app.state.metrics.exposition(stale, runs)
    return Response(content, media_type="text/plain; version=0.0.4", headers={"Cache-Control": "no-store"})


OPEN = [asset, robots, opensearch, opensearch_suggestions, sitemap, sitemap_page, healthz, readyz, metrics]


def _passes(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except (RegistryError, SQLAlchemyError) as error:
        log.warning("not_ready", store=name, error=str(error))
        return False
    return True


def _searchable(registry: Registry) -> None:
    registry.index.ready()
    with registry.reading.begin() as session:
        if is_lost(session, registry.index):
            raise Unavailable("The search index is being made anew")


def _answers(sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.execute(text("SELECT 1"))


def _migrated(is_current: bool) -> None:
    if not is_current:
        raise Unavailable("The database has not been migrated; run: oer db upgrade")


def _json(content: dict[str, object], status: int = 200) -> Response[bytes]:
    return Response(
        msgspec.json.encode(content),
        media_type="application/json",
        status_code=status,
        headers={"Cache-Control": "no-store"},
    )


def _xml(content: str, media_type: str = "application/xml") -> Response[str]:
    return Response(
        _XML + content, media_type=f"{media_type}; charset=utf-8", headers={"Cache-Control": "public, max-age=3600"}
    )
