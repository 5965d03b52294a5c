"""A resource in Dublin Core and in LOM: read again, it is the same as far as the format reaches."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from vocab.crosswalks.crosswalk import crosswalk
from vocab.crosswalks.dc_write import to_oai_dc
from vocab.crosswalks.lom_write import to_lom
from vocab.resource import Alignment, Collection, Context, Crosswalked, Resource
from vocab.schemes import scheme

STANDARD = "https://standards.example/4.NF.1"
LESSON = Resource(
    title="Halves & <quarters>",
    url="https://lessons.example/1?a=1&b=2",
    identifiers=("https://doi.org/10.5555/12345678", "lakeside:1"),
    summary='Cut "pizza" into equal parts; compare 1/2 < 3/4.',
    text="First everybody draws a circle.",
    keywords=("fraction strips", "pizza"),
    types=("lesson", "worksheet"),
    subjects=("mathematics", "number"),
    grades=("K", "4"),
    languages=("en", "es"),
    audiences=("teacher", "student", "parent"),
    minutes=45,
    license="cc-by-4.0",
    license_url="https://creativecommons.org/licenses/by/4.0/",
    alignments=(
        Alignment(STANDARD, "teaches", "developing", "developing", "4.NF.1 Explain equivalence.", "state"),
        Alignment("https://standards.example/4.NF.2", "requires"),
    ),
    part_of=(
        Collection("Parts of a whole"),
        Collection("https://lessons.example/unit", "https://lessons.example/unit"),
    ),
    based_on=("https://lessons.example/0",),
    creators=("A. Teacher", "Núñez; Ana"),
    publisher="Lakeside, Unified",
    created="2025-01-31",
    modified="2026-02-01T10:00:00Z",
)
WRITERS = {"oai_dc": to_oai_dc, "lom": to_lom}
Writer = Callable[[Resource], bytes]


def again(form: str, resource: Resource) -> Resource:
    read: Crosswalked = crosswalk(form, WRITERS[form](resource), Context())
    assert read.resource is not None, read.problems
    return read.resource


def kept(resource: Resource, *fields: str) -> dict[str, object]:
    return {name: getattr(resource, name) for name in fields}


COMMON = (
    "title", "url", "identifiers", "summary", "text", "types", "subjects", "languages", "license", "license_url",
    "part_of", "based_on", "creators", "publisher", "created",
)  # fmt: skip


def test_dublin_core_holds_what_it_can() -> None:
    read = again("oai_dc", LESSON)
    assert kept(read, *COMMON) == kept(LESSON, *COMMON)
    assert set(read.keywords) == set(LESSON.keywords)
    assert [(each.standard, each.relation) for each in read.alignments] == [(STANDARD, "teaches")]


def test_lom_holds_what_it_can() -> None:
    fields = (*COMMON, "grades", "audiences", "minutes", "modified")
    read = again("lom", LESSON)
    assert kept(read, *fields) == kept(LESSON, *fields)
    assert set(read.keywords) == set(LESSON.keywords)
    found = {(each.standard, each.relation, each.framework) for each in read.alignments}
    assert found == {(each.standard, each.relation, each.framework) for each in LESSON.alignments}


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("name", ["types", "subjects"])
def test_every_term_of_our_lists_is_read_again(form: str, name: str) -> None:
    for term in scheme(name).terms:
        assert getattr(again(form, replace(LESSON, **{name: (term.key,)})), name)[0] == term.key


def test_what_is_required_is_no_claim_to_teach_it() -> None:
    required = replace(LESSON, alignments=(Alignment("https://standards.example/4.NF.2", "requires"),))
    assert again("oai_dc", required).alignments == ()


def test_what_is_assessed_is_told_as_that_in_lom() -> None:
    assessed = replace(LESSON, alignments=(Alignment(STANDARD, "assesses", "proficient"),))
    root = etree.fromstring(to_lom(assessed))
    purposes = [node.text for node in root.iterfind(".//{*}purpose/{*}value")]
    assert "assesses" in purposes
    assert "educational objective" not in purposes
    assert "proficient" in [node.text for node in root.iterfind(".//{*}classification/{*}keyword/{*}string")]


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@given(text=st.text(max_size=40))
def test_any_text_leaves_as_well_formed_xml(write: Writer, text: str) -> None:
    resource = replace(
        LESSON,
        title=text,
        summary=text,
        keywords=(text,),
        creators=(text,),
        subjects=(text,),
        publisher=text,
        languages=(text,),
        part_of=(Collection(text, text),),
        alignments=(Alignment(text, "teaches", None, text, text, text),),
    )
    etree.fromstring(write(resource))
