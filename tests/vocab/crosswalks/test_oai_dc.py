"""Dublin Core as repositories send it."""

from __future__ import annotations

import pytest

from vocab.crosswalks.crosswalk import crosswalk
from vocab.resource import Collection, Context, Crosswalked, Resource, Severity

_OPEN = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:dcterms="http://purl.org/dc/terms/">'
)
_LEAST = (
    "<dc:title>Water cycle</dc:title><dc:identifier>https://x.example.org/1</dc:identifier>"
    "<dc:language>eng</dc:language><dc:rights>CC BY 4.0</dc:rights>"
)


def read(elements: str, least: str = _LEAST) -> Crosswalked:
    payload = f"{_OPEN}{least}{elements}</oai_dc:dc>".encode()
    return crosswalk("oai_dc", payload, Context(identifier="oai:x:1", today="2026-11-22"))


def resource(elements: str = "", least: str = _LEAST) -> Resource:
    found = read(elements, least).resource
    assert found is not None
    return found


def test_a_plain_record_is_read_whole() -> None:
    found = read("<dc:creator>Ada</dc:creator><dc:publisher>District</dc:publisher><dc:date>2011</dc:date>")
    assert found.problems == ()
    lesson = resource("<dc:creator>Ada</dc:creator><dc:publisher>District</dc:publisher><dc:date>2011</dc:date>")
    assert (lesson.title, lesson.url) == ("Water cycle", "https://x.example.org/1")
    assert (lesson.languages, lesson.license, lesson.created) == (("en",), "cc-by-4.0", "2011-01-01")
    assert (lesson.creators, lesson.publisher) == (("Ada",), "District")
    assert lesson.identifiers == ("oai:x:1",)


def test_the_metadata_element_around_it_does_not_matter() -> None:
    payload = f'<metadata xmlns="http://www.openarchives.org/OAI/2.0/">{_OPEN}{_LEAST}</oai_dc:dc></metadata>'
    assert crosswalk("oai_dc", payload.encode(), Context()).resource is not None


def test_the_english_title_goes_first_and_the_other_is_kept() -> None:
    titles = '<dc:title xml:lang="es">Ciclo del agua</dc:title><dc:title xml:lang="en">Water cycle</dc:title>'
    lesson = resource("<dc:identifier>https://x.example.org/1</dc:identifier>", titles)
    assert lesson.title == "Water cycle"
    assert lesson.stated == ("dc:title: Ciclo del agua",)


def test_subjects_are_told_from_keywords_and_possible_standards() -> None:
    lesson = resource("<dc:subject>Science; rain</dc:subject><dc:subject>MS-PS1-2</dc:subject>")
    assert (lesson.subjects, lesson.keywords) == (("science",), ("rain",))
    assert [(a.standard, a.tentative) for a in lesson.alignments] == [("MS-PS1-2", True)]


def test_qualified_terms_say_grade_time_audience_and_standard() -> None:
    lesson = resource(
        "<dcterms:educationLevel>Grade 5</dcterms:educationLevel><dcterms:extent>PT50M</dcterms:extent>"
        "<dcterms:extent>12 pages</dcterms:extent><dcterms:audience>Teacher</dcterms:audience>"
        "<dcterms:conformsTo>5-ESS2-1</dcterms:conformsTo><dcterms:isPartOf>Earth unit</dcterms:isPartOf>"
        "<dcterms:modified>2020-02-03</dcterms:modified>"
    )
    assert (lesson.grades, lesson.minutes, lesson.audiences) == (("5",), 50, ("teacher",))
    assert [(a.standard, a.tentative) for a in lesson.alignments] == [("5-ESS2-1", False)]
    assert lesson.part_of == (Collection("Earth unit"),)
    assert (lesson.modified, lesson.stated) == ("2020-02-03", ("dcterms:extent: 12 pages",))


def test_relations_and_sources_are_read_for_what_they_say() -> None:
    lesson = resource(
        "<dc:relation>Is part of: Earth unit</dc:relation><dc:relation>http://asn.example.org/S1</dc:relation>"
        "<dc:source>https://example.org/original</dc:source>"
    )
    assert lesson.part_of == (Collection("Earth unit"),)
    assert lesson.based_on == ("https://example.org/original",)
    assert [(a.standard, a.tentative) for a in lesson.alignments] == [("http://asn.example.org/S1", True)]


def test_a_doi_is_a_link_where_no_other_is_given() -> None:
    least = "<dc:title>A study</dc:title><dc:identifier>doi:10.1234/abc</dc:identifier>"
    assert resource("", least).url == "https://doi.org/10.1234/abc"


def test_of_several_dates_the_earliest_is_the_works() -> None:
    dates = "<dc:date>2019-05-05T10:00:00Z</dc:date><dc:date>2015</dc:date><dc:date>2016-01-02/2017-01-01</dc:date>"
    assert resource(dates).created == "2015-01-01"


def test_a_type_is_known_by_the_last_word_of_its_address() -> None:
    found = read("<dc:type>info:eu-repo/semantics/lecture</dc:type><dc:type>info:eu-repo/semantics/whatsit</dc:type>")
    assert found.resource is not None and found.resource.types == ("lecture",)
    assert [(p.code, p.value) for p in found.problems] == [("type-unknown", "info:eu-repo/semantics/whatsit")]


def test_open_access_is_no_license_and_no_problem() -> None:
    found = read("<dc:rights>info:eu-repo/semantics/openAccess</dc:rights>")
    assert found.problems == ()
    assert found.resource is not None and found.resource.license == "cc-by-4.0"


_BOMB = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
    f"{_OPEN}<dc:title>&c;</dc:title></oai_dc:dc>"
)
_FILE = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>{_OPEN}<dc:title>&a;</dc:title></oai_dc:dc>'


@pytest.mark.parametrize("payload", [_BOMB.encode(), _FILE.encode(), _FILE.encode("utf-16")])
def test_a_record_with_a_doctype_is_refused(payload: bytes) -> None:
    found = crosswalk("oai_dc", payload, Context())
    assert found.resource is None
    assert [(p.code, p.severity) for p in found.problems] == [("doctype-refused", Severity.ERROR)]


@pytest.mark.parametrize(
    "payload",
    [b"", b"not xml", b"<html><p>Down for maintenance", b"<a><b></a>", b"<a>\x01</a>", b"\xff\xfe\x00",
     b"<a>&undefined;</a>", b"<a>" * 5000 + b"</a>" * 5000],
)  # fmt: skip
def test_what_is_no_xml_is_an_error_that_says_so(payload: bytes) -> None:
    found = crosswalk("oai_dc", payload, Context())
    assert found.resource is None
    assert [p.code for p in found.problems] == ["payload-unreadable"]


def test_xml_without_dublin_core_has_no_title_and_no_link() -> None:
    found = crosswalk("oai_dc", b"<a><title>x</title></a>", Context())
    assert [p.code for p in found.problems] == ["title-missing", "link-missing"]
