"""`oer demo`, twice on one folder: what it prints, and that the second run changes nothing."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.journeys import house

SOURCES = ("lakeside-oai", "northwater-sheet", "riverbend-site")


@dataclass(frozen=True)
class Demos:
    """Two demos that ran one after the other, and what the store held after each."""

    first: subprocess.CompletedProcess[str]
    second: subprocess.CompletedProcess[str]
    held: tuple[str, str]


@pytest.fixture(scope="module")
def demos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demos]:
    env = house.environment(tmp_path_factory.mktemp("demo"))
    first = house.oer(env, "demo", "--no-serve")
    after_first = house.done(env, "stats", "--json")
    second = house.oer(env, "demo", "--no-serve")
    yield Demos(first, second, (after_first, house.done(env, "stats", "--json")))


def test_both_end_well_and_say_nothing_of_a_fault(demos: Demos) -> None:
    for demo in (demos.first, demos.second):
        assert demo.returncode == 0, demo.stderr
        assert "Traceback" not in demo.stdout + demo.stderr
    assert "API key" in demos.first.stderr
    assert demos.second.stderr == ""


def test_the_counts_of_each_district_are_printed(demos: Demos) -> None:
    for name in SOURCES:
        seen, created, changed, same, withdrawn, rejected = counts(demos.first.stdout, name)
        assert seen >= 50
        assert created + withdrawn + rejected == seen and (changed, same) == (0, 0)
    assert sum(counts(demos.first.stdout, name)[5] for name in SOURCES) >= 2
    assert re.search(r"^\d+ resources indexed\.$", demos.first.stdout, re.MULTILINE)


def test_a_rejected_record_is_named_with_its_reason_and_how_to_mend_it(demos: Demos) -> None:
    _, _, mending = demos.first.stdout.partition("What the districts should mend\n")
    lines = mending.splitlines()
    rejected = [number for number, line in enumerate(lines) if line.startswith("    rejected; ")]
    assert len(rejected) >= 2
    for number in rejected:
        assert re.match(r"  (lakeside-oai|northwater-sheet): \S.*: \S.+\.", lines[number - 1])
        assert len(lines[number]) > len("    rejected; ") + 10


def test_the_search_and_the_next_three_resources_are_printed_with_their_reasons(demos: Demos) -> None:
    for demo in (demos.first, demos.second):
        asked = r"what teaches NW\.M\.4\.FR\.2 at developing\? (\d+) found in [\d.]+ ms\n((?:  - .+\n)+)"
        search = re.search(asked, demo.stdout)
        assert search and int(search[1]) >= len(search[2].splitlines()) >= 1
        _, _, following = demo.stdout.partition("Next for Learner 01\n")
        resources = re.findall(r"^  - (.+)  \(for (\S+), score ([\d.]+)\)\n((?:      .+\n)+)", following, re.MULTILINE)
        assert len(resources) == 3
        for _, _, score, reasons in resources:
            factors = [float(factor) for factor in re.findall(r"^      \w+ +([\d.]+)  \S", reasons, re.MULTILINE)]
            assert len(factors) == len(reasons.splitlines()) >= 2
            product = 1.0
            for factor in factors:
                product *= factor
            assert product == pytest.approx(float(score), abs=0.01)


def test_the_second_run_finds_everything_unchanged(demos: Demos) -> None:
    for name in SOURCES:
        seen, created, changed, same, withdrawn, rejected = counts(demos.second.stdout, name)
        assert (created, changed, withdrawn) == (0, 0, 0)
        first = counts(demos.first.stdout, name)
        assert (seen, rejected) == (first[0], first[5])
        assert same + rejected == seen
    assert "0 resources indexed." in demos.second.stdout
    assert demos.second.stdout.count("unchanged") == 2
    assert re.sub(r'"runs":\{[^}]*\}', "", demos.held[0]) == re.sub(r'"runs":\{[^}]*\}', "", demos.held[1])
    assert after("Next for Learner 01", demos.first.stdout) == after("Next for Learner 01", demos.second.stdout)


def counts(printed: str, name: str) -> tuple[int, ...]:
    """Seen, new, changed, same, withdrawn and rejected of a district."""
    line = re.search(rf"^{name} +\w+ +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) ", printed, re.MULTILINE)
    assert line, printed
    return tuple(map(int, line.groups()))


def after(heading: str, printed: str) -> str:
    """What stands after the heading, up to the time taken."""
    return printed.partition(heading)[2].partition("\nDone in")[0]
