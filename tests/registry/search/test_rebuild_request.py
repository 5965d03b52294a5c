"""A rebuild asked of the process that owns the index, and the catalog's words while one goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import select

from registry.app import Registry
from registry.errors import Unavailable
from registry.models import WordRow
from registry.ports import Document
from registry.search import indexing
from registry.search.embedded import EmbeddedIndex
from tests.registry.search.documents import doc_id, found
from tests.registry.search.rows import add_resource, add_standards
from tests.registry.search.test_indexing import with_index


@pytest.fixture
def filled(registry: Registry) -> Registry:
    with registry.sessions.begin() as session:
        add_standards(session)
        add_resource(session, 1, "Fractions as sums")
        add_resource(session, 2, "Poems about rain")
    indexing.index_stale(registry)
    return registry


@pytest.fixture
def other(filled: Registry) -> Iterator[Registry]:
    """The registry as a process beside the one that owns the index has it."""
    if not isinstance(filled.index, EmbeddedIndex):
        pytest.skip("a search server has no owner")
    beside = replace(filled, index=EmbeddedIndex(filled.settings.data_dir / "index"))
    yield beside
    beside.index.close()


@contextmanager
def looking(owner: Registry) -> Iterator[None]:
    """The owner looks for work again and again, as the serving process does."""
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.05):
            try:
                indexing.index_stale(owner)
            except Unavailable:
                continue

    thread = threading.Thread(target=look)
    thread.start()
    yield
    ended.set()
    thread.join()


def test_a_rebuild_is_made_by_the_process_that_owns_the_index(filled: Registry, other: Registry) -> None:
    filled.index.delete([doc_id(1)])
    assert found(other.index, "fractions") == []
    with looking(filled):
        report = indexing.rebuild(other)
    assert (report.indexed, report.remaining, report.skipped) == (2, 0, "")
    assert found(other.index, "fractions") == [1]


def test_a_rebuild_that_nobody_takes_up_is_given_up(
    filled: Registry, other: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_TAKEN_UP_WITHIN", 0.1)
    filled.index.delete([doc_id(1)])
    assert indexing.rebuild(other).skipped == "another process owns the index"
    indexing.index_stale(filled)
    assert found(other.index, "fractions") == [], "it is not made later, when nobody expects it"


def test_a_rebuild_whose_owner_ends_is_made_by_who_asked(filled: Registry, other: Registry) -> None:
    filled.index.delete([doc_id(1)])
    threading.Timer(0.3, filled.index.close).start()
    assert indexing.rebuild(other).indexed == 2
    assert found(other.index, "fractions") == [1]


def test_a_rebuild_that_the_owner_cannot_make_is_told_and_not_tried_again(filled: Registry, other: Registry) -> None:
    tried = []

    def rebuild(batches: Iterable[Sequence[Document]]) -> int:
        tried.append(batches)
        raise Unavailable("The disk is full")

    with looking(with_index(filled, rebuild=rebuild)):
        assert "could not do it" in indexing.rebuild(other).skipped
    assert len(tried) == 1


def test_the_words_of_the_catalog_stay_while_a_rebuild_goes_on(filled: Registry) -> None:
    def words() -> dict[str, int]:
        with filled.reading.begin() as session:
            return dict(session.execute(select(WordRow.term, WordRow.resources)).all())

    before, seen = words(), []

    def rebuild(batches: Iterable[Sequence[Document]]) -> int:
        held = filled.index.rebuild(batches)
        seen.append(words())
        return held

    indexing.rebuild(with_index(filled, rebuild=rebuild))
    assert before["fractions"] == 1
    assert seen == [before]
    assert words() == before
