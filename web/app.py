"""The site as one Litestar application: its routes, open and closed, its limits and what stands around each request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from litestar import Litestar, Router
from litestar.concurrency import set_asyncio_executor
from litestar.config.compression import CompressionConfig
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from registry.app import Registry
from registry.catalog import overview
from registry.learners.app import Learners
from web import api, case, errors, feeds, lti, machines, oai, oembed, pages, resource_search
from web.api.describing import COMPONENTS
from web.assets import Assets
from web.auth import authorize
from web.metrics import Metrics
from web.observe import observed
from web.rendering import Templates
from web.site import Request, Site
from web.usage import UsageCounts

MOST_BYTES = 2_000_000
"""The largest request body that is read."""


def create_app(
    registry: Registry,
    learners: Learners,
    assets: Assets | None = None,
    on_startup: Sequence[Callable[[], None]] = (),
    on_shutdown: Sequence[Callable[[], None]] = (),
    clock: oai.Clock = oai.present,
) -> Litestar:
    """The application over opened stores; `on_startup` and `on_shutdown` are called in the serving process.

    A route is open only if it stands in an `OPEN` list; before all others `web.auth.authorize` runs, called by the
    closed routers or, where an open route has the same path, by the route itself.
    """
    assets = assets or Assets()
    usage = UsageCounts(registry.sessions)
    site = Site(registry, learners, assets, Templates(assets, registry.settings.base_url), usage)
    metrics = Metrics()
    # As many threads as pooled connections: a thread that waits for a connection serves nobody.
    executor = ThreadPoolExecutor(registry.settings.pool_size, thread_name_prefix="request")
    set_asyncio_executor(executor)
    app = Litestar(
        route_handlers=[
            Router("/", route_handlers=[*pages.OPEN, *machines.OPEN], include_in_schema=False),
            Router("/", route_handlers=[*case.OPEN, *oai.OPEN, *feeds.OPEN], include_in_schema=False),
            Router("/", route_handlers=[*oembed.OPEN, *lti.OPEN, *resource_search.OPEN], include_in_schema=False),
            Router("/", route_handlers=pages.CLOSED, before_request=authorize, include_in_schema=False),
            Router("/", route_handlers=[*api.OPEN, *api.BESIDE_OPEN]),
            Router("/", route_handlers=api.CLOSED, before_request=authorize),
        ],
        request_class=Request,
        exception_handlers=errors.HANDLERS,
        after_exception=[errors.find_visitor],
        request_max_body_size=MOST_BYTES,
        compression_config=CompressionConfig(
            backend="gzip", gzip_compress_level=4, minimum_size=1000, exclude_opt_key="compressed"
        ),
        openapi_config=OpenAPIConfig(
            title="Open Resource Registry",
            version="1",
            description="Search of learning resources by standard and level; learners' next steps.",
            path="/schema",
            render_plugins=[JsonRenderPlugin()],
            components=COMPONENTS,
        ),
        logging_config=None,
        on_startup=[*on_startup, usage.start],
        on_shutdown=[usage.stop, *on_shutdown],
    )
    app.state.site = site
    app.state.metrics = metrics
    app.state.clock = clock
    app.state.sitemap = overview.SitemapPages(machines.URLS_A_PAGE)
    app.asgi_handler = observed(app.asgi_handler, metrics)
    return app
