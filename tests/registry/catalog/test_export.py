"""A resource for machines: JSON-LD that crosswalks back to itself, and Turtle that says the same."""

from __future__ import annotations

import msgspec
import pyoxigraph as ox
from sqlalchemy import select

from registry.app import Registry
from registry.catalog.export import to_jsonld, to_turtle
from registry.catalog.ingest import ingest
from registry.catalog.read import ResourceView, resource_view
from registry.models import ResourceRow
from tests.factories import aligned, harvested, source, stored_framework
from vocab.crosswalks.crosswalk import crosswalk
from vocab.resource import Context

SITE = "https://registry.example"


def _view(registry: Registry) -> ResourceView:
    stated = {
        "educationalAlignment": [
            aligned("4.NF.1", level="Developing"),
            aligned("4.NF.2", "requires"),
            aligned("9.ZZ.9"),
        ],
        "timeRequired": "PT45M",
        "educationalLevel": ["Grade 4"],
        "about": "Mathematics",
        "keywords": ["fraction strips", 'a "quoted" word'],
        "author": {"@type": "Person", "name": "A. Teacher"},
        "accessibilityFeature": ["captions"],
    }
    with registry.sessions.begin() as session:
        stored_framework(session)
        ingest(session, source(session), [harvested(**stated)])
    with registry.reading.begin() as session:
        return resource_view(session, session.scalars(select(ResourceRow.id)).one())


def test_what_is_given_out_can_be_taken_in_again(registry: Registry) -> None:
    view = _view(registry)
    payload = msgspec.json.encode(to_jsonld(view, SITE))
    again = crosswalk("schema.org", payload, Context(today="2026-11-22")).resource
    assert again is not None
    for field in (
        "title",
        "url",
        "summary",
        "types",
        "subjects",
        "grades",
        "languages",
        "minutes",
        "license",
        "keywords",
        "creators",
        "access_features",
    ):
        assert getattr(again, field) == getattr(view.resource, field), field
    assert {(each.relation, each.level) for each in again.alignments} >= {("teaches", "developing"), ("requires", None)}


def test_turtle_says_what_the_json_says(registry: Registry) -> None:
    view = _view(registry)
    triples = list(ox.parse(to_turtle(view, SITE).encode(), format=ox.RdfFormat.TURTLE))
    schema = "https://schema.org/"
    subject = ox.NamedNode(f"{SITE}/resources/{view.id}")
    told = {
        (each.predicate.value.removeprefix(schema), getattr(each.object, "value", ""))
        for each in triples
        if each.subject == subject
    }
    assert ("name", view.resource.title) in told
    assert ("teaches", "https://standards.example/state/4.NF.1") in told
    assert ("keywords", 'a "quoted" word') in told
