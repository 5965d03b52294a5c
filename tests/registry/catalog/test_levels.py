"""A district's own words for levels: told as unknown, mapped once, in force for what is here and what comes."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from registry.app import Registry
from registry.catalog.ingest import ingest
from registry.catalog.levels import level_words, map_level
from registry.errors import NotFound, Rejected
from registry.models import AlignmentRow
from registry.standards.importing import reassemble_waiting
from tests.factories import aligned, harvested, source, stored_framework


def stored(registry: Registry, level: str) -> None:
    """A lesson of a new source, aligned at that level."""
    with registry.sessions.begin() as session:
        stored_framework(session)
        ingest(session, source(session), [harvested(educationalAlignment=aligned("4.NF.2", level=level))])


def levels(registry: Registry) -> list[str | None]:
    with registry.reading.begin() as session:
        return list(session.scalars(select(AlignmentRow.level)))


def test_a_word_nobody_knows_is_listed_until_it_is_mapped_and_then_in_force(registry: Registry) -> None:
    stored(registry, "Wizard")
    with registry.reading.begin() as session:
        (word,) = level_words(session, "lakeside")
        assert (word.word, word.level, word.records) == ("Wizard", "", 1)
    assert levels(registry) == [None]
    with registry.sessions.begin() as session:
        assert map_level(session, "lakeside", " wizard ", "Advanced") == "extending"
    assert reassemble_waiting(registry.sessions) == 1
    assert levels(registry) == ["extending"]
    with registry.reading.begin() as session:
        assert [(each.word, each.level) for each in level_words(session, "lakeside")] == [("wizard", "extending")]


def test_a_mapping_taken_off_leaves_the_level_as_not_stated(registry: Registry) -> None:
    stored(registry, "Level 9")
    for level in ("proficient", ""):
        with registry.sessions.begin() as session:
            map_level(session, "lakeside", "Level 9", level)
        reassemble_waiting(registry.sessions)
        assert levels(registry) == [level or None]


def test_what_cannot_be_mapped_is_refused_by_its_field(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        source(session)
        with pytest.raises(Rejected) as refused:
            map_level(session, "lakeside", "", "sorcerer")
        assert [error.field for error in refused.value.errors] == ["word", "level"]
        with pytest.raises(NotFound):
            map_level(session, "nowhere", "a", "proficient")
