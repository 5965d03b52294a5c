"""Deny by default: what is open is listed here by hand, all else needs a key or a sign-in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from registry.accounts.keys import new_key
from registry.accounts.people import check_password, person_of_token, sign_in
from tests.web.conftest import Served
from web.auth import COOKIE, local_path

OPEN = {
    ("GET", "/"),
    ("GET", "/api/v1/changes"),
    ("GET", "/suggest"),
    ("GET", "/search/export.csv"),
    ("GET", "/search/export.jsonld"),
    ("GET", "/feeds/search.atom"),
    ("POST", "/requests"),
    ("GET", "/asked"),
    ("GET", "/resources/{resource_id:str}"),
    ("GET", "/resources/{resource_id:str}/preview"),
    ("GET", "/standards"),
    ("GET", "/standards/{code:path}"),
    ("GET", "/api/v1/frameworks/{code:str}/versions"),
    ("GET", "/api/v1/frameworks/{code:str}/changes/{version:int}"),
    ("GET", "/frameworks/{code:str}/download/{format:str}"),
    ("GET", "/frameworks/{code:str}/versions/{number:int}"),
    ("GET", "/progressions/{code:path}"),
    ("GET", "/frameworks/beside"),
    ("GET", "/frameworks/{left:str}/beside/{right:str}"),
    ("GET", "/frameworks/{code:str}/changes/{number:int}"),
    ("GET", "/vocab"),
    ("GET", "/ims/case/v1p1/CFDocuments/{identifier:str}"),
    ("GET", "/ims/case/v1p1/CFPackages/{identifier:str}"),
    ("GET", "/ims/case/v1p1/CFItems/{identifier:str}"),
    ("GET", "/ims/case/v1p1/CFItemAssociations/{identifier:str}"),
    ("GET", "/ims/case/v1p1/CFAssociations/{identifier:str}"),
    ("GET", "/ims/case/v1p1/CFConcepts/{identifier:str}"),
    ("GET", "/ims/case/v1p1/CFSubjects/{identifier:str}"),
    ("GET", "/ims/case/v1p1/CFItemTypes/{identifier:str}"),
    ("GET", "/ims/case/v1p1/CFLicenses/{identifier:str}"),
    ("GET", "/ims/case/v1p1/CFAssociationGroupings/{identifier:str}"),
    ("GET", "/ims/case/v1p1/CFRubrics/{identifier:str}"),
    ("GET", "/ims/case/v1p1/CFDocuments"),
    ("GET", "/vocab/{name:str}"),
    ("GET", "/vocab/{name:str}/{key:str}"),
    ("GET", "/collections"),
    ("GET", "/collections/{collection_id:str}"),
    ("GET", "/collections/{collection_id:str}/export.csv"),
    ("GET", "/collections/{collection_id:str}/export.jsonld"),
    ("GET", "/api/v1/collections"),
    ("GET", "/api/v1/collections/{collection_id:str}"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("POST", "/sign-out"),
    ("GET", "/assets/{token:str}/{name:path}"),
    ("GET", "/robots.txt"),
    ("GET", "/opensearch.xml"),
    ("GET", "/sitemap.xml"),
    ("GET", "/sitemap/{span:str}"),
    ("GET", "/oai"),
    ("POST", "/oai"),
    ("GET", "/oai/lrmi.xsd"),
    ("GET", "/ims/rs/v1p0/resources"),
    ("GET", "/ims/rs/v1p0/subjects"),
    ("GET", "/feeds/changes.atom"),
    ("GET", "/opensearch/suggestions"),
    ("GET", "/oembed"),
    ("GET", "/embed"),
    ("GET", "/embed/search"),
    ("GET", "/embed/resources/{resource_id:str}"),
    ("GET", "/lti/login"),
    ("POST", "/lti/login"),
    ("GET", "/lti/launch"),
    ("POST", "/lti/launch"),
    ("GET", "/lti/resources/{resource_id:str}"),
    ("GET", "/lti/pick"),
    ("POST", "/lti/return"),
    ("GET", "/lti/jwks.json"),
    ("GET", "/lti/config.json"),
    ("GET", "/lti/register"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/schema"),
    ("GET", "/schema/{path:str}"),
    ("GET", "/schema/openapi.json"),
    ("GET", "/api/v1/search"),
    ("GET", "/api/v1/suggest"),
    ("GET", "/api/v1/resources/{resource_id:str}"),
    ("GET", "/api/v1/standards"),
    ("GET", "/api/v1/standards/{code:path}"),
    ("GET", "/api/v1/progressions/{code:path}"),
}


def routes(app: Litestar) -> Iterator[tuple[str, str]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            yield from ((method, route.path) for method in route.route_handler_map if method != "OPTIONS")


def filled_in(path: str) -> str:
    return "/".join("x" if part.startswith("{") else part for part in path.split("/"))


def test_what_is_open_is_what_is_listed_as_open(served: Served) -> None:
    assert set(routes(served.app)) >= OPEN
    assert {route for route in set(routes(served.app)) - OPEN if "/schema" in route[1]} == set()


def test_every_other_route_asks_a_stranger_to_sign_in(served: Served, client: TestClient[Litestar]) -> None:
    closed = set(routes(served.app)) - OPEN
    assert len(closed) > 10
    for method, path in closed:
        answer = client.request(method, filled_in(path), follow_redirects=False)
        if path.startswith("/api/") or method != "GET":
            assert answer.status_code == 401, (method, path)
        else:
            assert answer.status_code == 303, (method, path)
            assert answer.headers["location"].startswith("/sign-in?next="), (method, path)


def test_a_key_that_may_do_nothing_is_refused_everywhere(served: Served, client: TestClient[Litestar]) -> None:
    with served.registry.sessions.begin() as session:
        person = person_of_token(
            session, sign_in(session, check_password(session, served.admin.name, served.admin.password).id)
        )
        assert person
        key = new_key(session, person.id, ("nothing",))
    for method, path in set(routes(served.app)) - OPEN:
        answer = client.request(method, filled_in(path), headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 403, (method, path)


def test_a_wrong_key_is_nobodys(client: TestClient[Litestar], key: dict[str, str]) -> None:
    for wrong in ("Bearer oer_00000000_guess", key["Authorization"] + "x", "Basic YTpi", "Bearer", ""):
        answer = client.get("/api/v1/sources", headers={"Authorization": wrong})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"


def test_an_api_call_that_changes_something_needs_a_key_even_of_the_signed_in(
    served: Served, client: TestClient[Litestar], key: dict[str, str]
) -> None:
    signed_in(served, client)
    assert client.get("/api/v1/sources").status_code == 200
    assert client.post("/api/v1/sources/lakeside/harvest").status_code == 401
    assert served.sent == []
    assert client.post("/api/v1/sources/lakeside/harvest", headers=key).status_code == 202
    assert served.sent == [("harvest", {"source": "lakeside", "due": "yes"})]


def test_signing_in_leads_back_to_the_page_that_was_asked_for(served: Served, client: TestClient[Litestar]) -> None:
    asked = client.get("/admin/sources/lakeside?after=0", follow_redirects=False)
    form = client.get(asked.headers["location"])
    fields = {
        "form_token": token_in(form.text),
        "next": "/admin/sources/lakeside?after=0",
        "name": served.admin.name,
        "password": served.admin.password,
    }
    answer = client.post("/sign-in", data=fields, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/admin/sources/lakeside?after=0"
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith(COOKIE))
    assert "httponly" in cookie.lower()
    assert "samesite=lax" in cookie.lower()
    assert "secure" not in cookie.lower()


def test_cookies_are_secure_where_the_site_is_served_over_https(serve, filled_stores) -> None:  # type: ignore[no-untyped-def]
    served = serve(filled_stores, base_url="https://catalog.example")
    with TestClient(served.app) as client:
        assert "secure" in client.get("/sign-in").headers["set-cookie"].lower()


def test_a_wrong_password_is_told_and_ten_of_them_are_enough(served: Served, client: TestClient[Litestar]) -> None:
    fields = {"form_token": token_in(client.get("/sign-in").text), "name": "admin", "password": "guess", "next": "/"}
    for _ in range(10):
        answer = client.post("/sign-in", data=fields)
        assert answer.status_code == 401
        assert "name or the password is not right" in answer.text
    answer = client.post("/sign-in", data=fields | {"password": served.admin.password})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("path", ["/admin/sources/lakeside/harvest", "/sign-out"])
@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_form_of_another_site_is_refused(served: Served, client: TestClient[Litestar], path: str, token: str) -> None:
    signed_in(served, client)
    answer = client.post(path, data={"form_token": token})
    assert answer.status_code == 403
    assert served.sent == []
    assert client.get("/admin", follow_redirects=False).status_code == 200


def test_the_forms_of_the_operators_pages_work(served: Served, client: TestClient[Litestar]) -> None:
    signed_in(served, client)
    token = token_in(client.get("/admin").text)
    answer = client.post("/admin/sources/lakeside/harvest", data={"form_token": token}, follow_redirects=False)
    assert answer.status_code == 303
    assert served.sent == [("harvest", {"source": "lakeside", "due": "yes"})]
    assert client.post("/admin/sources/nobody/harvest", data={"form_token": token}).status_code == 404
    assert client.post("/sign-out", data={"form_token": token}, follow_redirects=False).status_code == 303
    assert client.get("/admin", follow_redirects=False).status_code == 303


def test_the_sign_in_form_of_another_browser_is_refused(served: Served, client: TestClient[Litestar]) -> None:
    token = token_in(client.get("/sign-in").text)
    client.cookies.clear()
    client.get("/sign-in")
    fields = {"form_token": token, "name": served.admin.name, "password": served.admin.password}
    assert client.post("/sign-in", data=fields).status_code == 403


@pytest.mark.parametrize(
    "stated", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "evil", "/a\nb"]
)
def test_signing_in_never_leads_to_another_site(stated: str) -> None:
    assert local_path(stated) == "/"


def test_signing_in_leads_on_within_the_site() -> None:
    assert local_path("/classes/1?x=y&z=%20") == "/classes/1?x=y&z=%20"
    assert local_path("/standards/漢") == "/standards/%E6%BC%A2"


@pytest.mark.parametrize("body", ["", "form_token=a&form_token=b", "form_token=%FF", "\x00"])
def test_a_form_that_is_none_of_ours_is_refused(client: TestClient[Litestar], body: str) -> None:
    client.get("/sign-in")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/sign-in", content=body, headers=headers).status_code == 403


def test_asking_what_a_closed_route_takes_needs_a_sign_in_too(client: TestClient[Litestar]) -> None:
    assert client.options("/admin").status_code == 401
    assert client.options("/api/v1/search").status_code == 204


def signed_in(served: Served, client: TestClient[Litestar]) -> None:
    with served.registry.sessions.begin() as session:
        token = sign_in(session, check_password(session, served.admin.name, served.admin.password).id)
    client.cookies.set(COOKIE, token, domain="testserver.local")


def token_in(page: str) -> str:
    return page.split('name="form_token" value="', 1)[1].split('"', 1)[0]
