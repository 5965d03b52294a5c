"""What the small catalog of the web tests holds, put in by the use cases that put in the real one."""

from __future__ import annotations

import json

from registry import migrate
from registry.app import Registry
from registry.catalog.ingest import batch_for, ingest
from registry.catalog.sources import add_source
from registry.db import make_engine, new_id, now
from registry.learners import evidence
from registry.learners import migrate as learner_migrate
from registry.learners.access import Reader
from registry.learners.app import Learners
from registry.learners.classes import add_members, create_class
from registry.learners.profile import create_learner, put_profile
from registry.models import RunRow
from registry.ports import Harvested
from registry.search import indexing
from registry.settings import Settings
from registry.standards.versions import receive
from vocab.frameworks.model import Association, Framework, Item

SCRIPT = "<script>alert('x')</script>"
BASE = "https://standards.example/numbers/"


def migrate_both(settings: Settings) -> None:
    engine = make_engine(settings.database_url)
    migrate.upgrade(engine)
    engine.dispose()
    learner_migrate.upgrade(settings.learner_database_url)


def framework() -> Framework:
    def item(code: str, statement: str, parent: str = "", kind: str = "Standard", **more: object) -> Item:
        parents = (BASE + parent,) if parent else ()
        return Item(uri=BASE + code, statement=statement, codes=(code,), parents=parents, kind=kind, **more)  # type: ignore[arg-type]

    return Framework(
        uri="https://standards.example/numbers",
        code="NUM",
        title="Number standards of the tests",
        publisher="Test Department of Education",
        version="2026",
        license_url="https://creativecommons.org/licenses/by/4.0/",
        subjects=("mathematics",),
        items=(
            item("4.NX", "Fractions in grade 4", kind="Domain", grades=("4",)),
            item("4.NX.A.1", "Explain why two fractions are equal.", "4.NX", grades=("4",), position=1),
            item("4.NX.A.2", "Compare two fractions with different denominators.", "4.NX", grades=("4",), position=2),
            item("4.NX.B.3", "Add and subtract fractions with like denominators.", "4.NX", grades=("4",), position=3),
            item("5.NX.A.1", "Add fractions with unlike denominators.", grades=("5",), position=4),
        ),
        associations=(
            Association(BASE + "4.NX.A.1", "precedes", BASE + "4.NX.A.2"),
            Association(BASE + "4.NX.A.2", "precedes", BASE + "4.NX.B.3"),
            Association(BASE + "4.NX.B.3", "precedes", BASE + "5.NX.A.1"),
        ),
    )


def _aligned(code: str, level: str = "", relation: str = "teaches") -> dict[str, object]:
    stated = {"@type": "AlignmentObject", "alignmentType": relation, "targetName": code, "targetUrl": BASE + code}
    return stated | ({"educationalLevel": level} if level else {})


def payloads() -> dict[str, dict[str, object]]:
    common: dict[str, object] = {
        "@context": "https://schema.org/",
        "@type": "LearningResource",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "inLanguage": "en",
        "educationalLevel": "Grade 4",
        "about": "Mathematics",
        "learningResourceType": "Lesson",
    }
    return {
        "lesson-1": common
        | {
            "name": "Equal parts on a number line",
            "url": "https://lakeside.example/lessons/1",
            "description": f"Learners place equal fractions on a number line. {SCRIPT}",
            "timeRequired": "PT45M",
            "educationalAlignment": [_aligned("4.NX.A.1", "Developing"), _aligned("4.NX.A.2")],
            "accessibilityFeature": ["captions", "alternativeText"],
        },
        "lesson-2": common
        | {
            "name": "Adding fractions with pizza</script><b>",
            "url": "https://lakeside.example/lessons/2",
            "description": "Add fractions with like denominators, slice by slice.",
            "timeRequired": "PT20M",
            "educationalAlignment": [_aligned("4.NX.B.3", "Proficient")],
        },
        "lesson-3": common
        | {
            "name": "Fracciones equivalentes",
            "url": "https://lakeside.example/lessons/3",
            "description": "Los alumnos explican por qué dos fracciones son iguales.",
            "inLanguage": "es",
            "license": "All rights reserved",
            "educationalAlignment": [_aligned("4.NX.A.1", "Beginning"), _aligned("9.ZZ.Q.9", "Wizard")],
        },
        "lesson-4": common | {"name": "Old lesson on fractions", "url": "https://lakeside.example/lessons/4"},
        "broken": common | {"description": "A record without a title or a link."},
    } | {f"sheet-{number}": common | _sheet(number) for number in range(1, 25)}


def _sheet(number: int) -> dict[str, object]:
    return {
        "name": f"Unlike denominators, sheet {number}",
        "url": f"https://lakeside.example/sheets/{number}",
        "description": "Add fractions with unlike denominators: find a common one first, then add.",
        "learningResourceType": "Worksheet",
        "educationalLevel": "Grade 5",
        "timeRequired": f"PT{5 * number}M",
        "educationalAlignment": [_aligned("5.NX.A.1", ("Beginning", "Developing", "Proficient", "")[number % 4])],
    }


def fill_catalog(registry: Registry, learners: Learners) -> None:
    with registry.sessions.begin() as session:
        receive(session, framework(), "digest of the tests")
        source_id = add_source(session, "lakeside", "oai", "https://lakeside.example/oai", "Lakeside School District")
        add_source(session, "empty", "oai", "https://empty.example/oai", "Empty School District")
        run = RunRow(id=new_id(), source_id=source_id, status="partial", started_at=now(), ended_at=now(), seen=5)
        session.add(run)
        batch = batch_for(session, source_id, run.id)
        counts = ingest(session, batch, [_harvested(name, payload) for name, payload in payloads().items()])
        run.created, run.rejected = counts.created, counts.rejected
        ingest(session, batch, [Harvested(identifier="lesson-4", deleted=True, datestamp="2026-02-01")])
    indexing.sync(registry)
    fill_learners(registry, learners)


def fill_learners(registry: Registry, learners: Learners) -> None:
    """A class of three: one with a gap and a goal, one who knows it, one of whom nothing is known."""
    with learners.sessions.begin() as session, registry.reading.begin() as catalog:
        ids = [create_learner(session, "default") for _ in range(3)]
        class_id = create_class(session, "default", "Grade 4, room 12")
        add_members(session, class_id, ids)
        create_class(session, "default", "An empty class")
        wishes = {"grade": "4", "languages": ["en", "es"], "interests": ["pizza"], "goals": ["5.NX.A.1"]}
        put_profile(session, catalog, Reader("tests", "filling"), ids[0], wishes)
        scores = [
            (ids[0], "4.NX.A.1", 0.1),
            (ids[0], "4.NX.A.2", 0.2),
            (ids[1], "4.NX.A.1", 1.0),
            (ids[1], "4.NX.A.2", 0.9),
        ]
        stated = [
            {"learner": learner, "standards": [code], "score": score, "kind": "task"}
            for learner, code, score in scores
            for _ in range(4)
        ]
        evidence.add(session, catalog, stated, now())


def _harvested(name: str, payload: dict[str, object]) -> Harvested:
    return Harvested(
        identifier=name,
        format="schema.org",
        payload=json.dumps(payload).encode(),
        datestamp="2026-01-15",
        url=f"https://lakeside.example/oai?record={name}",
    )
