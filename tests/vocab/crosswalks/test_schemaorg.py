"""schema.org and LRMI in every way a page may write them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from vocab.crosswalks.crosswalk import crosswalk
from vocab.crosswalks.schemaorg import resources_in
from vocab.resource import Collection, Context, Crosswalked, Resource

LESSON: dict[str, Any] = {
    "@context": "https://schema.org/",
    "@type": "LearningResource",
    "name": "Fractions on a number line",
    "url": "https://district.example.org/fractions",
    "inLanguage": "en",
    "license": "https://creativecommons.org/licenses/by/4.0/",
}


def read(context: Context | None = None, **changes: Any) -> Crosswalked:
    payload = {name: value for name, value in {**LESSON, **changes}.items() if value is not None}
    return crosswalk("schema.org", msgspec.json.encode(payload), context or Context(today="2026-11-22"))


def resource(context: Context | None = None, **changes: Any) -> Resource:
    found = read(context, **changes).resource
    assert found is not None
    return found


def codes(found: Crosswalked) -> list[str]:
    return [problem.code for problem in found.problems]


def test_a_sound_lesson_has_no_problem() -> None:
    found = read()
    assert found.problems == ()
    assert found.resource is not None
    assert (found.resource.title, found.resource.license) == ("Fractions on a number line", "cc-by-4.0")


def test_a_year_group_with_its_subject_gives_both() -> None:
    lesson = resource(educationalLevel=["Mathematics Year Group 7"])
    assert (lesson.grades, lesson.subjects) == (("6",), ("mathematics",))


def test_a_grade_may_come_as_text_list_term_or_alignment() -> None:
    assert resource(educationalLevel="Grade 4").grades == ("4",)
    assert resource(educationalLevel=["3", "4"]).grades == ("3", "4")
    assert resource(educationalLevel={"@type": "DefinedTerm", "name": "Grade 4", "termCode": "4"}).grades == ("4",)
    by_alignment = [{"@type": "AlignmentObject", "alignmentType": "educationalLevel", "targetName": "Grade 2"}]
    assert resource(educationalAlignment=by_alignment).grades == ("2",)


def test_ages_become_grades() -> None:
    assert resource(typicalAgeRange="9-10").grades == ("4",)
    assert resource(audience={"@type": "PeopleAudience", "suggestedMinAge": 9, "suggestedMaxAge": 10}).grades == ("4",)


def test_a_level_word_of_the_record_goes_to_the_alignments_that_state_none() -> None:
    lesson = resource(
        educationalLevel=["Grade 4", "Developing"],
        educationalAlignment=[
            {"@type": "AlignmentObject", "alignmentType": "teaches", "targetName": "4.NF.B.3"},
            {"@type": "AlignmentObject", "alignmentType": "assesses", "targetName": "4.NF.B.4",
             "educationalLevel": "Mastery"},
        ],
    )  # fmt: skip
    assert [(a.standard, a.relation, a.level, a.level_stated) for a in lesson.alignments] == [
        ("4.NF.B.3", "teaches", "developing", "Developing"),
        ("4.NF.B.4", "assesses", "extending", "Mastery"),
    ]
    assert lesson.grades == ("4",)


def test_a_level_without_any_standard_is_kept_and_said() -> None:
    found = read(educationalLevel="Developing")
    assert codes(found) == ["level-without-standard"]
    assert found.resource is not None and found.resource.stated == ("educationalLevel: Developing",)


def test_the_providers_own_level_words_come_first() -> None:
    context = Context(levels={"gold": "proficient", "developing": "beginning"})
    for word, level in (("Gold", "proficient"), ("Developing", "beginning")):
        term = {"@type": "DefinedTerm", "termCode": "4.NF.B.3", "educationalLevel": word}
        assert resource(context, teaches=term).alignments[0].level == level


def test_an_alignment_is_read_in_each_of_its_shapes() -> None:
    uri = "http://asn.example.org/S1"
    shapes: list[tuple[str, Any]] = [
        (uri, {"@type": "DefinedTerm", "@id": uri, "termCode": "4.NF.B.3", "name": "Add fractions",
               "inDefinedTermSet": "Common Core"}),
        ("4.NF.B.3", {"@type": "DefinedTerm", "termCode": "4.NF.B.3"}),
        ("4.NF.B.3", "4.NF.B.3"),
        (uri, uri),
        (uri, {"@id": uri}),
    ]  # fmt: skip
    for standard, value in shapes:
        assert [a.standard for a in resource(teaches=value).alignments] == [standard]
        assert [a.relation for a in resource(assesses=[value]).alignments] == ["assesses"]
        assert [a.relation for a in resource(competencyRequired={"@list": [value]}).alignments] == ["requires"]
    full = resource(teaches=shapes[0][1]).alignments[0]
    assert (full.name, full.framework) == ("4.NF.B.3 Add fractions", "Common Core")


def test_an_alignment_object_prefers_its_address_then_its_code_then_its_name() -> None:
    whole = {"targetUrl": "http://asn.example.org/S1", "identifier": "4.NF.B.3", "targetName": "Add fractions"}
    found = [resource(educationalAlignment=dict(list(whole.items())[start:])).alignments[0] for start in range(3)]
    assert [a.standard for a in found] == ["http://asn.example.org/S1", "4.NF.B.3", "Add fractions"]
    assert found[0].name == "4.NF.B.3 Add fractions"


def test_codes_are_found_in_a_sentence_and_a_sentence_without_one_is_a_problem() -> None:
    assert [a.standard for a in resource(teaches="Meets 4.NF.B.3 and 4.NF.B.4.").alignments] == ["4.NF.B.3", "4.NF.B.4"]
    found = read(teaches="How to be kind")
    assert codes(found) == ["standard-unknown"]
    assert found.resource is not None and found.resource.stated == ("teaches: How to be kind",)


def test_a_grade_where_a_competency_level_would_stand_is_a_grade() -> None:
    found = read(teaches={"termCode": "4.NF.B.3", "educationalLevel": "Grade 4"})
    assert found.problems == ()
    assert found.resource is not None
    assert (found.resource.grades, found.resource.alignments[0].level) == (("4",), None)


def test_several_languages_in_one_text_are_all_read() -> None:
    assert resource(inLanguage="en, es").languages == ("en", "es")
    assert resource(inLanguage=[{"@type": "Language", "name": "Spanish", "alternateName": "es"}]).languages == ("es",)


def test_a_prerequisite_is_required() -> None:
    alignment = {"alignmentType": "prerequisite", "targetName": "3.NF.A.1"}
    assert resource(educationalAlignment=alignment).alignments[0].relation == "requires"


def test_an_unknown_relation_is_kept_and_said() -> None:
    found = read(educationalAlignment={"alignmentType": "celebrates", "targetName": "3.NF.A.1"})
    assert codes(found) == ["relation-unknown"]
    assert found.resource is not None
    assert found.resource.alignments[0].relation == "teaches"
    assert found.resource.stated == ("educationalAlignment: celebrates",)


def test_topics_are_subjects_keywords_or_perhaps_standards() -> None:
    lesson = resource(about=["Mathematics", "pizza", "4.NF.B.3", {"@id": "http://asn.example.org/S1"}])
    assert lesson.subjects == ("mathematics",)
    assert lesson.keywords == ("pizza",)
    assert [(a.standard, a.tentative) for a in lesson.alignments] == [
        ("4.NF.B.3", True),
        ("http://asn.example.org/S1", True),
    ]


def test_a_term_is_known_by_its_label_its_code_or_its_address() -> None:
    for value in ("Video", {"name": "Video"}, {"id": "https://w3id.org/kim/hcrt/video", "prefLabel": {"de": "Film"}}):
        assert resource(learningResourceType=value).types == ("video",)


def test_the_type_of_the_thing_stands_in_for_a_resource_type() -> None:
    assert resource(**{"@type": ["LearningResource", "Quiz"]}).types == ("quiz",)
    assert resource(**{"@type": "Quiz"}, learningResourceType="Lesson").types == ("lesson",)


def test_people_collections_and_sources_come_as_text_or_things() -> None:
    lesson = resource(
        author=[{"@type": "Person", "name": "Ada"}, "Grace"],
        publisher={"@type": "Organization", "name": "Springfield District"},
        isPartOf=[{"@type": "Course", "name": "Grade 4"}, "https://district.example.org/unit/1"],
        isBasedOn={"@id": "https://example.org/original"},
        keywords="fractions, number line,Fractions",
        timeRequired="PT45M",
        identifier={"@type": "PropertyValue", "propertyID": "local", "value": "L-17"},
        sameAs="https://mirror.example.org/1",
    )
    assert lesson.creators == ("Ada", "Grace")
    assert lesson.publisher == "Springfield District"
    assert lesson.part_of == (
        Collection("Grade 4"),
        Collection("https://district.example.org/unit/1", "https://district.example.org/unit/1"),
    )
    assert lesson.based_on == ("https://example.org/original",)
    assert lesson.keywords == ("fractions", "number line")
    assert lesson.minutes == 45
    assert lesson.identifiers == ("L-17", "https://mirror.example.org/1")


def test_the_english_writing_of_a_title_goes_first() -> None:
    names = [{"@language": "es", "@value": "Fracciones"}, {"@language": "en", "@value": "Fractions"}]
    lesson = resource(name=names)
    assert lesson.title == "Fractions"
    assert lesson.stated == ("name: Fracciones",)


@pytest.mark.parametrize(
    "document",
    [
        {"@context": "http://schema.org", "@graph": [{"@type": "WebSite", "url": "https://x.org"}, LESSON]},
        [{"@type": "BreadcrumbList"}, LESSON],
        {"@type": "WebPage", "name": "A page", "url": "https://x.org/p", "mainEntity": LESSON},
        {f"schema:{k}" if k[0] != "@" else k: v for k, v in LESSON.items() if k != "@context"}
        | {"@context": {"schema": "http://schema.org/"}, "@type": "schema:LearningResource"},
        {f"https://schema.org/{k}": [{"@value": v}] for k, v in LESSON.items() if k[0] != "@"}
        | {"@type": ["https://schema.org/LearningResource"]},
        {"@context": {"titel": "https://schema.org/name", "adresse": {"@id": "http://schema.org/url", "@type": "@id"},
                      "s": "http://schema.org/", "art": "@type"},
         "art": "s:LearningResource", "titel": LESSON["name"], "adresse": LESSON["url"], "s:inLanguage": "en",
         "s:license": {"@id": LESSON["license"]}},
        {**LESSON, "@context": ["https://w3id.org/kim/amb/context.jsonld", {"@language": "de"}]},
    ],
)  # fmt: skip
def test_one_lesson_is_the_same_in_every_form_of_json_ld(document: Any) -> None:
    found = crosswalk("schema.org", msgspec.json.encode(document), Context())
    assert found.problems == ()
    assert found.resource is not None
    assert (found.resource.title, found.resource.url) == (LESSON["name"], LESSON["url"])
    assert (found.resource.languages, found.resource.license) == (("en",), "cc-by-4.0")


def test_no_context_is_ever_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refuse(*_: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    for remote in ("http://127.0.0.1:1/context", "file:///etc/passwd"):
        nested = {"titel": {"@id": "http://schema.org/name", "@context": remote}}
        found = read(**{"@context": [remote, nested], "titel": "x"})
        assert found.resource is not None and found.resource.title == LESSON["name"]


@pytest.mark.parametrize("kind", ["Organization", "BreadcrumbList", "WebSite", ["Person"]])
def test_what_is_clearly_no_resource_is_refused(kind: Any) -> None:
    found = read(**{"@type": kind})
    assert found.resource is None
    assert codes(found) == ["not-a-resource"]


def test_a_page_gives_each_learning_resource_on_its_own() -> None:
    page = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "Organization", "@id": "#us", "name": "Springfield District"},
            {"@type": "WebPage", "name": "All lessons", "url": "https://x.org/"},
            {**LESSON, "publisher": {"@id": "#us"}},
            {**LESSON, "name": "Another", "url": "https://x.org/2"},
        ],
    }
    found = [crosswalk("schema.org", each, Context()).resource for each in resources_in(msgspec.json.encode(page))]
    assert [(each.title, each.publisher) for each in found if each] == [
        (LESSON["name"], "Springfield District"),
        ("Another", ""),
    ]


def test_a_page_without_other_resources_may_be_one_itself() -> None:
    page = msgspec.json.encode({"@type": "WebPage", "name": "A lesson", "url": "https://x.org/"})
    assert len(resources_in(page)) == 1
    assert resources_in(b'{"@type": "Organization", "name": "x"}') == []
    assert resources_in(b"not json") == []


def test_json_ld_as_pages_wrap_it_is_read() -> None:
    wrapped = b'\n//<![CDATA[\n{"@type": "Course", "name": "Line\nbreak", "url": "https://x.org/"};\n//]]>\n'
    found = crosswalk("schema.org", wrapped, Context()).resource
    assert found is not None and found.title == "Line break"


def test_the_payloads_own_record_is_chosen_among_several() -> None:
    payload = msgspec.json.encode([LESSON, {**LESSON, "name": "Second", "url": "https://x.org/2"}])
    found = crosswalk("schema.org", payload, Context(url="https://x.org/2")).resource
    assert found is not None and found.title == "Second"


def test_the_sources_defaults_fill_what_the_record_leaves_out() -> None:
    defaults = {"license": "CC BY-SA 4.0", "language": "es", "publisher": "District"}
    lesson = resource(Context(defaults=defaults), license=None, inLanguage=None)
    assert (lesson.license, lesson.languages, lesson.publisher) == ("cc-by-sa-4.0", ("es",), "District")
    stated = resource(Context(defaults=defaults))
    assert (stated.license, stated.languages) == ("cc-by-4.0", ("en",))
