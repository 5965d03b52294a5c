"""A small school to test in: a learners' store, a catalog with a few standards and resources, and an index over it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import select

from registry.catalog.card import Card, CardAlignment, CardLicense
from registry.db import Sessions, now
from registry.learners import evidence, profile
from registry.learners.access import Reader
from registry.learners.app import Learners
from registry.models import AliasRow, AssociationRow, ConceptRow, FrameworkRow, ResourceRow
from registry.ports import Document, Hit, IndexEntry, IndexPage, IndexQuery
from registry.standards.graph import Graph, Graphs
from vocab import codes as spelling
from vocab.resource import Resource

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
TEACHER = Reader("teacher-1", "lesson planning")


class ListIndex:
    """The search port over a plain list of documents: filters only, in the order they were put."""

    def __init__(self) -> None:
        self.documents: dict[str, dict[str, tuple[str, ...]]] = {}
        self.asked: list[IndexQuery] = []

    def search(self, query: IndexQuery) -> IndexPage:
        self.asked.append(query)
        found = [
            id
            for id, fields in self.documents.items()
            if all(set(each.any_of) & set(fields[each.field]) for each in query.filters)
        ]
        return IndexPage(len(found), tuple(Hit(id, 1.0) for id in found[: query.limit]), {})

    def writable(self) -> bool:
        return False

    def put(self, documents: Sequence[Document]) -> None:
        raise NotImplementedError

    def delete(self, ids: Sequence[str]) -> None:
        raise NotImplementedError

    def totals(self, queries: Sequence[IndexQuery]) -> list[int]:
        raise NotImplementedError

    def suggest(self, prefix: str, limit: int) -> list[str]:
        raise NotImplementedError

    def rebuild(self, batches: Iterable[Sequence[Document]]) -> int:
        raise NotImplementedError

    def entries(self) -> Iterator[IndexEntry]:
        raise NotImplementedError

    def ready(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


@dataclass
class House:
    """Everything a scenario needs; standards are named by their codes."""

    learners: Learners
    catalog: Sessions
    index: ListIndex = field(default_factory=ListIndex)

    def standards(
        self, *codes: str, under: str | None = None, framework: str = "math", subject: str = "mathematics"
    ) -> None:
        with self.catalog.begin() as session:
            home = session.scalar(select(FrameworkRow).where(FrameworkRow.code == framework))
            if home is None:
                home = FrameworkRow(
                    code=framework, uri=f"urn:f:{framework}", title=framework, hash="", imported_at=now()
                )
                home.subjects = (subject,)
                session.add(home)
                session.flush()
            for code in codes:
                row = ConceptRow(framework_id=home.id, uri=uri(code), code=code, statement=f"Can do {code}.")
                session.add(row)
                session.flush()
                session.add_all(
                    AliasRow(key=key, concept_id=row.id, printed=True)
                    for key in (spelling.key(code), spelling.uri_key(uri(code)))
                )
        if under:
            self.link("isChildOf", *((code, under) for code in codes))

    def link(self, kind: str, *pairs: tuple[str, str]) -> None:
        with self.catalog.begin() as session:
            ids = dict(session.execute(select(ConceptRow.code, ConceptRow.id)).all())
            session.add_all(
                AssociationRow(
                    kind=kind,
                    source_uri=uri(before),
                    target_uri=uri(after),
                    source_id=ids[before],
                    target_id=ids[after],
                    origin="test",
                )
                for before, after in pairs
            )

    def precedes(self, *pairs: tuple[str, str]) -> None:
        """Each pair: the prerequisite, and what follows it."""
        self.link("precedes", *pairs)

    def resource(
        self,
        id: str,
        code: str,
        relation: str = "teaches",
        level: str | None = "developing",
        minutes: int | None = 10,
        languages: tuple[str, ...] = ("en",),
        origin: str = "declared",
        also: tuple[str, ...] = (),
        access: tuple[str, ...] = (),
        hazards: tuple[str, ...] = (),
        audiences: tuple[str, ...] = (),
        grades: tuple[str, ...] = (),
        keywords: tuple[str, ...] = (),
        withdrawn: bool = False,
        provider: str = "North",
    ) -> None:
        alignments = tuple(
            CardAlignment(uri(each), each, relation, level, origin, 1.0 if origin == "declared" else 0.5)
            for each in (code, *also)
        )
        card = Card(
            id=id,
            url=f"https://north.example/{id}",
            title=f"Resource {id}",
            summary="",
            identifiers=(),
            types=("lesson",),
            subjects=("mathematics",),
            grades=grades,
            languages=languages,
            minutes=minutes,
            license=CardLicense("cc-by-4.0", True, ""),
            providers=(provider,),
            alignments=alignments,
            access=access,
        )
        body = Resource(
            title=card.title,
            url=card.url,
            keywords=keywords,
            audiences=audiences,
            access_hazards=hazards,
            text="long text",
        )
        with self.catalog.begin() as session:
            ids = dict(session.execute(select(ConceptRow.code, ConceptRow.id)).all())
            session.add(
                ResourceRow(
                    id=id,
                    title=card.title,
                    body=body,
                    card=msgspec.json.encode(card),
                    created_at=now(),
                    updated_at=now(),
                    withdrawn_at=now() if withdrawn else None,
                )
            )
        tokens = tuple(token for each in (code, *also) for token in (str(ids[each]), f"{ids[each]}|{relation}"))
        self.index.documents[id] = {"aligned": tokens, "language": languages}

    def knows(self, code: str) -> bool:
        with self.catalog.begin() as session:
            return session.scalar(select(ConceptRow.id).where(ConceptRow.code == code)) is not None

    def graph(self) -> Graph:
        with self.catalog.begin() as session:
            return Graphs().current(session)

    def learner(self, school: str = "north", **wishes: object) -> str:
        with self.learners.sessions.begin() as session, self.catalog.begin() as catalog:
            learner_id = profile.create_learner(session, school)
            if wishes:
                profile.put_profile(session, catalog, TEACHER, learner_id, wishes)
        return learner_id

    def show(
        self, learner_id: str, code: str, *scores: float, kind: str = "quiz", days_ago: float = 1, **more: object
    ) -> list[str]:
        """One evidence for each score, a minute apart; returns their ids."""
        items = [
            {
                "learner": learner_id,
                "standards": [code],
                "score": score,
                "kind": kind,
                "at": (NOW - timedelta(days=days_ago) + timedelta(minutes=minute)).isoformat(),
                **more,
            }
            for minute, score in enumerate(scores)
        ]
        return [added.id for added in self.add(items)]

    def add(self, stated: object, at: datetime = NOW) -> tuple[evidence.Added, ...]:
        with self.learners.sessions.begin() as session, self.catalog.begin() as catalog:
            return evidence.add(session, catalog, stated, at)

    def master(self, learner_id: str, *codes: str) -> None:
        for code in codes:
            self.show(learner_id, code, *[1.0] * 12)


def uri(code: str) -> str:
    return f"https://standards.example/{code}"
