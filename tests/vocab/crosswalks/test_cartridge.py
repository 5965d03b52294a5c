"""Parts of Common Cartridges put into our words."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocab.crosswalks.cartridge import Inherited, PartRecord, StandardName
from vocab.crosswalks.crosswalk import crosswalk
from vocab.resource import Context, Crosswalked, Resource

WHOLE = "https://oak.example/unit.imscc"
GUID = "6b9f94ba-d7cc-11e8-824f-0242ac160002"


def lom(inner: str) -> str:
    return f'<lom xmlns="http://ltsc.ieee.org/xsd/imsccv1p3/LOM/resource">{inner}</lom>'


def text(name: str, value: str) -> str:
    return f"<{name}><string>{value}</string></{name}>"


COURSE = lom(
    f"<general>{text('title', 'Fractions, unit 4')}<language>en</language></general>"
    f"<rights>{text('description', 'http://creativecommons.org/licenses/by/4.0/')}</rights>"
)


def read(**changes: Any) -> Crosswalked:
    part = PartRecord(**{"kind": "page", "title": "Shares", "url": f"{WHOLE}?part=p1", **changes})
    return crosswalk("cartridge", msgspec.json.encode(part), Context(identifier=f"{WHOLE}?part=p1"))


def resource(**changes: Any) -> Resource:
    found = read(**changes).resource
    assert found is not None
    return found


def test_a_cartridge_is_a_course_with_what_its_metadata_says() -> None:
    found = resource(kind="cartridge", title="", url=WHOLE, lom=COURSE, version="1.3")
    assert (found.title, found.url, found.types) == ("Fractions, unit 4", WHOLE, ("course",))
    assert (found.license, found.languages) == ("cc-by-4.0", ("en",))


def test_a_part_takes_from_its_cartridge_what_it_does_not_say() -> None:
    found = resource(cartridge=Inherited("", WHOLE, COURSE), path=("Week 1", "Monday"))
    assert (found.title, found.license, found.languages) == ("Shares", "cc-by-4.0", ("en",))
    assert [(each.name, each.url) for each in found.part_of] == [
        ("Fractions, unit 4", WHOLE),
        ("Fractions, unit 4 / Week 1 / Monday", WHOLE),
    ]


def test_what_a_part_says_itself_goes_before_its_cartridge() -> None:
    own = lom(f"<general><language>es</language></general><rights>{text('description', 'CC BY-SA 4.0')}</rights>")
    found = resource(lom=own, cartridge=Inherited("Unit", WHOLE, COURSE))
    assert (found.license, found.languages) == ("cc-by-sa-4.0", ("es",))


def test_a_page_is_searched_by_its_words() -> None:
    found = read(text="<style>p {color: red}</style><p>Cut the pizza into <b>thirds</b>.</p>")
    assert found.resource is not None
    assert found.resource.summary == "Cut the pizza into thirds."
    assert "markup-removed" not in {problem.code for problem in found.problems}


@pytest.mark.parametrize(
    ("kind", "file", "types"),
    [
        ("assessment", "", ("assessment",)), ("assignment", "", ("homework",)), ("lesson-plan", "", ("lesson-plan",)),
        ("file", "Shares.MP4", ("video",)), ("file", "slides.pptx", ("presentation",)), ("file", "notes.pdf", ()),
        ("page", "p.html", ()), ("web-link", "", ()),
    ],
)  # fmt: skip
def test_the_kind_of_a_part_is_its_type_where_we_have_a_word_for_it(kind: str, file: str, types: tuple[str]) -> None:
    assert resource(kind=kind, file=file).types == types


@pytest.mark.parametrize(
    ("guid", "label", "standards"),
    [
        (GUID, "CCSS.Math.Content.4.NF.B.3",
         [("CCSS.Math.Content.4.NF.B.3", False), (f"urn:uuid:{GUID}", True)]),
        (GUID.upper(), "", [(f"urn:uuid:{GUID}", False)]),
        (GUID.replace("-", ""), "Understand a fraction", [(f"urn:uuid:{GUID}", False)]),
        ("{" + GUID + "}", "4.NF.B.3: Understand", [("4.NF.B.3", False), (f"urn:uuid:{GUID}", True)]),
        ("http://asn.jesandco.org/resources/S11434AC", "", [("http://asn.jesandco.org/resources/S11434AC", False)]),
        ("S11434AC", "Fractions", [("S11434AC", False)]),
    ],
)  # fmt: skip
def test_a_standard_is_known_by_its_label_s_code_or_by_its_guid(
    guid: str, label: str, standards: list[tuple[str, bool]]
) -> None:
    found = resource(standards=(StandardName(guid, label, "US"),))
    assert [(each.standard, each.tentative) for each in found.alignments] == standards
    assert {each.relation for each in found.alignments} == {"teaches"}


def test_a_test_assesses_its_standards() -> None:
    found = resource(kind="assessment", standards=(StandardName(GUID, "4.NF.B.3"),))
    assert {each.relation for each in found.alignments} == {"assesses"}


def test_metadata_that_cannot_be_read_is_told_and_the_part_stays() -> None:
    found = read(lom="<!DOCTYPE x><lom/>")
    assert found.resource is not None
    assert "metadata-unreadable" in {problem.code for problem in found.problems}


def test_a_part_without_title_is_refused_in_words() -> None:
    found = read(title="")
    assert found.resource is None
    assert [problem.code for problem in found.problems] == ["title-missing"]


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_payload_raises(payload: bytes) -> None:
    assert crosswalk("cartridge", payload, Context()).resource is None
    crosswalk(
        "cartridge", msgspec.json.encode({"kind": "page", "title": "T", "url": WHOLE, "lom": str(payload)}), Context()
    )
