"""The pages of the standards: trees that open in place, versions, downloads, and what machines get."""

from __future__ import annotations

import json
from urllib.parse import quote

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from registry.standards.versions import receive, switch
from tests.web.catalog import BASE, framework
from tests.web.conftest import Served
from vocab.frameworks.model import Association, Framework
from web.pages import downloads

DOMAIN = quote(f"{BASE}4.NX", safe="")
FIRST = quote(f"{BASE}4.NX.A.1", safe="")


def second() -> Framework:
    """The next version: one statement gone and replaced, one reworded, one deprecated, one label in Spanish."""
    first = framework()
    domain, one, two, three, five = first.items
    new = msgspec.structs.replace(one, uri=f"{BASE}4.NX.A.7", codes=("4.NX.A.7",))
    two = msgspec.structs.replace(two, statement="Compare two fractions, said otherwise.", labels={"es": "Compara."})
    three = msgspec.structs.replace(three, deprecated=True)
    link = Association(one.uri, "replacedBy", new.uri)
    links = tuple(each for each in first.associations if one.uri not in (each.source, each.target))
    return msgspec.structs.replace(
        first, items=(domain, new, two, three, five), associations=(*links, link), version="2027"
    )


@pytest.fixture
def revised(served: Served) -> Served:
    with served.registry.sessions.begin() as session:
        receive(session, second(), "second")
        switch(session, "NUM")
        receive(session, msgspec.structs.replace(second(), version="draft", items=second().items[:4]), "third")
    return served


def test_a_line_opens_in_place_and_leads_on_without_scripts(client: TestClient[Litestar]) -> None:
    page = client.get("/standards/NUM").text
    assert f'hx-get="/standards/{DOMAIN}?part=children"' in page
    assert f'href="/standards/{DOMAIN}#below"' in page
    part = client.get(f"/standards/{DOMAIN}?part=children").text
    assert "<html" not in part
    assert part.count('class="std-line"') == 3
    assert "level=developing" in part


def test_a_place_in_the_list_that_is_none_is_named(client: TestClient[Litestar]) -> None:
    for path in ("/standards/NUM?page=last", f"/standards/{DOMAIN}?part=children&page=1-", "/standards/NUM?page=-1-1"):
        answer = client.get(path)
        assert answer.status_code == 400
        assert "Place in the list" in answer.text


def test_the_list_goes_on_from_its_place(client: TestClient[Litestar]) -> None:
    found = client.get("/api/v1/standards/NUM").json()
    place = f"{0}-{found['top'][0]['ref']['id']}"
    rest = client.get(f"/standards/NUM?page={place}").text
    assert "Add fractions with unlike denominators" in rest and "Back to the first ones" in rest


def test_a_search_within_a_framework_shows_where_each_statement_stands(client: TestClient[Litestar]) -> None:
    page = client.get("/standards/NUM?q=compare+fractions").text
    assert "1 standard for “compare fractions”" in page
    assert "NUM › 4.NX" in page
    assert "No standards for" in client.get("/standards/NUM?q=compare&grade=5").text


def test_a_code_nobody_has_leads_to_the_nearest_ones(client: TestClient[Litestar]) -> None:
    page = client.get("/standards?q=4.NX.A.9").text
    assert "Nothing has the code 4.NX.A.9." in page
    assert "4.NX.A.2" in page


def test_a_search_by_the_api_is_narrowed(client: TestClient[Litestar]) -> None:
    assert len(client.get("/api/v1/standards?q=fractions&framework=num&grade=5").json()["items"]) == 1
    assert client.get("/api/v1/standards?q=fractions&framework=nowhere").status_code == 404


def test_a_statement_that_is_gone_names_what_replaced_it(revised: Served, client: TestClient[Litestar]) -> None:
    page = client.get("/standards/4.NX.A.1").text
    assert "no longer in the framework since version 2" in page
    assert "Replaced by" in page and "4.NX.A.7" in page
    assert "should no longer be used" in client.get("/standards/4.NX.B.3").text
    reworded = client.get("/standards/4.NX.A.2").text
    assert "Until version 2" in reworded and "different denominators" in reworded and 'lang="es"' in reworded


def test_versions_are_listed_and_read_and_one_that_waits_is_for_those_who_keep_the_standards(
    revised: Served, client: TestClient[Litestar], key: dict[str, str]
) -> None:
    page = client.get("/standards/NUM").text
    assert 'href="/frameworks/NUM/changes/2"' in page and "versions/3" not in page
    old = client.get("/frameworks/NUM/versions/1").text
    assert "This is an earlier version" in old
    below = client.get(f"/frameworks/num/versions/1?under={DOMAIN}").text
    assert "different denominators" in below and "said otherwise" not in below
    states = [each["state"] for each in client.get("/api/v1/frameworks/NUM/versions").json()["items"]]
    assert states == ["live", "past"]
    states = [each["state"] for each in client.get("/api/v1/frameworks/NUM/versions", headers=key).json()["items"]]
    assert states == ["waiting", "live", "past"]
    for path in ("/frameworks/NUM/versions/3", "/frameworks/NUM/download/csv?version=3"):
        assert client.get(path, follow_redirects=False).status_code == 303
        assert client.get(path, headers=key).status_code == 200
    for path in (
        "/frameworks/NUM/versions/9",
        "/frameworks/NUM/versions/99999999999999999999",
        "/frameworks/X/versions/1",
        "/frameworks/NUM/versions/0",
    ):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize("name", ["case", "case1.0", "ttl", "jsonld", "csv"])
def test_a_framework_is_downloaded_in_every_format(client: TestClient[Litestar], name: str) -> None:
    answer = client.get(f"/frameworks/NUM/download/{name}")
    assert answer.status_code == 200
    assert "Explain why two fractions are equal." in answer.text
    assert answer.headers["content-disposition"].startswith('attachment; filename="NUM-2026.')
    again = client.get(f"/frameworks/NUM/download/{name}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_older_version_is_downloaded_by_its_number(revised: Served, client: TestClient[Litestar]) -> None:
    assert "different denominators" in client.get("/frameworks/NUM/download/csv?version=1").text
    assert "said otherwise" in client.get("/frameworks/NUM/download/csv").text
    assert client.get("/frameworks/NUM/download/docx").status_code == 404
    assert client.get("/frameworks/NUM/download/csv?version=77").status_code == 404
    assert client.get("/frameworks/NUM/download/csv?version=x").status_code == 400


def test_one_large_framework_is_written_at_a_time(
    client: TestClient[Litestar], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "_LARGE", 0)
    monkeypatch.setattr(downloads, "_PATIENCE", 0.01)
    with downloads._one_at_a_time:
        answer = client.get("/frameworks/NUM/download/csv")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert client.get("/frameworks/NUM/download/csv").status_code == 200


def test_rdf_says_what_is_new_of_a_statement(revised: Served, client: TestClient[Litestar]) -> None:
    gone = client.get(f"/standards/{FIRST}?format=ttl")
    assert gone.headers["content-type"].startswith("text/turtle")
    assert "owl:deprecated true" in gone.text
    assert f"dcterms:isReplacedBy <{BASE}4.NX.A.7>" in gone.text
    told = json.loads(client.get("/standards/4.NX.A.2?format=jsonld").content)
    assert {"@value": "Compara.", "@language": "es"} in told["skos:prefLabel"]
    assert told["skos:broader"] == [{"@id": f"{BASE}4.NX"}]
    scheme = client.get("/standards/NUM", headers={"Accept": "text/turtle"}).text
    assert "skos:ConceptScheme" in scheme and "Test Department of Education" in scheme


def test_the_tree_says_a_quiet_none_for_levels_without_resources(client: TestClient[Litestar]) -> None:
    part = client.get(f"/standards/{DOMAIN}?part=children").text
    assert '<span aria-hidden="true">–</span><span class="usa-sr-only">none</span>' in part
