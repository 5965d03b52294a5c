"""SKOS vocabularies, in one file or a folder of files."""

from pathlib import Path

import pytest

from vocab.frameworks.model import Association
from vocab.frameworks.read import read_framework

PREFIXES = """@prefix : <http://v.example/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
SCHEME = """
:scheme a skos:ConceptScheme ; dcterms:title "A curriculum"@en, "Ein Lehrplan"@de ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ; dcterms:publisher "A ministry" .
:history a skos:Concept ; skos:prefLabel "History"@en ; skos:topConceptOf :scheme ; skos:inScheme :scheme ;
    skos:narrower :stone-age, :romans .
:romans a skos:Concept ; skos:prefLabel "Romans"@en, "Römer"@de ; skos:altLabel "Roman Empire"@en ;
    skos:notation "H.2" ; skos:definition "The Roman Empire."@en ; skos:inScheme :scheme ;
    skos:exactMatch <http://other.example/romans> ; skos:related :stone-age .
:stone-age a skos:Concept ; skos:prefLabel "Stone Age"@en ; skos:inScheme :scheme ; owl:deprecated true .
:tools a skos:Concept ; skos:prefLabel "Tools"@en ; skos:broader :stone-age ; skos:inScheme :scheme .
"""


def write(path: Path, text: str) -> Path:
    path.write_text(PREFIXES + text, encoding="utf-8")
    return path


def test_concepts_become_items_under_broader_and_narrower_alike(tmp_path: Path) -> None:
    found = read_framework(write(tmp_path / "curriculum.ttl", SCHEME))
    assert (found.uri, found.code, found.title) == ("http://v.example/scheme", "curriculum", "A curriculum")
    assert (found.publisher, found.language) == ("A ministry", "en")
    assert found.license_url == "https://creativecommons.org/licenses/by/4.0/"
    parents = {item.uri.rpartition("/")[2]: [each.rpartition("/")[2] for each in item.parents] for item in found.items}
    assert parents == {"history": [], "romans": ["history"], "stone-age": ["history"], "tools": ["stone-age"]}
    assert found.problems == ()


def test_a_concept_keeps_its_words_in_every_language(tmp_path: Path) -> None:
    found = read_framework(write(tmp_path / "curriculum.ttl", SCHEME))
    romans = next(item for item in found.items if item.uri.endswith("romans"))
    assert (romans.statement, romans.labels, romans.codes) == ("Romans", {"de": "Römer"}, ("H.2",))
    assert romans.notes == "The Roman Empire."
    assert romans.details == {"altLabel": {"en": ["Roman Empire"]}, "definition": {"en": ["The Roman Empire."]}}
    assert [item.uri.rpartition("/")[2] for item in found.items if item.deprecated] == ["stone-age"]


def test_the_subject_of_the_topmost_concept_is_that_of_all_below(tmp_path: Path) -> None:
    found = read_framework(write(tmp_path / "curriculum.ttl", SCHEME))
    assert {item.subjects for item in found.items} == {("history",)}


def test_matches_and_related_concepts_are_links(tmp_path: Path) -> None:
    found = read_framework(write(tmp_path / "curriculum.ttl", SCHEME))
    assert found.associations == (
        Association("http://v.example/romans", "exactMatch", "http://other.example/romans"),
        Association("http://v.example/romans", "related", "http://v.example/stone-age"),
    )


def test_siblings_stand_in_the_order_their_parent_gives(tmp_path: Path) -> None:
    found = read_framework(write(tmp_path / "curriculum.ttl", SCHEME))
    below = [item for item in found.items if item.parents == ("http://v.example/history",)]
    assert [item.statement for item in sorted(below, key=lambda item: item.position)] == ["Stone Age", "Romans"]


def test_a_vocabulary_without_english_is_read_in_its_own_language(tmp_path: Path) -> None:
    found = read_framework(write(tmp_path / "fach.ttl", ':a a skos:Concept ; skos:prefLabel "Mathematik"@de .'))
    assert (found.language, found.items[0].language, found.items[0].statement) == ("de", "de", "Mathematik")


def test_the_files_of_a_folder_make_one_vocabulary(tmp_path: Path) -> None:
    folder = tmp_path / "national-curriculum"
    folder.mkdir()
    write(folder / "a-structure.ttl", ':progression rdfs:label "History Key Stage 2"@en ; :includes :romans .')
    write(folder / "b-terms.ttl", SCHEME.replace("skos:Concept ; skos:prefLabel", ":Topic ; skos:prefLabel"))
    write(folder / "c-ontology.ttl", ':Topic rdfs:subClassOf skos:Concept ; rdfs:label "Topic of study"@en .')
    write(folder / "d-broken.ttl", ":a :b")
    (folder / "LICENSE").write_text("words")
    found = read_framework(folder)
    assert (found.code, len(found.items)) == ("national-curriculum", 4)
    assert {item.kind for item in found.items} == {"Topic of study"}
    assert {item.statement: item.grades for item in found.items}["Romans"] == ("2", "3", "4", "5")
    assert [(problem.code, problem.field) for problem in found.problems] == [("file-unreadable", "d-broken.ttl")]


def test_grades_are_inherited_from_the_nearest_concept_that_has_some(tmp_path: Path) -> None:
    lent = ':progression rdfs:label "History Year 3"@en ; :includes :stone-age .'
    found = read_framework(write(tmp_path / "curriculum.ttl", SCHEME + lent))
    assert {item.statement: item.grades for item in found.items} == {
        "History": (),
        "Romans": (),
        "Stone Age": ("2",),
        "Tools": ("2",),
    }


def test_json_ld_with_its_context_inside_is_read(tmp_path: Path) -> None:
    path = tmp_path / "terms.jsonld"
    path.write_text(
        '{"@context": {"skos": "http://www.w3.org/2004/02/skos/core#", "label": {"@id": "skos:prefLabel", '
        '"@language": "en"}}, "@id": "http://v.example/a", "@type": "skos:Concept", "label": "Alpha"}'
    )
    assert [item.statement for item in read_framework(path).items] == ["Alpha"]


def test_a_circle_of_broader_concepts_is_an_error_that_names_it(tmp_path: Path) -> None:
    circle = "".join(
        f':{one} a skos:Concept ; skos:prefLabel "{one.upper()}"@en ; skos:broader :{other} .\n'
        for one, other in (("a", "b"), ("b", "c"), ("c", "a"))
    )
    (problem,) = read_framework(write(tmp_path / "circle.ttl", circle)).problems
    assert (problem.code, problem.severity) == ("cycle-parent", "error")
    assert "A → B → C → A" in problem.message


def test_a_graph_without_concepts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"things\.ttl holds no skos:Concept"):
        read_framework(write(tmp_path / "things.ttl", ':a rdfs:label "A" .'))


def test_what_skos_says_besides_is_kept_with_its_languages(tmp_path: Path) -> None:
    more = """:romans skos:scopeNote "Up to 410."@en, "Bis 410."@de ; skos:hiddenLabel "Rmans" ; skos:historyNote "New."@en ;
        dcterms:modified "2024-01-02T03:04:05Z" ; dcterms:source <http://a.example/book> ; dcterms:created "2020" ;
        dcterms:educationLevel "Grade 5", "Lower secondary" ; skos:notation "R"^^:short .
        :all a skos:Collection ; skos:member :romans, :tools ."""
    found = read_framework(write(tmp_path / "curriculum.ttl", SCHEME + more))
    romans = next(item for item in found.items if item.uri.endswith("romans"))
    assert len(found.items) == 4
    assert (romans.grades, romans.codes) == (("5",), ("H.2", "R"))
    assert romans.details == {
        "altLabel": {"en": ["Roman Empire"]},
        "definition": {"en": ["The Roman Empire."]},
        "scopeNote": {"en": ["Up to 410."], "de": ["Bis 410."]},
        "hiddenLabel": {"": ["Rmans"]},
        "historyNote": {"en": ["New."]},
        "lastChangeDateTime": "2024-01-02T03:04:05Z",
        "dcterms:source": {"@id": "http://a.example/book"},
        "dcterms:created": "2020",
        "educationLevel": ["Lower secondary"],
        "notationTypes": {"R": "http://v.example/short"},
    }


def test_a_concept_that_was_replaced_is_deprecated_and_linked_to_the_new_one(tmp_path: Path) -> None:
    more = ":stone-age dcterms:isReplacedBy :tools . :romans dcterms:replaces :tools ."
    found = read_framework(write(tmp_path / "curriculum.ttl", SCHEME.replace("; owl:deprecated true", "") + more))
    replaced = {(a.source[-5:], a.target[-5:]) for a in found.associations if a.kind == "replacedBy"}
    assert replaced == {("e-age", "tools"), ("tools", "omans")}
    assert [item.statement for item in found.items if item.deprecated] == ["Stone Age"]


def test_the_scheme_keeps_its_description_and_what_it_says_besides(tmp_path: Path) -> None:
    more = ':scheme dcterms:description "What is taught."@en ; dcterms:issued "2024-01-02" ; :status :draft .'
    found = read_framework(write(tmp_path / "curriculum.ttl", SCHEME + more))
    assert (found.description, found.version) == ("What is taught.", "2024-01-02")
    assert found.details["http://v.example/status"] == {"@id": "http://v.example/draft"}
    assert [each["@language"] for each in found.details["dcterms:title"]] == ["en", "de"]


def test_matches_without_concepts_are_a_framework_of_links(tmp_path: Path) -> None:
    found = read_framework(write(tmp_path / "crosswalk.ttl", ":a skos:exactMatch :b ; skos:relatedMatch :c ."))
    assert (found.uri, found.only_links, found.problems) == ("urn:x-links:crosswalk", True, ())
    assert found.associations == (
        Association("http://v.example/a", "exactMatch", "http://v.example/b"),
        Association("http://v.example/a", "related", "http://v.example/c"),
    )


def test_classes_and_properties_are_no_crosswalk(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="defines classes and properties"):
        read_framework(write(tmp_path / "terms.ttl", ":a a rdfs:Class ; skos:exactMatch :b ."))
