"""Errors: problem+json for machines, a page in plain words for people, nothing of our insides for anybody."""

from __future__ import annotations

import html
import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from litestar import Litestar, get
from litestar.testing import TestClient

from registry.errors import (
    BadRequest,
    Conflict,
    FieldError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    RegistryError,
    Rejected,
    Unavailable,
)
from tests.web.conftest import Served
from tests.web.keeping import person
from tests.web.test_access import token_in
from web.errors import described
from web.field_words import field_words
from web.forms import FILTERS
from web.pages.facet_groups import GROUPS


def every_error() -> list[type[RegistryError]]:
    found = [RegistryError]
    for each in found:
        found += [child for child in each.__subclasses__() if child.__module__ == "registry.errors"]
    return found


@pytest.mark.parametrize("error", every_error())
def test_every_error_of_the_registry_becomes_its_own_status(error: type[RegistryError]) -> None:
    problem, _ = described(error("A plain sentence."))
    assert (problem.status, problem.title, problem.detail) == (error.status, error.title, "A plain sentence.")


def test_the_tree_of_errors_is_the_one_this_test_knows() -> None:
    known = {RegistryError, NotFound, Conflict, NotSignedIn, NotAllowed, BadRequest, Rejected, Unavailable}
    assert set(every_error()) == known


def test_a_problem_names_the_fields_at_fault(client: TestClient[Litestar]) -> None:
    answer = client.get("/api/v1/search", params={"limit": "0", "open": "yes"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "errors"}
    assert [error["field"] for error in problem["errors"]] == ["open", "limit"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "ten"),
        ("limit", "²"),
        ("limit", "9" * 30),
        ("grade", "13"),
        ("level", "wizard"),
        ("sort", "price"),
        ("relation", "likes"),
        ("minutes_max", "-5"),
        ("facets", "2"),
        ("exact", "true"),
        ("standard", "no.such.code"),
        ("cursor", "forged"),
        ("q", "x" * 501),
        ("q", "nul\x00byte"),
    ],
)
def test_a_bad_parameter_is_named(client: TestClient[Litestar], name: str, value: str) -> None:
    answer = client.get("/api/v1/search", params={name: value})
    assert answer.status_code == 400, answer.text
    assert name in [error["field"] for error in answer.json()["errors"]]
    page = client.get("/", params={name: value})
    assert page.status_code == 400
    assert f"<strong>{field_words(name)}</strong>" in page.text


def test_all_that_is_wrong_with_a_search_is_told_at_once(client: TestClient[Litestar]) -> None:
    asked = {"grade": "13", "level": "wizard", "minutes_max": "soon", "sort": "best"}
    problem = client.get("/api/v1/search", params=asked).json()
    assert sorted(error["field"] for error in problem["errors"]) == sorted(asked)
    assert all(error["message"].endswith(".") for error in problem["errors"])
    page = client.get("/", params=asked).text
    assert all(html.escape(error["message"], quote=False) in page for error in problem["errors"])


def test_what_the_catalog_does_not_have_is_told_once_and_in_plain_words(client: TestClient[Litestar]) -> None:
    asked = {"provider": "Nobody", "standard": "9.QQ"}
    problem = client.get("/api/v1/search", params=asked).json()
    assert {error["field"] for error in problem["errors"]} == set(asked)
    page = client.get("/embed/search", params=asked).text
    assert page.count("the name of a publisher as search results give it") == 1
    assert page.count("No framework here has") == 1


def test_a_number_may_be_as_large_as_the_document_says_and_no_larger(
    client: TestClient[Litestar], key: dict[str, str]
) -> None:
    document = client.get("/schema/openapi.json").json()
    stated = document["paths"]["/api/v1/sources/{name}/problems"]["get"]["parameters"]
    most = next(each["schema"]["maximum"] for each in stated if each["name"] == "after")
    with_most = client.get(f"/api/v1/sources/none/problems?after={most}", headers=key)
    assert with_most.status_code == 404
    beyond = client.get(f"/api/v1/sources/none/problems?after={most + 1}", headers=key)
    assert [error["field"] for error in beyond.json()["errors"]] == ["after"]


def test_unknown_parameters_and_empty_ones_are_passed_over(client: TestClient[Litestar]) -> None:
    assert client.get("/api/v1/search?utm_source=mail&grade=&limit=&standard=").status_code == 200


@pytest.mark.parametrize(
    "path", ["/nowhere", "/resources/none", "/standards/no.such.code", "/resources/%00", "/standards/%00%FF"]
)
def test_what_is_not_there_is_said_in_a_page(client: TestClient[Litestar], path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "<h1>Not found</h1>" in answer.text


def test_what_is_not_there_is_a_problem_for_machines(client: TestClient[Litestar]) -> None:
    for path in ("/api/v1/nothing", "/api/v1/resources/none", "/api/v1/standards/none"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["status"]) == (404, 404)
    assert client.get("/nowhere", headers={"Accept": "application/json"}).json()["status"] == 404


def test_a_wrong_method_is_said(client: TestClient[Litestar]) -> None:
    answer = client.delete("/api/v1/search")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert client.post("/standards").status_code == 405


def test_a_body_over_the_limit_is_refused(client: TestClient[Litestar], key: dict[str, str]) -> None:
    answer = client.post("/api/v1/evidence", content=b"[" + b" " * 2_000_001 + b"]", headers=key)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_json_is_refused(client: TestClient[Litestar], key: dict[str, str], body: bytes) -> None:
    answer = client.post("/api/v1/evidence", content=body, headers=key)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_search_server_that_is_down_is_a_503_and_never_an_empty_list(
    serve: Callable[..., Served], filled_stores: Path
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        served = serve(filled_stores, search_url=f"http://127.0.0.1:{probe.getsockname()[1]}")
    with TestClient(served.app) as client:
        answer = client.get("/api/v1/search?q=fractions")
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert "items" not in answer.json()
        page = client.get("/?q=fractions")
        assert page.status_code == 503
        assert 'href="/?q=fractions"' in page.text
        fragment = client.get("/?q=fractions", headers={"HX-Request": "true"})
        assert fragment.status_code == 503
        assert "<html" not in fragment.text
        assert client.get("/readyz").json() == {"status": "unready", "down": ["search index"]}


def test_an_error_nobody_foresaw_gives_its_number_and_nothing_else(served: Served) -> None:
    @get("/breaks", sync_to_thread=True)
    def breaks() -> None:
        raise RuntimeError("the secret password is swordfish")

    served.app.register(breaks)
    with TestClient(served.app, raise_server_exceptions=False) as client:
        page = client.get("/breaks", headers={"X-Request-ID": "number-17"})
        assert page.status_code == 500
        assert "swordfish" not in page.text
        assert "number-17" in page.text
        problem = client.get("/breaks", headers={"Accept": "application/json"})
        assert problem.json()["status"] == 500
        assert "swordfish" not in problem.text


def test_a_database_that_does_not_answer_is_a_503(served: Served, client: TestClient[Litestar]) -> None:
    with served.registry.sessions.begin() as session:
        session.connection().exec_driver_sql("DROP TABLE alias")
    answer = client.get("/api/v1/standards?q=4.NX")
    assert answer.status_code == 503
    assert "alias" not in answer.text


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere", 404), ("/resources/none", 404), ("/?grade=13", 400), ("/admin", 403)]
)
def test_a_page_of_an_error_keeps_the_menu_of_who_is_signed_in(served: Served, path: str, status: int) -> None:
    maria = person(served, "maria")
    answer = maria.get(path)
    assert answer.status_code == status
    assert 'Sign out <span class="usa-sr-only">maria</span>' in answer.text
    token = token_in(answer.text)
    assert maria.post("/sign-out", data={"form_token": token}, follow_redirects=False).status_code == 303
    assert "Sign in" in maria.get(path).text


def test_a_search_server_that_is_down_signs_nobody_out(serve: Callable[..., Served], filled_stores: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        served = serve(filled_stores, search_url=f"http://127.0.0.1:{probe.getsockname()[1]}")
    answer = person(served, "maria").get("/?q=fractions")
    assert answer.status_code == 503
    assert "Sign out" in answer.text


@pytest.mark.parametrize(("path", "status"), [("/collections", 503), ("/nowhere", 404)])
def test_an_error_is_told_where_nobody_can_be_known(served: Served, path: str, status: int) -> None:
    maria = person(served, "maria")
    with served.registry.sessions.begin() as session:
        session.connection().exec_driver_sql("DROP TABLE sign_in")
    answer = maria.get(path)
    assert answer.status_code == status
    assert "Sign in" in answer.text and "Sign out" not in answer.text


def test_a_framed_error_greets_nobody_and_has_a_way_on(served: Served) -> None:
    maria = person(served, "maria")
    for path in ("/embed/search?grade=13", "/embed/resources/none", "/lti/login", "/lti/pick"):
        page = maria.get(path).text
        assert "Sign out" not in page
        assert 'href="http://testserver.local/" target="_blank"' in page
        assert 'rel="icon"' in page


@pytest.mark.parametrize(
    ("came_from", "leads"),
    [
        ("http://testserver.local/collections?cursor=x", "/collections?cursor=x"),
        ("http://testserver.local//elsewhere.example", "/"),
        ("http://testserver.local/?grade=13", ""),
        ("https://elsewhere.example/collections", ""),
        ("", ""),
    ],
)
def test_a_page_of_an_error_leads_back_to_where_one_was(
    client: TestClient[Litestar], came_from: str, leads: str
) -> None:
    page = client.get("/?grade=13", headers={"Referer": came_from}).text
    found = re.findall(r'href="([^"]*)">Back to where you were', page)
    assert found == ([leads] if leads else [])


def test_fields_are_named_as_their_labels_name_them() -> None:
    assert {key: field_words(key) for key, _ in GROUPS} == dict(GROUPS)
    assert not any("_" in field_words(key) for key in (*FILTERS, "login_hint", "of_no_list"))
    assert (field_words("minutes_max"), field_words("of_no_list")) == ("Time", "Of no list")


def test_errors_carry_their_fields_into_the_page() -> None:
    problem, headers = described(Unavailable("Down.", retry_after=9))
    assert headers == {"Retry-After": "9"}
    problem, _ = described(Rejected("No.", [FieldError("title", "is missing")]))
    assert problem.errors == (FieldError("title", "is missing"),)
