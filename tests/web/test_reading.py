"""Resources and standards, as pages and for machines."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from urllib.parse import quote

import msgspec
import pyoxigraph as ox
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from registry.catalog.read import ResourceView
from registry.models import ConceptRow, FrameworkRow, ResourceRow
from tests.web.catalog import BASE, SCRIPT
from tests.web.conftest import Served
from vocab.resource import Resource
from web.negotiation import preferred
from web.pages.resources import _FIELDS
from web.rendering import grade_span, safe_link, script_json

URI = BASE + "4.NX.A.1"


def resource_id(client: TestClient[Litestar], title: str) -> str:
    return str(client.get("/api/v1/search", params={"q": title, "limit": 1}).json()["items"][0]["id"])


class Scripts(HTMLParser):
    """Collects what a browser would take for the content of each script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._type: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self._type = dict(attrs).get("type") or ""
            self.found.append((self._type, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._type = None

    def handle_data(self, data: str) -> None:
        if self._type is not None:
            self.found[-1] = (self._type, self.found[-1][1] + data)


def test_a_resource_page_tells_all_that_is_known(client: TestClient[Litestar]) -> None:
    page = client.get(f"/resources/{resource_id(client, 'equal parts')}").text
    for told in (
        "Equal parts on a number line",
        "Level not stated",
        "Stated by the publisher",
        "Lakeside School District",
        "45 minutes",
        "CC BY 4.0",
        "Captions",
        "Open at lakeside.example",
        "The text held HTML, which was taken out.",
        "Explain why two fractions are equal.",
    ):
        assert told in page, told
    assert 'rel="noopener external"' in page


def test_a_resource_page_names_the_framework_and_says_the_most_important_first(client: TestClient[Litestar]) -> None:
    page = client.get(f"/resources/{resource_id(client, 'equal parts')}").text
    assert '<span class="oer-quiet">Number standards of the tests</span>' in page
    brief = page.split('aria-label="In brief"', 1)[1].split("</ul>", 1)[0]
    assert "Grade 4" in brief
    assert "CC BY 4.0 (open)" in brief
    assert page.index("In brief") < page.index('id="alignments"')


def test_a_change_before_the_making_is_not_shown(served: Served, client: TestClient[Litestar]) -> None:
    found = resource_id(client, "equal parts")
    for modified, shown in (("2026-01-12", False), ("2026-10-29T08:00:00Z", True)):
        with served.registry.sessions.begin() as session:
            row = session.get_one(ResourceRow, found)
            row.body = msgspec.structs.replace(row.body, created="2026-10-29", modified=modified)
        page = client.get(f"/resources/{found}").text
        assert "<dt>Made</dt><dd>October 29, 2026</dd>" in page
        assert ("<dt>Changed</dt>" in page) is shown


def test_every_field_of_a_resource_has_words() -> None:
    assert set(_FIELDS) == set(Resource.__struct_fields__)


def test_a_standard_no_framework_knows_is_shown_as_stated(client: TestClient[Litestar]) -> None:
    page = client.get(f"/resources/{resource_id(client, 'fracciones')}").text
    assert "No framework here knows this standard" in page
    assert "Level not stated (“Wizard”)" in page


def test_words_of_strangers_are_never_markup(served: Served, client: TestClient[Litestar]) -> None:
    found = resource_id(client, "equal parts")
    with served.registry.sessions.begin() as session:
        row = session.get_one(ResourceRow, found)
        hostile = f"</script>{SCRIPT}<!--"
        changed = {"title": hostile, "summary": hostile, "keywords": (hostile,), "url": "javascript:alert(1)"}
        row.body = type(row.body)(**({f: getattr(row.body, f) for f in row.body.__struct_fields__} | changed))
    page = client.get(f"/resources/{found}").text
    assert "<script>alert" not in page
    assert "javascript:" not in re.sub(r'<script type="application/ld\+json">.*?</script>', "", page)
    kinds = [kind for kind, _ in Scripts(page).found]
    assert kinds == ["application/ld+json", "", ""]
    told = json.loads(Scripts(page).found[0][1])
    assert told["name"] == hostile


def test_script_json_cannot_end_its_element_and_stays_json() -> None:
    value = {"a": "</script><!-- & \u2028", "b": ["<"]}
    text = str(script_json(value))
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == value


def test_a_withdrawn_resource_is_gone_and_says_so(served: Served, client: TestClient[Litestar]) -> None:
    with served.registry.reading.begin() as session:
        gone = session.query(ResourceRow.id).filter(ResourceRow.withdrawn_at.is_not(None)).scalar()
    page = client.get(f"/resources/{gone}")
    assert page.status_code == 410
    assert "This resource is no longer offered" in page.text
    assert "was withdrawn by Lakeside" in page.text
    assert client.get(f"/api/v1/resources/{gone}").status_code == 410


def test_the_api_gives_the_whole_record(client: TestClient[Litestar]) -> None:
    found = client.get(f"/api/v1/resources/{resource_id(client, 'equal parts')}").json()
    assert set(found) == set(ResourceView.__struct_fields__)
    assert found["provenance"][0]["identifier"] == "lesson-1"
    assert found["alignments"][0]["code"] == "4.NX.A.1"


@pytest.mark.parametrize("accept", ["text/turtle", "application/ld+json;q=0.9, text/turtle"])
def test_the_api_gives_a_record_as_turtle(client: TestClient[Litestar], accept: str) -> None:
    path = f"/api/v1/resources/{resource_id(client, 'equal parts')}"
    answer = client.get(path, headers={"Accept": accept})
    assert answer.headers["content-type"].startswith("text/turtle")
    names = [q.object for q in ox.parse(answer.content, format=ox.RdfFormat.TURTLE) if "name" in q.predicate.value]
    assert ox.Literal("Equal parts on a number line") in names


def test_the_api_gives_a_record_as_json_ld(client: TestClient[Litestar]) -> None:
    path = f"/api/v1/resources/{resource_id(client, 'equal parts')}"
    answer = client.get(path, headers={"Accept": "application/ld+json"})
    assert answer.headers["content-type"].startswith("application/ld+json")
    assert answer.json()["@type"] == "LearningResource"


def test_the_standards_page_lists_frameworks_and_finds_statements(client: TestClient[Litestar]) -> None:
    page = client.get("/standards").text
    assert "Number standards of the tests" in page
    assert "Compare two fractions" in client.get("/standards?q=compare").text
    assert "No standards for “zebra”" in client.get("/standards?q=zebra").text


@pytest.mark.parametrize("address", ["4.NX.A.1", quote(URI, safe=""), URI, "4.nx.a.1"])
def test_a_standard_is_found_by_code_or_uri(client: TestClient[Litestar], address: str) -> None:
    page = client.get(f"/standards/{address}")
    assert page.status_code == 200
    assert "<h1>4.NX.A.1</h1>" in page.text
    assert "Explain why two fractions are equal." in page.text
    assert client.get(f"/api/v1/standards/{address}").json()["ref"]["uri"] == URI


def test_a_standard_shows_where_it_sits_and_what_is_around_it(client: TestClient[Litestar]) -> None:
    found = client.get("/api/v1/standards/4.NX.A.2").json()
    assert [ref["code"] for ref in found["ancestors"]] == ["4.NX"]
    assert [ref["code"] for ref in found["prerequisites"]] == ["4.NX.A.1"]
    assert [ref["code"] for ref in found["next"]] == ["4.NX.B.3"]
    domain = client.get("/api/v1/standards/4.NX").json()
    assert [line["ref"]["code"] for line in domain["children"]] == ["4.NX.A.1", "4.NX.A.2", "4.NX.B.3"]
    assert domain["counts"] == {"beginning": 1, "developing": 1, "proficient": 1, "": 1}
    page = client.get("/standards/4.NX.A.1").text
    assert 'href="/?standard=4.NX.A.1&amp;level=developing"' in page


def test_a_frameworks_code_leads_to_its_tree(client: TestClient[Litestar]) -> None:
    assert "Fractions in grade 4" in client.get("/standards/NUM").text
    assert client.get("/api/v1/standards/num").json()["framework"]["code"] == "NUM"


@pytest.mark.parametrize("path", ["/standards/4.NX.A.1", "/api/v1/standards/4.NX.A.1", "/standards/NUM"])
def test_a_standard_is_rdf_where_a_machine_asks(client: TestClient[Litestar], path: str) -> None:
    turtle = client.get(path, headers={"Accept": "text/turtle"})
    assert turtle.headers["content-type"].startswith("text/turtle")
    subjects = {quad.subject.value for quad in ox.parse(turtle.content, format=ox.RdfFormat.TURTLE)}
    told = client.get(path, headers={"Accept": "application/ld+json"})
    assert {told.json()["@id"]} == subjects
    assert told.headers["content-type"].startswith("application/ld+json")


def test_a_framework_is_found_by_the_uri_its_standards_name(client: TestClient[Litestar]) -> None:
    told = client.get("/standards/4.NX.A.1", headers={"Accept": "application/ld+json"}).json()
    scheme = told["skos:inScheme"][0]["@id"]
    assert "Number standards of the tests" in client.get(f"/standards/{quote(scheme, safe='')}").text
    assert client.get(f"/api/v1/standards/{quote(scheme, safe='')}").json()["framework"]["code"] == "NUM"


@pytest.mark.parametrize("accept", ["text/turtle", "application/ld+json"])
def test_a_standard_whose_uri_is_no_iri_is_rdf_all_the_same(
    served: Served, client: TestClient[Litestar], accept: str
) -> None:
    with served.registry.sessions.begin() as session:
        for row in session.query(ConceptRow):
            row.uri = f"no iri <{row.code}>"
        session.query(FrameworkRow).update({"uri": "http://x/> <y"})
    for path in ("/standards/4.NX.A.1", "/standards/NUM", f"/api/v1/resources/{resource_id(client, 'equal parts')}"):
        assert client.get(path, headers={"Accept": accept}).status_code == 200


def test_a_browser_gets_a_page(client: TestClient[Litestar]) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert "<html" in client.get("/standards/4.NX.A.1", headers={"Accept": accept}).text


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("", "text/html"),
        ("*/*", "text/html"),
        ("text/*;q=0.5, text/turtle", "text/turtle"),
        ("text/turtle;q=0, */*", "text/html"),
        ("application/pdf", None),
        ("text/turtle;q=high", None),
    ],
)
def test_the_preferred_form_is_given(accept: str, wanted: str | None) -> None:
    assert preferred(accept, ("text/html", "text/turtle")) == wanted


@pytest.mark.parametrize(
    ("grades", "said"),
    [(("4",), "Grade 4"), (("5", "3", "4"), "Grades 3–5"), (("K",), "Kindergarten"), (("K", "4"), "Grades K, 4")],
)
def test_grades_are_said_as_people_say_them(grades: tuple[str, ...], said: str) -> None:
    assert grade_span(grades) == said


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "", "//x", "vbscript:x", " javascript:x"])
def test_only_web_addresses_become_links(url: str) -> None:
    assert safe_link(url) == ""
