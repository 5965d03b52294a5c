"""Learning Object Metadata, clean and as tools really write it."""

from __future__ import annotations

import zipfile

import pytest

from tests.servers import shared
from vocab.crosswalks.crosswalk import crosswalk
from vocab.resource import Alignment, Collection, Context, Problem, Resource

LTSC = "http://ltsc.ieee.org/xsd/LOM"

FULL = f"""<lom xmlns="{LTSC}">
 <general>
  <identifier><catalog>DOI</catalog><entry>10.1234/fractions</entry></identifier>
  <identifier><catalog>URI</catalog><entry>urn:x:fractions</entry></identifier>
  <title><string language="de">Brüche</string><string language="en">Fractions on a line</string></title>
  <language>en</language>
  <description><string language="en">Place fractions on a line.</string></description>
  <keyword><string language="en">unit fractions; number line</string><string language="de">Brüche</string></keyword>
 </general>
 <lifeCycle>
  <contribute><role><source>LOMv1.0</source><value>author</value></role>
   <entity>BEGIN:VCARD&#10;VERSION:3.0&#10;N:Reed;Ann;;;&#10;FN:Ann Reed&#10;END:VCARD</entity>
   <date><dateTime>2024-03-01</dateTime></date></contribute>
  <contribute><role><source>LOMv1.0</source><value>publisher</value></role>
   <entity>BEGIN:VCARD&#10;ORG:Maple County Schools&#10;END:VCARD</entity></contribute>
  <contribute><role><source>LOMv1.0</source><value>editor</value></role><date><dateTime>2025-02-01</dateTime></date></contribute>
 </lifeCycle>
 <metaMetadata><contribute><date><dateTime>1999-01-01</dateTime></date></contribute></metaMetadata>
 <technical><format>text/html</format><location>https://maple.example/fractions</location></technical>
 <educational>
  <learningResourceType><source>LOMv1.0</source><value>exercise</value></learningResourceType>
  <intendedEndUserRole><source>LOMv1.0</source><value>learner</value></intendedEndUserRole>
  <context><source>LOMv1.0</source><value>school</value></context>
  <typicalAgeRange><string>9-10</string></typicalAgeRange>
  <difficulty><source>LOMv1.0</source><value>medium</value></difficulty>
  <typicalLearningTime><duration>P0Y0M0DT0H45M0S</duration></typicalLearningTime>
 </educational>
 <rights><cost><source>LOMv1.0</source><value>no</value></cost>
  <copyrightAndOtherRestrictions><source>LOMv1.0</source><value>yes</value></copyrightAndOtherRestrictions>
  <description><string>https://creativecommons.org/licenses/by/4.0/</string></description></rights>
 <relation><kind><source>LOMv1.0</source><value>ispartof</value></kind>
  <resource><identifier><catalog>URI</catalog><entry>https://maple.example/unit</entry></identifier>
   <description><string>Unit 3</string></description></resource></relation>
 <relation><kind><value>isbasedon</value></kind>
  <resource><identifier><entry>https://pine.example/old</entry></identifier></resource></relation>
 <classification><purpose><source>LOMv1.0</source><value>discipline</value></purpose>
  <taxonPath><source><string>subjects</string></source>
   <taxon><id>1</id><entry><string>Mathematics</string></entry></taxon>
   <taxon><id>1.2</id><entry><string>Number sense</string></entry></taxon></taxonPath></classification>
 <classification><purpose><value>educational level</value></purpose>
  <taxonPath><taxon><entry><string>Grade 4</string></entry></taxon></taxonPath></classification>
 <classification><purpose><value>educational objective</value></purpose>
  <taxonPath><source><string>CCSS</string></source>
   <taxon><id>4.NF.B.3</id><entry><string>Understand a fraction</string></entry></taxon></taxonPath></classification>
 <classification><purpose><value>prerequisite</value></purpose>
  <taxonPath><taxon><id>3.NF.A.1</id></taxon></taxonPath></classification>
</lom>"""

IMS = """<lom xmlns="http://www.imsglobal.org/xsd/imsmd_v1p2">
 <general><title><langstring xml:lang="en">Shadows</langstring></title>
  <catalogentry><catalog>own</catalog><entry><langstring>s-1</langstring></entry></catalogentry>
  <language>en</language></general>
 <lifecycle><contribute><role><value><langstring xml:lang="x-none">Author</langstring></value></role>
  <centity><vcard>BEGIN:VCARD FN:Bo Lund END:VCARD</vcard></centity>
  <date><datetime>2023</datetime></date></contribute></lifecycle>
 <technical><location type="URI">https://maple.example/shadows</location></technical>
 <educational><learningresourcetype><source><langstring xml:lang="x-none">LOMv1.0</langstring></source>
  <value><langstring xml:lang="x-none">Lecture</langstring></value></learningresourcetype>
  <context><value><langstring>Primary Education</langstring></value></context>
  <typicallearningtime><datetime>PT1H</datetime></typicallearningtime></educational>
 <rights><description><langstring>CC BY-SA 4.0</langstring></description></rights>
 <classification><purpose><value><langstring>Discipline</langstring></value></purpose>
  <taxonpath><taxon><id>s</id><entry><langstring>Science</langstring></entry>
   <taxon><entry><langstring>Physics</langstring></entry></taxon></taxon></taxonpath></classification>
</lom>"""


def read(payload: str, **context: str) -> tuple[Resource, tuple[Problem, ...]]:
    found = crosswalk("lom", payload.encode(), Context(**{"identifier": "oai:maple:1", **context}))
    assert found.resource is not None, found.problems
    return found.resource, found.problems


def lom(inner: str) -> str:
    return (
        f'<lom xmlns="{LTSC}"><general><title><string>T</string></title><language>en</language></general>'
        f"<technical><location>https://maple.example/t</location></technical>{inner}</lom>"
    )


def test_everything_a_full_record_says_has_its_place() -> None:
    found, problems = read(FULL)
    assert problems == ()
    assert (found.title, found.url) == ("Fractions on a line", "https://maple.example/fractions")
    assert found.identifiers == (
        "oai:maple:1",
        "10.1234/fractions",
        "https://doi.org/10.1234/fractions",
        "urn:x:fractions",
    )
    assert found.summary == "Place fractions on a line."
    assert {"unit fractions", "number line", "Number sense"} <= set(found.keywords)
    assert (found.types, found.audiences, found.minutes) == (("exercise",), ("student",), 45)
    assert (found.subjects, found.grades, found.languages) == (("mathematics",), ("4",), ("en",))
    assert (found.license, found.creators, found.publisher) == ("cc-by-4.0", ("Ann Reed",), "Maple County Schools")
    assert (found.created, found.modified) == ("2024-03-01", "2025-02-01")
    assert found.part_of == (Collection("Unit 3", "https://maple.example/unit"),)
    assert found.based_on == ("https://pine.example/old",)
    assert {"technical.format: text/html", "educational.context: school", "general.title: Brüche"} <= set(found.stated)


def test_objectives_and_prerequisites_are_alignments_at_the_record_s_level() -> None:
    found, _ = read(FULL)
    assert found.alignments == (
        Alignment("4.NF.B.3", "teaches", "proficient", "medium", "Understand a fraction", "CCSS"),
        Alignment("3.NF.A.1", "requires", "proficient", "medium"),
    )


def test_the_older_binding_of_ims_says_the_same() -> None:
    found, problems = read(IMS)
    assert problems == ()
    assert (found.title, found.url, found.types) == ("Shadows", "https://maple.example/shadows", ("lecture",))
    assert (found.subjects, found.minutes, found.license) == (("physics", "science"), 60, "cc-by-sa-4.0")
    assert (found.creators, found.created, found.grades[0]) == (("Bo Lund",), "2023-01-01", "K")
    assert "s-1" in found.identifiers


def test_a_lom_in_a_cartridge_s_manifest_is_found_whatever_its_namespace() -> None:
    other = "http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest"
    found, _ = read(f"<manifest><metadata>{FULL.replace(LTSC, other)}</metadata></manifest>")
    assert found.title == "Fractions on a line"


def test_what_no_list_knows_is_kept_and_told() -> None:
    inner = "<educational><learningResourceType><value>zine</value></learningResourceType></educational>"
    found, problems = read(lom(inner))
    assert "educational.learningResourceType: zine" in found.stated
    assert "type-unknown" in {problem.code for problem in problems}


def test_an_objective_in_words_only_is_no_standard() -> None:
    purpose = "<purpose><value>competency</value></purpose>"
    words = "<taxonPath><taxon><entry><string>Learn to share</string></entry></taxon></taxonPath>"
    found, _ = read(lom(f"<classification>{purpose}{words}</classification>"))
    assert found.alignments == ()
    assert "classification.competency: Learn to share" in found.stated


def test_the_address_of_a_standard_is_taken_before_its_words() -> None:
    purpose = "<purpose><value>educational objective</value></purpose>"
    taxon = "<taxon><id>http://purl.org/ASN/resources/S114340C</id><entry><string>Add</string></entry></taxon>"
    found, _ = read(lom(f"<classification>{purpose}<taxonPath>{taxon}</taxonPath></classification>"))
    assert found.alignments == (Alignment("http://purl.org/ASN/resources/S114340C", "teaches", name="Add"),)


@pytest.mark.parametrize(
    ("entity", "name"),
    [
        ("BEGIN:VCARD&#10;N:Reed;Ann&#10;END:VCARD", "Ann Reed"),
        ("BEGIN:VCARD&#10;FN;CHARSET=UTF-8:Ann&#10;  Reed&#10;END:VCARD", "Ann Reed"),
        ("BEGIN:VCARD VERSION:3.0 FN:Ann Reed EMAIL:a@b.example END:VCARD", "Ann Reed"),
        (r"BEGIN:VCARD&#10;FN:Reed\, Ann&#10;END:VCARD", "Reed, Ann"),
        ("Ann Reed", "Ann Reed"),
    ],
)
def test_names_are_taken_out_of_vcards(entity: str, name: str) -> None:
    role = "<role><value>author</value></role>"
    found, _ = read(lom(f"<lifeCycle><contribute>{role}<entity>{entity}</entity></contribute></lifeCycle>"))
    assert found.creators == (name,)


def test_a_record_without_a_location_is_found_by_its_identifier() -> None:
    payload = f"""<lom xmlns="{LTSC}"><general><identifier><entry>https://maple.example/x</entry></identifier>
      <title>Bare title</title></general></lom>"""
    found, problems = read(payload)
    assert (found.title, found.url) == ("Bare title", "https://maple.example/x")
    assert {problem.code for problem in problems} == {"license-missing", "language-missing"}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"<lom", "payload-unreadable"),
        (b"<other/>", "payload-unreadable"),
        (b'<!DOCTYPE lom [<!ENTITY a "b">]><lom/>', "doctype-refused"),
        (b"<lom/>", "title-missing"),
        (b"<lom>" + b"<general>" * 300 + b"</general>" * 300 + b"</lom>", "payload-unreadable"),
    ],
)
def test_what_is_no_lom_is_refused_with_a_reason(payload: bytes, code: str) -> None:
    found = crosswalk("lom", payload, Context())
    assert found.resource is None
    assert code in {problem.code for problem in found.problems}


@pytest.mark.real
def test_the_manifest_of_a_real_cartridge_gives_its_title() -> None:
    with zipfile.ZipFile(shared("interop/common-cartridge/cc.imscc")) as archive:
        manifest = archive.read("imsmanifest.xml").decode()
    found, _ = read(manifest, url="https://maple.example/cc.imscc")
    assert (found.title, found.created) == ("Beginning Ruby on Rails", "2012-06-07")
