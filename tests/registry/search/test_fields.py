"""What of a resource an index sees."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from registry.catalog.card import Card, CardLicense
from registry.ports import Document
from registry.search.fields import AlignedConcept, document, duration, token
from vocab.resource import Resource

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def made(aligned: tuple[AlignedConcept, ...] = (), modified: str = "", **card: object) -> Document:
    values: dict[str, object] = {
        "id": "r", "url": "https://x.example/1", "title": "T", "summary": "S", "identifiers": ("oai:1",), "types": (),
        "subjects": (), "grades": (), "languages": (), "minutes": None, "license": CardLicense(None, False, ""),
        "providers": (), "alignments": (), **card,
    }  # fmt: skip
    resource = Resource(title="T", url="https://x.example/1", summary="S", text="x" * 200_000, modified=modified)
    return document(resource, Card(**values), aligned, 7, MOMENT)  # type: ignore[arg-type]


def test_an_alignment_gives_a_token_for_each_way_to_ask_for_it() -> None:
    assert set(made((AlignedConcept(17, "teaches", "developing"),)).aligned) == {
        "17", "17|teaches", "17|*|developing", "17|teaches|developing",
        "*|teaches", "*|*|developing", "*|teaches|developing",
    }  # fmt: skip
    assert made((AlignedConcept(17, "assesses", None),)).aligned == ("17", "17|assesses", "*|assesses")


def test_a_standard_no_framework_knows_still_has_its_relation_and_level() -> None:
    document = made((AlignedConcept(None, "teaches", "developing"),))
    assert document.aligned == ("*|teaches", "*|*|developing", "*|teaches|developing")
    assert (document.standard, document.level) == ((), ("developing",))


def test_the_token_asked_for_is_one_that_is_kept() -> None:
    kept = made((AlignedConcept(17, "teaches", "developing"),)).aligned
    for concept in (17, "*"):
        for relation, level in (("teaches", ""), ("", "developing"), ("teaches", "developing")):
            assert token(concept, relation, level) in kept
    assert token(17) in kept


def test_a_narrow_subject_counts_for_the_broad_one_too() -> None:
    assert made(subjects=("algebra", "astronomy")).subject == (
        "algebra", "mathematics", "astronomy", "earth-science", "science"
    )  # fmt: skip


def test_an_open_license_is_told_beside_its_key() -> None:
    assert made(license=CardLicense("cc-by-4.0", True, "")).license == ("cc-by-4.0", "open")
    assert made(license=CardLicense("cc-by-nc-4.0", False, "")).license == ("cc-by-nc-4.0",)
    assert made().license == ()


@pytest.mark.parametrize(
    ("minutes", "bucket"),
    [
        (1, "up-to-15"),
        (15, "up-to-15"),
        (16, "16-30"),
        (60, "31-60"),
        (61, "61-120"),
        (121, "over-120"),
        (10**9, "over-120"),
    ],
)
def test_minutes_fall_into_buckets(minutes: int, bucket: str) -> None:
    assert duration(minutes) == bucket
    assert made(minutes=minutes).duration == (bucket,)


def test_a_resource_without_minutes_has_no_bucket() -> None:
    assert (made().duration, made().minutes, made(minutes=-5).minutes) == ((), 0, 0)


@pytest.mark.parametrize(
    ("stated", "counts"),
    [
        ("2024-05-01", datetime(2024, 5, 1, tzinfo=UTC)),
        ("2024-05-01T10:00:00Z", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("2031-01-01", MOMENT), ("May", MOMENT), ("", MOMENT), ("0001-01-01", MOMENT),
    ],
)  # fmt: skip
def test_the_publishers_date_counts_where_it_is_one_that_has_been(stated: str, counts: datetime) -> None:
    assert made(modified=stated).modified == int(counts.timestamp())


def test_a_whole_book_is_indexed_by_its_beginning_and_known_by_every_identifier() -> None:
    document = made()
    assert len(document.text) == 100_000
    assert set(document.identifiers) == {"r", "oai:1", "https://x.example/1"}
    assert document.revision == 7
