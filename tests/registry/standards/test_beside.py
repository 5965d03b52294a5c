"""Two frameworks side by side: page by page, in bounded steps."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from registry.app import Registry
from registry.errors import NotFound
from registry.standards import beside as module
from registry.standards.beside import beside
from registry.standards.load import store_links
from tests.factories import framework, stored_framework
from vocab.frameworks.model import Association

CODES = tuple(f"4.NF.{number}" for number in range(1, 31))


def fill(registry: Registry, *links: Association) -> None:
    with registry.sessions.begin() as session:
        stored_framework(session, framework(CODES, "state"))
        others = tuple(f"C.{number}" for number in range(1, 6))
        stored_framework(session, framework(others, "city"))
        store_links(session, list(links), "crosswalk", ())


def found(registry: Registry, shown: str = "matched", left: str = "state", right: str = "city") -> dict[str, list[str]]:
    """All pages together: the counterparts of each code, with how they match."""
    lines: dict[str, list[str]] = {}
    after = 0
    with registry.reading.begin() as session:
        while True:
            page = beside(session, left, right, shown, after)
            assert len(page.lines) <= module.A_PAGE
            lines |= {
                line.ref.name: [f"{each.how}: {each.ref.name}" for each in line.counterparts] for line in page.lines
            }
            if page.next is None:
                return lines
            assert page.next > after
            after = page.next


def test_every_kind_of_match_counts_in_either_direction(registry: Registry) -> None:
    fill(
        registry,
        Association("4.NF.1", "exactMatch", "C.1"),
        Association("C.2", "isTranslationOf", "4.NF.2"),
        Association("4.NF.3", "isPeerOf", "C.3"),
        Association("C.3", "closeMatch", "4.NF.3"),
        Association("4.NF.4", "broadMatch", "C.4"),
        Association("C.5", "broadMatch", "4.NF.5"),
        Association("4.NF.6", "precedes", "C.5"),
        Association("4.NF.7", "exactMatch", "4.NF.8"),
    )
    assert found(registry) == {
        "4.NF.1": ["the same: C.1"],
        "4.NF.2": ["a translation: C.2"],
        "4.NF.3": ["close: C.3"],
        "4.NF.4": ["broader there: C.4"],
        "4.NF.5": ["narrower there: C.5"],
    }
    assert found(registry, left="city", right="state")["C.4"] == ["narrower there: 4.NF.4"]
    assert list(found(registry, "right")) == ["Fractions"]
    assert len(found(registry, "left")) == 1 + len(CODES) - 5
    assert len(found(registry, "all")) == 1 + len(CODES)


@pytest.mark.parametrize("looked_at", [1, 2, 7, 1000])
def test_pages_join_without_a_gap_however_little_each_looks_at(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, looked_at: int
) -> None:
    fill(registry, *(Association(code, "exactMatch", "C.1") for code in CODES[::3]))
    monkeypatch.setattr(module, "_LOOKED_AT", looked_at)
    monkeypatch.setattr(module, "A_PAGE", 4)
    assert list(found(registry)) == list(CODES[::3])
    assert len(found(registry, "left")) == 1 + len(CODES) - len(CODES[::3])


def test_a_count_that_was_given_up_says_so(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(registry, *(Association(code, "exactMatch", "C.1") for code in CODES))
    with registry.reading.begin() as session:
        page = beside(session, "state", "city")
        assert (page.matched, page.counted) == (30, True)
        monkeypatch.setattr(module, "_MOST_COUNTED", 10)
        page = beside(session, "state", "city")
        assert (page.matched, page.counted) == (10, False)


def test_what_is_gone_stands_beside_nothing(registry: Registry) -> None:
    fill(registry, Association("4.NF.1", "exactMatch", "C.1"), Association("4.NF.2", "exactMatch", "C.2"))
    with registry.sessions.begin() as session:
        stored_framework(session, framework(CODES[1:], "state"), digest="2")
        city = framework(("C.1", "C.3", "C.4", "C.5"), "city")
        stored_framework(session, replace(city, version="2"), digest="2")
    assert found(registry) == {}
    assert "4.NF.2" in found(registry, "left")
    assert "4.NF.1" not in found(registry, "all")


def test_a_framework_is_not_put_beside_itself_nor_beside_nothing(registry: Registry) -> None:
    fill(registry)
    with registry.reading.begin() as session:
        for left, right in (("state", "STATE"), ("state", "none"), ("none", "city")):
            with pytest.raises(NotFound):
                beside(session, left, right)
