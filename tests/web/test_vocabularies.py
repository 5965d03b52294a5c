"""The closed lists for people, and as RDF by Accept."""

from __future__ import annotations

import pyoxigraph as ox
from litestar import Litestar
from litestar.testing import TestClient

from vocab.namespaces import SKOS, VOCAB


def test_the_levels_are_read_by_people_in_order(client: TestClient[Litestar]) -> None:
    text = client.get("/vocab/levels").text
    assert text.index("Beginning") < text.index("Developing") < text.index("Proficient") < text.index("Extending")
    assert "Competency levels" in client.get("/vocab").text
    assert "with much help" in client.get("/vocab/levels/beginning").text


def test_a_term_and_a_list_answer_in_rdf(client: TestClient[Litestar]) -> None:
    for accept, format in (("text/turtle", ox.RdfFormat.TURTLE), ("application/ld+json", ox.RdfFormat.JSON_LD)):
        for path, least in (("/vocab/levels", 20), ("/vocab/levels/developing", 4)):
            answer = client.get(path, headers={"Accept": accept})
            assert answer.headers["content-type"].startswith(accept)
            quads = list(ox.parse(answer.content, format=format))
            assert len(quads) > least
            developing = ox.NamedNode(f"{VOCAB}levels/developing")
            assert any(q.subject == developing and q.predicate.value == f"{SKOS}notation" for q in quads)


def test_what_is_no_list_is_not_found(client: TestClient[Litestar]) -> None:
    assert client.get("/vocab/nothing").status_code == 404
    assert client.get("/vocab/levels/nothing").status_code == 404
