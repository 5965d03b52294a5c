"""What stands near a resource: alike in meaning or by standards, and what teaches the next ones; always with why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, select, update

from registry.app import Registry
from registry.catalog.ingest import ingest
from registry.db import now
from registry.errors import Unavailable
from registry.models import AlignmentRow, IdentifierRow, ResourceRow
from registry.ports import IndexPage, IndexQuery, SearchIndex
from registry.search import indexing
from registry.search.filling import fill
from registry.search.neighbors import MOST, Near, near
from registry.search.vectors import Vectors
from tests.factories import BASE, aligned, framework, harvested, source, stored_framework
from tests.registry.search.encoders import SharedWords
from vocab.frameworks.model import Association, Item

STATE = ("4.NF.1", "4.NF.2", "4.NF.3", "5.NF.1")


def uri(code: str, framework: str = "state") -> str:
    return f"{BASE}{framework}/{code}"


def filled(registry: Registry, lessons: dict[str, dict[str, Any]]) -> Registry:
    """A registry with a progression over two states' standards and these lessons, indexed and with vectors."""
    order = [("4.NF.1", "4.NF.2"), ("4.NF.2", "4.NF.3"), ("4.NF.3", "5.NF.1")]
    links = [Association(uri(before), "precedes", uri(after)) for before, after in order]
    state = framework(STATE, links=links)
    part = Item(uri=uri("4.NF.3.a"), statement="A part", codes=("4.NF.3.a",), parents=(uri("4.NF.3"),))
    with registry.sessions.begin() as session:
        stored_framework(session, type(state)(**{**fields(state), "items": (*state.items, part)}))
        same = [Association(uri("N.7", "other"), "exactMatch", uri("4.NF.2"))]
        stored_framework(session, framework(("N.7",), "other", same), "2")
        ingest(session, source(session), [harvested(name, **stated) for name, stated in lessons.items()])
    indexing.sync(registry)
    encoder = SharedWords()
    fill(registry.sessions, registry.reading, encoder.name, encoder.opened)
    return replace(registry, vectors=Vectors(registry.reading, encoder))


def fields(struct: Any) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


def teaching(*codes: str, name: str = "", **stated: Any) -> dict[str, Any]:
    """A lesson that teaches these; its words are shared with no other unless `name` gives them."""
    words = name or "".join(chr(ord(each) + 40) for each in "".join(codes))
    return {"name": words, "description": "", "educationalAlignment": [aligned(code) for code in codes], **stated}


def id_of(registry: Registry, name: str) -> str:
    with registry.reading.begin() as session:
        return session.scalars(
            select(IdentifierRow.resource_id).where(IdentifierRow.value.like(f"%/lessons/{name}"))
        ).first() or pytest.fail(f"no lesson {name}")


def of(registry: Registry, name: str, languages: Sequence[str] = ()) -> Near:
    resource_id = id_of(registry, name)
    with registry.reading.begin() as session:
        return near(session, registry, resource_id, languages)


def similar(found: Near) -> dict[str, tuple[str, ...]]:
    return {each.card.url.rpartition("/")[2]: each.why for each in found.similar}


def following(found: Near) -> dict[str, tuple[str, str, str]]:
    return {each.card.url.rpartition("/")[2]: (each.taught, each.standard.code, each.after.code) for each in found.next}


def test_the_next_step_teaches_what_comes_after(registry: Registry) -> None:
    here = filled(registry, {"a": teaching("4.NF.1"), "b": teaching("4.NF.2"), "c": teaching("4.NF.3")})
    assert following(of(here, "a")) == {"b": ("", "4.NF.2", "4.NF.1")}
    assert following(of(here, "c")) == {}


def test_what_a_resource_teaches_itself_is_no_next_step(registry: Registry) -> None:
    here = filled(registry, {"a": teaching("4.NF.1", "4.NF.2"), "b": teaching("4.NF.2"), "c": teaching("4.NF.3")})
    found = of(here, "a")
    assert following(found) == {"c": ("", "4.NF.3", "4.NF.2")}
    assert similar(found) == {"b": ("teaches 4.NF.2 too",)}


def test_parts_and_equivalents_stand_for_a_standard_and_are_named(registry: Registry) -> None:
    here = filled(registry, {"a": teaching("4.NF.1"), "n": teaching("N.7"), "b": teaching("4.NF.2")})
    assert following(of(here, "a")) == {"b": ("", "4.NF.2", "4.NF.1"), "n": ("N.7", "4.NF.2", "4.NF.1")}
    assert similar(of(here, "b")) == {"n": ("teaches N.7, the same as 4.NF.2",)}


def test_a_part_of_a_standard_goes_on_with_what_follows_the_whole(registry: Registry) -> None:
    here = filled(registry, {"p": teaching("4.NF.3.a"), "d": teaching("5.NF.1"), "b": teaching("4.NF.2")})
    assert following(of(here, "p")) == {"d": ("", "5.NF.1", "4.NF.3")}
    assert following(of(here, "b")) == {"p": ("4.NF.3.a", "4.NF.3", "4.NF.2")}


def test_only_what_teaches_is_a_next_step_and_only_the_same_relation_is_similar(registry: Registry) -> None:
    quiz = teaching(name="Quiz") | {"educationalAlignment": [aligned("4.NF.2", "assesses")]}
    other = teaching(name="Test") | {"educationalAlignment": [aligned("4.NF.2", "assesses")]}
    here = filled(registry, {"a": teaching("4.NF.1"), "b": teaching("4.NF.2"), "q": quiz, "t": other})
    assert set(following(of(here, "a"))) == {"b"}
    assert similar(of(here, "q")) == {"t": ("assesses 4.NF.2 too",)}


def test_those_alike_in_wording_come_first_and_nothing_is_in_both_lists(registry: Registry) -> None:
    lessons = {
        "a": teaching("4.NF.1", name="Folding paper strips"),
        "b": teaching("4.NF.2", name="Folding paper strips again"),
        "c": teaching(name="Folding strips of paper"),
        "d": teaching("4.NF.1", name="Poems about rain"),
    }
    found = of(filled(registry, lessons), "a")
    alike = ("alike in wording: folding, paper, strips",)
    assert list(similar(found).items()) == [("c", alike), ("d", ("teaches 4.NF.1 too",))]
    assert set(following(found)) == {"b"}


def test_a_resource_without_a_vector_or_a_standard_stands_alone(registry: Registry) -> None:
    here = filled(registry, {"a": teaching(name="Alone"), "b": teaching("4.NF.1")})
    assert of(here, "a") == Near()
    assert of(replace(here, vectors=Vectors(here.reading, None)), "b") == Near()


def test_what_was_withdrawn_since_is_near_nothing(registry: Registry) -> None:
    words = "Folding paper strips"
    lessons = {"a": teaching("4.NF.1", name=words), "b": teaching("4.NF.2"), "c": teaching(name=f"{words} again")}
    here = filled(registry, lessons)
    assert of(here, "a") != Near()
    with here.sessions.begin() as session:
        session.execute(
            update(ResourceRow)
            .where(ResourceRow.id.in_([id_of(here, "b"), id_of(here, "c")]))
            .values(withdrawn_at=now())
        )
    assert of(here, "a") == Near()


def test_what_a_machine_suggested_is_no_reason(registry: Registry) -> None:
    here = filled(registry, {"a": teaching("4.NF.1"), "b": teaching("4.NF.2"), "c": teaching("4.NF.1", name="Poems")})
    with here.sessions.begin() as session:
        suggested = update(AlignmentRow).where(AlignmentRow.resource_id == id_of(here, "a"))
        session.execute(suggested.values(origin="suggested"))
    assert of(here, "a") == Near()


def test_each_list_is_short_and_in_the_resources_language_first(registry: Registry) -> None:
    many = {f"b{number}": teaching("4.NF.2", name=f"B{number} {number}") for number in range(8)}
    spanish = {"s": teaching("4.NF.2", name="Fracciones", inLanguage="es")}
    here = filled(registry, {"a": teaching("4.NF.1"), **many, **spanish})
    found = of(here, "a", ("es",))
    assert len(found.next) == MOST
    assert next(iter(following(found))) == "s"
    assert len(of(here, "b1").similar) == MOST
    assert "b1" not in similar(of(here, "b1"))


class Counted:
    """An index that notes each question, and breaks down where that is wanted."""

    def __init__(self, index: SearchIndex, down: bool = False) -> None:
        self.index, self.down, self.asked = index, down, 0

    def search(self, query: IndexQuery) -> IndexPage:
        self.asked += 1
        if self.down:
            raise Unavailable("The search server does not answer")
        return self.index.search(query)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.index, name)


def test_an_index_that_is_down_leaves_what_the_vectors_tell(registry: Registry) -> None:
    words = "Folding paper strips"
    here = filled(registry, {"a": teaching("4.NF.1", name=words), "b": teaching("4.NF.2", name=f"{words} again")})
    down = Counted(here.index, down=True)
    found = of(replace(here, index=down), "a")
    assert similar(found) == {"b": ("alike in wording: folding, paper, strips",)}
    assert found.next == ()
    assert down.asked == 1


def test_the_cost_does_not_grow_with_the_catalog(registry: Registry) -> None:
    lessons = {f"{code}-{number}": teaching(code, name=f"{code} {number}") for code in STATE for number in range(6)}
    here = filled(registry, {"a": teaching("4.NF.1", "4.NF.3", "N.7"), **lessons})
    counted = Counted(here.index)
    here = replace(here, index=counted)
    of(here, "a")
    counted.asked, selects = 0, []
    resource_id = id_of(here, "a")
    with here.reading.begin() as session:
        event.listen(session.connection(), "before_cursor_execute", lambda *args: selects.append(args[2]))
        near(session, here, resource_id)
    assert len([each for each in selects if each.startswith("SELECT")]) <= 6
    assert 1 <= counted.asked <= 6
