"""Re-tags: proposed with a version, decided by curators, in force as long as their version is, gone without a trace."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.app import Registry
from registry.catalog.ingest import batch_for, ingest
from registry.errors import NotFound, Rejected
from registry.models import AlignmentRow, ConceptRow, ResourceRow, SourceRow, VersionRow
from registry.standards.deciding import accept_surest, concerned, decide, decided, reconsider
from registry.standards.retagging import proposals, proposals_for, replacements, resources_of
from registry.standards.versions import receive, switch, take_back, versions
from tests.factories import aligned, harvested
from tests.registry.standards.two_versions import URI, decisions, fill, item, second, settle, traces
from vocab.frameworks.model import Association, Framework

Tags = list[tuple[str, str, bool]]


@pytest.fixture
def waiting(registry: Registry) -> Registry:
    """The first version live with a lesson for each standard, the second waiting."""
    fill(registry)
    with registry.sessions.begin() as session:
        receive(session, second(), "2")
    return registry


@pytest.fixture
def live(waiting: Registry) -> Registry:
    """The second version live, with nothing decided."""
    switched(waiting)
    return waiting


def switched(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        switch(session, "wide")
    settle(registry)


def accept(registry: Registry, old: str, *chosen: str, number: int = 2) -> None:
    with registry.sessions.begin() as session:
        decide(session, "wide", number, URI + old, chosen, by="Ada")
    settle(registry)


def tags(registry: Registry, title: str) -> Tags:
    """The code, origin and retagged of what the lesson is aligned with, besides 4.A.1."""
    with registry.reading.begin() as session:
        rows = session.execute(
            select(ConceptRow.uri, AlignmentRow.origin, AlignmentRow.retagged)
            .join(ResourceRow, ResourceRow.id == AlignmentRow.resource_id)
            .join(ConceptRow, ConceptRow.id == AlignmentRow.concept_id)
            .where(ResourceRow.title == f"The title of on {title}", ConceptRow.uri != URI + "4.A.1")
        )
        return sorted((uri.removeprefix(URI), origin, retagged) for uri, origin, retagged in rows)


def harvest_again(registry: Registry, code: str, **stated: object) -> None:
    with registry.sessions.begin() as session:
        source_id = session.scalars(select(SourceRow.id)).one()
        alignments = [aligned(code, level="Developing"), aligned("4.A.1")]
        record = harvested(f"on {code}", "2026-03-01", educationalAlignment=alignments, **stated)
        ingest(session, batch_for(session, source_id, "a later run"), [record])
    settle(registry)


def version_id(session: Session, number: int = 2) -> int:
    return session.scalars(select(VersionRow.id).where(VersionRow.number == number)).one()


def third(*changed: object, gone: Sequence[str] = (), links: Sequence[Association] = ()) -> Framework:
    """The second version with other statements, without some, with more links."""
    new = second()
    kept = tuple(each for each in new.items if each.uri.removeprefix(URI) not in gone)
    return replace(new, version="2027", items=(*kept, *changed), associations=(*new.associations[:2], *links))  # type: ignore[arg-type]


def test_every_statement_that_goes_away_is_proposed_with_what_it_became(waiting: Registry) -> None:
    with waiting.reading.begin() as session:
        found = {each.old_uri.removeprefix(URI): each for each in proposals(session, version_id(session))}
        assert set(found) == {"4.A.3", "4.A.6", "4.A.8"}
        assert found["4.A.3"].new_uris == (URI + "4.A.3a", URI + "4.A.3b")
        assert (found["4.A.3"].confidence, found["4.A.3"].resources, found["4.A.3"].decision) == (1.0, 1, "")
        assert (found["4.A.6"].new_uris, found["4.A.6"].confidence) == ((URI + "root",), 0.1)
        assert [each.old_uri for each in proposals(session, version_id(session), after=URI + "4.A.3", limit=1)] == [
            URI + "4.A.6"
        ]
        assert proposals_for(session, version_id(session), [URI + "4.A.3", "nothing"]) == {
            URI + "4.A.3": found["4.A.3"]
        }
        assert resources_of(session, [URI + "4.A.1", URI + "4.A.10"]) == {URI + "4.A.1": 11}
        assert decided(session, "wide", 2) == {"": 3}
        assert concerned(session, "wide", 2) == 3


def test_what_is_accepted_while_a_version_waits_comes_with_it(waiting: Registry) -> None:
    accept(waiting, "4.A.3", "4.A.3b")
    accept(waiting, "4.A.6", "4.A.10")
    assert tags(waiting, "4.A.3") == [("4.A.3", "declared", False)]
    switched(waiting)
    assert tags(waiting, "4.A.3") == [("4.A.3b", "accepted", True)]
    assert tags(waiting, "4.A.6") == [("4.A.10", "accepted", True)]
    assert tags(waiting, "4.A.8") == [("4.A.8", "declared", False)]


def test_what_is_accepted_of_a_live_version_is_in_force_at_once(live: Registry) -> None:
    assert tags(live, "4.A.3") == [("4.A.3", "declared", False)]
    accept(live, "4.A.3", "4.A.3a", URI + "4.A.3b")
    assert tags(live, "4.A.3") == [("4.A.3a", "accepted", True), ("4.A.3b", "accepted", True)]
    with live.reading.begin() as session:
        levels = session.scalars(select(AlignmentRow.level).where(AlignmentRow.retagged)).all()
        assert levels == ["developing", "developing"]
        found = proposals_for(session, version_id(session), [URI + "4.A.3"])[URI + "4.A.3"]
        assert (found.decision, found.decided_by, found.decided_at is not None) == ("accepted", "Ada", True)


def test_later_harvests_of_the_same_record_keep_a_retag(live: Registry) -> None:
    accept(live, "4.A.3", "4.A.3a")
    harvest_again(live, "4.A.3", description="Told anew.")
    assert tags(live, "4.A.3") == [("4.A.3a", "accepted", True)]
    harvest_again(live, "4.A.3", description="And again.")
    assert tags(live, "4.A.3") == [("4.A.3a", "accepted", True)]


def test_a_new_record_that_states_the_old_code_is_retagged_too(live: Registry) -> None:
    accept(live, "4.A.3", "4.A.3a")
    with live.sessions.begin() as session:
        source_id = session.scalars(select(SourceRow.id)).one()
        record = harvested("on new", educationalAlignment=aligned("4.A.3"))
        ingest(session, batch_for(session, source_id, "a later run"), [record])
    assert tags(live, "new") == [("4.A.3a", "accepted", True)]


def test_a_record_that_states_old_and_new_has_each_once(live: Registry) -> None:
    accept(live, "4.A.3", "4.A.3a")
    with live.sessions.begin() as session:
        source_id = session.scalars(select(SourceRow.id)).one()
        record = harvested("on both", educationalAlignment=[aligned("4.A.3"), aligned("4.A.3a")])
        ingest(session, batch_for(session, source_id, "a later run"), [record])
    assert [uri for uri, *_ in tags(live, "both")] == ["4.A.3a"]


def test_a_take_back_gives_the_declared_alignment_back_and_a_switch_the_retag(waiting: Registry) -> None:
    before = traces(waiting)
    accept(waiting, "4.A.3", "4.A.3a")
    accept(waiting, "4.A.6", "4.A.1")
    switched(waiting)
    with waiting.sessions.begin() as session:
        take_back(session, "wide")
    settle(waiting)
    assert traces(waiting) == before
    switched(waiting)
    assert tags(waiting, "4.A.3") == [("4.A.3a", "accepted", True)]
    with waiting.reading.begin() as session:
        assert decisions(session)["4.A.3"] == ("accepted", (URI + "4.A.3a",))


def test_what_was_retagged_to_a_statement_that_stays_comes_back_from_it(waiting: Registry) -> None:
    before = tags(waiting, "4.A.6")
    accept(waiting, "4.A.6", "4.A.9")
    switched(waiting)
    assert tags(waiting, "4.A.6") == [("4.A.9", "accepted", True)]
    with waiting.sessions.begin() as session:
        take_back(session, "wide")
    settle(waiting)
    assert tags(waiting, "4.A.6") == before


def test_a_rejected_proposal_leaves_the_resources_where_they_are(live: Registry) -> None:
    with live.sessions.begin() as session:
        decide(session, "wide", 2, URI + "4.A.3", (), by="Ada", accepted=False)
    settle(live)
    assert tags(live, "4.A.3") == [("4.A.3", "declared", False)]
    with live.reading.begin() as session:
        assert decisions(session)["4.A.3"] == ("rejected", ())
        assert replacements(session, URI + "4.A.3") == ()


def test_a_decision_can_be_made_again(live: Registry) -> None:
    accept(live, "4.A.3", "4.A.3a")
    accept(live, "4.A.3", "4.A.3b")
    assert tags(live, "4.A.3") == [("4.A.3b", "accepted", True)]
    with live.sessions.begin() as session:
        decide(session, "wide", 2, URI + "4.A.3", (), by="Ada", accepted=False)
    settle(live)
    assert tags(live, "4.A.3") == [("4.A.3", "declared", False)]
    accept(live, "4.A.3", "4.A.3a")
    with live.sessions.begin() as session:
        reconsider(session, "wide", 2, URI + "4.A.3")
    settle(live)
    assert tags(live, "4.A.3") == [("4.A.3", "declared", False)]
    with live.reading.begin() as session:
        assert decided(session, "wide", 2) == {"": 3}


def test_a_deprecated_statement_can_be_retagged(live: Registry) -> None:
    accept(live, "4.A.8", "4.A.9")
    assert tags(live, "4.A.8") == [("4.A.9", "accepted", True)]


def test_all_that_are_sure_enough_are_accepted_and_nothing_decided_is_touched(waiting: Registry) -> None:
    with waiting.sessions.begin() as session:
        assert accept_surest(session, "wide", 2, 0.9, by="Ada") == 1
        assert accept_surest(session, "wide", 2, 0.9, by="Eve") == 0
        assert decisions(session) == {
            "4.A.3": ("accepted", (URI + "4.A.3a", URI + "4.A.3b")),
            "4.A.6": ("", ()),
            "4.A.8": ("", ()),
        }
    switched(waiting)
    assert [uri for uri, *_ in tags(waiting, "4.A.3")] == ["4.A.3a", "4.A.3b"]


def test_accepting_the_sure_ones_of_a_live_version_is_in_force_at_once(live: Registry) -> None:
    with live.sessions.begin() as session:
        accept_surest(session, "wide", 2, 0.9, by="Ada")
    settle(live)
    assert [uri for uri, *_ in tags(live, "4.A.3")] == ["4.A.3a", "4.A.3b"]


@pytest.mark.parametrize(
    ("chosen", "told"), [((), "at least one"), (("4.A.3",), "at least one"), (("9.Z.9",), "9.Z.9")]
)
def test_a_choice_that_is_none_is_refused_and_named(waiting: Registry, chosen: tuple[str, ...], told: str) -> None:
    with waiting.sessions.begin() as session:
        with pytest.raises(Rejected) as refused:
            decide(session, "wide", 2, URI + "4.A.3", chosen, by="Ada")
        assert told in refused.value.errors[0].message
        assert decisions(session)["4.A.3"] == ("", ())


def test_a_proposal_that_is_not_there_cannot_be_decided(waiting: Registry) -> None:
    with waiting.sessions.begin() as session:
        for code, number, old in (("wide", 2, "x"), ("wide", 9, URI + "4.A.3"), ("none", 2, URI + "4.A.3")):
            with pytest.raises(NotFound):
                decide(session, code, number, old, ["4.A.1"], by="Ada")
        with pytest.raises(NotFound):
            accept_surest(session, "wide", 9, 0.9, by="Ada")


def test_a_code_of_the_version_that_waits_can_be_chosen_before_it_is_live(waiting: Registry) -> None:
    accept(waiting, "4.A.6", "4-A-10")
    with waiting.reading.begin() as session:
        assert decisions(session)["4.A.6"] == ("accepted", (URI + "4.A.10",))


def test_retags_are_followed_from_version_to_version(live: Registry) -> None:
    accept(live, "4.A.3", "4.A.3a", "4.A.3b")
    newest = item("4.A.11", statement="Measure the perimeter of a garden in meters and centimeters.")
    with live.sessions.begin() as session:
        receive(session, third(newest, gone=["4.A.3a"]), "3")
        decide(session, "wide", 3, URI + "4.A.3a", ["4.A.11"], by="Ada")
    switched(live)
    assert tags(live, "4.A.3") == [("4.A.11", "accepted", True), ("4.A.3b", "accepted", True)]
    accept(live, "4.A.3", "4.A.3b")
    assert tags(live, "4.A.3") == [("4.A.3b", "accepted", True)]
    accept(live, "4.A.3", "4.A.3a")
    assert tags(live, "4.A.3") == [("4.A.11", "accepted", True)]
    with live.sessions.begin() as session:
        take_back(session, "wide")
    settle(live)
    assert tags(live, "4.A.3") == [("4.A.3a", "accepted", True)]


def test_a_statement_that_comes_back_has_its_resources_back(live: Registry) -> None:
    accept(live, "4.A.6", "4.A.9")
    with live.sessions.begin() as session:
        receive(session, third(item("4.A.6", position=8)), "3", at_once=True)
    settle(live)
    assert tags(live, "4.A.6") == [("4.A.6", "declared", False)]
    with live.sessions.begin() as session:
        take_back(session, "wide")
    settle(live)
    assert tags(live, "4.A.6") == [("4.A.9", "accepted", True)]


def test_two_that_replace_each_other_are_no_endless_way(live: Registry) -> None:
    accept(live, "4.A.6", "4.A.8")
    accept(live, "4.A.8", "4.A.6")
    assert len(tags(live, "4.A.6")) == 1
    assert len(tags(live, "4.A.8")) == 1


def test_a_statement_gone_before_comes_back_as_itself_and_not_under_a_new_name(live: Registry) -> None:
    back = replace(
        item("4.A.10", "4.A.9", statement="Estimate the mass of a pumpkin before weighing it."), uri=URI + "4.A.6"
    )
    with live.sessions.begin() as session:
        ids = dict(session.execute(select(ConceptRow.uri, ConceptRow.id)).all())
        receive(session, third(back, gone=["4.A.10"]), "3", at_once=True)
        rows = dict(session.execute(select(ConceptRow.uri, ConceptRow.id)).all())
        assert rows == ids
        gone = dict(session.execute(select(ConceptRow.uri, ConceptRow.gone)).all())
        assert (gone[URI + "4.A.6"], gone[URI + "4.A.10"]) == (False, True)
    before = second()
    with live.sessions.begin() as session:
        take_back(session, "wide")
        statements = dict(session.execute(select(ConceptRow.uri, ConceptRow.statement).where(~ConceptRow.gone)).all())
        assert statements == {each.uri: each.statement for each in before.items}
        assert len(versions(session, "wide")) == 3


def test_a_record_keeps_its_own_words(live: Registry) -> None:
    accept(live, "4.A.3", "4.A.3a")
    with live.reading.begin() as session:
        stated = session.scalars(select(AlignmentRow.stated).where(AlignmentRow.retagged)).all()
        assert stated == ["4.A.3"]
