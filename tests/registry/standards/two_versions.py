"""A framework in two versions that differ in every way there is, and a look at every row they leave behind."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.app import Registry
from registry.catalog.ingest import ingest
from registry.models import (
    AliasRow,
    AlignmentRow,
    AssociationRow,
    ConceptRow,
    DefinitionRow,
    FrameworkRow,
    PastConceptRow,
    ResourceRow,
    RetagRow,
    TallyRow,
    VersionRow,
)
from registry.search import indexing
from registry.standards.importing import reassemble_waiting
from registry.standards.load import store_links
from registry.standards.versions import receive
from tests.factories import aligned, harvested, source
from vocab.frameworks.model import Association, Framework, Item

URI = "https://standards.example/wide/"
WORDS = {
    "root": "Fractions in the fourth grade",
    "other": "Measurement and data in the fourth grade",
    "4.A.1": "Explain why two fractions are equal by drawing models of both.",
    "4.A.2": "Compare two fractions with different numerators and different denominators.",
    "4.A.3": "Add and subtract fractions with like denominators and multiply a fraction by a whole number.",
    "4.A.4": "Solve word problems that ask for the sum of three angles in a triangle.",
    "4.A.5": "Read a thermometer that shows temperatures below zero degrees.",
    "4.A.6": "Tell the time on an analog clock to the nearest minute.",
    "4.A.7": "Count coins of several values and write the amount with a decimal point.",
    "4.A.8": "Draw lines of symmetry in plane figures that are given on paper.",
    "4.A.9": "Weave baskets out of paper strips in repeating patterns.",
}


def item(code: str, parent: str = "root", position: int = 0, uri: str = "", **more: Any) -> Item:
    """A statement of the framework, worded by its code unless it says otherwise."""
    stated: dict[str, Any] = {"statement": WORDS.get(code, ""), "codes": (code,) if "." in code else ()} | more
    parents = (URI + parent,) if parent else ()
    return Item(uri=URI + (uri or code), parents=parents, position=position, grades=("4",), **stated)


def first() -> Framework:
    """The version before."""
    codes = [code for code in WORDS if "." in code]
    return Framework(
        uri=URI,
        code="wide",
        title="Wide framework",
        version="2025",
        items=(
            item("root", "", 0, kind="Domain"),
            item("other", "", 1, kind="Domain"),
            *(item(code, position=position) for position, code in enumerate(codes)),
        ),
        associations=(
            Association(URI + "4.A.1", "precedes", URI + "4.A.2"),
            Association("4.A.5", "precedes", "4.A.6", notes="by code"),
            Association(URI + "4.A.8", "exactMatch", "https://elsewhere.example/8"),
        ),
        definitions={"CFSubjects": ({"identifier": "11111111-1111-4111-8111-111111111111", "title": "Mathematics"},)},
        details={"adoptionStatus": "Adopted"},
    )


def second() -> Framework:
    """The version after: each statement but the headings has changed in one way, which its comment names."""
    old = first()
    return replace(
        old,
        version="2026",
        title="Wide framework, revised",
        items=(
            item("root", "", 0, kind="Domain"),
            item("other", "", 1, kind="Domain", notes="amended"),
            item("4.A.1", position=0, statement="Explain why two fractions are equal by folding paper."),  # reworded
            item("4.A.2", position=1, uri="4.A.2", codes=("4.A.2-R",)),  # recoded
            # 4.A.3 is split, as its publisher says
            item("4.A.3a", position=2, statement="Add and subtract fractions with like denominators."),
            item("4.A.3b", position=3, statement="Multiply a fraction by a whole number."),
            item("4.A.4", "other", 0),  # moved
            item("4.A.5", position=4, uri="4.A.5-new"),  # reidentified
            item("4.A.7", position=5),  # 4.A.6 is removed, and so its place has changed
            item("4.A.8", position=6, deprecated=True),  # deprecated
            item("4.A.9", position=7),
            item("4.A.10", "4.A.9", statement="Estimate the mass of a pumpkin before weighing it."),  # added
        ),
        associations=(
            Association(URI + "4.A.1", "precedes", URI + "4.A.2"),
            Association(URI + "4.A.3a", "precedes", URI + "4.A.3b"),  # linked; two are unlinked
            Association(URI + "4.A.3", "replacedBy", URI + "4.A.3a"),
            Association(URI + "4.A.3", "replacedBy", URI + "4.A.3b"),
        ),
        definitions={"CFSubjects": ({"identifier": "22222222-2222-4222-8222-222222222222", "title": "Numbers"},)},
        details={},
    )


CODES = tuple(code for code in WORDS if "." in code)


def fill(registry: Registry) -> None:
    """The first version live, a lesson for each of its standards, one for the second's new one, a crosswalk; indexed."""
    with registry.sessions.begin() as session:
        receive(session, first(), "1")
        store_links(session, [Association(URI + "4.A.4", "exactMatch", "4.A.10")], "crosswalk", ())
        store_links(session, [Association("4.A.2-R", "precedes", URI + "4.A.9")], "progression", ())
        stated = [*CODES, "4.A.10", "4.A.2-R"]
        lessons = [
            harvested(f"on {code}", educationalAlignment=[aligned(code, level="Developing"), aligned("4.A.1")])
            for code in stated
        ]
        ingest(session, source(session), lessons)
    settle(registry)


def settle(registry: Registry) -> None:
    """All that an import, a switch and a decision ask for afterwards."""
    reassemble_waiting(registry.sessions)
    indexing.sync(registry)


def traces(registry: Registry) -> dict[str, Any]:
    """Every row that a version may leave behind, without moments, revisions and the ids of links and alignments."""
    unsaid = {
        FrameworkRow: {"imported_at"},
        ConceptRow: set(),
        AliasRow: set(),
        AssociationRow: {"id"},
        DefinitionRow: set(),
        PastConceptRow: set(),
        TallyRow: set(),
        AlignmentRow: {"id"},
        ResourceRow: {"revision", "indexed_revision", "updated_at"},
    }
    with registry.reading.begin() as session:
        return {
            model.__tablename__: sorted(
                repr({c.key: getattr(row, c.key) for c in model.__table__.columns if c.key not in left_out})
                for row in session.scalars(select(model))
            )
            for model, left_out in unsaid.items()
        }


def decisions(session: Session) -> dict[str, tuple[str, tuple[str, ...]]]:
    """What was decided on each proposal of all versions."""
    rows = session.scalars(select(RetagRow).join(VersionRow, VersionRow.id == RetagRow.version_id))
    return {row.old_uri.removeprefix(URI): (row.decision, row.chosen) for row in rows}
