"""The closed lists and our ontology."""

from importlib.resources import files

import pyoxigraph as ox
import pytest

from vocab import terms
from vocab.namespaces import LRMI, SCHEMA
from vocab.schemes import NAMES, scheme

LRMI_TYPES = "http://purl.org/dcx/lrmi-vocabs/learningResourceType"


@pytest.mark.parametrize("name", NAMES)
def test_every_term_of_a_list_is_found_by_all_it_is_known_by(name: str) -> None:
    known = scheme(name)
    assert known.terms
    for term in known.terms:
        assert term.definition
        for value in (term.key, term.uri, term.label, *term.alt, *term.matches):
            assert known.key_of(value) == term.key, value
            assert known.key_of(value.upper() if not value.startswith("http") else f"{value}/") == term.key, value


@pytest.mark.parametrize("name", NAMES)
def test_terms_come_in_order_and_their_uris_follow_from_their_keys(name: str) -> None:
    assert [term.order for term in scheme(name).terms] == list(range(1, len(scheme(name).terms) + 1))
    for term in scheme(name).terms:
        assert term.uri == terms.term_uri(name, term.key)
        assert not term.broader or scheme(name).term(term.broader)


def test_levels_run_from_beginning_to_extending() -> None:
    assert [term.key for term in scheme("levels").terms] == ["beginning", "developing", "proficient", "extending"]


@pytest.mark.parametrize(
    ("name", "stated", "expected"),
    [
        ("levels", "Novice", "beginning"),
        ("levels", "approaching expectations", "developing"),
        ("levels", "Mastery", "extending"),
        ("levels", "http://w3id.org/openeduhub/vocabs/lom_educational_difficulty/medium", "proficient"),
        ("types", "Activity/Lab", "activity"),
        ("types", "Videos", "video"),
        ("types", "lesson_plan", "lesson-plan"),
        ("types", f"{LRMI_TYPES}/lessonPlan", "lesson-plan"),
        ("types", "http://w3id.org/kim/hcrt/worksheet", "worksheet"),
        ("audiences", "Parent/Guardian", "parent"),
        ("relations", "prerequisite", "requires"),
        ("subjects", "Maths", "mathematics"),
        ("subjects", "D&T", "engineering"),
        ("subjects", "Design and technology", "engineering"),
        ("subjects", "ELA", "english-language-arts"),
        ("subjects", "http://purl.org/ASN/scheme/ASNTopic/math", "mathematics"),
        ("access_features", "Closed captions", "captions"),
        ("access_hazards", "noFlashingHazard", "noFlashingHazard"),
    ],
)
def test_publishers_words_are_understood(name: str, stated: str, expected: str) -> None:
    assert scheme(name).key_of(stated) == expected


@pytest.mark.parametrize("stated", ["", " ", "nonsense", "1", "3", "https://example.org/x"])
def test_what_a_list_does_not_know_has_no_key(stated: str) -> None:
    assert [scheme(name).key_of(stated) for name in NAMES] == [None] * len(NAMES)


def test_a_subject_covers_what_is_below_it() -> None:
    below = scheme("subjects").narrower("science")
    assert below[0] == "science"
    assert {"biology", "earth-science", "astronomy"} <= set(below)
    assert "history" not in below


def test_an_unknown_list_or_term_is_an_error() -> None:
    with pytest.raises(KeyError):
        scheme("flavors")
    with pytest.raises(KeyError):
        scheme("levels").term("genius")


def test_every_term_of_the_ontology_is_declared_with_a_label_and_a_comment() -> None:
    content = files("vocab").joinpath("data/ontology.ttl").read_bytes()
    said: dict[str, set[str]] = {}
    objects = set()
    for quad in ox.parse(content, format=ox.RdfFormat.TURTLE):
        said.setdefault(getattr(quad.subject, "value", ""), set()).add(quad.predicate.value.rpartition("#")[2])
        objects.add(getattr(quad.object, "value", ""))
    ours = [value for name, value in vars(terms).items() if name.isupper() and name not in ("TERMS", "VOCAB")]
    assert len(ours) > 20
    for uri in ours:
        assert {"type", "label", "comment"} <= said.get(uri, set()), uri
    assert {f"{SCHEMA}LearningResource", f"{LRMI}LearningResource"} <= objects
