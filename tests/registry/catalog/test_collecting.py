"""Lists and ratings on both stores: order, limits, copies, what was merged, and the paging of lists."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry.accounts.people import add_person, remove_person
from registry.accounts.policy import Person
from registry.app import Registry
from registry.catalog import collecting, collections, merging, ratings
from registry.catalog.collecting import Wanted, Wording
from registry.catalog.ingest import ingest
from registry.db import new_id
from registry.errors import Conflict, NotAllowed, NotFound, Rejected
from registry.models import CollectionRow, PersonRow, RatingRow, RecordRow, ResourceRow
from tests.factories import harvested, source

LESSONS = 6


@pytest.fixture
def session(registry: Registry) -> Iterator[Session]:
    with registry.sessions.begin() as session:
        ingest(session, source(session), [harvested(f"lesson-{number}") for number in range(LESSONS)])
        yield session


def somebody(session: Session, name: str = "maria") -> Person:
    add_person(session, name, "teacher")
    row = session.scalars(select(PersonRow).where(PersonRow.name == name)).one()
    return Person(row.id, row.name, row.scopes)


def lessons(session: Session) -> list[str]:
    """The ids of the lessons in the order of their numbers."""
    rows = session.execute(select(RecordRow.resource_id).order_by(RecordRow.identifier)).scalars()
    return [str(each) for each in rows]


def held(session: Session, collection_id: str, person: Person) -> list[str]:
    session.flush()
    return [item.resource for item in collections.collection_view(session, collection_id, person.id).items]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(st.tuples(st.integers(0, LESSONS - 1), st.sampled_from(("up", "down", "out", "in"))), max_size=12)
)
def test_a_list_moves_as_a_list_does(session: Session, moves: list[tuple[int, str]]) -> None:
    ids = lessons(session)
    maria = somebody(session, f"m{new_id()}")
    made = collecting.create(session, maria, Wording("Order"), [Wanted(each) for each in ids])
    expected = list(ids)
    for number, way in moves:
        each = ids[number]
        if way == "in":
            assert collecting.put_in(session, maria, made, Wanted(each)) == (each not in expected)
            expected += [each] if each not in expected else []
        elif each not in expected:
            with pytest.raises(NotFound):
                collecting.take_out(session, maria, made, each)
        elif way == "out":
            collecting.take_out(session, maria, made, each)
            expected.remove(each)
        else:
            place = expected.index(each) + (1 if way == "down" else -1)
            expected.remove(each)
            expected.insert(min(max(place, 0), len(expected)), each)
            collecting.move(session, maria, made, each, way)
    assert held(session, made, maria) == expected


def test_what_was_merged_is_in_a_list_once_and_comes_apart_again(session: Session) -> None:
    maria, (first, second, third, *_) = somebody(session), lessons(session)
    made = collecting.create(session, maria, Wording("Merged"), [Wanted(first, "one"), Wanted(third), Wanted(second)])
    merge = merging.merge(session, first, second, "admin")
    assert held(session, made, maria) == [first, third]
    assert not collecting.put_in(session, maria, made, Wanted(second))
    collecting.move(session, maria, made, first, "down")
    assert held(session, made, maria) == [third, first]
    merging.undo(session, merge, "admin")
    assert held(session, made, maria) == [third, first, second]
    merging.merge(session, first, second, "admin")
    collecting.take_out(session, maria, made, first)
    assert held(session, made, maria) == [third]


def test_replacing_keeps_what_has_left_the_catalog_and_refuses_what_was_never_there(session: Session) -> None:
    maria, ids = somebody(session), lessons(session)
    made = collecting.create(session, maria, Wording("Kept"), [Wanted(ids[0]), Wanted(ids[1])])
    session.execute(update(ResourceRow).where(ResourceRow.id == ids[0]).values(taken_down="It was asked for."))
    collecting.replace(session, maria, made, [Wanted(ids[2], "new"), Wanted(ids[0]), Wanted(ids[2], "again")])
    session.flush()
    items = collections.collection_view(session, made, maria.id).items
    assert [(item.resource, item.note, item.card is None) for item in items] == [
        (ids[2], "new", False),
        (ids[0], "", True),
    ]
    for unknown in ("nobody", "\x00", "\ud800", ""):
        with pytest.raises(Rejected) as refused:
            collecting.replace(session, maria, made, [Wanted(unknown)])
        assert refused.value.errors[0].field == "items"
    with pytest.raises(Rejected):
        collecting.replace(session, maria, made, [Wanted(ids[3])] * 251)
    other = collecting.create(session, maria, Wording("Other"))
    with pytest.raises(NotFound):
        collecting.put_in(session, maria, other, Wanted(ids[0]))


def test_lists_are_limited_and_pages_of_them_have_no_gap(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    maria, li = somebody(session), somebody(session, "li")
    ids = lessons(session)
    for number in range(7):
        collecting.create(session, maria, Wording(f"List {number}", visibility="public"), [Wanted(ids[0])])
    collecting.create(session, maria, Wording("Mine"))
    seen, cursor = [], ""
    while True:
        page = collections.public_collections(session, li.id, cursor, limit=3)
        seen += [head.title for head in page.items]
        if page.next is None:
            break
        cursor = page.next
    assert sorted(seen) == [f"List {number}" for number in range(7)]
    assert len(collections.own_collections(session, maria.id).items) == 8
    assert collections.own_collections(session, li.id).items == ()
    monkeypatch.setattr(collecting, "MOST_LISTS", 8)
    with pytest.raises(Conflict):
        collecting.create(session, maria, Wording("One more"))
    monkeypatch.setattr(collecting, "MOST_ITEMS", 2)
    full = collecting.create(session, li, Wording("Full"), [Wanted(each) for each in ids[:2]])
    with pytest.raises(Conflict):
        collecting.put_in(session, li, full, Wanted(ids[2]))


def test_a_list_takes_any_text_that_people_write(session: Session) -> None:
    maria = somebody(session)
    made = collecting.create(session, maria, Wording("Brüche 🧑‍🏫\x00\ud800", "One\r\ntwo\x1b\n\nthree"))
    view = collections.collection_view(session, made, maria.id)
    assert (view.title, view.note) == ("Brüche 🧑‍🏫", "One\ntwo\n\nthree")
    with pytest.raises(Rejected):
        collecting.create(session, maria, Wording("x", "y" * 2001))


def test_a_copy_outlives_the_list_and_the_person_it_came_from(session: Session) -> None:
    maria, li = somebody(session), somebody(session, "li")
    made = collecting.create(session, maria, Wording("First", visibility="link"), [Wanted(lessons(session)[0], "why")])
    key = session.get_one(CollectionRow, made).share_key
    with pytest.raises(NotFound):
        collecting.copy(session, li, made, "guess")
    copied = collecting.copy(session, li, made, key)
    with pytest.raises(NotFound):
        collecting.change(session, li, made, Wording("Mine"))
    remove_person(session, "maria")
    session.expire_all()
    view = collections.collection_view(session, copied, li.id)
    assert (view.credit, view.copied_from, view.items[0].note) == ("“First” by maria", None, "why")
    public = collecting.create(session, li, Wording("Open", visibility="public"))
    with pytest.raises(NotAllowed):
        collecting.remove(session, somebody(session, "sam"), public)


def test_ratings_are_counted_beside_the_resource_and_raise_its_revision(session: Session) -> None:
    people, first = [somebody(session, name) for name in ("a1", "b2", "c3")], lessons(session)[0]

    def revision() -> int:
        return session.scalars(select(ResourceRow.revision).where(ResourceRow.id == first)).one()

    before = revision()
    for person, stars in zip(people, (5, 4, 5), strict=True):
        ratings.rate(session, person.id, first, stars)
    assert revision() == before + 3
    ratings.rate(session, people[0].id, first, 5)
    assert revision() == before + 3
    assert ratings.ratings_of(session, [first])[first] == ratings.Rating(3, 4.7)
    ratings.take_back(session, people[0].id, first)
    ratings.take_back(session, people[0].id, first)
    assert ratings.ratings_of(session, [first])[first] == ratings.Rating(2, None)
    assert session.query(RatingRow).count() == 2
    with pytest.raises(NotFound):
        ratings.rate(session, people[0].id, "nobody", 5)


def test_the_standing_begins_at_the_prior_and_moves_with_every_voice() -> None:
    assert ratings.standing() == 3.0
    assert ratings.standing(1, 5) < ratings.standing(4, 17) < ratings.standing(40, 170) < 4.25
    assert ratings.standing(1, 1) < ratings.standing()
