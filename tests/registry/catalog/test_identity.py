"""The same resource from several districts: found by content, joined only beyond doubt, proposed where there is one."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from registry.app import Registry
from registry.catalog.ingest import ingest
from registry.catalog.read import resource_view
from registry.catalog.sources import problems_of
from registry.models import FingerprintRow, PairRow, RecordRow, ResourceRow
from registry.ports import Harvested
from tests.factories import harvested, source

TEXT = (
    "Learners fold a strip of paper into equal parts, shade some of them, and say which fraction of the strip is shaded."
    " They compare strips of one length that were folded into different numbers of parts, and write down which is more."
)


def _lesson(
    identifier: str, title: str = "Fractions with paper strips", text: str = TEXT, **stated: object
) -> Harvested:
    return harvested(
        identifier,
        name=title,
        description=text,
        url=f"https://{identifier}.example/lesson",
        **{"@id": f"urn:x:{identifier}", **stated},
    )


def _resources(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ResourceRow)) or 0


def _recognized(session: Session, identifier: str) -> str:
    return session.scalars(select(RecordRow.recognized).where(RecordRow.identifier == identifier)).one()


def _pairs(session: Session) -> list[PairRow]:
    return list(session.scalars(select(PairRow)))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Fractions with paper strips", TEXT),
        ("FRACTIONS WITH PAPER-STRIPS!", TEXT),
        ("Lesson: Fractions with Paper Strips", f"<p>{TEXT}</p>"),
        ("Fractions with paper strips | Lakeside Schools", TEXT),
        ("Fractions with papre strips", TEXT.replace("strip of paper", "strip of papre")),
        ("Fractions with paper strips", f"{TEXT} Posted by the curriculum office; write to us with corrections."),
        ("Fractions with paper strips", TEXT.partition(" They")[0]),
    ],
)
def test_a_copy_in_another_district_is_recognized_by_its_content(registry: Registry, title: str, text: str) -> None:
    with registry.sessions.begin() as session:
        ingest(session, source(session, "first"), [_lesson("a")])
        ingest(session, source(session, "second"), [_lesson("b", title, text)])
        assert _resources(session) == 1
        assert _recognized(session, "a") == ""
        assert re.match(r"its content \(\d+% alike\): ", _recognized(session, "b"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Fractions with paper strips, part 1", "Fractions with paper strips, part 2"),
        ("Fractions with paper strips (Part II)", "Fractions with paper strips (Part III)"),
        ("Lesson three: paper strips", "Lesson 4: paper strips"),
        ("Paper strips for grade 3", "Paper strips for grade 4"),
        ("Paper strips (foundation)", "Paper strips (higher)"),
        ("Strips with scissors", "Strips without scissors"),
        ("Strips of 5 parts", "Strips of 6 parts"),
        ("Paper strips, student version", "Paper strips, teacher version"),
    ],
)
def test_another_part_grade_tier_or_number_is_another_resource_whatever_the_text(
    registry: Registry, first: str, second: str
) -> None:
    with registry.sessions.begin() as session:
        ingest(session, source(session, "first"), [_lesson("a", first)])
        ingest(session, source(session, "second"), [_lesson("b", second)])
        assert _resources(session) == 2
        assert _pairs(session) == []


@pytest.mark.parametrize(
    ("title", "stated"),
    [
        ("Fractions with cardboard strips", {}),
        ("Fractions with paper strips 2", {}),
        ("Fractions with paper strips", {"educationalLevel": "Grade 7"}),
        ("Fractions with paper strips", {"text": TEXT.replace("a strip", "25 strips")}),
    ],
)
def test_what_leaves_a_doubt_is_put_before_a_curator(registry: Registry, title: str, stated: dict[str, str]) -> None:
    with registry.sessions.begin() as session:
        mine = _lesson("a", text=TEXT.replace("a strip", "12 strips"), educationalLevel="Grade 3")
        ingest(session, source(session, "first"), [mine])
        ingest(session, source(session, "second"), [_lesson("b", title, **stated)])
        assert _resources(session) == 2
        pair = _pairs(session)[0]
        assert pair.decision == ""
        assert pair.why


def test_a_translation_is_another_resource(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        ingest(session, source(session, "first"), [_lesson("a")])
        ingest(session, source(session, "second"), [_lesson("b", inLanguage="es")])
        assert _resources(session) == 2


def test_the_same_title_on_another_text_is_another_resource(registry: Registry) -> None:
    other = (
        "A reading of three short stories about winter, with questions on mood and on the words that carry it along."
    )
    with registry.sessions.begin() as session:
        ingest(session, source(session, "first"), [_lesson("a", "Introduction")])
        ingest(session, source(session, "second"), [_lesson("b", "Introduction", other)])
        assert _resources(session) == 2


def test_within_one_source_nothing_is_joined_by_content_only_proposed(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        batch = source(session)
        ingest(session, batch, [_lesson("a"), _lesson("b")])
        ingest(session, batch, [_lesson("c")])
        assert _resources(session) == 3
        assert len(_pairs(session)) == 3


def test_a_pair_decided_as_different_is_not_proposed_again(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        batch = source(session)
        ingest(session, batch, [_lesson("a"), _lesson("b")])
        _pairs(session)[0].decision = "different"
    with registry.sessions.begin() as session:
        ingest(session, batch, [_lesson("b", text=TEXT + " Nothing else.")])
        assert [pair.decision for pair in _pairs(session)] == ["different"]


def test_what_is_withdrawn_is_no_longer_found_by_its_content(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        batch = source(session, "first")
        ingest(session, batch, [_lesson("a")])
        ingest(session, batch, [Harvested(identifier="a", deleted=True)])
        assert session.scalar(select(func.count()).select_from(FingerprintRow)) == 0
        ingest(session, source(session, "second"), [_lesson("b")])
        assert _resources(session) == 2


def test_a_text_that_hundreds_share_is_not_compared_with_each(registry: Registry) -> None:
    """The title still tells them apart, and finds the copy."""
    words = "river stone cloud field window garden engine lantern bridge circle market harbor".split()  # noqa: SIM905
    titles = [f"{one.title()} and {other}" for one in words for other in words if one != other]
    with registry.sessions.begin() as session:
        ingest(session, source(session, "first"), [_lesson(f"a{n}", title) for n, title in enumerate(titles)])
        assert len(titles) > 100
        ingest(session, source(session, "second"), [_lesson("b", titles[77])])
        assert _resources(session) == len(titles)


def test_a_batch_costs_the_same_number_of_selects_however_many_records_it_holds(registry: Registry) -> None:
    asked: list[str] = []
    event.listen(registry.engine, "before_cursor_execute", lambda *event_: asked.append(event_[2]))
    counts = []
    for size in (5, 40):
        with registry.sessions.begin() as session:
            first, second = source(session, f"first-{size}"), source(session, f"second-{size}")
            several = [_lesson(f"a{size}x{n}", f"Strip number {n} of {size}") for n in range(size)]
            ingest(session, first, several)
            asked.clear()
            copies = [_lesson(f"b{size}x{n}", f"Strip number {n} of {size}") for n in range(size)]
            assert ingest(session, second, copies).created == size
            counts.append(sum(each.lstrip().upper().startswith("SELECT") for each in asked))
    assert counts[0] == counts[1]


def test_an_unchanged_record_asks_for_no_fingerprint(registry: Registry) -> None:
    asked: list[str] = []
    with registry.sessions.begin() as session:
        batch = source(session)
        ingest(session, batch, [_lesson("a")])
    event.listen(registry.engine, "before_cursor_execute", lambda *event_: asked.append(event_[2]))
    with registry.sessions.begin() as session:
        ingest(session, batch, [_lesson("a")])
    assert not [each for each in asked if "fingerprint" in each]


def test_the_stricter_license_counts_and_the_other_publisher_is_told(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        ingest(session, source(session, "first"), [_lesson("a")])
        strict = _lesson("b", license="https://creativecommons.org/licenses/by-nc-nd/4.0/")
        ingest(session, source(session, "second"), [strict])
        resource_id = session.scalars(select(ResourceRow.id)).one()
        view = resource_view(session, resource_id)
        assert view.resource.license == "cc-by-nc-nd-4.0"
        assert view.resource.license_url == "https://creativecommons.org/licenses/by-nc-nd/4.0/"
        assert problems_of(session, "second") == ()
    with registry.sessions.begin() as session:
        first = source(session, "third")
        ingest(session, first, [_lesson("c")])
        assert [each.code for each in problems_of(session, "third")] == ["license-conflict"]


def test_both_dates_are_one_records_and_the_others_fill_neither(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        ingest(session, source(session, "first"), [_lesson("a", dateModified="2026-01-12", timeRequired="PT20M")])
        ingest(session, source(session, "second"), [_lesson("b", dateCreated="2026-10-29")])
        shown = resource_view(session, session.scalars(select(ResourceRow.id)).one()).resource
        assert (shown.created, shown.modified) == ("", "2026-01-12")


def test_the_resource_is_the_same_in_whatever_order_its_records_came(registry: Registry) -> None:
    """Two registries that know the same records show the same resource."""
    told = [
        ("one", _lesson("a", "UNTITLED", TEXT, timeRequired="PT20M", keywords=["strips"], sameAs="urn:uuid:0b0ab6c0-0000-4000-8000-000000000001")),
        ("two", _lesson("b", text="Short.", sameAs="urn:uuid:0b0ab6c0-0000-4000-8000-000000000001", keywords=["paper"])),
        ("three", _lesson("c", text=TEXT + " And more.", sameAs="urn:uuid:0b0ab6c0-0000-4000-8000-000000000001")),
    ]  # fmt: skip
    seen = []
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        with registry.sessions() as session:
            batches = {name: source(session, name) for name, _ in told}
            for place in order:
                ingest(session, batches[told[place][0]], [told[place][1]])
            assert _resources(session) == 1
            seen.append(session.scalars(select(ResourceRow.body)).one())
            session.rollback()
    assert seen[0] == seen[1] == seen[2]
    assert seen[0].title == "Fractions with paper strips"
    assert seen[0].minutes == 20
    assert seen[0].keywords == ("strips", "paper")
