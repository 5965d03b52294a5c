"""A catalog of 250,000 resources made of the real ones, kept under /tmp/large: made once, then used by several figures.

The 25,409 real records (12,517 lessons of Oak, 10,100 problems of OATutor, 1,463 activities of Illustrative
Mathematics, 1,293 rows of OER Commons, 36 chapters of OpenStax) come from `quality_catalogs`. The rest are editions of
them, taken in as another registry's records are: crosswalk, validation, alignments, card and fingerprint, as
`catalog.ingest` does it. Edition k of a resource is made by this rule, all by chance seeded with k and the address:

- a district of 48 publishes it, under an address of its own and without the original's identifiers;
- its title gets "Cedar Falls: …, edition k" or "… (Cedar Falls, edition k)";
- one word that has a synonym (`registry.search.synonyms`) is put as that synonym in title, summary and text;
- minutes, license and date are other ones, and so is the level of each standard it is aligned with.

It is no copy to the registry: no worldwide identifier is shared, a number in one title alone leaves a doubt, so that
edition and original would be proposed to curators but not joined, and two different numbers mean two different lessons
(`catalog.title_words`): of 50,488 taken in through `ingest` nine were joined with another, most by titles that end in a
Roman numeral. Only that comparison, which takes two thirds of the time and `duplicates` measures, is left out here.
Vectors of the real resources are encoded; an edition's is its original's with a little noise, for encoding all would
take hours, and neither time nor memory of a search depends on what a vector says.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from benchmarks import quality_catalogs, stage
from registry.app import Registry, open_registry
from registry.catalog.assemble import Member, assemble
from registry.catalog.ingest import Batch, batch_for, read_record
from registry.catalog.providers import make_providers
from registry.catalog.records import write_records
from registry.catalog.sources import add_source
from registry.db import insert_many, insert_new, new_id, now
from registry.models import RecordRow, ResourceRow, RunRow, SourceRow, StampRow, Table, VectorRow
from registry.ports import Harvested
from registry.search import indexing, minilm
from registry.search.quantized import WIDTH, packed
from registry.search.synonyms import alternatives
from registry.search.vectors import STAMP
from registry.search.words import replaced, words_in
from registry.settings import read_settings
from tests import servers
from vocab.crosswalks.registry import to_payload
from vocab.resource import Resource

_T = TypeVar("_T")

KEPT = Path("/tmp/large")
COUNT = 250_000

_NAMES = [f"{first} {last}" for first in ("Cedar", "Maple", "Willow", "Harbor", "Prairie", "Summit", "Juniper", "Clear")
          for last in ("Falls", "Ridge", "Valley", "Creek", "Grove", "Bay")]  # fmt: skip
_MINUTES = (15, 20, 30, 40, 45, 50, 60, 90, 120, None)
_LICENSES = ("cc-by-4.0", "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "cc0-1.0", None)
_LEVELS = ("beginning", "developing", "proficient", "extending", None, None)
_STORE = "registry.sqlite"
_AT_ONCE = 500
_VECTORS_AT_ONCE = 5_000
_NOISE = 0.02


@contextmanager
def embedded(count: int = COUNT) -> Iterator[stage.Environment]:
    """The catalog on SQLite with the embedded index, which is there if it has been built before."""
    yield stage.environment_in(str(filled(count)))


@contextmanager
def shared(count: int = COUNT) -> Iterator[tuple[stage.Environment, stage.MeilisearchServer]]:
    """The same catalog on PostgreSQL, row by row, with a Meilisearch that keeps what it has indexed before."""
    folder = filled(count)
    names = [f"oer_large_{folder.name.replace('-', '_')}{part}" for part in ("", "_learners")]
    assert servers.postgres_ready(), "no PostgreSQL answers"
    beside = {
        "OER_DATABASE_URL": servers.database_url(names[0]),
        "OER_LEARNER_DATABASE_URL": servers.database_url(names[1]),
        "OER_SECRET_KEY": "the-benchmark-keeps-no-secret",
    }
    if not (folder / "copied").exists():
        servers.run_sql(*(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in names))
        servers.run_sql(*(f"CREATE DATABASE {name}" for name in names))
    stage.Ran(stage.environment_in(str(folder)) | beside, "db", "upgrade")
    if not (folder / "copied").exists():
        _copy_rows(stage.environment_in(str(folder)), stage.environment_in(str(folder)) | beside)
        (folder / "copied").touch()
    server = stage.MeilisearchServer(folder / "meilisearch")
    try:
        yield stage.environment_in(str(folder)) | beside | {"OER_SEARCH_URL": server.url}, server
    finally:
        server.stop()


def filled(count: int = COUNT) -> Path:
    """The data directory of a catalog of so many resources, filled if it is not there."""
    base = quality_catalogs.kept(quality_catalogs.EVERYTHING)
    folder = KEPT / f"{base.name.rpartition('-')[2]}-{count}"
    if not (folder / "stored").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _copy(base / _STORE, folder / _STORE)
        stage.Ran(stage.environment_in(str(folder)), "db", "upgrade")
        with _opened(folder) as registry:
            _add_editions(registry, count)
            with registry.sessions.begin() as session:  # else the serving process would harvest what is due
                session.execute(update(SourceRow).values(active=False))
        (folder / "stored").touch()
    stage.Ran(stage.environment_in(str(folder)), "db", "upgrade")
    if not (folder / "vectors").exists():
        with _opened(folder) as registry:
            _add_vectors(registry, _vectors_of(base))
        (folder / "vectors").touch()
    return folder


def edition(original: Resource, number: int) -> tuple[Resource, str]:
    """This edition of a resource, and the district that publishes it."""
    chance = random.Random(f"{number} {original.url}")
    name = chance.choice(_NAMES)
    key = hashlib.blake2b(original.url.encode(), digest_size=8).hexdigest()
    license = chance.choice(_LICENSES)
    body = msgspec.structs.replace(
        original,
        title=f"{name}: {original.title[:400]}, edition {number}"
        if chance.random() < 0.5
        else f"{original.title[:400]} ({name}, edition {number})",
        url=f"https://{name.replace(' ', '-').lower()}.example/{number}/{key}",
        identifiers=(),
        minutes=chance.choice(_MINUTES),
        license=license,
        license_url="",
        modified=f"{datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=chance.randrange(1_000)):%Y-%m-%d}",
        publisher=f"{name} Schools",
        alignments=tuple(msgspec.structs.replace(each, level=chance.choice(_LEVELS)) for each in original.alignments),
    )
    said = [word for word in words_in(f"{original.title} {original.summary}") if _other(word)]
    if said:
        word = chance.choice(said)
        changed = {part: replaced(getattr(body, part), word, _other(word)) for part in ("title", "summary", "text")}
        body = msgspec.structs.replace(body, **changed)
    return body, f"{name} Schools"


@lru_cache(100_000)
def _other(word: str) -> str:
    return next(iter(alternatives(word)), "")


def _portions(values: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _add_editions(registry: Registry, count: int) -> None:
    with registry.reading.begin() as session:
        ids = list(session.scalars(select(ResourceRow.id).where(ResourceRow.withdrawn_at.is_(None))))
    missing, number = count - len(ids), 2
    while missing > 0:
        with registry.sessions.begin() as session:
            source_id = add_source(session, f"edition-{number}", "peer", f"https://edition-{number}.example")
            run = RunRow(id=new_id(), source_id=source_id, status="success", started_at=now(), ended_at=now())
            session.add(run)
            run_id = run.id
        for some in _portions(ids[:missing], _AT_ONCE):
            with registry.sessions.begin() as session:
                records = [_record(each, body, number) for each, body in _bodies(session, some)]
                _take_in(session, batch_for(session, source_id, run_id), records)
        missing, number = missing - len(ids[:missing]), number + 1


def _take_in(session: Session, batch: Batch, records: Sequence[Harvested]) -> None:
    """What `ingest` does with records of new resources, but for looking for those that they resemble."""
    reads = [read_record(batch, record, None) for record in records]
    ids = {read.record_id: new_id() for read in reads if read.resource is not None}
    members = {
        ids[read.record_id]: [
            Member(
                record_id=read.record_id,
                first_seen=read.first_seen,
                source=batch.source,
                provider=read.provider,
                identifier=read.harvested.identifier,
                resource=read.resource,
                origin=f"{batch.home}/{read.record_id}",
                hops=0,
            )
        ]
        for read in reads
        if read.resource is not None
    }
    make_providers(session, {read.provider for read in reads})
    assemble(session, members, set(members))
    write_records(session, batch, reads, ids, now(), {})


def _bodies(session: Session, ids: Sequence[str]) -> list[tuple[str, Resource]]:
    rows = session.execute(select(ResourceRow.id, ResourceRow.body).where(ResourceRow.id.in_(ids)))
    return [(each, body) for each, body in rows]


def _record(original: str, body: Resource, number: int) -> Harvested:
    changed, provider = edition(body, number)
    return Harvested(
        identifier=f"{original}-edition-{number}",
        format="registry",
        payload=to_payload(changed, provider, now()),
        datestamp="2026-06-07T15:29:46Z",
        url=changed.url,
    )


def _vectors_of(base: Path) -> dict[str, tuple[bytes, bytes]]:
    """Digest and content of the vector of each real resource, by its id."""
    with tempfile.TemporaryDirectory() as folder:
        _copy(base / _STORE, Path(folder) / _STORE)
        stage.Ran(stage.environment_in(folder), "db", "upgrade")
        with _opened(Path(folder)) as registry:
            indexing.rebuild(registry)
            quality_catalogs.fill_vectors(registry)
            with registry.reading.begin() as session:
                rows = session.execute(select(VectorRow.resource_id, VectorRow.digest, VectorRow.content))
                return {row.resource_id: (row.digest, row.content) for row in rows}


def _add_vectors(registry: Registry, real: dict[str, tuple[bytes, bytes]]) -> None:
    """The vectors of the real resources; for each edition its original's with noise, under the digest of no text."""
    chance = np.random.default_rng(11)
    with registry.sessions.begin() as session:
        session.execute(delete(VectorRow))
        revisions = dict(session.execute(select(ResourceRow.id, ResourceRow.revision)).all())
        made = session.execute(
            select(RecordRow.resource_id, RecordRow.identifier).where(RecordRow.identifier.like("%-edition-%"))
        )
        originals = {each: identifier.partition("-edition-")[0] for each, identifier in made if each not in real}
    for some in _portions(list(real), _VECTORS_AT_ONCE):
        _write_vectors(registry, [(each, revisions[each], *real[each]) for each in some])
    for some in _portions([each for each, of in originals.items() if of in real], _VECTORS_AT_ONCE):
        contents = packed(_noisy([real[originals[each]][1] for each in some], chance))
        rows = [(each, revisions[each], b"", content) for each, content in zip(some, contents, strict=True)]
        _write_vectors(registry, rows)


def _write_vectors(registry: Registry, rows: Sequence[tuple[str, int, bytes, bytes]]) -> None:
    with registry.sessions.begin() as session:
        session.execute(insert_new(session, StampRow).values(name=STAMP, value=0))
        raised = update(StampRow).where(StampRow.name == STAMP).values(value=StampRow.value + 1)
        written = session.execute(raised.returning(StampRow.value)).scalar_one()
        table: Any = VectorRow.__table__
        values = [(*row, minilm.MiniLM.name, written) for row in rows]
        insert_many(session, table, values, ("resource_id", "revision", "digest", "content", "model", "written"))


def _noisy(contents: Sequence[bytes], chance: np.random.Generator) -> Any:
    form = np.dtype([("scale", "<f4"), ("codes", "i1", WIDTH)])
    found = np.frombuffer(b"".join(contents), form)
    vectors = found["codes"] * found["scale"][:, None]
    vectors = vectors + chance.normal(0, _NOISE, vectors.shape).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _copy(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as original, sqlite3.connect(target) as copy:
        original.backup(copy)
    original.close()
    copy.close()


@contextmanager
def _opened(folder: Path) -> Iterator[Registry]:
    registry = open_registry(read_settings(stage.environment_in(str(folder))))
    try:
        yield registry
    finally:
        registry.close()


def _copy_rows(source: stage.Environment, target: stage.Environment) -> None:
    """Every row of one catalog into another, whatever their engines."""
    here, there = open_registry(read_settings(source)), open_registry(read_settings(target))
    tables = Table.metadata.sorted_tables
    try:
        with there.sessions.begin() as session:
            session.execute(text(f"TRUNCATE {', '.join(table.name for table in tables)} CASCADE"))
        for table in tables:
            columns = [column.name for column in table.columns]
            with here.reading.begin() as reading, there.sessions.begin() as session:
                rows = reading.execute(select(table).execution_options(yield_per=5_000))
                insert_many(session, table, (tuple(row) for row in rows), columns)
                if "id" in table.c and table.c.id.type.python_type is int:
                    session.execute(
                        text(
                            f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                            f"greatest((SELECT max(id) FROM {table.name}), 1))"
                        )
                    )
    finally:
        here.close()
        there.close()
