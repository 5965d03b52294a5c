"""Mutated payloads of every kind: nothing crashes, and a spoiled record costs its neighbors nothing."""

from __future__ import annotations

import pytest

from registry.ports import HarvestFailed
from tests.harvesters.mutants import NEIGHBORS, SAMPLES, body_of, lessons, read, sound, titles, try_mutants

ROWS = (
    b"<!---->",
    b"<?a?>",
    b"<!DOCTYPE ",
    b"<link ",
    b"<",
    b'"',
    b",x",
    b"x,",
    b";",
    b"\n",
    b"[",
    b'{"a":',
    b"&a;",
    b" ",
)
"""What a reader may take in many ways, or look at again and again."""


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_sound_before_it_is_mutated(name: str) -> None:
    assert set(NEIGHBORS) <= set(sound(name)) or SAMPLES[name].path == "/sitemap.xml"


@pytest.mark.parametrize("name", SAMPLES)
def test_a_mutant_neither_crashes_the_harvest_nor_costs_its_neighbors(name: str) -> None:
    outcome = try_mutants(name, range(40 if name == "xlsx" else 200))
    assert outcome.crashes == []
    assert outcome.losses == []
    assert outcome.read > 0


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if not sample.packed])
def test_a_long_row_of_the_same_few_letters_is_read_or_refused_but_never_pondered(name: str) -> None:
    sample = SAMPLES[name]
    body = body_of(sample, lessons())
    for letters in ROWS:
        row = letters * (20_000 // len(letters))
        for answer in (row + body, body + row, body[:300] + row + body[300:], row):
            try:
                titles(read(sample, answer))
            except HarvestFailed as refusal:
                assert refusal.problem.message.endswith(".")
