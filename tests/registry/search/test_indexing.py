"""The index follows the store, whatever is lost, interrupted or done twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from registry import leases
from registry.app import Registry
from registry.errors import Unavailable
from registry.models import AlignmentRow, ResourceRow
from registry.ports import Document
from registry.search import indexing
from registry.search.embedded import EmbeddedIndex
from registry.search.query import Query, search
from tests.registry.search.documents import doc_id, document, found
from tests.registry.search.rows import add_resource, add_standards, change


@pytest.fixture
def filled(registry: Registry) -> Registry:
    with registry.sessions.begin() as session:
        add_standards(session)
        add_resource(session, 1, "Fractions as sums", [("4.NF.B.3", "teaches", "developing")])
        add_resource(session, 2, "Comparing products", [("4.OA.A.1", "assesses", None), ("X.9.9", "teaches", None)])
        add_resource(session, 3, "Poems about rain")
    return registry


class Breaking:
    """An index that does what another one does, with some methods replaced."""

    def __init__(self, index: object, **replaced: object) -> None:
        self._index = index
        self.__dict__ |= replaced

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)


def with_index(registry: Registry, **replaced: object) -> Registry:
    return replace(registry, index=Breaking(registry.index, **replaced))  # type: ignore[arg-type]


def test_new_resources_are_found_after_indexing_and_nothing_is_left(filled: Registry) -> None:
    report = indexing.index_stale(filled)
    assert (report.indexed, report.deleted, report.remaining, report.skipped) == (3, 0, 0, "")
    assert found(filled.index, "poems") == [3]
    assert indexing.index_stale(filled).indexed == 0


def test_the_wording_of_standards_and_their_parents_is_searched(filled: Registry) -> None:
    indexing.index_stale(filled)
    assert found(filled.index, "multiplication equation") == [2]
    assert found(filled.index, "number and operations") == [1]


def test_a_changed_resource_is_indexed_again_and_a_withdrawn_record_leaves_the_index(filled: Registry) -> None:
    indexing.index_stale(filled)
    with filled.sessions.begin() as session:
        change(session, 1, title="Magnets")
        change(session, 3, withdrawn=True)
    report = indexing.index_stale(filled)
    assert (report.indexed, report.deleted, report.remaining) == (1, 1, 0)
    assert found(filled.index, "magnets") == [1]
    assert found(filled.index, "poems") == []
    with filled.sessions.begin() as session:
        change(session, 3)
    indexing.index_stale(filled)
    assert found(filled.index, "poems") == [3]


def test_a_limit_leaves_the_rest_for_the_next_call(filled: Registry) -> None:
    assert indexing.index_stale(filled, limit=2).remaining == 1
    report = indexing.index_stale(filled, limit=2)
    assert (report.indexed, report.remaining) == (1, 0)


def test_a_search_server_that_is_down_loses_nothing(filled: Registry) -> None:
    def put(_documents: Sequence[Document]) -> None:
        raise Unavailable("down")

    with pytest.raises(Unavailable):
        indexing.index_stale(with_index(filled, put=put))
    assert indexing.index_stale(filled).indexed == 3


def test_a_change_during_indexing_stays_stale(filled: Registry) -> None:
    def put(documents: Sequence[Document]) -> None:
        with filled.sessions.begin() as session:
            change(session, 1, title="Changed meanwhile")
        filled.index.put(documents)

    report = indexing.index_stale(with_index(filled, put=put))
    assert report.remaining == 1
    assert indexing.sync(filled).remaining == 0
    assert found(filled.index, "meanwhile") == [1]


def test_two_indexers_that_race_end_with_the_newest_in_the_index(filled: Registry) -> None:
    def put(documents: Sequence[Document]) -> None:
        # Our lease has run out: another indexer takes a newer revision through before our put arrives.
        with filled.sessions.begin() as session:
            change(session, 1, title="The newest")
        with filled.sessions.begin() as session:
            leases.give_back(session, "index", session.scalar(select(leases.LeaseRow.owner)) or "")
        indexing.index_stale(filled)
        filled.index.put(documents)

    indexing.index_stale(with_index(filled, put=put))
    assert found(filled.index, "newest") == []
    assert indexing.sync(filled).remaining == 0
    assert found(filled.index, "newest") == [1]


def test_only_one_process_indexes_at_a_time(filled: Registry) -> None:
    with filled.sessions.begin() as session:
        assert leases.take(session, "index", "somebody", 60)
    report = indexing.index_stale(filled)
    assert (report.skipped, report.remaining) == ("another process is indexing", 3)
    assert indexing.rebuild(filled).skipped == "another process is indexing"
    with filled.sessions.begin() as session:
        leases.give_back(session, "index", "somebody")
    assert indexing.index_stale(filled).indexed == 3


def test_a_process_that_does_not_own_the_files_leaves_them_alone(filled: Registry) -> None:
    if not isinstance(filled.index, EmbeddedIndex):
        return  # a server has no owner
    indexing.index_stale(filled)
    other = replace(filled, index=EmbeddedIndex(filled.settings.data_dir / "index"))
    with filled.sessions.begin() as session:
        change(session, 1, title="Magnets")
    assert indexing.index_stale(other).skipped == "another process owns the index"
    assert indexing.index_stale(filled).indexed == 1
    assert found(other.index, "magnets") == [1]
    other.index.close()


def test_a_lost_index_is_noticed_and_filled_again(filled: Registry) -> None:
    indexing.index_stale(filled)
    filled.index.rebuild([])
    with filled.reading.begin() as session, pytest.raises(Unavailable, match="made anew"):
        search(session, filled, Query(q="rain"))
    report = indexing.index_stale(filled)
    assert (report.indexed, report.remaining) == (3, 0)
    assert indexing.index_stale(filled).indexed == 0
    with filled.reading.begin() as session:
        assert search(session, filled, Query(q="xylophones")).total == 0


def test_a_rebuild_holds_what_is_live_and_what_changed_meanwhile(filled: Registry) -> None:
    indexing.index_stale(filled)
    with filled.sessions.begin() as session:
        change(session, 3, withdrawn=True)

    def rebuild(batches: Iterable[Sequence[Document]]) -> int:
        held = filled.index.rebuild(batches)
        with filled.sessions.begin() as session:
            change(session, 1, title="Changed meanwhile")
        return held

    report = indexing.rebuild(with_index(filled, rebuild=rebuild))
    assert (report.indexed, report.remaining) == (3, 0)
    assert found(filled.index, "meanwhile") == [1]
    assert found(filled.index, "poems") == []
    assert indexing.check(filled).outdated == 0


def test_check_finds_what_differs_and_repair_mends_it(filled: Registry) -> None:
    assert indexing.check(filled).missing == 3
    indexing.index_stale(filled)
    clean = indexing.check(filled)
    assert (clean.in_store, clean.in_index, clean.missing, clean.extra, clean.outdated, clean.samples) == (
        3, 3, 0, 0, 0, ()
    )  # fmt: skip
    filled.index.delete([doc_id(1)])
    filled.index.put([document(2, "Old", revision=0), document(77, "Nobody's")])
    broken = indexing.check(filled)
    assert (broken.missing, broken.extra, broken.outdated) == (1, 1, 1)
    assert broken.samples == (doc_id(1), doc_id(2), doc_id(77))
    indexing.check(filled, repair=True)
    assert indexing.check(filled) == clean
    assert found(filled.index, "products") == [2]


def test_a_withdrawn_record_still_in_the_index_is_too_many(filled: Registry) -> None:
    indexing.index_stale(filled)
    with filled.sessions.begin() as session:
        row = session.get_one(ResourceRow, doc_id(1))
        row.withdrawn_at = row.created_at
    assert indexing.check(filled).extra == 1
    indexing.check(filled, repair=True)
    assert found(filled.index, "fractions") == []


def test_a_rebuild_counts_what_was_never_indexed(filled: Registry) -> None:
    with filled.reading.begin() as session:
        aligned = session.scalar(select(func.count(func.distinct(AlignmentRow.resource_id))))
    indexing.rebuild(filled)
    with filled.reading.begin() as session:
        tallied = sum(bool(row) for row in session.scalars(select(ResourceRow.tallied)))
    assert aligned and tallied == aligned
