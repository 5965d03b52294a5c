"""What browsers, crawlers and operators read, and what stands around every request."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from lxml import etree

from registry.errors import NotFound
from registry.models import ResourceRow
from tests.web.conftest import Served
from web.assets import Assets
from web.attempts import Attempts

NEEDS_ASSETS = pytest.mark.skipif(bool(Assets().missing()), reason="node_modules is not installed: run make setup")


def test_the_process_answers_and_its_stores_too(client: TestClient[Litestar]) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready", "down": []}


def test_a_store_that_is_down_is_named(served: Served, client: TestClient[Litestar]) -> None:
    with served.registry.sessions.begin() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["down"] == ["migrations"]


def test_the_sitemap_leads_to_every_resource_that_can_be_read(served: Served, client: TestClient[Litestar]) -> None:
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    index = etree.fromstring(client.get("/sitemap.xml").content)
    found: list[str] = []
    for page in index.findall("s:sitemap/s:loc", space):
        urls = etree.fromstring(client.get(str(page.text)).content)
        found += [str(loc.text) for loc in urls.findall("s:url/s:loc", space)]
    with served.registry.reading.begin() as session:
        live = session.query(ResourceRow.id).filter(ResourceRow.withdrawn_at.is_(None)).all()
    assert sorted(found) == sorted(f"http://testserver.local/resources/{row.id}" for row in live)
    assert client.get("/sitemap/zzzz").status_code == 404


def test_crawlers_are_told_what_to_leave_alone(client: TestClient[Litestar]) -> None:
    told = client.get("/robots.txt").text
    assert "Disallow: /learners" in told
    assert "Sitemap: http://testserver.local/sitemap.xml" in told


def test_browsers_can_add_the_search(client: TestClient[Litestar]) -> None:
    root = etree.fromstring(client.get("/opensearch.xml").content)
    assert root.find("{*}Url").get("template") == "http://testserver.local/?q={searchTerms}"


def test_figures_count_by_route_and_tell_what_is_stale(served: Served, client: TestClient[Litestar]) -> None:
    client.get("/resources/none")
    with served.registry.sessions.begin() as session:
        session.query(ResourceRow).filter(ResourceRow.withdrawn_at.is_(None)).limit(1).one().revision += 1
    answer = client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    told = answer.text
    assert 'oer_http_requests_total{method="GET",route="/resources/{resource_id}",status="404"} 1.0' in told
    assert "oer_index_stale_resources 1.0" in told
    assert 'oer_harvest_runs{status="partial"} 1.0' in told
    assert "none" not in told


def test_the_openapi_document_describes_the_api_and_not_the_pages(client: TestClient[Litestar]) -> None:
    document = client.get("/schema/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/search" in document["paths"]
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    search = document["paths"]["/api/v1/search"]["get"]
    assert {"q", "standard", "limit", "cursor"} <= {parameter["name"] for parameter in search["parameters"]}
    assert "application/problem+json" in search["responses"]["400"]["content"]
    evidence = document["paths"]["/api/v1/evidence"]["post"]
    assert "anyOf" in evidence["requestBody"]["content"]["application/json"]["schema"]
    assert evidence["security"] == [{"key": []}]


@pytest.mark.parametrize("path", ["/", "/nowhere", "/api/v1/search", "/assets/x/none.css", "/healthz"])
def test_every_answer_protects_the_browser_and_has_a_number(client: TestClient[Litestar], path: str) -> None:
    headers = client.get(path).headers
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"]
    assert headers["x-request-id"]


@pytest.mark.parametrize(("stated", "kept"), [("abc-123", True), ("x" * 65, False), ("a b", False), ("é", False)])
def test_a_request_keeps_its_number_if_that_is_sane(client: TestClient[Litestar], stated: str, kept: bool) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": stated.encode()})
    assert (answer.headers["x-request-id"] == stated) is kept


def test_head_is_answered_like_get_without_a_body(client: TestClient[Litestar]) -> None:
    answer = client.head("/standards")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 1000


def test_pages_and_answers_are_compressed(client: TestClient[Litestar]) -> None:
    for path in ("/", "/api/v1/search"):
        assert client.get(path, headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"
        assert "content-encoding" not in client.get(path, headers={"Accept-Encoding": "identity"}).headers


@NEEDS_ASSETS
def test_assets_are_kept_for_good_under_their_hash(served: Served, client: TestClient[Litestar]) -> None:
    address = client.get("/").text.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    again = client.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert plain.content == answer.content
    assert gzip.decompress(gzip.compress(plain.content)) == answer.content
    stale = client.get(address.replace(served.app.state.site.assets.token(), "0000"))
    assert stale.headers["cache-control"] == "no-cache"


@NEEDS_ASSETS
@pytest.mark.parametrize(
    "name",
    [
        "oer/../app.py",
        "oer/../../pyproject.toml",
        "uswds/css/../../package.json",
        "uswds/scss/uswds.scss",
        "uswds/css/uswds.min.css.map",
        "package.json",
        "oer/",
        "",
    ],
)
def test_nothing_but_assets_is_served_as_one(name: str) -> None:
    with pytest.raises(NotFound):
        Assets().read(name)


def test_a_site_without_its_assets_still_answers(
    serve: Callable[..., Served], empty_stores: Path, tmp_path: Path
) -> None:
    served = serve(empty_stores)
    object.__setattr__(served.app.state.site, "assets", Assets(tmp_path / "nothing"))
    with TestClient(served.app) as client:
        assert client.get("/").status_code == 200
        assert client.get("/assets/x/htmx/htmx.min.js").status_code == 404


def test_failed_attempts_are_forgotten_after_a_while_and_after_success() -> None:
    moment = [0.0]
    attempts = Attempts(most=2, window=60, clock=lambda: moment[0])
    attempts.failed("ada")
    assert attempts.wait("ada") == 0
    attempts.failed("ada")
    assert attempts.wait("ada") == 60
    assert attempts.wait("grace") == 0
    moment[0] = 61.0
    assert attempts.wait("ada") == 0
    attempts.failed("ada")
    attempts.failed("ada")
    attempts.succeeded("ada")
    assert attempts.wait("ada") == 0
