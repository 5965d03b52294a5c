"""Spellings to statements: the closest reading wins, what is truly ambiguous is listed, what is wrong is told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from registry.app import Registry
from registry.errors import NotFound
from registry.standards import lookup
from tests.factories import BASE, framework, stored_framework
from vocab.frameworks.guid import guid
from vocab.frameworks.model import Framework, Item


def core(*codes: str) -> Framework:
    """A framework that prints its codes as the Common Core does, short and with its prefix."""
    items = [
        Item(uri=f"{BASE}core/{each}", statement=each, codes=(each, f"CCSS.Math.Content.{each}")) for each in codes
    ]
    return Framework(uri=f"{BASE}core", code="core", title="Core", items=tuple(items))


def found(session: Session, stated: str) -> list[tuple[str, str]]:
    return [(ref.framework, ref.code) for ref in lookup.resolve(session, [stated]).get(stated, ())]


def prepared(session: Session, *several: tuple[str, Sequence[str]]) -> None:
    for code, codes in several:
        stored_framework(session, framework(codes=tuple(codes), code=code), digest=code)


@pytest.mark.parametrize(
    "stated", ["Grade 4 NF.B.3", "04.NF.B.03", "“4_nf_3”", "Standard 4.NF.3", "CCSS4.NF.B.3", "CC.4.NF.3"]
)
def test_a_spelling_means_its_standard(registry: Registry, stated: str) -> None:
    with registry.sessions.begin() as session:
        prepared(session, ("state", ["4.NF.B.3", "4.NF.B.4"]))
        assert found(session, stated) == [("state", "4.NF.B.3")]


def test_letters_run_together_are_told_apart_by_what_the_framework_prints(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        prepared(session, ("state", ["4.NSO-F.10.", "4.NS-OF.11."]))
        assert found(session, "4NSOF10") == [("state", "4.NSO-F.10.")]
        assert found(session, "4NSOF11") == [("state", "4.NS-OF.11.")]


def test_a_code_printed_in_two_frameworks_means_both_in_the_order_they_came(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        prepared(session, ("one", ["4.G.1"]), ("other", ["4.G.1"]))
        assert found(session, "4g1") == [("one", "4.G.1"), ("other", "4.G.1")]


def test_the_prefix_of_the_common_core_means_the_common_core(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        prepared(session, ("state", ["4.G.1", "4.NF.B.3"]))
        stored_framework(session, core("4.G.A.1", "4.NF.B.3"))
        assert found(session, "4.NF.B.3") == [("state", "4.NF.B.3"), ("core", "4.NF.B.3")]
        assert found(session, "CCSS.Math.Content.4.NF.B.3") == [("core", "4.NF.B.3")]
        assert found(session, "CC.4.G.1") == [("core", "4.G.A.1")]
        assert found(session, "4.G.1") == [("state", "4.G.1")]


def test_a_prefixed_code_means_a_state_that_took_it_over_where_the_common_core_is_not_here(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        prepared(session, ("state", ["4.NF.B.3"]))
        assert found(session, "CCSS.MATH.CONTENT.4.NF.B.3") == [("state", "4.NF.B.3")]


def test_a_cluster_that_the_framework_does_not_print_is_passed_over_but_a_wrong_one_is_not(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        prepared(session, ("flat", ["5.NF.3"]), ("clustered", ["4.NF.B.3"]))
        assert found(session, "5.NF.B.3") == [("flat", "5.NF.3")]
        assert found(session, "4.NF.C.3") == []


def test_leading_zeros_tell_codes_apart_only_where_both_are_printed(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        prepared(session, ("state", ["A.01", "A.1", "B.02"]))
        assert (found(session, "A.01"), found(session, "A.1")) == ([("state", "A.01")], [("state", "A.1")])
        assert found(session, "B.2") == found(session, "b 002") == [("state", "B.02")]


def test_a_guid_of_ours_means_its_statement_however_it_is_written(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        prepared(session, ("state", ["4.NF.1"]))
        own = guid(f"{BASE}state/4.NF.1")
        written = [
            own,
            own.upper(),
            f"{{{own}}}",
            f"urn:uuid:{own}",
            own.replace("-", ""),
            f"https://x.example/CFItems/{own}/",
        ]
        assert [text for text in written if found(session, text) != [("state", "4.NF.1")]] == []


def test_a_standard_that_is_gone_is_meant_only_where_nothing_else_is(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        prepared(session, ("state", ["4.NF.1", "4.NF.2"]), ("other", ["4.NF.2"]))
        stored_framework(session, framework(codes=("4.NF.3",)), digest="2")
        assert found(session, "4.NF.1") == [("state", "4.NF.1")]
        assert found(session, "4.NF.2") == [("other", "4.NF.2")]


def test_what_no_framework_has_is_refused_with_what_is_near(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        prepared(session, ("state", ["4.NF.B.3", "4.NF.B.4"]))
        with pytest.raises(NotFound) as told:
            lookup.resolve_one(session, "4.NF.B.9")
        assert str(told.value) == "No framework here has “4.NF.B.9”. Near it: 4.NF.B.4, 4.NF.B.3."
        with pytest.raises(NotFound, match="Search the standards by their wording"):
            lookup.resolve_one(session, "photosynthesis")


def test_many_spellings_cost_a_few_selects_for_each_500(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        prepared(session, ("state", [f"{grade}.NF.B.{number}" for grade in (3, 4, 5) for number in range(1, 20)]))
        stated = [f"Standard {grade} nf b {number}" for grade in range(1, 9) for number in range(1, 251)]
        asked: list[str] = []
        event.listen(session.connection(), "before_cursor_execute", lambda *args: asked.append(args[2]))
        assert len(lookup.resolve(session, stated)) == 57
        assert len(asked) <= 3 * len(stated) / 500 + 1


@pytest.mark.parametrize(
    "stated", ["http://x.example/\x00", "\ud800.1", "4.NF.\x00", "፩.፪.፫", "²³.⁴", "9" * 5000 + ".1", "(" * 5000]
)
def test_no_text_however_odd_brings_the_lookup_down(registry: Registry, stated: str) -> None:
    with registry.sessions.begin() as session:
        prepared(session, ("state", ["4.NF.1"]))
        with pytest.raises(NotFound):
            lookup.resolve_one(session, stated)
