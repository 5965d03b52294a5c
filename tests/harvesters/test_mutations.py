"""Mutated payloads of every kind: nothing crashes, and a spoiled record costs its neighbors nothing."""

from __future__ import annotations

import pytest

from tests.harvesters.mutants import NEIGHBORS, SAMPLES, sound, try_mutants


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_sound_before_it_is_mutated(name: str) -> None:
    assert set(NEIGHBORS) <= set(sound(name)) or SAMPLES[name].path == "/sitemap.xml"


@pytest.mark.parametrize("name", SAMPLES)
def test_a_mutant_neither_crashes_the_harvest_nor_costs_its_neighbors(name: str) -> None:
    outcome = try_mutants(name, range(40 if name == "xlsx" else 200))
    assert outcome.crashes == []
    assert outcome.losses == []
    assert outcome.read > 0
