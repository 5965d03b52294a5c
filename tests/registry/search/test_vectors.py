"""Vectors are written behind the words, kept up with the catalog, and asked by those who search."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from registry import leases
from registry.app import Registry
from registry.db import now
from registry.models import ResourceRow, VectorRow
from registry.search import indexing
from registry.search.filling import FillReport, fill, look_at_all, words
from registry.search.minilm import find_model, open_minilm
from registry.search.vectors import Encoder, Vectors
from registry.tasks import jobs
from tests.registry.search.documents import doc_id
from tests.registry.search.encoders import SharedWords
from tests.registry.search.rows import MOMENT, add_resource, add_standards, change
from vocab.resource import Resource

TITLES = {1: "Fractions as sums", 2: "Comparing products", 3: "Poems about rain"}


@pytest.fixture
def indexed(registry: Registry) -> Registry:
    with registry.sessions.begin() as session:
        add_standards(session)
        for number, title in TITLES.items():
            add_resource(session, number, title)
    indexing.index_stale(registry)
    return registry


def filled(registry: Registry, encoder: SharedWords, seconds: float = 10.0) -> FillReport:
    return fill(registry.sessions, registry.reading, encoder.name, encoder.opened, seconds)


def nearest(registry: Registry, encoder: Encoder | None, text: str, k: int = 1) -> list[int]:
    return [int(each[5:]) for each, _ in Vectors(registry.reading, encoder).nearest(text, k)]


def changed(registry: Registry, number: int, title: str | None = None, withdrawn: bool = False) -> None:
    with registry.sessions.begin() as session:
        change(session, number, title, withdrawn)
        session.execute(update(ResourceRow).where(ResourceRow.id == doc_id(number)).values(updated_at=now()))
    indexing.index_stale(registry)


def test_every_resource_gets_a_vector_once(indexed: Registry) -> None:
    encoder = SharedWords()
    assert filled(indexed, encoder) == FillReport(encoded=3)
    assert sorted(encoder.texts) == sorted(TITLES.values())
    assert filled(indexed, encoder) == FillReport()
    assert nearest(indexed, encoder, "rain") == [3]


def test_scores_are_told_for_those_asked_about(indexed: Registry) -> None:
    encoder = SharedWords()
    filled(indexed, encoder)
    scores = Vectors(indexed.reading, encoder).scores("Poems  ABOUT rain", [doc_id(1), doc_id(3), doc_id(9)])
    assert set(scores) == {doc_id(1), doc_id(3)}
    assert scores[doc_id(3)] > 0.95 > 0.2 > scores[doc_id(1)]


def test_changed_words_are_encoded_again_and_searchers_take_that_up(indexed: Registry) -> None:
    encoder = SharedWords()
    filled(indexed, encoder)
    vectors = Vectors(indexed.reading, encoder)
    assert vectors.refresh() == 3
    changed(indexed, 1, title="Magnets and rain")
    assert filled(indexed, encoder) == FillReport(encoded=1)
    assert vectors.refresh() == 3
    assert vectors.nearest("magnets", 1)[0][0] == doc_id(1)


def test_a_new_revision_of_the_same_words_keeps_its_vector(indexed: Registry) -> None:
    encoder = SharedWords()
    filled(indexed, encoder)
    changed(indexed, 1)
    assert filled(indexed, encoder) == FillReport(kept=1)
    assert filled(indexed, encoder) == FillReport()
    assert len(encoder.texts) == 3


def test_a_withdrawn_resource_is_near_nothing_until_it_comes_back(indexed: Registry) -> None:
    encoder = SharedWords()
    filled(indexed, encoder)
    vectors = Vectors(indexed.reading, encoder)
    vectors.refresh()
    changed(indexed, 3, withdrawn=True)
    assert filled(indexed, encoder) == FillReport(removed=1)
    assert filled(indexed, encoder) == FillReport()
    assert vectors.refresh() == 2
    assert doc_id(3) not in [each for each, _ in vectors.nearest("rain", 3)]
    changed(indexed, 3)
    assert filled(indexed, encoder) == FillReport(encoded=1)
    assert vectors.refresh() == 3


def test_a_resource_that_was_never_there_to_see_gets_no_vector(indexed: Registry) -> None:
    changed(indexed, 3, withdrawn=True)
    assert filled(indexed, SharedWords()) == FillReport(encoded=2)


def test_vectors_wait_for_the_index(indexed: Registry) -> None:
    with indexed.sessions.begin() as session:
        change(session, 2, title="Not yet indexed")
    encoder = SharedWords()
    assert filled(indexed, encoder) == FillReport(waiting="resources wait to be indexed")
    assert encoder.texts == []


def test_a_fill_stops_when_its_time_is_up_and_the_next_goes_on(indexed: Registry) -> None:
    with indexed.sessions.begin() as session:
        for number in range(10, 60):
            add_resource(session, number, f"Lesson {number}")
    indexing.index_stale(indexed)
    encoder = SharedWords()
    assert filled(indexed, encoder, seconds=0) == FillReport(waiting="its time is up")
    assert filled(indexed, encoder) == FillReport(encoded=53)


def test_a_killed_fill_loses_only_what_it_had_in_hand(indexed: Registry) -> None:
    with indexed.sessions.begin() as session:
        for number in range(10, 60):
            add_resource(session, number, f"Lesson {number}")
    indexing.index_stale(indexed)
    with pytest.raises(RuntimeError):
        filled(indexed, SharedWords(breaks_after=40))
    encoder = SharedWords()
    assert filled(indexed, encoder) == FillReport(encoded=53 - 32)
    assert Vectors(indexed.reading, encoder).refresh() == 53


def test_only_one_process_fills_at_a_time(indexed: Registry) -> None:
    with indexed.sessions.begin() as session:
        assert leases.take(session, "vectors", "somebody", 60)
    assert filled(indexed, SharedWords()) == FillReport(waiting="another process writes vectors")


def test_vectors_of_another_model_are_replaced_and_never_mixed(indexed: Registry) -> None:
    old, new = SharedWords("old"), SharedWords("new")
    filled(indexed, old)
    assert nearest(indexed, new, "rain") == []
    assert filled(indexed, new) == FillReport(encoded=3)
    assert nearest(indexed, new, "rain") == [3]


def test_what_changed_long_ago_is_found_when_all_is_looked_at(indexed: Registry) -> None:
    encoder = SharedWords()
    filled(indexed, encoder)
    filled(indexed, encoder)
    with indexed.sessions.begin() as session:
        session.execute(update(ResourceRow).values(updated_at=MOMENT.replace(year=2020)))
        session.execute(update(VectorRow).where(VectorRow.resource_id == doc_id(1)).values(revision=0, digest=b""))
    assert filled(indexed, encoder) == FillReport()
    with indexed.sessions.begin() as session:
        look_at_all(session, encoder.name)
    assert filled(indexed, encoder) == FillReport(encoded=1)


def test_a_deleted_resource_takes_its_vector_along(indexed: Registry) -> None:
    filled(indexed, SharedWords())
    with indexed.sessions.begin() as session:
        session.delete(session.get_one(ResourceRow, doc_id(1)))
        session.flush()
        assert len(session.scalars(select(VectorRow)).all()) == 2


def test_without_a_model_or_words_there_are_no_scores(indexed: Registry) -> None:
    encoder = SharedWords()
    empty = Vectors(indexed.reading, encoder)
    assert (empty.nearest("rain", 3), empty.scores("rain", [doc_id(1)])) == ([], {})
    filled(indexed, encoder)
    absent = Vectors(indexed.reading, None)
    assert (absent.nearest("rain", 3), absent.scores("rain", [doc_id(1)]), absent.refresh()) == ([], {}, 0)
    assert Vectors(indexed.reading, encoder).nearest(" \n", 3) == []


@pytest.mark.skipif(find_model() is None, reason="the model's package is not installed")
def test_the_job_writes_vectors_by_which_other_words_for_the_same_are_near(indexed: Registry) -> None:
    changed(indexed, 1, title="Photosynthesis in leaves")
    (job,) = [each for each in jobs(indexed) if each.name == "vectors"]
    job.run()
    model = open_minilm()
    assert nearest(indexed, model, "how plants make food") == [1]
    assert nearest(indexed, model, "verses on wet weather") == [3]


def test_a_vector_stands_for_what_a_teacher_reads_first() -> None:
    url, keywords = "https://x.example/1", ("half", "whole")
    summed_up = Resource(title="Halves", url=url, keywords=keywords, summary="Equal parts.", text="Cut. " * 900)
    assert words(summed_up) == "Halves\nhalf, whole\nEqual parts."
    assert words(Resource(title="Halves", url=url)) == "Halves"
    only_text = words(Resource(title="Halves", url=url, text="Cut. " * 900))
    assert only_text.startswith("Halves\nCut. Cut.")
    assert len(only_text) == 2_000
